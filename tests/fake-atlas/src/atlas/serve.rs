//! From a request to its response: rate limit, validation, the operation's handler, and a final
//! check that the response conforms to the spec.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use atlas_backup_document::route::query as pairs;
use atlas_backup_document::schema::Schemas;
use atlas_backup_document::{OlderVersion, Operation, Spec};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::api_error::ApiError;
use super::operations::{Output, handler};
use super::page::page;
use super::rate_limit::Bucket;
use super::request::{self, Call, RawRequest};
use super::store::{Job, Store};
use super::{Family, places, snapshots};
use crate::HttpResponse;

/// Requests per minute that Atlas allows on its backup endpoints.
const RATE_LIMIT: u32 = 1200;

/// The state that the server and its handle share.
pub(super) struct Shared {
    store: Mutex<Store>,
    /// One for each endpoint of each project.
    buckets: Mutex<BTreeMap<String, Bucket>>,
    spec_violations: Mutex<Vec<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Names what is counted together: requests to an endpoint of a project. Atlas does not say which
/// endpoints share a bucket.
fn bucket(request: &RawRequest<'_>) -> String {
    let path = match request::match_operation(request) {
        Ok(operation) => &operation.path,
        Err(_) => "",
    };
    let below_projects = request.path.split_once("/groups/");
    let project = below_projects.and_then(|(_, rest)| rest.split('/').next());
    format!("{} {path} {}", request.method, project.unwrap_or_default())
}

/// A response before it is serialized.
struct Payload {
    status: u16,
    media: String,
    /// `null` for a response without content.
    body: Value,
    /// The dates of `media`, if it is an older version.
    older: Option<OlderVersion<'static>>,
    error: Option<ApiError>,
}

impl From<ApiError> for Payload {
    fn from(error: ApiError) -> Self {
        Payload {
            status: error.status,
            media: "application/json".to_owned(),
            body: error.json(),
            older: None,
            error: Some(error),
        }
    }
}

impl Shared {
    pub(super) fn new(store: Store) -> Arc<Self> {
        Arc::new(Shared {
            store: Mutex::new(store),
            buckets: Mutex::default(),
            spec_violations: Mutex::default(),
        })
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    /// Responses that did not conform to the spec.
    pub(super) fn spec_violations(&self) -> Vec<String> {
        lock(&self.spec_violations).clone()
    }

    pub(super) fn router(self: &Arc<Self>) -> Router {
        let shared = self.clone();
        Router::new().fallback(move |request: Request| {
            let shared = shared.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
                let header = |name: &str| {
                    parts
                        .headers
                        .get(name)
                        .and_then(|value| value.to_str().ok())
                };
                let incoming = RawRequest {
                    method: parts.method.as_str(),
                    path: parts.uri.path(),
                    query: parts.uri.query().unwrap_or_default(),
                    accept: header("accept"),
                    content_type: header("content-type"),
                    body: &body,
                    origin: format!("http://{}", header("host").unwrap_or_default()),
                };
                shared.respond(&incoming).into_response()
            }
        })
    }

    fn respond(&self, request: &RawRequest<'_>) -> HttpResponse {
        let (limit, now) = {
            let store = self.store();
            (store.behavior.rate_limit, store.now())
        };
        let per_minute = limit.unwrap_or(RATE_LIMIT);
        let left = lock(&self.buckets)
            .entry(bucket(request))
            .or_default()
            .take(per_minute, now);
        let payload = match left {
            Err(wait) if limit.is_some() => {
                ApiError::rate_limited(request.path, per_minute, wait).into()
            }
            _ => self.payload(request).unwrap_or_else(Payload::from),
        };
        let response =
            serialize(request, payload).header("RateLimit-Limit", &per_minute.to_string());
        response.header("RateLimit-Remaining", &left.unwrap_or(0).to_string())
    }

