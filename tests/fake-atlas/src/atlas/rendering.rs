//! Renders resources as JSON: a table says which members of a family are shown in which phase of a
//! job, and which values they have.

use serde_json::{Map, Value, json};

use super::family::Family;
use super::restores::LIFETIME;
use super::store::{Moment, Phase, Resource};

/// How the resources of a family are rendered.
struct Rendering {
    /// The links: relation, and path after the project, with placeholders `{cluster}`, `{id}` and
    /// `{member}`.
    links: &'static [(&'static str, &'static str)],
    /// A member (`outer.inner`), and its values when the job is queued, running, done and failed.
    phase_values: &'static [(&'static str, [&'static str; 4])],
    /// Members that are hidden until the job runs.
    from_start: &'static [&'static str],
    /// Members that are hidden until the job has ended, successfully or not.
    from_end: &'static [&'static str],
    /// Members that are shown only when the job is done.
    when_done: &'static [&'static str],
    /// Members that are empty lists, or zero, until the job is done.
    empty_until_done: &'static [&'static str],
    /// Members that are added when the job has failed, as JSON.
    when_failed: &'static str,
}

const CLUSTER: (&str, &str) = ("cluster", "clusters/{cluster}");
const SHARED_STATUS: &[(&str, [&str; 4])] =
    &[("status", ["PENDING", "RUNNING", "COMPLETED", "FAILED"])];
const RESTORE_FLAGS: &[(&str, [&str; 4])] = &[
    ("failed", ["false", "false", "false", "true"]),
    // `render` sets those that become true later.
    ("expired", ["false", "false", "false", "false"]),
    ("cancelled", ["false", "false", "false", "false"]),
];

const NOTHING: Rendering = Rendering {
    links: &[],
    phase_values: &[],
    from_start: &[],
    from_end: &[],
    when_done: &[],
    empty_until_done: &[],
    when_failed: "{}",
};

const SNAPSHOT: Rendering = Rendering {
    links: &[
        ("self", "clusters/{cluster}/backup/snapshots/{id}"),
        CLUSTER,
    ],
    phase_values: &[("status", ["queued", "inProgress", "completed", "failed"])],
    from_start: &[
        "createdAt",
        "cloudProvider",
        "mongodVersion",
        "policyItems",
        "copyRegions",
        "members",
        "snapshotIds",
    ],
    empty_until_done: &["storageSizeBytes", "members", "snapshotIds"],
    ..NOTHING
};

const RESTORE_JOB: Rendering = Rendering {
    links: &[
        ("self", "clusters/{cluster}/backup/restoreJobs/{id}"),
        (
            "snapshot",
            "clusters/{cluster}/backup/snapshots/{snapshotId}",
        ),
        CLUSTER,
        ("group", ""),
    ],
    phase_values: RESTORE_FLAGS,
    from_end: &["finishedAt"],
    when_done: &["expiresAt", "components"],
    empty_until_done: &["deliveryUrl"],
    ..NOTHING
};

const EXPORT_JOB: Rendering = Rendering {
    links: &[("self", "clusters/{cluster}/backup/exports/{id}")],
    phase_values: &[("state", ["Queued", "InProgress", "Successful", "Failed"])],
    from_end: &["finishedAt"],
    from_start: &["components"],
    empty_until_done: &["exportStatus"],
    when_failed: r#"{"stateReason": {"errorCode": "EXPORT_BUCKET_UNREACHABLE", "message": "The bucket cannot be written to."},
                        "errMsg": "The bucket cannot be written to."}"#,
    ..NOTHING
};

const COLLECTION_RESTORE_JOB: Rendering = Rendering {
    phase_values: &[
        (
            "state",
            ["INITIALIZING", "IN_PROGRESS", "SUCCESSFUL", "FAILED"],
        ),
        (
            "indexStatus.state",
            ["NOT_STARTED", "IN_PROGRESS", "SUCCESSFUL", "NOT_RESTORED"],
        ),
    ],
    from_end: &["finishedAt"],
    empty_until_done: &["restoredDocuments"],
    when_failed: r#"{"errorMessage": "The target cluster has no space left."}"#,
    ..NOTHING
};

const SCHEDULE: Rendering = Rendering {
    links: &[("self", "clusters/{cluster}/backup/schedule"), CLUSTER],
    ..NOTHING
};

const EXPORT_BUCKET: Rendering = Rendering {
    links: &[("self", "backup/exportBuckets/{id}")],
    ..NOTHING
};

const COMPLIANCE_POLICY: Rendering = Rendering {
    phase_values: &[("state", ["ENABLING", "ENABLING", "ACTIVE", "ENABLING"])],
    ..NOTHING
};

const PRIVATE_ENDPOINT: Rendering = Rendering {
    phase_values: &[(
        "status",
        ["INITIATING", "PENDING_ACCEPTANCE", "ACTIVE", "FAILED"],
    )],
    when_done: &["privateEndpointConnectionName"],
    when_failed: r#"{"errorMessage": "The endpoint could not be created."}"#,
    ..NOTHING
};

