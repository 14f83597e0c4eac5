//! Restore jobs of dedicated clusters and serverless instances: automated, to a point in time, or
//! as a download.

use std::time::Duration;

use serde_json::{Value, json};

use super::api_error::ApiError;
use super::family::{ClusterKind, Family};
use super::operations::{Output, render, snapshot};
use super::request::Call;
use super::snapshots::replica_sets;
use super::store::{
    Cluster, EPOCH, HOUR, Job, JobOutcome, Moment, Phase, Resource, Scope, Store, timestamp,
};
use crate::HostedFile;

/// How long a download URL is valid after the job is done, in milliseconds.
pub(super) const LIFETIME: i64 = HOUR;

pub(super) fn create(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let cluster = store.cluster(call.scope(), family.clusters())?.clone();
    let kind = call.body["deliveryType"].as_str().unwrap_or_default();
    let snapshot = if kind == "pointInTime" {
        None
    } else {
        Some(snapshot(store, call, family)?)
    };
    if kind != "download" {
        validate_target(store, call, family, cluster.kind)?;
    }
    let job = store.new_job(family);
    let mut members = call.body.clone();
    members["finishedAt"] = timestamp(job.finished);
    if let Some(snapshot) = &snapshot {
        members["timestamp"] = snapshot
            .members
            .get("createdAt")
            .cloned()
            .unwrap_or_default();
    }
    match family {
        Family::RestoreJob => set_dedicated_members(&mut members, job, &cluster, kind),
        _ => members["deliveryUrl"] = json!([]),
    }
    if kind == "download" {
        add_files(store, &mut members, job, &cluster);
    }
    let resource = store.add(family, call.scope(), job, members);
    Ok(Output::One(render(store, call, &resource)))
}

/// The target cluster must exist, take snapshots of clusters of this kind, and be free.
fn validate_target(
    store: &Store,
    call: &Call,
    family: Family,
    source: ClusterKind,
) -> Result<(), ApiError> {
    let text = |name: &str| call.body[name].as_str().unwrap_or_default();
    let target = (text("targetGroupId"), text("targetClusterName"));
    let kind = store.cluster(target, family.clusters())?.kind;
    // Atlas documents the rule, but not the code of the error.
    if source == ClusterKind::Sharded && kind != ClusterKind::Sharded {
        let why = "a snapshot of a sharded cluster needs a sharded cluster";
        let member = "targetClusterName".to_owned();
        return Err(ApiError::invalid(vec![(member, why.to_owned())]));
    }
    validate_is_free(store, target)
}

/// No other restore to the cluster may be under way, wherever its snapshot is from: the data of the
/// cluster is about to be replaced.
pub(super) fn validate_is_free(store: &Store, target: Scope<'_>) -> Result<(), ApiError> {
    let now = store.now();
    let under_way =
        |found: &Resource| overwrites(found) == Some(target) && found.job.phase(now) < Phase::Done;
    if store.all_resources().any(under_way) {
        return Err(ApiError::new(
            409,
            "ATLAS_CLUSTER_RESTORE_IN_PROGRESS",
            "A restore of the cluster is in progress already.",
        ));
    }
    Ok(())
}

/// The cluster that this resource overwrites, if it is a restore. A download may name a target too,
/// but does not write to it.
fn overwrites(resource: &Resource) -> Option<Scope<'_>> {
    let members = &resource.members;
    let (members, kind, restores, project, cluster) = match resource.family {
        Family::RestoreJob | Family::ServerlessRestoreJob => (
            members,
            "deliveryType",
            &["automated", "pointInTime"][..],
            "targetGroupId",
            "targetClusterName",
        ),
        Family::FlexRestoreJob | Family::TenantRestoreJob => (
            members,
            "deliveryType",
            &["RESTORE"][..],
            "targetProjectId",
            "targetDeploymentItemName",
        ),
        Family::LegacyRestoreJob => (
            members.get("delivery")?.as_object()?,
            "methodName",
            &["AUTOMATED_RESTORE"][..],
            "targetGroupId",
            "targetClusterName",
        ),
        _ => return None,
    };
    let text = |name: &str| members.get(name)?.as_str();
    let is_restore = restores.contains(&text(kind)?);
    is_restore.then_some((text(project)?, text(cluster)?))
}

/// Sets the members that only jobs of dedicated clusters have.
fn set_dedicated_members(members: &mut Value, job: Job, cluster: &Cluster, kind: &str) {
    members["createdAt"] = timestamp(job.created);
    members["sourceClusterName"] = cluster.name.as_str().into();
    if kind == "download" {
        members["deliveryUrl"] = json!([]);
        return;
    }
    members["targetDeploymentItemName"] = members["targetClusterName"].clone();
    let point = members["pointInTimeUTCSeconds"]
        .as_i64()
        .or_else(|| members["oplogTs"].as_i64());
    members["desiredTimestamp"] = match point.filter(|_| kind == "pointInTime") {
        Some(seconds) => {
            json!({"date": timestamp(seconds.saturating_mul(1000)), "increment": members["oplogInc"].as_i64().unwrap_or(1)})
        }
        None => json!({"date": null, "increment": null}),
    };
}

/// Adds one file for each replica set to the download host.
fn add_files(store: &mut Store, members: &mut Value, job: Job, cluster: &Cluster) {
    let expires = job.finished.saturating_add(LIFETIME);
    let sets = replica_sets(cluster);
    let urls: Vec<Value> = sets
        .iter()
        .map(|_| add_download(store, expires).into())
        .collect();
    members["expiresAt"] = timestamp(expires);
    if urls.len() > 1 {
        let component =
            |(set, url): (&String, &Value)| json!({"downloadUrl": url, "replicaSetName": set});
        members["components"] = sets.iter().zip(&urls).map(component).collect();
    }
    members["deliveryUrl"] = urls.into();
}

/// Adds a new file to the download host and returns its URL. The file can be downloaded before the
/// job is done, but no response shows the URL until then.
pub(super) fn add_download(store: &mut Store, expires: Moment) -> String {
    let file = new_file(store, expires);
    store.download_host.add_file(file)
}

/// A file with content of its own.
pub(super) fn new_file(store: &mut Store, expires: Moment) -> HostedFile {
    let seed = u64::from_str_radix(&store.next_id()[8..], 16).unwrap_or_default();
    let expires_at = Duration::from_millis(u64::try_from(expires - EPOCH).unwrap_or_default());
    HostedFile {
        expires_at: Some(expires_at),
        ..HostedFile::new(store.download_size, seed)
    }
}

/// A job can be cancelled until it ends.
pub(super) fn cancel(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let now = store.now();
    let job = store.find_mut(family, call.scope(), call.id())?;
    if job.job.phase(now) >= Phase::Done {
        let detail = "The restore job has ended: there is nothing left to cancel.";
        return Err(ApiError::new(
            400,
            "ATLAS_BACKUP_CANCEL_RESTORE_JOB_NOT_ALLOWED",
            detail,
        ));
    }
    job.job = Job {
        started: job.job.started.min(now),
        finished: now,
        outcome: JobOutcome::Failed,
        ..job.job
    };
    job.cancelled = true;
    job.members.insert("finishedAt".to_owned(), timestamp(now));
    Ok(Output::Empty)
}
