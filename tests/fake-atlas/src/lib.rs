//! A fake MongoDB Atlas for tests: the backup endpoints, on loopback. It is as strict as Atlas, and
//! a test can inject faults.
//!
//! [`FakeAtlas`] is stateful: a snapshot that a client takes is listed, makes progress by a clock
//! that the test controls, and can be restored and downloaded. It requires credentials as Atlas
//! does, and refuses every request that Atlas would refuse.
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//! use std::time::Duration;
//!
//! use atlas_backup_fake::{FakeAtlas, Family, Fault, PROJECT};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! // `FakeAtlas::start()` would require credentials: the API key or the service account in the
//! // constants of this crate.
//! let atlas = FakeAtlas::builder().without_authentication().start().await;
//!
//! // Any HTTP client will do; `atlas.url()` is its base URL.
//! let get = |path: &str| {
//!     let mut stream = TcpStream::connect(atlas.url().trim_start_matches("http://")).unwrap();
//!     let accept = "application/vnd.atlas.2023-01-01+json";
//!     let headers = format!("Host: atlas\r\nAccept: {accept}\r\nConnection: close");
//!     write!(stream, "GET {path} HTTP/1.1\r\n{headers}\r\n\r\n").unwrap();
//!     let mut response = String::new();
//!     stream.read_to_string(&mut response).unwrap();
//!     response
//! };
//! let latest = atlas.latest(Family::Snapshot, "orders").unwrap();
//! let snapshots = format!("/api/atlas/v2/groups/{PROJECT}/clusters/orders/backup/snapshots");
//! let snapshot = format!("{snapshots}/{latest}");
//! assert!(get(&snapshot).contains("\"status\":\"completed\""));
//!
//! // The next request gets a 503 from a gateway.
//! atlas.faults().push(Fault::html_503());
//! assert!(get(&snapshot).starts_with("HTTP/1.1 503"));
//!
//! // Jobs make progress, and snapshots, tokens and URLs expire, when the test advances the clock.
//! atlas.clock().advance(Duration::from_secs(60));
//! # });
//! ```
//!
//! For smaller tests, an [`App`] serves the examples of the spec, or a router of your own. Layers
//! wrap it, the last one outermost. [`App::start`] serves it on a port that the system picks, until
//! the [`Server`] is dropped:
//!
//! ```
//! use atlas_backup_fake::{App, Digest, Fault, Faults};
//!
//! let digest = Digest::atlas();
//! let faults = Faults::script([Fault::html_503()]);
//! let server = App::examples().layer(&digest).layer(&faults).start();
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! assert_eq!((server.request_count(), server.handled_count("POST")), (0, 0));
//! assert_eq!(digest.counts().challenges, 0);
//! ```
//!
//! All responses come from the OpenAPI documents in this crate, none from the types of a client.
//! Signatures are validated without the crate that clients sign with. A layer is also a handle: the
//! test keeps it, to read counts and to change the behaviour. Nothing in this crate sleeps: a
//! delayed response waits for a [`Gate`], and expiry is decided by a [`Clock`].
#![cfg_attr(docsrs, feature(doc_cfg))]

mod app;
mod atlas;
mod authorization;
mod clock;
mod connection;
#[cfg(test)]
mod curl;
mod digest;
mod digest_hash;
mod documents;
mod download_host;
mod examples;
mod faults;
mod gate;
pub mod har;
mod oauth;
mod recorded;
mod response;
mod server;
mod stub_server;
#[cfg(test)]
mod test_client;

pub use app::{App, Layer};
pub use atlas::{
    CLUSTERS, ClusterKind, FakeAtlas, FakeAtlasBuilder, Family, PROJECT, PROJECT_NAME,
};
pub use clock::Clock;
pub use digest::{Challenge, Digest, DigestCounts, PRIVATE_KEY, PUBLIC_KEY};
pub use digest_hash::{Algorithm, DigestInput};
pub use documents::documents;
pub use download_host::{DownloadFault, DownloadHost, HostedFile};
pub use examples::{error_response, examples};
pub use faults::{Fault, Faults};
pub use gate::{Barrier, Gate};
pub use oauth::{CLIENT_ID, CLIENT_SECRET, OAuth, OAuthCounts};
pub use recorded::RecordedRequest;
pub use response::HttpResponse;
pub use server::Server;
pub use stub_server::StubServer;
