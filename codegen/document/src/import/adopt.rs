//! Turns a drafted operation into one of our document: with our components where there are some, and
//! with new ones where there are none.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::names;
use super::reuse::Reuse;
use crate::document::child;
use crate::lint::members;
use crate::route;

/// The components of a draft, on their way into our document.
pub(super) struct Adoption<'a> {
    reuse: &'a Reuse<'a>,
    /// The id of the imported operation.
    operation: &'a str,
    /// What the references of the draft refer to in our document.
    references: BTreeMap<String, String>,
    /// The components to add, by section and name.
    pub added: BTreeMap<(String, String), Value>,
    /// The schemas that our document has already, as (name in the draft, our name).
    pub reused: Vec<(String, String)>,
    /// The schemas that have another name than the one that suits them, as (name, taken name).
    pub renamed: Vec<(String, String)>,
}

impl<'a> Adoption<'a> {
    pub fn new(reuse: &'a Reuse<'a>, operation: &'a str) -> Self {
        Adoption {
            reuse,
            operation,
            references: BTreeMap::new(),
            added: BTreeMap::new(),
            reused: Vec::new(),
            renamed: Vec::new(),
        }
    }

    /// Returns the operation as it stands in our document. `path` has its names of path parameters.
    pub fn operation(&mut self, drafted: &Value, drafted_path: &str, path: &str) -> Value {
        let mut operation = drafted.clone();
        let renamed = renamed_parameters(drafted_path, path);
        let parameters = operation["parameters"].as_array_mut();
        for parameter in parameters.into_iter().flatten() {
            *parameter = self.parameter(parameter, &renamed);
        }
        self.adopt(&mut operation);
        operation
    }

    /// Returns a parameter: ours if one says the same; otherwise that of the draft.
    fn parameter(&mut self, drafted: &Value, renamed: &BTreeMap<&str, &str>) -> Value {
        let target = drafted.get("$ref").and_then(Value::as_str);
        let name = target.and_then(|target| target.rsplit('/').next());
        let shared = name.map(|name| &self.reuse.drafted["components"]["parameters"][name]);
        let mut parameter = shared.unwrap_or(drafted).clone();
        let ours = parameter["name"].as_str().and_then(|it| renamed.get(it));
        if let Some(ours) = ours.filter(|_| parameter["in"] == "path") {
            parameter["name"] = (*ours).into();
        }
        if let Some(name) = self.reuse.parameter(&parameter) {
            return json!({"$ref": format!("#/components/parameters/{name}")});
        }
        let is_free = |name: &&str| {
            self.reuse.ours["components"]["parameters"]
                .get(*name)
                .is_none()
        };
        match name.filter(is_free) {
            Some(name) => {
                self.add("parameters", name, parameter);
                json!({"$ref": format!("#/components/parameters/{name}")})
            }
            // Our shared one says something else, so this one belongs to the operation.
            None => parameter,
        }
    }

    /// Replaces all references in a value by those to components of our document.
    fn adopt(&mut self, value: &mut Value) {
        match value {
            Value::Object(object) => {
                let target = object.get("$ref").and_then(Value::as_str);
                if let Some(target) = target.map(str::to_owned) {
                    let ours = self.reference(&target);
                    object.insert("$ref".to_owned(), ours.into());
                }
                let is_data = |name: &str| name == "examples";
                for (_, inner) in object.iter_mut().filter(|(name, _)| !is_data(name)) {
                    self.adopt(inner);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.adopt(item)),
            _ => {}
        }
    }

    /// Returns what a reference of the draft refers to in our document, to which the target is added
    /// if it is not there.
    fn reference(&mut self, target: &str) -> String {
        if let Some(known) = self.references.get(target) {
            return known.clone();
        }
        let mut parts = target.trim_start_matches("#/components/").splitn(2, '/');
        let section = parts.next().unwrap_or_default().to_owned();
        let name = parts.next().unwrap_or_default().to_owned();
        let found = match section.as_str() {
            "schemas" => self.reuse.schema(&name).map(str::to_owned),
            // Headers and errors of the same name are the same to the client, and parameters have
            // been compared already.
            _ => members(&self.reuse.ours["components"], &section)
                .find(|(known, _)| *known == name)
                .map(|_| name.clone()),
        };
        if let Some(ours) = found {
            if section == "schemas" {
                self.reused.push((name, ours.clone()));
            }
            return self.refer(target, &section, &ours);
        }
        if self.added.contains_key(&(section.clone(), name.clone())) {
            return self.refer(target, &section, &name);
        }
        let drafted = self.reuse.drafted["components"][&section][&name].clone();
        let ours = match section.as_str() {
            "schemas" => self.new_name(&name, &drafted),
            _ => name,
        };
        let reference = self.refer(target, &section, &ours);
        self.add(&section, &ours, drafted);
        reference
    }

    fn refer(&mut self, target: &str, section: &str, name: &str) -> String {
        let ours = format!("#{}", child(&child("/components", section), name));
        self.references.insert(target.to_owned(), ours.clone());
        ours
    }

    fn add(&mut self, section: &str, name: &str, mut component: Value) {
        let key = (section.to_owned(), name.to_owned());
        // Its schemas may refer to it.
        self.added.insert(key.clone(), Value::Null);
        self.adopt(&mut component);
        self.added.insert(key, component);
    }

    /// Returns the name of a schema that our document does not have.
    fn new_name(&mut self, drafted: &str, schema: &Value) -> String {
        let items = &schema["properties"]["results"]["items"]["$ref"];
        let item = items.as_str().map(|target| self.reference(target));
        let item = item.as_deref().and_then(|target| target.rsplit('/').next());
        let mut names = names::schema(drafted, item).peekable();
        let best = names.peek().cloned().unwrap_or_default();
        let is_added = |name: &String| {
            let key = ("schemas".to_owned(), name.clone());
            self.added.contains_key(&key)
        };
        let name = names
            .find(|name| names::is_free(name, self.reuse.ours, self.operation) && !is_added(name))
            .unwrap_or_default();
        if name != best {
            self.renamed.push((name.clone(), best));
        }
        name
    }
}

/// Returns our names of path parameters, by those of the draft, where they differ.
fn renamed_parameters<'p>(drafted: &'p str, ours: &'p str) -> BTreeMap<&'p str, &'p str> {
    let name = |segment: &'p str| route::parameter(segment).map(|(name, _)| name);
    let pairs = drafted.split('/').zip(ours.split('/'));
    pairs
        .filter_map(|(drafted, ours)| Some((name(drafted)?, name(ours)?)))
        .filter(|(drafted, ours)| drafted != ours)
        .collect()
}

/// Returns the components to add, as sections of `components`.
pub(super) fn sections(added: &BTreeMap<(String, String), Value>) -> Map<String, Value> {
    let mut sections = Map::new();
    for ((section, name), component) in added {
        let entries = sections.entry(section.clone()).or_insert_with(|| json!({}));
        entries[name] = component.clone();
    }
    sections
}
