//! Checks a response against an OpenAPI document.

use std::{
    collections::HashMap,
    io::Read,
    sync::{Arc, Mutex, PoisonError},
};

use http::HeaderMap;
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use crate::{Response, event_json};

/// Headers that the connection and the gateway add; the contract documents all others.
const TRANSPORT: [&str; 8] = [
    "apigw-requestid",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "server",
    "vary",
];
const GATEWAY: [&str; 2] = ["access-control-", "x-amz"];
const BASE: &str = "urn:bellwether:contract";

/// An OpenAPI 3.1 document. Each schema is compiled once, when it is first needed.
#[derive(Debug)]
pub struct Contract {
    document: Value,
    registry: Registry<'static>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Contract {
    /// The contract of an OpenAPI document.
    pub fn new(document: Value) -> Self {
        let registry =
            Registry::new().draft(Draft::Draft202012).add(BASE, document.clone()).unwrap();
        Self { registry: registry.prepare().unwrap(), document, validators: Mutex::default() }
    }

    /// Checks a response of a route; an unknown route is `$default`. A HEAD has the headers of the
    /// GET, and no body.
    ///
    /// # Errors
    /// The differences from the contract.
    pub fn of_route(&self, method: &str, path: &str, response: &Response) -> Result<(), String> {
        let is_head = method == "HEAD";
        let paths = self.document["paths"].as_object().into_iter().flatten();
        // A route with fewer parameters is more specific.
        let route = paths
            .filter(|(route, _)| matches(route, path))
            .min_by_key(|(route, _)| route.matches('{').count());
        let method = if is_head { "get".to_owned() } else { method.to_lowercase() };
        let listed = route.filter(|(_, operations)| operations.get(&method).is_some());
        let at = listed.map_or("/x-default-route".to_owned(), |(route, _)| {
            format!("/paths/{}/{method}", escaped(route))
        });
        self.of_operation(&at, response, !is_head)
    }

    /// Checks a response of a function URL.
    ///
    /// # Errors
    /// The differences from the contract.
    pub fn of_hook(&self, method: &str, function: &str, response: &Response) -> Result<(), String> {
        let (name, _) =
            self.hooks().find(|(_, of)| *of == function).ok_or("no webhook names this function")?;
        self.of_operation(&format!("/webhooks/{}/post", escaped(name)), response, method != "HEAD")
    }

    /// Name and function of each webhook.
    fn hooks(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.document["webhooks"].as_object().into_iter().flatten();
        all.filter_map(|(name, hook)| Some((name.as_str(), hook["post"]["x-function"].as_str()?)))
    }

    /// The function whose sample event went to this host.
    pub(super) fn hook_at(&self, host: &str) -> Option<String> {
        let mut functions = self.hooks().map(|(_, function)| function);
        let function = functions.find(|name| event_json(name)["headers"]["host"] == host)?;
        Some(function.to_owned())
    }

    fn of_operation(&self, at: &str, response: &Response, has_body: bool) -> Result<(), String> {
        let code = response.status.to_string();
        let (at, promised) = self
            .find(&format!("{at}/responses/{code}"))
            .or_else(|| self.find(&format!("{at}/responses/{}XX", &code[..1])))
            .ok_or_else(|| format!("it does not document status {code}"))?;
        self.check_headers(&at, promised, &response.headers)?;
        match has_body {
            true => self.check_body(&at, promised, response),
            false if response.body.is_empty() => Ok(()),
            false => Err("a HEAD has a body".to_owned()),
        }
    }