    fn payload(&self, request: &RawRequest<'_>) -> Result<Payload, ApiError> {
        let mut store = self.store();
        if !store.behavior.access_allowed {
            let detail = "IP address 127.0.0.1 is not allowed to access this resource.";
            return Err(ApiError::new(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST", detail));
        }
        let operation = request::match_operation(request)?;
        let call = request::validate(operation, request)?;
        let (project, _) = call.scope();
        if operation.path.contains("{groupId}")
            && !store.projects.iter().any(|known| known.id == project)
        {
            return Err(ApiError::no_project(project));
        }
        let output = match (handler(&operation.id), places::handler(&operation.id)) {
            (Some((family, handler)), _) => {
                if !family.clusters().is_empty() {
                    store.cluster(call.scope(), family.clusters())?;
                }
                handler(&mut store, &call, family)?
            }
            (None, Some(look_up)) => look_up(&store, &call)?,
            (None, None) => example(call.spec, operation),
        };
        let body = match output {
            Output::Empty => Value::Null,
            Output::One(body) => body,
            Output::List(items) => page(&call, &store.behavior, items)?,
        };
        if operation.id == "listSnapshots" {
            add_concurrent_snapshots(&mut store, &call);
        }
        self.validate_response(operation, &call, &body)?;
        Ok(Payload {
            status: operation.success,
            older: call.spec.older_version(operation, &call.media),
            media: call.media,
            body,
            error: None,
        })
    }

    /// A response that violates the spec is a bug of this server. It is replaced by an error, so
    /// that no test takes it for a response of Atlas.
    fn validate_response(
        &self,
        operation: &Operation,
        call: &Call,
        body: &Value,
    ) -> Result<(), ApiError> {
        let Some(schema) = call.spec.success_schema(operation) else {
            return Ok(());
        };
        let mut found = Vec::new();
        Schemas::new(call.spec).compare(schema, body, "", &mut found);
        let Some(wrong) = found.first() else {
            return Ok(());
        };
        let fault = format!(
            "{}/{}: {}: {}, {}",
            operation.api, operation.id, wrong.path, wrong.kind, wrong.example
        );
        lock(&self.spec_violations).push(fault.clone());
        Err(ApiError::new(500, "FAULT_OF_THE_FAKE", fault))
    }
}

/// Responds to an operation that this server keeps no resources of: with the first example of a
/// success in the document, whatever the arguments are.
fn example(spec: &Spec, operation: &Operation) -> Output {
    let examples = spec.answers(operation);
    let success = examples
        .iter()
        .find(|example| example.status == operation.success);
    success.map_or(Output::Empty, |example| Output::One(example.value.clone()))
}

/// Adds snapshots, as if other clients had taken them between two pages.
fn add_concurrent_snapshots(store: &mut Store, call: &Call) {
    let Ok(cluster) = store
        .cluster(call.scope(), Family::Snapshot.clusters())
        .cloned()
    else {
        return;
    };
    for _ in 0..store.behavior.new_per_page {
        let job = Job::done(store.now());
        snapshots::add(
            store,
            &cluster,
            job,
            &snapshots::Reason {
                frequency: "hourly",
                description: None,
                days: 2,
            },
        );
    }
}

/// Serializes the response, in an envelope or with line breaks if the request asks for it.
fn serialize(request: &RawRequest<'_>, payload: Payload) -> HttpResponse {
    let query = pairs(request.query);
    let wants = |name: &str| {
        query
            .iter()
            .any(|(known, value)| known == name && value == "true")
    };
    let enveloped = wants("envelope");
    let (status, body) = if enveloped {
        (200, envelope(request.path, &payload))
    } else {
        (payload.status, payload.body)
    };
    let media = if payload.media == "application/json" {
        payload.media
    } else {
        format!("{};charset=utf-8", payload.media)
    };
    let mut response = HttpResponse::new(status);
    if !body.is_null() {
        let text = if wants("pretty") {
            format!("{body:#}")
        } else {
            body.to_string()
        };
        response = response.header("Content-Type", &media).body(text);
    }
    if let Some(older) = payload.older {
        let since = format!("@{}", midnight(older.deprecated).as_second());
        response = response.header("Deprecation", &since);
        if let Some(date) = older.sunset {
            response = response.header("Sunset", &http_date(midnight(date)));
        }
    }
    if let (Some(error), false) = (payload.error, enveloped) {
        response = response.header("X-Error-Code", error.code);
        if let Some(seconds) = error.retry_after {
            response = response.header("Retry-After", &seconds.to_string());
        }
    }
    response
}

/// The beginning of a day, given as `2027-07-01`.
fn midnight(date: &str) -> Timestamp {
    format!("{date}T00:00:00Z").parse().unwrap_or_default()
}

fn http_date(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A list gets its `status` beside its own members. Anything else is wrapped. The wrapping member
/// has been seen under two names; here, each generation uses one of them.
fn envelope(path: &str, payload: &Payload) -> Value {
    let mut body = payload.body.clone();
    if body.is_null() {
        return json!({"status": payload.status});
    }
    if body.get("results").is_some() {
        body["status"] = payload.status.into();
        return body;
    }
    let member = if path.starts_with("/api/atlas/v1.0/") {
        "envelope"
    } else {
        "content"
    };
    json!({"status": payload.status, member: body})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents;

    #[test]
    fn an_operation_without_a_handler_gets_the_example_of_its_document() {
        for operation in documents().operations() {
            let spec = &documents()[&operation.api];
            match (example(spec, operation), spec.success_schema(operation)) {
                (Output::One(body), Some(schema)) => {
                    let mut found = Vec::new();
                    Schemas::new(spec).compare(schema, &body, "", &mut found);
                    assert_eq!(found.len(), 0, "{}", operation.id);
                }
                (Output::Empty, None) => {}
                _ => panic!("{}", operation.id),
            }
        }
    }
}
