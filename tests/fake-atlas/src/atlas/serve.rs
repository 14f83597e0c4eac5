//! From a request to an answer: limits, checks, what the operation does, and whether the answer is one that the spec allows.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use atlas_backup_document::Operation;
use atlas_backup_document::route::query as pairs;
use atlas_backup_document::schema::Schemas;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::page::page;
use super::rate::Bucket;
use super::refusal::Refusal;
use super::request::{self, Call, Incoming};
use super::table::{Done, act};
use super::world::{Job, World};
use super::{Family, snapshots};
use crate::Answer;

/// Requests per minute that Atlas allows on its backup endpoints.
const RATE_LIMIT: u32 = 1200;

/// What the server and its handle share.
pub(super) struct Shared {
    world: Mutex<World>,
    bucket: Mutex<Bucket>,
    faults: Mutex<Vec<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is answered, before it gets its form.
struct Outcome {
    status: u16,
    media: String,
    /// `null` for an answer without content.
    body: Value,
    refusal: Option<Refusal>,
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        Outcome {
            status: refusal.status,
            media: "application/json".to_owned(),
            body: refusal.json(),
            refusal: Some(refusal),
        }
    }
}

impl Shared {
    pub(super) fn new(world: World) -> Arc<Self> {
        Arc::new(Shared {
            world: Mutex::new(world),
            bucket: Mutex::default(),
            faults: Mutex::default(),
        })
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    /// Where an answer was not what the spec says.
    pub(super) fn faults(&self) -> Vec<String> {
        lock(&self.faults).clone()
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
                let incoming = Incoming {
                    method: parts.method.as_str(),
                    path: parts.uri.path(),
                    query: parts.uri.query().unwrap_or_default(),
                    accept: header("accept"),
                    content_type: header("content-type"),
                    body: &body,
                    origin: format!("http://{}", header("host").unwrap_or_default()),
                };
                shared.answer(&incoming).into_response()
            }
        })
    }

    fn answer(&self, request: &Incoming<'_>) -> Answer {
        let (limit, now) = {
            let world = self.world();
            (world.rules.limit, world.now())
        };
        let per_minute = limit.unwrap_or(RATE_LIMIT);
        let left = lock(&self.bucket).take(per_minute, now);
        let outcome = match left {
            Err(wait) if limit.is_some() => {
                Refusal::rate_limited(request.path, per_minute, wait).into()
            }
            _ => self.outcome(request).unwrap_or_else(Outcome::from),
        };
        let answer = form(request, outcome).header("RateLimit-Limit", &per_minute.to_string());
        answer.header("RateLimit-Remaining", &left.unwrap_or(0).to_string())
    }

    fn outcome(&self, request: &Incoming<'_>) -> Result<Outcome, Refusal> {
        let mut world = self.world();
        if !world.rules.access {
            let detail = "IP address 127.0.0.1 is not allowed to access this resource.";
            return Err(Refusal::new(403, "IP_ADDRESS_NOT_ON_ACCESS_LIST", detail));
        }
        let operation = request::match_operation(request)?;
        let call = request::validate(operation, request)?;
        let (family, act) = act(&operation.id).ok_or_else(|| Refusal::no_resource(request.path))?;
        let (project, _) = call.scope();
        if !world.projects.iter().any(|known| known == project) {
            return Err(Refusal::no_project(project));
        }
        if !family.clusters().is_empty() {
            world.cluster(call.scope(), family.clusters())?;
        }
        let body = match act(&mut world, &call, family)? {
            Done::Nothing => Value::Null,
            Done::One(body) => body,
            Done::Many(items) => page(&call, &world.rules, items)?,
        };
        if operation.id == "listSnapshots" {
            appear(&mut world, &call);
        }
        self.allowed(operation, &call, &body)?;
        Ok(Outcome {
            status: operation.success,
            media: call.media,
            body,
            refusal: None,
        })
    }

    /// An answer that the spec does not allow is a fault of this server: nobody must take it for Atlas's.
    fn allowed(&self, operation: &Operation, call: &Call, body: &Value) -> Result<(), Refusal> {
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
        lock(&self.faults).push(fault.clone());
        Err(Refusal::new(500, "FAULT_OF_THE_FAKE", fault))
    }
}

/// What others take meanwhile.
fn appear(world: &mut World, call: &Call) {
    let Ok(cluster) = world
        .cluster(call.scope(), Family::Snapshot.clusters())
        .cloned()
    else {
        return;
    };
    for _ in 0..world.rules.appearing {
        let job = Job::done(world.now());
        snapshots::add(
            world,
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

/// As the client wants it: in an envelope, with line breaks.
fn form(request: &Incoming<'_>, outcome: Outcome) -> Answer {
    let query = pairs(request.query);
    let wants = |name: &str| {
        query
            .iter()
            .any(|(known, value)| known == name && value == "true")
    };
    let enveloped = wants("envelope");
    let (status, body) = if enveloped {
        (200, envelope(request.path, &outcome))
    } else {
        (outcome.status, outcome.body)
    };
    let media = if outcome.media == "application/json" {
        outcome.media
    } else {
        format!("{};charset=utf-8", outcome.media)
    };
    let mut answer = Answer::new(status);
    if !body.is_null() {
        let text = if wants("pretty") {
            format!("{body:#}")
        } else {
            body.to_string()
        };
        answer = answer.header("Content-Type", &media).body(text);
    }
    if let (Some(refusal), false) = (outcome.refusal, enveloped) {
        answer = answer.header("X-Error-Code", refusal.code);
        if let Some(seconds) = refusal.retry_after {
            answer = answer.header("Retry-After", &seconds.to_string());
        }
    }
    answer
}

/// A list keeps its members beside the status. What is wrapped has been seen under two names: here, each generation has one.
fn envelope(path: &str, outcome: &Outcome) -> Value {
    let mut body = outcome.body.clone();
    if body.is_null() {
        return json!({"status": outcome.status});
    }
    if body.get("results").is_some() {
        body["status"] = outcome.status.into();
        return body;
    }
    let member = if path.starts_with("/api/atlas/v1.0/") {
        "envelope"
    } else {
        "content"
    };
    json!({"status": outcome.status, member: body})
}
