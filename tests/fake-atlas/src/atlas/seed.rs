//! The resources that exist when the server starts.

use serde_json::json;

use super::family::{ClusterKind, Family};
use super::snapshots::{self, Reason};
use super::store::{Cluster, DAY, HOUR, Job, Moment, Store, timestamp};
use super::{legacy, settings};

/// How many snapshots a cluster starts with.
pub(super) const SNAPSHOTS: usize = 3;

/// Adds a cluster and its snapshots, taken six hours apart, the last one six hours ago. However many
/// there are, none has expired yet: each is kept for some days from now.
pub(super) fn cluster(
    store: &mut Store,
    project: &str,
    name: &str,
    kind: ClusterKind,
    count: usize,
) {
    let cluster = Cluster {
        project: project.to_owned(),
        name: name.to_owned(),
        kind,
        id: store.next_id(),
        tags: Vec::new(),
        backups: true,
        paused: false,
    };
    store.add_cluster(cluster.clone());
    match kind {
        ClusterKind::ReplicaSet | ClusterKind::Sharded => settings::add_schedule(store, &cluster),
        ClusterKind::Legacy => settings::add_legacy_schedule(store, &cluster),
        _ => {}
    }
    // The oldest first, because ids count up.
    for back in (1..=i64::try_from(count).unwrap_or_default()).rev() {
        let at = store.now() - back * 6 * HOUR;
        snapshot(store, &cluster, at, back);
    }
}

fn snapshot(store: &mut Store, cluster: &Cluster, at: Moment, back: i64) {
    let scope = (&*cluster.project, &*cluster.name);
    let age = (store.now() - at) / DAY;
    match cluster.kind {
        ClusterKind::ReplicaSet | ClusterKind::Sharded => {
            // The latest was taken on demand, the others by the schedule.
            let (frequency, description) = if back == 1 {
                ("ondemand", Some("On Demand Snapshot"))
            } else {
                ("hourly", None)
            };
            snapshots::add(
                store,
                cluster,
                Job::done(at),
                &Reason {
                    frequency,
                    description,
                    days: age + 7,
                },
            );
        }
        ClusterKind::Flex => shared(store, Family::FlexSnapshot, scope, at, age + 8),
        ClusterKind::Tenant => shared(store, Family::TenantSnapshot, scope, at, age + 8),
        ClusterKind::Serverless => {
            let members = json!({
                "createdAt": timestamp(at),
                "expiresAt": timestamp(at + (age + 2) * DAY),
                "frequencyType": "hourly",
                "mongodVersion": "8.0.8",
                "serverlessInstanceName": cluster.name,
                "snapshotType": "scheduled",
                "storageSizeBytes": 53_248_000,
            });
            store.add(Family::ServerlessSnapshot, scope, Job::done(at), members);
        }
        ClusterKind::Legacy => {
            legacy::add_snapshot(store, cluster, at, age + 30);
            legacy::add_checkpoint(store, cluster, at);
        }
    }
}

fn shared(store: &mut Store, family: Family, scope: (&str, &str), at: Moment, days: i64) {
    let members = json!({
        "expiration": timestamp(at + days * DAY),
        "finishTime": timestamp(at + 151_000),
        "mongoDBVersion": "8.0.8",
        "scheduledTime": timestamp(at),
        "startTime": timestamp(at + 12_000),
    });
    store.add(family, scope, Job::done(at), members);
}
