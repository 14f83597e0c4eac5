//! Finds the operation of a recorded request.

use atlas_backup_document::route::Route as Found;
use atlas_backup_fake::documents;

use crate::{Entry, entries};

/// What a recorded request is, with the table entry of its operation.
pub type Route = Found<&'static Entry>;

/// Finds the operation of a request by method and path.
pub fn route(method: &str, path: &str) -> Route {
    documents().route(method, path).map(|operation| {
        let entry = entries().find(|entry| entry.api == operation.api && entry.id == operation.id);
        entry.expect("the table of calls has every operation of the documents, as a test has seen")
    })
}
