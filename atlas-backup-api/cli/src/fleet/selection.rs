//! Which clusters: all of some projects, or those of a list.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead};

use atlas_backup_api::v2::types;
use atlas_backup_api::{ClusterName, ObjectId};
use serde::Deserialize;

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::records::Taken;
use crate::target::{self, Kind, Target};

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

/// A cluster as the user has written it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The name or the id.
    project: Option<String>,
    /// The name or the id.
    cluster: String,
    /// The id, if the line is one of `clusters --json`.
    id: Option<ObjectId>,
    kind: Option<Kind>,
}

/// Which clusters of a project.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only clusters that have all of these tags.
    pub tags: Vec<(String, String)>,
    /// Not the clusters with these names.
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
    /// Clusters of which there is a result already, such as those without backups.
    pub settled: Vec<Taken>,
}

impl Candidate {
    /// Finds the cluster, unless everything is known.
    pub async fn target(&self, client: &atlas_backup_api::Client) -> Result<Target, Failure> {
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
                found.project(context, &project, &filter).await?;
            }
            Selection::AllProjects(filter) => {
                let mut projects = context.client.v2().list_projects().stream();
                while let Some(project) = projects.next().await {
                    let id = project?.id;
                    // What cannot be read of one project does not keep the others from being taken.
                    if let Err(failure) = found.project(context, &id, &filter).await {
                        found.settled.push(Taken::failed(&id, "", &failure));
                    }
                }
            }
        }
        if found.clusters.is_empty() && found.settled.is_empty() {
            return Err(Failure::new(Exit::NotFound, "no cluster was selected"));
        }
        Ok(found)
    }
}

impl Found {
    /// Finds the projects of a list. The same cluster is taken once, however often it is listed.
    async fn listed(&mut self, context: &Context, listed: Vec<Listed>) -> Result<(), Failure> {
        let mut projects: HashMap<Option<String>, Result<ObjectId, Failure>> = HashMap::new();
        let mut seen = HashSet::new();
        for one in listed {
            if !projects.contains_key(&one.project) {
                let id = match &one.project {
                    Some(_) => target::project(&context.client, one.project.as_deref()).await,
                    None => context.project().await,
                };
                projects.insert(one.project.clone(), id);
            }
            match &projects[&one.project] {
                Ok(project) => {
                    if seen.insert((project.clone(), one.cluster.clone())) {
                        self.clusters.push(Candidate {
                            project: project.clone(),
                            cluster: one.cluster,
                            id: one.id,
                            kind: one.kind,
                        });
                    }
                }
                // Without a project at all, no cluster can be found.
                Err(failure) if one.project.is_none() => return Err(failure.clone()),
                Err(failure) => {
                    let project = one.project.unwrap_or_default();
                    let taken = Taken::of_unknown_project(&project, &one.cluster, failure);
                    self.settled.push(taken);
                }
            }
        }
        Ok(())
    }

    /// Adds the clusters of a project of which snapshots can be taken.
    async fn project(
        &mut self,
        context: &Context,
        project: &ObjectId,
        filter: &Filter,
    ) -> Result<(), Failure> {
        let mut clusters = context.client.v2().list_clusters(project).stream();
        while let Some(cluster) = clusters.next().await {
            let cluster = cluster?;
            if filter.selects(&cluster) {
                self.cluster(project, &cluster);
            }
        }
        Ok(())
    }

    fn cluster(&mut self, project: &ObjectId, cluster: &types::Cluster) {
        let name = cluster.name.as_ref();
        let name = name.map_or_else(|| cluster.id.to_string(), ToString::to_string);
        let kind = Kind::of(cluster);
        let reason = if kind == Some(Kind::Tenant) {
            "a free cluster has no backups"
        } else if cluster.backup_enabled == Some(false) {
            "its backups are turned off"
        } else {
            self.clusters.push(Candidate {
                project: project.clone(),
                cluster: name,
                id: Some(cluster.id.clone()),
                kind,
            });
            return;
        };
        self.settled.push(Taken::skipped(project, &name, reason));
    }
}

impl Filter {
    fn selects(&self, cluster: &types::Cluster) -> bool {
        let has = |(key, value): &(String, String)| {
            let mut tags = cluster.tags.iter();
            tags.any(|tag| tag.key.as_ref() == Some(key) && tag.value.as_ref() == Some(value))
        };
        let name = cluster.name.as_ref().map(ClusterName::as_str);
        let is_excepted = self.except.iter().any(|one| Some(one.as_str()) == name);
        self.tags.iter().all(has) && !is_excepted
    }
}

/// A line of `clusters --json`, of which these members are read.
#[derive(Deserialize)]
struct JsonLine {
    project: String,
    cluster: String,
    id: Option<ObjectId>,
    kind: Option<String>,
}

impl Listed {
    /// Reads `CLUSTER`, `PROJECT/CLUSTER`, or a line of `clusters --json`.
    fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('{') {
            let line: JsonLine = serde_json::from_str(text).map_err(|error| error.to_string())?;
            return Ok(Listed {
                project: Some(line.project),
                cluster: line.cluster,
                id: line.id,
                kind: line.kind.as_deref().and_then(Kind::from_word),
            });
        }
        let (project, cluster) = match text.rsplit_once('/') {
            Some((project, cluster)) => (Some(project.trim()), cluster.trim()),
            None => (None, text),
        };
        if cluster.is_empty() || project == Some("") {
            return Err("expected CLUSTER or PROJECT/CLUSTER".to_owned());
        }
        Ok(Listed {
            project: project.map(str::to_owned),
            cluster: cluster.to_owned(),
            id: None,
            kind: None,
        })
    }

    /// Reads the arguments of the command line.
    pub fn arguments(arguments: &[String]) -> Result<Vec<Self>, Failure> {
        let parse = |text: &String| {
            Listed::parse(text).map_err(|wrong| Failure::usage(format!("{text:?}: {wrong}")))
        };
        arguments.iter().map(parse).collect()
    }

    /// Reads a list from standard input: a cluster on each line. Empty lines, and those that begin
    /// with `#`, are left out. A line that cannot be read is an error before anything is taken.
    pub fn standard_input() -> Result<Vec<Self>, Failure> {
        let mut listed = Vec::new();
        for (index, line) in io::stdin().lock().lines().enumerate() {
            let wrong = |what: String| {
                Failure::usage(format!("standard input, line {}: {what}", index + 1))
            };
            let line = line.map_err(|error| wrong(error.to_string()))?;
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                listed.push(Listed::parse(line).map_err(wrong)?);
            }
        }
        Ok(listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_read_with_and_without_its_project() {
        let read = |text| Listed::parse(text).map(|listed| (listed.project, listed.cluster));
        let owned = |text: &str| text.to_owned();
        assert_eq!(read("orders"), Ok((None, owned("orders"))));
        let of_project = Ok((Some(owned("My Shop")), owned("orders")));
        assert_eq!(read("My Shop/orders"), of_project);
        assert_eq!(read("My Shop / orders"), of_project);
        for text in ["/orders", "Shop/", "/", "{", "{}", r#"{"project": "Shop"}"#] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_line_of_clusters_needs_no_further_request() {
        let line = r#"{"project":"32b6e34b3d91647abb20e7b8","cluster":"orders","id":"32b6e34b3d91647abb20e7b9","kind":"sharded","state":"IDLE"}"#;
        let listed = Listed::parse(line).expect("it is what `clusters --json` prints");
        assert_eq!(listed.kind, Some(Kind::Sharded));
        let id = listed.id.as_ref().map(ObjectId::as_str);
        assert_eq!(id, Some("32b6e34b3d91647abb20e7b9"));
    }
}
