//! A MongoDB Atlas for tests: its backup endpoints, on loopback, which behave as Atlas does, strictly, and misbehave when told to.
//!
//! [`FakeAtlas`] remembers: a snapshot that was taken is listed, makes progress by a clock that the test holds, can be restored and
//! downloaded. It asks for credentials as Atlas does, and every request that Atlas would refuse is refused.
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//! use std::time::Duration;
//!
//! use atlas_backup_fake::{FakeAtlas, Family, Fault, PROJECT};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! // `FakeAtlas::start()` would ask for the API key or the service account that the constants of this crate name.
//! let atlas = FakeAtlas::builder().without_authentication().start().await;
//!
//! // Any HTTP client will do; `atlas.url()` is the base URL to give to it.
//! let get = |path: &str| {
//!     let mut stream = TcpStream::connect(atlas.url().trim_start_matches("http://")).unwrap();
//!     let accept = "application/vnd.atlas.2023-01-01+json";
//!     write!(stream, "GET {path} HTTP/1.1\r\nHost: atlas\r\nAccept: {accept}\r\nConnection: close\r\n\r\n").unwrap();
//!     let mut answer = String::new();
//!     stream.read_to_string(&mut answer).unwrap();
//!     answer
//! };
//! let latest = atlas.latest(Family::Snapshot, "orders").unwrap();
//! let snapshot = format!("/api/atlas/v2/groups/{PROJECT}/clusters/orders/backup/snapshots/{latest}");
//! assert!(get(&snapshot).contains("\"status\":\"completed\""));
//!
//! // The next request meets a gateway that is not available.
//! atlas.faults().push(Fault::html_503());
//! assert!(get(&snapshot).starts_with("HTTP/1.1 503"));
//!
//! // Jobs make progress, and what expires does so, when the test says that time passes.
//! atlas.clock().advance(Duration::from_secs(60));
//! # });
//! ```
//!
//! Where that is too much, an [`App`] answers and layers go around it, the last one outermost; [`App::start`] serves it on a port that the
//! system picks until the [`Server`] is dropped:
//!
//! ```
//! use atlas_backup_fake::{App, Digest, Fault, Faults};
//!
//! let digest = Digest::atlas();
//! let faults = Faults::script([Fault::html_503()]);
//! let server = App::examples().layer(&digest).layer(&faults).start();
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! assert_eq!((server.request_count(), server.handled_count("POST"), digest.counts().challenges), (0, 0, 0));
//! ```
//!
//! All answers come from the OpenAPI documents in this crate, none from the types of a client, and signatures are validated without the
//! crate that clients sign with. A layer is a handle too: the test keeps it, to count and to steer. Nothing here sleeps: what takes time
//! waits for a [`Gate`], what ends at some time asks a [`Clock`].

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
pub use atlas::{CLUSTERS, ClusterKind, FakeAtlas, FakeAtlasBuilder, Family, PROJECT};
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
