//! The client against servers that are strict, that refuse requests, and that fail. Every test
//! counts the requests that the server received.

#![allow(
    deprecated,
    reason = "the deprecated operations are called as the others are"
)]

mod access_tokens;
mod bounds;
mod cancelling;
mod deprecation;
mod digest;
mod flood;
pub mod hygiene;
mod limits;
mod pacing;
mod retries;
mod spans;
mod statistics;
mod tokens;
mod unsigned;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use atlas_backup_api::v2::types::{
    LegacySnapshot, LegacySnapshotRetentionRequest, OnDemandSnapshotRequest, Snapshot,
};
use atlas_backup_api::{
    CallOptions, Client, ClientBuilder, Clock, Credentials, Error, Response, Sleep,
};
use atlas_backup_tests::fake_atlas::{
    self, CLIENT_ID, CLIENT_SECRET, PRIVATE_KEY, PUBLIC_KEY, Server,
};

pub const PROJECT: &str = "32b6e34b3d91647abb20e7b8";

/// A clock on which sleeping takes no time. It shows the time of the servers' clock, and advances
/// that clock.
#[derive(Clone, Debug)]
pub struct NoWait {
    began: Instant,
    servers: fake_atlas::Clock,
    waits: Arc<Mutex<Vec<Duration>>>,
}

impl NoWait {
    pub fn new() -> Self {
        NoWait {
            began: Instant::now(),
            servers: fake_atlas::Clock::new(),
            waits: Arc::default(),
        }
    }

    /// Returns the length of each sleep.
    pub fn waits(&self) -> Vec<Duration> {
        self.waits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub fn servers(&self) -> &fake_atlas::Clock {
        &self.servers
    }
}

impl Clock for NoWait {
    fn now(&self) -> Instant {
        self.began + self.servers.now()
    }

    fn sleep(&self, time: Duration) -> Sleep {
        self.waits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(time);
        self.servers.advance(time);
        Box::pin(std::future::ready(()))
    }
}

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn api_key() -> Credentials {
    Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY)
}

pub fn service_account() -> Credentials {
    Credentials::service_account(CLIENT_ID, CLIENT_SECRET)
}

/// Builds a client for this server, without credentials.
pub fn builder(server: &Server, clock: &NoWait) -> ClientBuilder {
    Client::builder()
        .base_url(server.url())
        .clock(clock.clone())
}

pub fn built(builder: ClientBuilder) -> Client {
    builder.build().expect("settings of a test")
}

/// Sends a GET request, which changes nothing.
pub async fn read(client: &Client) -> Result<Response<LegacySnapshot>, Error> {
    client
        .v2()
        .get_legacy_snapshot(PROJECT, "orders", PROJECT)
        .send()
        .await
}

/// Sends a POST request, which creates something.
pub async fn create(client: &Client) -> Result<Response<Snapshot>, Error> {
    create_with(client, CallOptions::new()).await
}

pub async fn create_with(
    client: &Client,
    options: CallOptions,
) -> Result<Response<Snapshot>, Error> {
    let body = OnDemandSnapshotRequest {
        retention_in_days: Some(5),
        ..Default::default()
    };
    client
        .v2()
        .take_snapshot(PROJECT, "orders", body)
        .options(options)
        .send()
        .await
}

/// Sends a PATCH request that the spec marks as idempotent.
pub async fn update(client: &Client) -> Result<Response<LegacySnapshot>, Error> {
    let body = LegacySnapshotRetentionRequest {
        do_not_delete: Some(true),
        ..Default::default()
    };
    client
        .v2()
        .update_legacy_snapshot_retention(PROJECT, "orders", PROJECT, body)
        .send()
        .await
}

/// Sends a DELETE request, whose response has no content.
pub async fn delete(client: &Client) -> Result<u16, Error> {
    let response = client
        .v2()
        .delete_legacy_snapshot(PROJECT, "orders", PROJECT)
        .send()
        .await;
    response.map(|response| response.status().as_u16())
}

/// Returns everything that an error and its sources print, with `Display` and `Debug`.
pub fn message(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(deeper) = source {
        text.push_str(&format!("\n{deeper}\n{deeper:?}"));
        source = deeper.source();
    }
    text
}
