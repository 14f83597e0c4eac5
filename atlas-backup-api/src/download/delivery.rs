//! A file that Atlas offers for download: where it is, what to call it, and what is known of it.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;

use super::error::DownloadError;
use super::file_name;
use super::sha1;
use crate::wire::one_line;

/// A file that Atlas offers, and the name it is to have here.
///
/// Of the name only letters and digits of ASCII, `.`, `_` and `-` are kept, and no dot at either end: `../orders 65f0.tgz` is
/// saved as `orders65f0.tgz`. A name of which nothing is left is refused. Nothing that a host says, in a URL or a
/// header, becomes part of a name.
///
/// ```
/// use atlas_backup_api::Delivery;
///
/// let url = "https://delivery.example/pull/shard-0.tar.gz?signature=not-a-real-one";
/// let file = Delivery::new("orders-65f0.tgz", url).size(734_003_200);
/// # assert!(!format!("{file:?}").contains("signature"));
/// ```
#[derive(Clone)]
#[must_use = "give it to `Download::file`"]
pub struct Delivery {
    name: String,
    url: String,
    headers: Vec<(String, String)>,
    size: Option<u64>,
    sha1: Option<String>,
    identity: Option<String>,
    numbered: bool,
}

impl Delivery {
    /// What this URL leads to, under this name.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Delivery {
            name: name.into(),
            url: url.into(),
            headers: Vec::new(),
            size: None,
            sha1: None,
            identity: None,
            numbered: false,
        }
    }

    /// A header that the host asks for, such as the `authHeader` and `authValue` of a legacy restore job. It is taken for a secret, and
    /// sent to the URL's own host only: not where a redirect leads to another scheme, host or port.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How many bytes it has. Where the host offers another number, nothing is saved.
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// Its SHA-1, as 40 hexadecimal digits. A file with another one is deleted, and never gets its name.
    pub fn sha1(mut self, hex: impl Into<String>) -> Self {
        self.sha1 = Some(hex.into());
        self
    }

    /// What it is, whatever its URL: `snapshot 65f0…, shard 0`. With it, a download that broke off can go on with a new URL of the
    /// same file, if the host gives it the same strong `ETag` there. Without it, only with a URL that differs in nothing but
    /// its query. It is written beside the unfinished file, so it must hold no secret.
    pub fn identity(mut self, identity: impl Into<String>) -> Self {
        self.identity = Some(identity.into());
        self
    }

    /// Its name is no more than its place in a list, which may be another one when Atlas is asked again.
    #[cfg(any(feature = "v1", feature = "v2"))]
    pub(crate) fn numbered(mut self) -> Self {
        self.numbered = true;
        self
    }

    /// All of it, once it is found to be good.
    pub(super) fn check(self) -> Result<VerifiedDelivery, DownloadError> {
        let invalid = |fault| DownloadError::Invalid {
            file: one_line::truncate(&self.name, 255),
            fault,
        };
        let file = file_name::of(&self.name).map_err(invalid)?;
        let url = Url::parse(&self.url).map_err(|_| invalid("the URL is none"))?;
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name =
                HeaderName::try_from(name).map_err(|_| invalid("the name of a header is none"))?;
            let mut value = HeaderValue::try_from(value)
                .map_err(|_| invalid("the value of a header is none"))?;
            value.set_sensitive(true);
            headers.append(name, value);
        }
        let sha1 = self
            .sha1
            .as_deref()
            .map(|hex| hex.trim().to_ascii_lowercase());
        if sha1.as_deref().is_some_and(|hex| {
            hex.len() != 40 || !hex.bytes().all(|digit| digit.is_ascii_hexdigit())
        }) {
            return Err(invalid("the SHA-1 is not 40 hexadecimal digits"));
        }
        // The path can be as secret as the query. Its hash tells two of them apart as well.
        let location = sha1::of_text(&format!(
            "{}{}",
            url.origin().ascii_serialization(),
            url.path()
        ));
        let (size, identity, numbered) = (self.size, self.identity, self.numbered);
        Ok(VerifiedDelivery {
            file,
            url,
            headers,
            size,
            sha1,
            identity,
            location,
            numbered,
            overwrite: false,
        })
    }
}

/// Neither the path and query of the URL nor the values of headers.
impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Delivery")
            .field("name", &self.name)
            .field(
                "host",
                &Url::parse(&self.url)
                    .map(|url| url.origin().ascii_serialization())
                    .ok(),
            )
            .field("headers", &headers)
            .field("size", &self.size)
            .field("sha1", &self.sha1)
            .field("identity", &self.identity)
            .finish()
    }
}

/// A delivery with nothing wrong in it.
#[derive(Clone)]
pub(super) struct VerifiedDelivery {
    /// Without anything that could lead elsewhere.
    pub(super) file: String,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) size: Option<u64>,
    /// 40 digits in lower case.
    pub(super) sha1: Option<String>,
    pub(super) identity: Option<String>,
    /// The hash of the URL without its query.
    pub(super) location: String,
    pub(super) numbered: bool,
    /// Whether a file of that name may be replaced.
    pub(super) overwrite: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_and_nothing_secret_is() {
        let good = || {
            Delivery::new("a", "https://u:hunter2@h/hunter2?hunter2").header("x-auth", "hunter2")
        };
        assert!(
            good()
                .check()
                .unwrap()
                .headers
                .values()
                .all(HeaderValue::is_sensitive)
        );
        for (delivery, fault) in [
            (
                Delivery::new("..", "https://h/"),
                "nothing is left of the name",
            ),
            (Delivery::new("a", "h/hunter2"), "the URL is none"),
            (good().header("a b", "c"), "the name of a header is none"),
            (
                good().header("b", "hunter2\n"),
                "the value of a header is none",
            ),
            (
                good().sha1("hunter2"),
                "the SHA-1 is not 40 hexadecimal digits",
            ),
        ] {
            let error = delivery.check().map(|order| order.file).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(text.contains(fault) && !text.contains("hunter2"), "{text}");
        }
        let text = format!("{:?}", good());
        assert!(
            text.contains("https://h") && text.contains("x-auth") && !text.contains("hunter2"),
            "{text}"
        );
    }

    #[test]
    fn the_query_is_no_part_of_what_identifies_a_url() {
        let location = |url: &str| Delivery::new("a", url).check().unwrap().location;
        assert_eq!(location("https://h/a?b"), location("https://h:443/a?c"));
        assert_ne!(location("https://h/a"), location("https://h/b"));
        assert_ne!(location("https://h/a"), location("https://h:444/a"));
    }
}
