//! Finds unquoted texts that YAML readers take for different things: `no` is text in YAML 1.2 and
//! `false` in YAML 1.1, which many tools still read.

/// Returns what some YAML reader takes this unquoted value for, although another one takes it for
/// something else. Returns `None` if all readers agree.
pub(super) fn value(text: &str) -> Option<&'static str> {
    if is_word_for_boolean(text) {
        Some("true or false")
    } else if is_date(text) {
        Some("a date")
    } else if is_odd_number(text) {
        Some("a number")
    } else {
        None
    }
}

/// Returns what some YAML reader takes this unquoted key for, if not for text.
pub(super) fn key(text: &str) -> Option<&'static str> {
    match text {
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Some("true or false"),
        "~" | "null" | "Null" | "NULL" => Some("nothing"),
        _ if text.parse::<f64>().is_ok() && text.contains(|c: char| c.is_ascii_digit()) => {
            Some("a number")
        }
        _ => value(text),
    }
}

fn is_word_for_boolean(text: &str) -> bool {
    matches!(
        text,
        "y" | "Y" | "yes" | "Yes" | "YES" | "n" | "N" | "no" | "No" | "NO"
    ) || matches!(text, "on" | "On" | "ON" | "off" | "Off" | "OFF")
}

/// Whether the text is a date, or begins with one and has a time after it.
fn is_date(text: &str) -> bool {
    let numbers = |text: &str, ends: [usize; 3], separator: char| {
        let parts: Vec<_> = text.split(separator).collect();
        let digits = |(part, most): (&&str, usize)| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        parts.len() == 3 && parts.iter().zip(ends).all(digits)
    };
    match text.split_once(['T', 't', ' ']) {
        _ if numbers(text, [4, 2, 2], '-') => true,
        Some((date, time)) => {
            numbers(date, [4, 2, 2], '-') && time.starts_with(|c: char| c.is_ascii_digit())
        }
        None => false,
    }
}

/// Whether the text is a number only for some readers, or not the same number for all: `012`,
/// `0o12`, `0x12`, `1_000` and `12:30`, which YAML 1.1 takes for 750.
fn is_odd_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let only =
        |text: &str, more: &str| text.chars().all(|c| c.is_ascii_digit() || more.contains(c));
    let begins = unsigned.starts_with(|c: char| c.is_ascii_digit());
    let prefix = ["0o", "0x", "0b"]
        .iter()
        .any(|prefix| unsigned.starts_with(prefix));
    begins
        && (prefix
            || (unsigned.len() > 1 && unsigned.starts_with('0') && only(unsigned, "_"))
            || (unsigned.contains('_') && only(unsigned, "_."))
            || (unsigned.contains(':') && only(unsigned, ":_") && !unsigned.ends_with(':')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_readers_take_for_different_things() {
        for text in ["no", "No", "NO", "on", "y", "Off", "yes"] {
            assert_eq!(value(text), Some("true or false"), "{text}");
        }
        for text in [
            "2023-01-01",
            "2023-1-1",
            "2023-01-01T00:00:00Z",
            "2023-01-01 10:00:00",
        ] {
            assert_eq!(value(text), Some("a date"), "{text}");
        }
        for text in ["012", "-012", "0o12", "0x1f", "1_000", "12:30", "1:02:03"] {
            assert_eq!(value(text), Some("a number"), "{text}");
        }
        for text in [
            "",
            "nO",
            "\u{c9}cole",
            "\u{c9}",
            "note",
            "true",
            "12",
            "0",
            "1.5",
            "-3",
            "application/json",
            "2023-01",
            "2023-01-01 and later",
            "a:b",
            "32b6e34b3d91647abb20e7b8",
            "1.0",
            "12: 3",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn a_key_is_text() {
        for (text, meaning) in [
            ("200", Some("a number")),
            ("1.5", Some("a number")),
            ("true", Some("true or false")),
            ("on", Some("true or false")),
            ("null", Some("nothing")),
            ("2023-01-01", Some("a date")),
            ("get", None),
            ("inf", None),
            ("4XX", None),
        ] {
            assert_eq!(key(text), meaning, "{text}");
        }
    }
}
