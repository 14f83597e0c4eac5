//! Backs up one cluster: finds it, takes a snapshot, and saves it as files.

use std::error::Error;
use std::path::Path;

use atlas_backup_api::v2::types::{Cluster, OnDemandSnapshotRequest, Project, Snapshot};
use atlas_backup_api::{Client, ClusterName, Method, SavedFile, Value};

/// What `back_up` has done.
#[derive(Debug)]
pub struct Backup {
    pub project: Project,
    pub cluster: Cluster,
    /// How many snapshots there were before.
    pub before: usize,
    pub snapshot: Snapshot,
    /// How many snapshots there are now.
    pub after: usize,
    pub files: Vec<SavedFile>,
}

/// Takes a snapshot of a cluster, and saves it into a directory.
pub async fn back_up(
    client: &Client,
    project: &str,
    cluster: &str,
    directory: &Path,
) -> Result<Backup, Box<dyn Error + Send + Sync>> {
    let api = client.v2();
    let project = api.find_project(project).await?;
    let cluster = api.find_cluster(&project, cluster).await?;

    let list = client
        .call(
            Method::GET,
            "/api/atlas/v2/groups/{groupId}/clusters/{clusterName}/backup/snapshots",
        )
        .version("2023-01-01")
        .path("groupId", &project.id)
        .path("clusterName", ClusterName::try_from(&cluster)?)
        .send::<Value>()
        .await?;
    let before = list["results"].as_array().map_or(0, Vec::len);

    let body = OnDemandSnapshotRequest {
        retention_in_days: Some(5),
        ..Default::default()
    };
    let snapshot = api.take_snapshot_and_wait(&project, &cluster, body).await?;

    let after = api.list_snapshots(&project, &cluster).await?.results.len();

    let files = api
        .save_snapshot(&project, &cluster, &snapshot.id)
        .into_directory(directory)
        .await?;
    Ok(Backup {
        project,
        cluster,
        before,
        snapshot,
        after,
        files,
    })
}
