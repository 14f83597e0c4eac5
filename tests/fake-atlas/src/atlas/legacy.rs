//! Legacy backups, which only clusters created before 2020-03-23 have.

use serde_json::{Value, json};

use super::api_error::ApiError;
use super::family::Family;
use super::operations::{Output, all, render, snapshot};
use super::page::whole;
use super::request::Call;
use super::restores::{new_file, validate_is_free};
use super::store::{Cluster, DAY, HOUR, Job, Moment, Resource, Store, timestamp};
use crate::HostedFile;

/// Adds a snapshot that is kept for this many days.
pub(super) fn add_snapshot(
    store: &mut Store,
    cluster: &Cluster,
    at: Moment,
    days: i64,
) -> Resource {
    let members = json!({
        "clusterId": cluster.id,
        "clusterName": cluster.name,
        "complete": true,
        "created": {"date": timestamp(at), "increment": 1},
        "doNotDelete": false,
        "expires": timestamp(at + days * DAY),
        "groupId": cluster.project,
        "incremental": false,
        "lastOplogAppliedTimestamp": {"date": timestamp(at), "increment": 3},
        "parts": [{
            "clusterId": cluster.id,
            "completedTime": timestamp(at),
            "compressionSetting": "GZIP",
            "dataSizeBytes": 5_368_709_120_i64,
            "encryptionEnabled": false,
            "fcv": "4.0",
            "fileSizeBytes": 7_516_192_768_i64,
            "machineId": format!("{}-shard-00-02.example.net:27017", cluster.name),
            "mongodVersion": "4.0.20",
            "replicaSetName": format!("{}-shard-0", cluster.name),
            "replicaState": "SECONDARY",
            "storageSizeBytes": 6_442_450_944_i64,
            "typeName": "REPLICA_SET",
        }],
    });
    store.add(
        Family::LegacySnapshot,
        (&cluster.project, &cluster.name),
        Job::done(at),
        members,
    )
}

pub(super) fn add_checkpoint(store: &mut Store, cluster: &Cluster, at: Moment) {
    let members = json!({
        "clusterId": cluster.id,
        "completed": timestamp(at + 12_000),
        "groupId": cluster.project,
        "parts": [{
            "replicaSetName": format!("{}-shard-0", cluster.name),
            "shardName": format!("{}-shard-0", cluster.name),
            "tokenDiscovered": true,
            "tokenTimestamp": {"date": timestamp(at), "increment": 1},
            "typeName": "REPLICA_SET",
        }],
        "restorable": true,
        "started": timestamp(at),
        "timestamp": timestamp(at + 5_000),
    });
    store.add(
        Family::LegacyCheckpoint,
        (&cluster.project, &cluster.name),
        Job::done(at),
        members,
    );
}

/// Lists only complete snapshots, unless the query asks for others.
pub(super) fn list_snapshots(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    let completed = call.query("completed").unwrap_or_default();
    let fits =
        |snapshot: &Value| completed == "all" || snapshot["complete"] == (completed == "true");
    Ok(Output::List(
        all(store, call, family).into_iter().filter(fits).collect(),
    ))
}

/// A snapshot with `doNotDelete` has no expiry date.
pub(super) fn retain(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let snapshot = store.find_mut(family, call.scope(), call.id())?;
    snapshot
        .members
        .extend(call.body.as_object().cloned().unwrap_or_default());
    if call.body["doNotDelete"] == true {
        snapshot.members.remove("expires");
    }
    let snapshot = snapshot.clone();
    Ok(Output::One(render(store, call, &snapshot)))
}

pub(super) fn list_restores(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    let batch = call.query("batchId");
    let fits = |job: &Value| batch.as_ref().is_none_or(|batch| job["batchId"] == *batch);
    Ok(Output::List(
        all(store, call, family).into_iter().filter(fits).collect(),
    ))
}

/// Responds with a list of jobs, as Atlas does with one job for each shard.
pub(super) fn restore(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let cluster = store.cluster(call.scope(), family.clusters())?.clone();
    // Without a snapshot id, the request restores a checkpoint or a point in time.
    let snapshot = if call.body["snapshotId"].is_null() {
        None
    } else {
        Some(snapshot(store, call, family)?)
    };
    if let Some(id) = call.body["checkpointId"].as_str() {
        store.find(Family::LegacyCheckpoint, call.scope(), id)?;
    }
    let job = store.new_job(family);
    let (delivery, hashes) = delivery(store, call, job)?;
    let mut members = json!({
        "clusterId": cluster.id,
        "clusterName": cluster.name,
        "created": timestamp(job.created),
        "delivery": delivery,
        "encryptionEnabled": false,
        "groupId": cluster.project,
        "hashes": hashes,
        "timestamp": {"date": timestamp(job.created), "increment": 1},
    });
    if let Some(snapshot) = snapshot {
        members["snapshotId"] = snapshot.id.into();
        members["timestamp"] = snapshot.members["created"].clone();
    }
    let resource = store.add(family, call.scope(), job, members);
    Ok(Output::One(whole(
        &call.url,
        &[render(store, call, &resource)],
    )))
}

/// Returns the job's `delivery`, and the hashes of its downloadable files. A download requires a
/// header, and expires after some hours or some downloads.
fn delivery(store: &mut Store, call: &Call, job: Job) -> Result<(Value, Value), ApiError> {
    let mut delivery = call.body["delivery"].clone();
    let text_of = |name: &str| delivery[name].as_str().unwrap_or_default();
    if text_of("methodName") == "AUTOMATED_RESTORE" {
        // The target is given by name or by id. If both are given, they must mean the same cluster.
        let (project, name, id) = (
            text_of("targetGroupId"),
            text_of("targetClusterName"),
            text_of("targetClusterId"),
        );
        let means = |given: &str, known: &str| given.is_empty() || given == known;
        let mut known = store.clusters_of(project).iter();
        let found = known.find(|known| means(name, &known.name) && means(id, &known.id));
        let found = found.ok_or_else(|| {
            ApiError::no_cluster(project, if name.is_empty() { id } else { name })
        })?;
        validate_is_free(store, (project, &found.name))?;
        let (name, id) = (found.name.clone(), found.id.clone());
        delivery["targetClusterName"] = name.into();
        delivery["targetClusterId"] = id.into();
        return Ok((delivery, json!([])));
    }
    let hours = delivery["expirationHours"].as_i64().unwrap_or(1);
    let downloads = delivery["maxDownloads"]
        .as_u64()
        .and_then(|downloads| u32::try_from(downloads).ok())
        .unwrap_or(1);
    let header = (
        "X-Atlas-Restore".to_owned(),
        format!("fake-{}", store.next_id()),
    );
    let expires = job.finished.saturating_add(hours.saturating_mul(HOUR));
    let file = HostedFile {
        required_header: Some(header.clone()),
        max_downloads: Some(downloads),
        ..new_file(store, expires)
    };
    let hash = json!({"fileName": format!("{}.tar.gz", call.scope().1), "hash": file.sha1(), "typeName": "SHA1"});
    let url = store.download_host.add_file(file);
    let download = json!({
        "authHeader": header.0,
        "authValue": header.1,
        "expirationHours": hours,
        "expires": timestamp(expires),
        "maxDownloads": downloads,
        "methodName": delivery["methodName"],
        "statusName": "NOT_STARTED",
        "url": url,
        "urlV2": url,
    });
    Ok((download, json!([hash])))
}
