//! What each operation sends, and what it makes of each response, from the examples of the spec.

use std::collections::BTreeMap;
use std::fmt::Write;

use atlas_backup_api::{ApiError, Client, HeaderMap, RetryPolicy, StatusCode};
use atlas_backup_document::schema::Schemas;
use atlas_backup_document::{Arguments, Example, Spec};
use atlas_backup_tests::conform::same::same;
use atlas_backup_tests::fake_atlas::{HttpResponse, RecordedRequest, StubServer};
use atlas_backup_tests::{Answered, Entry, entries};
use serde_json::{Value, json};

use crate::repository::{Snapshots, apis, spec};

fn client(server: &StubServer) -> Client {
    let builder = Client::builder()
        .base_url(server.url())
        .retry(RetryPolicy::never());
    builder.build().expect("the address is a base URL")
}

/// Calls an operation once, with a server that returns `response`.
async fn call(
    entry: &Entry,
    arguments: &Arguments,
    response: HttpResponse,
) -> Result<(Result<Answered, atlas_backup_api::Error>, RecordedRequest), String> {
    let server = StubServer::start(response).map_err(|error| error.to_string())?;
    let result = (entry.call)(&client(&server), arguments)?.await;
    let received = server.received_requests();
    match <[RecordedRequest; 1]>::try_from(received) {
        Ok([received]) => Ok((result, received)),
        Err(received) => Err(format!("{} requests were sent: {result:?}", received.len())),
    }
}

#[tokio::test]
async fn every_request_matches_its_snapshot() {
    for api in apis() {
        let spec = spec(api);
        let mut snapshots = Snapshots::new(&format!("wire/{api}"), ".request.snap");
        for entry in entries().filter(|entry| entry.api == api) {
            let text = requests(spec, entry).await;
            snapshots.check(entry.id, &text.unwrap_or_else(|error| panic!("{error}")));
        }
        snapshots.done();
    }
}

/// Prints the request that the server receives for each example of a body, or without a body. Every
/// parameter has its example in the first request. The others have no query, and their headers are
/// not printed again.
pub async fn requests(spec: &Spec, entry: &Entry) -> Result<String, String> {
    let first = spec.arguments(entry);
    let bodies: Vec<_> = spec.bodies(entry).collect();
    if bodies.is_empty() {
        return Ok(print_request(&request(entry, &first).await?, true));
    }
    let mut text = String::new();
    for (name, body) in bodies {
        let is_first = first.body.as_ref() == Some(body);
        let mut arguments = Arguments {
            body: Some(body.clone()),
            ..first.clone()
        };
        if !is_first {
            arguments.query.clear();
        }
        let received = request(entry, &arguments).await;
        let received = received.map_err(|error| format!("example {name}: {error}"))?;
        let sent = serde_json::from_slice(&received.body).unwrap_or_default();
        same(body, &sent).map_err(|path| {
            format!(
                "{} {name}: `{path}` is not sent as in the example",
                entry.id
            )
        })?;
        let printed = print_request(&received, is_first);
        let _infallible = write!(text, "=== {name}\n{printed}\n\n");
    }
    Ok(text.trim_end().to_owned())
}

/// Returns one request as the server received it.
async fn request(entry: &Entry, arguments: &Arguments) -> Result<RecordedRequest, String> {
    let response = HttpResponse {
        status: 500,
        headers: Vec::new(),
        body: Vec::new(),
    };
    let called = call(entry, arguments, response).await;
    let (_, received) = called.map_err(|error| format!("{}: {error}", entry.id))?;
    Ok(received)
}

/// Prints a request without `host`, whose port the system picks. A new header shows up here.
fn print_request(received: &RecordedRequest, with_headers: bool) -> String {
    let mut text = format!("{}\n", received.line());
    if with_headers {
        let mut headers: Vec<_> = received.headers.iter().collect();
        headers.retain(|(name, _)| name != "host");
        headers.sort();
        for (name, value) in headers {
            let _infallible = writeln!(text, "{name}: {value}");
        }
    }
    if !received.body.is_empty() {
        let body: Value = serde_json::from_slice(&received.body).expect("a body is JSON");
        let _infallible = write!(text, "\n{body:#}");
    }
    text
}

/// The first request has every query parameter, so its snapshot shows how each is sent.
#[test]
fn every_query_parameter_has_an_example_other_than_its_default() {
    for entry in entries() {
        let spec = spec(entry.api);
        let arguments = spec.arguments(entry);
        for parameter in spec.parameters(entry).filter(|it| it["in"] == "query") {
            let name = parameter["name"].as_str().unwrap_or_default();
            let value = arguments.query.get(name);
            assert!(
                value.is_some_and(|value| *value != parameter["schema"]["default"]),
                "{} {}: the parameter {name} needs an `example` other than its default",
                entry.api,
                entry.id
            );
        }
    }
}

#[tokio::test]
async fn every_response_matches_its_snapshot() {
    for api in apis() {
        let spec = spec(api);
        let mut snapshots = Snapshots::new(&format!("wire/{api}"), ".response.snap");
        for entry in entries().filter(|entry| entry.api == api) {
            let text = responses(spec, entry).await;
            snapshots.check(entry.id, &text.unwrap_or_else(|error| panic!("{error}")));
        }
        snapshots.check(
            "errors",
            &errors(spec, entries().filter(|it| it.api == api)),
        );
        snapshots.done();
    }
}

