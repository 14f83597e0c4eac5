//! Buckets, and exports of snapshots to them.

use serde_json::{Value, json};

use super::family::{ClusterKind, Family};
use super::refusal::Refusal;
use super::request::Call;
use super::snapshots::replica_sets;
use super::table::{Done, all, render, snapshot};
use super::world::{Job, World, text};

/// v1.0 knows no buckets but those of AWS.
pub(super) fn list_buckets(
    world: &mut World,
    call: &Call,
    family: Family,
) -> Result<Done, Refusal> {
    let known = |bucket: &Value| call.operation.api != "v1" || bucket["cloudProvider"] == "AWS";
    Ok(Done::Many(
        all(world, call, family).into_iter().filter(known).collect(),
    ))
}

pub(super) fn create_bucket(
    world: &mut World,
    call: &Call,
    family: Family,
) -> Result<Done, Refusal> {
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
    let job = Job::done(world.now());
    let bucket = world.add(family, call.scope(), job, members);
    Ok(Done::One(render(world, call, &bucket)))
}

pub(super) fn create(world: &mut World, call: &Call, family: Family) -> Result<Done, Refusal> {
    let snapshot = snapshot(world, call, family)?;
    let (project, name) = call.scope();
    world.find(
        Family::ExportBucket,
        (project, ""),
        call.body["exportBucketId"].as_str().unwrap_or_default(),
    )?;
    let cluster = world.cluster(call.scope(), family.clusters())?.clone();
    let job = world.begin(family);
    let mut members = json!({
        "createdAt": text(job.begins),
        "customData": call.body.get("customData").cloned().unwrap_or_else(|| json!([])),
        "exportBucketId": call.body["exportBucketId"],
        "exportStatus": {"exportedCollections": 34, "totalCollections": 34},
        "finishedAt": text(job.ends),
        "prefix": format!("exported_snapshots/Example/Shop/{name}/{}", job.begins / 1000),
        "snapshotId": snapshot.id,
    });
    if cluster.kind == ClusterKind::Sharded {
        let part = |set: String| json!({"exportId": world.id(), "replicaSetName": set});
        members["components"] = replica_sets(&cluster).into_iter().map(part).collect();
    }
    let resource = world.add(family, call.scope(), job, members);
    Ok(Done::One(render(world, call, &resource)))
}
