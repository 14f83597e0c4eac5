//! The manifest of a saved snapshot: `snapshot-ID.manifest.json`, beside the files. It says of which
//! snapshot they are, and has the hash of each.
//!
//! `save` writes it, and `verify` reads it. schema/manifest.schema.json describes it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use atlas_backup_api::{Checksum, SavedFile, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::private_file;
use crate::records::Snapshot;
use crate::target::Target;

/// The version of the schema. It changes if a program that knows only the old one could no longer
/// verify the files.
pub const SCHEMA: u64 = 1;

/// The end of the name of a manifest.
pub const SUFFIX: &str = ".manifest.json";

/// No manifest is longer: it would list tens of thousands of shards.
const LONGEST: u64 = 16 << 20;

/// What is known of a saved snapshot. What is not known is `null`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub schema: u64,
    /// The program that saved the snapshot, with its version.
    pub program: String,
    /// When all files were complete.
    pub saved: Timestamp,
    pub project: Project,
    pub cluster: Cluster,
    pub snapshot: Stated,
    pub files: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Project {
    pub id: String,
    /// Known if the project was given by its name.
    pub name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Not known of a cluster that no longer exists.
    pub id: Option<String>,
    pub name: String,
    pub kind: String,
}

/// What Atlas states about the snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stated {
    pub id: String,
    pub status: String,
    pub reason: Option<String>,
    pub created: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    /// The size of the data in Atlas, which is not that of the files.
    pub bytes: Option<i64>,
    pub mongodb: Option<String>,
}

/// A file, as it was when it was saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The name of the file, in the directory of the manifest.
    pub name: String,
    pub bytes: u64,
    /// Computed while the file was saved; 64 hexadecimal digits in lower case.
    pub sha256: String,
    /// The shard, or the config servers; `null` for a cluster that is one replica set.
    pub replica_set: Option<String>,
    /// What Atlas states, if it does.
    pub sha1: Option<String>,
}

impl Manifest {
    pub fn new(
        target: &Target,
        project_name: Option<String>,
        snapshot: &Snapshot,
        files: &[SavedFile],
    ) -> Self {
        Manifest {
            schema: SCHEMA,
            program: concat!("atlas-backup ", env!("CARGO_PKG_VERSION")).to_owned(),
            saved: Timestamp::now(),
            project: Project {
                id: target.project.to_string(),
                name: project_name,
            },
            cluster: Cluster {
                id: target.id.as_ref().map(ToString::to_string),
                name: target.cluster.to_string(),
                kind: target.kind.word().to_owned(),
            },
            snapshot: Stated {
                id: snapshot.snapshot.to_string(),
                status: snapshot.status.clone(),
                reason: snapshot.reason.clone(),
                created: snapshot.created,
                expires: snapshot.expires,
                bytes: snapshot.bytes,
                mongodb: snapshot.mongodb.clone(),
            },
            files: files.iter().map(Entry::new).collect(),
        }
    }

    /// The name of the manifest's own file.
    pub fn file_name(&self) -> String {
        format!("snapshot-{}{SUFFIX}", self.snapshot.id)
    }

    /// Writes the manifest to the directory of the files. It appears under its name only when it is
    /// complete, and only its owner may read it, as is true of the files.
    pub fn write(&self, directory: &Path) -> io::Result<PathBuf> {
        let path = directory.join(self.file_name());
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        private_file::write(&path, &text)?;
        Ok(path)
    }

    /// Reads a manifest. The error is for people.
    pub fn read(path: &Path) -> Result<Self, Unreadable> {
        let unreadable = |error: io::Error| Unreadable::Damaged(error.to_string());
        // Another kind of file, such as a pipe, could make the program wait for ever.
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(Unreadable::Damaged("it is not a file".to_owned()));
        }
        let mut text = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        file.take(LONGEST)
            .read_to_end(&mut text)
            .map_err(unreadable)?;
        let damaged = |error: serde_json::Error| Unreadable::Damaged(error.to_string());
        // First the version alone, because the rest of a newer one may be anything.
        let Version { schema } = serde_json::from_slice(&text).map_err(damaged)?;
        if schema != SCHEMA {
            return Err(Unreadable::Schema(schema));
        }
        serde_json::from_slice(&text).map_err(damaged)
    }
}

#[derive(Deserialize)]
struct Version {
    schema: u64,
}

/// Why a manifest cannot be read.
#[derive(Debug, PartialEq)]
pub enum Unreadable {
    Damaged(String),
    /// It has this version of the schema, which this program does not know.
    Schema(u64),
}

impl Entry {
    fn new(file: &SavedFile) -> Self {
        Entry {
            name: file.name.clone(),
            bytes: file.bytes,
            sha256: file.checksum.clone().unwrap_or_default(),
            replica_set: file.replica_set.clone(),
            sha1: file.sha1.clone(),
        }
    }
}

/// The SHA-256 of a file while it is saved.
pub fn sha256() -> Box<dyn Checksum> {
    Box::new(Hash(Sha256::new()))
}

struct Hash(Sha256);

impl Checksum for Hash {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> String {
        format!("{:x}", self.0.finalize())
    }
}

/// The SHA-256 of a file on disk, whatever its length, in constant memory.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(format!("{:x}", hash.finalize())),
            Ok(read) => hash.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
