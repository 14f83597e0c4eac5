//! One request for a token (OAuth 2.0 client credentials, RFC 6749 section 4.4) and its response.

use std::time::{Duration, Instant};

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::error::auth::AuthError;
use crate::error::auth::TokenRefusal;
use crate::error::connection::ConnectionError;
use crate::error::redact::secrets;
use crate::http::percent_encoding::encode;
use crate::http::retry_after::retry_after;
use crate::http::send::{End, Limits, Received, send};
use crate::wire::one_line;

/// The lifetime of Atlas's tokens, for a response without a usable `expires_in`.
const USUAL_LIFE: Duration = Duration::from_secs(3600);

/// A token is renewed this long before it expires, or a tenth of its lifetime if that is shorter.
const EARLY: Duration = Duration::from_secs(300);

/// The maximum number of bytes read of a response body, which normally has a few hundred.
const LONGEST_ANSWER: usize = 64 * 1024;

/// A token, as the header to send and the times to renew it.
#[derive(Clone)]
pub(super) struct Token {
    /// `Bearer …`, marked sensitive.
    pub(super) header: HeaderValue,
    /// The time from which the token should be renewed.
    pub(super) renew_at: Instant,
    /// The time at which the token expires.
    pub(super) expires_at: Instant,
}

/// The failure of a token request. `retry` is `None` if another attempt would not help.
pub(super) struct TokenFailure {
    pub(super) error: AuthError,
    pub(super) retry: Option<RetryHint>,
}

/// What determines the delay before the next attempt.
pub(super) struct RetryHint {
    pub(super) is_rate_limit: bool,
    pub(super) retry_after: Option<Duration>,
}

/// The URL of the token endpoint, and the client id and secret of the service account.
pub(super) struct Endpoint {
    pub(super) client_id: String,
    pub(super) secret: SecretString,
    pub(super) url: Url,
}

impl Endpoint {
    /// Sends one token request. `now` is the time before it, so that the lifetime of the token is
    /// underestimated rather than overestimated.
    pub(super) async fn request_token(
        &self,
        http: &reqwest::Client,
        timeout: Duration,
        now: Instant,
    ) -> Result<Token, TokenFailure> {
        let request = self.request(http).timeout(timeout);
        let limits = Limits {
            success: LONGEST_ANSWER,
            failure: LONGEST_ANSWER,
        };
        let Received {
            status,
            headers,
            body,
            end,
        } = send(request, limits).await.map_err(lost)?;
        if status.is_success() {
            let token = match end {
                End::Complete => read(&body, now),
                End::TooLong => Err("the response of the token endpoint is longer than 64 KiB"),
                End::Lost(error) => return Err(lost(error)),
            };
            return token.map_err(|fault| TokenFailure {
                error: AuthError::token_unreadable(fault),
                retry: None,
            });
        }
        let wait = retry_after(&headers, Timestamp::now());
        let is_rate_limit = status == StatusCode::TOO_MANY_REQUESTS;
        let retry = (is_rate_limit || status.is_server_error()).then_some(RetryHint {
            is_rate_limit,
            retry_after: wait,
        });
        let refusal = TokenRefusal {
            status,
            code: code(&body).filter(|code| self.is_free_of_secrets(http, code)),
            description: description(&body).filter(|text| self.is_free_of_secrets(http, text)),
            retry_after: wait,
        };
        Err(TokenFailure {
            error: AuthError::token_refused(refusal),
            retry,
        })
    }

    fn request(&self, http: &reqwest::Client) -> reqwest::RequestBuilder {
        http.post(self.url.clone())
            // Both parts are percent-encoded first, because the first colon separates them (RFC
            // 6749, section 2.3.1).
            .basic_auth(
                encode(&self.client_id),
                Some(encode(self.secret.expose_secret())),
            )
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(
                CONTENT_TYPE,
                HeaderValue::from_static("application/x-www-form-urlencoded"),
            )
            .body("grant_type=client_credentials")
    }

