//! What a client is told once: how long to wait, how often to retry, where Atlas is.

pub(crate) mod base_url;
pub(crate) mod call_options;
pub(crate) mod clock;
pub(crate) mod deadline;
pub(crate) mod retry_policy;
pub(crate) mod settings;
