//! Drafts request bodies and responses, in their newest stable version.

use serde_json::{Map, Value, json};

use super::flat::Shape;
use super::names::{Direction, ERROR};
use super::operation::Drafter;
use super::plain::Position;
use super::published::Operation;
use super::schemas::{Place, reference};
use super::versions::{Newest, newest};

impl<'a> Drafter<'a> {
    /// Returns the request body of an operation, if it has one.
    pub(super) fn request_body(
        &mut self,
        operation: &Operation<'a>,
        id: &str,
    ) -> Result<Option<Value>, String> {
        let Some(body) = operation.value.get("requestBody") else {
            return Ok(None);
        };
        let (_, body) = self.schemas.published.resolve(body);
        let Some(newest) = newest(body, "takes")? else {
            return Err("takes a body of which nothing is published".to_owned());
        };
        let Some(schema) = newest.content.get("schema") else {
            return Err("takes a body without a schema".to_owned());
        };
        let (_, shape) = self.schemas.shape(schema, Direction::Request);
        match shape.as_ref() {
            Shape::Plain(plain) => return Err(format!("takes one {}", word(plain))),
            Shape::Enum(_) => return Err("takes one text".to_owned()),
            Shape::Map(inner) if self.is_enum(inner) => {
                return Err("takes a map of enums".to_owned());
            }
            Shape::List(list) if self.is_enum(&list["items"]) => {
                return Err("takes a list of enums".to_owned());
            }
            _ => {}
        }
        let schema = self.body(schema, id, Direction::Request);
        let required = body
            .get("required")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let content = json!({newest.media: {"schema": schema}});
        Ok(Some(json!({"required": required, "content": content})))
    }

    fn is_enum(&mut self, schema: &Value) -> bool {
        let (_, shape) = self.schemas.shape(schema, Direction::Request);
        matches!(shape.as_ref(), Shape::Enum(_))
    }

    fn body(&mut self, schema: &Value, id: &str, direction: Direction) -> Value {
        let member = if direction == Direction::Request {
            ""
        } else {
            "answer"
        };
        let position = Position::Inner;
        self.schemas.schema(
            schema,
            Place {
                owner: id,
                member,
                direction,
                position,
            },
        )
    }

    /// Returns the success and the errors of an operation.
    pub(super) fn responses(
        &mut self,
        operation: &Operation<'a>,
        id: &str,
    ) -> Result<Value, String> {
        let (status, response, newest) = self.success(operation)?;
        let mut responses =
            json!({status: self.success_response(operation, response, newest, id)?});
        for (other, response) in crate::lint::members(operation.value, "responses") {
            match other.as_bytes() {
                [b'4' | b'5', _, _] => responses[other] = self.error(operation, response),
                _ if other != status => self.omit(operation.id, format!("response {other}")),
                _ => {}
            }
        }
        Ok(responses)
    }

    /// Chooses the success that the draft describes: the newest, and one with a body before others.
    fn success(
        &self,
        operation: &Operation<'a>,
    ) -> Result<(&'a str, &'a Value, Option<Newest<'a>>), String> {
        let mut best: Option<((bool, &str), _, _, _)> = None;
        let mut problem = "has no success response".to_owned();
        let responses = crate::lint::members(operation.value, "responses");
        for (status, response) in responses.filter(|(status, _)| status.starts_with('2')) {
            let (_, response) = self.schemas.published.resolve(response);
            match newest(response, "answers") {
                Err(error) => problem = error,
                Ok(newest) => {
                    let has_schema = newest
                        .as_ref()
                        .is_some_and(|it| it.content.get("schema").is_some());
                    let date = newest.as_ref().map_or("", |it| it.date);
                    let rank = (has_schema, date);
                    if best.as_ref().is_none_or(|(known, ..)| rank > *known) {
                        best = Some((rank, status, response, newest));
                    }
                }
            }
        }
        let (_, status, response, newest) = best.ok_or(problem)?;
        Ok((status, response, newest))
    }

