//! Export buckets, and exports of snapshots to them.

use serde_json::{Value, json};

use super::api_error::ApiError;
use super::family::{ClusterKind, Family};
use super::operations::{Output, all, render, snapshot};
use super::request::Call;
use super::snapshots::replica_sets;
use super::store::{Job, Store, timestamp};

/// v1.0 lists only the buckets of AWS.
pub(super) fn list_buckets(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    let known = |bucket: &Value| call.operation.api != "v1" || bucket["cloudProvider"] == "AWS";
    Ok(Output::List(
        all(store, call, family).into_iter().filter(known).collect(),
    ))
}

pub(super) fn create_bucket(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    let mut members = call.body.clone();
    match members["cloudProvider"].as_str() {
        Some("AWS") => {
            members["region"] = "us-east-1".into();
            let private = members["requirePrivateNetworking"] == true;
            members["requirePrivateNetworking"] = private.into();
        }
        Some("AZURE") => members["tenantId"] = "4297fc77-1592-4de8-a6d5-a8c32401df87".into(),
        _ => {}
    }
    let job = Job::done(store.now());
    let bucket = store.add(family, call.scope(), job, members);
    Ok(Output::One(render(store, call, &bucket)))
}

pub(super) fn create(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let snapshot = snapshot(store, call, family)?;
    let (project, name) = call.scope();
    store.find(
        Family::ExportBucket,
        (project, ""),
        call.body["exportBucketId"].as_str().unwrap_or_default(),
    )?;
    let cluster = store.cluster(call.scope(), family.clusters())?.clone();
    let job = store.new_job(family);
    let mut members = json!({
        "createdAt": timestamp(job.created),
        "customData": call.body.get("customData").cloned().unwrap_or_else(|| json!([])),
        "exportBucketId": call.body["exportBucketId"],
        "exportStatus": {"exportedCollections": 34, "totalCollections": 34},
        "finishedAt": timestamp(job.finished),
        "prefix": format!("exported_snapshots/Example/Shop/{name}/{}", job.created / 1000),
        "snapshotId": snapshot.id,
    });
    if cluster.kind == ClusterKind::Sharded {
        let part = |set: String| json!({"exportId": store.next_id(), "replicaSetName": set});
        members["components"] = replica_sets(&cluster).into_iter().map(part).collect();
    }
    let resource = store.add(family, call.scope(), job, members);
    Ok(Output::One(render(store, call, &resource)))
}
