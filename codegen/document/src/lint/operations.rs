//! Every operation must have a unique name, one success response, one declared tag, and a reason if
//! it is deprecated.

use serde_json::Value;

use super::{members, names, nearest, operations, resolve, text};
use crate::document::child;
use crate::error::Finding;
use crate::parts::items;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    for (pointer, method, _, operation) in operations(document) {
        name(document, &pointer, operation, findings);
        tag(document, &pointer, operation, findings);
        deprecation(&pointer, operation, findings);
        notice(&pointer, operation, findings);
        effect(&pointer, method, operation, findings);
        success(document, &pointer, method, operation, findings);
        documented(&pointer, operation, findings);
    }
}

/// The documentation shows the address of the official page, and the roles.
fn documented(pointer: &str, operation: &Value, findings: &mut Vec<Finding>) {
    let url = text(&operation["externalDocs"], "url");
    let is_plain = |c: char| c.is_ascii_graphic() && !"()<>`\\".contains(c);
    if !url.starts_with("https://") || !url.chars().all(is_plain) {
        let at = child(&child(pointer, "externalDocs"), "url");
        let message = format!("{url:?} is not the address of a page");
        findings.push(
            Finding::new("external-docs", at, message)
                .help("write the whole address, `https://…`, with its special characters escaped"),
        );
    }
    for (index, role) in items(operation, "x-atlas-roles").enumerate() {
        let role = role.as_str().unwrap_or_default();
        if role.trim().is_empty() || role.contains('\n') {
            let at = child(&child(pointer, "x-atlas-roles"), &index.to_string());
            findings.push(
                Finding::new("roles", at, format!("{role:?} is not the name of a role"))
                    .help("write the name as Atlas shows it, as in `Project Owner`"),
            );
        }
    }
}

/// `names` reports names that are taken.
fn name(document: &Value, pointer: &str, operation: &Value, findings: &mut Vec<Finding>) {
    let id = text(operation, "operationId");
    let at = child(pointer, "operationId");
    if !names::is_camel(id) {
        let message = format!("`{id}` cannot name a method");
        let other = names::free_operation(document, id);
        findings.push(Finding::new("operation-id", &at, message).help(format!(
            "write it lowerCamelCase, letters and digits only: `{other}`, for example"
        )));
    }
}

fn tag(document: &Value, pointer: &str, operation: &Value, findings: &mut Vec<Finding>) {
    let tags = operation
        .get("tags")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let at = child(pointer, "tags");
    let [tag] = tags else {
        let message = format!("an operation has one tag, this one has {}", tags.len());
        findings.push(
            Finding::new("tag", at, message)
                .help("keep the tag of its family, which names the generated file"),
        );
        return;
    };
    let known = document
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|known| text(known, "name"));
    let tag = tag.as_str().unwrap_or_default();
    if !known.clone().any(|known| known == tag) {
        let message = format!("tag `{tag}` is not described under `tags`");
        findings
            .push(Finding::new("tag", child(&at, "0"), message).help(nearest::advice(tag, known)));
    }
}

fn deprecation(pointer: &str, operation: &Value, findings: &mut Vec<Finding>) {
    let deprecated = operation
        .get("deprecated")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    match (deprecated, operation.get("x-atlas-deprecation")) {
        (true, None) => {
            let finding = Finding::new(
                "deprecation",
                child(pointer, "deprecated"),
                "deprecated without saying why",
            );
            findings.push(finding.help("add `x-atlas-deprecation: {note: …}`"));
        }
        (false, Some(_)) => {
            let at = child(pointer, "x-atlas-deprecation");
            findings.push(
                Finding::new(
                    "deprecation",
                    at,
                    "a reason for a deprecation that is not declared",
                )
                .help("add `deprecated: true`"),
            );
        }
        _ => {}
    }
}

/// A description must end with what viewers do not show otherwise.
fn notice(pointer: &str, operation: &Value, findings: &mut Vec<Finding>) {
    let value = |keyword: &str| operation.get(keyword);
    let expected = crate::notice::notice(value("x-atlas-deprecation"), value("x-atlas-roles"));
    let description = text(operation, "description");
    let own = description.strip_suffix(&expected).unwrap_or_default();
    if own.contains("Role: ") {
        let message = "the description has roles before those at its end";
        findings.push(
            Finding::new("notice", child(pointer, "description"), message)
                .help("remove them: only the last sentence says the roles"),
        );
    }
    if !description.is_empty() && !description.ends_with(&expected) {
        let message = "the description lacks the deprecation or the roles at its end, so that viewers of the document do not show them";
        findings.push(
            Finding::new("notice", child(pointer, "description"), message)
                .help(format!("write at its end: {expected}")),
        );
    }
}

fn effect(pointer: &str, method: &str, operation: &Value, findings: &mut Vec<Finding>) {
    let Some(effect) = operation.get("x-atlas-effect").and_then(Value::as_str) else {
        return;
    };
    if method != "patch" || effect != "idempotent" {
        let message = format!("`{effect}` on a {} says nothing new", method.to_uppercase());
        let help = "only a PATCH may say `idempotent`; the effect of every other method is known";
        findings.push(Finding::new("effect", child(pointer, "x-atlas-effect"), message).help(help));
    }
}

/// There must be exactly one success response.
fn success(
    document: &Value,
    pointer: &str,
    method: &str,
    operation: &Value,
    findings: &mut Vec<Finding>,
) {
    let at = child(pointer, "responses");
    let (mut successes, mut invalid) = (0, false);
    for (status, response) in members(operation, "responses") {
        let at = child(&at, status);
        let response = resolve(document, response);
        // Parsing a `u16` alone would also accept `+200` and `0200`.
        let plain = Some(status)
            .filter(|status| status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()));
        match plain.map_or(Ok(0), str::parse::<u16>) {
            Ok(status @ 200..=299) => {
                successes += 1;
                findings.extend(success_schema(method, status, response, at));
            }
            Ok(400..=599) => {}
            _ => {
                invalid = true;
                let message = format!("`{status}` is not a status of 200 to 299 or 400 to 599");
                findings.push(
                    Finding::new("status", at, message)
                        .at_key()
                        .help("write three digits in quotes, as in `\"200\"`; ranges and `default` are not supported"),
                );
            }
        }
    }
    // An invalid status may be the missing success.
    if successes != 1 && !(invalid && successes == 0) {
        let message = format!("an operation has one success, this one has {successes}");
        findings.push(
            Finding::new("success-schema", at, message)
                .at_key()
                .help("write the one status of 200 to 299 that Atlas documents"),
        );
    }
}

/// A 204 has no schema, and every GET has one. Other successes have none if they have no content.
fn success_schema(method: &str, status: u16, response: &Value, at: String) -> Option<Finding> {
    let has = |keyword| members(response, "content").any(|(_, media)| media.get(keyword).is_some());
    let (message, help) = match (status, has("schema")) {
        (204, _) if has("schema") || has("examples") => (
            "a 204 has no content to describe",
            "remove `content`, or write the status that Atlas answers with",
        ),
        (204, _) | (_, true) => return None,
        _ if method == "get" => (
            "a GET without a schema",
            "add `content` with a `schema`, or write status 204 if there is no content",
        ),
        _ if has("examples") => (
            "examples of a success without a schema",
            "add the `schema` beside them, or remove `content` if there is none",
        ),
        _ => return None,
    };
    let message = format!("{message} (status {status})");
    Some(Finding::new("success-schema", at, message).help(help))
}
