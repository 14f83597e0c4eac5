//! Dates are written as `YYYY-MM-DD`, because they are compared with those of the published
//! document, and users read them.

use serde_json::Value;

use super::media_types::is_date;
use super::{members, operations, resolve, text};
use crate::document::child;
use crate::error::Finding;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    let mut date = |holder: &Value, keyword: &str, at: &str| {
        if let Some(value) = holder.get(keyword).and_then(Value::as_str)
            && !is_date(value)
        {
            let message = format!("`{value}` is no date");
            findings.push(
                Finding::new("date", child(at, keyword), message)
                    .help("write it as in `\"2026-01-22\"`, in quotes"),
            );
        }
    };
    for (pointer, _, _, operation) in operations(document) {
        if let Some(deprecation) = operation.get("x-atlas-deprecation") {
            let at = child(&pointer, "x-atlas-deprecation");
            date(deprecation, "since", &at);
            date(deprecation, "ended", &at);
        }
        for (status, entry) in members(operation, "responses") {
            let here = child(&child(&pointer, "responses"), status);
            let at = text(entry, "$ref").strip_prefix('#').unwrap_or(&here);
            for (media, content) in members(resolve(document, entry), "content") {
                let at = child(&child(at, "content"), media);
                date(content, "x-atlas-sunset", &at);
                let at = child(&at, "x-atlas-older-versions");
                let versions = content.get("x-atlas-older-versions");
                let versions = versions.and_then(Value::as_array).into_iter().flatten();
                for (index, version) in versions.enumerate() {
                    for keyword in ["version", "sunset", "deprecated"] {
                        date(version, keyword, &child(&at, &index.to_string()));
                    }
                }
            }
        }
    }
}
