//! Lints `x-atlas-other-form`, which records that Atlas also sends a member of a response in
//! another form than the documented one.

use serde_json::Value;

use super::reach::Reach;
use super::types::{has_no_type, is_lost};
use super::{described, members, resolve, text};
use crate::document::child;
use crate::error::Finding;
use crate::vocabulary::OtherForm;

const KEYWORD: &str = "x-atlas-other-form";

/// Lints one schema, at any position.
pub(super) fn lint(reach: &Reach<'_>, schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let Some(word) = schema.get(KEYWORD).and_then(Value::as_str) else {
        return;
    };
    if is_lost(schema, KEYWORD) || has_no_type(schema) {
        return;
    }
    let mut report = |message: String, help: &str| {
        findings.push(Finding::new("other-form", child(pointer, KEYWORD), message).help(help))
    };
    let Some(form) = OtherForm::of(word) else {
        let known: Vec<_> = OtherForm::ALL.iter().map(|(word, _)| *word).collect();
        return report(
            format!("`{word}` is no form that a client can read"),
            &format!("known: {}", known.join(", ")),
        );
    };
    let Some(owner_schema) = owner_schema(pointer) else {
        return report(
            format!("`{KEYWORD}` would be ignored here"),
            "it stands on a member of a shared schema",
        );
    };
    if !reach.successes.contains(owner_schema) {
        return report(
            format!("`{KEYWORD}` would be ignored: no response of a success has this member"),
            "leave it out: a request is sent as documented, and an error is read as it is",
        );
    }
    let kind = match text(schema, "type") {
        "" => "anything",
        kind => kind,
    };
    let expected = if form == OtherForm::DateTime {
        "integer"
    } else {
        "array"
    };
    if kind != expected {
        report(
            format!("`{word}` is another form of an {expected}, and this is of type {kind}"),
            "correct `type`, or leave it out",
        );
    }
    if form == OtherForm::OneItem && holds_lists(reach.document, schema) {
        report(
            "an item that is a list itself cannot be told from the list".to_owned(),
            "leave it out",
        );
    }
    if form == OtherForm::WholeAnswer && !requires_something(reach.document, schema) {
        let help =
            "only items that require a member, such as an id, can be told from other answers";
        report(
            "any object would be taken for the only item of this list".to_owned(),
            help,
        );
    }
}

/// Lints that one list at most may be replaced by its only item: the client could not tell to which
/// list an item belongs.
pub(super) fn lint_object(schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let at = |name: &str| child(&child(&child(pointer, "properties"), name), KEYWORD);
    let mut lists = members(schema, "properties")
        .filter(|(_, member)| OtherForm::of(text(member, KEYWORD)) == Some(OtherForm::WholeAnswer));
    let Some((first, _)) = lists.next() else {
        return;
    };
    for (name, _) in lists {
        let message = format!("an item in place of the object could be one of `{first}` too");
        findings.push(
            Finding::new("other-form", at(name), message)
                .related(at(first), "the other list")
                .help("leave it out at one of them"),
        );
    }
}

/// Returns `Thing` for `/components/schemas/Thing/properties/size`. Every object is a shared
/// schema.
fn owner_schema(pointer: &str) -> Option<&str> {
    let mut steps = pointer.strip_prefix("/components/schemas/")?.split('/');
    match (steps.next(), steps.next(), steps.next(), steps.next()) {
        (Some(name), Some("properties"), Some(_), None) => Some(name),
        _ => None,
    }
}

/// Whether an item of the list can be a list.
fn holds_lists(document: &Value, list: &Value) -> bool {
    let items = list
        .get("items")
        .map(|items| resolve(document, described(items)));
    items.is_some_and(|items| matches!(text(items, "type"), "array" | ""))
}

fn requires_something(document: &Value, list: &Value) -> bool {
    let items = list
        .get("items")
        .map(|items| resolve(document, described(items)));
    items
        .and_then(|items| items.get("required")?.as_array())
        .is_some_and(|required| !required.is_empty())
}
