//! The project and the cluster that a command is about, by name or id.

use std::env::{self, VarError};
use std::fmt;

use atlas_backup_api::v2::types::{self, ClusterProvider, ClusterType};
use atlas_backup_api::{Client, ClusterName, Error, FindError, ObjectId};
use serde::{Serialize, Serializer};

use crate::exit::Exit;
use crate::failure::Failure;

/// A cluster, with its project and its kind.
#[derive(Clone, Debug)]
pub struct Target {
    pub project: ObjectId,
    pub cluster: ClusterName,
    /// The id; none of a serverless instance, or of a cluster that was deleted.
    pub id: Option<ObjectId>,
    pub kind: Kind,
}

/// The kinds of clusters, each of which has calls of its own for backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    ReplicaSet,
    Sharded,
    Flex,
    /// M0, M2 and M5 clusters. Atlas ended the latter two on 2026-01-22.
    Tenant,
    /// Serverless instances. Atlas ended them on 2026-01-22.
    Serverless,
}

impl Target {
    /// Finds a cluster by its name or its id.
    pub async fn find(
        client: &Client,
        project: ObjectId,
        name_or_id: &str,
    ) -> Result<Self, Failure> {
        let name: ClusterName = name_or_id
            .parse()
            .map_err(|error| Failure::usage(format!("the cluster: {error}")))?;
        let api = client.v2();
        let (cluster, id, kind) = match api.find_cluster(&project, name_or_id).await {
            Ok(cluster) => match Kind::of(&cluster) {
                Some(kind) => (name_of(&cluster)?, Some(cluster.id.clone()), kind),
                None => {
                    let name = name_of(&cluster)?;
                    let kind = kind_by_snapshots(client, &project, &name).await?;
                    (
                        name,
                        Some(cluster.id.clone()),
                        kind.unwrap_or(Kind::ReplicaSet),
                    )
                }
            },
            Err(FindError::IsFlex { .. }) => {
                let cluster = api.find_flex_cluster(&project, name_or_id).await?;
                (name_of(&cluster)?, Some(cluster.id.clone()), Kind::Flex)
            }
            Err(error) if may_have_snapshots(&error) => {
                match kind_by_snapshots(client, &project, &name).await? {
                    Some(kind) => (name, None, kind),
                    None => {
                        let all = format!("`atlas-backup clusters --project {project}` lists all");
                        return Err(Failure::from(error).advise(all));
                    }
                }
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Target {
            project,
            cluster,
            id,
            kind,
        })
    }

    /// Whether this is its name or its id.
    pub fn is_called(&self, name_or_id: &str) -> bool {
        let id = self.id.as_ref().map(ObjectId::as_str);
        self.cluster.as_str() == name_or_id || id == Some(name_or_id)
    }

    /// A command of this program for the same cluster: `atlas-backup wait --project ID orders MORE`.
    pub fn command(&self, name: &str, more: &str) -> String {
        let (project, cluster) = (&self.project, &self.cluster);
        let command = format!("atlas-backup {name} --project {project} {cluster} {more}");
        command.trim_end().to_owned()
    }
}

/// The name of a cluster that Atlas has returned.
fn name_of<'a, C>(cluster: &'a C) -> Result<ClusterName, Failure>
where
    ClusterName: TryFrom<&'a C, Error: fmt::Display>,
{
    ClusterName::try_from(cluster)
        .map_err(|error| Failure::new(Exit::Other, format!("the name of the cluster: {error}")))
}

/// Finds the project by the option `--project`, or else by the environment. Only a name takes a
/// request.
pub async fn project(client: &Client, option: Option<&str>) -> Result<ObjectId, Failure> {
    let name_or_id = given(option)?;
    match name_or_id.parse() {
        Ok(id) => Ok(id),
        Err(_) => Ok(client.v2().find_project(&name_or_id).await?.id),
    }
}

/// The name of the project, if it is given by its name.
pub fn project_name(option: Option<&str>) -> Option<String> {
    let name_or_id = given(option).ok()?;
    let is_id = name_or_id.parse::<ObjectId>().is_ok();
    (!is_id).then_some(name_or_id)
}

/// The name or the id of the project.
fn given(option: Option<&str>) -> Result<String, Failure> {
    match option {
        Some(text) => Ok(text.to_owned()),
        None => from_environment(),
    }
}

