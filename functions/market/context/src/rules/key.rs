//! The keys of a row, read without copying them.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, Visitor};

use super::Metric;

/// The key of a flat row.
pub(super) enum Key {
    /// A metric.
    Metric(Metric),
    /// One of the other fields of the row.
    Field(&'static str),
    /// An unknown field, such as a column that was added later.
    Unknown,
}

impl Key {
    /// Reads a key of a row that has these fields besides its metrics. No key is copied.
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
        if let Some(metric) = Metric::named(name) {
            return Ok(Key::Metric(metric));
        }
        let field = self.0.iter().find(|field| **field == name);
        Ok(field.map_or(Key::Unknown, |field| Key::Field(field)))
    }
}
