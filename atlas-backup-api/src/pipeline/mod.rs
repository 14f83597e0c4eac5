//! One request to one response: retries, authentication, the exchange on the network, decoding.

pub(crate) mod authenticate;
pub(crate) mod classify;
pub(crate) mod context;
pub(crate) mod decode;
pub(crate) mod exchange;
pub(crate) mod operation;
pub(crate) mod query;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod retry;
