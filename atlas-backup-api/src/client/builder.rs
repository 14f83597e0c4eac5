//! The builder of a client.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::header::USER_AGENT;
use http::{HeaderMap, HeaderValue};
use tokio::sync::Semaphore;

use crate::auth::{Auth, Credentials, environment};
use crate::client::Client;
use crate::config::base_url::BaseUrl;
use crate::config::clock::{Clock, SystemClock};
use crate::config::pacing::Pacing;
use crate::config::retry_policy::RetryPolicy;
use crate::config::settings::Settings;
use crate::config::statistics::Counters;
use crate::config::warned::Warned;
use crate::error::Error;
use crate::error::configuration::ConfigurationError;
use crate::pipeline::context::Context;

/// Builds a [`Client`]. Each setting has a default; their order does not matter.
/// [`build`](Self::build) validates them.
///
/// Proxies are taken from the environment (`HTTPS_PROXY`, `NO_PROXY` and the like).
#[must_use = "a client is made by `build`"]
pub struct ClientBuilder {
    base_url: String,
    allow_http: bool,
    credentials: Option<Credentials>,
    retry: RetryPolicy,
    connect_timeout: Option<Duration>,
    attempt_timeout: Duration,
    total_timeout: Duration,
    max_response_bytes: usize,
    pool_idle_timeout: Duration,
    max_concurrency: Option<usize>,
    pace: bool,
    user_agent_suffix: Option<String>,
    http: Option<reqwest::ClientBuilder>,
    clock: Arc<dyn Clock>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        ClientBuilder {
            base_url: "https://cloud.mongodb.com".to_owned(),
            allow_http: false,
            credentials: None,
            retry: RetryPolicy::default(),
            connect_timeout: None,
            attempt_timeout: Duration::from_secs(60),
            total_timeout: Duration::from_secs(300),
            max_response_bytes: 64 * 1024 * 1024,
            pool_idle_timeout: Duration::from_secs(30),
            max_concurrency: None,
            pace: false,
            user_agent_suffix: None,
            http: None,
            clock: Arc::new(SystemClock),
        }
    }
}

