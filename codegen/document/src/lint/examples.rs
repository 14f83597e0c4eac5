//! Every body must have an example, because the wire tests are made from the examples, and every
//! example must fit its schema.

use serde_json::Value;

use super::{members, operations, resolve, text};
use crate::deviation::{Deviation, Kind};
use crate::document::{Loaded, child};
use crate::error::Finding;
use crate::schema::Schemas;

/// Examples in a form that the schema as written does not have.
const OTHER_FORM_EXAMPLES: &str = "x-atlas-other-form-examples";

/// Lints that what tests send and receive has examples: bodies, and the arguments of calls.
pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    for (at, parameter) in parameters_and_headers(document) {
        let is_argument = text(parameter, "in") == "path" || parameter["required"] == true;
        if is_argument && parameter.get("example").is_none() {
            let message = format!("the argument `{}` has no example", text(parameter, "name"));
            findings.push(
                Finding::new("example", at, message)
                    .at_key()
                    .help("add `example`, with which tests call the operation"),
            );
        }
    }
    for (at, holder) in holders(document) {
        let without = |(_, media): &(&str, &Value)| {
            media.get("schema").is_some() && members(media, "examples").next().is_none()
        };
        if let Some((media, _)) = members(holder, "content").find(without) {
            findings.push(
                Finding::new(
                    "example",
                    child(&child(&at, "content"), media),
                    "a body without an example",
                )
                .help("add `examples: {name: {summary: …, value: …}}`"),
            );
        }
    }
}

/// Lints that the examples fit their schemas.
pub(super) fn lint_values(loaded: &Loaded<'_>, findings: &mut Vec<Finding>) {
    let document = &loaded.value;
    for (at, holder) in holders(document) {
        for (media, content) in members(holder, "content") {
            let at = child(&child(&at, "content"), media);
            for keyword in ["examples", OTHER_FORM_EXAMPLES] {
                for (name, example) in members(content, keyword) {
                    let at = child(&child(&child(&at, keyword), name), "value");
                    lint_value(
                        document,
                        &content["schema"],
                        &example["value"],
                        &at,
                        findings,
                    );
                }
            }
        }
    }
    for (at, holder) in parameters_and_headers(document) {
        if let Some(example) = holder.get("example") {
            let at = child(&at, "example");
            lint_value(document, &holder["schema"], example, &at, findings);
        }
    }
}

/// Lints one example. One that fits its schema only in another form stands apart, because other
/// tools know nothing of these forms and would refuse it.
fn lint_value(
    document: &Value,
    schema: &Value,
    value: &Value,
    at: &str,
    findings: &mut Vec<Finding>,
) {
    let (before, mut has_other_form) = (findings.len(), false);
    Schemas::as_written(document).locate(schema, value, at, &mut |_, _| has_other_form = true);
    // An example that fits the schemas as they are written is not read twice.
    if has_other_form {
        Schemas::of(document).locate(schema, value, at, &mut |at, deviation| {
            findings.push(deviates("example", at, &deviation))
        });
    }
    let stands_apart = at.contains(OTHER_FORM_EXAMPLES);
    if findings.len() > before || has_other_form == stands_apart {
        return;
    }
    let (message, help) = if has_other_form {
        (
            "this example has the other form of a value, which other tools do not know",
            format!("move it to `{OTHER_FORM_EXAMPLES}`"),
        )
    } else {
        (
            "no value of this example has another form",
            "move it to `examples`".to_owned(),
        )
    };
    findings.push(Finding::new("example", at, message.to_owned()).help(help));
}

/// Returns everything with `content`: the request bodies and responses of all operations. A shared
/// response stands where it is defined.
fn holders(document: &Value) -> Vec<(String, &Value)> {
    let mut holders = Vec::new();
    for (pointer, _, _, operation) in operations(document) {
        holders.extend(
            operation
                .get("requestBody")
                .map(|body| (child(&pointer, "requestBody"), body)),
        );
        for (status, response) in members(operation, "responses") {
            let here = child(&child(&pointer, "responses"), status);
            let at = text(response, "$ref").strip_prefix('#').unwrap_or(&here);
            holders.push((at.to_owned(), resolve(document, response)));
        }
    }
    holders.sort_by(|(a, _), (b, _)| a.cmp(b));
    holders.dedup_by(|(a, _), (b, _)| a == b);
    holders
}

/// Returns the parameters and headers, where they are defined.
pub(super) fn parameters_and_headers(document: &Value) -> Vec<(String, &Value)> {
    let mut all = Vec::new();
    for section in ["parameters", "headers"] {
        let at = child("/components", section);
        let entries = document.get("components").into_iter();
        all.extend(
            entries
                .flat_map(|components| members(components, section))
                .map(|(name, value)| (child(&at, name), value)),
        );
    }
    let shared = child("/components", "responses");
    for (name, response) in members(&document["components"], "responses") {
        let at = child(&child(&shared, name), "headers");
        all.extend(members(response, "headers").map(|(name, value)| (child(&at, name), value)));
    }
    for (pointer, _, _, operation) in operations(document) {
        let parameters = operation.get("parameters").and_then(Value::as_array);
        let at = child(&pointer, "parameters");
        all.extend(
            parameters
                .into_iter()
                .flatten()
                .enumerate()
                .map(|(index, value)| (child(&at, &index.to_string()), value)),
        );
        for (status, response) in members(operation, "responses") {
            let at = child(&child(&child(&pointer, "responses"), status), "headers");
            all.extend(members(response, "headers").map(|(name, value)| (child(&at, name), value)));
        }
    }
    all
}

/// Says of a value, an example or a default, how it deviates from its schema.
pub(super) fn deviates(rule: &'static str, at: &str, deviation: &Deviation) -> Finding {
    const CORRECT: &str = "write a value that Atlas sends or takes, or correct the schema";
    let example = &deviation.example;
    let finding = |message: String| Finding::new(rule, at, message).help(CORRECT);
    let name = deviation.path.rsplit('.').next().unwrap_or_default();
    match deviation.kind {
        Kind::UnknownMember => Finding::new(
            rule,
            at,
            format!("`{name}` is no member of the schema of this {rule}"),
        )
        .at_key()
        .help("correct the name, describe the member in the schema, or remove it here"),
        Kind::MissingRequired => Finding::new(
            rule,
            at,
            format!("this {rule} lacks `{name}`, which its schema requires"),
        )
        .help("add it, or remove it from `required`"),
        Kind::OutsideEnum => finding(format!("{example} is not one of the enum")),
        Kind::Null => finding("null, which the schema does not allow".to_owned()),
        Kind::WrongType => finding(format!("the schema expects another type: {example}")),
        Kind::BadFormat => finding(format!("{example} does not have the format of its schema")),
        Kind::OutOfBounds => finding(format!("{example} is beyond the bounds of its schema")),
        kind => finding(format!("{kind}: {example}")),
    }
}
