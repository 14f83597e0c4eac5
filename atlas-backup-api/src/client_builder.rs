//! Settings of a client.

use std::fmt;
use std::time::Duration;

use http::HeaderValue;

use crate::base_url::BaseUrl;
use crate::client::{Client, Shared};
use crate::configuration_error::ConfigurationError;
use crate::error::Error;
use crate::excerpt;

/// Settings of a [`Client`], each with a default. They are checked by [`build`](Self::build).
///
/// Proxies are taken from the environment (`HTTPS_PROXY`, `NO_PROXY` and the like).
#[derive(Clone)]
#[must_use = "a client is made by `build`"]
pub struct ClientBuilder {
    base_url: String,
    connect_timeout: Duration,
    timeout: Duration,
    user_agent_suffix: Option<String>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        ClientBuilder {
            base_url: "https://cloud.mongodb.com".to_owned(),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            user_agent_suffix: None,
        }
    }
}

impl ClientBuilder {
    /// Which Atlas to call: scheme and host, with a port if need be. Default: `https://cloud.mongodb.com`; Atlas for
    /// Government is `https://cloud.mongodbgov.com`. Slashes at the end are dropped; a path, query, fragment or user
    /// name is refused.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// How long to wait for a connection. Default: 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one attempt may take, from connecting to the last byte of the answer. Default: 60 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Names your program to Atlas, after this crate: `atlas-backup-api/0.1.0 your-program/1.2`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] where a setting is refused, or TLS cannot be set up (no root certificates, for example).
    pub fn build(self) -> Result<Client, Error> {
        let base_url = BaseUrl::parse(&self.base_url)?;
        for (name, timeout) in [("connect timeout", self.connect_timeout), ("timeout", self.timeout)] {
            if timeout.is_zero() {
                return Err(ConfigurationError::new(format!("{name}: must be longer than zero")).into());
            }
        }
        let http = reqwest::Client::builder()
            .user_agent(self.user_agent()?)
            .connect_timeout(self.connect_timeout)
            // A redirect would carry what we send to wherever the answer says.
            .redirect(reqwest::redirect::Policy::none())
            // What may be sent twice is decided here, by operation, and not by the protocol.
            .retry(reqwest::retry::never())
            .build()
            .map_err(ConfigurationError::from)?;
        Ok(Client::from_shared(Shared { http, base_url, timeout: self.timeout }))
    }

    /// This crate, and the program that uses it.
    fn user_agent(&self) -> Result<HeaderValue, ConfigurationError> {
        let mut agent = concat!("atlas-backup-api/", env!("CARGO_PKG_VERSION")).to_owned();
        if let Some(suffix) = self.user_agent_suffix.as_deref().map(str::trim) {
            if !suffix.is_empty() {
                agent.push(' ');
                agent.push_str(suffix);
            }
        }
        let printable = agent.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let refused = || ConfigurationError::new("user agent suffix: must be printable ASCII".to_owned());
        if printable { HeaderValue::try_from(agent).map_err(|_| refused()) } else { Err(refused()) }
    }
}

/// A base URL that is going to be refused may hold a password, or a token.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &excerpt::bare_url(&self.base_url))
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("user_agent_suffix", &self.user_agent_suffix)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(builder: ClientBuilder) -> String {
        match builder.build() {
            Err(error @ Error::Configuration(_)) => error.to_string(),
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn the_defaults_work() {
        Client::new().unwrap();
    }

    #[test]
    fn a_setting_that_is_refused_is_named() {
        assert_eq!(
            refusal(Client::builder().base_url("https://cloud.mongodb.com/api")),
            "configuration: base URL: a path does not belong in it; operations bring their own, from /api on"
        );
        assert_eq!(refusal(Client::builder().timeout(Duration::ZERO)), "configuration: timeout: must be longer than zero");
        assert_eq!(refusal(Client::builder().connect_timeout(Duration::ZERO)), "configuration: connect timeout: must be longer than zero");
        for suffix in ["a\r\nX-Injected: 1", "ä", "\u{7f}"] {
            assert_eq!(refusal(Client::builder().user_agent_suffix(suffix)), "configuration: user agent suffix: must be printable ASCII");
        }
    }

    #[test]
    fn debug_hides_what_does_not_belong_in_a_base_url() {
        let builder = Client::builder().base_url("https://user:hunter2@h/?token=hunter2");
        let printed = format!("{builder:?}");
        assert!(printed.contains(r#"base_url: "https://h/""#) && !printed.contains("hunter2"), "{printed}");
    }

    #[test]
    fn the_user_agent_names_crate_and_program() {
        let crate_alone = concat!("atlas-backup-api/", env!("CARGO_PKG_VERSION"));
        let agent = |builder: ClientBuilder| builder.user_agent().unwrap();
        assert_eq!(agent(Client::builder()), crate_alone);
        assert_eq!(agent(Client::builder().user_agent_suffix("  ")), crate_alone);
        assert_eq!(agent(Client::builder().user_agent_suffix("nightly/1.2 (cron)")), format!("{crate_alone} nightly/1.2 (cron)"));
    }
}