    fn success_response(
        &mut self,
        operation: &Operation<'a>,
        response: &Value,
        newest: Option<Newest<'_>>,
        id: &str,
    ) -> Result<Value, String> {
        let mut drafted = json!({"description": self.schemas.prose});
        if let Some(headers) = self.headers(response) {
            drafted["headers"] = headers;
        }
        let Some(newest) = newest else {
            return Ok(drafted);
        };
        let mut content = json!({});
        if let Some(sunset) = newest.content.get("x-sunset") {
            content["x-atlas-sunset"] = sunset.clone();
        }
        if !newest.older.is_empty() {
            content["x-atlas-older-versions"] = newest.older.into();
        }
        if let Some(schema) = newest.content.get("schema") {
            let (_, shape) = self.schemas.shape(schema, Direction::Response);
            match shape.as_ref() {
                Shape::Plain(plain) => return Err(format!("answers one {}", word(plain))),
                Shape::Enum(_) => return Err("answers one text".to_owned()),
                Shape::Object(object) if operation.method == "get" => self.page(&object.members)?,
                _ => {}
            }
            content["schema"] = self.body(schema, id, Direction::Response);
        }
        drafted["content"] = json!({newest.media: content});
        Ok(drafted)
    }

    /// Requires that a page has items that the client can make a stream of.
    fn page(&mut self, members: &[(String, Value)]) -> Result<(), String> {
        let Some((_, results)) = members.iter().find(|(name, _)| name == "results") else {
            return Ok(());
        };
        let (_, shape) = self.schemas.shape(results, Direction::Response);
        let Shape::List(list) = shape.as_ref() else {
            return Ok(());
        };
        let (_, items) = self.schemas.shape(&list["items"], Direction::Response);
        match items.as_ref() {
            Shape::Object(_) | Shape::Enum(_) => Ok(()),
            Shape::Plain(item) if item["type"] == "string" && item["format"] != "date-time" => {
                Ok(())
            }
            _ => Err("answers pages of items without members".to_owned()),
        }
    }

    /// Returns an error response, shared if it is shared in the published document.
    fn error(&mut self, operation: &Operation<'a>, response: &Value) -> Value {
        let (shared, response) = self.schemas.published.resolve(response);
        if let Some(known) = shared.and_then(|name| self.shared.response(name)) {
            return known;
        }
        let mut drafted = json!({"description": self.schemas.prose});
        if let Some(headers) = self.headers(response) {
            drafted["headers"] = headers;
        }
        for (media, content) in crate::lint::members(response, "content") {
            let schema = content.get("schema").unwrap_or(&Value::Null);
            if self.schemas.published.resolve(schema).0 == Some(ERROR) {
                self.body(schema, "", Direction::Response);
                drafted["content"] = json!({"application/json": {"schema": reference(ERROR)}});
            } else {
                self.omit(operation.id, format!("error body {media}"));
            }
        }
        match shared {
            Some(name) => self.shared.add_response(name, drafted),
            None => drafted,
        }
    }

    fn headers(&mut self, response: &Value) -> Option<Value> {
        let mut headers = Map::new();
        for (name, header) in crate::lint::members(response, "headers") {
            let (_, header) = self.schemas.published.resolve(header);
            let place = Place {
                owner: "",
                member: name,
                direction: Direction::Response,
                position: Position::Inner,
            };
            let schema = self
                .schemas
                .schema(header.get("schema").unwrap_or(&Value::Null), place);
            let header = json!({"description": self.schemas.prose, "schema": schema});
            headers.insert(name.to_owned(), self.shared.header(name, header));
        }
        (!headers.is_empty()).then(|| headers.into())
    }
}

/// Returns the word for a value of a plain type.
fn word(schema: &Value) -> &str {
    match schema["type"].as_str().unwrap_or_default() {
        "string" => "text",
        "integer" | "number" => "number",
        "boolean" => "true or false",
        other => other,
    }
}
