//! Flex clusters, and M2 and M5 clusters: the same under other names.

use serde_json::{Value, json};

use super::family::Family;
use super::refusal::Refusal;
use super::request::Call;
use super::restores::offer;
use super::table::{Done, render, snapshot};
use super::world::{HOUR, Job, Resource, World, text};

/// How long a download URL lives.
const LIFETIME: i64 = 4 * HOUR;

/// What restores and downloads have in common.
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
        "restoreFinishedDate": text(job.ends),
        "restoreScheduledDate": text(job.begins),
        "snapshotFinishedDate": snapshot.members.get("finishTime"),
        "snapshotId": snapshot.id,
        "targetDeploymentItemName": given("targetDeploymentItemName", cluster),
        "targetProjectId": given("targetProjectId", project),
    })
}

/// A download is ready at once.
pub(super) fn download(world: &mut World, call: &Call, family: Family) -> Result<Done, Refusal> {
    let snapshot = snapshot(world, call, family)?;
    let job = Job::done(world.now());
    let expires = job.ends.saturating_add(LIFETIME);
    let mut members = members(call, family, &snapshot, job, "DOWNLOAD");
    members["snapshotUrl"] = offer(world, expires).into();
    members["expirationDate"] = text(expires);
    let resource = world.add(family, call.scope(), job, members);
    Ok(Done::One(render(world, call, &resource)))
}

pub(super) fn restore(world: &mut World, call: &Call, family: Family) -> Result<Done, Refusal> {
    let snapshot = snapshot(world, call, family)?;
    let (project, _) = call.scope();
    let target = call.body["targetDeploymentItemName"]
        .as_str()
        .unwrap_or_default();
    let project = call.body["targetProjectId"].as_str().unwrap_or(project);
    // The target may be of any kind: these restores are how people leave for a dedicated cluster.
    if !world
        .clusters
        .iter()
        .any(|known| known.project == project && known.name == target)
    {
        return Err(Refusal::no_cluster(project, target));
    }
    let job = world.begin(family);
    let resource = world.add(
        family,
        call.scope(),
        job,
        members(call, family, &snapshot, job, "RESTORE"),
    );
    Ok(Done::One(render(world, call, &resource)))
}