/// The project that the environment names. An empty variable counts as not set, as it does for
/// credentials.
fn from_environment() -> Result<String, Failure> {
    for name in ["MONGODB_ATLAS_PROJECT", "MONGODB_ATLAS_PROJECT_ID"] {
        match env::var(name) {
            Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned()),
            Err(VarError::NotUnicode(_)) => {
                return Err(Failure::usage(format!("{name} is not Unicode")));
            }
            _ => {}
        }
    }
    Err(Failure::usage(
        "which project? Give --project NAME, or set MONGODB_ATLAS_PROJECT",
    ))
}

impl Kind {
    /// The kind of a cluster that is no flex cluster. `None` for a kind that this version does not
    /// know.
    pub fn of(cluster: &types::Cluster) -> Option<Self> {
        let mut regions = cluster
            .replication_specs
            .iter()
            .flat_map(|spec| &spec.region_configs);
        if regions.any(|region| region.provider_name == Some(ClusterProvider::Tenant)) {
            return Some(Kind::Tenant);
        }
        Some(match cluster.is_sharded()? {
            true => Kind::Sharded,
            false => Kind::ReplicaSet,
        })
    }

    /// The kind with this word; `None` if there is none.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [
            Kind::ReplicaSet,
            Kind::Sharded,
            Kind::Flex,
            Kind::Tenant,
            Kind::Serverless,
        ];
        all.into_iter().find(|kind| kind.word() == word)
    }

    /// The word in tables, and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::ReplicaSet => "replicaSet",
            Kind::Sharded => "sharded",
            Kind::Flex => "flex",
            Kind::Tenant => "tenant",
            Kind::Serverless => "serverless",
        }
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// Whether there may be snapshots, although Atlas does not return the cluster: it is a serverless
/// instance, or it was deleted and its snapshots were kept.
fn may_have_snapshots(error: &FindError) -> bool {
    match error {
        FindError::NotFound { .. } => true,
        FindError::Call(error) => error
            .error_code()
            .is_some_and(|code| code.contains("SERVERLESS")),
        _ => false,
    }
}

/// Finds out the kind of a cluster by its snapshots: each kind has a list of its own, and Atlas
/// refuses the lists of the others. `None` if no list has a snapshot. A refusal for another reason is
/// an error.
async fn kind_by_snapshots(
    client: &Client,
    project: &ObjectId,
    cluster: &ClusterName,
) -> Result<Option<Kind>, Failure> {
    for list in [Kind::ReplicaSet, Kind::Tenant, Kind::Serverless] {
        match first_of(client, project, cluster, list).await {
            Ok(Some(kind)) => return Ok(Some(kind)),
            Ok(None) => {}
            Err(error) if shows_another_kind(list, &error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// Whether Atlas refuses a list because the cluster is of another kind. How Atlas refuses the lists
/// of the kinds that it has ended is not documented, so each of its answers says no more than that,
/// unless it may be another in a moment.
fn shows_another_kind(list: Kind, error: &Error) -> bool {
    if !matches!(error, Error::Api(_)) || error.is_rate_limited() {
        return false;
    }
    match error.status().map(|status| status.as_u16()) {
        Some(400 | 404 | 410) => true,
        Some(402..=499 | 501) => matches!(list, Kind::Tenant | Kind::Serverless),
        _ => false,
    }
}

/// The kind of the cluster, if this list has a snapshot of it.
#[allow(
    deprecated,
    reason = "kinds that Atlas has ended may still have snapshots"
)]
async fn first_of(
    client: &Client,
    project: &ObjectId,
    cluster: &ClusterName,
    list: Kind,
) -> Result<Option<Kind>, Error> {
    let api = client.v2();
    let is_there = match list {
        Kind::ReplicaSet | Kind::Sharded => {
            let first = api.list_cluster_snapshots(project, cluster).next().await;
            return Ok(first.transpose()?.map(|snapshot| match snapshot.type_ {
                Some(ClusterType::ShardedCluster) => Kind::Sharded,
                _ => Kind::ReplicaSet,
            }));
        }
        Kind::Flex => {
            let mut snapshots = api.list_flex_snapshots(project, cluster).stream();
            snapshots.next().await.transpose()?.is_some()
        }
        Kind::Tenant => {
            let mut snapshots = api.list_tenant_snapshots(project, cluster).stream();
            snapshots.next().await.transpose()?.is_some()
        }
        Kind::Serverless => {
            let mut snapshots = api.list_serverless_snapshots(project, cluster).stream();
            snapshots.next().await.transpose()?.is_some()
        }
    };
    Ok(is_there.then_some(list))
}