impl Client {
    /// Returns a builder, for a client whose settings differ from the defaults.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}

impl ClientBuilder {
    /// Takes the credentials and the base URL from the environment, as [`Client::from_env`] does.
    ///
    /// # Errors
    ///
    /// Fails as [`Credentials::from_env`] does.
    #[allow(
        clippy::wrong_self_convention,
        reason = "it adds what the environment holds to what was set before"
    )]
    pub fn from_env(mut self) -> Result<Self, Error> {
        self.credentials = Some(Credentials::from_env()?);
        if let Some(url) = environment::base_url(&environment::variable)? {
            self.base_url = url;
        }
        Ok(self)
    }

    /// Sets the credentials. Without them, requests are not authenticated, and Atlas refuses them.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets the base URL of the Atlas to call: scheme and host, and a port if needed. Default:
    /// `https://cloud.mongodb.com`; Atlas for Government is `https://cloud.mongodbgov.com`.
    /// Trailing slashes are dropped. [`build`](Self::build) refuses a URL with a path, query,
    /// fragment or user name, and `http` for any host but loopback.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Allows a base URL with `http` for any host. Anyone on the network can then read the requests
    /// and use the tokens in them. Default: false.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Sets how often and when a call is retried. Default: [`RetryPolicy::new`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the time limit for opening a connection. Default: 10 seconds, or the limit of the
    /// builder that was given to [`http`](Self::http).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Sets the time limit for one attempt, from connecting to the last byte of the response.
    /// Default: 60 seconds.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Sets the time limit for a call with all its attempts and the delays between them. Default:
    /// 300 seconds. A delay that would end after the limit is not started.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// Sets how many bytes of a response body are read at most. Default: 64 MiB. A successful
    /// response that is longer fails with [`Error::Decode`]: its connection is closed, and the call
    /// is not retried, because Atlas has carried it out. Of an error response, at most 256 KiB are
    /// read, and the error is built from them.
    pub fn max_response_bytes(mut self, most: usize) -> Self {
        self.max_response_bytes = most;
        self
    }

    /// Sets how long a connection may have been idle and still be used for another call. Firewalls
    /// and proxies between a program and Atlas silently drop connections that are idle for about a
    /// minute, and a request sent on a dropped connection is lost: if it creates something, the
    /// caller cannot know whether Atlas created it. Default: 30 seconds, even if the builder given
    /// to [`http`](Self::http) has another time.
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.pool_idle_timeout = timeout;
        self
    }

    /// Sets how many requests may be in progress at a time. Others wait for their turn, within
    /// their total timeout. Default: no limit.
    pub fn max_concurrency(mut self, most: usize) -> Self {
        self.max_concurrency = Some(most);
        self
    }

    /// Sets whether calls share what is left of a rate limit. For programs that make many calls at
    /// the same time. Default: false.
    ///
    /// Atlas limits requests by sets of endpoints, and by project or organization, and says in
    /// `RateLimit-Remaining` how many are left
    /// ([rate limits](https://www.mongodb.com/docs/atlas/api/api-rate-limit/)). It does not say which
    /// endpoints share a limit, so the client counts each endpoint of each project by itself:
    ///
    /// - The first request goes alone. Then no more are in progress than the last response left.
    /// - If it left none, the next one goes alone, after a pause: one second, longer if refusals have
    ///   shown that this is too short, and at most 60.
    /// - After a refusal for the rate limit, all wait as long as its `Retry-After` says, or for ten
    ///   seconds. If that is longer than [`RetryPolicy::max_retry_after`], they are sent at once, and
    ///   fail as the first did.
    ///
    /// They wait within their total timeout; [`Statistics::paced`](crate::Statistics::paced) is how
    /// long.
    pub fn pace(mut self, pace: bool) -> Self {
        self.pace = pace;
        self
    }

    /// Appends the name of your program to the user agent:
    /// `atlas-backup-api/0.1.0 your-program/1.2`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Sets an HTTP client with settings of your own, such as a proxy or root certificates. These
    /// settings are added and override yours: no redirects, no retries, the user agent, the [idle
    /// timeout](Self::pool_idle_timeout) of connections, and the connect timeout if it was set
    /// here.
    ///
    /// It is used for Atlas alone: downloads come from other hosts and use an HTTP client without
    /// its credentials and headers.
    pub fn http(mut self, builder: reqwest::ClientBuilder) -> Self {
        self.http = Some(builder);
        self
    }

    /// Sets the clock for delays, polls, expiry, total timeouts and the deadlines of jobs. Default:
    /// the system's clock. For tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Builds the client. No request is sent.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Configuration`] if a setting is invalid, or if TLS cannot be set up (for
    /// example, without root certificates).
    pub fn build(self) -> Result<Client, Error> {
        let base_url = BaseUrl::parse(&self.base_url, self.allow_http)?;
        for (name, timeout) in [
            ("connect timeout", self.connect_timeout),
            ("attempt timeout", Some(self.attempt_timeout)),
            ("total timeout", Some(self.total_timeout)),
            ("pool idle timeout", Some(self.pool_idle_timeout)),
        ] {
            if timeout.is_some_and(|timeout| timeout.is_zero()) {
                return Err(
                    ConfigurationError::new(format!("{name}: must be longer than zero")).into(),
                );
            }
        }
        for (name, number) in [
            ("max concurrency", self.max_concurrency),
            ("max response bytes", Some(self.max_response_bytes)),
        ] {
            if number == Some(0) {
                return Err(
                    ConfigurationError::new(format!("{name}: must be more than zero")).into(),
                );
            }
        }
        let user_agent = self.user_agent()?;
        let usual = || reqwest::Client::builder().connect_timeout(Duration::from_secs(10));
        let mut headers = HeaderMap::new();
        headers.append(USER_AGENT, user_agent);
        let mut http = self.http.unwrap_or_else(usual).default_headers(headers);
        if let Some(timeout) = self.connect_timeout {
            http = http.connect_timeout(timeout);
        }
        let http = http
            // A redirect would send the request, with its credentials, to any host that the
            // response names.
            .redirect(reqwest::redirect::Policy::none())
            // This crate decides by operation what may be retried; the HTTP client must not decide
            // it by protocol.
            .retry(reqwest::retry::never())
            .pool_idle_timeout(self.pool_idle_timeout)
            .build()
            .map_err(ConfigurationError::from)?;
        let auth = match self.credentials {
            Some(credentials) => credentials.into_auth(&base_url)?,
            None => Auth::Nothing,
        };
        let settings = Settings {
            http,
            base_url,
            retry: self.retry,
            attempt_timeout: self.attempt_timeout,
            total_timeout: self.total_timeout,
            max_response_bytes: self.max_response_bytes,
            clock: self.clock,
            permits: self
                .max_concurrency
                .map(|most| Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            pacing: self.pace.then(Pacing::default),
            rate_limit: Mutex::default(),
            counters: Counters::default(),
            warned: Warned::default(),
        };
        Ok(Client {
            context: Arc::new(Context { settings, auth }),
        })
    }

    fn user_agent(&self) -> Result<HeaderValue, ConfigurationError> {
        let mut agent = concat!("atlas-backup-api/", env!("CARGO_PKG_VERSION")).to_owned();
        if let Some(suffix) = self.user_agent_suffix.as_deref().map(str::trim_ascii) {
            if !suffix.is_empty() {
                agent.push(' ');
                agent.push_str(suffix);
            }
        }
        let printable = agent.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let refused =
            || ConfigurationError::new("user agent suffix: must be printable ASCII".to_owned());
        if printable {
            HeaderValue::try_from(agent).map_err(|_| refused())
        } else {
            Err(refused())
        }
    }
}

