//! What there is when a server starts.

use serde_json::json;

use super::family::{ClusterKind, Family};
use super::snapshots::{self, Reason};
use super::world::{Cluster, DAY, HOUR, Job, Moment, World, text};
use super::{legacy, settings};

/// How many snapshots a cluster begins with.
pub(super) const SNAPSHOTS: usize = 3;

/// Adds a cluster and its snapshots: one for every six hours before now.
pub(super) fn cluster(
    world: &mut World,
    project: &str,
    name: &str,
    kind: ClusterKind,
    count: usize,
) {
    let cluster = Cluster {
        project: project.to_owned(),
        name: name.to_owned(),
        kind,
        id: world.id(),
    };
    world.clusters.push(cluster.clone());
    match kind {
        ClusterKind::ReplicaSet | ClusterKind::Sharded => settings::add_schedule(world, &cluster),
        ClusterKind::Legacy => settings::add_legacy_schedule(world, &cluster),
        _ => {}
    }
    // The oldest first: ids are counted up.
    for back in (1..=i64::try_from(count).unwrap_or_default()).rev() {
        let at = world.now() - back * 6 * HOUR;
        snapshot(world, &cluster, at, back);
    }
}

fn snapshot(world: &mut World, cluster: &Cluster, at: Moment, back: i64) {
    let scope = (&*cluster.project, &*cluster.name);
    match cluster.kind {
        ClusterKind::ReplicaSet | ClusterKind::Sharded => {
            // The latest was asked for, the others are scheduled.
            let (frequency, description) = if back == 1 {
                ("ondemand", Some("On Demand Snapshot"))
            } else {
                ("hourly", None)
            };
            snapshots::add(
                world,
                cluster,
                Job::done(at),
                &Reason {
                    frequency,
                    description,
                    days: 7,
                },
            );
        }
        ClusterKind::Flex => shared(world, Family::FlexSnapshot, scope, at),
        ClusterKind::Tenant => shared(world, Family::TenantSnapshot, scope, at),
        ClusterKind::Serverless => {
            let members = json!({
                "createdAt": text(at),
                "expiresAt": text(at + 2 * DAY),
                "frequencyType": "hourly",
                "mongodVersion": "8.0.8",
                "serverlessInstanceName": cluster.name,
                "snapshotType": "scheduled",
                "storageSizeBytes": 53_248_000,
            });
            world.add(Family::ServerlessSnapshot, scope, Job::done(at), members);
        }
        ClusterKind::Legacy => {
            legacy::add_snapshot(world, cluster, at);
            legacy::add_checkpoint(world, cluster, at);
        }
    }
}

fn shared(world: &mut World, family: Family, scope: (&str, &str), at: Moment) {
    let members = json!({
        "expiration": text(at + 8 * DAY),
        "finishTime": text(at + 151_000),
        "mongoDBVersion": "8.0.8",
        "scheduledTime": text(at),
        "startTime": text(at + 12_000),
    });
    world.add(family, scope, Job::done(at), members);
}
