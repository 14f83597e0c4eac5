//! Lints `x-atlas-rules`, the rules across members: they must name existing members, and it must be
//! possible both to satisfy and to break them.

use serde_json::Value;

use super::types::has_no_type;
use super::{described, members, nearest, resolve, sources, text};
use crate::document::child;
use crate::error::Finding;
use crate::parts::items;

/// The lists of a rule, each with its minimum number of members and whether it needs a `when`.
/// Without `when`, a member under `forbid` could be removed from the schema, and `require` would be
/// plain `required`.
pub(super) const LISTS: &[(&str, usize, bool)] = &[
    ("forbid", 1, true),
    ("require", 1, true),
    ("exactlyOne", 2, false),
    ("atLeastOne", 2, false),
    ("together", 2, false),
];

pub(super) fn lint(document: &Value, schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    for (index, rule) in items(schema, "x-atlas-rules").enumerate() {
        let at = child(&child(pointer, "x-atlas-rules"), &index.to_string());
        condition(document, schema, rule, &at, findings);
        if text(rule, "reason").trim().is_empty() {
            findings.push(
                Finding::new(
                    "member",
                    child(&at, "reason"),
                    "a rule whose `reason` is empty tells nobody why it was broken",
                )
                .help("say in a sentence what Atlas refuses: the error message quotes it"),
            );
        }
        sources::lint(document, rule, &at, findings);
        for (keyword, least, _) in LISTS {
            if rule.get(keyword).is_some() {
                names(
                    schema,
                    rule,
                    keyword,
                    *least,
                    &child(&at, keyword),
                    findings,
                );
            }
        }
    }
}

/// Lints the condition (`when`) of a rule, and that the rule has a list.
fn condition(
    document: &Value,
    schema: &Value,
    rule: &Value,
    at: &str,
    findings: &mut Vec<Finding>,
) {
    let mut report = |at: String, message: &str, help: &str| {
        findings.push(Finding::new("member", at, message).help(help))
    };
    let present = || {
        LISTS
            .iter()
            .filter(|(keyword, ..)| rule.get(keyword).is_some())
    };
    if present().next().is_none() {
        report(
            at.to_owned(),
            "a rule without `forbid`, `require`, `exactlyOne`, `atLeastOne` or `together` says nothing",
            "add one of these lists: see spec/README.md",
        );
    }
    if rule.get("when").is_none() && present().any(|(.., conditional)| *conditional) {
        report(
            at.to_owned(),
            "`forbid` and `require` depend on a member: `when` is missing",
            "add `when: {member: value}`",
        );
    }
    if rule.get("when").is_some() && members(rule, "when").count() != 1 {
        report(
            child(at, "when"),
            "a rule depends on exactly one member",
            "write one member with all its values: `when: {member: [value, value]}`",
        );
    }
    for (name, values) in members(rule, "when") {
        let at = child(&child(at, "when"), name);
        match (member(schema, name), values) {
            (None, _) => report(
                at,
                &format!("`{name}` is no member of this object"),
                &nearest::advice(
                    name,
                    members(schema, "properties")
                        .map(|(name, _)| name)
                        .collect::<Vec<_>>(),
                ),
            ),
            (Some(_), Value::Array(values)) if values.is_empty() => report(
                at,
                "without a value the rule never applies",
                "list the values for which it applies",
            ),
            (Some(member), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    let twice = values[..index]
                        .contains(value)
                        .then(|| format!("{value} stands twice"));
                    let message =
                        mismatch(name, resolve(document, described(member)), value).or(twice);
                    message.into_iter().for_each(|message| {
                        report(child(&at, &index.to_string()), &message, OTHER_VALUE)
                    });
                }
            }
            (Some(member), value) => {
                let message = mismatch(name, resolve(document, described(member)), value);
                message
                    .into_iter()
                    .for_each(|message| report(at.clone(), &message, OTHER_VALUE));
            }
        }
    }
}

const OTHER_VALUE: &str =
    "write a value that the member can have, once; a rule may depend on a boolean or an enum";

/// Returns why the member `name` can never have this value, so that the rule would never apply.
/// Returns `None` if it can.
fn mismatch(name: &str, member: &Value, value: &Value) -> Option<String> {
    match (
        text(member, "type"),
        member.get("enum").and_then(Value::as_array),
    ) {
        _ if has_no_type(member) => None,
        ("boolean", _) if value.is_boolean() => None,
        ("boolean", _) => Some(format!("`{name}` is never {value}: it is true or false")),
        ("string", Some(values)) if values.contains(value) => None,
        ("string", Some(values)) => {
            let values: Vec<_> = values.iter().filter_map(Value::as_str).collect();
            Some(format!(
                "`{name}` is never {value}: it is one of {}",
                values.join(", ")
            ))
        }
        _ => Some(format!(
            "`{name}` cannot decide: it is neither a boolean nor an enum"
        )),
    }
}

fn names(
    schema: &Value,
    rule: &Value,
    keyword: &str,
    least: usize,
    at: &str,
    findings: &mut Vec<Finding>,
) {
    let names: Vec<&str> = items(rule, keyword).filter_map(Value::as_str).collect();
    let mut report = |at: String, message: String, help: &str| {
        findings.push(Finding::new("member", at, message).help(help))
    };
    if names.len() < least {
        let members = if least == 1 { "member" } else { "members" };
        report(
            at.to_owned(),
            format!("`{keyword}` needs at least {least} {members}"),
            "name the other members, or remove the list",
        );
    }
    for (index, name) in names.iter().enumerate() {
        let at = child(at, &index.to_string());
        if member(schema, name).is_none() {
            let known: Vec<_> = members(schema, "properties")
                .map(|(name, _)| name)
                .collect();
            report(
                at,
                format!("`{name}` is no member of this object"),
                &nearest::advice(name, known),
            );
        } else if members(rule, "when").any(|(deciding, _)| deciding == *name) {
            report(
                at,
                format!("`{name}` decides whether the rule applies, and cannot be held to it"),
                "remove it from the list, or from `when`",
            );
        } else if names[..index].contains(name) {
            report(at, format!("`{name}` stands twice"), "remove one of them");
        } else if let Some(message) = contradiction(rule, keyword, name) {
            report(at, message, "remove it from one of the two lists");
        } else if items(schema, "required").any(|required| required.as_str() == Some(name)) {
            report(
                at,
                format!(
                    "`{name}` is always required, so that `{keyword}` says nothing or cannot be kept"
                ),
                "remove it from the list, or from `required`",
            );
        }
    }
}

/// Returns why the member contradicts another list of the same rule, if it does.
fn contradiction(rule: &Value, keyword: &str, name: &str) -> Option<String> {
    let also = |other: &str| {
        other != keyword && items(rule, other).any(|also| also.as_str() == Some(name))
    };
    match keyword {
        "forbid" if also("require") => Some(format!(
            "`{name}` stands in `require` too, and cannot be both absent and present"
        )),
        "forbid" => {
            let (other, ..) = LISTS.iter().find(|(other, ..)| also(other))?;
            Some(format!(
                "`{name}` stands in `{other}` too, where a member that must be absent says nothing"
            ))
        }
        "atLeastOne" if also("require") => Some(format!(
            "`{name}` stands in `require` too, so that `atLeastOne` says nothing"
        )),
        _ => None,
    }
}

fn member<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    schema.get("properties")?.get(name)
}
