//! The credentials that a program passes to the client.

use std::fmt;

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::{Auth, ServiceAccount, environment};
use crate::config::base_url::BaseUrl;
use crate::error::Error;
use crate::error::configuration::ConfigurationError;

/// An API key, a service account or an access token of Atlas. `Debug` prints only which of these it
/// is, and the secret part is overwritten in memory when it is dropped.
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
    Token(SecretString),
}

impl Credentials {
    /// Creates credentials from the public and the private part of an API key. The client uses HTTP
    /// Digest, which never sends the private part.
    #[cfg(feature = "digest")]
    pub fn api_key(public: impl Into<String>, private: impl Into<SecretString>) -> Self {
        Credentials(Kind::ApiKey {
            public: public.into(),
            private: private.into(),
        })
    }

    /// Creates credentials from the client id and the secret of a service account. The client
    /// exchanges them for a token at the host of the base URL. The token is valid for an hour,
    /// serves all calls of the client, and is renewed before it expires.
    ///
    /// If Atlas responds with 401 to a call, the token may have been revoked, so the client sends
    /// the call again with a new token, once. It requests no new token if the error code says that
    /// the service account lacks a permission, such as `USER_CANNOT_ACCESS_GROUP`, and none for
    /// five minutes after Atlas has rejected such a new token, too.
    pub fn service_account(client_id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Credentials(Kind::ServiceAccount {
            id: client_id.into(),
            secret: secret.into(),
        })
    }

    /// Creates credentials from an access token of a service account that the program obtained
    /// elsewhere. The client sends it unchanged as a `Bearer` token and never renews it. Atlas's
    /// tokens expire after an hour; from then on every call fails with [`Error::Auth`].
    pub fn token(token: impl Into<SecretString>) -> Self {
        Credentials(Kind::Token(token.into()))
    }

    /// Reads credentials from the environment variables that other tools for Atlas use:
    ///
    /// | what | variable | or |
    /// |---|---|---|
    /// | API key, public part | `MONGODB_ATLAS_PUBLIC_API_KEY` | `MONGODB_ATLAS_PUBLIC_KEY` |
    /// | API key, private part | `MONGODB_ATLAS_PRIVATE_API_KEY` | `MONGODB_ATLAS_PRIVATE_KEY` |
    /// | service account, id | `MONGODB_ATLAS_CLIENT_ID` | |
    /// | service account, secret | `MONGODB_ATLAS_CLIENT_SECRET` | |
    /// | access token | `MONGODB_ATLAS_ACCESS_TOKEN` | |
    ///
    /// White space around a value is removed, and a variable without a value counts as not set. A
    /// value in quotes is an error, because `docker --env-file` passes quotes on as part of the
    /// value.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if nothing is set, if a part is missing (the error names
    /// it), if more than one kind is set, if two names of one part have different values, if a
    /// value is not Unicode or in quotes, or if an API key is set and the feature `digest` is off.
    pub fn from_env() -> Result<Self, Error> {
        Ok(environment::credentials(&environment::variable)?)
    }

    /// Converts the credentials into the [`Auth`] of a client for this base URL. Fails if a part is
    /// empty or has characters other than printable ASCII without spaces.
    pub(crate) fn into_auth(self, base_url: &BaseUrl) -> Result<Auth, ConfigurationError> {
        match self.0 {
            #[cfg(feature = "digest")]
            Kind::ApiKey { public, private } => {
                // The `Authorization` header contains the public part (or its hash) and a hash of
                // both parts, where other characters would be ambiguous.
                printable("API key", "public", &public)?;
                printable("API key", "private", private.expose_secret())?;
                Ok(Auth::Digest(super::Digest::new(public, private)))
            }
            Kind::ServiceAccount { id, secret } => {
                printable("service account", "client id", &id)?;
                printable("service account", "secret", secret.expose_secret())?;
                Ok(Auth::ServiceAccount(Box::new(ServiceAccount::new(
                    id, secret, base_url,
                ))))
            }
            Kind::Token(token) => {
                printable("access token", "text", token.expose_secret())?;
                let header = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()));
                let mut header = header.map_err(|_| {
                    ConfigurationError::new(
                        "credentials: the access token fits no header".to_owned(),
                    )
                })?;
                header.set_sensitive(true);
                Ok(Auth::Token(header))
            }
        }
    }
}

fn printable(kind: &str, part: &str, text: &str) -> Result<(), ConfigurationError> {
    let fault = match text {
        "" => "is empty",
        text if !text.bytes().all(|byte| matches!(byte, b'!'..=b'~')) => {
            "must be printable ASCII without spaces"
        }
        _ => return Ok(()),
    };
    Err(ConfigurationError::new(format!(
        "credentials: {part} of the {kind}: {fault}"
    )))
}

/// Prints only the kind of the credentials.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            #[cfg(feature = "digest")]
            Kind::ApiKey { .. } => "Credentials(API key)",
            Kind::ServiceAccount { .. } => "Credentials(service account)",
            Kind::Token(_) => "Credentials(access token)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(credentials: Credentials) -> String {
        let base_url = BaseUrl::parse("https://cloud.mongodb.com", false).unwrap();
        let error = credentials.into_auth(&base_url).err().unwrap();
        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{error:?}"
        );
        error.to_string()
    }

    #[test]
    fn what_cannot_be_sent_is_refused_without_being_repeated() {
        let odd = "must be printable ASCII without spaces";
        for (id, secret, fault) in [
            (
                "",
                "hunter2",
                "client id of the service account: is empty".to_owned(),
            ),
            (
                "mdb_sa_id",
                "",
                "secret of the service account: is empty".to_owned(),
            ),
            (
                "hunter2\n",
                "hunter2",
                format!("client id of the service account: {odd}"),
            ),
            (
                "mdb_sa_id",
                "hunter2\r\nX: y",
                format!("secret of the service account: {odd}"),
            ),
            (
                "mdb_sa_id",
                "hunter2 ",
                format!("secret of the service account: {odd}"),
            ),
            (
                "mdb_sa_id",
                "hunter2é",
                format!("secret of the service account: {odd}"),
            ),
        ] {
            assert_eq!(
                refusal(Credentials::service_account(id, secret)),
                format!("configuration: credentials: {fault}")
            );
        }
    }

    #[cfg(feature = "digest")]
    #[test]
    fn an_api_key_that_cannot_be_sent_is_refused() {
        assert!(
            refusal(Credentials::api_key("", "hunter2"))
                .contains("public of the API key: is empty")
        );
        assert!(
            refusal(Credentials::api_key("public", "hunter2\u{0}"))
                .contains("private of the API key: must be")
        );
        assert_eq!(
            format!("{:?}", Credentials::api_key("public", "hunter2")),
            "Credentials(API key)"
        );
    }

    #[test]
    fn a_token_that_cannot_be_sent_is_refused() {
        assert!(refusal(Credentials::token("")).contains("text of the access token: is empty"));
        for token in ["Bearer hunter2", "hunter2\r\nX: y", "hunter2é"] {
            assert!(
                refusal(Credentials::token(token))
                    .contains("text of the access token: must be printable ASCII without spaces")
            );
        }
    }

    #[test]
    fn debug_shows_the_kind_alone() {
        assert_eq!(
            format!("{:?}", Credentials::token("hunter2")),
            "Credentials(access token)"
        );
        assert_eq!(
            format!("{:?}", Credentials::service_account("id", "hunter2")),
            "Credentials(service account)"
        );
    }
}
