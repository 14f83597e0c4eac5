//! Adds to the description of a member what its Rust type does not express: the documented default,
//! pattern, bounds, format and deprecation.
//!
//! Before: `retentionInDays: {type: integer, minimum: 1, description: Days to keep it.}`. After:
//! `At least 1.` is appended to the description. Later passes remove the keywords themselves.

use openapiv3::{
    IntegerFormat, IntegerType, OpenAPI, ReferenceOr, Schema, SchemaKind, StringFormat, Type,
    VariantOrUnknownOrEmpty,
};

use super::walk;
use crate::facts::Facts;

pub(super) fn lower(openapi: &mut OpenAPI, _: &mut Facts) -> usize {
    let mut changed = 0;
    let Some(components) = &mut openapi.components else {
        return 0;
    };
    for schema in components.schemas.values_mut().filter_map(walk::item_mut) {
        walk::schema(schema, &mut |schema| {
            let SchemaKind::Type(Type::Object(object)) = &mut schema.schema_kind else {
                return;
            };
            for property in object.properties.values_mut() {
                if let ReferenceOr::Item(property) = property {
                    changed += usize::from(describe(property));
                }
            }
        });
    }
    changed
}

fn describe(property: &mut Schema) -> bool {
    let sentences = sentences(property);
    let description = property.schema_data.description.get_or_insert_default();
    for sentence in &sentences {
        description.push(' ');
        description.push_str(sentence);
    }
    !sentences.is_empty()
}

fn sentences(property: &Schema) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut bound = |what: &str, value: Option<String>| {
        sentences.extend(value.map(|value| format!("{what} {value}.")))
    };
    match &property.schema_kind {
        SchemaKind::Type(Type::Integer(integer)) => {
            bound("At least", integer.minimum.map(|value| value.to_string()));
            bound("At most", integer.maximum.map(|value| value.to_string()));
            bound("Documented format:", int32(integer));
        }
        SchemaKind::Type(Type::String(string)) => {
            bound(
                "At least",
                string.min_length.map(|value| format!("{value} characters")),
            );
            bound(
                "At most",
                string.max_length.map(|value| format!("{value} characters")),
            );
            bound(
                "Documented pattern:",
                string
                    .pattern
                    .as_ref()
                    .map(|pattern| format!("`{pattern}`")),
            );
            bound("Documented format:", format_name(&string.format));
        }
        SchemaKind::Type(Type::Array(array)) => {
            bound(
                "At least",
                array.min_items.map(|value| format!("{value} items")),
            );
            bound(
                "At most",
                array.max_items.map(|value| format!("{value} items")),
            );
        }
        _ => {}
    }
    bound(
        "Default:",
        property
            .schema_data
            .default
            .as_ref()
            .map(|value| format!("`{value}`")),
    );
    if property.schema_data.deprecated {
        sentences.push("Deprecated by Atlas.".to_owned());
    }
    sentences
}

/// All integers become 64 bits wide, so a narrower one is a sentence.
fn int32(integer: &IntegerType) -> Option<String> {
    let is_32_bits = integer.format == VariantOrUnknownOrEmpty::Item(IntegerFormat::Int32);
    is_32_bits.then(|| "int32".to_owned())
}

/// Returns the formats that do not become a Rust type.
fn format_name(format: &VariantOrUnknownOrEmpty<StringFormat>) -> Option<String> {
    match format {
        VariantOrUnknownOrEmpty::Unknown(name) => Some(name.clone()),
        _ => None,
    }
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
