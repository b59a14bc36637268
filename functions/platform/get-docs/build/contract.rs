//! The contract as JSON, in its own order.

use std::{error::Error, fs};

use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

/// From the folder of this crate.
pub(crate) const PATH: &str = "../../../infra/api/openapi.yaml";

pub(crate) fn json() -> Result<String, Box<dyn Error>> {
    let documents = YamlLoader::load_from_str(&fs::read_to_string(PATH)?)?;
    let mut text = String::new();
    write(documents.first().ok_or("the contract is empty")?, &mut text)?;
    Ok(text)
}

/// The text with the version of the contract in place of `{{version}}`.
pub(crate) fn versioned(text: &str) -> Result<String, Box<dyn Error>> {
    let documents = YamlLoader::load_from_str(&fs::read_to_string(PATH)?)?;
    let contract = documents.first().ok_or("the contract is empty")?;
    let version = contract["info"]["version"].as_str().ok_or("the contract has no version")?;
    Ok(text.replace("{{version}}", version))
}

/// A map of `serde_json` would sort the routes, and the fields of every example.
fn write(yaml: &Yaml, text: &mut String) -> Result<(), Box<dyn Error>> {
    match yaml {
        Yaml::Hash(pairs) => {
            for (index, (key, value)) in pairs.iter().enumerate() {
                text.push(if index == 0 { '{' } else { ',' });
                text.push_str(
                    &Value::from(key.as_str().ok_or("a key of the contract is no text")?)
                        .to_string(),
                );
                text.push(':');
                write(value, text)?;
            }
            text.push_str(if pairs.is_empty() { "{}" } else { "}" });
        }
        Yaml::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                text.push(if index == 0 { '[' } else { ',' });
                write(item, text)?;
            }
            text.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Yaml::String(string) => text.push_str(&Value::from(string.as_str()).to_string()),
        // Written with the digits that are there.
        Yaml::Real(number) => text.push_str(number),
        Yaml::Integer(number) => text.push_str(&number.to_string()),
        Yaml::Boolean(flag) => text.push_str(&flag.to_string()),
        Yaml::Null => text.push_str("null"),
        Yaml::Alias(_) | Yaml::BadValue => {
            return Err("the contract has an alias or a bad value".into());
        }
    }
    Ok(())
}
