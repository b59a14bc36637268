//! JSON without fields of null. Its numbers keep their digits, and its fields their order.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Serialises without the fields of null.
pub(super) struct Sparse<'j>(pub &'j RawValue);

impl Serialize for Sparse<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = self.0.get();
        if let Ok(Fields(fields)) = serde_json::from_str(json) {
            let present = fields.iter().filter(|(_, value)| value.get() != "null");
            return serializer.collect_map(present.map(|(name, value)| (name, Self(value))));
        }
        if json.starts_with('[')
            && let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json)
        {
            return serializer.collect_seq(items.into_iter().map(Self));
        }
        self.0.serialize(serializer)
    }
}

/// The fields of an object, in their order.
struct Fields<'j>(Vec<(String, &'j RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
