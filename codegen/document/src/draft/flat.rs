//! Flattens schemas: `oneOf`, `anyOf`, `allOf` and discriminators become one list of members.
//!
//! A member that only some variants have is optional. A member that two variants describe in
//! different ways becomes a `oneOf` of both descriptions, which is flattened when it is drafted.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::join::{add, join};
use super::names::Direction;
use super::published::Published;
use crate::lint::members;

/// What a schema describes, once it is flat.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Object(Object),
    /// An object of which only the type of its values is known: `true` is any JSON.
    Map(Value),
    List(Value),
    Enum(Vec<String>),
    /// A text, number or boolean, with its keywords.
    Plain(Value),
    Any,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Object {
    /// The members, in the order in which they were found.
    pub members: Vec<(String, Value)>,
    pub required: BTreeSet<String>,
    /// The official names of the schemas that this object was made of.
    pub official: Vec<String>,
}

/// Returns the shape of a schema in a request or a response.
pub(super) fn shape(published: Published<'_>, schema: &Value, direction: Direction) -> Shape {
    let flattener = Flattener {
        published,
        direction,
    };
    flattener.shape(schema, &mut Vec::new())
}

/// More schemas within each other than any document has, unless they contain themselves.
const MAX_DEPTH: usize = 16;

struct Flattener<'a> {
    published: Published<'a>,
    direction: Direction,
}

impl Flattener<'_> {
    /// `way` has the names of the schemas that are being flattened.
    fn shape(&self, schema: &Value, way: &mut Vec<String>) -> Shape {
        let (name, schema) = self.published.resolve(schema);
        let depth = way.len();
        way.extend(name.map(str::to_owned));
        let shape = match variants(schema) {
            variants if !variants.is_empty() => self.variants(schema, &variants, way),
            _ if has_members(schema) => self.alone(schema, way),
            _ => simple(schema),
        };
        way.truncate(depth);
        shape
    }

    /// The shape of a schema without variants.
    fn alone(&self, schema: &Value, way: &mut Vec<String>) -> Shape {
        let parts = schema.get("allOf").and_then(Value::as_array);
        let object = self.own(schema, way);
        match parts.map(Vec::as_slice) {
            // The only way in OpenAPI 3.0 to write keywords beside a reference.
            Some([part]) if object.members.is_empty() => self.shape(part, way),
            _ => self.finish(object),
        }
    }

    /// The members of a schema and of its `allOf`, without those of its variants.
    fn own(&self, schema: &Value, way: &[String]) -> Object {
        let mut object = Object {
            official: way.last().cloned().into_iter().collect(),
            required: texts(schema.get("required")).collect(),
            ..Object::default()
        };
        let parts = schema
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for part in parts {
            let (name, part) = self.published.resolve(part);
            let mut inner = way.to_vec();
            inner.extend(name.map(str::to_owned));
            if inner.len() > MAX_DEPTH {
                continue;
            }
            // The base of a variant lists that variant: only the members of the base count.
            let base = self.own(part, &inner);
            object.required.extend(base.required);
            for (name, member) in base.members {
                add(&mut object.members, name, member);
            }
        }
        for (name, member) in members(schema, "properties").filter(|(_, it)| self.has(it)) {
            add(&mut object.members, name.to_owned(), plain_member(member));
        }
        object
    }

    /// The shape of a schema with variants.
    fn variants(&self, schema: &Value, variants: &[Value], way: &mut Vec<String>) -> Shape {
        let mut object = self.own(schema, way);
        let mut shapes = Vec::new();
        for variant in variants {
            let (name, _) = self.published.resolve(variant);
            if name.is_some_and(|name| way.iter().any(|known| known == name)) {
                continue;
            }
            shapes.push(self.shape(variant, way));
        }
        if object.members.is_empty()
            && let Some(shape) = without_objects(&shapes)
        {
            return shape;
        }
        let mut required: Option<BTreeSet<String>> = None;
        for shape in shapes {
            let variant = match shape {
                Shape::Object(variant) => variant,
                _ => Object::default(),
            };
            required = Some(match required {
                Some(required) => required.intersection(&variant.required).cloned().collect(),
                None => variant.required,
            });
            for (name, member) in variant.members {
                add(&mut object.members, name, member);
            }
            for name in variant.official {
                if !object.official.contains(&name) {
                    object.official.push(name);
                }
            }
        }
        object.required.extend(required.into_iter().flatten());
        self.discriminate(schema, &mut object);
        self.finish(object)
    }

    /// The member that tells variants apart has the values of the discriminator.
    fn discriminate(&self, schema: &Value, object: &mut Object) {
        let Some(discriminator) = schema.get("discriminator") else {
            return;
        };
        let name = discriminator
            .get("propertyName")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mut values: Vec<&str> = members(discriminator, "mapping")
            .map(|(value, _)| value)
            .collect();
        let Some((_, member)) = object.members.iter_mut().find(|(known, _)| known == name) else {
            return;
        };
        let known = match self.shape(member, &mut Vec::new()) {
            Shape::Enum(known) => known,
            Shape::Plain(member) if member["type"] == "string" => Vec::new(),
            _ => return,
        };
        values.retain(|value| !known.iter().any(|known| known == value));
        let values: Vec<&str> = known.iter().map(String::as_str).chain(values).collect();
        if !values.is_empty() {
            *member = json!({"type": "string", "enum": values});
        }
    }

    fn finish(&self, mut object: Object) -> Shape {
        if object.members.is_empty() {
            return Shape::Map(Value::Bool(true));
        }
        let Object {
            members, required, ..
        } = &mut object;
        required.retain(|name| members.iter().any(|(known, _)| known == name));
        Shape::Object(object)
    }

    /// Whether a request or response has the member.
    fn has(&self, member: &Value) -> bool {
        let keyword = match self.direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
        };
        let (_, target) = self.published.resolve(member);
        [member, target]
            .iter()
            .all(|schema| schema.get(keyword) != Some(&Value::Bool(true)))
    }
}

