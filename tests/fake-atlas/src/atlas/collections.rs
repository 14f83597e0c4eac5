//! The databases and collections of a snapshot, and restores of single collections.

use serde_json::{Value, json};

use super::api_error::ApiError;
use super::family::Family;
use super::operations::{Output, render};
use super::request::Call;
use super::store::{Phase, Store, timestamp};

/// The databases of every snapshot, with their collections.
const CONTENT: &[(&str, &[&str])] = &[
    ("billing", &["invoices"]),
    ("shop", &["customers", "orders"]),
];

/// The number of documents in every collection.
const DOCUMENTS: i64 = 20_480;

fn named(url: &str, name: &str) -> Value {
    json!({"links": [{"href": url, "rel": "self"}], "name": name})
}

/// Returns the collections of the database in the path (of the first database if the path names
/// none). Fails if the snapshot or the database does not exist.
fn content(
    store: &Store,
    call: &Call,
    family: Family,
) -> Result<&'static [&'static str], ApiError> {
    store.find(family, call.scope(), call.id())?;
    let database = call.path("databaseName");
    let found = CONTENT
        .iter()
        .find(|(name, _)| database.is_empty() || *name == database);
    found
        .map(|(_, collections)| *collections)
        .ok_or_else(|| ApiError::no_resource(database))
}

pub(super) fn databases(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    content(store, call, family)?;
    Ok(Output::List(
        CONTENT
            .iter()
            .map(|(name, _)| named(&format!("{}/{name}", call.url), name))
            .collect(),
    ))
}

pub(super) fn database(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    content(store, call, family)?;
    Ok(Output::One(named(&call.url, call.path("databaseName"))))
}

pub(super) fn collections(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    let names = content(store, call, family)?;
    Ok(Output::List(
        names
            .iter()
            .map(|name| named(&format!("{}/{name}", call.url), name))
            .collect(),
    ))
}

pub(super) fn collection(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    let name = call.path("collectionName");
    if !content(store, call, family)?.contains(&name) {
        return Err(ApiError::no_resource(name));
    }
    Ok(Output::One(named(&call.url, name)))
}

pub(super) fn restore(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    if !call.body["snapshotId"].is_null() {
        super::operations::snapshot(store, call, family)?;
    }
    let text_of = |name: &str| call.body[name].as_str().unwrap_or_default();
    store.cluster(
        (text_of("targetGroupId"), text_of("targetClusterName")),
        family.clusters(),
    )?;
    let job = store.new_job(family);
    let mut members = call.body.clone();
    // A request may contain null for a member that a response leaves out.
    members
        .as_object_mut()
        .into_iter()
        .for_each(|members| members.retain(|_, value| !value.is_null()));
    for list in ["collections", "databases"] {
        members[list] = call.body.get(list).cloned().unwrap_or_else(|| json!([]));
    }
    let total = DOCUMENTS * i64::try_from(sources(&members).len()).unwrap_or_default();
    members["createdAt"] = timestamp(job.created);
    members["finishedAt"] = timestamp(job.finished);
    members["indexStatus"] = json!({"failedCollectionCount": 0, "state": "NOT_STARTED"});
    members["restoredDocuments"] = total.into();
    members["totalDocuments"] = total.into();
    let resource = store.add(family, call.scope(), job, members);
    Ok(Output::One(render(store, call, &resource)))
}

/// The source namespace of each collection of a job, and its target namespace if the job gives one.
fn sources(members: &Value) -> Vec<(String, Option<String>)> {
    let named = |list: &str| {
        let items = members[list].as_array().cloned().unwrap_or_default();
        items.into_iter().map(|item| {
            (
                text_of(&item, "sourceNamespace").unwrap_or_default(),
                text_of(&item, "targetNamespace"),
            )
        })
    };
    let mut sources: Vec<_> = named("collections").collect();
    for (database, target) in named("databases") {
        let inside = CONTENT
            .iter()
            .filter(|(name, _)| *name == database)
            .flat_map(|(_, collections)| *collections);
        sources.extend(inside.map(|name| {
            (
                format!("{database}.{name}"),
                target.as_ref().map(|target| format!("{target}.{name}")),
            )
        }));
    }
    sources
}

fn text_of(value: &Value, member: &str) -> Option<String> {
    value[member].as_str().map(str::to_owned)
}

fn all_progress(store: &Store, call: &Call, family: Family) -> Result<Vec<Value>, ApiError> {
    let job = store.find(family, call.scope(), call.id())?;
    let (state, index, restored) = match job.job.phase(store.now()) {
        Phase::Queued => ("NOT_STARTED", "NOT_STARTED", 0),
        Phase::Running => ("IN_PROGRESS", "NOT_STARTED", DOCUMENTS / 2),
        Phase::Done => ("SUCCESSFUL", "SUCCESSFUL", DOCUMENTS),
        Phase::Failed => ("FAILED", "NOT_RESTORED", 0),
    };
    let members = Value::Object(job.members.clone());
    let suffix = text_of(&members, "collectionSuffix").unwrap_or_default();
    let one = |(source, target): (String, Option<String>)| {
        let mut one = json!({
            "effectiveTargetNamespace": target.clone().unwrap_or_else(|| format!("{source}{suffix}")),
            "indexStatus": {"failedIndexes": [], "state": index},
            "restoredDocuments": restored,
            "sourceNamespace": source,
            "state": state,
            "totalDocuments": DOCUMENTS,
        });
        if let Some(target) = target {
            one["targetNamespace"] = target.into();
        }
        one
    };
    Ok(sources(&members).into_iter().map(one).collect())
}

pub(super) fn progress(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let filters =
        ["state", "sourceNamespace", "targetNamespace"].map(|name| (name, call.query(name)));
    let fits = |one: &Value| {
        filters
            .iter()
            .all(|(name, wanted)| wanted.as_ref().is_none_or(|wanted| one[name] == *wanted))
    };
    Ok(Output::List(
        all_progress(store, call, family)?
            .into_iter()
            .filter(fits)
            .collect(),
    ))
}

pub(super) fn progress_of_one(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    let source = call.path("sourceNamespace");
    let found = all_progress(store, call, family)?
        .into_iter()
        .find(|one| one["sourceNamespace"] == source);
    found
        .map(Output::One)
        .ok_or_else(|| ApiError::no_resource(source))
}
