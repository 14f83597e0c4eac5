//! The gate to the generated code, and all it may know of the rest.

/// API v1.0, all of which Atlas has deprecated.
#[cfg(feature = "v1")]
#[allow(missing_docs, deprecated, reason = "generated; what it lacks is the documents' to add")]
#[rustfmt::skip]
pub mod v1;

/// API v2.
#[cfg(feature = "v2")]
#[allow(missing_docs, deprecated, reason = "generated; what it lacks is the documents' to add")]
#[rustfmt::skip]
pub mod v2;

/// What generated files use, and nothing else of this crate.
#[allow(unused_imports, reason = "what is used depends on the documents")]
pub(crate) mod prelude {
    pub(crate) use std::collections::BTreeMap;
    pub(crate) use std::fmt::Display;

    pub(crate) use http::Method;
    pub(crate) use jiff::Timestamp;
    pub(crate) use serde_json::Value;

    pub(crate) use crate::body::Body;
    pub(crate) use crate::call_options::CallOptions;
    pub(crate) use crate::check;
    pub(crate) use crate::client::Client;
    pub(crate) use crate::cluster_name::ClusterName;
    pub(crate) use crate::error::Error;
    pub(crate) use crate::extra::Extra;
    pub(crate) use crate::invalid_argument::InvalidArgument;
    pub(crate) use crate::object_id::ObjectId;
    pub(crate) use crate::objects::{answer, body, shared};
    pub(crate) use crate::open_enum::open_enum;
    pub(crate) use crate::operation::{Effect, Operation};
    pub(crate) use crate::paginate::Items;
    pub(crate) use crate::request::Request;
    pub(crate) use crate::requests::request;
    pub(crate) use crate::response::Response;
}
