//! Parses the date-times that Atlas sends. Not all of them follow RFC 3339.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Parses a date-time with or without fraction and offset. Without an offset it is UTC, as in
/// Atlas's documentation.
///
/// Returns `None` for a date without a time: reading it as midnight would change the text that is
/// written back.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' ')) {
        return None;
    }
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    let local: DateTime = text.parse().ok()?;
    Offset::UTC.to_timestamp(local).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn utc(text: &str) -> Option<String> {
        parse(text).map(|instant| instant.to_string())
    }

    #[test]
    fn rfc_3339() {
        assert_eq!(
            utc("2020-09-24T03:50:43Z").as_deref(),
            Some("2020-09-24T03:50:43Z")
        );
        assert_eq!(
            utc("2020-09-24T03:50:43.25Z").as_deref(),
            Some("2020-09-24T03:50:43.25Z")
        );
        assert_eq!(
            utc("2020-09-24T03:50:43+02:00").as_deref(),
            Some("2020-09-24T01:50:43Z")
        );
        assert_eq!(
            utc("2020-09-24T03:50:43.000-05:30").as_deref(),
            Some("2020-09-24T09:20:43Z")
        );
    }

    #[test]
    fn looser_forms_that_were_seen() {
        assert_eq!(
            utc("2025-05-04T09:42:00").as_deref(),
            Some("2025-05-04T09:42:00Z")
        );
        assert_eq!(
            utc("2025-05-04T09:42:00.5").as_deref(),
            Some("2025-05-04T09:42:00.5Z")
        );
        assert_eq!(
            utc("2025-05-04t09:42:00z").as_deref(),
            Some("2025-05-04T09:42:00Z")
        );
        assert_eq!(
            utc("2025-05-04T09:42:00+0000").as_deref(),
            Some("2025-05-04T09:42:00Z")
        );
    }

    #[test]
    fn what_is_no_instant() {
        for text in [
            "",
            "soon",
            "2025-05-04",
            "2025-13-04T09:42:00Z",
            "1736899200",
            "2025-05-04T",
            "2025-05-04Tnoon",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
