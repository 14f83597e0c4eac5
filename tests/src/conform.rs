//! `cargo xtask conform`: does the client decode everything in a capture of real traffic, and where
//! does that traffic deviate from the spec?
//!
//! Each recorded response is served again on loopback and read through the client. The decoded
//! value is encoded again and compared with the recording. Independently, requests and responses
//! are compared with the spec. The first comparison finds bugs of the client, the second finds
//! mistakes in the documents.

pub mod body;
pub mod capture;
pub mod content;
pub mod examine;
pub mod hosts;
pub mod replay;
pub mod report;
pub mod route;
pub mod same;
pub mod text;

pub use atlas_backup_document::{deviation, schema};

pub use capture::Exchange;
pub use examine::{Examined, Examiner};
pub use report::Report;
