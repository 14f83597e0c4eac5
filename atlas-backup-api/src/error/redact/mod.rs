//! Shortens and cleans text from servers so that it fits on one line of an error message.
//!
//! The response of a gateway may be HTML of any length, with control characters, and with the
//! requested URL, whose query may hold secrets.

mod html;
pub(crate) mod secrets;

use crate::wire::one_line::{WINDOW, floor, truncate};
use crate::wire::text;

/// The maximum length of an excerpt, in characters.
const LONGEST: usize = 200;

/// The key of a text that has no words.
const NO_WORDS: &str = " ";

/// The maximum number of texts of a page that are read.
const MOST_TEXTS: usize = 100;

/// Returns the text of a body, short and on one line, without tags, control characters, URL queries
/// and repetitions: pages repeat the status, and their title in a heading.
pub(crate) fn body(text: &str, status: &str) -> String {
    let mut keys: Vec<String> = Vec::new();
    let mut shown = String::new();
    for text in html::texts(&text[..floor(text, WINDOW)])
        .into_iter()
        .take(MOST_TEXTS)
    {
        let key = key(&text);
        if !says_no_more(&text, status)
            && (key == NO_WORDS || !keys.iter().any(|shown| text::contains(shown, &key)))
        {
            shown.push_str(&text);
            shown.push(' ');
            keys.push(key);
        }
    }
    truncate(&without_queries(&shown), LONGEST)
}

/// Whether a text has no words besides those of the status.
pub(crate) fn says_no_more(text: &str, status: &str) -> bool {
    let key = key(text);
    // A text without letters and digits does not repeat the status.
    text.contains(char::is_alphanumeric) && (key == NO_WORDS || key == self::key(status))
}

/// The words of a text in lower case, each between spaces, without a leading status number.
fn key(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .enumerate();
    let words =
        words.filter(|(index, word)| *index > 0 || word.len() != 3 || word.parse::<u16>().is_err());
    words.fold(NO_WORDS.to_owned(), |key, (_, word)| key + word + " ")
}

/// Like `truncate`, for a part of a longer message: removes punctuation at the end.
#[inline(never)]
pub(crate) fn clause(text: &str, longest: usize) -> String {
    let mut line = truncate(text, longest);
    line.truncate(line.trim_end_matches(['.', ';', ':', ',', ' ']).len());
    line
}

/// A URL without query, fragment, user name and password, each of which may hold a secret.
pub(crate) fn bare_url(url: &str) -> String {
    let url = text::before(url, &['?', '#']);
    match text::split_once(url, "//") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = authority.rsplit('@').next().unwrap_or_default();
            format!("{scheme}//{host}{path}")
        }
        None => url.to_owned(),
    }
}

/// Removes text that directly follows a `?`, because it is most likely the query of a URL.
fn without_queries(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`');
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(mark) = rest.find('?') {
        let (before, query) = rest.split_at(mark);
        result.push_str(before);
        let end = query.find(ends).unwrap_or(query.len());
        // A question mark at the end of a word is punctuation.
        if end == 1 {
            result.push('?');
        }
        rest = &query[end..];
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> String {
        super::body(text, "")
    }

    #[test]
    fn html_becomes_what_it_says() {
        let page = "<!DOCTYPE html>\r\n<html><head><title>503 Service Temporarily Unavailable</title>\
            <style>h1 { color: red }</style><SCRIPT>if (1 < 2) alert('x')</SCRIPT ></head>\n\
            <body><!-- a > b --><center><h1>503</h1></center><hr>nginx</body></html>";
        assert_eq!(body(page), "503 Service Temporarily Unavailable nginx");
    }

    #[test]
    fn what_is_no_tag_stays() {
        assert_eq!(body("1 < 2 and 3 > 2"), "1 < 2 and 3 > 2");
        assert_eq!(body("cut off <a href='x"), "cut off");
        assert_eq!(body("cut off <script>let x = 1;"), "cut off");
        assert_eq!(body("<"), "<");
        assert_eq!(body("<scri\u{e9}pt>a<b\u{e9}"), "a");
    }

    #[test]
    fn it_is_one_short_clean_line() {
        assert_eq!(
            body("a\r\n\tb\u{0}c\u{1b}[31m\u{202e}d\u{feff}"),
            "a b c [31m d"
        );
        let long = body(&"é".repeat(100_000));
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert!(long.ends_with("é…"));
        assert_eq!(truncate("abc", 3), "abc");
        assert_eq!(truncate("ab cd", 3), "ab…");
        assert_eq!(truncate("", 3), "");
    }

    #[test]
    fn a_body_is_cut_where_a_character_ends() {
        assert_eq!(floor("aé", 2), 1);
        assert_eq!(floor("aé", 9), 3);
        let page = format!("{}é", "<".repeat(WINDOW - 1));
        assert!(body(&page).starts_with('<'));
    }

    #[test]
    fn what_was_said_is_not_said_again() {
        let page = "<title>503 Service Temporarily Unavailable</title><h1>503 Service Temporarily Unavailable</h1><p>Temporarily.<p>Later!";
        assert_eq!(body(page), "503 Service Temporarily Unavailable Later!");
        assert_eq!(
            super::body(
                "<h1>503 Service Unavailable</h1>",
                "503 Service Unavailable"
            ),
            ""
        );
        assert_eq!(
            super::body("<h1>Service</h1>", "503 Service Unavailable"),
            "Service"
        );
        assert_eq!(
            super::body(
                "<h1>Service not available</h1>--",
                "503 Service Unavailable"
            ),
            "Service not available --"
        );
        assert!(
            says_no_more("Not Found.", "404 Not Found") && says_no_more("404", "404 Not Found")
        );
        assert!(
            !says_no_more("Not Found here", "404 Not Found") && !says_no_more("", "404 Not Found")
        );
    }

    #[test]
    fn a_clause_ends_in_no_punctuation() {
        for (text, clause) in [
            ("It is gone.", "It is gone"),
            ("a; ", "a"),
            ("Why?", "Why?"),
            ("...", ""),
            ("a.b", "a.b"),
        ] {
            assert_eq!(super::clause(text, 20), clause);
        }
        assert_eq!(super::clause("a. b", 2), "a.…");
    }

    #[test]
    fn queries_are_cut() {
        assert_eq!(
            body(r#"{"detail":"see https://h/x?sig=hunter2&a=b","next":"/y?token=hunter2"}"#),
            r#"{"detail":"see https://h/x","next":"/y"}"#
        );
        assert_eq!(
            body("<p>GET /api?a=hunter2</p> failed. Why? Ask."),
            "GET /api failed. Why? Ask."
        );
        assert_eq!(body("?a=hunter2"), "");
    }

    #[test]
    fn a_bare_url_is_a_place() {
        for (url, bare) in [
            ("https://h/p?q=hunter2", "https://h/p"),
            ("https://u:hunter2@h:1/p@q#hunter2", "https://h:1/p@q"),
            ("https://u:hunter2@h", "https://h"),
            ("/login?to=hunter2", "/login"),
            ("//h/p", "//h/p"),
            ("", ""),
        ] {
            assert_eq!(bare_url(url), bare);
        }
    }
}
