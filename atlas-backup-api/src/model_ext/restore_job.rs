//! The files that a restore job offers for download.

use crate::download::Delivery;
use crate::generated::shared::{
    LegacyHashType, LegacyRestoreFileHash, LegacyRestoreJob, ServerlessRestoreJob, TenantRestoreJob,
};
use crate::wire::object_id::ObjectId;

/// The suffix of the names of all files of a snapshot.
pub(crate) const SUFFIX: &str = ".tar.gz";

/// The prefix of the names of all files of a snapshot.
#[inline]
pub(crate) fn prefix(snapshot: &str) -> String {
    format!("snapshot-{snapshot}")
}

/// A file of a snapshot, called `snapshot-65f0….tar.gz`, or `snapshot-65f0…-PART.tar.gz` if it is
/// one part of it.
#[inline]
fn delivery(snapshot: &str, part: Option<&str>, url: &str) -> Delivery {
    let (name, identity) = match part {
        Some(part) => (
            format!("{}-{part}{SUFFIX}", prefix(snapshot)),
            format!("snapshot {snapshot}, {part}"),
        ),
        None => (
            format!("{}{SUFFIX}", prefix(snapshot)),
            format!("snapshot {snapshot}"),
        ),
    };
    Delivery::new(name, url).identity(identity)
}

/// URLs that do not name their shard are numbered by their position in this response.
#[inline]
fn numbered(snapshot: &str, urls: &[&str]) -> Vec<Delivery> {
    match urls {
        [url] => vec![delivery(snapshot, None, url)],
        urls => (1..)
            .zip(urls)
            .map(|(number, url)| delivery(snapshot, Some(&number.to_string()), url).numbered())
            .collect(),
    }
}

/// The URLs that are there. Atlas may send an empty one for a file that it has not prepared yet.
#[inline]
fn given(urls: &[String]) -> Vec<&str> {
    let urls = urls.iter().map(String::as_str);
    urls.filter(|url| !url.is_empty()).collect()
}

/// Jobs of dedicated clusters, of which each generation of the API has a type of its own.
macro_rules! deliveries {
    ($types:path) => {
        const _: () = {
            use $types as types;

            impl types::RestoreJob {
                /// The files of the snapshot, as [`Client::download`](crate::Client::download)
                /// needs them: one for a replica set, one for each shard and the config servers of
                /// a sharded cluster. They are called `snapshot-ID.tar.gz`, or
                /// `snapshot-ID-SHARD.tar.gz`.
                ///
                /// Empty for a restore, and until every file has a URL.
                #[inline]
                pub fn deliveries(&self) -> Vec<Delivery> {
                    self.deliveries_of(self.snapshot_id.as_ref().unwrap_or(&self.id))
                }

                /// Like `deliveries`, with files that are named after this snapshot.
                #[inline]
                pub(crate) fn deliveries_of(&self, snapshot: &ObjectId) -> Vec<Delivery> {
                    let snapshot = snapshot.as_str();
                    let (urls, components) = (given(&self.delivery_url), &self.components);
                    let named = components.iter().filter_map(|component| {
                        let url = component.download_url.as_deref();
                        let url = url.filter(|url| !url.is_empty())?;
                        let name = component.replica_set_name.as_deref()?;
                        Some(delivery(snapshot, Some(name), url).replica_set(name))
                    });
                    let named: Vec<_> = named.collect();
                    if !named.is_empty() && named.len() >= components.len().max(urls.len()) {
                        named
                    } else if urls.len() >= components.len() {
                        numbered(snapshot, &urls)
                    } else {
                        Vec::new()
                    }
                }
            }
        };
    };
}

impl ServerlessRestoreJob {
    /// The file of the snapshot, as [`Client::download`](crate::Client::download) needs it:
    /// `snapshot-ID.tar.gz`.
    ///
    /// Empty for a restore, and until the download is ready.
    #[inline]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries_of(self.snapshot_id.as_ref().unwrap_or(&self.id))
    }

    /// Like `deliveries`, with a file that is named after this snapshot.
    #[inline]
    pub(crate) fn deliveries_of(&self, snapshot: &ObjectId) -> Vec<Delivery> {
        numbered(snapshot.as_str(), &given(&self.delivery_url))
    }
}

