//! Snapshots of dedicated clusters.

use serde_json::{Value, json};

use super::api_error::ApiError;
use super::family::{ClusterKind, Family};
use super::operations::{Output, all, render};
use super::request::Call;
use super::store::{Cluster, DAY, Job, Phase, Resource, Store, timestamp};

/// Why a snapshot is taken, and for how long it is kept.
pub(super) struct Reason<'a> {
    /// `ondemand`, or how often the schedule takes it.
    pub(super) frequency: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) days: i64,
}

/// The replica sets of a cluster: one, or two shards and the config servers.
pub(super) fn replica_sets(cluster: &Cluster) -> Vec<String> {
    let shard = |name: &str| format!("atlas-{}-{name}", &cluster.id[18..]);
    match cluster.kind {
        ClusterKind::Sharded => ["shard-0", "shard-1", "config-0"].map(shard).to_vec(),
        _ => vec![shard("shard-0")],
    }
}

pub(super) fn add(store: &mut Store, cluster: &Cluster, job: Job, reason: &Reason<'_>) -> Resource {
    let kind = if reason.frequency == "ondemand" {
        "onDemand"
    } else {
        "scheduled"
    };
    let mut members = json!({
        "createdAt": timestamp(job.started),
        "expiresAt": timestamp(job.created.saturating_add(reason.days.saturating_mul(DAY))),
        "frequencyType": reason.frequency,
        "mongodVersion": "8.0.8",
        "policyItems": [],
        "snapshotType": kind,
        "storageSizeBytes": 1_577_853_952,
        "type": "replicaSet",
    });
    if let Some(description) = reason.description {
        members["description"] = description.into();
    }
    let sets = replica_sets(cluster);
    if let [set] = &sets[..] {
        members["replicaSetName"] = set.as_str().into();
        members["cloudProvider"] = "AWS".into();
        members["copyRegions"] = json!([]);
    } else {
        let member = |set: &String| json!({"cloudProvider": "AWS", "id": store.next_id(), "replicaSetName": set});
        let parts: Vec<Value> = sets.iter().map(member).collect();
        members["type"] = "shardedCluster".into();
        members["configServerType"] = "DEDICATED".into();
        members["snapshotIds"] = parts.iter().map(|part| part["id"].clone()).collect();
        members["members"] = parts.into();
    }
    store.add(
        Family::Snapshot,
        (&cluster.project, &cluster.name),
        job,
        members,
    )
}

pub(super) fn take(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let cluster = store.cluster(call.scope(), family.clusters())?.clone();
    let now = store.now();
    let under_way = |found: &&Resource| {
        found.members["frequencyType"] == "ondemand" && found.job.phase(now) < Phase::Done
    };
    if let Some(other) = store.resources_of(family, call.scope()).find(under_way) {
        let detail = format!(
            "Snapshot {} of cluster {} is not complete yet: take another one after it.",
            other.id, cluster.name
        );
        return Err(ApiError::new(
            409,
            "ATLAS_CLUSTER_SNAPSHOT_IN_PROGRESS",
            detail,
        ));
    }
    let description = call.body["description"]
        .as_str()
        .unwrap_or("On Demand Snapshot");
    let days = call.body["retentionInDays"].as_i64().unwrap_or(7);
    let job = store.new_job(family);
    let snapshot = add(
        store,
        &cluster,
        job,
        &Reason {
            frequency: "ondemand",
            description: Some(description),
            days,
        },
    );
    Ok(Output::One(render(store, call, &snapshot)))
}

/// Sets the retention, counted from the time when the snapshot was taken.
pub(super) fn retain(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let days = match call.body["retentionUnit"].as_str() {
        Some("WEEKS") => 7,
        Some("MONTHS") => 30,
        Some("YEARS") => 365,
        _ => 1,
    };
    let kept = call.body["retentionValue"]
        .as_i64()
        .unwrap_or(0)
        .saturating_mul(days * DAY);
    let snapshot = store.find_mut(family, call.scope(), call.id())?;
    snapshot.members.insert(
        "expiresAt".to_owned(),
        timestamp(snapshot.job.created.saturating_add(kept)),
    );
    let snapshot = snapshot.clone();
    Ok(Output::One(render(store, call, &snapshot)))
}

fn is_sharded(snapshot: &Value) -> bool {
    snapshot["type"] == "shardedCluster"
}

pub(super) fn list_sharded(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    Ok(Output::List(
        all(store, call, family)
            .into_iter()
            .filter(is_sharded)
            .collect(),
    ))
}

pub(super) fn get_sharded(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    let snapshot = render(store, call, store.find(family, call.scope(), call.id())?);
    if is_sharded(&snapshot) {
        Ok(Output::One(snapshot))
    } else {
        Err(ApiError::no_resource(call.id()))
    }
}

pub(super) fn delete_sharded(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    get_sharded(store, call, family)?;
    store.remove(|resource| resource.id == call.id());
    Ok(Output::Empty)
}