const FLEX_SNAPSHOT: Rendering = Rendering {
    links: &[("self", "flexClusters/{cluster}/backup/snapshots/{id}")],
    phase_values: SHARED_STATUS,
    from_start: &["startTime"],
    from_end: &["finishTime"],
    ..NOTHING
};

const TENANT_SNAPSHOT: Rendering = Rendering {
    links: &[("self", "clusters/{cluster}/backup/tenant/snapshots/{id}")],
    ..FLEX_SNAPSHOT
};

const FLEX_RESTORE_JOB: Rendering = Rendering {
    links: &[("self", "flexClusters/{cluster}/backup/restoreJobs/{id}")],
    phase_values: SHARED_STATUS,
    from_end: &["restoreFinishedDate"],
    when_done: &["snapshotUrl", "expirationDate"],
    ..NOTHING
};

const TENANT_RESTORE_JOB: Rendering = Rendering {
    links: &[("self", "clusters/{cluster}/backup/tenant/restores/{id}")],
    ..FLEX_RESTORE_JOB
};

const SERVERLESS_SNAPSHOT: Rendering = Rendering {
    links: &[("self", "serverless/{cluster}/backup/snapshots/{id}")],
    ..SNAPSHOT
};

const SERVERLESS_RESTORE_JOB: Rendering = Rendering {
    links: &[
        ("self", "serverless/{cluster}/backup/restoreJobs/{id}"),
        (
            "snapshot",
            "serverless/{cluster}/backup/snapshots/{snapshotId}",
        ),
    ],
    ..RESTORE_JOB
};

const LEGACY_SNAPSHOT: Rendering = Rendering {
    links: &[("self", "clusters/{cluster}/snapshots/{id}")],
    ..NOTHING
};

const LEGACY_CHECKPOINT: Rendering = Rendering {
    links: &[("self", "clusters/{cluster}/backupCheckpoints/{id}")],
    ..NOTHING
};

const LEGACY_RESTORE_JOB: Rendering = Rendering {
    links: &[
        ("self", "clusters/{cluster}/restoreJobs/{id}"),
        ("snapshot", "clusters/{cluster}/snapshots/{snapshotId}"),
        CLUSTER,
    ],
    phase_values: &[
        (
            "statusName",
            ["IN_PROGRESS", "IN_PROGRESS", "FINISHED", "BROKEN"],
        ),
        (
            "delivery.statusName",
            ["NOT_STARTED", "IN_PROGRESS", "READY", "FAILED"],
        ),
    ],
    when_done: &[
        "delivery.url",
        "delivery.urlV2",
        "delivery.authHeader",
        "delivery.authValue",
        "delivery.expires",
    ],
    empty_until_done: &["hashes"],
    ..NOTHING
};

const LEGACY_SCHEDULE: Rendering = Rendering {
    links: &[("self", "clusters/{cluster}/snapshotSchedule")],
    ..NOTHING
};

fn rendering(family: Family) -> &'static Rendering {
    match family {
        Family::Snapshot => &SNAPSHOT,
        Family::RestoreJob => &RESTORE_JOB,
        Family::ExportJob => &EXPORT_JOB,
        Family::CollectionRestoreJob => &COLLECTION_RESTORE_JOB,
        Family::Schedule => &SCHEDULE,
        Family::ExportBucket => &EXPORT_BUCKET,
        Family::CompliancePolicy => &COMPLIANCE_POLICY,
        Family::PrivateEndpoint => &PRIVATE_ENDPOINT,
        Family::FlexSnapshot => &FLEX_SNAPSHOT,
        Family::TenantSnapshot => &TENANT_SNAPSHOT,
        Family::FlexRestoreJob => &FLEX_RESTORE_JOB,
        Family::TenantRestoreJob => &TENANT_RESTORE_JOB,
        Family::ServerlessSnapshot => &SERVERLESS_SNAPSHOT,
        Family::ServerlessRestoreJob => &SERVERLESS_RESTORE_JOB,
        Family::LegacySnapshot => &LEGACY_SNAPSHOT,
        Family::LegacyCheckpoint => &LEGACY_CHECKPOINT,
        Family::LegacyRestoreJob => &LEGACY_RESTORE_JOB,
        Family::LegacySchedule => &LEGACY_SCHEDULE,
    }
}

/// Members that only one generation of the API has.
const ONLY_V1: &[(Family, &str)] = &[
    (Family::RestoreJob, "createdAt"),
    (Family::RestoreJob, "sourceClusterName"),
    (Family::ExportJob, "errMsg"),
];
const ONLY_V2: &[(Family, &str)] = &[
    (Family::ExportBucket, "roleId"),
    (Family::ExportBucket, "serviceUrl"),
    (Family::ExportBucket, "tenantId"),
    (Family::Schedule, "autoCopySettingsEnabled"),
];

