//! The corpus of responses in `tests/fixtures/corpus/`, as exchanges and as an HTTP Archive.

use std::fs;
use std::path::{Path, PathBuf};

use atlas_backup_document::Spec;
use atlas_backup_fake::{HttpResponse, RecordedRequest, documents, har};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::conform::Exchange;
use crate::{Entry, entries};

/// One response of the corpus.
pub struct Fixture {
    /// What is special about the response.
    pub name: String,
    /// The operation that the response belongs to.
    pub entry: &'static Entry,
    /// The exchange: the response, and a request made from the spec's examples.
    pub exchange: Exchange,
    /// The body, if it is given as JSON.
    pub json: Option<Value>,
}

/// The folder of the corpus.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/corpus")
}

/// Loads every fixture, sorted by file and in the order of each file.
///
/// # Errors
/// Fails with the file and the fixture that cannot be read, and the reason.
pub fn load() -> Result<Vec<Fixture>, String> {
    let read = |error: std::io::Error| format!("{}: {error}", folder().display());
    let mut files: Vec<PathBuf> = fs::read_dir(folder())
        .map_err(read)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let mut fixtures = Vec::new();
    for file in files {
        let fault = |fault: String| format!("{}: {fault}", file.display());
        let text = fs::read(&file).map_err(|error| fault(error.to_string()))?;
        let list: Vec<Value> =
            serde_json::from_slice(&text).map_err(|error| fault(error.to_string()))?;
        for value in &list {
            fixtures.push(
                fixture(value).map_err(|reason| fault(format!("{}: {reason}", value["name"])))?,
            );
        }
    }
    Ok(fixtures)
}

fn fixture(value: &Value) -> Result<Fixture, String> {
    let operation = value["operation"].as_str().ok_or("no operation")?;
    let found = entries().find(|entry| format!("{}/{}", entry.api, entry.id) == operation);
    let entry = found.ok_or_else(|| format!("no operation {operation}"))?;
    let spec = documents().get(entry.api).ok_or("no document")?;
    let body = match (
        value.get("body"),
        value["text"].as_str(),
        value["base64"].as_str(),
    ) {
        (Some(json), None, None) => json.to_string().into_bytes(),
        (None, Some(text), None) => text.as_bytes().to_vec(),
        (None, None, Some(text)) => STANDARD.decode(text).map_err(|error| error.to_string())?,
        _ => return Err("not exactly one of body, text, base64".into()),
    };
    let given = |name: &str| value[name].as_object().into_iter().flatten();
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let mut headers: Vec<(String, String)> = given("headers")
        .map(|(name, value)| (name.to_lowercase(), text(value)))
        .collect();
    let status = value["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .ok_or("no status")?;
    if !headers.iter().any(|(name, _)| name == "content-type") {
        let media = if status < 300 {
            spec.success_media(entry)
        } else {
            None
        };
        headers.push((
            "content-type".into(),
            media.unwrap_or("application/json").into(),
        ));
    }
    let mut exchange = request(spec, entry);
    exchange.query = given("query")
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    (exchange.status, exchange.headers, exchange.body) = (status, headers, body);
    Ok(Fixture {
        name: value["name"].as_str().ok_or("no name")?.to_owned(),
        entry,
        exchange,
        json: value.get("body").cloned(),
    })
}

/// The request that the spec's examples make.
fn request(spec: &Spec, entry: &Entry) -> Exchange {
    let arguments = spec.arguments(entry);
    let path = arguments
        .path
        .iter()
        .fold(entry.path.to_owned(), |path, (name, value)| {
            path.replace(&format!("{{{name}}}"), value)
        });
    let mut request_headers = vec![(
        "accept".to_owned(),
        spec.success_media(entry)
            .unwrap_or("application/json")
            .to_owned(),
    )];
    request_headers.extend(
        spec.request_media(entry)
            .map(|media| ("content-type".to_owned(), media.to_owned())),
    );
    Exchange {
        method: entry.method.to_owned(),
        origin: "https://cloud.mongodb.com".to_owned(),
        path,
        request_headers,
        request_body: arguments.body.map(|body| body.to_string().into_bytes()),
        ..Exchange::default()
    }
}

/// Converts the exchanges to an HTTP Archive.
pub fn archive<'a>(exchanges: impl Iterator<Item = &'a Exchange>) -> Value {
    let received: Vec<(&str, RecordedRequest)> = exchanges
        .map(|exchange| (exchange.origin.as_str(), received(exchange)))
        .collect();
    har::archive(
        received
            .iter()
            .map(|(origin, received)| (*origin, received)),
    )
}

/// The exchange as a server would have recorded it.
fn received(exchange: &Exchange) -> RecordedRequest {
    let query: Vec<String> = exchange
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    let response = HttpResponse {
        status: exchange.status,
        headers: exchange.headers.clone(),
        body: exchange.body.clone(),
    };
    RecordedRequest {
        connection: 0,
        method: exchange.method.clone(),
        target: format!("{}{mark}{}", exchange.path, query.join("&")),
        headers: exchange.request_headers.clone(),
        body: exchange.request_body.clone().unwrap_or_default(),
        handled: true,
        status: Some(exchange.status),
        response: Some(response),
    }
}