    /// Whether a text repeats nothing of the secret, in none of the forms in which it was sent.
    fn is_free_of_secrets(&self, http: &reqwest::Client, text: &str) -> bool {
        let secret = self.secret.expose_secret();
        let encoded = encode(secret);
        let sent = self.request(http).build().ok();
        let header = sent
            .as_ref()
            .and_then(|sent| sent.headers().get(AUTHORIZATION));
        let mut forms = header.map(secrets::of_header).unwrap_or_default();
        forms.extend([secret, &*encoded]);
        secrets::without_secrets(text, &forms) == text
    }
}

/// The failure if there was no complete response. A token whose response was lost does no harm, so
/// the request can always be retried.
fn lost(error: reqwest::Error) -> TokenFailure {
    TokenFailure {
        error: AuthError::token_connection(ConnectionError::of_request(error)),
        retry: Some(RetryHint {
            is_rate_limit: false,
            retry_after: None,
        }),
    }
}

/// Reads the token in a success response. Errors show nothing of the response, which may contain
/// the token.
fn read(body: &[u8], now: Instant) -> Result<Token, &'static str> {
    let answer = json(body).ok_or("the response of the token endpoint is not JSON")?;
    let token = answer
        .get("access_token")
        .and_then(Value::as_str)
        .filter(|token| !token.is_empty());
    let token = token.ok_or("the response of the token endpoint has no access_token")?;
    let kind = answer
        .get("token_type")
        .and_then(Value::as_str)
        .unwrap_or("Bearer");
    if !kind.eq_ignore_ascii_case("bearer") {
        return Err("the token endpoint's token is not of the type Bearer");
    }
    if !token.bytes().all(|byte| matches!(byte, b'!'..=b'~')) {
        return Err("the token endpoint's token cannot be sent in a header");
    }
    let mut header = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| "the token cannot be sent in a header")?;
    header.set_sensitive(true);
    let life = life(&answer);
    let early = EARLY.min(life / 10);
    // If the clock cannot represent the lifetime, the usual lifetime applies.
    let end = |life| now.checked_add(life).unwrap_or(now + USUAL_LIFE);
    Ok(Token {
        header,
        renew_at: end(life - early),
        expires_at: end(life),
    })
}

/// Parses the body as text and by `parse`, which serde_json has compiled already.
fn json(body: &[u8]) -> Option<Value> {
    std::str::from_utf8(body).ok()?.parse().ok()
}

fn life(answer: &Value) -> Duration {
    let seconds = match answer.get("expires_in") {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).ok())
        .unwrap_or(USUAL_LIFE)
}

/// Returns the error code, such as `invalid_client`. `None` if it is not a single word, because
/// other text might repeat a secret.
fn code(body: &[u8]) -> Option<String> {
    let answer = json(body)?;
    let code = answer
        .get("error")
        .or_else(|| answer.get("errorCode"))?
        .as_str()?;
    let is_word = code.len() <= 64
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    (is_word && !code.is_empty()).then(|| code.to_owned())
}

