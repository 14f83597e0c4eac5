//! `cargo xtask conform`: does the client read everything in a capture of real traffic, and where does that traffic deviate from the spec?
//!
//! Each answer of the capture is served again on loopback and read through the client, as a program would; what it decoded to is encoded
//! and compared. Apart from that, requests and answers are compared with the spec. The first finds faults of the client, the second
//! faults of the documents.

pub mod capture;
pub mod examine;
pub mod replay;
pub mod report;
pub mod route;
pub mod same;

pub use atlas_backup_document::{deviation, schema};

pub use capture::Exchange;
pub use examine::{Examined, Examiner};
pub use report::Report;
