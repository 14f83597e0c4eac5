//! Calls every operation of the course over a socket: what is sent and what comes back must be what
//! the document says, and nothing may be lost.

use std::collections::{BTreeMap, BTreeSet};

use atlas_backup_fake::{HttpResponse, RecordedRequest, StubServer};
use atlas_backup_obstacles::calls::Entry;
use atlas_backup_obstacles::{Client, EXERCISES, Error, RetryPolicy, conversion, entries};
use serde_json::Value;

/// An API generation and the id of an operation.
type Id = (String, String);

fn exercises() -> Vec<(Id, Value)> {
    let apis: BTreeMap<String, Vec<Value>> =
        serde_json::from_str(EXERCISES).expect("lists of exercises");
    let all = apis.into_iter().flat_map(|(api, exercises)| {
        exercises.into_iter().map(move |exercise| {
            let id = exercise["id"].as_str().unwrap_or_default().to_owned();
            ((api.clone(), id), exercise)
        })
    });
    all.collect()
}

/// The operations of the course. Those of random variants are only compiled.
fn operations() -> BTreeMap<Id, &'static Entry> {
    entries()
        .filter(|entry| !entry.api.starts_with("variant"))
        .map(|entry| ((entry.api.to_owned(), entry.id.to_owned()), entry))
        .collect()
}

fn client(server: &StubServer) -> Client {
    let builder = Client::builder().base_url(server.url());
    let client = builder.allow_http(true).retry(RetryPolicy::never()).build();
    client.expect("a client")
}

#[tokio::test]
async fn every_call_sends_and_returns_what_the_document_says() {
    let server = StubServer::start(HttpResponse::new(404)).expect("a port is free");
    let client = client(&server);
    let operations = operations();
    let mut wrong = Vec::new();
    for (id, exercise) in exercises() {
        let outcome = match operations.get(&id) {
            Some(entry) => run(&server, &client, entry, &exercise).await,
            None => Err("no such operation".to_owned()),
        };
        if let Err(reason) = outcome {
            wrong.push(format!("{id:?}: {reason}\n    {exercise}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_operation_is_exercised() {
    let exercised: BTreeSet<_> = exercises().into_iter().map(|(id, _)| id).collect();
    let operations: BTreeSet<_> = operations().into_keys().collect();
    assert_eq!(exercised, operations);
    assert!(operations.len() > 100, "{} operations", operations.len());
}

async fn run(
    server: &StubServer,
    client: &Client,
    entry: &Entry,
    exercise: &Value,
) -> Result<(), String> {
    let answer = exercise.get("answer").filter(|answer| !answer.is_null());
    let without_content = exercise["status"]
        .as_u64()
        .and_then(|status| status.try_into().ok());
    server.set_response(match answer {
        Some(answer) => HttpResponse::json(200, "application/json", answer),
        None => HttpResponse::new(without_content.unwrap_or(0)),
    });
    if let Some(convert) = conversion(entry.api, entry.id) {
        let made = convert(exercise["answer"].clone());
        match (exercise["is_refused"] == true, made) {
            (true, Err(_)) => return Ok(()),
            (true, Ok(update)) => return Err(format!("an update was made: {update}")),
            (false, made) => same("the update", &made?, &exercise["body"])?,
        }
    }
    let arguments = serde_json::from_value(exercise["path"].clone())
        .and_then(|path| Ok((path, serde_json::from_value(exercise["query"].clone())?)));
    let (path, query) = arguments.map_err(|error| error.to_string())?;
    let sent = exercise.get("body").filter(|body| !body.is_null()).cloned();
    let arguments = atlas_backup_document::Arguments {
        path,
        query,
        body: sent.clone(),
    };
    let outcome = (entry.call)(client, &arguments)?.await;
    let requests = server.new_requests();
    if exercise["is_refused"] == true {
        return match (outcome, requests.as_slice()) {
            (Err(Error::InvalidArgument(_)), []) => Ok(()),
            (outcome, requests) => Err(format!("not refused: {outcome:?}, {requests:?}")),
        };
    }
    let answered = outcome.map_err(|error| error.to_string())?;
    let [request] = requests.as_slice() else {
        return Err(format!("{} requests", requests.len()));
    };
    same_request(request, entry, exercise["target"].as_str(), sent.as_ref())?;
    if let Some(answer) = answer {
        same("the answer", &answered.value.json, answer)?;
    }
    if let (Some(sent), Some(recode)) = (sent, entry.body) {
        same("the body", &recode(sent.clone())?.json, &sent)?;
    }
    let secrets = exercise["secrets"].as_array().into_iter().flatten();
    let mut secrets = secrets.filter_map(Value::as_str);
    match secrets.find(|secret| answered.value.debug.contains(&format!("{secret:?}"))) {
        Some(secret) => Err(format!("`Debug` shows the secret {secret:?}")),
        None => Ok(()),
    }
}

fn same_request(
    request: &RecordedRequest,
    entry: &Entry,
    target: Option<&str>,
    body: Option<&Value>,
) -> Result<(), String> {
    if request.method != entry.method || Some(request.target.as_str()) != target {
        return Err(format!("sent {} {}", request.method, request.target));
    }
    match body {
        Some(body) => {
            let sent: Value = serde_json::from_slice(&request.body)
                .map_err(|error| format!("sent the body {:?}: {error}", request.body))?;
            same("the body that was sent", &sent, body)
        }
        None if request.body.is_empty() => Ok(()),
        None => Err(format!("sent the body {:?}", request.body)),
    }
}

fn same(what: &str, found: &Value, expected: &Value) -> Result<(), String> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("{what} is {found}, not {expected}")),
    }
}