/// Renders the resource as it is now, for this generation of the API. Links start with `origin`.
pub(super) fn render(resource: &Resource, now: Moment, api: &str, origin: &str) -> Value {
    let (rendering, phase) = (rendering(resource.family), resource.job.phase(now));
    let mut value = Value::Object(resource.members.clone());
    let hide = |value: &mut Value, members: &[&str]| {
        members
            .iter()
            .for_each(|member| drop(remove(value, member)))
    };
    hide(
        &mut value,
        if phase < Phase::Running {
            rendering.from_start
        } else {
            &[]
        },
    );
    hide(
        &mut value,
        if phase < Phase::Done {
            rendering.from_end
        } else {
            &[]
        },
    );
    hide(
        &mut value,
        if phase == Phase::Done {
            &[]
        } else {
            rendering.when_done
        },
    );
    let delivers = resource.members.contains_key("expiresAt");
    let expired = rendering.phase_values == RESTORE_FLAGS
        && phase == Phase::Done
        && delivers
        && now >= resource.job.finished.saturating_add(LIFETIME);
    if phase != Phase::Done || expired {
        for member in rendering.empty_until_done {
            member_mut(&mut value, member).into_iter().for_each(empty);
        }
    }
    for (member, phase_values) in rendering.phase_values {
        set(&mut value, member, phase_values[phase as usize]);
    }
    if phase == Phase::Failed && !resource.cancelled {
        let failure: Map<String, Value> =
            serde_json::from_str(rendering.when_failed).unwrap_or_default();
        value
            .as_object_mut()
            .into_iter()
            .for_each(|members| members.extend(failure.clone()));
    }
    if rendering.phase_values == RESTORE_FLAGS {
        value["expired"] = expired.into();
        value["cancelled"] = resource.cancelled.into();
        value["failed"] = (phase == Phase::Failed && !resource.cancelled).into();
    }
    let id = if resource.family == Family::ExportBucket {
        "_id"
    } else {
        "id"
    };
    if !matches!(
        resource.family,
        Family::Schedule | Family::LegacySchedule | Family::CompliancePolicy
    ) {
        value[id] = resource.id.clone().into();
    }
    if !rendering.links.is_empty() {
        value["links"] = rendering
            .links
            .iter()
            .filter_map(|link| self::link(resource, *link, api, origin))
            .collect();
    }
    let others = if api == "v1" { ONLY_V2 } else { ONLY_V1 };
    others
        .iter()
        .filter(|(family, _)| *family == resource.family)
        .for_each(|(_, member)| drop(remove(&mut value, member)));
    if resource.family == Family::Schedule {
        rename_zones(&mut value, api);
    }
    value
}

/// The id of a zone that copies go to has another name in v1.0.
fn rename_zones(schedule: &mut Value, api: &str) {
    let (from, to) = if api == "v1" {
        ("zoneId", "replicationSpecId")
    } else {
        ("replicationSpecId", "zoneId")
    };
    for setting in schedule["copySettings"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        if let Some(id) = setting.remove(from) {
            setting.insert(to.to_owned(), id);
        }
    }
}

fn link(
    resource: &Resource,
    (relation, path): (&str, &str),
    api: &str,
    origin: &str,
) -> Option<Value> {
    let mut path = path
        .replace("{cluster}", &resource.cluster)
        .replace("{id}", &resource.id);
    if path.contains("{snapshotId}") {
        path = path.replace(
            "{snapshotId}",
            resource.members.get("snapshotId")?.as_str()?,
        );
    }
    let (version, site) = if api == "v1" {
        ("v1.0", "http://mms.mongodb.com")
    } else {
        ("v2", "https://cloud.mongodb.com")
    };
    let relation = if relation == "self" {
        relation.to_owned()
    } else {
        format!("{site}/{relation}")
    };
    let group = format!("{origin}/api/atlas/{version}/groups/{}", resource.project);
    let href = if path.is_empty() {
        group
    } else {
        format!("{group}/{path}")
    };
    Some(json!({"href": href, "rel": relation}))
}

/// The member at `outer.inner`, or `None` if it does not exist.
fn member_mut<'a>(value: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    path.split('.')
        .try_fold(value, |value, name| value.get_mut(name))
}

fn remove(value: &mut Value, path: &str) -> Option<Value> {
    let (outer, name) = path.rsplit_once('.').unwrap_or(("", path));
    let holder = if outer.is_empty() {
        Some(value)
    } else {
        member_mut(value, outer)
    };
    holder?.as_object_mut()?.remove(name)
}

/// Sets a member. A nested member is set only if it exists: a legacy job without a download has no
/// delivery status.
fn set(value: &mut Value, path: &str, text: &str) {
    let text = text
        .parse::<bool>()
        .map_or_else(|_| text.into(), Value::Bool);
    match path.rsplit_once('.') {
        None => value[path] = text,
        Some(_) => member_mut(value, path)
            .into_iter()
            .for_each(|member| *member = text.clone()),
    }
}

fn empty(value: &mut Value) {
    match value {
        Value::Array(items) => items.clear(),
        Value::Number(_) => *value = 0.into(),
        Value::Object(members) => members.values_mut().for_each(empty),
        _ => {}
    }
}
