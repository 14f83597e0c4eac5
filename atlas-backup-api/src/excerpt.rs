//! Making what others wrote fit for one line of an error message.
//!
//! What a gateway answers instead of Atlas may be HTML of any length, with control characters, and with the URL that was
//! asked for, whose query is nobody's business but the caller's.

/// The longest excerpt, in characters.
const LONGEST: usize = 200;

/// How much of a body is looked at, in bytes. Pages carry their message early.
const WINDOW: usize = 64 * 1024;

/// What a body says: tags, control characters and URL queries stripped, on one line, short.
pub(crate) fn of_body(text: &str) -> String {
    let text = &text[..floor(text, WINDOW)];
    shorten(&without_queries(&without_tags(text)), LONGEST)
}

/// Text on one line and no longer than `longest` characters.
pub(crate) fn shorten(text: &str, longest: usize) -> String {
    let line = one_line(text);
    match line.char_indices().nth(longest) {
        None => line,
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
    }
}

/// Any run of whitespace and unprintable characters becomes one space.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(1024));
    for word in text.split(|c: char| c.is_whitespace() || is_unprintable(c)).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A URL up to its query or fragment, either of which may hold a token; without user name and password.
pub(crate) fn bare_url(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match url.split_once("//") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = authority.rsplit('@').next().unwrap_or_default();
            format!("{scheme}//{host}{path}")
        }
        None => url.to_owned(),
    }
}

/// Control characters, and those that reorder or hide what a terminal shows.
fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// HTML without its tags, scripts and styles; each tag parts words.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        plain.push_str(before);
        // A `<` before anything else is a `<`.
        if !tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            plain.push('<');
            rest = &tag[1..];
            continue;
        }
        plain.push(' ');
        rest = after_tag(tag);
    }
    plain.push_str(rest);
    plain
}

/// What follows a tag, and its content where that is not for reading. Nothing follows one that is cut off.
fn after_tag(tag: &str) -> &str {
    let past = |rest: &'_ str, end: &str| rest.find(end).map(|at| at + end.len());
    let end = if tag.starts_with("<!--") { past(tag, "-->") } else { past(tag, ">") };
    let Some(end) = end else { return "" };
    for (open, close) in [("<script", "</script"), ("<style", "</style")] {
        // Only as many bytes as it takes: what follows is long, and there are many tags.
        if tag.as_bytes().get(..open.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(open.as_bytes())) {
            let content = &tag.as_bytes()[end..];
            let at = content.windows(close.len()).position(|bytes| bytes.eq_ignore_ascii_case(close.as_bytes()));
            return at.map_or("", |at| &tag[end + at..]);
        }
    }
    &tag[end..]
}

/// Cuts what follows a `?` that is glued to it: most likely a URL's query.
fn without_queries(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`');
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(mark) = rest.find('?') {
        let (before, query) = rest.split_at(mark);
        kept.push_str(before);
        let end = query.find(ends).unwrap_or(query.len());
        // A question mark at the end of a word is a question mark.
        if end == 1 {
            kept.push('?');
        }
        rest = &query[end..];
    }
    kept.push_str(rest);
    kept
}

/// The last place up to `at` where the text can be cut. (`str::floor_char_boundary` needs Rust 1.91.)
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_what_it_says() {
        let page = "<!DOCTYPE html>\r\n<html><head><title>503 Service Temporarily Unavailable</title>\
            <style>h1 { color: red }</style><SCRIPT>if (1 < 2) alert('x')</SCRIPT ></head>\n\
            <body><!-- a > b --><center><h1>503</h1></center><hr>nginx</body></html>";
        assert_eq!(of_body(page), "503 Service Temporarily Unavailable 503 nginx");
    }

    #[test]
    fn what_is_no_tag_stays() {
        assert_eq!(of_body("1 < 2 and 3 > 2"), "1 < 2 and 3 > 2");
        assert_eq!(of_body("cut off <a href='x"), "cut off");
        assert_eq!(of_body("cut off <script>let x = 1;"), "cut off");
        assert_eq!(of_body("<"), "<");
        assert_eq!(of_body("<scri\u{e9}pt>a<b\u{e9}"), "a");
    }

    /// It would take minutes if each tag cost as much as what follows it.
    #[test]
    fn a_page_is_read_once() {
        assert_eq!(without_tags(&"<a><script></SCRIPT>".repeat(100_000)).trim(), "");
    }

    #[test]
    fn it_is_one_short_clean_line() {
        assert_eq!(of_body("a\r\n\tb\u{0}c\u{1b}[31m\u{202e}d\u{feff}"), "a b c [31m d");
        let long = of_body(&"é".repeat(100_000));
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert!(long.ends_with("é…"));
        assert_eq!(shorten("abc", 3), "abc");
        assert_eq!(shorten("ab cd", 3), "ab…");
        assert_eq!(shorten("", 3), "");
    }

    #[test]
    fn a_body_is_cut_where_a_character_ends() {
        assert_eq!(floor("aé", 2), 1);
        assert_eq!(floor("aé", 9), 3);
        let body = format!("{}é", "<".repeat(WINDOW - 1));
        assert!(of_body(&body).starts_with('<'));
    }

    #[test]
    fn queries_are_cut() {
        assert_eq!(
            of_body(r#"{"detail":"see https://h/x?sig=hunter2&a=b","next":"/y?token=hunter2"}"#),
            r#"{"detail":"see https://h/x","next":"/y"}"#
        );
        assert_eq!(of_body("<p>GET /api?a=hunter2</p> failed. Why? Ask."), "GET /api failed. Why? Ask.");
        assert_eq!(of_body("?a=hunter2"), "");
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