impl LegacyRestoreJob {
    /// The file of the snapshot, as [`Client::download`](crate::Client::download) needs it:
    /// `snapshot-ID-JOB.tar.gz`, with the header that its host requires, and with its SHA-1 if
    /// Atlas states it. A sharded cluster has a job for each shard.
    ///
    /// Empty for a restore, and until the download is ready.
    #[inline]
    pub fn deliveries(&self) -> Vec<Delivery> {
        let Some(delivered) = &self.delivery else {
            return Vec::new();
        };
        let Some(url) = delivered.url_v2.as_deref().or(delivered.url.as_deref()) else {
            return Vec::new();
        };
        let mut file = delivery(
            self.snapshot_id.as_ref().unwrap_or(&self.id).as_str(),
            Some(self.id.as_str()),
            url,
        );
        // Only the newer URL requires the header.
        if let (Some(_), Some(name), Some(value)) = (
            &delivered.url_v2,
            &delivered.auth_header,
            &delivered.auth_value,
        ) {
            file = file.header(name, value);
        }
        // If there are several hashes, it is unknown which one is that of the download.
        match self.hashes.as_slice() {
            [
                LegacyRestoreFileHash {
                    hash: Some(hash),
                    type_name: Some(LegacyHashType::Sha1),
                    ..
                },
            ] => {
                vec![file.sha1(hash)]
            }
            _ => vec![file],
        }
    }
}

/// Jobs of clusters that have one file each.
macro_rules! one_url {
    ($job:ty) => {
        impl $job {
            /// The file of the snapshot, as [`Client::download`](crate::Client::download) needs it:
            /// `snapshot-ID.tar.gz`.
            ///
            /// Empty for a restore, and until the download is ready.
            #[inline]
            pub fn deliveries(&self) -> Vec<Delivery> {
                self.deliveries_of(self.snapshot_id.as_ref().unwrap_or(&self.id))
            }

            /// Like `deliveries`, with a file that is named after this snapshot.
            #[inline]
            pub(crate) fn deliveries_of(&self, snapshot: &ObjectId) -> Vec<Delivery> {
                self.snapshot_url
                    .iter()
                    .map(|url| delivery(snapshot.as_str(), None, url))
                    .collect()
            }
        }
    };
}

#[cfg(feature = "v1")]
deliveries!(crate::v1::types);
#[cfg(feature = "v2")]
deliveries!(crate::v2::types);
one_url!(TenantRestoreJob);
#[cfg(feature = "v2")]
one_url!(crate::v2::types::FlexRestoreJob);

#[cfg(all(test, feature = "v2"))]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;
    use crate::v2::types;

    fn read<T: DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).unwrap()
    }

    /// The debug output of the files: names, hosts, header names and hashes, but no secret.
    fn debug_texts(files: &[Delivery]) -> Vec<String> {
        files.iter().map(|file| format!("{file:?}")).collect()
    }

    #[test]
    fn a_sharded_cluster_has_a_file_for_each_shard() {
        let mut job: types::RestoreJob = read(json!({
            "id": "2", "snapshotId": "1", "deliveryUrl": ["https://h/a", "https://h/b"],
            "components": [
                {"replicaSetName": "shard-0", "downloadUrl": "https://h/a"},
                {"replicaSetName": "config", "downloadUrl": "https://h/b"},
            ],
        }));
        let named = debug_texts(&job.deliveries());
        assert!(
            named[0].contains(r#""snapshot-1-shard-0.tar.gz""#)
                && named[1].contains(r#""snapshot-1-config.tar.gz""#),
            "{named:?}"
        );
        job.components[1].download_url = None;
        let numbered = debug_texts(&job.deliveries());
        assert!(
            numbered[0].contains(r#""snapshot-1-1.tar.gz""#)
                && numbered[1].contains(r#""snapshot-1-2.tar.gz""#),
            "{numbered:?}"
        );
        job.delivery_url.pop();
        assert!(job.deliveries().is_empty(), "one of two");
        job.delivery_url.clear();
        assert!(
            job.deliveries().is_empty(),
            "the same, told by its component"
        );
        job.delivery_url.push("https://h/a".to_owned());
        job.components.clear();
        assert!(debug_texts(&job.deliveries())[0].contains(r#""snapshot-1.tar.gz""#));
        job.delivery_url.clear();
        assert!(job.deliveries().is_empty());
    }

    #[test]
    #[allow(deprecated)]
    fn a_legacy_job_tells_header_and_hash() {
        let mut job: types::LegacyRestoreJob = read(json!({
            "id": "2", "snapshotId": "1", "hashes": [{"fileName": "f", "typeName": "SHA1", "hash": "ab"}],
            "delivery": {"urlV2": "https://h/", "authHeader": "x-auth", "authValue": "hunter2"},
        }));
        let file = debug_texts(&job.deliveries()).remove(0);
        for part in ["snapshot-1-2.tar.gz", "x-auth", r#"sha1: Some("ab")"#] {
            assert!(file.contains(part), "no {part} in {file}");
        }
        job.hashes.push(job.hashes[0].clone());
        assert!(debug_texts(&job.deliveries())[0].contains("sha1: None"));
        job.delivery = None;
        assert!(job.deliveries().is_empty());
    }
}
