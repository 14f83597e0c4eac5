//! Makes every integer 64 bits wide, and every uuid, e-mail address and URI a plain string.
//!
//! Before: `{type: integer, format: int32}` and `{type: string, format: uuid}`. After: `int64` and
//! a string, because sizes exceed 2^31 before a document mentions it, and a response must not be
//! rejected for an unusual uuid. `date-time` stays and becomes a `Timestamp`.

use openapiv3::{IntegerFormat, OpenAPI, SchemaKind, Type, VariantOrUnknownOrEmpty};

use super::walk;
use crate::facts::Facts;

pub(super) fn lower(openapi: &mut OpenAPI, _: &mut Facts) -> usize {
    let mut changed = 0;
    let wide = VariantOrUnknownOrEmpty::Item(IntegerFormat::Int64);
    walk::schemas(openapi, &mut |schema| match &mut schema.schema_kind {
        SchemaKind::Type(Type::Integer(integer)) if integer.format != wide => {
            integer.format = wide.clone();
            changed += 1;
        }
        SchemaKind::Type(Type::String(string))
            if matches!(string.format, VariantOrUnknownOrEmpty::Unknown(_)) =>
        {
            string.format = VariantOrUnknownOrEmpty::Empty;
            changed += 1;
        }
        _ => {}
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
