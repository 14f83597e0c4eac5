//! Flex clusters, and M2 and M5 clusters: the same resources under different names.

use serde_json::{Value, json};

use super::api_error::ApiError;
use super::family::Family;
use super::operations::{Output, render, snapshot};
use super::request::Call;
use super::restores::{add_download, validate_is_free};
use super::store::{HOUR, Job, Resource, Store, timestamp};

/// How long a download URL is valid, in milliseconds.
const LIFETIME: i64 = 4 * HOUR;

/// The members that restores and downloads have in common.
fn members(call: &Call, family: Family, snapshot: &Resource, job: Job, delivery: &str) -> Value {
    let (project, cluster) = call.scope();
    let given = |name: &str, default: &str| call.body[name].as_str().unwrap_or(default).to_owned();
    let name = if family == Family::FlexRestoreJob {
        "instanceName"
    } else {
        "clusterName"
    };
    json!({
        name: cluster,
        "deliveryType": delivery,
        "projectId": project,
        "restoreFinishedDate": timestamp(job.finished),
        "restoreScheduledDate": timestamp(job.created),
        "snapshotFinishedDate": snapshot.members.get("finishTime"),
        "snapshotId": snapshot.id,
        "targetDeploymentItemName": given("targetDeploymentItemName", cluster),
        "targetProjectId": given("targetProjectId", project),
    })
}

/// A download is ready at once.
pub(super) fn download(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let snapshot = snapshot(store, call, family)?;
    let job = Job::done(store.now());
    let expires = job.finished.saturating_add(LIFETIME);
    let mut members = members(call, family, &snapshot, job, "DOWNLOAD");
    members["snapshotUrl"] = add_download(store, expires).into();
    members["expirationDate"] = timestamp(expires);
    let resource = store.add(family, call.scope(), job, members);
    Ok(Output::One(render(store, call, &resource)))
}

pub(super) fn restore(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let snapshot = snapshot(store, call, family)?;
    let (project, _) = call.scope();
    let target = call.body["targetDeploymentItemName"]
        .as_str()
        .unwrap_or_default();
    let project = call.body["targetProjectId"].as_str().unwrap_or(project);
    // The target may be of any kind: such restores are used to move to a dedicated cluster.
    let known = store.clusters_of(project);
    if !known.iter().any(|known| known.name == target) {
        return Err(ApiError::no_cluster(project, target));
    }
    validate_is_free(store, (project, target))?;
    let job = store.new_job(family);
    let resource = store.add(
        family,
        call.scope(),
        job,
        members(call, family, &snapshot, job, "RESTORE"),
    );
    Ok(Output::One(render(store, call, &resource)))
}
