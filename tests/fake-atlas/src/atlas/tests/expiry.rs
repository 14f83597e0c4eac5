//! Snapshots are gone when they have expired.

use serde_json::{Value, json};

use super::Caller;
use crate::{ClusterKind, FakeAtlas, PROJECT};

/// The list of a family's snapshots, the path of one of them, and the member that says when it
/// expires.
const FAMILIES: &[(&str, &str, &str)] = &[
    (
        "clusters/orders/backup/snapshots",
        "clusters/orders/backup/snapshots",
        "expiresAt",
    ),
    (
        "clusters/events/backup/snapshots/shardedClusters",
        "clusters/events/backup/snapshots/shardedCluster",
        "expiresAt",
    ),
    (
        "serverless/serverless/backup/snapshots",
        "serverless/serverless/backup/snapshots",
        "expiresAt",
    ),
    (
        "flexClusters/flex/backup/snapshots",
        "flexClusters/flex/backup/snapshots",
        "expiration",
    ),
    (
        "clusters/tenant/backup/tenant/snapshots",
        "clusters/tenant/backup/tenant/snapshots",
        "expiration",
    ),
    (
        "clusters/legacy/snapshots",
        "clusters/legacy/snapshots",
        "expires",
    ),
];

fn ids(caller: &mut Caller, list: &str) -> Vec<String> {
    let page = caller.get(list);
    let results = page["results"].as_array().unwrap().iter();
    let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
    results.map(id).collect()
}

/// The seconds until the snapshot expires.
fn remaining(caller: &mut Caller, snapshot: &str, member: &str) -> u64 {
    let snapshot = caller.get(snapshot);
    let expires: jiff::Timestamp = snapshot[member].as_str().unwrap().parse().unwrap();
    let start: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let seconds = expires.duration_since(start).as_secs();
    u64::try_from(seconds).unwrap()
}

#[test]
fn an_expired_snapshot_is_neither_listed_nor_returned() {
    for (list, one, member) in FAMILIES {
        let mut caller = Caller::new(FakeAtlas::builder());
        let all = ids(&mut caller, list);
        let path = |index: usize| format!("{one}/{}", all[index]);
        let remaining = remaining(&mut caller, &path(2), member);
        caller.advance(remaining - 1);
        assert_eq!(ids(&mut caller, list), all, "{list}");
        caller.advance(1);
        assert_eq!(ids(&mut caller, list), all[..2], "{list}");
        for (index, status) in [(1, 200), (2, 404)] {
            let answer = caller.call("GET", &path(index), None);
            assert_eq!(answer.0, status, "{list}: {}", answer.1);
        }
    }
}

#[test]
fn an_expired_snapshot_cannot_be_restored() {
    let mut caller = Caller::new(FakeAtlas::builder());
    let to = |target: &str| json!({"deliveryType": "automated", "targetGroupId": PROJECT, "targetClusterName": target});
    let shared = json!({"targetProjectId": PROJECT, "targetDeploymentItemName": "orders"});
    let legacy = json!({"delivery": {"methodName": "HTTP"}});
    let attempts = [
        (0, "clusters/orders/backup/restoreJobs", to("orders")),
        (1, "clusters/events/backup/restoreJobs", to("events")),
        (
            2,
            "serverless/serverless/backup/restoreJobs",
            to("serverless"),
        ),
        (3, "flexClusters/flex/backup/restoreJobs", shared.clone()),
        (3, "flexClusters/flex/backup/download", json!({})),
        (4, "clusters/tenant/backup/tenant/restore", shared),
        (5, "clusters/legacy/restoreJobs", legacy),
    ];
    let attempts = attempts.map(|(family, path, mut body)| {
        let (list, ..) = FAMILIES[family];
        body["snapshotId"] = ids(&mut caller, list).remove(0).into();
        (path, body)
    });
    caller.advance(40 * 24 * 3600);
    for (path, body) in attempts {
        let (status, refused) = caller.call("POST", path, Some(&body));
        assert_eq!(
            (status, &refused["errorCode"]),
            (404, &json!("RESOURCE_NOT_FOUND")),
            "{path}"
        );
    }
}

/// However many a cluster starts with.
#[test]
fn all_snapshots_are_there_at_the_start() {
    let kinds = [
        ClusterKind::ReplicaSet,
        ClusterKind::Sharded,
        ClusterKind::Serverless,
        ClusterKind::Flex,
        ClusterKind::Tenant,
        ClusterKind::Legacy,
    ];
    let names = ["orders", "events", "serverless", "flex", "tenant", "legacy"];
    let clusters = names.iter().zip(kinds);
    let atlas = clusters.fold(
        FakeAtlas::builder().without_clusters(),
        |atlas, (name, kind)| atlas.cluster(name, kind).snapshots(name, 200),
    );
    let mut caller = Caller::new(atlas);
    for (list, ..) in FAMILIES {
        assert_eq!(caller.get(list)["totalCount"], 200, "{list}");
    }
}
