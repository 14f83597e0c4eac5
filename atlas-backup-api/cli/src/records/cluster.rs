//! A cluster of a project.

use atlas_backup_api::v2::types;
use atlas_backup_api::{ClusterName, ObjectId};
use serde::Serialize;

use super::cell;
use crate::output::Record;
use crate::target::Kind;

/// A cluster of any kind.
#[derive(Clone, Debug, Serialize)]
pub struct Cluster {
    pub project: ObjectId,
    /// The name.
    pub cluster: Option<ClusterName>,
    pub id: ObjectId,
    /// None for a kind that this version does not know.
    pub kind: Option<Kind>,
    /// Atlas's word: `IDLE`, `CREATING`, `UPDATING` and so on.
    pub state: Option<String>,
    pub paused: Option<bool>,
    /// Whether Atlas takes snapshots of it.
    pub backup: Option<bool>,
    /// The version of MongoDB.
    pub mongodb: Option<String>,
}

impl Cluster {
    pub fn new(project: &ObjectId, cluster: &types::Cluster) -> Self {
        Cluster {
            project: project.clone(),
            cluster: cluster.name.clone(),
            id: cluster.id.clone(),
            kind: Kind::of(cluster),
            state: cluster.state_name.as_ref().map(ToString::to_string),
            paused: cluster.paused,
            backup: cluster.backup_enabled,
            mongodb: cluster.mongo_db_version.clone(),
        }
    }

    pub fn flex(project: &ObjectId, cluster: &types::FlexCluster) -> Self {
        let backup = cluster.backup_settings.as_ref();
        Cluster {
            project: project.clone(),
            cluster: cluster.name.clone(),
            id: cluster.id.clone(),
            kind: Some(Kind::Flex),
            state: cluster.state_name.as_ref().map(ToString::to_string),
            // A flex cluster cannot be paused.
            paused: None,
            backup: backup.and_then(|settings| settings.enabled),
            mongodb: cluster.mongo_db_version.clone(),
        }
    }
}

impl Record for Cluster {
    const COLUMNS: &'static [(&'static str, usize)] = &[
        ("CLUSTER", 20),
        ("KIND", 10),
        ("STATE", 8),
        ("PAUSED", 6),
        ("BACKUP", 6),
        ("MONGODB", 7),
        ("ID", 0),
    ];

    fn cells(&self) -> Vec<String> {
        let yes_or_no = |value: Option<bool>| match value {
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
            None => String::new(),
        };
        vec![
            cell(self.cluster.as_ref()),
            cell(self.kind.map(Kind::word)),
            cell(self.state.as_ref()),
            yes_or_no(self.paused),
            yes_or_no(self.backup),
            cell(self.mongodb.as_ref()),
            self.id.to_string(),
        ]
    }
}
