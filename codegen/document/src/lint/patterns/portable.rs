//! The part of the language of patterns that is the same in Python, in JavaScript with and without
//! the flag `u`, and in Rust.

use std::iter::Peekable;
use std::str::Chars;

/// The characters that may follow `\`, besides `x41` and `u0041`.
const ESCAPES: &str = r"dDwWsSbBtnrfv^$\.*+?()[]{}|/";

/// Returns what in the pattern some tool does not understand, or `None` if all do.
pub(super) fn fault(pattern: &str) -> Option<String> {
    let mut rest = pattern.chars().peekable();
    let mut in_class = false;
    let mut repeated = false;
    while let Some(character) = rest.next() {
        let was_repeated = std::mem::take(&mut repeated);
        let fault = match (character, in_class) {
            ('\\', _) => escape(&mut rest, in_class),
            ('[', false) => {
                in_class = true;
                // A `]` in the first place ends the class in JavaScript, and nowhere else.
                rest.next_if_eq(&'^');
                found(
                    rest.next_if_eq(&']').is_some(),
                    "`]` at the start of a class",
                )
            }
            (']', true) => {
                in_class = false;
                None
            }
            ('[', true) => Some("`[` in a class, without `\\`".to_owned()),
            ('&' | '-' | '~', true) => found(
                rest.next_if_eq(&character).is_some(),
                &format!("`{character}{character}` in a class"),
            ),
            ('(', false) if rest.next_if_eq(&'?').is_some() => found(
                rest.next_if_eq(&':').is_none(),
                "a group that starts with `(?`",
            ),
            ('*' | '+' | '?' | '{', false) if was_repeated && character != '?' => {
                Some("a repetition of a repetition".to_owned())
            }
            ('*' | '+' | '?', false) => {
                repeated = !was_repeated;
                None
            }
            ('{', false) => {
                repeated = true;
                count(&mut rest)
            }
            ('}' | ']', false) => Some(format!("`{character}` without `\\`")),
            _ => None,
        };
        if fault.is_some() {
            return fault;
        }
    }
    None
}

fn found(is_fault: bool, what: &str) -> Option<String> {
    is_fault.then(|| what.to_owned())
}

/// Reads the rest of an escape.
fn escape(rest: &mut Peekable<Chars<'_>>, in_class: bool) -> Option<String> {
    let character = rest.next()?;
    let digits = match character {
        'x' => 2,
        'u' => 4,
        '-' if in_class => 0,
        _ if ESCAPES.contains(character) => 0,
        _ => return Some(format!("`\\{character}`")),
    };
    let found = (0..digits).all(|_| rest.next().is_some_and(|digit| digit.is_ascii_hexdigit()));
    self::found(!found, &format!("`\\{character}` without {digits} digits"))
}

/// Reads the rest of a repetition: `3}`, `3,}` or `3,5}`.
fn count(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut inner = String::new();
    while let Some(character) = rest.next_if(|character| *character != '}') {
        inner.push(character);
    }
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_count = match inner.split_once(',') {
        Some((least, most)) => number(least) && (most.is_empty() || number(most)),
        None => number(&inner),
    };
    found(rest.next().is_none() || !is_count, "`{` that is no count")
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_all_tools_understand_has_no_fault() {
        for pattern in [
            "^[a-zA-Z0-9][a-zA-Z0-9-]*$",
            r"([\d]+\.[\d]+\.[\d]+)",
            r"^([0-9]{1,3}\.){3}|(:[0-9]{4,5})?$",
            r"^[^\s[\]^`]{2,}$".replace("s[", r"s\[").as_str(),
            r"^(?:a|b)+?\/\x41\u0041[\-\\]$",
            "a{3}?",
        ] {
            assert_eq!(fault(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_some_tool_does_not_understand_is_named() {
        for (pattern, expected) in [
            (r"\p{L}", "`\\p`"),
            (r"a\:b", "`\\:`"),
            (r"a\-b", "`\\-`"),
            (r"\Aa", "`\\A`"),
            (r"\x{41}", "`\\x` without 2 digits"),
            ("(?i)a", "a group that starts with `(?`"),
            ("(?P<name>a)", "a group that starts with `(?`"),
            ("(?=a)", "a group that starts with `(?`"),
            ("a++", "a repetition of a repetition"),
            ("a{2}{3}", "a repetition of a repetition"),
            ("a{", "`{` that is no count"),
            ("a{,3}", "`{` that is no count"),
            ("a}", "`}` without `\\`"),
            ("a]", "`]` without `\\`"),
            ("[]a]", "`]` at the start of a class"),
            ("[[:alpha:]]", "`[` in a class, without `\\`"),
            ("[a-z&&b]", "`&&` in a class"),
        ] {
            assert_eq!(fault(pattern).as_deref(), Some(expected), "{pattern}");
        }
    }
}
