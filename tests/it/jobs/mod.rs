//! Jobs that take more than one call: listing, waiting, taking and saving snapshots.

#![allow(
    deprecated,
    reason = "the deprecated operations are called as the others are"
)]

mod asking;
mod changed_files;
mod checksums;
mod directories;
mod either_kind;
mod families;
mod finding;
mod going_on;
mod offers;
mod once;
mod paging;
mod pauses;
mod renewals;
mod saving;
pub mod script;
mod taking;
mod waiting;

use std::time::Duration;

use atlas_backup_api::v2::types::{OnDemandSnapshotRequest, Snapshot};
use atlas_backup_api::{Client, ClientBuilder, ObjectId, RetryPolicy};
use atlas_backup_tests::fake_atlas::{FakeAtlas, FakeAtlasBuilder, Fault, PROJECT};

use crate::transport::NoWait;

/// A fake Atlas without authentication, and a client that shares its clock and makes one attempt
/// for each call, so that every repeated request comes from the job.
struct Setting {
    atlas: FakeAtlas,
    client: Client,
    clock: NoWait,
}

fn setting() -> Setting {
    setting_with(FakeAtlasBuilder::without_authentication, |builder| builder)
}

fn setting_with(
    atlas: impl FnOnce(FakeAtlasBuilder) -> FakeAtlasBuilder,
    client: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Setting {
    let clock = NoWait::new();
    let atlas = atlas(FakeAtlas::builder().clock(clock.servers())).start_blocking();
    let builder = Client::builder()
        .base_url(atlas.url())
        .clock(clock.clone())
        .retry(RetryPolicy::never());
    Setting {
        client: client(builder).build().expect("settings of a test"),
        atlas,
        clock,
    }
}

impl Setting {
    /// Returns the time since the start, by the shared clock.
    fn elapsed(&self) -> Duration {
        self.clock.servers().now()
    }

    /// Returns the targets of the requests with this method, in the order of arrival.
    fn targets(&self, method: &str) -> Vec<String> {
        let received = self.atlas.server().received_requests().into_iter();
        received
            .filter(|request| request.method == method)
            .map(|request| request.target)
            .collect()
    }

    /// Returns how many requests with this method the server has received, with or without a
    /// response.
    fn sent(&self, method: &str) -> usize {
        self.targets(method).len()
    }

    /// Takes an on-demand snapshot, as another program would.
    async fn take(&self, cluster: &str) -> Snapshot {
        let snapshot = self
            .client
            .v2()
            .take_snapshot(PROJECT, cluster, OnDemandSnapshotRequest::default())
            .send()
            .await;
        snapshot
            .unwrap_or_else(|error| panic!("{cluster}: {error}"))
            .into_inner()
    }
}

impl Drop for Setting {
    /// Asserts that the fake's responses conform to the spec.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.atlas.spec_violations(), [""; 0]);
        }
    }
}

/// Faults that fail one request and say nothing about the job.
fn momentary() -> Vec<Fault> {
    vec![
        Fault::reset(),
        Fault::close(),
        Fault::reset_mid_body(),
        Fault::cut_short(),
        Fault::rate_limited(None),
        Fault::rate_limited(Some(3)),
        Fault::rate_limited_until(5),
        Fault::rate_limited_as_400(),
        Fault::html_503(),
        Fault::empty_502(),
        Fault::gateway_timeout_504(),
    ]
}

/// Rounds down to milliseconds, the precision of the servers' clock.
fn millis(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_millis()).expect("no test waits so long"))
}

fn id(text: &str) -> ObjectId {
    text.parse().expect("an id")
}
