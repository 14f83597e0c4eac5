//! Explains syntax errors that come from indentation, which a YAML parser reports in its own terms
//! and often one line too late.

/// A mistake in the indentation of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// The number of the line, from 0.
    pub line: usize,
    /// The column of the first wrong character, from 0.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub help: &'static str,
}

/// Returns the first mistake in the indentation of the lines up to the one where the parser
/// stopped, numbered from 0. Returns `None` if they are indented correctly.
pub(super) fn mistake(text: &str, stopped: usize) -> Option<Mistake> {
    let mut levels: Vec<usize> = Vec::new();
    // Lines inside a block of text that is indented further than this belong to the text.
    let mut block: Option<usize> = None;
    // The last line can have no deeper lines below it, because it has a value already.
    let mut closed = false;
    for (line, content) in text.lines().enumerate().take(stopped + 1) {
        let indent = content.len() - content.trim_start_matches(' ').len();
        let rest = &content[indent..];
        if rest.trim().is_empty() || (rest.starts_with('#') && block.is_none()) {
            continue;
        }
        if block.is_some_and(|outer| indent > outer) {
            continue;
        }
        block = None;
        let mistake = |message: String, help| {
            Some(Mistake {
                line,
                column: indent,
                message,
                help,
            })
        };
        if rest.starts_with('\t') {
            return mistake(
                "this line is indented with a tab".to_owned(),
                "indent with two spaces for each level: YAML allows no tabs there",
            );
        }
        while levels.last().is_some_and(|level| *level > indent) {
            levels.pop();
        }
        // The first line of a level decides its indentation.
        let deeper = levels.last().is_none_or(|level| *level < indent);
        if deeper && closed && !levels.is_empty() && is_entry(rest) {
            return mistake(
                format!(
                    "this line is indented by {indent} spaces, which is no level of the lines above it"
                ),
                "indent it like the line above, or like the key that it belongs to: two spaces for each level",
            );
        }
        if deeper {
            levels.push(indent);
        }
        // The keys of a list item stand two columns behind its dash.
        let mut column = indent;
        let mut item = rest;
        while let Some(after) = item.strip_prefix("- ") {
            column += 2;
            item = after;
            levels.push(column);
        }
        let item = item.trim_end();
        if item.ends_with(['|', '>']) || item.ends_with("|-") || item.ends_with(">-") {
            block = Some(indent);
        }
        closed = !item.ends_with(':') && !is_open(item) && is_entry(item);
    }
    None
}

/// Returns the first line below this one that is not empty, or this one if there is none.
pub(super) fn line_below(text: &str, line: usize) -> usize {
    let mut below = text.lines().enumerate().skip(line + 1);
    let found = below.find(|(_, content)| !content.trim().is_empty());
    found.map_or(line, |(below, _)| below)
}

/// Whether the text is a key, with or without a value, or an item of a list.
fn is_entry(text: &str) -> bool {
    text.starts_with("- ") || text.contains(": ") || text.trim_end().ends_with(':')
}

/// Whether the line ends inside quotes or brackets.
fn is_open(text: &str) -> bool {
    let count = |of: &[char]| text.matches(of).count();
    count(&['{', '[']) > count(&['}', ']']) || count(&['"']) % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(usize, usize)> {
        mistake(text, 99).map(|mistake| (mistake.line, mistake.column))
    }

    #[test]
    fn tabs_and_levels_are_found() {
        assert_eq!(found("a:\n\tb: 1\n"), Some((1, 0)));
        assert_eq!(found("a:\n  b: 1\n \tc: 1\n"), Some((2, 1)));
        assert_eq!(found("a:\n  b: 1\n   c: 1\n"), Some((2, 3)));
        assert_eq!(found("a:\n  - b: 1\n     c: 1\n"), Some((2, 5)));
        assert_eq!(found("a:\n    b: 1\n  c: 1\n"), Some((2, 2)));
    }

    #[test]
    fn correct_documents_have_no_mistake() {
        for text in [
            "a:\n  b: 1\n  c:\n    - d\n    - e: 1\n      f: 2\ng: 3\n",
            "a:\n- b\n- c: 1\n  d: 2\n",
            "a: >-\n  text\n     more text: yes\n\n  end\nb: 1\n",
            "a: some text\n  that goes on\nb: 1\n",
            "a: {b: 1,\n  c: 2}\nd: \"x\n  y: z\"\n",
            "# a\n\n    # b\na: 1\n",
        ] {
            assert_eq!(mistake(text, 99), None, "{text}");
        }
    }
}
