//! Drafts the schemas that operations refer to, each once. Enums and objects get a name, even if
//! they are published without one.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::Omitted;
use super::flat::{self, Object, Shape};
use super::names::{Direction, ERROR, Names, inner};
use super::plain::{Position, bound_list, fits, plain, runtime_type};
use super::published::Published;
use crate::lint::{field, is_letter_or_digit, taken_names, variant};
use crate::vocabulary::RUNTIME_TYPES;

pub(super) struct Schemas<'a> {
    pub published: Published<'a>,
    pub names: Names,
    pub prose: &'a str,
    pub omitted: Vec<Omitted>,
    /// The drafted schemas, by their names in the draft.
    done: BTreeMap<String, Value>,
    /// The objects that have a name and are not drafted yet.
    open: Vec<(String, Rc<Shape>, Direction)>,
    /// The shapes of the schemas that have official names.
    shapes: BTreeMap<(String, Direction), Rc<Shape>>,
}

/// The place of a schema, from which a type without an official name gets its name.
#[derive(Clone, Copy)]
pub(super) struct Place<'n> {
    /// The type or operation that has the schema.
    pub owner: &'n str,
    /// The member, parameter or body.
    pub member: &'n str,
    pub direction: Direction,
    pub position: Position,
}

/// More lists and maps within each other than any document has.
const MAX_DEPTH: usize = 16;

impl<'a> Schemas<'a> {
    pub fn new(published: Published<'a>, names: Names, prose: &'a str) -> Self {
        Schemas {
            published,
            names,
            prose,
            omitted: Vec::new(),
            done: BTreeMap::new(),
            open: Vec::new(),
            shapes: BTreeMap::new(),
        }
    }

    /// Returns all drafted schemas.
    pub fn finish(&mut self) -> Value {
        while let Some((name, shape, direction)) = self.open.pop() {
            if let Shape::Object(object) = shape.as_ref() {
                let schema = self.object(&name, object, direction);
                self.done.insert(name, schema);
            }
        }
        Value::Object(std::mem::take(&mut self.done).into_iter().collect())
    }

    /// Returns the shape of a schema, and its official name.
    pub fn shape(&mut self, schema: &Value, direction: Direction) -> (Option<String>, Rc<Shape>) {
        let Some(name) = self.published.resolve(schema).0.map(str::to_owned) else {
            return (
                None,
                Rc::new(flat::shape(self.published, schema, direction)),
            );
        };
        let key = (name.clone(), direction);
        if let Some(shape) = self.shapes.get(&key) {
            return (Some(name), Rc::clone(shape));
        }
        let shape = Rc::new(flat::shape(self.published, schema, direction));
        self.shapes.insert(key, Rc::clone(&shape));
        (Some(name), shape)
    }

    /// Drafts a schema as it stands at its place: without a description.
    pub fn schema(&mut self, schema: &Value, place: Place<'_>) -> Value {
        self.nested(schema, place, 0)
    }

    fn nested(&mut self, schema: &Value, place: Place<'_>, depth: usize) -> Value {
        let (official, shape) = self.shape(schema, place.direction);
        let within = Place {
            position: Position::Inner,
            ..place
        };
        match shape.as_ref() {
            _ if depth > MAX_DEPTH => json!({}),
            Shape::Any => json!({}),
            Shape::Plain(schema) => self.plain(schema, place.position),
            Shape::Enum(values) => self.reference_to_enum(official, values, place),
            Shape::Object(_) => self.reference_to_object(official, shape, place),
            Shape::Map(Value::Bool(_)) => json!({"type": "object", "additionalProperties": true}),
            Shape::Map(values) => {
                let values = self.nested(values, within, depth + 1);
                json!({"type": "object", "additionalProperties": values})
            }
            Shape::List(list) => {
                let items =
                    self.nested(list.get("items").unwrap_or(&Value::Null), within, depth + 1);
                let mut drafted = json!({"type": "array", "items": items});
                bound_list(list, &mut drafted, place.position);
                drafted
            }
        }
    }

    fn plain(&mut self, schema: &Value, position: Position) -> Value {
        let Some(name) = runtime_type(schema) else {
            return plain(schema, position);
        };
        let pattern = RUNTIME_TYPES.iter().find(|(known, _)| *known == name);
        let pattern = pattern.map_or("", |(_, pattern)| pattern);
        let schema = json!({"type": "string", "description": self.prose, "pattern": pattern});
        self.done.entry(name.to_owned()).or_insert(schema);
        reference(name)
    }

    fn reference_to_enum(
        &mut self,
        official: Option<String>,
        values: &[String],
        place: Place<'_>,
    ) -> Value {
        let name = match official {
            Some(official) => self.names.schema(&official, Direction::Response),
            None => {
                let wanted = inner(
                    place.owner.strip_suffix("Request").unwrap_or(place.owner),
                    place.member,
                    Direction::Response,
                );
                self.names.claim_enum(&wanted, values)
            }
        };
        if !self.done.contains_key(&name) {
            let values = self.values(&name, values);
            let schema = json!({"type": "string", "description": self.prose, "enum": values});
            self.done.insert(name.clone(), schema);
        }
        reference(&name)
    }

