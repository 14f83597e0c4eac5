//! Removes bounds, lengths and patterns from the schemas and keeps those of requests as [`Check`]s
//! in the facts.
//!
//! Before: `retentionInDays: {type: integer, minimum: 1}`, which progenitor turns into a
//! `NonZeroU64` that also rejects responses. After: a plain integer, and `Check::Minimum(1)` in the
//! facts, which `render` turns into code of `validate` if the type is used in a request.

use serde_json::Value;

use super::{bounds, walk};
use crate::facts::{Check, Facts, RUNTIME_PATTERNS, method_name};

pub(super) fn lower(document: &mut Value, facts: &mut Facts) -> usize {
    for (name, schema) in walk::shared_mut(document) {
        let Some(fact) = facts.types.get_mut(name) else {
            continue;
        };
        for (member, property) in walk::entries(schema, "properties") {
            let checks = checks(property);
            if !checks.is_empty() {
                fact.members.entry(member.clone()).or_default().checks = checks;
            }
        }
    }
    for (_, _, operation) in walk::operations(document) {
        let method = method_name(walk::text(operation, "operationId"));
        let Some(fact) = facts.operations.get_mut(&method) else {
            continue;
        };
        for parameter in walk::parameters(document, operation) {
            if let Some(fact) = fact.parameters.get_mut(walk::text(parameter, "name")) {
                fact.checks = checks(&parameter["schema"]);
            }
        }
    }
    let mut changed = 0;
    walk::schemas(document, &mut |schema| {
        let keywords = bounds::keywords().chain(["pattern", "nullable"]);
        changed += keywords
            .filter(|keyword| walk::take(schema, keyword).is_some())
            .count();
    });
    changed
}

fn checks(schema: &Value) -> Vec<Check> {
    let mut patterns = RUNTIME_PATTERNS.iter();
    let pattern = patterns.find(|known| walk::text(schema, "pattern") == known.pattern);
    bounds::checks(schema)
        .chain(pattern.map(Check::Pattern))
        .chain(of_number(schema))
        .collect()
}

/// The rule of a number, or of all numbers of a list or a map.
fn of_number(schema: &Value) -> Option<Check> {
    match walk::text(schema, "type") {
        "integer" => {
            let is_32_bits = walk::text(schema, "format") == "int32";
            let is_bounded = ["minimum", "maximum"]
                .iter()
                .all(|bound| schema.get(bound).is_some());
            (is_32_bits && !is_bounded).then_some(Check::Int32)
        }
        "number" => Some(Check::Finite),
        "array" => of_number(&schema["items"]),
        "object" => of_number(&schema["additionalProperties"]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::{Check, RUNTIME_PATTERNS};

    #[test]
    fn bounds_become_checks() {
        let yaml = "
openapi: 3.0.3
info: {title: t, version: '1'}
paths: {}
components:
  schemas:
    A:
      type: object
      properties:
        days: {type: integer, minimum: 1, maximum: 9}
        name: {type: string, maxLength: 64, pattern: '^a$', nullable: true}
        item: {type: string, minLength: 2, maxLength: 9, pattern: PATTERN}
        size: {type: integer, format: int32, minimum: 1}
        hour: {type: integer, format: int32, minimum: 0, maximum: 23}
        sizes: {type: array, items: {type: integer, format: int32}}
        shares: {type: object, additionalProperties: {type: number}}
";
        let yaml = yaml.replace(
            "PATTERN",
            &format!("'{}'", RUNTIME_PATTERNS[0].pattern.replace('\'', "''")),
        );
        let (changed, openapi, facts) = super::super::lowered(super::lower, &yaml);
        let members = &facts.types["A"].members;
        assert_eq!(changed, 11);
        assert_eq!(
            members["days"].checks,
            [Check::Minimum(1), Check::Maximum(9)]
        );
        assert_eq!(members["name"].checks, [Check::MaxLength(64)]);
        assert_eq!(
            members["item"].checks,
            [
                Check::MinLength(2),
                Check::MaxLength(9),
                Check::Pattern(&RUNTIME_PATTERNS[0])
            ]
        );
        assert_eq!(members["size"].checks, [Check::Minimum(1), Check::Int32]);
        assert_eq!(
            members["hour"].checks,
            [Check::Minimum(0), Check::Maximum(23)]
        );
        assert_eq!(members["sizes"].checks, [Check::Int32]);
        assert_eq!(members["shares"].checks, [Check::Finite]);
        let text = serde_json::to_string(&openapi).unwrap_or_default();
        for keyword in ["minimum", "maxLength", "pattern", "nullable"] {
            assert!(!text.contains(keyword), "{keyword} is left in {text}");
        }
    }
}
