//! Turns one request into one response.
//!
//! - `operation`, `route`, `path`, `query`, `request`: the request, as data
//! - `retry`: sends it, again if that is right; `classify` says what may be sent again
//! - `authenticate`: one attempt, with credentials
//! - `exchange`: one exchange on the network; `span` says what is traced of it
//! - `decode`, `response`: the value that a response contains

pub(crate) mod authenticate;
pub(crate) mod classify;
pub(crate) mod context;
pub(crate) mod decode;
pub(crate) mod exchange;
pub(crate) mod operation;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod retry;
pub(crate) mod route;
pub(crate) mod span;
