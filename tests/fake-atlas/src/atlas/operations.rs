//! The handler of each operation. Both generations use the same operation names and resources.

use serde_json::Value;

use super::api_error::ApiError;
use super::family::Family;
use super::request::Call;
use super::store::{Phase, Resource, Store};
use super::{collections, exports, legacy, restores, settings, shared_tier, snapshots};

/// What a handler returns.
pub(super) enum Output {
    One(Value),
    /// A list, of which the request may want one page.
    List(Vec<Value>),
    Empty,
}

/// Handles a request: the function behind an operation.
pub(super) type Handler = fn(&mut Store, &Call, Family) -> Result<Output, ApiError>;

const OPERATIONS: &[(&str, Family, Handler)] = &[
    ("listSnapshots", Family::Snapshot, list),
    (
        "listShardedSnapshots",
        Family::Snapshot,
        snapshots::list_sharded,
    ),
    ("takeSnapshot", Family::Snapshot, snapshots::take),
    ("getSnapshot", Family::Snapshot, get),
    (
        "getShardedSnapshot",
        Family::Snapshot,
        snapshots::get_sharded,
    ),
    (
        "updateSnapshotRetention",
        Family::Snapshot,
        snapshots::retain,
    ),
    ("deleteSnapshot", Family::Snapshot, delete),
    (
        "deleteShardedSnapshot",
        Family::Snapshot,
        snapshots::delete_sharded,
    ),
    (
        "listSnapshotDatabases",
        Family::Snapshot,
        collections::databases,
    ),
    (
        "getSnapshotDatabase",
        Family::Snapshot,
        collections::database,
    ),
    (
        "listSnapshotCollections",
        Family::Snapshot,
        collections::collections,
    ),
    (
        "getSnapshotCollection",
        Family::Snapshot,
        collections::collection,
    ),
    ("listRestoreJobs", Family::RestoreJob, list),
    ("createRestoreJob", Family::RestoreJob, restores::create),
    ("getRestoreJob", Family::RestoreJob, get),
    ("cancelRestoreJob", Family::RestoreJob, restores::cancel),
    ("listExportJobs", Family::ExportJob, list),
    ("createExportJob", Family::ExportJob, exports::create),
    ("getExportJob", Family::ExportJob, get),
    (
        "listExportBuckets",
        Family::ExportBucket,
        exports::list_buckets,
    ),
    (
        "createExportBucket",
        Family::ExportBucket,
        exports::create_bucket,
    ),
    ("getExportBucket", Family::ExportBucket, get),
    ("updateExportBucket", Family::ExportBucket, update),
    ("deleteExportBucket", Family::ExportBucket, delete),
    (
        "listCollectionRestoreJobs",
        Family::CollectionRestoreJob,
        list,
    ),
    (
        "createCollectionRestoreJob",
        Family::CollectionRestoreJob,
        collections::restore,
    ),
    ("getCollectionRestoreJob", Family::CollectionRestoreJob, get),
    (
        "listCollectionRestoreJobCollections",
        Family::CollectionRestoreJob,
        collections::progress,
    ),
    (
        "getCollectionRestoreJobCollection",
        Family::CollectionRestoreJob,
        collections::progress_of_one,
    ),
    ("getSchedule", Family::Schedule, single),
    (
        "updateSchedule",
        Family::Schedule,
        settings::update_schedule,
    ),
    (
        "deleteSchedule",
        Family::Schedule,
        settings::delete_schedule,
    ),
    ("getCompliancePolicy", Family::CompliancePolicy, single),
    (
        "updateCompliancePolicy",
        Family::CompliancePolicy,
        settings::update_policy,
    ),
    (
        "disableCompliancePolicy",
        Family::CompliancePolicy,
        settings::disable_policy,
    ),
    ("listPrivateEndpoints", Family::PrivateEndpoint, list),
    (
        "createPrivateEndpoint",
        Family::PrivateEndpoint,
        settings::create_endpoint,
    ),
    ("getPrivateEndpoint", Family::PrivateEndpoint, get),
    ("deletePrivateEndpoint", Family::PrivateEndpoint, delete),
    ("listFlexSnapshots", Family::FlexSnapshot, list),
    ("getFlexSnapshot", Family::FlexSnapshot, get),
    (
        "downloadFlexSnapshot",
        Family::FlexRestoreJob,
        shared_tier::download,
    ),
    ("listFlexRestoreJobs", Family::FlexRestoreJob, list),
    (
        "createFlexRestoreJob",
        Family::FlexRestoreJob,
        shared_tier::restore,
    ),
    ("getFlexRestoreJob", Family::FlexRestoreJob, get),
    ("listTenantSnapshots", Family::TenantSnapshot, list),
    ("getTenantSnapshot", Family::TenantSnapshot, get),
    (
        "downloadTenantSnapshot",
        Family::TenantRestoreJob,
        shared_tier::download,
    ),
    ("listTenantRestoreJobs", Family::TenantRestoreJob, list),
    (
        "createTenantRestoreJob",
        Family::TenantRestoreJob,
        shared_tier::restore,
    ),
    ("getTenantRestoreJob", Family::TenantRestoreJob, get),
    ("listServerlessSnapshots", Family::ServerlessSnapshot, list),
    ("getServerlessSnapshot", Family::ServerlessSnapshot, get),
    (
        "listServerlessRestoreJobs",
        Family::ServerlessRestoreJob,
        list,
    ),
    (
        "createServerlessRestoreJob",
        Family::ServerlessRestoreJob,
        restores::create,
    ),
    ("getServerlessRestoreJob", Family::ServerlessRestoreJob, get),
    (
        "listLegacySnapshots",
        Family::LegacySnapshot,
        legacy::list_snapshots,
    ),
    ("getLegacySnapshot", Family::LegacySnapshot, get),
    (
        "updateLegacySnapshotRetention",
        Family::LegacySnapshot,
        legacy::retain,
    ),
    ("deleteLegacySnapshot", Family::LegacySnapshot, delete),
    ("listLegacyCheckpoints", Family::LegacyCheckpoint, list),
    ("getLegacyCheckpoint", Family::LegacyCheckpoint, get),
    (
        "listLegacyRestoreJobs",
        Family::LegacyRestoreJob,
        legacy::list_restores,
    ),
    (
        "createLegacyRestoreJob",
        Family::LegacyRestoreJob,
        legacy::restore,
    ),
    ("getLegacyRestoreJob", Family::LegacyRestoreJob, get),
    ("getLegacySchedule", Family::LegacySchedule, single),
    (
        "updateLegacySchedule",
        Family::LegacySchedule,
        update_single,
    ),
];

