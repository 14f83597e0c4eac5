//! Which clusters: all of some projects, or those of a list.

use std::collections::{HashMap, HashSet};

use atlas_backup_api::v2::types;
use atlas_backup_api::{Client, ClusterName, ObjectId};
use tokio::task::JoinSet;

use super::Shard;
use super::listed::Listed;
use crate::commands::Context;
use crate::except;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::records::{Cluster, Taken};
use crate::target::{self, Kind, Target};

/// How many projects are listed at the same time.
const PROJECTS_AT_ONCE: usize = 16;

/// Which clusters the user has asked for.
pub enum Selection {
    /// Those with these names or ids, each of a project that is named or, if none is, of the one of
    /// the option `--project`.
    Listed(Vec<Listed>),
    /// All clusters of the project of the option `--project`.
    Project(Filter),
    /// All clusters of all projects that the credentials can read.
    AllProjects(Filter),
}

/// Which clusters of a project.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only clusters that have all of these tags.
    pub tags: Vec<(String, String)>,
    /// Not the clusters with these names or ids.
    pub except: Vec<String>,
}

/// A cluster whose turn comes.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub project: ObjectId,
    /// The name, or what the user has written.
    pub cluster: String,
    pub id: Option<ObjectId>,
    pub kind: Option<Kind>,
}

/// What a selection has found.
#[derive(Default)]
pub struct Found {
    pub clusters: Vec<Candidate>,
    /// Clusters of which there is a result already, such as those without backups; each with what
    /// says to which shard it belongs. None: it is a result of every shard, because each has failed
    /// to look the clusters up.
    settled: Vec<(Option<String>, Taken)>,
    /// The clusters of `--except` that there are.
    excepted: HashSet<String>,
}

impl Candidate {
    /// Finds the cluster, unless everything is known.
    pub async fn target(&self, client: &Client) -> Result<Target, Failure> {
        let name = self.cluster.parse::<ClusterName>();
        match (name, &self.id, self.kind) {
            (Ok(cluster), Some(id), Some(kind)) => Ok(Target {
                project: self.project.clone(),
                cluster,
                id: Some(id.clone()),
                kind,
            }),
            _ => Target::find(client, self.project.clone(), &self.cluster).await,
        }
    }
}

impl Selection {
    /// Finds out which clusters there are. Nothing has been taken if this fails.
    pub async fn find(self, context: &Context) -> Result<Found, Failure> {
        context.progress.step("looking for the clusters");
        let mut found = Found::default();
        match self {
            Selection::Listed(listed) => found.listed(context, listed).await?,
            Selection::Project(filter) => {
                let project = context.project().await?;
                for cluster in all_of(&context.client, &project).await? {
                    found.add(&project, cluster, &filter);
                }
                found.warn_of_unknown(context, &filter);
            }
            Selection::AllProjects(filter) => {
                found.all_projects(context, &filter).await?;
                found.warn_of_unknown(context, &filter);
            }
        }
        if found.clusters.is_empty() && found.settled.is_empty() {
            return Err(Failure::new(Exit::NotFound, "no cluster was selected"));
        }
        Ok(found)
    }
}

/// A cluster of a project, with its tags.
type Tagged = (Cluster, Vec<types::ResourceTag>);

/// Lists the clusters of a project.
async fn all_of(client: &Client, project: &ObjectId) -> Result<Vec<Tagged>, Failure> {
    let mut clusters = client.v2().list_clusters(project).stream();
    let mut all = Vec::new();
    while let Some(cluster) = clusters.next().await {
        let cluster = cluster?;
        all.push((Cluster::new(project, &cluster), cluster.tags));
    }
    Ok(all)
}

impl Found {
    /// Keeps what belongs to a shard. A cluster whose id is not known yet stays.
    pub fn divide(&mut self, shard: &Shard) {
        self.clusters.retain(|candidate| {
            let id = candidate.id.as_ref();
            id.is_none_or(|id| shard.has(id.as_str()))
        });
        self.settled
            .retain(|(key, _)| key.as_ref().is_none_or(|key| shard.has(key)));
    }

    /// The results that there are already.
    pub fn take_settled(&mut self) -> Vec<Taken> {
        let settled = std::mem::take(&mut self.settled);
        settled.into_iter().map(|(_, taken)| taken).collect()
    }

    /// Lists several projects at the same time. What cannot be read of one does not keep the others
    /// from being taken.
    async fn all_projects(&mut self, context: &Context, filter: &Filter) -> Result<(), Failure> {
        let mut projects = context.client.v2().list_projects().stream();
        let mut lists = JoinSet::new();
        let mut is_last = false;
        while !is_last || !lists.is_empty() {
            if !is_last && lists.len() < PROJECTS_AT_ONCE {
                match projects.next().await.transpose()? {
                    Some(project) => {
                        let client = context.client.clone();
                        lists.spawn(async move {
                            let listed = all_of(&client, &project.id).await;
                            (project.id.clone(), listed)
                        });
                    }
                    None => is_last = true,
                }
                continue;
            }
            if let Some(listed) = lists.join_next().await {
                match listed.map_err(Failure::of_task)? {
                    (project, Ok(clusters)) => {
                        for cluster in clusters {
                            self.add(&project, cluster, filter);
                        }
                    }
                    (project, Err(failure)) => {
                        let taken = Taken::failed(&project, "", &failure);
                        self.settled.push((None, taken));
                    }
                }
            }
        }
        Ok(())
    }

