//! Legacy backups, of clusters older than 2020-03-23.

use serde_json::{Value, json};

use super::family::Family;
use super::page::whole;
use super::refusal::Refusal;
use super::request::Call;
use super::restores::file;
use super::table::{Done, all, render, snapshot};
use super::world::{Cluster, DAY, HOUR, Job, Moment, Resource, World, text};
use crate::Offer;

pub(super) fn add_snapshot(world: &mut World, cluster: &Cluster, at: Moment) -> Resource {
    let members = json!({
        "clusterId": cluster.id,
        "clusterName": cluster.name,
        "complete": true,
        "created": {"date": text(at), "increment": 1},
        "doNotDelete": false,
        "expires": text(at + 30 * DAY),
        "groupId": cluster.project,
        "incremental": false,
        "lastOplogAppliedTimestamp": {"date": text(at), "increment": 3},
        "parts": [{
            "clusterId": cluster.id,
            "completedTime": text(at),
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
    world.add(
        Family::LegacySnapshot,
        (&cluster.project, &cluster.name),
        Job::done(at),
        members,
    )
}

pub(super) fn add_checkpoint(world: &mut World, cluster: &Cluster, at: Moment) {
    let members = json!({
        "clusterId": cluster.id,
        "completed": text(at + 12_000),
        "groupId": cluster.project,
        "parts": [{
            "replicaSetName": format!("{}-shard-0", cluster.name),
            "shardName": format!("{}-shard-0", cluster.name),
            "tokenDiscovered": true,
            "tokenTimestamp": {"date": text(at), "increment": 1},
            "typeName": "REPLICA_SET",
        }],
        "restorable": true,
        "started": text(at),
        "timestamp": text(at + 5_000),
    });
    world.add(
        Family::LegacyCheckpoint,
        (&cluster.project, &cluster.name),
        Job::done(at),
        members,
    );
}

/// Complete ones only, unless others are asked for.
pub(super) fn list_snapshots(
    world: &mut World,
    call: &Call,
    family: Family,
) -> Result<Done, Refusal> {
    let completed = call.query("completed").unwrap_or_default();
    let fits =
        |snapshot: &Value| completed == "all" || snapshot["complete"] == (completed == "true");
    Ok(Done::Many(
        all(world, call, family).into_iter().filter(fits).collect(),
    ))
}

/// A snapshot that is not to be deleted does not expire.
pub(super) fn retain(world: &mut World, call: &Call, family: Family) -> Result<Done, Refusal> {
    let snapshot = world.find_mut(family, call.scope(), call.id())?;
    snapshot
        .members
        .extend(call.body.as_object().cloned().unwrap_or_default());
    if call.body["doNotDelete"] == true {
        snapshot.members.remove("expires");
    }
    let snapshot = snapshot.clone();
    Ok(Done::One(render(world, call, &snapshot)))
}

pub(super) fn list_restores(
    world: &mut World,
    call: &Call,
    family: Family,
) -> Result<Done, Refusal> {
    let batch = call.query("batchId");
    let fits = |job: &Value| batch.as_ref().is_none_or(|batch| job["batchId"] == *batch);
    Ok(Done::Many(
        all(world, call, family).into_iter().filter(fits).collect(),
    ))
}

/// Answers with a list of jobs: one for each shard.
pub(super) fn restore(world: &mut World, call: &Call, family: Family) -> Result<Done, Refusal> {
    let cluster = world.cluster(call.scope(), family.clusters())?.clone();
    // Without a snapshot it is a checkpoint or a point in time that is restored.
    let snapshot = if call.body["snapshotId"].is_null() {
        None
    } else {
        Some(snapshot(world, call, family)?)
    };
    if let Some(id) = call.body["checkpointId"].as_str() {
        world.find(Family::LegacyCheckpoint, call.scope(), id)?;
    }
    let job = world.begin(family);
    let (delivery, hashes) = delivery(world, call, job)?;
    let mut members = json!({
        "clusterId": cluster.id,
        "clusterName": cluster.name,
        "created": text(job.begins),
        "delivery": delivery,
        "encryptionEnabled": false,
        "groupId": cluster.project,
        "hashes": hashes,
        "timestamp": {"date": text(job.begins), "increment": 1},
    });
    if let Some(snapshot) = snapshot {
        members["snapshotId"] = snapshot.id.into();
        members["timestamp"] = snapshot.members["created"].clone();
    }
    let resource = world.add(family, call.scope(), job, members);
    Ok(Done::One(whole(
        &call.url,
        &[render(world, call, &resource)],
    )))
}

/// How the data gets there, and the hashes of the files that can be fetched. A download asks for a header, and ends after some hours
/// or some downloads.
fn delivery(world: &mut World, call: &Call, job: Job) -> Result<(Value, Value), Refusal> {
    let mut delivery = call.body["delivery"].clone();
    let text_of = |name: &str| delivery[name].as_str().unwrap_or_default();
    if text_of("methodName") == "AUTOMATED_RESTORE" {
        // By name or by id; where both are given, they mean one cluster.
        let (project, name, id) = (
            text_of("targetGroupId"),
            text_of("targetClusterName"),
            text_of("targetClusterId"),
        );
        let means = |given: &str, known: &str| given.is_empty() || given == known;
        let mut known = world
            .clusters
            .iter()
            .filter(|known| known.project == project);
        let found = known.find(|known| means(name, &known.name) && means(id, &known.id));
        let found = found
            .ok_or_else(|| Refusal::no_cluster(project, if name.is_empty() { id } else { name }))?;
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
    let header = ("X-Atlas-Restore".to_owned(), format!("fake-{}", world.id()));
    let expires = job.ends.saturating_add(hours.saturating_mul(HOUR));
    let file = Offer {
        header: Some(header.clone()),
        downloads: Some(downloads),
        ..file(world, expires)
    };
    let hash = json!({"fileName": format!("{}.tar.gz", call.scope().1), "hash": file.sha1(), "typeName": "SHA1"});
    let url = world.delivery.offer(file);
    let told = json!({
        "authHeader": header.0,
        "authValue": header.1,
        "expirationHours": hours,
        "expires": text(expires),
        "maxDownloads": downloads,
        "methodName": delivery["methodName"],
        "statusName": "NOT_STARTED",
        "url": url,
        "urlV2": url,
    });
    Ok((told, json!([hash])))
}