/// The handler of this operation, and the family it works on; `None` for an operation that gets the
/// example of its document.
pub(super) fn handler(operation: &str) -> Option<(Family, Handler)> {
    OPERATIONS
        .iter()
        .find(|(known, ..)| *known == operation)
        .map(|(_, family, handler)| (*family, *handler))
}

/// Renders the resource as it is now.
pub(super) fn render(store: &Store, call: &Call, resource: &Resource) -> Value {
    super::rendering::render(resource, store.now(), &call.operation.api, &call.origin)
}

/// All resources of the family, newest first.
pub(super) fn all(store: &Store, call: &Call, family: Family) -> Vec<Value> {
    let mut found: Vec<&Resource> = store.resources_of(family, call.scope()).collect();
    found.sort_by(|one, other| (other.job.created, &other.id).cmp(&(one.job.created, &one.id)));
    found
        .into_iter()
        .map(|resource| render(store, call, resource))
        .collect()
}

fn list(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    Ok(Output::List(all(store, call, family)))
}

fn get(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    Ok(Output::One(render(
        store,
        call,
        store.find(family, call.scope(), call.id())?,
    )))
}

fn delete(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let id = store.find(family, call.scope(), call.id())?.id.clone();
    store.remove(|resource| resource.id == id);
    Ok(Output::Empty)
}

/// Reads return what was written.
fn update(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let resource = store.find_mut(family, call.scope(), call.id())?;
    resource
        .members
        .extend(call.body.as_object().cloned().unwrap_or_default());
    get(store, call, family)
}

/// The only resource of the family. A project without a compliance policy gets an empty object.
fn single(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let found = store.resources_of(family, call.scope()).next();
    Ok(Output::One(found.map_or_else(
        || Value::Object(serde_json::Map::new()),
        |resource| render(store, call, resource),
    )))
}

fn update_single(store: &mut Store, call: &Call, family: Family) -> Result<Output, ApiError> {
    let (id, scope) = (
        store
            .resources_of(family, call.scope())
            .next()
            .map(|resource| resource.id.clone()),
        call.scope(),
    );
    let resource = store.find_mut(family, scope, &id.unwrap_or_default())?;
    resource
        .members
        .extend(call.body.as_object().cloned().unwrap_or_default());
    single(store, call, family)
}

/// The snapshot that the body names. It must exist and be complete.
pub(super) fn snapshot(store: &Store, call: &Call, family: Family) -> Result<Resource, ApiError> {
    let found = store.find(
        family.snapshots(),
        call.scope(),
        call.body["snapshotId"].as_str().unwrap_or_default(),
    )?;
    match found.job.phase(store.now()) {
        Phase::Done => Ok(found.clone()),
        _ => {
            let detail = "The snapshot is not complete and cannot be downloaded yet.";
            Err(ApiError::new(
                409,
                "CANNOT_DOWNLOAD_INCOMPLETE_SNAPSHOT",
                detail,
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents;

    #[test]
    fn the_table_has_each_operation_once_and_only_those_of_the_documents() {
        for (index, (name, ..)) in OPERATIONS.iter().enumerate() {
            let first = OPERATIONS.iter().position(|(known, ..)| known == name);
            assert_eq!(first, Some(index), "{name} is in the table twice");
            let mut operations = documents().operations();
            assert!(
                operations.any(|operation| operation.id == *name),
                "no document has the operation {name}: rename or remove it in OPERATIONS"
            );
        }
    }
}
