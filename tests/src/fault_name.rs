//! The faults that `cargo xtask fake-atlas --fault` knows by name.

use clap::ValueEnum;

use atlas_backup_fake::Fault;

/// A fault by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FaultName {
    /// 429, to be tried again after 2 seconds
    RateLimited,
    /// 400 with the error code of rate limiting
    RateLimitedAs400,
    /// 502 without a body
    BadGateway,
    /// 503 in HTML
    Unavailable,
    /// 504 in plain text
    GatewayTimeout,
    /// A connection reset before the answer
    Reset,
    /// A connection reset in the middle of the answer
    ResetMidBody,
    /// A connection that ends in the middle of the answer
    CutShort,
    /// No answer, ever
    Silent,
    /// 401 in another charset, without a challenge
    Unauthorized,
}

impl FaultName {
    /// The fault of that name.
    pub fn fault(self) -> Fault {
        match self {
            FaultName::RateLimited => Fault::rate_limited(Some(2)),
            FaultName::RateLimitedAs400 => Fault::rate_limited_as_400(),
            FaultName::BadGateway => Fault::empty_502(),
            FaultName::Unavailable => Fault::html_503(),
            FaultName::GatewayTimeout => Fault::gateway_timeout_504(),
            FaultName::Reset => Fault::reset(),
            FaultName::ResetMidBody => Fault::reset_mid_body(),
            FaultName::CutShort => Fault::cut_short(),
            FaultName::Silent => Fault::silent(),
            FaultName::Unauthorized => Fault::unauthorized_latin_1(),
        }
    }
}
