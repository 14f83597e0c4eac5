//! The bodies that the client can send and read: objects, lists, maps and any JSON. The client has no
//! way to send or read a body that is one text, number or boolean: there is no member to name in an
//! error, and none to add later. Lists and maps of enums cannot be sent.

use serde_json::Value;

use super::positions::{Position, position};
use super::reach::Reach;
use super::types::{has_no_type, is_lost};
use super::{described, has_success, members, nulls, operations, resolve, text};
use crate::document::child;
use crate::error::Finding;
use crate::parts::items;

const SCHEMAS: &str = "#/components/schemas/";

const SCALARS: &[&str] = &["string", "integer", "number", "boolean"];

/// The schema of all errors, which the client reads with code that is not generated.
const ERROR: &str = "ApiError";

pub(super) fn lint(reach: &Reach<'_>, findings: &mut Vec<Finding>) {
    let document = reach.document;
    for (pointer, method, _, operation) in operations(document) {
        if let Some(body) = operation.get("requestBody") {
            let at = child(&pointer, "requestBody");
            for (at, schema) in schemas(body, &at) {
                findings.extend(nulls::body(document, schema, &at));
                findings.extend(request(document, schema, at));
            }
        }
        for (status, response) in members(operation, "responses") {
            let here = child(&child(&pointer, "responses"), status);
            // A shared response is reported once, where it is defined.
            let at = text(response, "$ref").strip_prefix('#').unwrap_or(&here);
            for (at, schema) in schemas(resolve(document, response), at) {
                findings.extend(nulls::body(document, schema, &at));
                if status.starts_with('2') {
                    findings.extend(response_body(document, schema, at.clone()));
                    findings.extend(page(reach, method, schema, at));
                    findings.extend(page_number(document, method, operation, schema, &pointer));
                } else if status.starts_with(['4', '5']) && has_success(operation) {
                    findings.extend(error(document, schema, at));
                }
            }
        }
    }
}

/// Returns the schemas of a request body or a response, with their pointers.
fn schemas<'a>(holder: &'a Value, at: &str) -> Vec<(String, &'a Value)> {
    let content = child(at, "content");
    let schema = |(media, value): (&str, &'a Value)| {
        Some((
            child(&child(&content, media), "schema"),
            value.get("schema")?,
        ))
    };
    members(holder, "content").filter_map(schema).collect()
}

fn kind<'a>(document: &'a Value, schema: &'a Value) -> &'a str {
    text(resolve(document, described(schema)), "type")
}

/// Whether the schema at `pointer` is a body that is one text, number or boolean.
pub(super) fn is_scalar(schema: &Value, pointer: &str) -> bool {
    position(pointer) == Position::Body
        && pointer.contains("/content/")
        && SCALARS.contains(&text(schema, "type"))
}

fn request(document: &Value, schema: &Value, at: String) -> Option<Finding> {
    let kind = kind(document, schema);
    let what = if SCALARS.contains(&kind) {
        format!("of type {kind}")
    } else if is_enum(document, schema) {
        "that is a list or a map of enums".to_owned()
    } else {
        return None;
    };
    let message = format!("a request body {what} is not supported");
    Some(Finding::new("body", at, message).help(
        "describe the object that Atlas takes, with the value as a member; if it really is no object, leave the operation out",
    ))
}

/// Whether a schema is an enum, or a list or a map of enums.
fn is_enum(document: &Value, schema: &Value) -> bool {
    let schema = resolve(document, described(schema));
    let inner = schema
        .get("items")
        .or_else(|| schema.get("additionalProperties"));
    let is_one = schema.get("enum").is_some() && !is_lost(schema, "enum");
    is_one || inner.is_some_and(|inner| is_enum(document, inner))
}

fn response_body(document: &Value, schema: &Value, at: String) -> Option<Finding> {
    let kind = kind(document, schema);
    SCALARS.contains(&kind).then(|| {
        let message = format!("a response body of type {kind} is not supported");
        Finding::new("body", at, message).help(
            "describe the object that Atlas sends, with the value as a member; if it really is no object, leave the operation out",
        )
    })
}

/// Every error has the same schema, because the client reads all of them in the same way.
fn error(document: &Value, schema: &Value, at: String) -> Option<Finding> {
    let target = text(described(schema), "$ref");
    let name = target.strip_prefix("#/components/schemas/");
    let known = document["components"]["schemas"].get(ERROR);
    let is_object = |known: &Value| text(known, "type") == "object" || has_no_type(known);
    if name == Some(ERROR)
        && let Some(known) = known.filter(|known| !is_object(known))
    {
        let kind = text(known, "type");
        let message = format!("`{ERROR}` is of type {kind}, and the client reads it as an object");
        let at = child(&child("/components/schemas", ERROR), "type");
        let help = "describe the object that Atlas sends";
        return Some(Finding::new("error-schema", at, message).help(help));
    }
    let has_error = known.is_some();
    (name != Some(ERROR)).then(|| {
        let message =
            format!("this error is no `{ERROR}`, and the client reads every error as one");
        let help = match has_error {
            true => format!("write `$ref: '#/components/schemas/{ERROR}'`"),
            false => format!("call the schema of errors `{ERROR}`, and refer to it"),
        };
        Finding::new("error-schema", at, message).help(help)
    })
}

/// The stream of a list sets the number of the page, so that it is no argument of the method.
fn page_number(
    document: &Value,
    method: &str,
    operation: &Value,
    schema: &Value,
    pointer: &str,
) -> Option<Finding> {
    let page = resolve(document, described(schema));
    page.get("properties")?.get("results")?;
    let mut parameters = items(operation, "parameters").enumerate();
    let (index, _) = parameters.find(|(_, parameter)| {
        let parameter = resolve(document, parameter);
        text(parameter, "name") == "pageNum" && parameter["required"] == true
    })?;
    let at = child(&child(pointer, "parameters"), &index.to_string());
    (method == "get").then(|| {
        Finding::new(
            "page",
            at,
            "a list whose `pageNum` is required cannot be streamed",
        )
        .help("leave `required` out: without a number, Atlas sends the first page")
    })
}

/// The client has a stream for every list: a GET whose response has `results`.
fn page(reach: &Reach<'_>, method: &str, schema: &Value, at: String) -> Option<Finding> {
    let document = reach.document;
    let page = resolve(document, described(schema));
    let results = page.get("properties")?.get("results")?;
    let items = resolve(document, described(results.get("items")?));
    let is_supported = match text(items, "type") {
        "object" => items.get("properties").is_some(),
        // An id, an enum or a text.
        "string" => text(items, "format") != "date-time",
        _ => has_no_type(items),
    };
    let name = text(described(schema), "$ref").strip_prefix(SCHEMAS);
    let is_sent = name.is_some_and(|name| reach.requests.contains(name));
    let (message, help) = match is_supported {
        true if is_sent => (
            "a list that is sent too cannot be streamed",
            "give the request that has it a schema of its own",
        ),
        true => return None,
        false => (
            "a list of this type cannot be streamed",
            "items of `results` are objects with a named schema, texts, ids or enums",
        ),
    };
    let at = name.map_or(at, |name| {
        child(
            &child(&child("/components/schemas", name), "properties"),
            "results",
        )
    });
    (method == "get").then(|| Finding::new("page", at, message).help(help))
}
