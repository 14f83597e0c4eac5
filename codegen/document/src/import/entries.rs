//! What is inserted for a new operation, and where.

use serde_json::{Map, Value, json};

use super::insert::Insertion;
use super::reuse::official;
use crate::document::child;
use crate::draft::yaml;
use crate::lint::{METHODS, members};
use crate::published::PublishedDocument;

/// The order of the sections of `components`.
const SECTIONS: &[&str] = &[
    "schemas",
    "parameters",
    "responses",
    "headers",
    "securitySchemes",
];

/// Inserts an operation: below its path if the document has that, otherwise with its path.
pub(super) fn operation(path: &str, method: &str, value: Value, has_path: bool) -> Insertion {
    let (into, key, value, order) = match has_path {
        true => (child("/paths", path), method, value, METHODS),
        false => (
            "/paths".to_owned(),
            path,
            json!({method: value}),
            &[] as &[_],
        ),
    };
    let key = key.to_owned();
    let name = key.clone();
    let write = Box::new(move |indent| yaml::entry(&name, &value, &[], indent));
    Insertion {
        into,
        list_key: None,
        key,
        order,
        write,
    }
}

/// Inserts a tag.
pub(super) fn tag(tag: &str) -> Insertion {
    let value: Map<String, Value> = [("name", tag), ("description", "")]
        .map(|(key, value)| (key.to_owned(), value.into()))
        .into_iter()
        .collect();
    Insertion {
        into: "/tags".to_owned(),
        list_key: Some("name"),
        key: tag.to_owned(),
        order: &[],
        write: Box::new(move |indent| yaml::item(&value, indent)),
    }
}

/// Inserts the components of a section, or the section with them.
pub(super) fn components(
    ours: &Value,
    section: &str,
    entries: Value,
    published: &PublishedDocument,
) -> Vec<Insertion> {
    let (into, section) = ("/components".to_owned(), section.to_owned());
    if ours["components"].get(&section).is_none() {
        let key = section.clone();
        let write = Box::new(move |indent| yaml::section(&section, &entries, indent));
        return vec![Insertion {
            into,
            list_key: None,
            key,
            order: SECTIONS,
            write,
        }];
    }
    let entries = entries.as_object().cloned().unwrap_or_default();
    let insertion = |(key, value): (String, Value)| {
        let name = key.clone();
        let members = official_order(&value, published);
        Insertion {
            into: child(&into, &section),
            list_key: None,
            key,
            order: &[],
            write: Box::new(move |indent| yaml::entry(&name, &value, &members, indent)),
        }
    };
    entries.into_iter().map(insertion).collect()
}

/// Returns the members of a schema in the order in which they are published. Those that come from
/// elsewhere come first.
fn official_order(schema: &Value, published: &PublishedDocument) -> Vec<String> {
    let position = |member: &str| {
        let mut officials = official(schema);
        officials.find_map(|official| {
            let at = child("/components/schemas", official);
            let at = child(&child(&at, "properties"), member);
            published.value.pointer(&at)?;
            Some(published.position(&at))
        })
    };
    let names = members(schema, "properties").map(|(name, _)| name);
    let mut members: Vec<String> = names.map(str::to_owned).collect();
    members.sort_by_key(|member| position(member));
    members
}
