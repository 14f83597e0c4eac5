//! Joins what two variants of a schema say about the same thing.

use serde_json::{Value, json};

use super::flat::Shape;

/// The shape of a value that has one of two shapes; `None` if it can be anything.
pub(super) fn join(one: Shape, other: &Shape) -> Option<Shape> {
    match (one, other) {
        (one, other) if one == *other => Some(one),
        (Shape::Enum(mut values), Shape::Enum(more)) => {
            for value in more {
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
            Some(Shape::Enum(values))
        }
        (Shape::Enum(_), Shape::Plain(plain)) if plain["type"] == "string" => Some(bare("string")),
        (Shape::Plain(plain), Shape::Enum(_)) if plain["type"] == "string" => Some(bare("string")),
        (Shape::Plain(one), Shape::Plain(other)) => match (&one["type"], &other["type"]) {
            (a, b) if a == b => Some(bare(a.as_str()?)),
            (a, b)
                if [a, b]
                    .iter()
                    .all(|kind| *kind == "integer" || *kind == "number") =>
            {
                Some(bare("number"))
            }
            _ => None,
        },
        (Shape::List(one), Shape::List(other)) => {
            let items = either(one["items"].clone(), other["items"].clone());
            Some(Shape::List(json!({"type": "array", "items": items})))
        }
        (Shape::Map(_) | Shape::Object(_), Shape::Map(_) | Shape::Object(_)) => {
            Some(Shape::Map(Value::Bool(true)))
        }
        _ => None,
    }
}

fn bare(kind: &str) -> Shape {
    Shape::Plain(json!({"type": kind}))
}

/// Adds a member. If it is there already, it has either form.
pub(super) fn add(members: &mut Vec<(String, Value)>, name: String, member: Value) {
    match members.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => *known = either(std::mem::take(known), member),
        None => members.push((name, member)),
    }
}

/// Returns the schema of what has one of two schemas.
fn either(one: Value, other: Value) -> Value {
    if one == other {
        return one;
    }
    let mut variants = variants(one);
    for variant in self::variants(other) {
        if !variants.contains(&variant) {
            variants.push(variant);
        }
    }
    json!({"oneOf": variants})
}

/// The variants of a schema that is nothing but variants; or the schema itself.
fn variants(schema: Value) -> Vec<Value> {
    let only = schema.as_object().filter(|schema| schema.len() == 1);
    match only.and_then(|schema| schema.get("oneOf")?.as_array()) {
        Some(variants) => variants.clone(),
        None => vec![schema],
    }
}
