//! Parses date-times as Atlas writes them.

use std::str::FromStr;

use jiff::Timestamp;

/// Parses an RFC 3339 date-time. Without an offset it is taken as UTC. Returns `None` if the text
/// is not a date-time.
pub fn instant(text: &str) -> Option<Timestamp> {
    let begins_as_a_date = text.len() >= 19 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    let parse = |text: &str| Timestamp::from_str(text).ok();
    if begins_as_a_date {
        parse(text).or_else(|| parse(&format!("{text}Z")))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn without_an_offset_it_is_utc() {
        assert!(instant("2020-01-01T00:00:00").is_some());
        assert_eq!(
            instant("2020-01-01T00:00:00"),
            instant("2020-01-01T02:00:00+02:00")
        );
        assert_eq!((instant("2020-01-01"), instant("soon")), (None, None));
    }
}
