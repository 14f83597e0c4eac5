//! Restore jobs of dedicated clusters and serverless instances: into a cluster, to a point in time, or to download.

use std::time::Duration;

use serde_json::{Value, json};

use super::family::Family;
use super::refusal::Refusal;
use super::request::Call;
use super::snapshots::replica_sets;
use super::table::{Done, render, snapshot};
use super::world::{Cluster, EPOCH, HOUR, Job, Moment, Outcome, Phase, Resource, World, text};
use crate::Offer;

/// How long a download can be fetched after it is ready.
pub(super) const LIFETIME: i64 = HOUR;

pub(super) fn create(world: &mut World, call: &Call, family: Family) -> Result<Done, Refusal> {
    let cluster = world.cluster(call.scope(), family.clusters())?.clone();
    let kind = call.body["deliveryType"].as_str().unwrap_or_default();
    let snapshot = if kind == "pointInTime" {
        None
    } else {
        Some(snapshot(world, call, family)?)
    };
    if kind != "download" {
        target(world, call, family)?;
    }
    let job = world.begin(family);
    let mut members = call.body.clone();
    members["finishedAt"] = text(job.ends);
    if let Some(snapshot) = &snapshot {
        members["timestamp"] = snapshot
            .members
            .get("createdAt")
            .cloned()
            .unwrap_or_default();
    }
    match family {
        Family::RestoreJob => dedicated(&mut members, job, &cluster, kind),
        _ => members["deliveryUrl"] = json!([]),
    }
    if kind == "download" {
        deliver(world, &mut members, job, &cluster);
    }
    let resource = world.add(family, call.scope(), job, members);
    Ok(Done::One(render(world, call, &resource)))
}

/// The cluster to restore to must be there, and free: its data is about to be replaced.
fn target(world: &World, call: &Call, family: Family) -> Result<(), Refusal> {
    let text = |name: &str| call.body[name].as_str().unwrap_or_default();
    let scope = (text("targetGroupId"), text("targetClusterName"));
    world.cluster(scope, family.clusters())?;
    let now = world.now();
    // A download may name a target, too, and leaves it alone.
    let to_it = |found: &&Resource| {
        found.members.get("targetClusterName") == Some(&call.body["targetClusterName"])
            && found
                .members
                .get("deliveryType")
                .is_some_and(|kind| kind != "download")
    };
    let under_way = |found: &Resource| {
        found.family == family && found.project == scope.0 && found.job.phase(now) < Phase::Done
    };
    if world.resources.iter().filter(to_it).any(under_way) {
        return Err(Refusal::new(
            409,
            "ATLAS_CLUSTER_RESTORE_IN_PROGRESS",
            "A restore of the cluster is in progress already.",
        ));
    }
    Ok(())
}

/// What only jobs of dedicated clusters tell.
fn dedicated(members: &mut Value, job: Job, cluster: &Cluster, kind: &str) {
    members["createdAt"] = text(job.begins);
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
            json!({"date": text(seconds.saturating_mul(1000)), "increment": members["oplogInc"].as_i64().unwrap_or(1)})
        }
        None => json!({"date": null, "increment": null}),
    };
}

/// Puts one file for each replica set on offer.
fn deliver(world: &mut World, members: &mut Value, job: Job, cluster: &Cluster) {
    let expires = job.ends.saturating_add(LIFETIME);
    let sets = replica_sets(cluster);
    let urls: Vec<Value> = sets.iter().map(|_| offer(world, expires).into()).collect();
    members["expiresAt"] = text(expires);
    if urls.len() > 1 {
        let component =
            |(set, url): (&String, &Value)| json!({"downloadUrl": url, "replicaSetName": set});
        members["components"] = sets.iter().zip(&urls).map(component).collect();
    }
    members["deliveryUrl"] = urls.into();
}

/// The URL of a file that nobody else has. It can be fetched before the job is done, but nobody is told.
pub(super) fn offer(world: &mut World, until: Moment) -> String {
    let file = file(world, until);
    world.delivery.offer(file)
}

/// A file that nobody else has.
pub(super) fn file(world: &mut World, until: Moment) -> Offer {
    let seed = u64::from_str_radix(&world.id()[8..], 16).unwrap_or_default();
    let until = Duration::from_millis(u64::try_from(until - EPOCH).unwrap_or_default());
    Offer {
        until: Some(until),
        ..Offer::new(world.download_bytes, seed)
    }
}

/// A job can be cancelled while it is under way.
pub(super) fn cancel(world: &mut World, call: &Call, family: Family) -> Result<Done, Refusal> {
    let now = world.now();
    let job = world.find_mut(family, call.scope(), call.id())?;
    if job.job.phase(now) >= Phase::Done {
        let detail = "The restore job has ended: there is nothing left to cancel.";
        return Err(Refusal::new(
            400,
            "ATLAS_BACKUP_CANCEL_RESTORE_JOB_NOT_ALLOWED",
            detail,
        ));
    }
    job.job = Job {
        starts: job.job.starts.min(now),
        ends: now,
        outcome: Outcome::Failed,
        ..job.job
    };
    job.cancelled = true;
    job.members.insert("finishedAt".to_owned(), text(now));
    Ok(Done::Nothing)
}
