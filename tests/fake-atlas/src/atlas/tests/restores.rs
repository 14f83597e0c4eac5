//! Which clusters a restore may overwrite.

use serde_json::{Value, json};

use super::Caller;
use crate::{ClusterKind, FakeAtlas, Family, PROJECT};

/// A restore to a cluster of a project.
type Restore<'a> = (Family, &'a str, &'a str, (&'a str, &'a str));

/// A fake with a second project, and the id of that project. In both there is a cluster `copy`.
fn two_projects() -> (Caller, String) {
    let staging = [
        ("orders", ClusterKind::ReplicaSet),
        ("copy", ClusterKind::ReplicaSet),
    ];
    let caller = Caller::new(
        FakeAtlas::builder()
            .cluster("copy", ClusterKind::ReplicaSet)
            .cluster("shards", ClusterKind::Sharded)
            .project_with("Staging", &staging),
    );
    let staging = caller.atlas.project_ids().remove(1);
    (caller, staging)
}

/// The path of a family's snapshots and of its restores.
fn paths(family: Family, cluster: &str) -> (String, String) {
    let (snapshots, restores) = match family {
        Family::FlexRestoreJob => (
            "flexClusters/{}/backup/snapshots",
            "flexClusters/{}/backup/restoreJobs",
        ),
        Family::TenantRestoreJob => (
            "clusters/{}/backup/tenant/snapshots",
            "clusters/{}/backup/tenant/restore",
        ),
        Family::LegacyRestoreJob => ("clusters/{}/snapshots", "clusters/{}/restoreJobs"),
        _ => (
            "clusters/{}/backup/snapshots",
            "clusters/{}/backup/restoreJobs",
        ),
    };
    (
        snapshots.replace("{}", cluster),
        restores.replace("{}", cluster),
    )
}

/// Requests a restore of the newest snapshot, and returns the status and the error code.
fn restore(caller: &mut Caller, (family, project, source, target): Restore) -> (u16, Value) {
    let (snapshots, restores) = paths(family, source);
    let (_, list) = caller.call_in(project, "GET", &snapshots, None);
    let snapshot = &list["results"][0]["id"];
    let (target_project, target) = target;
    let body = match family {
        Family::FlexRestoreJob | Family::TenantRestoreJob => {
            json!({"snapshotId": snapshot, "targetProjectId": target_project, "targetDeploymentItemName": target})
        }
        Family::LegacyRestoreJob => {
            json!({"snapshotId": snapshot, "delivery": {"methodName": "AUTOMATED_RESTORE", "targetGroupId": target_project, "targetClusterName": target}})
        }
        _ => {
            json!({"deliveryType": "automated", "snapshotId": snapshot, "targetGroupId": target_project, "targetClusterName": target})
        }
    };
    let (status, answer) = caller.call_in(project, "POST", &restores, Some(&body));
    (status, answer["errorCode"].clone())
}

#[test]
fn one_restore_at_a_time_overwrites_a_cluster() {
    let (mut caller, staging) = two_projects();
    let shop = PROJECT;
    let copy = (shop, "copy");
    let all = [
        (Family::RestoreJob, shop, "orders", copy),
        (Family::RestoreJob, &staging, "orders", copy),
        (Family::FlexRestoreJob, shop, "flex", copy),
        (Family::TenantRestoreJob, shop, "tenant", copy),
        (Family::LegacyRestoreJob, shop, "legacy", copy),
    ];
    for first in all {
        assert_eq!(restore(&mut caller, first).0, 200, "{first:?}");
        for second in all {
            assert_eq!(
                restore(&mut caller, second),
                (409, json!("ATLAS_CLUSTER_RESTORE_IN_PROGRESS")),
                "{second:?} after {first:?}"
            );
        }
        caller.advance(60);
    }
}

#[test]
fn a_restore_does_not_take_clusters_of_other_projects() {
    let (mut caller, staging) = two_projects();
    for target in [&staging, PROJECT] {
        let to_it = (Family::RestoreJob, PROJECT, "orders", (target, "copy"));
        assert_eq!(restore(&mut caller, to_it).0, 200, "{target}");
    }
}

/// A snapshot of a replica set may be restored to a sharded cluster, but not the other way round.
#[test]
fn a_snapshot_of_a_sharded_cluster_needs_a_sharded_cluster() {
    let (mut caller, _) = two_projects();
    let jobs = "clusters/events/backup/restoreJobs";
    let (_, list) = caller.call("GET", "clusters/events/backup/snapshots", None);
    let snapshot = &list["results"][0]["id"];
    for kind in [
        json!({"deliveryType": "automated", "snapshotId": snapshot}),
        json!({"deliveryType": "pointInTime", "pointInTimeUTCSeconds": 1_767_225_600}),
    ] {
        let to = |target: &str| {
            let mut body = kind.clone();
            body["targetGroupId"] = PROJECT.into();
            body["targetClusterName"] = target.into();
            body
        };
        let (status, refused) = caller.call("POST", jobs, Some(&to("copy")));
        assert_eq!(
            (
                status,
                &refused["errorCode"],
                &refused["badRequestDetail"]["fields"][0]["field"]
            ),
            (400, &json!("VALIDATION_ERROR"), &json!("targetClusterName"))
        );
        for target in ["events", "shards"] {
            assert_eq!(caller.call("POST", jobs, Some(&to(target))).0, 200);
        }
        caller.advance(60);
    }
    let up = (Family::RestoreJob, PROJECT, "orders", (PROJECT, "shards"));
    assert_eq!(restore(&mut caller, up).0, 200);
}