    /// Returns the values of an enum that can be variants in Rust: the client keeps all others.
    fn values(&mut self, name: &str, values: &[String]) -> Vec<String> {
        let mut variants = std::collections::BTreeSet::new();
        let (kept, dropped): (Vec<_>, Vec<_>) = values.iter().cloned().partition(|value| {
            let variant = variant(value);
            !variant.starts_with(|c: char| c.is_lowercase())
                && variant != taken_names::UNKNOWN
                && variants.insert(variant)
        });
        for value in dropped {
            self.omit(name, format!("value {value} of the enum"));
        }
        kept
    }

    fn reference_to_object(
        &mut self,
        official: Option<String>,
        shape: Rc<Shape>,
        place: Place<'_>,
    ) -> Value {
        let name = match official {
            Some(official) => self.names.schema(&official, place.direction),
            None => {
                let wanted = inner(place.owner, place.member, place.direction);
                self.names.claim(&wanted)
            }
        };
        if !self.done.contains_key(&name) {
            // Its members may refer to it.
            self.done.insert(name.clone(), Value::Null);
            self.open.push((name.clone(), shape, place.direction));
        }
        reference(&name)
    }

    fn object(&mut self, name: &str, object: &Object, direction: Direction) -> Value {
        let mut drafted = json!({"type": "object", "description": self.prose});
        match object.official.as_slice() {
            [] => {}
            [official] => drafted["x-atlas-schema"] = official.as_str().into(),
            official => drafted["x-atlas-schema"] = official.into(),
        }
        let mut properties = Map::new();
        let mut fields = std::collections::BTreeSet::new();
        for (member, schema) in &object.members {
            let field = field(member);
            let is_usable = member.contains(is_letter_or_digit) && field != taken_names::EXTRA;
            if is_usable && fields.insert(field) {
                properties.insert(member.clone(), self.member(name, member, schema, direction));
            } else {
                self.omit(name, format!("member {member}"));
            }
        }
        let required = required(object, &properties, direction);
        // Any member of an error can be missing.
        if !required.is_empty() && name != ERROR {
            drafted["required"] = json!(required);
        }
        drafted["properties"] = properties.into();
        drafted
    }

    fn member(&mut self, owner: &str, member: &str, schema: &Value, direction: Direction) -> Value {
        let position = Position::Member(direction);
        let place = Place {
            owner,
            member,
            direction,
            position,
        };
        let drafted = self.schema(schema, place);
        let mut drafted = match drafted.get("$ref") {
            Some(_) => json!({"allOf": [drafted]}),
            None => drafted,
        };
        let (_, target) = self.published.resolve(schema);
        let flag =
            |keyword: &str| schema.get(keyword).or(target.get(keyword)) == Some(&Value::Bool(true));
        for keyword in ["nullable", "deprecated"] {
            if flag(keyword) {
                drafted[keyword] = true.into();
            }
        }
        // What Atlas assumes matters to who sends nothing.
        if direction == Direction::Request
            && let Some(default) = schema.get("default").or(target.get("default"))
            && self.is_default(default, &drafted)
        {
            drafted["default"] = default.clone();
        }
        drafted["description"] = self.prose.into();
        drafted
    }

    /// Whether a default fits what was drafted.
    pub fn is_default(&self, default: &Value, drafted: &Value) -> bool {
        let target = drafted.get("allOf").map_or(drafted, |parts| &parts[0]);
        let Some(target) = target.get("$ref").and_then(Value::as_str) else {
            return fits(default, drafted);
        };
        let schema = self.done.get(target.rsplit('/').next().unwrap_or_default());
        let values = schema
            .and_then(|schema| schema.get("enum"))
            .and_then(Value::as_array);
        values.is_some_and(|values| values.contains(default))
    }

    fn omit(&mut self, place: &str, what: String) {
        self.omitted.push(Omitted {
            place: place.to_owned(),
            what,
        });
    }
}

pub(super) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Returns the required members. A request requires what is published. A response requires only its
/// id, and a page its results: all others can be missing without making it useless.
fn required(object: &Object, properties: &Map<String, Value>, direction: Direction) -> Vec<String> {
    let is_published = |name: &str| object.required.contains(name);
    let is_required = |(name, member): &(&String, &Value)| match (direction, name.as_str()) {
        (Direction::Request, name) => is_published(name),
        (Direction::Response, "results") => member["type"] == "array",
        (Direction::Response, name) => name == "id" && is_published(name),
    };
    let required = properties.iter().filter(is_required);
    required.map(|(name, _)| name.clone()).collect()
}
