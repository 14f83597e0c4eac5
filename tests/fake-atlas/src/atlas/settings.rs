//! Schedules, the compliance policy and private endpoints: reads return what was written.

use serde_json::{Map, Value, json};

use super::api_error::ApiError;
use super::family::Family;
use super::operations::{Output, render};
use super::request::Call;
use super::store::{Cluster, HOUR, Job, Resource, Store, timestamp};

/// Members of a request that ask for an action and are not stored.
const ACTIONS: &[&str] = &[
    "deleteCopiedBackups",
    "deleteCopySnapshots",
    "deleteSnapshots",
    "updateCopySnapshots",
    "updateSnapshots",
];

/// Adds the schedule that a cluster starts with.
pub(super) fn add_schedule(store: &mut Store, cluster: &Cluster) {
    let now = store.now();
    let mut item = |frequency: &str, interval: u32, unit: &str, value: u32| {
        json!({
            "frequencyInterval": interval, "frequencyType": frequency, "id": store.next_id(), "retentionUnit": unit, "retentionValue": value,
        })
    };
    let items = [
        item("hourly", 6, "days", 7),
        item("daily", 1, "days", 7),
        item("weekly", 6, "weeks", 4),
    ];
    let members = json!({
        "autoCopySettingsEnabled": false,
        "autoExportEnabled": false,
        "clusterId": cluster.id,
        "clusterName": cluster.name,
        "copyPolicyItemsEnabled": false,
        "copySettings": [],
        "extraRetentionSettings": [],
        "nextSnapshot": timestamp(now + 6 * HOUR),
        "policies": [{"id": store.next_id(), "policyItems": items}],
        "referenceHourOfDay": 17,
        "referenceMinuteOfHour": 24,
        "restoreWindowDays": 7,
        "useOrgAndGroupNamesInExportPrefix": false,
    });
    store.add(
        Family::Schedule,
        (&cluster.project, &cluster.name),
        Job::done(now),
        members,
    );
}

pub(super) fn add_legacy_schedule(store: &mut Store, cluster: &Cluster) {
    let members = json!({
        "clusterCheckpointIntervalMin": 15,
        "clusterId": cluster.id,
        "dailySnapshotRetentionDays": 7,
        "groupId": cluster.project,
        "monthlySnapshotRetentionMonths": 12,
        "pointInTimeWindowHours": 24,
        "snapshotIntervalHours": 6,
        "snapshotRetentionDays": 5,
        "weeklySnapshotRetentionWeeks": 4,
    });
    let job = Job::done(store.now());
    store.add(
        Family::LegacySchedule,
        (&cluster.project, &cluster.name),
        job,
        members,
    );
}

/// Gives an id to every policy and policy item that has none.
fn assign_ids(store: &mut Store, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| assign_ids(store, item)),
        Value::Object(members) => {
            members
                .values_mut()
                .for_each(|member| assign_ids(store, member));
            if (members.contains_key("policyItems") || members.contains_key("retentionUnit"))
                && !members.contains_key("id")
            {
                members.insert("id".to_owned(), store.next_id().into());
            }
        }
        _ => {}
    }
}

fn schedule<'a>(store: &'a mut Store, call: &Call) -> Result<&'a mut Resource, ApiError> {
    let found = store
        .resources_of(Family::Schedule, call.scope())
        .next()
        .map(|schedule| schedule.id.clone());
    store.find_mut(Family::Schedule, call.scope(), &found.unwrap_or_default())
}

pub(super) fn update_schedule(
    store: &mut Store,
    call: &Call,
    _: Family,
) -> Result<Output, ApiError> {
    let mut body = call.body.clone();
    assign_ids(store, &mut body);
    let members = body.as_object().cloned().unwrap_or_default();
    let schedule = schedule(store, call)?;
    schedule.members.extend(
        members
            .into_iter()
            .filter(|(name, _)| !ACTIONS.contains(&&**name)),
    );
    let schedule = schedule.clone();
    Ok(Output::One(render(store, call, &schedule)))
}

/// A deleted schedule still exists, but takes no snapshots.
pub(super) fn delete_schedule(
    store: &mut Store,
    call: &Call,
    _: Family,
) -> Result<Output, ApiError> {
    let schedule = schedule(store, call)?;
    schedule
        .members
        .retain(|name, _| !matches!(&**name, "nextSnapshot" | "restoreWindowDays" | "export"));
    for list in ["copySettings", "extraRetentionSettings", "policies"] {
        schedule.members.insert(list.to_owned(), json!([]));
    }
    let schedule = schedule.clone();
    Ok(Output::One(render(store, call, &schedule)))
}

pub(super) fn update_policy(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    disable_policy(store, call, family)?;
    let (job, mut members) = (store.new_job(family), defaults(call.scope().0));
    let mut body = call.body.clone();
    assign_ids(store, &mut body);
    members.extend(body.as_object().cloned().unwrap_or_default());
    members.insert("updatedDate".to_owned(), timestamp(job.created));
    members.insert(
        "updatedUser".to_owned(),
        call.body["authorizedEmail"].clone(),
    );
    let policy = store.add(family, call.scope(), job, Value::Object(members));
    Ok(Output::One(render(store, call, &policy)))
}

fn defaults(project: &str) -> Map<String, Value> {
    let off = [
        "copyProtectionEnabled",
        "deletable",
        "encryptionAtRestEnabled",
        "pitEnabled",
    ];
    let mut members: Map<String, Value> = off
        .into_iter()
        .map(|name| (name.to_owned(), false.into()))
        .collect();
    members.insert("onDemandPolicyItem".to_owned(), Value::Null);
    members.insert("projectId".to_owned(), project.into());
    members.insert("scheduledPolicyItems".to_owned(), json!([]));
    members
}

pub(super) fn disable_policy(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    let project = call.scope().0;
    store.remove(|resource| resource.family == family && resource.project == project);
    Ok(Output::Empty)
}

pub(super) fn create_endpoint(
    store: &mut Store,
    call: &Call,
    family: Family,
) -> Result<Output, ApiError> {
    let job = store.new_job(family);
    let mut members = call.body.clone();
    members["privateEndpointConnectionName"] = format!("vpce-{}", &store.next_id()[7..]).into();
    let endpoint = store.add(family, call.scope(), job, members);
    Ok(Output::One(render(store, call, &endpoint)))
}
