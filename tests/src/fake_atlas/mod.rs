//! Servers on loopback that behave as Atlas does, strictly, and misbehave when told to.
//!
//! An [`App`] answers; layers go around it, the last one outermost; [`App::start`] serves it on a port that the system
//! picks until the [`Server`] is dropped:
//!
//! ```
//! use atlas_backup_tests::fake_atlas::{App, Digest, Fault, Faults};
//!
//! let digest = Digest::atlas();
//! let faults = Faults::script([Fault::html_503()]);
//! let server = App::examples().within(&digest).within(&faults).start();
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! assert_eq!((server.exchanges(), server.acted("POST"), digest.counts().challenges), (0, 0, 0));
//! ```
//!
//! [`FakeAtlas`] is the application that remembers what it was told, with all layers around it.
//!
//! What is told to clients comes from the examples of the spec, never from the types of `atlas-backup-api`, and what
//! they sign is checked without the crate they sign with. A layer is a handle too: the test keeps it, to count and to
//! steer. Nothing here sleeps: what takes time waits for a [`Gate`], what ends at some time asks a [`Clock`].

mod answer;
mod app;
mod atlas;
mod authorization;
mod clock;
#[cfg(test)]
mod curl;
mod delivery;
mod digest;
mod digest_hash;
mod examples;
mod fault_name;
mod faults;
mod gate;
mod har;
mod oauth;
#[cfg(test)]
mod peer;
mod received;
mod server;
mod wire;

pub use answer::Answer;
pub use app::{App, Layer};
pub use atlas::{Atlas, CLUSTERS, ClusterKind, FakeAtlas, Family, PROJECT};
pub use clock::Clock;
pub use delivery::{Delivery, Mishap, Offer};
pub use digest::{Challenge, Digest, DigestCounts, PRIVATE_KEY, PUBLIC_KEY};
pub use digest_hash::{Algorithm, Signed};
pub use examples::{error, examples};
pub use fault_name::FaultName;
pub use faults::{Fault, Faults};
pub use gate::{Barrier, Gate};
pub use oauth::{CLIENT_ID, CLIENT_SECRET, OAuth, OAuthCounts};
pub use received::Received;
pub use server::Server;
