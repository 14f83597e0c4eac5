//! A restore or a drill to another project overwrites the cluster there, also if a cluster of the same
//! name is in the project that the snapshot is of.

use atlas_backup_fake::{ClusterKind, FakeAtlas, Family, PROJECT};
use serde_json::Value;

use crate::{at_once, fast, latest, printed};

const KINDS: [(&str, Family, ClusterKind); 5] = [
    ("orders", Family::Snapshot, ClusterKind::ReplicaSet),
    ("events", Family::Snapshot, ClusterKind::Sharded),
    ("flex", Family::FlexSnapshot, ClusterKind::Flex),
    ("tenant", Family::TenantSnapshot, ClusterKind::Tenant),
    (
        "serverless",
        Family::ServerlessSnapshot,
        ClusterKind::Serverless,
    ),
];

/// A fake with a project that has a cluster of the same name, and the id of that project.
fn with_staging((cluster, _, kind): (&str, Family, ClusterKind)) -> (FakeAtlas, String) {
    let atlas = fast(FakeAtlas::builder().project_with("Staging", &[(cluster, kind)]));
    let ids = atlas.project_ids();
    let other = ids.into_iter().find(|id| id != PROJECT);
    (atlas, other.expect("it was added"))
}

/// The one request that creates something, which must be to the cluster that the snapshot is of and
/// overwrite the one in the other project.
fn must_overwrite(atlas: &FakeAtlas, staging: &str, cluster: &str, snapshot: &str) {
    let requests = atlas.server().received_requests();
    let mut requests = requests
        .iter()
        .filter(|it| it.method == "POST" && it.handled);
    let (Some(request), None) = (requests.next(), requests.next()) else {
        panic!("{cluster}: not one request");
    };
    assert!(request.path().contains(PROJECT), "{}", request.path());
    let body: Value = serde_json::from_slice(&request.body).expect("it is JSON");
    let member = |names: [&str; 2]| {
        let mut values = names.iter().filter_map(|name| body[name].as_str());
        values.next().unwrap_or_else(|| panic!("{body}")).to_owned()
    };
    let project = member(["targetGroupId", "targetProjectId"]);
    let name = member(["targetClusterName", "targetDeploymentItemName"]);
    assert_eq!((&*project, &*name), (staging, cluster), "{body}");
    assert_eq!(body["snapshotId"], snapshot, "{body}");
}

#[test]
fn a_restore_overwrites_the_cluster_of_the_other_project() {
    at_once(KINDS, |kind @ (cluster, family, _)| {
        let (atlas, staging) = with_staging(kind);
        let to = ["restore", cluster, "latest", "--to", cluster];
        // By its name, or by its id.
        let project = if cluster == "orders" {
            &*staging
        } else {
            "Staging"
        };
        let confirmed = ["--to-project", project, "--yes-overwrite", cluster];
        let out = printed(&atlas, &[&to[..], &confirmed, &["--json"]].concat());
        let record: Value = serde_json::from_str(&out).expect("one line");
        assert_eq!(record["project"], PROJECT);
        assert_eq!(record["to_project"], staging.as_str());
        must_overwrite(
            &atlas,
            &staging,
            cluster,
            &latest(&atlas, (cluster, family)),
        );
    });
}

#[cfg(unix)]
#[test]
fn a_drill_overwrites_and_probes_the_cluster_of_the_other_project() {
    at_once(KINDS, |kind @ (cluster, family, _)| {
        let (atlas, staging) = with_staging(kind);
        let directory = tempfile::tempdir().expect("a temporary directory");
        let directory = directory.path().to_str().expect("it is text");
        let drill = ["drill", cluster, "--to", cluster, "--to-project", "Staging"];
        let more = ["--yes-overwrite", cluster, "--json", "--report", directory];
        let probe =
            format!("test $ATLAS_BACKUP_PROJECT/$ATLAS_BACKUP_CLUSTER = {staging}/{cluster}");
        let probe = ["--", "sh", "-c", &probe];
        let out = printed(&atlas, &[&drill[..], &more, &probe].concat());
        let record: Value = serde_json::from_str(&out).expect("one line");
        assert_eq!(record["project"], PROJECT);
        assert_eq!(record["to_project"], staging.as_str());
        must_overwrite(
            &atlas,
            &staging,
            cluster,
            &latest(&atlas, (cluster, family)),
        );
    });
}