    fn check_headers(&self, at: &str, promised: &Value, sent: &HeaderMap) -> Result<(), String> {
        let none = Map::new();
        let listed = promised["headers"].as_object().unwrap_or(&none);
        for name in listed.keys() {
            let (at, header) =
                self.find(&format!("{at}/headers/{name}")).ok_or("a $ref has no target")?;
            match sent.get(name).map(|value| value.to_str().unwrap()) {
                None if header["required"] == true => return Err(format!("{name} is missing")),
                Some(text) if header.get("schema").is_some() => {
                    let value = if header["schema"]["type"] == "integer" {
                        number(text)
                    } else {
                        text.into()
                    };
                    self.check(&format!("{at}/schema"), &value)
                        .map_err(|error| format!("{name}: {error}"))?;
                }
                _ => {}
            }
        }
        let unlisted = sent.keys().map(http::HeaderName::as_str).find(|name| {
            let added =
                TRANSPORT.contains(name) || GATEWAY.iter().any(|start| name.starts_with(start));
            !added && !listed.keys().any(|other| other.eq_ignore_ascii_case(name))
        });
        unlisted.map_or(Ok(()), |name| Err(format!("it does not document the header {name}")))
    }

    fn check_body(&self, at: &str, promised: &Value, response: &Response) -> Result<(), String> {
        let content_type = response.header("content-type");
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let Some(content) = promised.get("content") else {
            return if response.body.is_empty() {
                Ok(())
            } else {
                Err("it documents no body".to_owned())
            };
        };
        let key = if content.get(media_type).is_some() { "content" } else { "x-content" };
        let Some(described) = promised[key].get(media_type) else {
            return Err(format!("it does not document the media type {media_type:?}"));
        };
        let body = plain(response);
        let value = if media_type.ends_with("json") {
            serde_json::from_slice(&body).map_err(|error| format!("not JSON: {error}"))?
        } else {
            // The contract does not describe the bytes of a picture.
            String::from_utf8(body).map_or_else(|_| json!(""), Value::from)
        };
        self.check(&format!("{at}/{key}/{}/schema", escaped(media_type)), &value)?;
        check_codes(described, &value, response.status)
    }

    /// Checks a value against the schema at a JSON pointer.
    fn check(&self, at: &str, value: &Value) -> Result<(), String> {
        let validator = self.validator(at);
        let errors =
            validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path()));
        let errors: Vec<String> = errors.collect();
        if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
    }

    fn validator(&self, at: &str) -> Arc<Validator> {
        let mut known = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(at.to_owned()).or_insert_with(|| Arc::new(self.compiled(at))))
    }

    fn compiled(&self, at: &str) -> Validator {
        let pointer = at.replace('{', "%7B").replace('}', "%7D");
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .build(&json!({ "$ref": format!("{BASE}#{pointer}") }))
            .unwrap_or_else(|error| panic!("{at}: {error}"))
    }

    /// The object at a JSON pointer, following any `$ref`, and its own pointer.
    fn find(&self, at: &str) -> Option<(String, &Value)> {
        let found = self.document.pointer(at)?;
        match found["$ref"].as_str() {
            Some(reference) => self.find(reference.trim_start_matches('#')),
            None => Some((at.to_owned(), found)),
        }
    }
}

/// Checks code and status of a problem, if the contract lists the codes.
fn check_codes(described: &Value, problem: &Value, status: u16) -> Result<(), String> {
    let Some(codes) = described["x-codes"].as_array() else { return Ok(()) };
    if codes.contains(&problem["code"]) && problem["status"] == status {
        return Ok(());
    }
    Err(format!("it does not document {} {} here", problem["status"], problem["code"]))
}

/// True if `path` matches `route`, in which `{name}` is one segment.
fn matches(route: &str, path: &str) -> bool {
    route.split('/').count() == path.split('/').count()
        && route.split('/').zip(path.split('/')).all(|(expected, given)| {
            expected == given || expected.starts_with('{') && !given.is_empty()
        })
}

/// A name as a part of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The value of a header whose schema is an integer.
fn number(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from)
}

/// The decompressed body.
fn plain(response: &Response) -> Vec<u8> {
    if response.header("content-encoding") != "gzip" {
        return response.body.clone();
    }
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&*response.body)
        .read_to_end(&mut plain)
        .expect("the body is gzip");
    plain
}