/// Leaves out the HTTP client, whose settings may hold a proxy's password, and the base URL, which
/// is not validated yet and may hold one too.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("credentials", &self.credentials)
            .field("retry", &self.retry)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("total_timeout", &self.total_timeout)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("pool_idle_timeout", &self.pool_idle_timeout)
            .field("max_concurrency", &self.max_concurrency)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
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
        Client::builder().build().unwrap();
        Client::new(Credentials::service_account("id", "hunter2")).unwrap();
    }

    #[test]
    fn a_setting_that_is_refused_is_named() {
        assert_eq!(
            refusal(Client::builder().base_url("https://cloud.mongodb.com/api")),
            "configuration: base URL: a path does not belong in it; operations bring their own, from /api on"
        );
        for (builder, name) in [
            (
                Client::builder().attempt_timeout(Duration::ZERO),
                "attempt timeout: must be longer",
            ),
            (
                Client::builder().total_timeout(Duration::ZERO),
                "total timeout: must be longer",
            ),
            (
                Client::builder().connect_timeout(Duration::ZERO),
                "connect timeout: must be longer",
            ),
            (
                Client::builder().pool_idle_timeout(Duration::ZERO),
                "pool idle timeout: must be longer",
            ),
            (
                Client::builder().max_concurrency(0),
                "max concurrency: must be more",
            ),
            (
                Client::builder().max_response_bytes(0),
                "max response bytes: must be more",
            ),
        ] {
            assert_eq!(refusal(builder), format!("configuration: {name} than zero"));
        }
        for suffix in ["a\r\nX-Injected: 1", "ä", "\u{7f}"] {
            assert_eq!(
                refusal(Client::builder().user_agent_suffix(suffix)),
                "configuration: user agent suffix: must be printable ASCII"
            );
        }
        let builder = Client::builder().credentials(Credentials::service_account("", "hunter2"));
        assert_eq!(
            refusal(builder),
            "configuration: credentials: client id of the service account: is empty"
        );
    }

    #[test]
    fn nothing_secret_is_printed() {
        let http = reqwest::Client::builder()
            .proxy(reqwest::Proxy::all("http://u:hunter2@127.0.0.1:1").unwrap());
        let builder = Client::builder().base_url("https://u:hunter2@h").http(http);
        let builder = builder.credentials(Credentials::service_account("id", "hunter2"));
        assert!(!format!("{builder:?}").contains("hunter2"), "{builder:?}");
        let client = builder.base_url("https://h").build().unwrap();
        assert!(!format!("{client:?}").contains("hunter2"), "{client:?}");
    }

    #[test]
    fn the_user_agent_names_crate_and_program() {
        let crate_alone = concat!("atlas-backup-api/", env!("CARGO_PKG_VERSION"));
        let agent = |builder: ClientBuilder| builder.user_agent().unwrap();
        assert_eq!(agent(Client::builder()), crate_alone);
        assert_eq!(
            agent(Client::builder().user_agent_suffix("  ")),
            crate_alone
        );
        assert_eq!(
            agent(Client::builder().user_agent_suffix("nightly/1.2 (cron)")),
            format!("{crate_alone} nightly/1.2 (cron)")
        );
    }
}
