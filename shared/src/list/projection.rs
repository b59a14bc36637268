//! Items with the requested fields.

use std::{borrow::Cow, fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::{Error as _, SerializeMap},
};
use serde_json::value::RawValue;

use crate::http::{Cache, Resource};

/// An item of a list. Its JSON has the requested fields, in the order of the item.
#[derive(Debug)]
pub struct Projection<T> {
    item: T,
    fields: Option<Arc<[&'static str]>>,
}

impl<T> Projection<T> {
    pub(super) fn new(item: T, fields: Option<Arc<[&'static str]>>) -> Self {
        Self { item, fields }
    }

    /// The whole item.
    pub fn item(&self) -> &T {
        &self.item
    }
}

impl<T: Serialize> Serialize for Projection<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(fields) = &self.fields else { return self.item.serialize(serializer) };
        let json = serde_json::to_string(&self.item).map_err(S::Error::custom)?;
        let entries: Entries<'_> = serde_json::from_str(&json).map_err(S::Error::custom)?;
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in entries.0.iter().filter(|(name, _)| fields.contains(&name.as_ref())) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A part of an item is cached like the item.
impl<T: Resource> Resource for Projection<T> {
    const CACHE: Cache = T::CACHE;

    /// That of the item; with `fields`, followed by their names.
    fn revision(&self) -> Option<String> {
        let revision = self.item.revision()?;
        let Some(fields) = &self.fields else { return Some(revision) };
        Some(format!("{revision}-{}", fields.join(".")))
    }
}

/// The fields of a JSON object. Values are kept as text.
struct Entries<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}
