//! What a program has to prove who it is.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::{Auth, ServiceAccount, environment};
use crate::base_url::BaseUrl;
use crate::configuration_error::ConfigurationError;
use crate::error::Error;

/// An API key or a service account of Atlas. Never printed, and overwritten in memory when dropped.
#[derive(Clone)]
pub struct Credentials(Kind);

#[derive(Clone)]
enum Kind {
    #[cfg(feature = "digest")]
    ApiKey {
        public: String,
        private: SecretString,
    },
    ServiceAccount {
        id: String,
        secret: SecretString,
    },
}

impl Credentials {
    /// An API key: its public and its private part. It is proved by HTTP Digest; the private part is never sent.
    #[cfg(feature = "digest")]
    pub fn api_key(public: impl Into<String>, private: impl Into<SecretString>) -> Self {
        Credentials(Kind::ApiKey { public: public.into(), private: private.into() })
    }

    /// A service account: its client id and secret. They are exchanged for a token at the base URL's host, which serves
    /// all calls of the client for an hour and is renewed in time.
    pub fn service_account(client_id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Credentials(Kind::ServiceAccount { id: client_id.into(), secret: secret.into() })
    }

    /// What the environment holds, under the names that other tools for Atlas use:
    ///
    /// | what | variable | or |
    /// |---|---|---|
    /// | API key, public part | `MONGODB_ATLAS_PUBLIC_API_KEY` | `MONGODB_ATLAS_PUBLIC_KEY` |
    /// | API key, private part | `MONGODB_ATLAS_PRIVATE_API_KEY` | `MONGODB_ATLAS_PRIVATE_KEY` |
    /// | service account, id | `MONGODB_ATLAS_CLIENT_ID` | |
    /// | service account, secret | `MONGODB_ATLAS_CLIENT_SECRET` | |
    ///
    /// White space around a value is dropped; a variable without a value counts as not set.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] where nothing is set, a part is missing (it is named), both kinds are set, two names of one
    /// part have different values, or a value is not Unicode.
    pub fn from_env() -> Result<Self, Error> {
        Ok(environment::credentials(&environment::variable)?)
    }

    /// For a client of this base URL.
    pub(crate) fn into_auth(self, base_url: &BaseUrl) -> Result<Auth, ConfigurationError> {
        match self.0 {
            #[cfg(feature = "digest")]
            Kind::ApiKey { public, private } => {
                // Both go into a header or a hash of one, where anything else would be ambiguous.
                printable("API key", "public", &public)?;
                printable("API key", "private", private.expose_secret())?;
                Ok(Auth::Digest(super::Digest::new(public, private)))
            }
            Kind::ServiceAccount { id, secret } => {
                printable("service account", "client id", &id)?;
                printable("service account", "secret", secret.expose_secret())?;
                Ok(Auth::ServiceAccount(Box::new(ServiceAccount::new(id, secret, base_url))))
            }
        }
    }
}

fn printable(kind: &str, part: &str, text: &str) -> Result<(), ConfigurationError> {
    let fault = match text {
        "" => "is empty",
        text if !text.bytes().all(|byte| matches!(byte, b'!'..=b'~')) => "must be printable ASCII without spaces",
        _ => return Ok(()),
    };
    Err(ConfigurationError::new(format!("credentials: {part} of the {kind}: {fault}")))
}

/// The kind alone.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            #[cfg(feature = "digest")]
            Kind::ApiKey { .. } => "Credentials(API key)",
            Kind::ServiceAccount { .. } => "Credentials(service account)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(credentials: Credentials) -> String {
        let base_url = BaseUrl::parse("https://cloud.mongodb.com", false).unwrap();
        let error = credentials.into_auth(&base_url).err().unwrap();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        error.to_string()
    }

    #[test]
    fn what_cannot_be_sent_is_refused_without_being_repeated() {
        let odd = "must be printable ASCII without spaces";
        for (id, secret, fault) in [
            ("", "hunter2", "client id of the service account: is empty".to_owned()),
            ("mdb_sa_id", "", "secret of the service account: is empty".to_owned()),
            ("hunter2\n", "hunter2", format!("client id of the service account: {odd}")),
            ("mdb_sa_id", "hunter2\r\nX: y", format!("secret of the service account: {odd}")),
            ("mdb_sa_id", "hunter2 ", format!("secret of the service account: {odd}")),
            ("mdb_sa_id", "hunter2é", format!("secret of the service account: {odd}")),
        ] {
            assert_eq!(refusal(Credentials::service_account(id, secret)), format!("configuration: credentials: {fault}"));
        }
    }

    #[cfg(feature = "digest")]
    #[test]
    fn so_it_is_with_api_keys() {
        assert!(refusal(Credentials::api_key("", "hunter2")).contains("public of the API key: is empty"));
        assert!(refusal(Credentials::api_key("public", "hunter2\u{0}")).contains("private of the API key: must be"));
        assert_eq!(format!("{:?}", Credentials::api_key("public", "hunter2")), "Credentials(API key)");
    }

    #[test]
    fn debug_shows_the_kind_alone() {
        assert_eq!(format!("{:?}", Credentials::service_account("id", "hunter2")), "Credentials(service account)");
    }
}
