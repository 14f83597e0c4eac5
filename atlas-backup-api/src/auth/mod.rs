//! Who calls, and how that is proved to Atlas.

use http::HeaderValue;

#[cfg(feature = "digest")]
mod challenge;
mod credentials;
#[cfg(feature = "digest")]
mod digest;
pub(crate) mod environment;
mod service_account;
mod token;

pub use credentials::Credentials;

#[cfg(feature = "digest")]
pub(crate) use digest::{Digest, Nonce};
pub(crate) use service_account::ServiceAccount;

/// What a client signs its requests with.
pub(crate) enum Auth {
    /// Nothing: for stand-ins of Atlas that don't ask.
    Nothing,
    /// An API key.
    #[cfg(feature = "digest")]
    Digest(Digest),
    /// A service account.
    ServiceAccount(Box<ServiceAccount>),
    /// A token that the program was given: `Bearer …`, marked sensitive. It is never renewed.
    Token(HeaderValue),
}

impl Auth {
    /// For messages.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Auth::Nothing => "no credentials",
            #[cfg(feature = "digest")]
            Auth::Digest(_) => "an API key",
            Auth::ServiceAccount(_) => "a service account",
            Auth::Token(_) => "an access token",
        }
    }

    /// What to look at where the API answers 401.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Auth::Nothing => "the client was given no credentials",
            #[cfg(feature = "digest")]
            Auth::Digest(_) => {
                "the client called with an API key: check it, and the access list of addresses"
            }
            Auth::ServiceAccount(_) => {
                "the client called with a service account: check it, and the access list of addresses"
            }
            Auth::Token(_) => {
                "the client called with an access token that it cannot renew, and tokens live an hour: make a new one, and check the access \
                 list of addresses"
            }
        }
    }
}
