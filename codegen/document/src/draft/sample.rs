//! Makes an example for every body and every argument: the least that its schema admits. It is a placeholder: real
//! examples are what Atlas has sent.

use serde_json::{Map, Value, json};

/// More objects within each other than any sample has, unless they contain themselves.
const MAX_DEPTH: usize = 32;

/// Adds an example to every body and every argument of a document.
pub(super) fn fill(document: &mut Value, prose: &str) {
    let schemas = document["components"]["schemas"].clone();
    let samples = Samples {
        schemas: &schemas,
        prose,
    };
    let operations = document["paths"].as_object_mut().into_iter().flatten();
    for (_, operation) in operations
        .filter_map(|(_, item)| item.as_object_mut())
        .flatten()
    {
        if let Some(body) = operation.get_mut("requestBody") {
            samples.holder(body, "request");
        }
        samples.holders(&mut operation["responses"]);
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        parameters
            .into_iter()
            .flatten()
            .for_each(|it| samples.argument(it));
    }
    let parameters = document["components"]
        .get_mut("parameters")
        .and_then(Value::as_object_mut);
    parameters
        .into_iter()
        .flatten()
        .for_each(|(_, it)| samples.argument(it));
    if let Some(responses) = document["components"].get_mut("responses") {
        samples.holders(responses);
    }
}

struct Samples<'a> {
    schemas: &'a Value,
    prose: &'a str,
}

impl Samples<'_> {
    fn holders(&self, holders: &mut Value) {
        for (_, holder) in holders.as_object_mut().into_iter().flatten() {
            self.holder(holder, "answer");
        }
    }

    fn argument(&self, parameter: &mut Value) {
        if parameter["in"] == "path" || parameter["required"] == true {
            parameter["example"] = self.value(&parameter["schema"], 0);
        }
    }

    fn holder(&self, holder: &mut Value, name: &str) {
        let content = holder.get_mut("content").and_then(Value::as_object_mut);
        for (_, media) in content.into_iter().flatten() {
            if let Some(schema) = media.get("schema") {
                let value = self.value(schema, 0);
                media["examples"] = json!({name: {"summary": self.prose, "value": value}});
            }
        }
    }

    fn value(&self, schema: &Value, depth: usize) -> Value {
        let schema = schema
            .get("allOf")
            .and_then(|parts| parts.get(0))
            .unwrap_or(schema);
        let schema = match schema.get("$ref").and_then(Value::as_str) {
            Some(target) => &self.schemas[target.rsplit('/').next().unwrap_or_default()],
            None => schema,
        };
        let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_i64);
        match schema
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
        {
            "string" => text(schema).into(),
            "integer" | "number" => {
                let least = bound("minimum").unwrap_or(0).max(0);
                bound("maximum")
                    .map_or(least, |most| least.min(most))
                    .into()
            }
            "boolean" => false.into(),
            "array" => {
                let items = usize::try_from(bound("minItems").unwrap_or(0)).unwrap_or(0);
                vec![self.value(&schema["items"], depth + 1); items].into()
            }
            "object" if depth < MAX_DEPTH => self.object(schema, depth).into(),
            _ => json!({}),
        }
    }

    fn object(&self, schema: &Value, depth: usize) -> Map<String, Value> {
        let required = schema.get("required").and_then(Value::as_array);
        let names = required.into_iter().flatten().filter_map(Value::as_str);
        let member = |name: &str| {
            (
                name.to_owned(),
                self.value(&schema["properties"][name], depth + 1),
            )
        };
        names.map(member).collect()
    }
}

fn text(schema: &Value) -> String {
    if let Some(value) = schema.get("enum").and_then(|values| values.get(0)) {
        return value.as_str().unwrap_or_default().to_owned();
    }
    let pattern = schema
        .get("pattern")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let plain = match schema
        .get("format")
        .and_then(Value::as_str)
        .unwrap_or_default()
    {
        "date-time" => "2026-01-02T03:04:05Z",
        "uuid" => "00000000-0000-4000-8000-000000000000",
        "uri" => "https://example.com/",
        "email" => "someone@example.com",
        _ if pattern.contains("{24}") => "0123456789abcdef01234567",
        _ => "sample",
    };
    let length = |keyword: &str| {
        schema
            .get(keyword)?
            .as_u64()
            .and_then(|it| usize::try_from(it).ok())
    };
    let least = length("minLength").unwrap_or(0);
    let most = length("maxLength").unwrap_or(usize::MAX);
    let padded: String = plain
        .chars()
        .chain(std::iter::repeat('x'))
        .take(plain.len().max(least))
        .collect();
    padded.chars().take(most).collect()
}
