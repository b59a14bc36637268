//! The metrics of one day.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::key::Key;
use crate::Metric;

/// The value of every metric on one day. A metric has no value if it is not defined or has too
/// little history.
///
/// The JSON is an object of names and numbers. A metric without a value is `null` and never
/// omitted. Numbers are read and written exactly; that needs the feature `float_roundtrip` of
/// `serde_json`.
#[derive(Clone, Copy)]
pub struct Values([f64; Metric::COUNT]);

impl Values {
    /// No metric has a value.
    pub const NONE: Self = Self([f64::NAN; Metric::COUNT]);

    /// The value of `metric`; see [`Metric::definition`] for its unit.
    pub fn get(&self, metric: Metric) -> Option<f64> {
        self.0.get(metric as usize).copied().filter(|value| !value.is_nan())
    }

    /// Every metric with its value, in the order of [`Metric::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Metric, Option<f64>)> {
        Metric::ALL.into_iter().map(|metric| (metric, self.get(metric)))
    }

    /// Sets a value. If it is not finite, such as 0 divided by 0, the metric has no value.
    pub(super) fn set(&mut self, metric: Metric, value: f64) {
        if let Some(slot) = self.0.get_mut(metric as usize) {
            *slot = if value.is_finite() { value } else { f64::NAN };
        }
    }

    /// The values of the metrics that do not count days.
    #[must_use]
    pub(super) fn without_day_counts(mut self) -> Self {
        for metric in Metric::ALL.into_iter().filter(|metric| metric.counts_days()) {
            self.set(metric, f64::NAN);
        }
        self
    }

    /// Writes these metrics into an object that may have other fields.
    pub(super) fn serialize_entries<M: SerializeMap>(
        &self,
        metrics: &[Metric],
        map: &mut M,
    ) -> Result<(), M::Error> {
        metrics.iter().try_for_each(|metric| map.serialize_entry(metric.name(), &self.get(*metric)))
    }

    /// Reads the value of `metric`, which is the next in `map`.
    pub(super) fn read<'de, A: MapAccess<'de>>(
        &mut self,
        metric: Metric,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let value: Option<f64> = map.next_value()?;
        self.set(metric, value.unwrap_or(f64::NAN));
        Ok(())
    }
}

impl Default for Values {
    fn default() -> Self {
        Self::NONE
    }
}

impl FromIterator<(Metric, f64)> for Values {
    fn from_iter<I: IntoIterator<Item = (Metric, f64)>>(values: I) -> Self {
        let mut all = Self::NONE;
        for (metric, value) in values {
            all.set(metric, value);
        }
        all
    }
}

impl PartialEq for Values {
    /// Two metrics without a value are equal.
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(metric, value)| (metric.name(), value))).finish()
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Metric::COUNT))?;
        self.serialize_entries(&Metric::ALL, &mut map)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ValuesVisitor)
    }
}

/// Reads values. A missing metric has no value; other keys are ignored.
struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of metrics")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values, A::Error> {
        let mut values = Values::NONE;
        while let Some(key) = map.next_key_seed(Key::of(&[]))? {
            match key {
                Key::Metric(metric) => values.read(metric, &mut map)?,
                Key::Field(_) | Key::Unknown => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(values)
    }
}
