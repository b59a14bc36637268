//! Flat rows: metrics are fields next to the other fields, as in the database.
//!
//! `flatten` of serde buffers every field and reads prices as floats. This macro reads each value
//! directly.

/// Implements `Serialize` and `Deserialize` for a struct with these fields and `metrics: Values`.
/// Its JSON is one object.
macro_rules! flat_row {
    ($row:ident { $($field:ident),* $(,)? }) => {
        impl $row {
            /// Writes the row with these metrics.
            fn serialize_with<S: serde::Serializer>(
                &self,
                metrics: &[$crate::Metric],
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
                self.serialize_with(&$crate::Metric::ALL, serializer)
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

                    fn visit_map<A>(self, mut map: A) -> Result<$row, A::Error>
                    where
                        A: serde::de::MapAccess<'de>,
                    {
                        use serde::de::{Error, IgnoredAny};
                        use $crate::rules::key::Key;
                        const FIELDS: &[&str] = &[$(stringify!($field)),*];
                        let mut metrics = $crate::Values::NONE;
                        $(let mut $field = None;)*
                        while let Some(key) = map.next_key_seed(Key::of(FIELDS))? {
                            match key {
                                Key::Metric(metric) => metrics.read(metric, &mut map)?,
                                $(Key::Field(name) if name == stringify!($field) => {
                                    $field = Some(map.next_value()?);
                                })*
                                Key::Field(_) | Key::Unknown => _ = map.next_value::<IgnoredAny>()?,
                            }
                        }
                        $(
                            let $field = $field
                                .ok_or_else(|| A::Error::missing_field(stringify!($field)))?;
                        )*
                        Ok($row { $($field,)* metrics })
                    }
                }

                deserializer.deserialize_map(Row)
            }
        }
    };
}
pub(super) use flat_row;
