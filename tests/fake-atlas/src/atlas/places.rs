//! Projects and clusters, which can be looked up by name. They are not created or changed here.

use serde_json::{Value, json};

use super::api_error::ApiError;
use super::family::ClusterKind;
use super::operations::Output;
use super::request::Call;
use super::store::{Cluster, DAY, EPOCH, Project, Store, timestamp};

/// Handles a request for a project or a cluster.
type LookUp = fn(&Store, &Call) -> Result<Output, ApiError>;

const LOOK_UPS: &[(&str, LookUp)] = &[
    ("listProjects", list_projects),
    ("getProject", get_project),
    ("getProjectByName", get_project_by_name),
    ("listClusters", list_clusters),
    ("getCluster", get_cluster),
    ("listFlexClusters", list_flex_clusters),
    ("getFlexCluster", get_flex_cluster),
];

/// The handler of this operation, if it looks up projects or clusters.
pub(super) fn handler(operation: &str) -> Option<LookUp> {
    LOOK_UPS
        .iter()
        .find(|(known, _)| *known == operation)
        .map(|(_, look_up)| *look_up)
}

fn list_projects(store: &Store, call: &Call) -> Result<Output, ApiError> {
    let projects = store.projects.iter();
    Ok(Output::List(
        projects.map(|it| project(store, call, it)).collect(),
    ))
}

fn get_project(store: &Store, call: &Call) -> Result<Output, ApiError> {
    let id = call.path("groupId");
    let found = store.projects.iter().find(|it| it.id == id);
    let found = found.ok_or_else(|| ApiError::no_project(id))?;
    Ok(Output::One(project(store, call, found)))
}

/// A name is unique only within an organization, and the caller may see more than one.
fn get_project_by_name(store: &Store, call: &Call) -> Result<Output, ApiError> {
    let name = call.path("groupName");
    let mut found = store.projects.iter().filter(|it| it.name == name);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(Output::One(project(store, call, one))),
        (None, _) => Err(ApiError::not_in_project()),
        (Some(_), Some(_)) => Err(ApiError::several_projects()),
    }
}

fn list_clusters(store: &Store, call: &Call) -> Result<Output, ApiError> {
    let known = clusters(store, call).filter(|it| is_listed(it.kind));
    Ok(Output::List(known.map(|it| cluster(call, it)).collect()))
}

fn get_cluster(store: &Store, call: &Call) -> Result<Output, ApiError> {
    let found = named(store, call)?;
    match found.kind {
        ClusterKind::Flex => Err(ApiError::is_flex(&found.name)),
        ClusterKind::Serverless => Err(ApiError::is_serverless(&found.name)),
        _ => Ok(Output::One(cluster(call, found))),
    }
}

fn list_flex_clusters(store: &Store, call: &Call) -> Result<Output, ApiError> {
    let known = clusters(store, call).filter(|it| it.kind == ClusterKind::Flex);
    Ok(Output::List(
        known.map(|it| flex_cluster(call, it)).collect(),
    ))
}

fn get_flex_cluster(store: &Store, call: &Call) -> Result<Output, ApiError> {
    let found = named(store, call)?;
    if found.kind != ClusterKind::Flex {
        return Err(ApiError::is_not_flex(&found.name));
    }
    Ok(Output::One(flex_cluster(call, found)))
}

/// The clusters of the project, in the order in which they were made.
fn clusters<'a>(store: &'a Store, call: &Call) -> std::slice::Iter<'a, Cluster> {
    store.clusters_of(call.path("groupId")).iter()
}

fn named<'a>(store: &'a Store, call: &Call) -> Result<&'a Cluster, ApiError> {
    let (project, name) = call.scope();
    clusters(store, call)
        .find(|it| it.name == name)
        .ok_or_else(|| ApiError::no_cluster(project, name))
}

/// Flex clusters and serverless instances have lists of their own.
fn is_listed(kind: ClusterKind) -> bool {
    !matches!(kind, ClusterKind::Flex | ClusterKind::Serverless)
}

fn project(store: &Store, call: &Call, project: &Project) -> Value {
    json!({
        "clusterCount": store.clusters_of(&project.id).len(),
        "created": timestamp(EPOCH - 365 * DAY),
        "id": project.id,
        "links": [link(call, &project.id, "")],
        "name": project.name,
        "orgId": "5e2211c17a3e5a48f5497de3",
        "tags": [],
    })
}

/// The members that clusters of both families have.
fn common(call: &Call, cluster: &Cluster, path: &str) -> Value {
    let name = &cluster.name;
    let path = format!("/{path}/{name}");
    let tags = cluster.tags.iter();
    let tags = tags.map(|(key, value)| json!({"key": key, "value": value}));
    json!({
        "clusterType": if cluster.kind == ClusterKind::Sharded { "SHARDED" } else { "REPLICASET" },
        "connectionStrings": {
            "standard": format!("mongodb://{name}-shard-00-00.ab1cd.mongodb.net:27017"),
            "standardSrv": format!("mongodb+srv://{name}.ab1cd.mongodb.net"),
        },
        "createDate": timestamp(EPOCH - 365 * DAY),
        "groupId": cluster.project,
        "id": cluster.id,
        "links": [link(call, &cluster.project, &path)],
        "mongoDBVersion": "8.0.8",
        "name": name,
        "stateName": "IDLE",
        "tags": tags.collect::<Vec<_>>(),
        "terminationProtectionEnabled": false,
    })
}

fn cluster(call: &Call, cluster: &Cluster) -> Value {
    let mut value = common(call, cluster, "clusters");
    let is_tenant = cluster.kind == ClusterKind::Tenant;
    let shards = if cluster.kind == ClusterKind::Sharded {
        2
    } else {
        1
    };
    let region = if is_tenant {
        json!({
            "backingProviderName": "AWS",
            "electableSpecs": {"instanceSize": "M2"},
            "priority": 7,
            "providerName": "TENANT",
            "regionName": "US_EAST_1",
        })
    } else {
        json!({
            "electableSpecs": {"diskSizeGB": 40.0, "instanceSize": "M30", "nodeCount": 3},
            "priority": 7,
            "providerName": "AWS",
            "regionName": "US_EAST_1",
        })
    };
    let spec = json!({"regionConfigs": [region], "zoneId": cluster.id, "zoneName": "Zone 1"});
    value["backupEnabled"] = cluster.backups.into();
    value["featureCompatibilityVersion"] = "8.0".into();
    value["mongoDBMajorVersion"] = "8.0".into();
    value["paused"] = cluster.paused.into();
    value["pitEnabled"] = (!is_tenant).into();
    value["replicationSpecs"] = vec![spec; shards].into();
    if cluster.kind == ClusterKind::Sharded {
        value["configServerType"] = "DEDICATED".into();
    }
    value
}

fn flex_cluster(call: &Call, cluster: &Cluster) -> Value {
    let mut value = common(call, cluster, "flexClusters");
    value["backupSettings"] = json!({"enabled": true});
    value["providerSettings"] =
        json!({"backingProviderName": "AWS", "diskSizeGB": 5.0, "regionName": "US_EAST_1"});
    value
}

fn link(call: &Call, project: &str, path: &str) -> Value {
    let href = format!("{}/api/atlas/v2/groups/{project}{path}", call.origin);
    json!({"href": href, "rel": "self"})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents;

    #[test]
    fn the_documents_have_every_look_up() {
        for (name, _) in LOOK_UPS {
            let mut operations = documents().operations();
            assert!(
                operations.any(|operation| operation.id == *name),
                "no document has the operation {name}: rename or remove it in LOOK_UPS"
            );
        }
    }
}
