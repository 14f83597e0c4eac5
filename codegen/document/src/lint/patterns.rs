//! Lints patterns: any OpenAPI tool must be able to use `pattern`. Tools run it in Python, in
//! JavaScript with and without the flag `u`, and in Rust, so it must be written in what they share.
//! Atlas's own pattern, if it is not, stands beside it as `x-atlas-pattern`.

mod portable;
mod samples;

use serde_json::Value;

use super::positions::{Position, is_sent, position};
use super::reach::Reach;
use super::types::is_lost;
use super::{constraints, text};
use crate::document::child;
use crate::error::Finding;
use crate::schema::compiled;
use crate::vocabulary::RUNTIME_TYPES;

const EXACT: &str = "x-atlas-pattern";

/// Whether every OpenAPI tool understands the pattern.
pub(crate) fn is_portable(pattern: &str) -> bool {
    compiled(pattern).is_some() && portable::fault(pattern).is_none()
}

/// Whether the pattern cannot stay because nothing checks it, which `constraints` and `schemas`
/// report. Then it does not matter who understands it.
fn has_to_go(reach: &Reach<'_>, schema: &Value, pointer: &str) -> bool {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    match position(pointer) {
        Position::Shared if schema.get("enum").is_none() => {
            !RUNTIME_TYPES.contains(&(name, text(schema, "pattern")))
        }
        position => is_sent(reach, pointer, position) && !constraints::has_known_pattern(schema),
    }
}

/// Lints one schema, at any position.
pub(super) fn lint(reach: &Reach<'_>, schema: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let text = |keyword: &str| {
        let value = schema.get(keyword).filter(|_| !is_lost(schema, keyword));
        value.and_then(Value::as_str)
    };
    let mut report = |keyword: &str, message: String, help: &str| {
        findings.push(Finding::new("pattern", child(pointer, keyword), message).help(help));
    };
    let regex = |keyword: &str| text(keyword).map(|it| compiled(it).ok_or(())).transpose();
    let (pattern, exact) = match (regex("pattern"), regex(EXACT)) {
        (Ok(pattern), Ok(exact)) => (pattern, exact),
        (pattern, _) => {
            let keyword = if pattern.is_err() { "pattern" } else { EXACT };
            let message = format!("`{keyword}` is no pattern that can be checked");
            return report(
                keyword,
                message,
                "correct it, or say in the description what it demands",
            );
        }
    };
    if has_to_go(reach, schema, pointer) {
        return;
    }
    if let Some(fault) = text("pattern").and_then(portable::fault) {
        let message = format!("{fault}, which not every OpenAPI tool understands");
        return report(
            "pattern",
            message,
            "move it to `x-atlas-pattern`, and write a `pattern` beside it that every tool understands, and that accepts at least the same texts",
        );
    }
    let Some(exact) = exact else { return };
    let Some(pattern) = pattern else {
        let message = format!("`{EXACT}` without a `pattern`");
        return report(
            EXACT,
            message,
            "add a `pattern` that every tool understands",
        );
    };
    if portable::fault(exact.as_str()).is_none() {
        let message = format!("every OpenAPI tool understands this `{EXACT}`");
        return report(EXACT, message, "write it as `pattern`");
    }
    let refused = samples::of(exact.as_str())
        .into_iter()
        .find(|text| exact.is_match(text) && !pattern.is_match(text));
    if let Some(text) = refused {
        let message = format!("`pattern` refuses {text:?}, which `{EXACT}` accepts");
        report("pattern", message, "write a looser one");
    }
}
