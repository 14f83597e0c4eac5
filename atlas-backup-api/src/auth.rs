//! Who calls, and how that is proved to Atlas.

#[cfg(feature = "digest")]
mod challenge;
mod credentials;
#[cfg(feature = "digest")]
mod digest;
pub(crate) mod environment;
mod error;
mod service_account;
mod token;

pub use credentials::Credentials;
pub use error::AuthError;

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
}

impl Auth {
    /// For messages.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Auth::Nothing => "no credentials",
            #[cfg(feature = "digest")]
            Auth::Digest(_) => "an API key",
            Auth::ServiceAccount(_) => "a service account",
        }
    }
}