/// Returns the variants of a schema: each of them once.
fn variants(schema: &Value) -> Vec<Value> {
    let lists = ["oneOf", "anyOf"].map(|keyword| schema.get(keyword).and_then(Value::as_array));
    let mut variants: Vec<Value> = lists.into_iter().flatten().flatten().cloned().collect();
    for (_, target) in schema
        .get("discriminator")
        .into_iter()
        .flat_map(|it| members(it, "mapping"))
    {
        let reference = json!({"$ref": target});
        if !variants.contains(&reference) {
            variants.push(reference);
        }
    }
    variants
}

fn has_members(schema: &Value) -> bool {
    schema.get("allOf").is_some() || members(schema, "properties").next().is_some()
}

/// The shape of a schema without members.
fn simple(schema: &Value) -> Shape {
    let kind = schema
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let values = schema.get("enum").and_then(Value::as_array);
    match (kind, values) {
        ("string", Some(values)) if !values.is_empty() => {
            Shape::Enum(texts(schema.get("enum")).collect())
        }
        ("string" | "integer" | "number" | "boolean", _) => Shape::Plain(schema.clone()),
        ("array", _) => Shape::List(schema.clone()),
        ("object", _) => Shape::Map(match schema.get("additionalProperties") {
            Some(values @ Value::Object(map)) if !map.is_empty() => values.clone(),
            _ => Value::Bool(true),
        }),
        _ => Shape::Any,
    }
}

/// The shape of variants of which none is an object with members.
fn without_objects(shapes: &[Shape]) -> Option<Shape> {
    let (first, rest) = shapes.split_first()?;
    // A variant without members does not make an object free-form.
    let objects = |shape: &Shape| matches!(shape, Shape::Object(_) | Shape::Map(Value::Bool(_)));
    if shapes.iter().all(objects) && shapes.iter().any(|shape| matches!(shape, Shape::Object(_))) {
        return None;
    }
    let joined = rest.iter().try_fold(first.clone(), join);
    Some(joined.unwrap_or(Shape::Any))
}

/// Returns a member without the keywords that say which direction it belongs to.
fn plain_member(member: &Value) -> Value {
    let Value::Object(map) = member else {
        return member.clone();
    };
    let keep = |(name, _): &(&String, &Value)| !["readOnly", "writeOnly"].contains(&name.as_str());
    Value::Object(
        map.iter()
            .filter(keep)
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect::<Map<_, _>>(),
    )
}

fn texts(list: Option<&Value>) -> impl Iterator<Item = String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned)
}
