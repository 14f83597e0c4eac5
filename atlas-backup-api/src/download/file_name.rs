//! Makes names of files safe.

/// The suffixes of the unfinished file and of the record that describes it.
pub(super) const UNFINISHED: &str = ".part";
pub(super) const RECORD: &str = ".part.json";

/// Most file systems allow 255 bytes.
const LONGEST: usize = 255 - RECORD.len();

/// Keeps the ASCII letters and digits, `.`, `_` and `-` of a text, without dots at its ends: a
/// leading dot hides a file, and Windows drops trailing dots, so that two names could mean one
/// file. The error says what is wrong.
#[inline]
pub(super) fn of(text: &str) -> Result<String, &'static str> {
    let kept: String = text
        .chars()
        .filter(|&letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-'))
        .collect();
    let name = kept.trim_matches('.');
    let lower = name.to_ascii_lowercase();
    if name.is_empty() {
        return Err("nothing is left of the name but what files may not be called");
    }
    if name.len() > LONGEST {
        return Err("the name is too long");
    }
    if lower.ends_with(UNFINISHED) || lower.ends_with(RECORD) {
        return Err("names that end in .part or .part.json are for unfinished files");
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_harmless_is_kept() {
        for (text, name) in [
            ("orders-65f0_a.tgz", "orders-65f0_a.tgz"),
            ("../../etc/passwd", "etcpasswd"),
            ("..\\a\0b\r\nc", "abc"),
            (".profile", "profile"),
            ("C:a.", "Ca"),
            ("Zürich 1/2", "Zrich12"),
            ("~", ""),
            ("...", ""),
            ("", ""),
        ] {
            assert_eq!(of(text).unwrap_or_default(), name, "{text:?}");
        }
    }

    #[test]
    fn what_is_refused() {
        for name in [
            "a.part",
            "A.PART",
            "a.part.json",
            "a.pa rt",
            ".part",
            &"a".repeat(246),
        ] {
            let refused = of(name).is_err();
            assert_eq!(refused, name != ".part", "{name}");
        }
        assert!(of(&"a".repeat(245)).is_ok());
    }
}
