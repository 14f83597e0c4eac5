//! Adds to the description of a member what its Rust type does not express: the documented default,
//! pattern, bounds, format and deprecation.
//!
//! Before: `retentionInDays: {type: integer, minimum: 1, description: Days to keep it.}`. After:
//! `At least 1.` is appended to the description. Later passes remove the keywords themselves.

use serde_json::Value;

use super::{bounds, walk};
use crate::facts::Facts;

pub(super) fn lower(document: &mut Value, _: &mut Facts) -> usize {
    let mut changed = 0;
    for (_, schema) in walk::shared_mut(document) {
        for (_, property) in walk::entries_mut(schema, "properties") {
            let sentences = sentences(property);
            if sentences.is_empty() {
                continue;
            }
            let description = walk::text(property, "description");
            property["description"] = format!("{description} {}", sentences.join(" ")).into();
            changed += 1;
        }
    }
    changed
}

fn sentences(property: &Value) -> Vec<String> {
    let mut sentences: Vec<String> = bounds::sentences(property).collect();
    if let Some(pattern) = property.get("pattern").and_then(Value::as_str) {
        sentences.push(format!("Documented pattern: `{pattern}`."));
    }
    // The other formats become a Rust type. All integers become 64 bits wide.
    let format = walk::text(property, "format");
    if !["", "date-time", "int64"].contains(&format) {
        sentences.push(format!("Documented format: {format}."));
    }
    if let Some(default) = property.get("default") {
        sentences.push(format!("Default: `{default}`."));
    }
    if property.get("deprecated") == Some(&Value::Bool(true)) {
        sentences.push("Deprecated by Atlas.".to_owned());
    }
    sentences
}

#[cfg(test)]
mod tests {
    #[test]
    fn keywords_become_sentences() {
        let yaml = "
openapi: 3.0.3
info: {title: t, version: '1'}
paths: {}
components:
  schemas:
    A:
      type: object
      properties:
        days: {type: integer, format: int32, minimum: 1, default: 7, description: Days.}
        key: {type: string, format: uuid, description: Key.}
";
        let (changed, openapi, _) = super::super::lowered(super::lower, yaml);
        let text = serde_json::to_string(&openapi).unwrap_or_default();
        assert_eq!(changed, 2);
        assert!(
            text.contains("Days. At least 1. Documented format: int32. Default: `7`.")
                && text.contains("Key. Documented format: uuid."),
            "{text}"
        );
    }
}
