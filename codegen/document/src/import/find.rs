//! Finds the operation to import in the published document.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::draft::published::{Operation, Published};
use crate::error::{Error, Finding};
use crate::generations::Generation;
use crate::lint::{METHODS, members, nearest};
use crate::route;

/// An operation of one of our documents.
pub(super) struct Known<'a> {
    /// Our `operationId`.
    pub id: &'a str,
    pub pointer: String,
    pub path: &'a str,
    pub method: &'a str,
    pub value: &'a Value,
}

/// Returns the operations of one of our documents.
pub(super) fn known(document: &Value) -> impl Iterator<Item = Known<'_>> {
    members(document, "paths").flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| {
            let value = item.get(method)?;
            let at = crate::document::child("/paths", path);
            Some(Known {
                id: value.get("operationId")?.as_str()?,
                pointer: crate::document::child(&at, method),
                path,
                method,
                value,
            })
        })
    })
}

/// Returns a path without the names of its parameters, which have no meaning for a server.
pub(super) fn template(path: &str) -> String {
    let segment = |segment| match route::parameter(segment) {
        Some((_, literal)) => format!("{{}}{literal}"),
        None => segment.to_owned(),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Returns the published operation that `wanted` names: by its official id, long or short, or by the
/// `operationId` that `ours` gives it.
pub(super) fn published<'a>(
    published: &'a Value,
    generation: &Generation,
    ours: &Value,
    wanted: &str,
) -> Option<Operation<'a>> {
    let mine = known(ours).find(|known| known.id == wanted);
    let is_mine = |operation: &Operation<'_>| {
        mine.as_ref().is_some_and(|mine| {
            mine.method == operation.method && template(mine.path) == template(operation.path)
        })
    };
    let all = || {
        let operations = Published(published).operations();
        operations.filter(|operation| operation.path.starts_with(generation.prefix))
    };
    all()
        .find(|operation| operation.id == wanted)
        .or_else(|| all().find(|operation| short(operation) == Some(wanted)))
        .or_else(|| all().find(is_mine))
}

/// Returns the short official id, which some operations have besides the long one.
fn short<'a>(operation: &Operation<'a>) -> Option<&'a str> {
    let short = operation.value.get("x-xgen-operation-id-override")?;
    short.as_str()
}

/// Fails because no operation has the name, with the name that was probably meant.
pub(super) fn unknown(published: &Value, generations: &[&Generation], wanted: &str) -> Error {
    let of_generation = |operation: &Operation<'_>| {
        let mut generations = generations.iter();
        generations.any(|generation| operation.path.starts_with(generation.prefix))
    };
    let operations = Published(published).operations().filter(of_generation);
    let names: BTreeSet<&str> = operations
        .flat_map(|operation| [Some(operation.id), short(&operation)])
        .flatten()
        .collect();
    let words: Vec<&str> = generations
        .iter()
        .map(|generation| generation.api)
        .collect();
    let message = format!(
        "the published document has no operation `{wanted}` of {}",
        words.join(" or ")
    );
    let help = match nearest(wanted, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "an operation is named by its official operationId, long or short, or by the one of the spec".to_owned(),
    };
    Error::one(Finding::new(super::RULE, "/paths", message).help(help))
}

/// Fails if something that the operation refers to is not in the published document.
pub(super) fn check_references(document: &Value, operation: &Operation<'_>) -> Result<(), Error> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Value> = operation.parameters().chain([operation.value]).collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                let target = object.get("$ref").and_then(Value::as_str);
                for target in target.into_iter().chain(mapping(object)) {
                    if seen.insert(target) {
                        let pointer = target.strip_prefix('#');
                        match pointer.and_then(|pointer| document.pointer(pointer)) {
                            Some(value) => open.push(value),
                            None => findings.push(dangling(target, operation.id)),
                        }
                    }
                }
                open.extend(object.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    let path = String::new();
    match findings.is_empty() {
        true => Ok(()),
        false => Err(Error { path, findings }),
    }
}

/// Returns the references that a discriminator has as plain texts.
fn mapping(object: &serde_json::Map<String, Value>) -> impl Iterator<Item = &str> {
    let discriminator = object.get("discriminator").into_iter();
    let targets = discriminator.flat_map(|discriminator| members(discriminator, "mapping"));
    targets.filter_map(|(_, target)| target.as_str().filter(|it| it.contains('#')))
}

fn dangling(target: &str, id: &str) -> Finding {
    let message = format!("`{id}` refers to `{target}`, which leads nowhere in this document");
    Finding::new(super::RULE, "/paths", message)
        .help("take the whole published document, in one file")
}
