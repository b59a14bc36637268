//! Rows that carry their metrics as fields beside their own, as the database's rows do.
//!
//! Serde's own `flatten` buffers every field on the way in and would read prices as floats; this reads each value
//! straight into its place.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, Visitor};

use super::Metric;

/// What the key of a flat row names.
pub(super) enum Key {
    /// A metric.
    Metric(Metric),
    /// One of the row's own fields.
    Field(&'static str),
    /// Something a newer database knows.
    Unknown,
}

impl Key {
    /// Reads a key of a row that has these fields of its own; no key is copied.
    pub(super) fn of(fields: &'static [&'static str]) -> KeySeed {
        KeySeed(fields)
    }
}

/// Reads one [`Key`].
pub(super) struct KeySeed(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Key, E> {
        let metric = Metric::named(name).map(Key::Metric);
        let field = || self.0.iter().find(|field| **field == name).map(|field| Key::Field(field));
        Ok(metric.or_else(field).unwrap_or(Key::Unknown))
    }
}

/// Implements `Serialize` and `Deserialize` for a struct of these fields and `metrics: Values`, all in one object.
macro_rules! flat_row {
    ($row:ident { $($field:ident),* $(,)? }) => {
        impl $row {
            /// Writes the row with these metrics.
            fn serialize_with<S: serde::Serializer>(
                &self,
                metrics: &[$crate::domain::market::Metric],
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                $(map.serialize_entry(stringify!($field), &self.$field)?;)*
                self.metrics.serialize_entries(metrics, &mut map)?;
                map.end()
            }
        }

        impl serde::Serialize for $row {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize_with(&$crate::domain::market::Metric::ALL, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $row {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Row;

                impl<'de> serde::de::Visitor<'de> for Row {
                    type Value = $row;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a row with metrics")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$row, A::Error> {
                        use serde::de::{Error, IgnoredAny};
                        use $crate::domain::market::flat::Key;
                        let mut metrics = $crate::domain::market::Values::NONE;
                        $(let mut $field = None;)*
                        while let Some(key) = map.next_key_seed(Key::of(&[$(stringify!($field)),*]))? {
                            match key {
                                Key::Metric(metric) => metrics.read(metric, &mut map)?,
                                $(Key::Field(name) if name == stringify!($field) => $field = Some(map.next_value()?),)*
                                Key::Field(_) | Key::Unknown => _ = map.next_value::<IgnoredAny>()?,
                            }
                        }
                        $(let $field = $field.ok_or_else(|| A::Error::missing_field(stringify!($field)))?;)*
                        Ok($row { $($field,)* metrics })
                    }
                }

                deserializer.deserialize_map(Row)
            }
        }
    };
}
pub(super) use flat_row;
