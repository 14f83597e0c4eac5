//! The identifier that a host gives to one version of a file.

use http::header::{ETAG, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue};

use crate::http::retry_after::date;

/// A value that no other version of the same file has.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Validator {
    /// A strong `ETag`, quotes included.
    Tag(HeaderValue),
    /// `Last-Modified`, of a file that had not changed for at least a second.
    Date(HeaderValue),
}

impl Validator {
    /// Returns the strong tag, or else the date. A weak tag only says that two versions are
    /// equivalent, not that they are identical.
    #[inline]
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        if let Some(tag) = headers
            .get(ETAG)
            .filter(|tag| tag.as_bytes().starts_with(b"\""))
        {
            return Some(Validator::Tag(tag.clone()));
        }
        // A file may change again within the second of its last change.
        let (sent, modified) = (date(headers, "date")?, date(headers, "last-modified")?);
        let settled = sent.as_second() > modified.as_second();
        headers
            .get(LAST_MODIFIED)
            .filter(|_| settled)
            .cloned()
            .map(Validator::Date)
    }

    /// Whether the response to a conditional request is about the same version: some hosts ignore
    /// the condition. Such a response may omit a date, but not a tag.
    #[inline]
    pub(super) fn is_met(&self, headers: &HeaderMap) -> bool {
        match self {
            Validator::Tag(tag) => headers.get(ETAG) == Some(tag),
            Validator::Date(date) => headers.get(LAST_MODIFIED).is_none_or(|found| found == date),
        }
    }

    /// The value for `If-Range`.
    #[inline]
    pub(super) fn value(&self) -> &HeaderValue {
        match self {
            Validator::Tag(value) | Validator::Date(value) => value,
        }
    }

    #[inline]
    pub(super) fn is_tag(&self) -> bool {
        matches!(self, Validator::Tag(_))
    }

    /// The tag and the date as text; one of them is `None`.
    #[inline]
    pub(super) fn to_record(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Validator::Tag(tag) => (tag.to_str().ok(), None),
            Validator::Date(date) => (None, date.to_str().ok()),
        }
    }

    #[inline]
    pub(super) fn from_record(tag: Option<&str>, date: Option<&str>) -> Option<Self> {
        let value = |text: &str| HeaderValue::from_str(text).ok();
        match tag {
            Some(tag) => value(tag).map(Validator::Tag),
            None => date.and_then(value).map(Validator::Date),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const NEW: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs
            .iter()
            .map(|&(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        pairs.collect()
    }

    #[test]
    fn only_what_identifies_a_version_counts() {
        let of = |pairs: &[_]| {
            Validator::of(&headers(pairs))
                .map(|validator| validator.value().to_str().unwrap().to_owned())
        };
        assert_eq!(
            of(&[("etag", "\"a\""), ("last-modified", OLD), ("date", NEW)]),
            Some("\"a\"".into())
        );
        assert_eq!(
            of(&[("etag", "W/\"a\""), ("last-modified", OLD), ("date", NEW)]),
            Some(OLD.into())
        );
        assert_eq!(of(&[("last-modified", OLD), ("date", OLD)]), None);
        assert_eq!(of(&[("last-modified", OLD)]), None);
        assert_eq!(of(&[("etag", "W/\"a\"")]), None);
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn an_answer_must_be_about_the_same_version() {
        let tag = Validator::of(&headers(&[("etag", "\"a\"")])).unwrap();
        assert!(tag.is_met(&headers(&[("etag", "\"a\"")])));
        assert!(!tag.is_met(&headers(&[("etag", "\"b\"")])) && !tag.is_met(&headers(&[])));
        let date = Validator::of(&headers(&[("last-modified", OLD), ("date", NEW)])).unwrap();
        assert!(date.is_met(&headers(&[])) && date.is_met(&headers(&[("last-modified", OLD)])));
        assert!(!date.is_met(&headers(&[("last-modified", NEW)])));
    }

    #[test]
    fn a_record_is_read_back() {
        for pairs in [
            &[("etag", "\"a\"")][..],
            &[("last-modified", OLD), ("date", NEW)],
        ] {
            let validator = Validator::of(&headers(pairs)).unwrap();
            let (tag, date) = validator.to_record();
            assert_eq!(Validator::from_record(tag, date), Some(validator.clone()));
        }
        assert_eq!(Validator::from_record(Some("\n"), None), None);
        assert_eq!(Validator::from_record(None, None), None);
    }
}
