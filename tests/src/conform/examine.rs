//! Examines one exchange: can it be decoded, is anything lost, and where does it deviate from the
//! spec?

use atlas_backup_document::deviation::{Deviation, Kind};
use atlas_backup_document::schema::{Schemas, describe, typed};
use atlas_backup_document::{Spec, route};
use atlas_backup_fake::documents;
use serde_json::{Map, Value};

use super::capture::Exchange;
use super::content::Content;
use super::replay::Replay;
use super::same::same;
use crate::{Answered, Entry};

/// The media type of every documented error.
const ERROR_MEDIA: &str = "application/json";

/// The result for one exchange.
#[derive(Debug)]
pub struct Examined {
    /// No response was recorded, so that only the request was examined.
    pub unanswered: bool,
    /// There was a response, but its body was not recorded, so that the rest was examined.
    pub unrecorded: bool,
    /// The response was decoded although its body is no valid JSON, so that there is nothing to
    /// compare: the client reads a page of a gateway as an error, for example, and keeps an excerpt.
    pub not_json: bool,
    /// Why the response could not be decoded.
    pub unreadable: Option<String>,
    /// The path of the first member that was lost.
    pub lost: Option<String>,
    /// How the exchange deviates from the documents.
    pub deviations: Vec<Deviation>,
}

/// Examines exchanges, one after the other.
pub struct Examiner {
    replay: Replay,
}

impl Examiner {
    /// An examiner for the documents of this build.
    ///
    /// # Errors
    /// Fails if loopback cannot be used.
    pub fn start() -> Result<Self, String> {
        Ok(Examiner {
            replay: Replay::start()?,
        })
    }

    /// Examines one exchange of an operation.
    pub fn examine(&self, entry: &Entry, exchange: &Exchange) -> Examined {
        let mut examined = Examined {
            unanswered: false,
            unrecorded: false,
            not_json: false,
            unreadable: exchange.fault.clone(),
            lost: None,
            deviations: Vec::new(),
        };
        if examined.unreadable.is_some() {
            return examined;
        }
        let Some(spec) = documents().get(entry.api) else {
            return examined;
        };
        let schemas = Schemas::new(spec);
        request(spec, schemas, entry, exchange, &mut examined.deviations);
        if exchange.status == 0 {
            examined.unanswered = true;
            return examined;
        }
        let content = Content::of(exchange);
        answer(
            spec,
            schemas,
            entry,
            exchange,
            &content,
            &mut examined.deviations,
        );
        if exchange.is_body_unrecorded {
            examined.unrecorded = true;
            return examined;
        }
        match self.replay.read(spec, entry, exchange) {
            Err(fault) => examined.unreadable = Some(fault),
            Ok(Ok(answered)) => {
                examined.lost = lost_of_success(&content, entry, &answered);
                examined.not_json = !content.is_empty && content.json.is_none();
            }
            Ok(Err(error)) => match error.api_error() {
                Some(error) => {
                    examined.lost = lost_of_error(content.json.as_ref(), error);
                    examined.not_json = !content.is_empty && !content.is_valid_json();
                }
                None => examined.unreadable = Some(error.to_string()),
            },
        }
        examined
    }
}

fn request(
    spec: &Spec,
    schemas: Schemas<'_>,
    entry: &Entry,
    exchange: &Exchange,
    found: &mut Vec<Deviation>,
) {
    for (name, value) in route::parameters(entry.path, &exchange.path) {
        if let Some(schema) = spec.parameter(entry, name) {
            schemas.compare(
                schema,
                &Value::String(value),
                &format!("request.path.{name}"),
                found,
            );
        }
    }
    for (name, text) in &exchange.query {
        match spec.parameter(entry, name) {
            // Query values are text that may stand for a number or a boolean.
            Some(schema) => schemas.compare(
                schema,
                &typed(schema, text),
                &format!("request.query.{name}"),
                found,
            ),
            None => found.push(Deviation::new(
                Kind::UnknownMember,
                format!("request.query.{name}"),
                "a value",
            )),
        }
    }
    media_type(
        spec.request_media(entry),
        exchange.request_header("content-type"),
        "request.header.content-type",
        found,
    );
    media_type(
        spec.success_media(entry),
        exchange.request_header("accept"),
        "request.header.accept",
        found,
    );
    let body = exchange
        .request_body
        .as_ref()
        .map(|body| serde_json::from_slice::<Value>(body));
    match (spec.request_schema(entry), body) {
        (Some(schema), Some(Ok(body))) => {
            let before = found.len();
            schemas.compare(schema, &body, "request.body", found);
            if found.len() == before {
                found.extend(recoded(entry, &body));
            }
        }
        (Some(_), None) => found.push(Deviation::new(
            Kind::MissingRequired,
            "request.body",
            "absent",
        )),
        (Some(_), Some(Err(_))) => {
            found.push(Deviation::new(Kind::WrongType, "request.body", "not JSON"))
        }
        (None, Some(_)) => found.push(Deviation::new(
            Kind::UnknownMember,
            "request.body",
            "a body",
        )),
        (None, None) => {}
    }
}

