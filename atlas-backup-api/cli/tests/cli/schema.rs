//! The schemas in `schema/`, by which programs in other languages read what this one writes.

use serde_json::Value;

/// Compares a value with the parts of JSON Schema that the schema uses. The members must be exactly
/// the documented ones.
pub fn conforms(schema: &Value, value: &Value, place: &str) {
    part_conforms(schema, schema, value, place);
}

/// Compares a value with a part of the schema `whole`, or with what the part refers to there.
fn part_conforms(whole: &Value, schema: &Value, value: &Value, place: &str) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => {
            let place = reference.strip_prefix('#').expect("it refers to this file");
            whole.pointer(place).expect("it is defined")
        }
        None => schema,
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types = match &schema["type"] {
        Value::Array(types) => types.as_slice(),
        one => std::slice::from_ref(one),
    };
    let is_allowed = types
        .iter()
        .any(|allowed| allowed == kind || (allowed == "number" && kind == "integer"));
    assert!(is_allowed, "{place} is {value}");
    if let Some(constant) = schema.get("const") {
        assert_eq!(value, constant, "{place}");
    }
    if let Some(allowed) = schema["enum"].as_array() {
        assert!(allowed.contains(value), "{place} is {value}");
    }
    match value {
        Value::Object(members) => {
            let documented = schema["properties"].as_object().expect("an object");
            let required = schema["required"].as_array().expect("a list");
            assert_eq!(members.len(), required.len(), "{place}");
            for (name, value) in members {
                assert!(required.contains(&name.as_str().into()), "{place}.{name}");
                part_conforms(whole, &documented[name], value, &format!("{place}.{name}"));
            }
        }
        Value::Array(items) => {
            for item in items {
                part_conforms(whole, &schema["items"], item, &format!("{place}[]"));
            }
        }
        Value::String(text) => match schema["format"].as_str() {
            Some("date-time") => {
                assert_eq!(crate::time_length(text), Some(text.len()), "{place}");
            }
            _ => assert!(!text.is_empty(), "{place}"),
        },
        _ => {}
    }
}
