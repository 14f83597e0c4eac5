//! Calls operations with the examples of the spec, and prints what was sent and what came back.

use std::collections::BTreeMap;
use std::fmt::Write;

use atlas_backup_api::{ApiError, Client, Error, HeaderMap, RetryPolicy, StatusCode};
use atlas_backup_document::{Arguments, Example, Spec};
use atlas_backup_tests::conform::same::same;
use atlas_backup_tests::fake_atlas::{HttpResponse, RecordedRequest, StubServer};
use atlas_backup_tests::{Answered, Entry};
use serde_json::Value;

use super::print::{print_body, print_request, print_schema, set_members};

/// A server that sends what a test says, and a client for it.
pub struct Wire {
    server: StubServer,
    client: Client,
}

impl Wire {
    pub fn start() -> Self {
        let server = StubServer::start(HttpResponse::new(500)).expect("a port is free");
        let builder = Client::builder()
            .base_url(server.url())
            .retry(RetryPolicy::never());
        let client = builder.build().expect("the address is a base URL");
        Wire { server, client }
    }

    /// Calls an operation once, and returns the request too.
    pub async fn call(
        &self,
        entry: &Entry,
        arguments: &Arguments,
        response: HttpResponse,
    ) -> Result<(Result<Answered, Error>, RecordedRequest), String> {
        self.server.set_response(response);
        let result = (entry.call)(&self.client, arguments)?.await;
        match <[RecordedRequest; 1]>::try_from(self.server.new_requests()) {
            Ok([received]) => Ok((result, received)),
            Err(received) => Err(format!("{} requests were sent: {result:?}", received.len())),
        }
    }

    /// Prints the request that the server receives for each example of a body, or without a body.
    /// Every parameter has its example in the first request. The others have no query, and their
    /// headers are not printed again.
    pub async fn requests(&self, spec: &Spec, entry: &Entry) -> Result<String, String> {
        let main = spec.arguments(entry);
        let bodies: Vec<_> = spec.bodies(entry).collect();
        if bodies.is_empty() {
            let (_, received) = self.call(entry, &main, HttpResponse::new(500)).await?;
            return Ok(print_request(&received, true));
        }
        let mut text = String::new();
        for (name, body) in bodies {
            let is_main = main.body.as_ref() == Some(body);
            let mut arguments = main.clone();
            arguments.body = Some(body.clone());
            if !is_main {
                arguments.query.clear();
            }
            let called = self.call(entry, &arguments, HttpResponse::new(500)).await;
            let (_, received) = called.map_err(|error| format!("{name}: {error}"))?;
            let sent = serde_json::from_slice(&received.body).unwrap_or_default();
            same(body, &sent).map_err(|path| format!("{name}: `{path}` is sent otherwise"))?;
            let printed = print_request(&received, is_main);
            let _infallible = write!(text, "=== {name}\n{printed}\n\n");
        }
        Ok(text.trim_end().to_owned())
    }

    /// Prints what an operation makes of each of its examples. An error is one line here, because
    /// many operations share it; [`errors`] prints all of it.
    pub async fn responses(&self, spec: &Spec, entry: &Entry) -> Result<String, String> {
        let mut text = String::new();
        let examples = spec.answers(entry);
        if entry.answer.is_none() {
            let _infallible = write!(text, "{}\n\n", self.without_content(spec, entry).await?);
        } else if !examples.iter().any(|example| example.status < 300) {
            return Err("no example of a success".to_owned());
        }
        for example in examples {
            let printed = self.response(spec, entry, &example).await;
            let printed = printed.map_err(|error| format!("{}: {error}", example.name))?;
            let _infallible = writeln!(text, "=== {} {}\n{printed}", example.status, example.name);
        }
        Ok(text.trim_end().to_owned())
    }

    /// Prints the success of an operation that returns nothing.
    async fn without_content(&self, spec: &Spec, entry: &Entry) -> Result<String, String> {
        let response = HttpResponse::new(spec.success_status(entry));
        let (result, _) = self.call(entry, &plain(spec, entry), response).await?;
        let answered = result.map_err(|error| error.to_string())?;
        let (status, value) = (answered.status, answered.value.debug);
        Ok(format!("=== {status} without content\n{value}"))
    }

    /// Decodes one documented response and prints it. Fails if encoding the value does not give the
    /// same JSON again.
    async fn response(
        &self,
        spec: &Spec,
        entry: &Entry,
        example: &Example<'_>,
    ) -> Result<String, String> {
        let response = HttpResponse::json(example.status, example.media_type, example.value);
        let (result, _) = self.call(entry, &plain(spec, entry), response).await?;
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
}

/// Returns the arguments of a call whose response is not in an envelope.
fn plain(spec: &Spec, entry: &Entry) -> Arguments {
    let mut arguments = spec.arguments(entry);
    arguments.query.remove("envelope");
    arguments
}

/// Prints the schemas of errors, of which no code is generated, then every error response of some
/// operations once, and what it becomes.
pub fn errors<'a>(spec: &Spec, entries: impl Iterator<Item = &'a Entry>) -> String {
    let mut errors = BTreeMap::new();
    for example in entries.flat_map(|entry| spec.answers(entry)) {
        let status = StatusCode::from_u16(example.status).expect("the lint knows the statuses");
        if status.is_success() {
            continue;
        }
        let body = example.value.to_string();
        let error = ApiError::from_response(status, &HeaderMap::new(), body.as_bytes());
        let title = format!("=== {} {}", example.status, example.name);
        let printed = print_body(spec, &example, spec.error_schema());
        // A response that is not shared may have the name of another.
        errors.insert(
            (example.status, example.name, body),
            format!("{title}\n{printed}\n\n{error:#?}"),
        );
    }
    let schema = print_schema(spec, spec.error_schema());
    let errors = errors.into_values().collect::<Vec<_>>().join("\n\n");
    format!("=== schema\n{schema}\n\n{errors}")
}
