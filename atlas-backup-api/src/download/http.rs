//! Requests a file from the delivery host, follows redirects, and classifies the responses.

use std::time::Duration;

use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, IF_RANGE, LOCATION, RANGE};
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use reqwest::{Response, Url};

use super::delivery::VerifiedDelivery;
use super::error::DownloadError;
use super::gzip;
use super::partial_file::Resume;
use crate::http::retry_after::retry_after;

const MOST_REDIRECTS: usize = 5;

/// Why an attempt failed.
pub(super) enum Failure {
    /// A retry would fail in the same way.
    Final(DownloadError),
    /// A retry may succeed after a delay.
    Passing {
        error: DownloadError,
        rate_limited: bool,
        retry_after: Option<Duration>,
    },
}

impl From<DownloadError> for Failure {
    #[inline]
    fn from(error: DownloadError) -> Self {
        Failure::Final(error)
    }
}

impl Failure {
    #[inline]
    pub(super) fn connection(file: &str, error: reqwest::Error) -> Self {
        Failure::passing(DownloadError::connection(file, error))
    }

    /// A retry may succeed, and the host does not say when.
    #[inline]
    pub(super) fn passing(error: DownloadError) -> Self {
        Failure::Passing {
            error,
            rate_limited: false,
            retry_after: None,
        }
    }
}

/// The HTTP client for the hosts that files come from. It shares nothing with the client for the
/// API.
pub(super) struct FileClient {
    pub(super) http: reqwest::Client,
    /// Whether `http` URLs are allowed: only for a client that uses `http` for Atlas too.
    pub(super) plain_allowed: bool,
}

impl FileClient {
    #[inline]
    pub(super) fn is_allowed(&self, url: &Url) -> bool {
        url.scheme() == "https" || (self.plain_allowed && url.scheme() == "http")
    }

    /// Sends the request, and returns a response with status 200, 206 or 416.
    #[inline]
    pub(super) async fn get(
        &self,
        delivery: &VerifiedDelivery,
        resume: Option<&Resume>,
    ) -> Result<Response, Failure> {
        let (mut url, mut headers) = (delivery.url.clone(), delivery.headers.clone());
        for _ in 0..=MOST_REDIRECTS {
            if !self.is_allowed(&url) {
                return Err(DownloadError::NotHttps {
                    file: delivery.file.clone(),
                }
                .into());
            }
            add_own(&mut headers, resume);
            let sent = self
                .http
                .get(url.clone())
                .headers(headers.clone())
                .send()
                .await;
            let response = sent.map_err(|error| Failure::connection(&delivery.file, error))?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return sort(delivery, response).await;
            }
            let next = location(&url, response.headers());
            let next = next.ok_or_else(|| unusable(delivery, "it redirects to nowhere"))?;
            // The headers stay off after the first redirect to another origin: that host may
            // redirect back to the first.
            if next.origin() != url.origin() {
                headers.clear();
            }
            url = next;
        }
        Err(unusable(delivery, "it redirects too often").into())
    }
}

#[inline]
fn add_own(headers: &mut HeaderMap, resume: Option<&Resume>) {
    // The file on disk must equal the offered file byte for byte.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(resume) = resume {
        let range = HeaderValue::try_from(format!("bytes={}-", resume.from));
        headers.insert(
            RANGE,
            range.unwrap_or_else(|_| unreachable!("digits are a header value")),
        );
        headers.insert(IF_RANGE, resume.validator.value().clone());
    }
}

#[inline]
fn location(from: &Url, headers: &HeaderMap) -> Option<Url> {
    from.join(headers.get(LOCATION)?.to_str().ok()?).ok()
}

#[inline]
async fn sort(delivery: &VerifiedDelivery, mut response: Response) -> Result<Response, Failure> {
    let (file, status) = (delivery.file.clone(), response.status());
    match status.as_u16() {
        200 | 206 if !is_as_stored(delivery, response.headers()) => {
            Err(unusable(delivery, "it is encoded, which was not requested").into())
        }
        200 | 206 | 416 => Ok(response),
        403 | 404 | 410 => Err(DownloadError::Expired { file, status }.into()),
        400 if says_expired(&mut response).await => {
            Err(DownloadError::Expired { file, status }.into())
        }
        408 | 429 | 500..=599 => {
            let retry_after = retry_after(response.headers(), Timestamp::now());
            let rate_limited = status == StatusCode::TOO_MANY_REQUESTS;
            Err(Failure::Passing {
                error: DownloadError::Http {
                    file,
                    status,
                    retry_after,
                },
                rate_limited,
                retry_after,
            })
        }
        200..=299 => Err(unusable(delivery, "it is a success of another kind").into()),
        _ => Err(DownloadError::Http {
            file,
            status,
            retry_after: None,
        }
        .into()),
    }
}

/// Whether the bytes of the response are those of the file.
///
/// The request accepts no encoding, so a named encoding was recorded when the file was stored. For
/// a file that is compressed with gzip, `gzip` adds nothing to what the name says. Any other
/// encoding wraps the file, and the received bytes are not what the name says.
#[inline]
fn is_as_stored(delivery: &VerifiedDelivery, headers: &HeaderMap) -> bool {
    let encodings: Vec<&[u8]> = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .map(|value| value.as_bytes().trim_ascii())
        .collect();
    match encodings[..] {
        [] => true,
        [encoding]
            if encoding.eq_ignore_ascii_case(b"gzip")
                || encoding.eq_ignore_ascii_case(b"x-gzip") =>
        {
            is_gzip_file(delivery)
        }
        [encoding] => encoding.is_empty() || encoding.eq_ignore_ascii_case(b"identity"),
        _ => false,
    }
}

/// Checks the name of the saved file and the name in the URL.
#[inline]
fn is_gzip_file(delivery: &VerifiedDelivery) -> bool {
    [&*delivery.file, delivery.url.path()]
        .into_iter()
        .any(gzip::is_named)
}

/// Object stores return 400, with this code in XML, for a URL that was signed with credentials that
/// have since expired.
#[inline]
async fn says_expired(response: &mut Response) -> bool {
    const MOST: usize = 16 * 1024;
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk[..chunk.len().min(MOST - body.len())]);
        if body.len() == MOST {
            break;
        }
    }
    String::from_utf8_lossy(&body).contains("<Code>ExpiredToken</Code>")
}

#[inline]
pub(super) fn unusable(delivery: &VerifiedDelivery, fault: &'static str) -> DownloadError {
    DownloadError::Answer {
        file: delivery.file.clone(),
        fault,
    }
}
