//! The entry to the generated code, and the only items of this crate that it may use.

#[cfg(any(feature = "v1", feature = "v2"))]
use crate::client::Client;

/// The types that both generations have in common, which each of them re-exports.
#[cfg(any(feature = "v1", feature = "v2"))]
#[allow(missing_docs, reason = "generated; what it lacks is the documents' to add")]
#[rustfmt::skip]
pub(crate) mod shared;

/// API v1.0, all of which Atlas has deprecated.
#[cfg(feature = "v1")]
#[allow(missing_docs, deprecated, reason = "generated; what it lacks is the documents' to add")]
#[rustfmt::skip]
pub mod v1;

/// API v2.
#[cfg(feature = "v2")]
#[cfg_attr(
    not(feature = "download"),
    allow(rustdoc::broken_intra_doc_links, reason = "some calls refer to the jobs that download")
)]
#[allow(missing_docs, deprecated, reason = "generated; what it lacks is the documents' to add")]
#[rustfmt::skip]
pub mod v2;

#[cfg(any(feature = "v1", feature = "v2"))]
impl Client {
    /// The operations of API v1.0, all of which Atlas has deprecated.
    #[cfg(feature = "v1")]
    pub fn v1(&self) -> crate::v1::Api {
        crate::v1::Api::new(self.clone())
    }

    /// The operations of API v2.
    #[cfg(feature = "v2")]
    pub fn v2(&self) -> crate::v2::Api {
        crate::v2::Api::new(self.clone())
    }
}

/// Everything that generated files use from this crate and its dependencies.
#[allow(unused_imports, reason = "what is used depends on the documents")]
pub(crate) mod prelude {
    pub(crate) use std::collections::BTreeMap;
    pub(crate) use std::fmt::Display;

    pub(crate) use http::Method;
    pub(crate) use jiff::Timestamp;
    pub(crate) use serde_json::Value;

    // What the documentation of shared types links to.
    #[cfg(all(doc, feature = "v1", not(feature = "v2")))]
    pub(crate) use crate::generated::v1::Api;
    #[cfg(all(doc, feature = "v2"))]
    pub(crate) use crate::generated::v2::Api;

    pub(crate) use crate::client::Client;
    pub(crate) use crate::client::call::Call;
    pub(crate) use crate::client::call_macro::request;
    pub(crate) use crate::client::pager::Items;
    pub(crate) use crate::config::call_options::CallOptions;
    pub(crate) use crate::error::Error;
    pub(crate) use crate::error::invalid_argument::InvalidArgument;
    pub(crate) use crate::pipeline::operation::{Idempotency, Operation};
    pub(crate) use crate::pipeline::response::Response;
    pub(crate) use crate::validate;
    pub(crate) use crate::validate::body::Body;
    pub(crate) use crate::validate::request_macros::{request_body, resource};
    pub(crate) use crate::wire::cluster_name::ClusterName;
    pub(crate) use crate::wire::extra::Extra;
    pub(crate) use crate::wire::object_id::ObjectId;
    pub(crate) use crate::wire::object_macros::response;
    pub(crate) use crate::wire::open_enum::open_enum;
}
