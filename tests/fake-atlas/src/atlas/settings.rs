//! Schedules, the compliance policy and private endpoints: what was written is what is read.

use serde_json::{Map, Value, json};

use super::family::Family;
use super::refusal::Refusal;
use super::request::Call;
use super::table::{Done, render};
use super::world::{Cluster, HOUR, Job, Resource, World, text};

/// Members of a request that say what is to happen now, and are not kept.
const ORDERS: &[&str] = &[
    "deleteCopiedBackups",
    "deleteCopySnapshots",
    "deleteSnapshots",
    "updateCopySnapshots",
    "updateSnapshots",
];

/// The schedule that a cluster has from the beginning.
pub(super) fn add_schedule(world: &mut World, cluster: &Cluster) {
    let now = world.now();
    let mut item = |frequency: &str, interval: u32, unit: &str, value: u32| {
        json!({
            "frequencyInterval": interval, "frequencyType": frequency, "id": world.id(), "retentionUnit": unit, "retentionValue": value,
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
        "nextSnapshot": text(now + 6 * HOUR),
        "policies": [{"id": world.id(), "policyItems": items}],
        "referenceHourOfDay": 17,
        "referenceMinuteOfHour": 24,
        "restoreWindowDays": 7,
        "useOrgAndGroupNamesInExportPrefix": false,
    });
    world.add(
        Family::Schedule,
        (&cluster.project, &cluster.name),
        Job::done(now),
        members,
    );
}

pub(super) fn add_legacy_schedule(world: &mut World, cluster: &Cluster) {
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
    let job = Job::done(world.now());
    world.add(
        Family::LegacySchedule,
        (&cluster.project, &cluster.name),
        job,
        members,
    );
}

/// Gives an id to every item of a policy that has none yet.
fn number(world: &mut World, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| number(world, item)),
        Value::Object(members) => {
            members
                .values_mut()
                .for_each(|member| number(world, member));
            if (members.contains_key("policyItems") || members.contains_key("retentionUnit"))
                && !members.contains_key("id")
            {
                members.insert("id".to_owned(), world.id().into());
            }
        }
        _ => {}
    }
}

fn schedule<'a>(world: &'a mut World, call: &Call) -> Result<&'a mut Resource, Refusal> {
    let found = world
        .of(Family::Schedule, call.scope())
        .next()
        .map(|schedule| schedule.id.clone());
    world.find_mut(Family::Schedule, call.scope(), &found.unwrap_or_default())
}

pub(super) fn update_schedule(world: &mut World, call: &Call, _: Family) -> Result<Done, Refusal> {
    let mut body = call.body.clone();
    number(world, &mut body);
    let members = body.as_object().cloned().unwrap_or_default();
    let schedule = schedule(world, call)?;
    schedule.members.extend(
        members
            .into_iter()
            .filter(|(name, _)| !ORDERS.contains(&&**name)),
    );
    let schedule = schedule.clone();
    Ok(Done::One(render(world, call, &schedule)))
}

/// What remains of a schedule that was deleted takes no snapshots.
pub(super) fn delete_schedule(world: &mut World, call: &Call, _: Family) -> Result<Done, Refusal> {
    let schedule = schedule(world, call)?;
    schedule
        .members
        .retain(|name, _| !matches!(&**name, "nextSnapshot" | "restoreWindowDays" | "export"));
    for list in ["copySettings", "extraRetentionSettings", "policies"] {
        schedule.members.insert(list.to_owned(), json!([]));
    }
    let schedule = schedule.clone();
    Ok(Done::One(render(world, call, &schedule)))
}

pub(super) fn update_policy(
    world: &mut World,
    call: &Call,
    family: Family,
) -> Result<Done, Refusal> {
    disable_policy(world, call, family)?;
    let (job, mut members) = (world.begin(family), defaults(call.scope().0));
    let mut body = call.body.clone();
    number(world, &mut body);
    members.extend(body.as_object().cloned().unwrap_or_default());
    members.insert("updatedDate".to_owned(), text(job.begins));
    members.insert(
        "updatedUser".to_owned(),
        call.body["authorizedEmail"].clone(),
    );
    let policy = world.add(family, call.scope(), job, Value::Object(members));
    Ok(Done::One(render(world, call, &policy)))
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
    world: &mut World,
    call: &Call,
    family: Family,
) -> Result<Done, Refusal> {
    let project = call.scope().0;
    world
        .resources
        .retain(|resource| resource.family != family || resource.project != project);
    Ok(Done::Nothing)
}

pub(super) fn create_endpoint(
    world: &mut World,
    call: &Call,
    family: Family,
) -> Result<Done, Refusal> {
    let job = world.begin(family);
    let mut members = call.body.clone();
    members["privateEndpointConnectionName"] = format!("vpce-{}", &world.id()[7..]).into();
    let endpoint = world.add(family, call.scope(), job, members);
    Ok(Done::One(render(world, call, &endpoint)))
}