/// Prints what an operation makes of each of its examples. An error is one line here, because many
/// operations share it; [`errors`] prints all of it.
pub async fn responses(spec: &Spec, entry: &Entry) -> Result<String, String> {
    let mut text = String::new();
    let examples = spec.answers(entry);
    if entry.answer.is_none() {
        let _infallible = write!(text, "{}\n\n", without_content(spec, entry).await?);
    } else if !examples.iter().any(|example| example.status < 300) {
        return Err(format!("{} has no example of a success", entry.id));
    }
    for example in examples {
        let printed = response(spec, entry, &example).await;
        let printed = printed.map_err(|error| format!("{} {}: {error}", entry.id, example.name))?;
        let _infallible = writeln!(text, "=== {} {}\n{printed}", example.status, example.name);
    }
    Ok(text.trim_end().to_owned())
}

/// Prints every error response of some operations once, and what it becomes.
pub fn errors<'a>(spec: &Spec, entries: impl Iterator<Item = &'a Entry>) -> String {
    let mut errors = BTreeMap::new();
    for example in entries.flat_map(|entry| spec.answers(entry)) {
        let status = StatusCode::from_u16(example.status).expect("the status is valid");
        if !status.is_success() {
            // A response that is not shared may have the name of another.
            let key = (example.status, example.name, example.value.to_string());
            let body = example.value.to_string();
            let error = ApiError::from_response(status, &HeaderMap::new(), body.as_bytes());
            let body = print_body(spec, &example, spec.error_schema());
            errors.insert(
                key,
                format!(
                    "=== {} {}\n{body}\n\n{error:#?}",
                    example.status, example.name
                ),
            );
        }
    }
    errors.into_values().collect::<Vec<_>>().join("\n\n")
}

/// Prints the body of an example without its secrets.
fn print_body(spec: &Spec, example: &Example<'_>, schema: Option<&Value>) -> String {
    let schema = schema.unwrap_or(&Value::Null);
    let body = Schemas::new(spec).redacted(schema, example.value);
    format!("content-type: {}\n\n{body:#}", example.media_type)
}

/// Prints the success of an operation that returns nothing.
async fn without_content(spec: &Spec, entry: &Entry) -> Result<String, String> {
    let response = HttpResponse {
        status: entry.success,
        headers: Vec::new(),
        body: Vec::new(),
    };
    let (result, _) = call(entry, &plain_arguments(spec, entry), response).await?;
    let answered = result.map_err(|error| error.to_string())?;
    Ok(format!(
        "=== {} without content\n{}",
        answered.status, answered.value.debug
    ))
}

/// Returns the arguments of a call whose response is not in an envelope.
fn plain_arguments(spec: &Spec, entry: &Entry) -> Arguments {
    let mut arguments = spec.arguments(entry);
    arguments.query.remove("envelope");
    arguments
}

/// Decodes one documented response and prints it. Fails if encoding the value does not give the
/// same JSON again.
async fn response(spec: &Spec, entry: &Entry, example: &Example<'_>) -> Result<String, String> {
    let response = HttpResponse::json(example.status, example.media_type, example.value);
    let (result, _) = call(entry, &plain_arguments(spec, entry), response).await?;
    let (status, encoded, text) = match &result {
        Ok(answered) => {
            let body = print_body(spec, example, spec.success_schema(entry));
            let value = set_members(&answered.value.debug);
            let text = format!("{body}\n\n{value}\n\nencoded again: the same JSON\n");
            (answered.status, Some(&answered.value.json), text)
        }
        Err(error) => {
            let read = error.api_error().ok_or_else(|| error.to_string())?;
            (read.status().as_u16(), read.body(), error.to_string())
        }
    };
    if status != example.status {
        return Err(format!("the status became {status}"));
    }
    let lost = same(example.value, encoded.unwrap_or(&Value::Null));
    lost.map_err(|path| format!("`{path}` is not encoded as it was sent"))?;
    Ok(text)
}

/// Returns `{:#?}` output without the unset members, which are most of them, and with short
/// `Some(…)` values joined to one line.
fn set_members(debug: &str) -> String {
    let unset = |line: &&str| line.ends_with(": None,") || line.ends_with("extra: {},");
    let mut lines = debug.lines().filter(|line| !unset(line)).peekable();
    let mut text = String::new();
    while let Some(line) = lines.next() {
        text.push_str(line);
        if line.ends_with('(') {
            let value = lines
                .peek()
                .map(|value| value.trim())
                .filter(|value| value.ends_with(',') && !value.ends_with("},"));
            if let Some(value) = value {
                text.push_str(value.trim_end_matches(','));
                lines.next();
                text.push_str(lines.next().unwrap_or_default().trim());
            }
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

#[tokio::test]
async fn nothing_optional_is_sent_unless_it_was_set() {
    for entry in entries() {
        let mut arguments = spec(entry.api).arguments(entry);
        arguments.query.clear();
        let response = HttpResponse::json(200, "application/json", &json!({}));
        let called = call(entry, &arguments, response).await;
        let (_, received) = called.unwrap_or_else(|error| panic!("{}: {error}", entry.id));
        assert!(!received.target.contains('?'), "{}: {received:?}", entry.id);
    }
}
