//! Removes bounds, lengths and patterns from the schemas and keeps those of requests as [`Check`]s
//! in the facts.
//!
//! Before: `retentionInDays: {type: integer, minimum: 1}`, which progenitor turns into a
//! `NonZeroU64` that also rejects responses. After: a plain integer, and `Check::Minimum(1)` in the
//! facts, which `render` turns into code of `validate` if the type is used in a request.

use openapiv3::{
    AdditionalProperties, IntegerFormat, OpenAPI, ParameterSchemaOrContent, ReferenceOr, Schema,
    SchemaKind, Type, VariantOrUnknownOrEmpty,
};

use super::walk;
use crate::facts::{Check, Facts, RUNTIME_PATTERNS};

pub(super) fn lower(openapi: &mut OpenAPI, facts: &mut Facts) -> usize {
    keep_members(openapi, facts);
    keep_parameters(openapi, facts);
    let mut changed = 0;
    walk::schemas(openapi, &mut |schema| changed += strip(schema));
    changed
}

fn keep_members(openapi: &OpenAPI, facts: &mut Facts) {
    for (name, schema) in openapi
        .components
        .iter()
        .flat_map(|components| &components.schemas)
    {
        let (Some(schema), Some(fact)) = (schema.as_item(), facts.types.get_mut(name)) else {
            continue;
        };
        let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind else {
            continue;
        };
        for (member, property) in &object.properties {
            let ReferenceOr::Item(property) = property else {
                continue;
            };
            let checks = checks(property);
            if !checks.is_empty() {
                fact.members.entry(member.clone()).or_default().checks = checks;
            }
        }
    }
}

fn keep_parameters(openapi: &OpenAPI, facts: &mut Facts) {
    let Some(components) = &openapi.components else {
        return;
    };
    for (_, _, operation) in walk::operations(openapi) {
        let method =
            crate::facts::method_name(operation.operation_id.as_deref().unwrap_or_default());
        let Some(fact) = facts.operations.get_mut(&method) else {
            continue;
        };
        for parameter in operation
            .parameters
            .iter()
            .filter_map(|entry| walk::component(&components.parameters, entry))
        {
            let data = parameter.parameter_data_ref();
            if let ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema)) = &data.format
                && let Some(fact) = fact.parameters.get_mut(&data.name)
            {
                fact.checks = checks(schema);
            }
        }
    }
}

fn checks(schema: &Schema) -> Vec<Check> {
    let length = |value: Option<usize>, check: fn(i64) -> Check| {
        value.and_then(|value| i64::try_from(value).ok()).map(check)
    };
    let all = match &schema.schema_kind {
        SchemaKind::Type(Type::Integer(integer)) => [
            integer.minimum.map(Check::Minimum),
            integer.maximum.map(Check::Maximum),
            of_number(schema),
        ],
        SchemaKind::Type(Type::String(string)) => {
            let pattern = RUNTIME_PATTERNS
                .iter()
                .find(|known| string.pattern.as_deref() == Some(known.pattern))
                .map(Check::Pattern);
            [
                length(string.min_length, Check::MinLength),
                length(string.max_length, Check::MaxLength),
                pattern,
            ]
        }
        SchemaKind::Type(Type::Array(array)) => [
            length(array.min_items, Check::MinItems),
            length(array.max_items, Check::MaxItems),
            of_number(schema),
        ],
        _ => [of_number(schema), None, None],
    };
    all.into_iter().flatten().collect()
}

/// The rule of a number, or of all numbers of a list or a map.
fn of_number(schema: &Schema) -> Option<Check> {
    match &schema.schema_kind {
        SchemaKind::Type(Type::Integer(integer)) => {
            let is_32_bits = integer.format == VariantOrUnknownOrEmpty::Item(IntegerFormat::Int32);
            let is_bounded = integer.minimum.is_some() && integer.maximum.is_some();
            (is_32_bits && !is_bounded).then_some(Check::Int32)
        }
        SchemaKind::Type(Type::Number(_)) => Some(Check::Finite),
        SchemaKind::Type(Type::Array(array)) => match &array.items {
            Some(ReferenceOr::Item(items)) => of_number(items),
            _ => None,
        },
        SchemaKind::Type(Type::Object(object)) => match &object.additional_properties {
            Some(AdditionalProperties::Schema(values)) => of_number(values.as_item()?),
            _ => None,
        },
        _ => None,
    }
}

fn strip(schema: &mut Schema) -> usize {
    let nullable = std::mem::take(&mut schema.schema_data.nullable);
    let taken = match &mut schema.schema_kind {
        SchemaKind::Type(Type::Integer(integer)) => [
            integer.minimum.take().is_some(),
            integer.maximum.take().is_some(),
            nullable,
            false,
        ],
        SchemaKind::Type(Type::String(string)) => [
            string.min_length.take().is_some(),
            string.max_length.take().is_some(),
            string.pattern.take().is_some(),
            nullable,
        ],
        SchemaKind::Type(Type::Array(array)) => [
            array.min_items.take().is_some(),
            array.max_items.take().is_some(),
            nullable,
            false,
        ],
        _ => [nullable, false, false, false],
    };
    taken.into_iter().filter(|taken| *taken).count()
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
