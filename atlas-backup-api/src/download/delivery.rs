//! A file that Atlas offers for download: its URL, its local name, and what is known of its
//! content.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;

use super::error::DownloadError;
use super::file_name;
use super::sha1;
use crate::wire::one_line;

/// A file that Atlas offers, and the name under which it is saved.
///
/// Only ASCII letters and digits, `.`, `_` and `-` of the name are kept, without dots at its ends:
/// `../orders 65f0.tgz` is saved as `orders65f0.tgz`. A name that becomes empty is refused. No text
/// from a host, in a URL or a header, becomes part of a name.
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
    replica_set: Option<String>,
    numbered: bool,
}

impl Delivery {
    /// Creates the delivery of the file at this URL, to be saved under this name.
    #[inline]
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Delivery {
            name: name.into(),
            url: url.into(),
            headers: Vec::new(),
            size: None,
            sha1: None,
            identity: None,
            replica_set: None,
            numbered: false,
        }
    }

    /// Adds a header that the host requires, such as the `authHeader` and `authValue` of a legacy
    /// restore job. Its value is treated as a secret and sent to the URL's own origin only, never
    /// to a redirect target with another scheme, host or port.
    #[inline]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// States the length of the file in bytes. If the host offers another length, nothing is saved.
    #[inline]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// States the SHA-1 of the file, as 40 hexadecimal digits. A file with another hash is deleted
    /// and never gets its name.
    #[inline]
    pub fn sha1(mut self, hex: impl Into<String>) -> Self {
        self.sha1 = Some(hex.into());
        self
    }

    /// States what the file is, whatever its URL: `snapshot 65f0…, shard 0`. With an identity, an
    /// interrupted download can continue with a new URL of the same file, if the host sends the
    /// same strong `ETag` there. Without it, it can continue only with a URL that differs in
    /// nothing but its query. The identity is written next to the unfinished file, so it must hold
    /// no secret.
    #[inline]
    pub fn identity(mut self, identity: impl Into<String>) -> Self {
        self.identity = Some(identity.into());
        self
    }

    /// States the replica set whose data the file holds, for
    /// [`SavedFile::replica_set`](crate::SavedFile::replica_set).
    #[inline]
    pub fn replica_set(mut self, name: impl Into<String>) -> Self {
        self.replica_set = Some(name.into());
        self
    }

    /// Marks a file that is named after its position in a list, which may change the next time
    /// Atlas is asked.
    #[cfg(any(feature = "v1", feature = "v2"))]
    #[inline]
    pub(crate) fn numbered(mut self) -> Self {
        self.numbered = true;
        self
    }

    /// Validates the delivery.
    #[inline]
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
        // The path can be as secret as the query, so only its hash is kept, which distinguishes two
        // paths just as well.
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
            replica_set: self.replica_set,
            location,
            numbered,
            overwrite: false,
        })
    }
}

/// Prints neither the path and query of the URL nor the values of headers.
impl fmt::Debug for Delivery {
    #[inline]
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
            .field("replica_set", &self.replica_set)
            .finish()
    }
}

/// A validated delivery.
#[derive(Clone)]
pub(super) struct VerifiedDelivery {
    /// The name of the file, which cannot lead to another directory.
    pub(super) file: String,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) size: Option<u64>,
    /// 40 digits in lower case.
    pub(super) sha1: Option<String>,
    pub(super) identity: Option<String>,
    pub(super) replica_set: Option<String>,
    /// The hash of the URL without its query.
    pub(super) location: String,
    pub(super) numbered: bool,
    /// Whether an existing file of this name may be replaced.
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
            let error = delivery.check().map(|delivery| delivery.file).unwrap_err();
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
