//! Drafts the parameters of operations: those of the path first, then those of the query.

use heck::ToLowerCamelCase;
use serde_json::{Value, json};

use super::flat::Shape;
use super::names::Direction;
use super::operation::Drafter;
use super::plain::Position;
use super::published::Operation;
use super::schemas::Place;
use crate::lint::{field, taken_names};

impl<'a> Drafter<'a> {
    /// Returns the parameters of an operation.
    pub(super) fn parameters(
        &mut self,
        operation: &Operation<'a>,
        id: &str,
    ) -> Result<Vec<Value>, String> {
        let (mut path, mut query) = (Vec::new(), Vec::new());
        let mut fields = std::collections::BTreeSet::new();
        for published in operation.parameters() {
            let (shared, parameter) = self.schemas.published.resolve(published);
            let text = |keyword: &str| {
                parameter
                    .get(keyword)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let (name, place) = (text("name"), text("in"));
            let is_required = parameter.get("required") == Some(&Value::Bool(true));
            let problem = match place {
                "path" => self.unwritable(parameter, false),
                "query" => self
                    .unwritable(parameter, true)
                    .or_else(|| taken(name, &mut fields)),
                _ => Some("is no part of the URL".to_owned()),
            };
            match problem {
                Some(problem) if is_required => {
                    return Err(format!("the required {place} parameter `{name}` {problem}"));
                }
                Some(_) => self.omit(operation.id, format!("{place} parameter {name}")),
                None => {
                    let shared = shared.or_else(|| self.shared.frequent(parameter));
                    let drafted = self.parameter(parameter, shared.is_some(), id);
                    let list = if place == "path" {
                        &mut path
                    } else {
                        &mut query
                    };
                    list.push(self.shared.parameter(drafted, shared));
                }
            }
        }
        path.append(&mut query);
        Ok(path)
    }

    /// Returns why a parameter cannot be written into a URL, if it cannot.
    fn unwritable(&mut self, parameter: &Value, in_query: bool) -> Option<String> {
        let Some(schema) = parameter.get("schema") else {
            return Some("has no schema".to_owned());
        };
        if parameter.get("explode") == Some(&Value::Bool(false)) {
            return Some("is a list in one value".to_owned());
        }
        let (_, shape) = self.schemas.shape(schema, Direction::Request);
        let is_writable = match shape.as_ref() {
            Shape::Enum(_) => true,
            Shape::Plain(schema) => {
                in_query || schema["type"] == "string" || schema["type"] == "integer"
            }
            Shape::List(list) if in_query => {
                let items = list.get("items").unwrap_or(&Value::Null);
                let (_, items) = self.schemas.shape(items, Direction::Request);
                matches!(items.as_ref(), Shape::Enum(_) | Shape::Plain(_))
            }
            _ => false,
        };
        (!is_writable).then(|| "is neither text nor a number".to_owned())
    }

    /// Drafts one parameter. The types of a shared one do not have the name of an operation.
    fn parameter(&mut self, parameter: &Value, is_shared: bool, id: &str) -> Value {
        let name = parameter["name"].as_str().unwrap_or_default();
        let is_required = parameter.get("required") == Some(&Value::Bool(true));
        let in_path = parameter["in"] == "path";
        let place = Place {
            owner: if is_shared { "" } else { id },
            member: name,
            direction: Direction::Request,
            position: match (in_path, is_required) {
                (true, _) => Position::Path,
                (false, true) => Position::RequiredQuery,
                (false, false) => Position::OptionalQuery,
            },
        };
        let published = &parameter["schema"];
        let mut schema = self.schemas.schema(published, place);
        if let Some(default) = published.get("default")
            && !is_required
            && self.schemas.is_default(default, &schema)
        {
            if schema.get("$ref").is_some() {
                schema = json!({"allOf": [schema]});
            }
            schema["default"] = default.clone();
        }
        let name = if in_path {
            path_name(name)
        } else {
            name.to_owned()
        };
        let mut drafted = json!({
            "name": name,
            "in": parameter["in"],
            "description": self.schemas.prose,
            "schema": schema,
        });
        if is_required {
            drafted["required"] = true.into();
        }
        drafted
    }
}

/// Returns why a parameter of the query cannot have its name, if it cannot.
fn taken(name: &str, fields: &mut std::collections::BTreeSet<String>) -> Option<String> {
    let field = field(name);
    let is_taken = !field.is_ascii()
        || taken_names::as_argument(&field, true).is_some()
        || !fields.insert(field);
    is_taken.then(|| "has a name that is taken".to_owned())
}

/// Returns a path with the names of its parameters as the draft writes them.
pub(super) fn path(published: &str) -> String {
    let segment = |segment: &str| match crate::route::parameter(segment) {
        Some((name, literal)) => format!("{{{}}}{literal}", path_name(name)),
        None => segment.to_owned(),
    };
    published
        .split('/')
        .map(segment)
        .collect::<Vec<_>>()
        .join("/")
}

/// Returns the name of a path parameter. It is not sent, so it can be changed.
fn path_name(name: &str) -> String {
    match taken_names::as_argument(&field(name), false) {
        Some(_) => format!("{name} value").to_lower_camel_case(),
        None => name.to_owned(),
    }
}
