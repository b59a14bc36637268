//! Items with the fields that were asked for.

use std::{borrow::Cow, fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::{Error as _, SerializeMap},
};
use serde_json::value::RawValue;

use crate::http::{Cache, Resource};

/// An item of a list. In JSON it has the fields that were asked for, in their usual order.
#[derive(Debug)]
pub struct Selected<T> {
    item: T,
    fields: Option<Arc<[&'static str]>>,
}

impl<T> Selected<T> {
    pub(super) fn new(item: T, fields: Option<Arc<[&'static str]>>) -> Self {
        Self { item, fields }
    }

    /// The item with all its fields.
    pub fn whole(&self) -> &T {
        &self.item
    }
}

impl<T: Serialize> Serialize for Selected<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(fields) = &self.fields else { return self.item.serialize(serializer) };
        let json = serde_json::to_string(&self.item).map_err(S::Error::custom)?;
        let entries: EntriesOf<'_> = serde_json::from_str(&json).map_err(S::Error::custom)?;
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in entries.0.iter().filter(|(name, _)| fields.contains(&name.as_ref())) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// With whatever fields: who may keep an item may keep a part of it.
impl<T: Resource> Resource for Selected<T> {
    const CACHE: Cache = T::CACHE;
}

/// The fields of an item with the exact text of their values.
#[derive(Debug, Default)]
pub(super) struct Entries(Vec<(String, Option<String>)>);

impl Entries {
    pub(super) fn of(item: &impl Serialize) -> serde_json::Result<Self> {
        let json = serde_json::to_string(item)?;
        let entries: EntriesOf<'_> = serde_json::from_str(&json)?;
        Ok(Self(entries.0.iter().map(|(name, value)| (name.as_ref().to_owned(), text(value))).collect()))
    }

    /// The value of a field; none when it is null.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(field, _)| field == name)?.1.clone()
    }
}

/// The text of a value: without quotes when it is a string, none when it is null.
fn text(value: &RawValue) -> Option<String> {
    match value.get() {
        "null" => None,
        json if json.starts_with('"') => serde_json::from_str(json).ok(),
        json => Some(json.to_owned()),
    }
}

/// The fields of a JSON object as they stand there.
struct EntriesOf<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl<'de> Deserialize<'de> for EntriesOf<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = EntriesOf<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(EntriesOf(entries))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
