//! The faults that `cargo xtask fake-atlas --fault` knows by name.

use clap::ValueEnum;

use atlas_backup_fake::Fault;

/// The name of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FaultName {
    /// 429, with Retry-After: 2 seconds
    RateLimited,
    /// 400 with the error code of rate limiting
    RateLimitedAs400,
    /// 502 without a body
    BadGateway,
    /// 503 in HTML
    Unavailable,
    /// 504 in plain text
    GatewayTimeout,
    /// Connection reset before the response
    Reset,
    /// Connection reset in the middle of the response
    ResetMidBody,
    /// Connection closed in the middle of the response
    CutShort,
    /// No response, ever
    Silent,
    /// 401 in another charset, without a challenge
    Unauthorized,
}

impl FaultName {
    /// The fault with that name.
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
