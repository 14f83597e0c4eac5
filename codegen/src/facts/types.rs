//! Reads the facts of schemas: what is declared about members but has no place in a Rust type.

use std::collections::BTreeMap;

use atlas_backup_document::child;
use atlas_backup_document::parts::{items, members, shown, text};
use serde_json::Value;

use super::{Member, MemberRule, OtherForm, Type, checks};
use crate::runtime::MEMBER_RULES;

/// Types by schema name.
pub(super) fn all(document: &Value) -> BTreeMap<String, Type> {
    let schemas = members(&document["components"], "schemas");
    schemas
        .map(|(name, one)| (name.to_owned(), ty(name, one)))
        .collect()
}

fn ty(name: &str, schema: &Value) -> Type {
    let update_of = schema.get("x-atlas-update-of").and_then(Value::as_str);
    let properties = members(schema, "properties");
    Type {
        pointer: child("/components/schemas", name),
        docs: text(schema, "description").to_owned(),
        official_names: one_or_more(&schema["x-atlas-schema"]),
        members: properties
            .map(|(wire, one)| (wire.to_owned(), member(one)))
            .collect(),
        rules: items(schema, "x-atlas-rules").map(rule).collect(),
        update_of: update_of.map(str::to_owned),
    }
}

fn member(property: &Value) -> Member {
    Member {
        docs: [text(property, "description").to_owned()]
            .into_iter()
            .chain(checks::notes(property))
            .collect::<Vec<_>>()
            .join(" "),
        secret: property["x-atlas-secret"] == true,
        other_form: OtherForm::of(text(property, "x-atlas-other-form")),
        checks: checks::of(property),
    }
}

fn rule(value: &Value) -> MemberRule {
    let when = members(value, "when").next();
    let lists = MEMBER_RULES
        .iter()
        .map(|(keyword, method)| (*method, one_or_more(&value[*keyword])));
    MemberRule {
        when: when.map(|(member, values)| (member.to_owned(), one_or_more(values))),
        lists: lists.filter(|(_, wires)| !wires.is_empty()).collect(),
        reason: text(value, "reason").to_owned(),
    }
}

/// Returns values as text. The document has none, one value or a list.
fn one_or_more(values: &Value) -> Vec<String> {
    match values {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().map(shown).collect(),
        value => vec![shown(value)],
    }
}
