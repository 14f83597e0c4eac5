//! Extracts the visible text of an HTML page.

use crate::wire::text;

/// Separates the texts before and after a tag. It is a control character, which no message shows.
const TAG: char = '\u{1f}';

/// Returns the texts between tags, without scripts and styles.
pub(super) fn texts(html: &str) -> Vec<String> {
    without_tags(html)
        .split(TAG)
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Removes tags, scripts and styles.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        plain.push_str(before);
        // A `<` that does not begin a tag is text.
        if !tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
        {
            plain.push('<');
            rest = &tag[1..];
            continue;
        }
        plain.push(TAG);
        rest = after_tag(tag);
    }
    plain.push_str(rest);
    plain
}

/// Returns the text after a tag, or after its content if that is a script or style. The text after
/// an incomplete tag is empty.
fn after_tag(tag: &str) -> &str {
    let end = if tag.starts_with("<!--") { "-->" } else { ">" };
    let Some((_, after)) = text::split_once(tag, end) else {
        return "";
    };
    for (open, close) in [("<script", "</script"), ("<style", "</style")] {
        // Compares only the bytes of the name, because the rest is long and there are many tags.
        if tag
            .as_bytes()
            .get(..open.len())
            .is_some_and(|bytes| bytes.eq_ignore_ascii_case(open.as_bytes()))
        {
            let at = after
                .as_bytes()
                .windows(close.len())
                .position(|bytes| bytes.eq_ignore_ascii_case(close.as_bytes()));
            return at.map_or("", |at| &after[at..]);
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_part_texts() {
        assert_eq!(texts("<h1>a b</h1> <p>c <!-- d -->e"), ["a b", "c", "e"]);
        assert_eq!(texts("a\u{1f}b"), ["a", "b"]);
    }

    /// The test would take minutes if each tag cost time in proportion to the rest of the page.
    #[test]
    fn a_page_is_read_once() {
        assert_eq!(
            texts(&"<a><script></SCRIPT>".repeat(100_000)),
            Vec::<String>::new()
        );
    }
}
