//! The client reads null as it reads an absent member. So `nullable` has no meaning where there must
//! be a value: for required members, whole bodies, items of lists and values of maps. `positions`
//! reports the keyword itself there, and this rule what has it behind a reference.

use serde_json::Value;

use super::{described, resolve, text};
use crate::document::child;
use crate::error::Finding;
use crate::parts::items;

/// Lints the members, the items and the values of one schema, at any position.
pub(super) fn lint(document: &Value, schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let properties = child(pointer, "properties");
    for name in items(schema, "required").filter_map(Value::as_str) {
        let member = schema.get("properties").and_then(|it| it.get(name));
        if member.is_some_and(|member| is_nullable(document, member)) {
            let message =
                format!("`{name}` is required and may be null, and the client needs a value");
            findings.push(
                Finding::new("nullable", child(&properties, name), message)
                    .at_key()
                    .help("remove it from `required`: null is read as an absent member is"),
            );
        }
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(keyword) {
            let what = "an item of a list or a value of a map";
            findings.extend(refers(document, inner, what, &child(pointer, keyword)));
        }
    }
}

/// Lints the schema of a body.
pub(super) fn body(document: &Value, schema: &Value, pointer: &str) -> Option<Finding> {
    refers(document, schema, "a body", pointer)
}

fn refers(document: &Value, schema: &Value, what: &str, pointer: &str) -> Option<Finding> {
    let says_so_itself = schema.get("nullable").is_some();
    (!says_so_itself && is_nullable(document, schema)).then(|| {
        let message = format!("{what} may be null here, and the client needs a value");
        Finding::new("nullable", pointer, message)
            .help("refer to a schema without `nullable`, or leave that out there")
    })
}

/// Whether a schema says `nullable`, itself or where it refers to. Any JSON may be null anyway.
fn is_nullable(document: &Value, schema: &Value) -> bool {
    let resolved = resolve(document, described(schema));
    let says_so = [schema, resolved].iter().any(|it| it["nullable"] == true);
    says_so && !text(resolved, "type").is_empty()
}
