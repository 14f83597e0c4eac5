//! The spec as tests read it: per operation, its schemas and the arguments and answers that its examples give.

use std::collections::{BTreeMap, BTreeSet};

use atlas_backup_codegen::Document;
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
    /// The documents this was built from, by API generation.
    ///
    /// # Errors
    /// When one of them is no YAML.
    pub fn shipped() -> Result<BTreeMap<&'static str, Self>, String> {
        let texts = [("v1", include_str!("../../spec/v1.yaml")), ("v2", include_str!("../../spec/v2.yaml"))];
        let read = |(api, text): (&'static str, &str)| {
            let path = format!("spec/{api}.yaml");
            let document = Document { api: api.to_owned(), path, text: text.to_owned() };
            let value = atlas_backup_codegen::read(&document).map_err(|error| error.to_string())?;
            Ok((api, Spec(value)))
        };
        texts.into_iter().map(read).collect()
    }

    /// The operation of an entry.
    fn operation(&self, entry: &Entry) -> &Value {
        &self.0["paths"][entry.path][entry.method.to_lowercase()]
    }

    /// What a `$ref` leads to; a value without one is itself.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str().and_then(|target| self.0.pointer(target.trim_start_matches('#'))) {
            Some(target) => target,
            None => value,
        }
    }

    /// Path parameters by their examples, every query parameter set to something else than its default, the body example if any.
    pub fn arguments(&self, entry: &Entry) -> Arguments {
        let operation = self.operation(entry);
        let mut arguments = Arguments { body: self.body(entry).cloned(), ..Arguments::default() };
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

    /// The request example: the one called `request`, else the first.
    fn body(&self, entry: &Entry) -> Option<&Value> {
        let named = self.bodies(entry).find(|(name, _)| *name == "request");
        named.or_else(|| self.bodies(entry).next()).map(|(_, body)| body)
    }

    /// The request examples, by name.
    pub fn bodies(&self, entry: &Entry) -> impl Iterator<Item = (&str, &Value)> {
        let content = self.operation(entry)["requestBody"]["content"].as_object();
        let media = content.into_iter().flatten().flat_map(|(_, media)| media["examples"].as_object()).flatten();
        media.map(|(name, example)| (name.as_str(), &example["value"]))
    }

    /// Every documented answer, by status and name.
    pub fn answers(&self, entry: &Entry) -> Vec<Example<'_>> {
        self.answers_of(entry.method, entry.path)
    }

    /// The same, of the operation that has this method (in capitals) and this path template.
    pub fn answers_of(&self, method: &str, path: &str) -> Vec<Example<'_>> {
        let responses = self.0["paths"][path][method.to_lowercase()]["responses"].as_object().into_iter().flatten();
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

    /// The schema of a path or query parameter.
    pub fn parameter(&self, entry: &Entry, name: &str) -> Option<&Value> {
        let parameters = self.operation(entry)["parameters"].as_array().into_iter().flatten();
        let mut resolved = parameters.map(|parameter| self.resolve(parameter));
        resolved.find(|parameter| parameter["name"] == name).map(|parameter| &parameter["schema"])
    }

    /// The media type and schema of what stands under `content`.
    fn content(holder: &Value) -> Option<(&str, &Value)> {
        holder["content"].as_object()?.iter().next().map(|(media, content)| (media.as_str(), content))
    }

    fn success(&self, entry: &Entry) -> &Value {
        self.resolve(&self.operation(entry)["responses"][entry.success.to_string()])
    }

    /// The media type of the request body, where there is one.
    pub fn request_media(&self, entry: &Entry) -> Option<&str> {
        Self::content(&self.operation(entry)["requestBody"]).map(|(media, _)| media)
    }

    /// The schema of the request body, where there is one.
    pub fn request_schema(&self, entry: &Entry) -> Option<&Value> {
        Self::content(&self.operation(entry)["requestBody"]).map(|(_, content)| &content["schema"])
    }

    /// The media type of a success.
    pub fn success_media(&self, entry: &Entry) -> Option<&str> {
        Self::content(self.success(entry)).map(|(media, _)| media)
    }

    /// The media types of a success that Atlas still gives to who asks for them, the operation's own first.
    pub fn success_versions(&self, entry: &Entry) -> Vec<String> {
        let Some((own, content)) = Self::content(self.success(entry)) else { return Vec::new() };
        let older = content["x-atlas-older-versions"].as_array().into_iter().flatten();
        let older = older.filter_map(|older| older["version"].as_str()).map(|date| format!("application/vnd.atlas.{date}+json"));
        [own.to_owned()].into_iter().chain(older).collect()
    }

    /// The schema of a success, where it has content.
    pub fn success_schema(&self, entry: &Entry) -> Option<&Value> {
        Self::content(self.success(entry)).and_then(|(_, content)| content.get("schema"))
    }

    /// The schema of every error.
    pub fn error_schema(&self) -> Option<&Value> {
        self.0.pointer("/components/schemas/ApiError")
    }

    /// The documented statuses of an operation.
    pub fn statuses(&self, entry: &Entry) -> BTreeSet<u16> {
        let responses = self.operation(entry)["responses"].as_object().into_iter().flatten();
        responses.filter_map(|(status, _)| status.parse().ok()).collect()
    }

    /// The shared error answer that has an example of this name. Its status is the one that the example itself states.
    pub fn error(&self, name: &str) -> Option<Example<'_>> {
        let responses = self.0["components"]["responses"].as_object().into_iter().flatten();
        let contents = responses.flat_map(|(_, response)| response["content"].as_object()).flatten();
        contents.into_iter().find_map(|(media_type, media)| {
            let (name, example) = media["examples"].as_object()?.get_key_value(name)?;
            let value = &example["value"];
            Some(Example { status: u16::try_from(value["error"].as_u64()?).ok()?, name, media_type, value })
        })
    }

    /// Operations of the document: `(method, path)` -> operationId.
    pub fn operations(&self) -> BTreeMap<(String, String), String> {
        let paths = self.0["paths"].as_object().into_iter().flatten();
        let operations =
            paths.flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |(method, operation)| (method, path, operation)));
        operations
            .map(|(method, path, operation)| {
                ((method.to_uppercase(), path.clone()), operation["operationId"].as_str().unwrap_or_default().to_owned())
            })
            .collect()
    }
}
