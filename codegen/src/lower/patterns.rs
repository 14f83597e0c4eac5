//! Puts Atlas's own pattern in the place of one that every OpenAPI tool understands.
//!
//! Before: `{pattern: '^[^/]*$', x-atlas-pattern: '^[\p{L}]*$'}`. After: `pattern: '^[\p{L}]*$'`,
//! which the client checks and its documentation has.

use serde_json::Value;

use super::walk;
use crate::facts::Facts;

pub(super) fn lower(document: &mut Value, _: &mut Facts) -> usize {
    let mut changed = 0;
    walk::schemas(document, &mut |schema| {
        if let Some(exact) = walk::take(schema, "x-atlas-pattern") {
            schema["pattern"] = exact;
            changed += 1;
        }
    });
    changed
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_exact_pattern_takes_the_place_of_the_portable_one() {
        let yaml = r"
openapi: 3.0.3
info: {title: t, version: '1'}
paths: {}
components:
  schemas:
    A:
      type: object
      properties:
        host: {type: string, pattern: '^[^/]*$', x-atlas-pattern: '^[\p{L}]*$'}
        version: {type: string, pattern: '^[0-9]*$'}
";
        let (changed, openapi, _) = super::super::lowered(super::lower, yaml);
        let text = serde_json::to_string(&openapi).unwrap_or_default();
        assert_eq!(changed, 1);
        assert!(
            !text.contains("[^/]") && !text.contains("x-atlas") && text.contains(r"^[\\p{L}]*$"),
            "{text}"
        );
    }
}