    /// Finds the projects of a list. The same cluster is taken once, however often it is listed.
    async fn listed(&mut self, context: &Context, listed: Vec<Listed>) -> Result<(), Failure> {
        let mut projects: HashMap<Option<String>, Result<ObjectId, Failure>> = HashMap::new();
        let mut seen = HashSet::new();
        for one in listed {
            if !projects.contains_key(&one.project) {
                let id = one.find_project(context).await;
                projects.insert(one.project.clone(), id);
            }
            match &projects[&one.project] {
                Ok(project) => {
                    if seen.insert((project.clone(), one.cluster.clone())) {
                        self.add_listed(project, one);
                    }
                }
                // Without a project at all, no cluster can be found.
                Err(failure) if one.project.is_none() => return Err(failure.clone()),
                Err(failure) => {
                    let project = one.project.unwrap_or_default();
                    let taken = Taken::of_unknown_project(&project, &one.cluster, failure);
                    let key = format!("{project}/{}", one.cluster);
                    let is_known = failure.exit == Exit::NotFound;
                    self.settled.push((is_known.then_some(key), taken));
                }
            }
        }
        Ok(())
    }

    fn add_listed(&mut self, project: &ObjectId, listed: Listed) {
        let line = listed.line.as_ref();
        if let (Some(reason), Some(id)) = (
            line.and_then(|line| why_skipped(line.kind, line.backup, line.paused)),
            line.and_then(|line| line.id.as_ref()),
        ) {
            let taken = Taken::skipped(project, &listed.cluster, reason);
            self.settled.push((Some(id.to_string()), taken));
            return;
        }
        self.clusters.push(Candidate {
            project: project.clone(),
            id: line.and_then(|line| line.id.clone()),
            kind: line.and_then(|line| line.kind),
            cluster: listed.cluster,
        });
    }

    /// Adds a cluster of a project, if it is selected.
    fn add(&mut self, project: &ObjectId, (cluster, tags): Tagged, filter: &Filter) {
        let name = cluster.cluster.as_ref();
        let name = name.map_or_else(|| cluster.id.to_string(), ToString::to_string);
        if !filter.has_tags(&tags) {
            return;
        }
        let is_meant = |one: &&String| **one == name || **one == cluster.id.as_str();
        if let Some(excepted) = filter.except.iter().find(is_meant) {
            self.excepted.insert(excepted.clone());
            return;
        }
        match why_skipped(cluster.kind, cluster.backup, cluster.paused) {
            Some(reason) => {
                let taken = Taken::skipped(project, &name, reason);
                self.settled.push((Some(cluster.id.to_string()), taken));
            }
            None => self.clusters.push(Candidate {
                project: project.clone(),
                cluster: name,
                id: Some(cluster.id),
                kind: cluster.kind,
            }),
        }
    }

    fn warn_of_unknown(&self, context: &Context, filter: &Filter) {
        let is_known = |one: &str| self.excepted.contains(one);
        except::warn_of_unknown(&context.progress, "--except", &filter.except, is_known);
    }
}

/// Why no snapshot is requested of a cluster, although it is selected.
fn why_skipped(
    kind: Option<Kind>,
    backup: Option<bool>,
    paused: Option<bool>,
) -> Option<&'static str> {
    match (kind, backup, paused) {
        (Some(Kind::Tenant | Kind::Flex | Kind::Serverless), ..) => {
            Some("Atlas takes its snapshots by itself, if any, and none when asked")
        }
        (_, Some(false), _) => Some("its backups are turned off"),
        (_, _, Some(true)) => Some("it is paused, and Atlas takes no backups of a paused cluster"),
        _ => None,
    }
}

impl Filter {
    fn has_tags(&self, tags: &[types::ResourceTag]) -> bool {
        let has = |(key, value): &(String, String)| {
            let mut tags = tags.iter();
            tags.any(|tag| tag.key.as_ref() == Some(key) && tag.value.as_ref() == Some(value))
        };
        self.tags.iter().all(has)
    }
}

impl Listed {
    /// Finds the project.
    async fn find_project(&self, context: &Context) -> Result<ObjectId, Failure> {
        match &self.project {
            Some(project) => target::project(&context.client, Some(project)).await,
            None => context.project().await,
        }
    }

    /// Finds the cluster.
    pub async fn target(&self, context: &Context) -> Result<Target, Failure> {
        let project = self.find_project(context).await?;
        Target::find(&context.client, project, &self.cluster).await
    }
}
