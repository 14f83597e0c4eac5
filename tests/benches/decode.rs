//! Reads, writes, clones and compares a page of 500 snapshots with the types of this crate and with
//! structs that use serde's derives and keep unknown members through `flatten`:
//! `cargo bench -p atlas-backup-tests --bench decode`.
//!
//! Both read the same text. They take turns, round by round, so that other load on the machine
//! affects both, and the benchmark compares the medians of the rounds. Then it counts the
//! allocations of one round.

use std::hint::black_box;
use std::time::{Duration, Instant};

use atlas_backup_api::v2::types::SnapshotPage;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

const SNAPSHOTS: usize = 500;
const ROUNDS: usize = 201;

fn main() {
    // `cargo test --benches` passes no `--bench`: it only checks that the benchmark runs.
    let for_real = std::env::args().any(|argument| argument == "--bench");
    let text = page(SNAPSHOTS);
    let rounds = if for_real { ROUNDS } else { 1 };
    let [mut ours, mut derived] = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        if round % 2 == 0 {
            ours.push(measure::<SnapshotPage>(&text));
            derived.push(measure::<derived::Page>(&text));
        } else {
            derived.push(measure::<derived::Page>(&text));
            ours.push(measure::<SnapshotPage>(&text));
        }
    }
    println!(
        "{SNAPSHOTS} snapshots, {} KiB, medians of {rounds} rounds",
        text.len() >> 10
    );
    println!(
        "{:<20}{:>12}{:>16}{:>8}",
        "", "this crate", "serde's derive", "ratio"
    );
    for (index, what) in ["read", "write", "clone and compare"]
        .into_iter()
        .enumerate()
    {
        let [ours, derived] = [&ours, &derived].map(|times| median(times, index));
        let ratio = ours.as_secs_f64() / derived.as_secs_f64();
        println!("{what:<20}{ours:>12.1?}{derived:>16.1?}{ratio:>8.2}");
    }
    let per_snapshot = |count: u64| count as f64 / SNAPSHOTS as f64;
    let ours = per_snapshot(allocations::<SnapshotPage>(&text));
    let derived = per_snapshot(allocations::<derived::Page>(&text));
    println!(
        "{:<20}{ours:>12.1}{derived:>16.1}{:>8.2}",
        "allocations of one",
        ours / derived
    );
}

/// Returns the times for reading the text, for writing it again, and for comparing it with a copy.
fn measure<T: DeserializeOwned + Serialize + Clone + PartialEq>(text: &str) -> [Duration; 3] {
    let began = Instant::now();
    let page: T = serde_json::from_str(text).expect("the page can be read");
    let read = began.elapsed();
    let began = Instant::now();
    black_box(serde_json::to_string(&page).expect("the page can be written"));
    let written = began.elapsed();
    let began = Instant::now();
    assert!(page == page.clone());
    [read, written, began.elapsed()]
}

fn median(times: &[[Duration; 3]], index: usize) -> Duration {
    let mut times: Vec<_> = times.iter().map(|times| times[index]).collect();
    times.sort();
    times[times.len() / 2]
}

/// Returns the number of allocations for reading the text.
fn allocations<T: DeserializeOwned>(text: &str) -> u64 {
    let read = || {
        drop(black_box(
            serde_json::from_str::<T>(text).expect("the page can be read"),
        ))
    };
    allocation_counter::measure(read).count_total
}

/// Builds a page of replica set snapshots, with the members that Atlas sends.
fn page(count: usize) -> String {
    let snapshot = |index: usize| {
        let id = format!("681748c1e9896f52{index:08x}");
        let path = "https://cloud.mongodb.com/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders";
        json!({
            "cloudProvider": "AWS",
            "copyRegions": [],
            "createdAt": "2025-05-04T09:42:00Z",
            "description": "On Demand Snapshot",
            "expiresAt": "2025-05-09T09:42:00Z",
            "frequencyType": "ondemand",
            "id": id,
            "links": [{"href": format!("{path}/backup/snapshots/{id}"), "rel": "self"}],
            "mongodVersion": "8.0.4",
            "policyItems": ["681748c1e9896f528a60a125"],
            "replicaSetName": "atlas-abc123-shard-0",
            "snapshotType": "onDemand",
            "status": "completed",
            "storageSizeBytes": 4_321_554_432_i64,
            "type": "replicaSet",
        })
    };
    let results: Vec<_> = (0..count).map(snapshot).collect();
    json!({"links": [], "results": results, "totalCount": count}).to_string()
}

/// The same types written with serde's derives, with `flatten` for unknown members.
mod derived {
    use std::fmt;

    use jiff::Timestamp;
    use serde::de::Visitor;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::{Map, Value};

    #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Page {
        #[serde(default)]
        links: Vec<Link>,
        results: Vec<Snapshot>,
        total_count: Option<i64>,
        #[serde(flatten)]
        extra: Map<String, Value>,
    }

    #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Snapshot {
        cloud_provider: Option<Provider>,
        config_server_type: Option<String>,
        #[serde(default)]
        copy_regions: Vec<String>,
        created_at: Option<Timestamp>,
        description: Option<String>,
        expires_at: Option<Timestamp>,
        frequency_type: Option<Frequency>,
        id: String,
        #[serde(default)]
        links: Vec<Link>,
        #[serde(rename = "masterKeyUUID")]
        master_key_uuid: Option<String>,
        #[serde(default)]
        members: Vec<Member>,
        mongod_version: Option<String>,
        #[serde(default)]
        policy_items: Vec<String>,
        replica_set_name: Option<String>,
        #[serde(default)]
        snapshot_ids: Vec<String>,
        snapshot_type: Option<Kind>,
        status: Option<Status>,
        storage_size_bytes: Option<i64>,
        #[serde(rename = "type")]
        type_: Option<ClusterKind>,
        #[serde(flatten)]
        extra: Map<String, Value>,
    }

    #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Link {
        href: Option<String>,
        rel: Option<String>,
        #[serde(flatten)]
        extra: Map<String, Value>,
    }

    #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Member {
        cloud_provider: Option<Provider>,
        id: Option<String>,
        replica_set_name: Option<String>,
        #[serde(flatten)]
        extra: Map<String, Value>,
    }

    /// Defines an enum that keeps unknown values, as the enums of the crate do.
    macro_rules! open {
        ($name:ident { $($variant:ident = $wire:literal),* }) => {
            #[derive(Clone, Debug, PartialEq)]
            enum $name {
                $($variant,)*
                Unknown(String),
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    struct Reader;

                    impl Visitor<'_> for Reader {
                        type Value = $name;

                        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                            f.write_str("text")
                        }

                        fn visit_str<E>(self, text: &str) -> Result<$name, E> {
                            Ok(match text {
                                $($wire => $name::$variant,)*
                                _ => $name::Unknown(text.to_owned()),
                            })
                        }
                    }

                    deserializer.deserialize_str(Reader)
                }
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(match self {
                        $($name::$variant => $wire,)*
                        $name::Unknown(text) => text,
                    })
                }
            }
        };
    }

    open!(Provider { Aws = "AWS", Azure = "AZURE", Gcp = "GCP" });
    open!(Frequency { Hourly = "hourly", Daily = "daily", Weekly = "weekly", Monthly = "monthly" });
    open!(Kind { OnDemand = "onDemand", Scheduled = "scheduled", Fallback = "fallback" });
    open!(Status { Queued = "queued", InProgress = "inProgress", Completed = "completed", Failed = "failed" });
    open!(ClusterKind { ReplicaSet = "replicaSet", Sharded = "shardedCluster" });
}