/// A request that conforms to its schema must fit the generated type too. The error of the type is
/// not reported, because it may quote a secret.
fn recoded(entry: &Entry, body: &Value) -> Option<Deviation> {
    let recode = entry.body?;
    match recode(body.clone()).map(|recoded| same(body, &recoded.json)) {
        Ok(Ok(())) => None,
        Ok(Err(path)) => Some(Deviation::new(
            Kind::WrongType,
            format!("request.body.{path}"),
            "what the generated type does not keep",
        )),
        Err(_) => Some(Deviation::new(
            Kind::WrongType,
            "request.body",
            "what the generated type cannot hold",
        )),
    }
}

fn media_type(
    documented: Option<&str>,
    sent: Option<&str>,
    path: &str,
    found: &mut Vec<Deviation>,
) {
    let essence = |text: &str| {
        text.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_lowercase()
    };
    match (documented, sent) {
        (Some(documented), Some(sent)) if essence(sent) != documented => {
            found.push(Deviation::new(
                Kind::MediaType,
                path,
                format!("{sent} instead of {documented}"),
            ));
        }
        _ => {}
    }
}

fn answer(
    spec: &Spec,
    schemas: Schemas<'_>,
    entry: &Entry,
    exchange: &Exchange,
    content: &Content,
    found: &mut Vec<Deviation>,
) {
    if !spec.statuses(entry).contains(&content.status) {
        found.push(Deviation::new(
            Kind::UnexpectedStatus,
            "HTTP status",
            content.status.to_string(),
        ));
    }
    let media = match content.status {
        200..300 => spec.success_media(entry),
        400.. => Some(ERROR_MEDIA),
        _ => None,
    };
    // An envelope has a media type of its own, which is not documented.
    let has_body = !content.is_empty || exchange.is_body_unrecorded;
    if has_body && !(exchange.is_enveloped() && content.json.is_some()) {
        let sent = exchange.header("content-type");
        media_type(media, sent, "header.content-type", found);
    }
    if !exchange.is_body_unrecorded {
        let schema = if content.is_success() {
            spec.success_schema(entry)
        } else {
            spec.error_schema()
        };
        body(schema, schemas, exchange, content, found);
    }
}

/// Compares the body of a response, without its envelope.
fn body(
    schema: Option<&Value>,
    schemas: Schemas<'_>,
    exchange: &Exchange,
    content: &Content,
    found: &mut Vec<Deviation>,
) {
    if !content.is_text {
        found.push(Deviation::new(
            Kind::BadFormat,
            "",
            "bytes that are no text",
        ));
    }
    match (schema, &content.json) {
        (Some(schema), Some(json)) => schemas.compare(schema, json, "", found),
        (Some(_), None) if !content.needs_body() => {}
        (Some(_), None) if content.is_empty => {
            found.push(Deviation::new(Kind::MissingRequired, "", "absent"));
        }
        (Some(_), None) => found.push(Deviation::new(Kind::WrongType, "", "not JSON")),
        // An envelope without content may be empty.
        (None, Some(json))
            if content.is_success()
                && !(exchange.is_enveloped()
                    && (json.is_null() || *json == Value::Object(Map::new()))) =>
        {
            found.push(Deviation::new(Kind::UnknownMember, "", describe(json)));
        }
        (None, None) if content.is_success() && !content.is_empty => {
            found.push(Deviation::new(Kind::UnknownMember, "", "not JSON"));
        }
        _ => {}
    }
}

fn lost_of_success(content: &Content, entry: &Entry, answered: &Answered) -> Option<String> {
    // What the replaced bytes were is lost.
    if !content.is_text {
        return Some(String::new());
    }
    // `entry.answer` would decode what `Content` took out of the envelope. The call decodes the
    // same type from what the client took out, which is what programs get. Here, `entry.answer`
    // only tells whether the operation has content.
    let (Some(before), Some(_)) = (&content.json, entry.answer) else {
        return None;
    };
    // An envelope without content is equal to an empty object.
    let nothing = Value::Object(Map::new());
    let before = if before.is_null() { &nothing } else { before };
    same(before, &answered.value.json).err()
}

/// The client's error must have every documented member of the error response, and its body must
/// have the rest.
fn lost_of_error(sent: Option<&Value>, error: &atlas_backup_api::ApiError) -> Option<String> {
    // An error without members has nothing that could be lost.
    let sent = sent.filter(|sent| sent.as_object().is_some_and(|members| !members.is_empty()))?;
    let lost = |name: &str, value: Option<&str>| {
        sent[name]
            .as_str()
            .filter(|text| !text.is_empty() && Some(*text) != value)
            .map(|_| name.to_owned())
    };
    let parameters = || {
        (sent["parameters"].is_array() && sent["parameters"] != Value::from(error.parameters()))
            .then(|| "parameters".to_owned())
    };
    let body = || {
        error
            .body()
            .is_none_or(|body| same(sent, body).is_err())
            .then(|| "body".to_owned())
    };
    lost("errorCode", error.error_code())
        .or_else(|| lost("detail", error.detail()))
        .or_else(|| lost("reason", error.reason()))
        .or_else(parameters)
        .or_else(body)
}
