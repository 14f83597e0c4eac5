//! Every `$ref` leads somewhere in the same document, and into the right section of `components`.

use serde_json::Value;

use crate::document::child;
use crate::error::Finding;

pub(super) fn check(document: &Value, findings: &mut Vec<Finding>) {
    walk(document, document, "", findings);
}

fn walk(document: &Value, value: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let at = child(pointer, name);
                match value {
                    Value::String(target) if name == "$ref" => reference(document, target, &at, findings),
                    // An example is data, not OpenAPI.
                    _ if name == "value" || name == "example" || name == "default" => {}
                    _ => walk(document, value, &at, findings),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(document, item, &child(pointer, &index.to_string()), findings);
            }
        }
        _ => {}
    }
}

fn reference(document: &Value, target: &str, pointer: &str, findings: &mut Vec<Finding>) {
    let section = target.strip_prefix("#/components/").and_then(|rest| rest.split_once('/')).map(|(section, _)| section);
    let message = match target.strip_prefix('#').and_then(|target| document.pointer(target)) {
        None => format!("`{target}` leads nowhere"),
        Some(_) if section == Some(expected_section(pointer)) => return,
        Some(_) => format!("`{target}` is not one of #/components/{}", expected_section(pointer)),
    };
    findings.push(Finding::new("dangling-ref", pointer, message));
}

/// What a `$ref` at this place must name: parameters, responses and headers stand in maps of that name, all else is a schema.
fn expected_section(pointer: &str) -> &'static str {
    let mut tokens = pointer.rsplit('/').skip(2);
    match tokens.next() {
        Some("parameters") => "parameters",
        Some("responses") => "responses",
        Some("headers") => "headers",
        _ => "schemas",
    }
}
