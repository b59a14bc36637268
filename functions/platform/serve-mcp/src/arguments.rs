//! The arguments of the tools, as texts. The routes check them like the parameters of a request.

mod shape;

use http::StatusCode;
use shared::problem::Problem;

pub(crate) use shape::{Given, Shape};

/// An argument of a tool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Argument {
    pub name: &'static str,
    pub description: &'static str,
    pub shape: Shape,
    pub required: bool,
}

impl Argument {
    pub(crate) const fn new(name: &'static str, shape: Shape, description: &'static str) -> Self {
        Self { name, description, shape, required: false }
    }

    pub(crate) const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

/// The arguments of a call; those that are left out, null or empty are missing.
#[derive(Debug)]
pub(crate) struct Arguments(Vec<(&'static str, String)>);

impl Arguments {
    /// A 422 that names an argument that is unknown, missing, or of another shape.
    pub(crate) fn parse(known: &'static [Argument], given: &Given) -> Result<Self, Problem> {
        let mut texts = Vec::new();
        for (name, json) in given {
            let Some(argument) = known.iter().find(|argument| argument.name == name) else {
                let names: Vec<_> = known.iter().map(|argument| argument.name).collect();
                let detail = format!("This tool takes these arguments: {}.", names.join(", "));
                return Err(invalid(name, "unknown", detail));
            };
            let text = argument.shape.text(json);
            let text = text.map_err(|detail| invalid(name, "invalid_shape", detail))?;
            if !text.is_empty() {
                texts.push((argument.name, text));
            }
        }
        let arguments = Self(texts);
        let missing = known
            .iter()
            .find(|argument| argument.required && arguments.text(argument.name).is_none());
        match missing {
            Some(Argument { name, description, .. }) => {
                Err(invalid(name, "missing", format!("{name} is required: {description}")))
            }
            None => Ok(arguments),
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str())
    }

    /// The items of a list.
    pub(crate) fn items(&self, name: &str) -> impl Iterator<Item = &str> {
        self.text(name).into_iter().flat_map(|text| text.split(','))
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| *known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    pub(crate) fn set(&mut self, name: &'static str, text: impl Into<String>) {
        _ = self.take(name);
        self.0.push((name, text.into()));
    }

    /// Sets an argument that is missing.
    pub(crate) fn default(&mut self, name: &'static str, text: impl Into<String>) {
        if self.text(name).is_none() {
            self.set(name, text);
        }
    }

    /// The arguments as query parameters of the same names.
    pub(crate) fn into_query(self) -> Vec<(String, String)> {
        self.0.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
    }
}

fn invalid(name: &str, code: &'static str, detail: String) -> Problem {
    let all = "The arguments do not match the schema of the tool.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "validation_failed", all)
        .with_field(name, code, detail)
}
