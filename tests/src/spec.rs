//! The spec as tests read it: per operation, the arguments and answers that its examples give.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Arguments, Entry};

/// A whole document, as JSON.
pub struct Spec(Value);

/// A documented answer.
pub struct Example<'a> {
    /// Status it comes with.
    pub status: u16,
    /// Name of the example.
    pub name: &'a str,
    /// Media type it comes as.
    pub media_type: &'a str,
    /// The JSON.
    pub value: &'a Value,
}

impl Spec {
    /// From the document's JSON.
    pub fn new(document: Value) -> Self {
        Spec(document)
    }

    /// The operation of an entry.
    fn operation(&self, entry: &Entry) -> &Value {
        &self.0["paths"][entry.path][entry.method.to_lowercase()]
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str().and_then(|target| self.0.pointer(target.trim_start_matches('#'))) {
            Some(target) => target,
            None => value,
        }
    }

    /// Path parameters by their examples, every query parameter set to something else than its default, the body example if any.
    pub fn arguments(&self, entry: &Entry) -> Arguments {
        let operation = self.operation(entry);
        let mut arguments = Arguments { body: self.bodies(entry).next().map(|(_, body)| body.clone()), ..Arguments::default() };
        for parameter in operation["parameters"].as_array().into_iter().flatten().map(|entry| self.resolve(entry)) {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let example = &parameter["example"];
            match parameter["in"].as_str() {
                Some("path") => drop(arguments.path.insert(name, example.as_str().unwrap_or_default().to_owned())),
                _ => drop(arguments.query.insert(name, self.other_than_default(parameter))),
            }
        }
        arguments
    }

    fn other_than_default(&self, parameter: &Value) -> Value {
        match (&parameter["example"], &parameter["schema"]["default"]) {
            (_, Value::Bool(default)) => Value::Bool(!default),
            (Value::Null, default) => default.clone(),
            (example, _) => example.clone(),
        }
    }

    /// The request examples, by name.
    pub fn bodies(&self, entry: &Entry) -> impl Iterator<Item = (&str, &Value)> {
        let content = self.operation(entry)["requestBody"]["content"].as_object();
        let media = content.into_iter().flatten().flat_map(|(_, media)| media["examples"].as_object()).flatten();
        media.map(|(name, example)| (name.as_str(), &example["value"]))
    }

    /// Every documented answer, by status and name.
    pub fn answers(&self, entry: &Entry) -> Vec<Example<'_>> {
        let responses = self.operation(entry)["responses"].as_object().into_iter().flatten();
        let mut examples = Vec::new();
        for (status, response) in responses {
            let content = self.resolve(response)["content"].as_object().into_iter().flatten();
            for (media_type, media) in content {
                let of_media = media["examples"].as_object().into_iter().flatten();
                examples.extend(of_media.map(|(name, example)| Example {
                    status: status.parse().unwrap_or_default(),
                    name,
                    media_type,
                    value: &example["value"],
                }));
            }
        }
        examples
    }

    /// Operations of the document: `(method, path)` -> operationId.
    pub fn operations(&self) -> BTreeMap<(String, String), String> {
        let paths = self.0["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |(method, operation)| (method, path, operation)));
        operations
            .map(|(method, path, operation)| {
                ((method.to_uppercase(), path.clone()), operation["operationId"].as_str().unwrap_or_default().to_owned())
            })
            .collect()
    }
}