/// Returns the description of the error, under the standard's name or Atlas's own name, on one line
/// and shortened to 300 characters.
fn description(body: &[u8]) -> Option<String> {
    let answer = json(body)?;
    let text = |name: &str| {
        answer
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.trim_ascii().is_empty())
    };
    text("error_description")
        .or_else(|| text("detail"))
        .map(|text| one_line::truncate(text, 300))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lives(body: &str) -> (u64, u64) {
        let now = Instant::now();
        let token = read(body.as_bytes(), now).unwrap();
        (
            (token.renew_at - now).as_secs(),
            (token.expires_at - now).as_secs(),
        )
    }

    #[test]
    fn a_token() {
        let token = read(
            br#"{"access_token": "hunter2", "expires_in": 3600, "token_type": "Bearer"}"#,
            Instant::now(),
        )
        .unwrap();
        assert_eq!(token.header, "Bearer hunter2");
        assert_eq!(format!("{:?}", token.header), "Sensitive");
    }

    #[test]
    fn it_is_renewed_before_its_end() {
        for (expires, lives_for) in [
            ("3600", (3300, 3600)),
            ("100", (90, 100)),
            ("\"100\"", (90, 100)),
            ("0", (0, 0)),
            ("-5", (0, 0)),
            ("null", (3300, 3600)),
            ("1e300", (3300, 3600)),
        ] {
            assert_eq!(
                lives(&format!(
                    r#"{{"access_token": "t", "expires_in": {expires}}}"#
                )),
                lives_for,
                "{expires}"
            );
        }
        assert_eq!(
            lives(r#"{"access_token": "t", "token_type": "bearer"}"#),
            (3300, 3600)
        );
    }

    #[test]
    fn what_is_no_token_is_not_shown() {
        for body in [
            "hunter2",
            r#"{"access_token": ""}"#,
            r#"{"token": "hunter2"}"#,
            r#"{"access_token": "hunter2", "token_type": "MAC"}"#,
            r#"{"access_token": "hunter2\r\nX: y"}"#,
            r#"{"access_token": ["hunter2"]}"#,
        ] {
            let fault = read(body.as_bytes(), Instant::now()).err().unwrap();
            let error = AuthError::token_unreadable(fault);
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn codes_are_single_words() {
        assert_eq!(
            code(br#"{"error": "invalid_client"}"#).as_deref(),
            Some("invalid_client")
        );
        assert_eq!(
            code(br#"{"errorCode": "RATE_LIMITED"}"#).as_deref(),
            Some("RATE_LIMITED")
        );
        for odd in [
            r#"{"error": "Basic aHVudGVyMg=="}"#,
            r#"{"error": 401}"#,
            r#"{"error": ""}"#,
            "<html>",
            "{}",
        ] {
            assert_eq!(code(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn a_refusal_is_told_in_its_own_words_and_never_with_the_secret() {
        let secret = "hunter2:+";
        let url = Url::parse("https://h/api/oauth/token").unwrap();
        let endpoint = Endpoint {
            client_id: "id".to_owned(),
            secret: secret.into(),
            url,
        };
        let http = reqwest::Client::new();
        let read_description = |body: &str| {
            description(body.as_bytes()).filter(|text| endpoint.is_free_of_secrets(&http, text))
        };
        assert_eq!(
            read_description(
                r#"{"error": "invalid_client", "error_description": "It has\nexpired."}"#
            )
            .as_deref(),
            Some("It has expired.")
        );
        assert_eq!(
            read_description(r#"{"errorCode": "X", "detail": "Atlas says so."}"#).as_deref(),
            Some("Atlas says so.")
        );
        assert_eq!(
            read_description(&json!({"error_description": "x".repeat(5000)}).to_string())
                .unwrap()
                .chars()
                .count(),
            301
        );
        for nothing in [
            "{}",
            "<html>",
            r#"{"error_description": ""}"#,
            r#"{"error_description": ["a"]}"#,
        ] {
            assert_eq!(read_description(nothing), None, "{nothing}");
        }
        // The secret itself, percent-encoded, and as part of the header: `id:hunter2%3A%2B` in
        // base64.
        for sent in [
            secret,
            "HUNTER2:+",
            "hunter2%3A%2B",
            "Basic aWQ6aHVudGVyMiUzQSUyQg==",
            "Basic%20aWQ6aHVudGVyMiUzQSUyQg%3D%3D",
            "aWQ6aHVudGVyMiUz",
        ] {
            assert_eq!(
                read_description(
                    &json!({"error_description": format!("{sent} is wrong")}).to_string()
                ),
                None,
                "{sent}"
            );
        }
    }

    #[test]
    fn ids_and_secrets_are_encoded() {
        assert_eq!(encode("mdb_sa_id-1.~"), "mdb_sa_id-1.~");
        assert_eq!(encode("a:b/c%+ "), "a%3Ab%2Fc%25%2B%20");
    }
}
