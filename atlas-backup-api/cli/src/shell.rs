//! Commands as they must be typed in a POSIX shell.

/// A part of a command, in quotes if it needs them.
pub fn quoted(part: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+,:@%".contains(letter);
    if !part.is_empty() && part.chars().all(is_plain) {
        part.to_owned()
    } else {
        format!("'{}'", part.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("/var/backups"), "/var/backups");
        assert_eq!(quoted("my backups"), "'my backups'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
