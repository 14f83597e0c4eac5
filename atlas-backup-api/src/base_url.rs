//! Which Atlas to call: a scheme, a host and a port, and nothing else.

use reqwest::Url;

use crate::configuration_error::ConfigurationError;

/// For example `https://cloud.mongodb.com`, without a slash at the end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// Whitespace around it is ignored. Refusals name the fault and not the URL: a password or a token may stand in it.
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigurationError> {
        let refuse = |fault: &str| Err(ConfigurationError::new(format!("base URL: {fault}")));
        let url = match Url::parse(text) {
            Ok(url) => url,
            Err(error) => return refuse(&format!("{error}; expected something like https://cloud.mongodb.com")),
        };
        check_scheme(&url)?;
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
            return refuse("a path does not belong in it; operations bring their own, from /api on");
        }
        Ok(BaseUrl(url.origin().ascii_serialization()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Once credentials are sent, `http` must be refused here unless the host is loopback.
fn check_scheme(url: &Url) -> Result<(), ConfigurationError> {
    match url.scheme() {
        "https" | "http" => Ok(()),
        other => Err(ConfigurationError::new(format!("base URL: the scheme must be https, and is {other}"))),
    }
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
            (" HTTPS://Cloud.MongoDB.com:443/\n", "https://cloud.mongodb.com"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().as_str(), expected, "{text:?}");
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
            ("https://:hunter2@cloud.mongodb.com", "a user name or password"),
            ("ftp://cloud.mongodb.com", "the scheme must be https, and is ftp"),
            ("cloud.mongodb.com", "expected something like https://cloud.mongodb.com"),
            ("cloud.mongodb.com:443", "the scheme must be https, and is cloud.mongodb.com"),
            ("", "expected something like"),
            ("https://", "expected something like"),
        ] {
            let error = BaseUrl::parse(text).unwrap_err().to_string();
            assert!(error.contains(fault), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_refusal_does_not_repeat_what_may_be_secret() {
        for text in ["https://u:hunter2@h", "https://h/?token=hunter2", "https://h/#hunter2", "https://h:hunter2"] {
            let error = BaseUrl::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}
