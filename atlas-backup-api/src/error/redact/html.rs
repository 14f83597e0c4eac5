//! What an HTML page says, for those who do not see it.

/// Between what stood on both sides of a tag. No text that is shown holds it.
const TAG: char = '\u{1f}';

/// The texts between tags. Scripts and styles are left out.
pub(super) fn texts(html: &str) -> Vec<String> {
    without_tags(html)
        .split(TAG)
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

/// HTML without its tags, scripts and styles.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        plain.push_str(before);
        // A `<` before anything else is a `<`.
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

/// What follows a tag, and its content where that is not for reading. Nothing follows one that is cut off.
fn after_tag(tag: &str) -> &str {
    let past = |rest: &'_ str, end: &str| rest.find(end).map(|at| at + end.len());
    let end = if tag.starts_with("<!--") {
        past(tag, "-->")
    } else {
        past(tag, ">")
    };
    let Some(end) = end else { return "" };
    for (open, close) in [("<script", "</script"), ("<style", "</style")] {
        // Only as many bytes as it takes: what follows is long, and there are many tags.
        if tag
            .as_bytes()
            .get(..open.len())
            .is_some_and(|bytes| bytes.eq_ignore_ascii_case(open.as_bytes()))
        {
            let content = &tag.as_bytes()[end..];
            let at = content
                .windows(close.len())
                .position(|bytes| bytes.eq_ignore_ascii_case(close.as_bytes()));
            return at.map_or("", |at| &tag[end + at..]);
        }
    }
    &tag[end..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_part_texts() {
        assert_eq!(texts("<h1>a b</h1> <p>c <!-- d -->e"), ["a b", "c", "e"]);
        assert_eq!(texts("a\u{1f}b"), ["a", "b"]);
    }

    /// It would take minutes if each tag cost as much as what follows it.
    #[test]
    fn a_page_is_read_once() {
        assert_eq!(
            texts(&"<a><script></SCRIPT>".repeat(100_000)),
            Vec::<String>::new()
        );
    }
}
