//! A saved file.

use atlas_backup_api::{ClusterName, ObjectId, SavedFile};
use indicatif::HumanBytes;
use serde::Serialize;

use crate::output::Record;
use crate::target::Target;

/// A file of a saved snapshot.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    pub project: ObjectId,
    pub cluster: ClusterName,
    pub snapshot: ObjectId,
    /// The path; what is not Unicode in it is replaced.
    pub file: String,
    /// The length in bytes.
    pub bytes: u64,
    /// Computed while the file was saved.
    pub sha256: Option<String>,
}

impl File {
    pub fn new(target: &Target, snapshot: &ObjectId, file: &SavedFile) -> Self {
        File {
            project: target.project.clone(),
            cluster: target.cluster.clone(),
            snapshot: snapshot.clone(),
            file: file.path.display().to_string(),
            bytes: file.bytes,
            sha256: file.checksum.clone(),
        }
    }
}

impl Record for File {
    const COLUMNS: &'static [(&'static str, usize)] = &[("SIZE", 10), ("FILE", 0)];

    fn cells(&self) -> Vec<String> {
        vec![HumanBytes(self.bytes).to_string(), self.file.clone()]
    }
}
