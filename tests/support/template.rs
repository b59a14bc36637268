//! Reads `template.yaml` and other files of the repository.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use yaml_rust2::{Yaml, YamlLoader};

/// A function of the template.
#[derive(Debug)]
pub struct Function {
    /// `GetMetrics`
    pub id: String,
    pub properties: Yaml,
    globals: Yaml,
    /// The paths of the API.
    paths: Yaml,
}

/// An action and the resource it is allowed on, as `!GetAtt` names it: `sqs:SendMessage`,
/// `AnalysesQueue.Arn`.
pub type Permission = (String, String);

/// The repository's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The text of a file of the repository.
pub fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A YAML file of the repository. Tags are dropped: `!Ref Api` reads as `Api`, `!GetAtt Queue.Arn`
/// as `Queue.Arn`.
pub fn yaml(path: &str) -> Yaml {
    YamlLoader::load_from_str(&text(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
        .remove(0)
}

/// The names in a folder of the repository.
pub fn names(folder: &str) -> BTreeSet<String> {
    let entries =
        fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The contexts: the folders of `functions`.
pub fn contexts() -> BTreeSet<String> {
    names("functions")
}

/// Every function with its context: `get-metrics` and `market`.
pub fn places() -> BTreeMap<String, String> {
    let mut places = BTreeMap::new();
    for context in contexts() {
        let folders = names(&format!("functions/{context}"));
        let functions = folders.into_iter().filter(|folder| folder != "context");
        places.extend(functions.map(|function| (function, context.clone())));
    }
    places
}

/// The key-value pairs of a mapping; none for anything else.
pub fn pairs(yaml: &Yaml) -> impl Iterator<Item = (&str, &Yaml)> {
    yaml.as_hash().into_iter().flatten().map(|(key, value)| (string(key), value))
}

/// Every function of `template.yaml`.
pub fn functions() -> Vec<Function> {
    let template = yaml("template.yaml");
    let functions = pairs(&template["Resources"])
        .filter(|(_, it)| string(&it["Type"]) == "AWS::Serverless::Function");
    let globals = &template["Globals"]["Function"];
    let paths = &template["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"];
    functions
        .map(|(id, resource)| Function {
            id: id.to_owned(),
            properties: resource["Properties"].clone(),
            globals: globals.clone(),
            paths: paths.clone(),
        })
        .collect()
}

impl Function {
    /// Its folder below that of its context: `get-metrics` for `GetMetrics`.
    pub fn folder(&self) -> String {
        let mut folder = String::new();
        for letter in self.id.chars() {
            if letter.is_uppercase() && !folder.is_empty() {
                folder.push('-');
            }
            folder.extend(letter.to_lowercase());
        }
        folder
    }

    /// Its environment variables.
    pub fn variables(&self) -> BTreeSet<String> {
        [&self.globals, &self.properties]
            .into_iter()
            .flat_map(|properties| pairs(&properties["Environment"]["Variables"]))
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// Method and path of its routes; `None` is the `$default` route.
    pub fn routes(&self) -> Vec<Option<(String, String)>> {
        let called = format!("/${{{}.Arn}}/invocations", self.id);
        let mut routes = Vec::new();
        for (path, operations) in pairs(&self.paths) {
            for (method, operation) in pairs(operations) {
                let uri = operation["x-amazon-apigateway-integration"]["uri"].as_str();
                if uri.is_some_and(|uri| uri.ends_with(&called)) {
                    let route = (method.to_uppercase(), path.to_owned());
                    routes.push((path != "/$default").then_some(route));
                }
            }
        }
        routes
    }

    /// The permissions of its inline policies.
    ///
    /// # Panics
    /// For a policy that is not inline or has another effect than `Allow`.
    pub fn permissions(&self) -> BTreeSet<Permission> {
        let policies = self.properties["Policies"].as_vec().cloned().unwrap_or_default();
        policies
            .iter()
            .flat_map(statements)
            .flat_map(|statement| allowed(&self.id, &statement))
            .collect()
    }
}

fn statements(policy: &Yaml) -> Vec<Yaml> {
    policy["Statement"]
        .as_vec()
        .unwrap_or_else(|| panic!("a policy is not inline: {policy:?}"))
        .clone()
}

fn allowed(id: &str, statement: &Yaml) -> Vec<Permission> {
    assert_eq!(string(&statement["Effect"]), "Allow", "{id}");
    let resources = one_or_more(&statement["Resource"]);
    let actions = one_or_more(&statement["Action"]);
    actions
        .iter()
        .flat_map(|action| resources.iter().map(move |on| (action.clone(), on.clone())))
        .collect()
}

fn one_or_more(yaml: &Yaml) -> Vec<String> {
    match yaml.as_vec() {
        Some(items) => items.iter().map(|item| string(item).to_owned()).collect(),
        None => vec![string(yaml).to_owned()],
    }
}

fn string(yaml: &Yaml) -> &str {
    yaml.as_str().unwrap_or_else(|| panic!("not a string: {yaml:?}"))
}
