//! Makes every integer 64 bits wide, and every uuid, e-mail address and URI a plain string.
//!
//! Before: `{type: integer, format: int32}` and `{type: string, format: uuid}`. After: `int64` and
//! a string, because sizes exceed 2^31 before a document mentions it, and a response must not be
//! rejected for an unusual uuid. `date-time` stays and becomes a `Timestamp`.

use serde_json::Value;

use super::walk;
use crate::facts::Facts;

pub(super) fn lower(document: &mut Value, _: &mut Facts) -> usize {
    let mut changed = 0;
    walk::schemas(document, &mut |schema| {
        match (walk::text(schema, "type"), walk::text(schema, "format")) {
            ("integer", "int64") | ("string", "" | "date-time") => return,
            ("integer", _) => schema["format"] = "int64".into(),
            ("string", _) => drop(walk::take(schema, "format")),
            _ => return,
        }
        changed += 1;
    });
    changed
}

#[cfg(test)]
mod tests {
    #[test]
    fn integers_are_wide_and_uuids_are_text() {
        let yaml = "
openapi: 3.0.3
info: {title: t, version: '1'}
paths: {}
components:
  schemas:
    A:
      type: object
      properties:
        size: {type: integer, format: int32}
        count: {type: integer}
        key: {type: string, format: uuid}
        at: {type: string, format: date-time}
";
        let (changed, openapi, _) = super::super::lowered(super::lower, yaml);
        let text = serde_json::to_string(&openapi).unwrap_or_default();
        assert_eq!(changed, 3);
        assert!(
            !text.contains("int32") && !text.contains("uuid") && text.contains("date-time"),
            "{text}"
        );
    }
}
