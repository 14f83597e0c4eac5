//! The settings of a client and of a call: timeouts, retries, the base URL.

pub(crate) mod base_url;
pub(crate) mod call_options;
pub(crate) mod clock;
pub(crate) mod deadline;
pub(crate) mod pacing;
pub(crate) mod retry_policy;
pub(crate) mod settings;
pub(crate) mod statistics;
pub(crate) mod warned;
