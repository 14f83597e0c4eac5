//! The parameters, headers and error responses that operations share.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::published::Published;
use crate::lint::used;

pub(super) struct Shared<'a> {
    parameters: BTreeMap<String, Value>,
    headers: BTreeMap<String, Value>,
    responses: BTreeMap<String, Value>,
    /// The unnamed parameters that more than one operation has: the most frequent one of each name.
    frequent: BTreeMap<&'a str, &'a Value>,
}

impl<'a> Shared<'a> {
    pub fn new(published: Published<'a>) -> Self {
        Shared {
            parameters: BTreeMap::new(),
            headers: BTreeMap::new(),
            responses: BTreeMap::new(),
            frequent: frequent(published),
        }
    }

    /// Returns the name of an unnamed parameter that is shared all the same.
    pub fn frequent(&self, parameter: &Value) -> Option<&'a str> {
        let name = parameter.get("name")?.as_str()?;
        let (name, known) = self.frequent.get_key_value(name)?;
        (*known == parameter).then_some(*name)
    }

    /// Returns a parameter, or a reference to it if it is shared.
    pub fn parameter(&mut self, drafted: Value, official: Option<&str>) -> Value {
        match official {
            Some(name) => share(&mut self.parameters, "parameters", name, drafted),
            None => drafted,
        }
    }

    /// Returns a reference to a header; or the header, if another one has its name.
    pub fn header(&mut self, name: &str, drafted: Value) -> Value {
        share(&mut self.headers, "headers", name, drafted)
    }

    /// Returns a reference to a shared response, if it has been drafted.
    pub fn response(&self, name: &str) -> Option<Value> {
        self.responses
            .contains_key(name)
            .then(|| reference("responses", name))
    }

    pub fn add_response(&mut self, name: &str, drafted: Value) -> Value {
        share(&mut self.responses, "responses", name, drafted)
    }

    pub fn components(self) -> Value {
        json!({
            "parameters": self.parameters,
            "headers": self.headers,
            "responses": self.responses,
        })
    }
}

fn share(known: &mut BTreeMap<String, Value>, section: &str, name: &str, drafted: Value) -> Value {
    let first = known
        .entry(name.to_owned())
        .or_insert_with(|| drafted.clone());
    match *first == drafted {
        true => reference(section, name),
        false => drafted,
    }
}

fn reference(section: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{section}/{name}")})
}

/// Finds the unnamed parameters that several operations have. The most frequent one of a name has
/// it; a parameter with an official name of its own keeps that for itself.
fn frequent(published: Published<'_>) -> BTreeMap<&str, &Value> {
    let official: BTreeSet<&str> = published
        .components("parameters")
        .map(|(name, _)| name)
        .collect();
    let mut counts: BTreeMap<(&str, String), (usize, &Value)> = BTreeMap::new();
    for operation in published.operations() {
        for parameter in operation.parameters() {
            let name = parameter.get("name").and_then(Value::as_str);
            if let Some(name) = name.filter(|name| !official.contains(name)) {
                let key = (name, parameter.to_string());
                counts.entry(key).or_insert((0, parameter)).0 += 1;
            }
        }
    }
    let mut best: BTreeMap<&str, (usize, &Value)> = BTreeMap::new();
    for ((name, _), (count, parameter)) in counts {
        let known = best.get(name).map_or(1, |(count, _)| *count);
        if count > known {
            best.insert(name, (count, parameter));
        }
    }
    best.into_iter()
        .map(|(name, (_, parameter))| (name, parameter))
        .collect()
}

/// Removes the components that no operation uses.
pub(super) fn keep_used(document: &mut Value) {
    let used = used(document);
    let Some(components) = document["components"].as_object_mut() else {
        return;
    };
    for (section, entries) in components
        .iter_mut()
        .filter(|(section, _)| *section != "securitySchemes")
    {
        if let Value::Object(entries) = entries {
            *entries = std::mem::take(entries)
                .into_iter()
                .filter(|(name, _)| used.contains(&format!("#/components/{section}/{name}")))
                .collect::<Map<_, _>>();
        }
    }
    components.retain(|_, entries| {
        entries
            .as_object()
            .is_none_or(|entries| !entries.is_empty())
    });
}
