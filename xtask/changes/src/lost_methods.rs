//! The methods of requests that are generated only for some operations: `stream` for lists, and
//! `version` for dated media types. An edit that is no change of a type can take them away.

use atlas_backup_document::changes::{Change, Place, Promise};
use atlas_backup_document::{Loaded, Operation, Spec, child, method_name};

/// A method of requests, and whether the request of an operation has it.
type Method = (&'static str, fn(&Spec, &Operation) -> bool);

const METHODS: &[Method] = &[("stream", is_list), ("version", is_dated)];

/// Returns the methods that requests had in the older version of a document.
pub fn lost_methods(older: &Loaded<'_>, newer: &Loaded<'_>) -> Vec<Change> {
    let (old_spec, new_spec) = (Spec::from(older), Spec::from(newer));
    let mut lost = Vec::new();
    // An operation of another name is another method: all of it is lost then.
    for new in new_spec.operations() {
        let mut before = old_spec.operations().iter();
        let Some(old) = before.find(|old| old.id == new.id) else {
            continue;
        };
        let methods = METHODS.iter();
        let gone = methods.filter(|(_, has)| has(&old_spec, old) && !has(&new_spec, new));
        lost.extend(gone.map(|(name, _)| change(newer, new, name)));
    }
    lost
}

/// Whether the operation lists page by page: only a GET does.
fn is_list(spec: &Spec, operation: &Operation) -> bool {
    let page = spec
        .success_schema(operation)
        .filter(|_| operation.method == "GET");
    page.is_some_and(|page| {
        // A reference beside a description is in `allOf`.
        let reference = page["allOf"].get(0).unwrap_or(page);
        let results = &spec.resolve(reference)["properties"]["results"];
        spec.resolve(results)["type"] == "array"
    })
}

/// Whether the media type of the response names a version.
fn is_dated(spec: &Spec, operation: &Operation) -> bool {
    let media = spec.success_media(operation).unwrap_or_default();
    media.starts_with("application/vnd.atlas.")
}

fn change(newer: &Loaded<'_>, operation: &Operation, method: &str) -> Change {
    let Operation {
        api,
        id,
        path,
        method: http,
        ..
    } = operation;
    let subject = format!("{api}::Api::{}", method_name(id));
    let pointer = child(&child("/paths", path), &http.to_lowercase());
    let at = newer.locate(&pointer);
    Change {
        api: api.clone(),
        promise: Promise::Removed,
        text: format!("the request of `{subject}` has no `{method}` any more"),
        subject,
        place: Place {
            path: newer.document.path.clone(),
            line: at.line,
            column: at.column,
        },
    }
}
