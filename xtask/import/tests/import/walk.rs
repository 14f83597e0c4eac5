//! Takes operations out of a copy of the spec, imports them again from a published document that
//! says the same as the spec, and compares the facts.

use std::collections::BTreeMap;

use serde_json::{Map, json};

use super::*;

/// Operations of each method and kind of body, in both documents.
const OPERATIONS: &[(&str, &[&str])] = &[
    (
        "v1",
        &[
            "createLegacyRestoreJob",
            "listExportBuckets",
            "updateLegacySchedule",
        ],
    ),
    (
        "v2",
        &[
            "cancelRestoreJob",
            "createExportBucket",
            "downloadFlexSnapshot",
            "getSnapshotCollection",
            "listSnapshots",
            "takeSnapshot",
            "updateSchedule",
        ],
    ),
];

#[test]
fn an_operation_that_was_taken_out_is_imported_with_the_same_facts() {
    let documents = documents(&project());
    for (api, ids) in OPERATIONS {
        let document = documents
            .iter()
            .find(|it| it.api == *api)
            .expect("it is ours");
        let value = load(document).expect("it is read").value;
        let published = as_published(&value).to_string();
        for id in *ids {
            let mut operations = operations(&value).into_iter();
            let found = operations.find(|(_, operation)| operation["operationId"] == *id);
            let (pointer, _) = found.unwrap_or_else(|| panic!("no operation {id} in {api}"));
            import_again(document, &value, &published, &pointer);
        }
    }
}

/// Takes one operation out of a document, and imports it again.
fn import_again(document: &Document, value: &Value, published: &str, pointer: &str) {
    let operation = value.pointer(pointer).expect("an operation");
    let folder = copy("published.json", published);
    let file = folder.path().join(&document.path);
    fs::write(&file, take_out(document, pointer)).expect("writable");
    let official = operation["x-atlas-operation-id"].as_str().expect("a text");
    let tag = operation["tags"][0].as_str().expect("a text");
    let arguments = [
        official,
        "published.json",
        "--tag",
        tag,
        "--api",
        &document.api,
    ];
    ends(&import(folder.path(), &arguments), 0, &[]);
    let imported = Document {
        text: fs::read_to_string(&file).expect("readable"),
        ..document.clone()
    };
    let imported = load(&imported).expect("it is read").value;
    let again = imported.pointer(pointer).unwrap_or(&Value::Null);
    let (before, after) = (facts(value, operation, 0), facts(&imported, again, 0));
    assert!(
        before == after,
        "{official} was\n{before:#}\nand is\n{after:#}"
    );
}

/// Returns the operations of a document, with their JSON pointers.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("methods") {
            let pointer = format!("/paths/{}/{method}", path.replace('/', "~1"));
            operations.push((pointer, operation));
        }
    }
    operations
}

/// Returns a document as Atlas would publish it: without what only we add.
fn as_published(value: &Value) -> Value {
    let official = official_names(value);
    let mut published = value.clone();
    for (_, item) in published["paths"].as_object_mut().expect("paths") {
        for (_, operation) in item.as_object_mut().expect("methods") {
            operation["operationId"] = operation["x-atlas-operation-id"].take();
            if let Some(roles) = operation.get("x-atlas-roles").cloned() {
                operation["x-rolesRequirements"] = roles;
            }
            for (_, response) in operation["responses"].as_object_mut().expect("responses") {
                publish_versions(response);
            }
        }
    }
    rename(&mut published, &official);
    published
}

/// Writes sunsets and older versions as published documents have them.
fn publish_versions(response: &mut Value) {
    let mut older = Map::new();
    let content = response.get_mut("content").and_then(Value::as_object_mut);
    let Some(content) = content else { return };
    for (_, media) in content.iter_mut() {
        if let Some(sunset) = media.get("x-atlas-sunset").cloned() {
            media["x-sunset"] = sunset;
        }
        let versions = media.get("x-atlas-older-versions").cloned();
        for version in versions.iter().filter_map(Value::as_array).flatten() {
            let date = version["version"].as_str().expect("a date");
            let mut body = json!({"schema": media["schema"]});
            if let Some(sunset) = version.get("sunset") {
                body["x-sunset"] = sunset.clone();
            }
            older.insert(format!("application/vnd.atlas.{date}+json"), body);
        }
    }
    content.extend(older);
}

/// Returns an official name for each schema: the one that it has, unless others have it too.
fn official_names(value: &Value) -> BTreeMap<String, String> {
    let schemas = value["components"]["schemas"].as_object().expect("schemas");
    let first = |schema: &Value| match &schema["x-atlas-schema"] {
        Value::String(name) => Some(name.clone()),
        Value::Array(names) => names[0].as_str().map(str::to_owned),
        _ => None,
    };
    let all: Vec<_> = schemas.values().filter_map(first).collect();
    let is_own = |name: &String| all.iter().filter(|it| *it == name).count() == 1;
    let official = |schema| first(schema).filter(is_own);
    let names = schemas
        .iter()
        .filter_map(|(name, schema)| Some((name.clone(), official(schema)?)));
    names.collect()
}

