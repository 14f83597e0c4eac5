//! Turns a drafted operation into one of our document: with our components where there are some, and
//! with new ones where there are none.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use serde_json::{Map, Value, json};

use super::names;
use super::reuse::Reuse;
use crate::document::child;
use crate::route;

/// The components of a draft, on their way into our document.
pub(super) struct Adoption<'a> {
    reuse: &'a Reuse<'a>,
    /// The id of the imported operation, and the one that it has in the draft.
    operation: &'a str,
    drafted_id: &'a str,
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
    pub fn new(reuse: &'a Reuse<'a>, operation: &'a str, drafted_id: &'a str) -> Self {
        Adoption {
            reuse,
            operation,
            drafted_id,
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
        let responses = operation["responses"].as_object_mut();
        for (status, response) in responses.into_iter().flatten() {
            if let Some(shared) = self.error(status, response) {
                *response = shared;
            }
        }
        if let Some(responses) = operation["responses"].as_object_mut() {
            for (status, shared) in self.reuse.errors_of_all() {
                responses.entry(status).or_insert(shared);
            }
        }
        self.adopt(&mut operation);
        if let Some(parameters) = operation["parameters"].as_array_mut() {
            parameters.sort_by_key(|parameter| self.place(parameter, path));
        }
        operation
    }

    /// Returns our shared response for an error, unless it has a body of its own.
    fn error(&self, status: &str, drafted: &Value) -> Option<Value> {
        let target = drafted.get("$ref").and_then(Value::as_str);
        let shared =
            target.and_then(|target| self.reuse.drafted.pointer(target.strip_prefix('#')?));
        let content = shared.unwrap_or(drafted).get("content");
        let is_plain = content.is_none_or(|content| content.get("application/json").is_some());
        let is_known = target.is_some_and(|it| self.reuse.has(it));
        let is_error = status.starts_with(['4', '5']) && is_plain && !is_known;
        is_error.then(|| self.reuse.error(status)).flatten()
    }

    /// Returns where a parameter belongs: as in the path, and those of the query after them.
    fn place(&self, parameter: &Value, path: &str) -> usize {
        let target = parameter.get("$ref").and_then(Value::as_str);
        let name = target
            .and_then(|target| target.rsplit('/').next())
            .unwrap_or_default();
        let key = ("parameters".to_owned(), name.to_owned());
        let ours = &self.reuse.ours["components"]["parameters"][name];
        let parameter = match target {
            Some(_) => self.added.get(&key).unwrap_or(ours),
            None => parameter,
        };
        let name = parameter["name"].as_str().unwrap_or_default();
        let in_path = path.find(&format!("{{{name}}}"));
        in_path
            .filter(|_| parameter["in"] == "path")
            .unwrap_or(usize::MAX)
    }

    /// Returns a parameter: a reference to ours if one says the same, otherwise to a new one.
    fn parameter(&mut self, drafted: &Value, renamed: &BTreeMap<&str, &str>) -> Value {
        let target = drafted.get("$ref").and_then(Value::as_str);
        let name = target.and_then(|target| target.rsplit('/').next());
        let shared = name.map(|name| &self.reuse.drafted["components"]["parameters"][name]);
        let mut parameter = shared.unwrap_or(drafted).clone();
        let ours = parameter["name"].as_str().and_then(|it| renamed.get(it));
        if let Some(ours) = ours.filter(|_| parameter["in"] == "path") {
            parameter["name"] = (*ours).into();
        }
        let reference = |name: &str| json!({"$ref": format!("#/components/parameters/{name}")});
        if let Some(name) = self.reuse.parameter(&parameter) {
            return reference(name);
        }
        let own = parameter["name"].as_str().map(str::to_owned);
        let ours = &self.reuse.ours["components"]["parameters"];
        match name.map(str::to_owned).or(own) {
            Some(name) if ours.get(&name).is_none() => {
                self.add("parameters", &name, parameter);
                reference(&name)
            }
            // Our shared one says something else, so this one belongs to the operation.
            _ => parameter,
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
            _ => self.reuse.has(target).then(|| name.clone()),
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
        // A type without an official name is named after the operation that has it.
        let id = self.drafted_id.to_pascal_case();
        let own = drafted.strip_prefix(&id);
        let own = own.map(|rest| format!("{}{rest}", self.operation.to_pascal_case()));
        let plain = names::schema(own.as_deref().unwrap_or(drafted), item);
        let other = self.reuse.name_elsewhere(drafted);
        let mut names = other.into_iter().chain(plain).peekable();
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
