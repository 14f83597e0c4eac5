//! Writes in one way what documents may write in several ways for the same code, so that it is no
//! change: the comparison takes the keywords of types as they are.

use serde_json::{Map, Value, json};

/// Rewrites the types of a document.
pub fn unify(document: &mut Value) {
    let schemas = document.pointer_mut("/components/schemas");
    for schema in members(schemas) {
        unify_schema(schema);
    }
}

fn members(object: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    let members = object.and_then(Value::as_object_mut);
    members.into_iter().flatten().map(|(_, value)| value)
}

fn unify_schema(schema: &mut Value) {
    if let Some(keywords) = schema.as_object_mut() {
        // Nothing is generated from it: null and absent mean the same.
        keywords.remove("nullable");
        keywords.retain(|keyword, value| !is_default(keyword, value));
        // All integers are 64 bits wide.
        if keywords
            .get("format")
            .is_some_and(|format| format == "int64")
        {
            keywords.remove("format");
        }
        // The client checks it in place of `pattern`.
        if let Some(exact) = keywords.remove("x-atlas-pattern") {
            keywords.insert("pattern".to_owned(), exact);
        }
        if let Some(names) = keywords.get_mut("x-atlas-schema") {
            as_list(names);
        }
        for rule in keywords
            .get_mut("x-atlas-rules")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            members(rule.get_mut("when")).for_each(as_list);
        }
    }
    members(schema.get_mut("properties")).for_each(unify_schema);
    for keyword in ["items", "additionalProperties"] {
        schema.get_mut(keyword).into_iter().for_each(unify_schema);
    }
    // A reference needs `allOf` only beside a description.
    if let (Some(1), Some([only])) = (
        schema.as_object().map(Map::len),
        schema
            .get("allOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice),
    ) {
        *schema = only.clone();
    }
    // Any JSON.
    if schema.get("additionalProperties") == Some(&json!({})) {
        schema["additionalProperties"] = true.into();
    }
}

/// Whether the keyword might as well not be there.
fn is_default(keyword: &str, value: &Value) -> bool {
    match keyword {
        "deprecated" | "x-atlas-secret" => *value == false,
        "required" | "x-atlas-rules" => *value == json!([]),
        _ => false,
    }
}

fn as_list(value: &mut Value) {
    if !value.is_array() {
        *value = vec![value.take()].into();
    }
}
