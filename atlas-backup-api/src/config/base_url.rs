//! The base URL: scheme, host and port of the Atlas to call, and nothing else.

use std::net::IpAddr;

use reqwest::Url;

use crate::error::configuration::ConfigurationError;

/// A base URL such as `https://cloud.mongodb.com`, without a slash at the end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BaseUrl {
    url: Url,
    text: String,
}

impl BaseUrl {
    /// Parses a base URL. Surrounding whitespace is ignored. Errors name the problem and not the
    /// URL, which may contain a password or a token.
    ///
    /// `http` is accepted only for loopback, or with `allow_http`: without encryption, anyone on
    /// the network path can read what the client sends, such as a token, and use it.
    pub(crate) fn parse(text: &str, allow_http: bool) -> Result<Self, ConfigurationError> {
        let refuse = |fault: &str| Err(ConfigurationError::new(format!("base URL: {fault}")));
        let url = match Url::parse(text) {
            Ok(url) => url,
            Err(error) => {
                return refuse(&format!(
                    "{error}; expected something like https://cloud.mongodb.com"
                ));
            }
        };
        match url.scheme() {
            "https" => {}
            "http" if allow_http || is_loopback(&url) => {}
            "http" => {
                return refuse(
                    "the scheme must be https; http is only for loopback, unless allowed with `allow_http`",
                );
            }
            other => return refuse(&format!("the scheme must be https, and is {other}")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("a user name or password does not belong in it");
        }
        if url.query().is_some() {
            return refuse("a query does not belong in it");
        }
        if url.fragment().is_some() {
            return refuse("a fragment does not belong in it");
        }
        if !url.path().trim_end_matches('/').is_empty() {
            return refuse(
                "a path does not belong in it; operations bring their own, from /api on",
            );
        }
        let text = url.origin().ascii_serialization();
        Ok(BaseUrl { url, text })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn host(&self) -> Option<&str> {
        self.url.host_str()
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.url.port_or_known_default()
    }

    /// Returns the URL for a path and query, which the caller has percent-encoded. The host stays
    /// the same, whatever the path contains.
    pub(crate) fn join(&self, target: &str) -> Url {
        let mut url = self.url.clone();
        let (path, query) = target
            .split_once('?')
            .map_or((target, None), |(path, query)| (path, Some(query)));
        url.set_path(path);
        url.set_query(query);
        url
    }
}

/// Whether the host of a URL is this machine: a loopback address, or the name `localhost`.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_normalised() {
        for (text, expected) in [
            ("https://cloud.mongodb.com", "https://cloud.mongodb.com"),
            ("https://cloud.mongodb.com/", "https://cloud.mongodb.com"),
            ("https://cloud.mongodb.com//", "https://cloud.mongodb.com"),
            (
                " HTTPS://Cloud.MongoDB.com:443/\n",
                "https://cloud.mongodb.com",
            ),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(
                BaseUrl::parse(text, false).unwrap().as_str(),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_does_not_belong_is_named() {
        for (text, fault) in [
            ("https://cloud.mongodb.com/api/atlas/v2", "a path"),
            ("https://cloud.mongodb.com/?a=b", "a query"),
            ("https://cloud.mongodb.com?", "a query"),
            ("https://cloud.mongodb.com/#top", "a fragment"),
            ("https://user@cloud.mongodb.com", "a user name or password"),
            (
                "https://:hunter2@cloud.mongodb.com",
                "a user name or password",
            ),
            (
                "ftp://cloud.mongodb.com",
                "the scheme must be https, and is ftp",
            ),
            (
                "cloud.mongodb.com",
                "expected something like https://cloud.mongodb.com",
            ),
            (
                "cloud.mongodb.com:443",
                "the scheme must be https, and is cloud.mongodb.com",
            ),
            ("", "expected something like"),
            ("https://", "expected something like"),
        ] {
            let error = BaseUrl::parse(text, false).unwrap_err().to_string();
            assert!(error.contains(fault), "{text:?}: {error}");
        }
    }

    #[test]
    fn without_encryption_only_on_this_machine() {
        for text in [
            "http://127.0.0.1",
            "http://127.8.9.1:80",
            "http://[::1]",
            "http://localhost:8080",
            "http://LOCALHOST",
        ] {
            assert!(BaseUrl::parse(text, false).is_ok(), "{text}");
        }
        for text in [
            "http://cloud.mongodb.com",
            "http://10.0.0.1",
            "http://[::2]",
            "http://0.0.0.0",
            "http://localhost.example",
        ] {
            let error = BaseUrl::parse(text, false).unwrap_err().to_string();
            assert!(error.ends_with("the scheme must be https; http is only for loopback, unless allowed with `allow_http`"));
            assert!(BaseUrl::parse(text, true).is_ok(), "{text}");
        }
        assert!(BaseUrl::parse("ftp://127.0.0.1", true).is_err());
    }

    #[test]
    fn targets() {
        let base = BaseUrl::parse("https://h:8443/", false).unwrap();
        for target in [
            "/api/a%2Fb",
            "/api/a?b=c%20d%26&e=%C3%A9",
            "//evil.example/a",
            "/a?//b?c",
            "/a%2Eb~-._",
        ] {
            assert_eq!(
                base.join(target).as_str(),
                format!("https://h:8443{target}")
            );
        }
    }

    #[test]
    fn a_refusal_does_not_repeat_what_may_be_secret() {
        for text in [
            "https://u:hunter2@h",
            "https://h/?token=hunter2",
            "https://h/#hunter2",
            "https://h:hunter2",
        ] {
            let error = BaseUrl::parse(text, false).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}