/// Gives the schemas their official names.
fn rename(value: &mut Value, official: &BTreeMap<String, String>) {
    let schemas = value["components"]["schemas"].take();
    let renamed = |name: &str| official.get(name).map_or(name, String::as_str).to_owned();
    let schemas = schemas.as_object().expect("schemas").iter();
    let schemas: Map<String, Value> = schemas
        .map(|(name, it)| (renamed(name), it.clone()))
        .collect();
    value["components"]["schemas"] = schemas.into();
    replace(value, official);
}

fn replace(value: &mut Value, official: &BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(target)) = object.get_mut("$ref") {
                let name = target.strip_prefix("#/components/schemas/");
                if let Some(name) = name.and_then(|name| official.get(name)) {
                    *target = format!("#/components/schemas/{name}");
                }
            }
            object
                .values_mut()
                .for_each(|inner| replace(inner, official));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, official)),
        _ => {}
    }
}

/// Returns the text of a document without an operation, and without what only that one uses.
fn take_out(document: &Document, pointer: &str) -> String {
    let path = pointer.rsplit_once('/').expect("a path").0;
    let loaded = load(document).expect("it is read");
    let methods = loaded
        .value
        .pointer(path)
        .and_then(Value::as_object)
        .expect("methods");
    let pointer = if methods.len() == 1 { path } else { pointer };
    let mut rest = without(document, pointer);
    while let Some(unused) = unused(&load(&rest).expect("it is read").value) {
        rest = without(&rest, &unused);
    }
    rest.text
}

/// Returns the JSON pointer of a component that nothing refers to.
fn unused(document: &Value) -> Option<String> {
    let text = document.to_string();
    let sections = document["components"].as_object().expect("sections");
    let mut entries = sections.iter().flat_map(|(section, entries)| {
        let names = entries.as_object().expect("entries").keys();
        names.map(move |name| format!("/components/{section}/{name}"))
    });
    entries.find(|pointer| {
        !pointer.contains("securitySchemes") && !text.contains(&format!("\"#{pointer}\""))
    })
}

/// Returns a document without an entry of a mapping or list, and without the comments above it.
fn without(document: &Document, pointer: &str) -> Document {
    let loaded = load(document).expect("it is read");
    let at = loaded.locate(pointer).line - 1;
    let lines: Vec<&str> = document.text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(lines[at]);
    let is_inside = |line: &&&str| line.trim().is_empty() || indent(line) > own;
    let mut end = at + 1 + lines[at + 1..].iter().take_while(is_inside).count();
    while lines[end - 1].trim().is_empty() && end - 1 > at + 1 && own > 2 {
        end -= 1;
    }
    let is_comment = |line: &&&str| line.trim().starts_with('#');
    let start = at - lines[..at].iter().rev().take_while(is_comment).count();
    let kept: Vec<&str> = lines[..start]
        .iter()
        .chain(&lines[end..])
        .copied()
        .collect();
    let text = kept.join("\n") + "\n";
    Document {
        text,
        ..document.clone()
    }
}

/// What only a person knows: prose, examples, and what Atlas does not publish.
const OURS: &[&str] = &[
    "description",
    "ended",
    "example",
    "examples",
    "externalDocs",
    "note",
    "operationId",
    "since",
    "summary",
    "x-atlas-effect",
    "x-atlas-other-form",
    "x-atlas-other-form-examples",
    "x-atlas-rules",
    "x-atlas-schema",
    "x-atlas-secret",
    "x-atlas-update-of",
];

/// Returns the facts of a value, with all that it refers to in its place: no names of components,
/// no prose and no examples.
fn facts(document: &Value, value: &Value, depth: usize) -> Value {
    match value {
        Value::Object(object) => {
            let mut facts = Map::new();
            for (key, inner) in object {
                match (key.as_str(), inner) {
                    ("$ref", Value::String(target)) => {
                        let target = document.pointer(&target[1..]).unwrap_or(&Value::Null);
                        if depth < 24
                            && let Value::Object(target) = self::facts(document, target, depth + 1)
                        {
                            facts.extend(target);
                        }
                    }
                    ("allOf", Value::Array(parts)) => {
                        if let Value::Object(part) = self::facts(document, &parts[0], depth + 1) {
                            facts.extend(part);
                        }
                    }
                    ("properties", Value::Object(members)) => {
                        let member = |(name, it): (&String, &Value)| {
                            (name.clone(), self::facts(document, it, depth + 1))
                        };
                        facts.insert(key.clone(), members.iter().map(member).collect());
                    }
                    (key, _) if OURS.contains(&key) => {}
                    _ => drop(facts.insert(key.clone(), self::facts(document, inner, depth + 1))),
                }
            }
            facts.into()
        }
        Value::Array(items) => items
            .iter()
            .map(|item| self::facts(document, item, depth + 1))
            .collect(),
        other => other.clone(),
    }
}
