//! Every security requirement must name a security scheme of the document.

use serde_json::Value;

use super::{members, nearest};
use crate::document::child;
use crate::error::Finding;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    let known: Vec<&str> = document
        .get("components")
        .into_iter()
        .flat_map(|it| members(it, "securitySchemes"))
        .map(|(name, _)| name)
        .collect();
    for (index, requirement) in document
        .get("security")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        let at = child("/security", &index.to_string());
        for name in requirement
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
            .filter(|name| !known.contains(&name.as_str()))
        {
            let message = format!("`{name}` is no security scheme of this document");
            findings.push(
                Finding::new("security", child(&at, name), message)
                    .at_key()
                    .help(nearest::advice(name, known.iter().copied())),
            );
        }
    }
}
