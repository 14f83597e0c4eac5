//! Credentials, and how requests are signed with them.

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

/// How a client authenticates its requests.
pub(crate) enum Auth {
    /// No credentials, for servers that stand in for Atlas (in tests) and require none.
    Nothing,
    /// An API key.
    #[cfg(feature = "digest")]
    Digest(Digest),
    /// A service account.
    ServiceAccount(Box<ServiceAccount>),
    /// An access token from the program: `Bearer …`, marked sensitive. It is never renewed.
    Token(HeaderValue),
}

impl Auth {
    /// Returns the kind of credentials, for messages.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Auth::Nothing => "no credentials",
            #[cfg(feature = "digest")]
            Auth::Digest(_) => "an API key",
            Auth::ServiceAccount(_) => "a service account",
            Auth::Token(_) => "an access token",
        }
    }

    /// Returns what a user should check after a 401 response, for messages.
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
