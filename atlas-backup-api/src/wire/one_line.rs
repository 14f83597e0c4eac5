//! Shortens text so that it fits on one line of a message.

/// How many bytes of a text are read. An HTML page has its message near the beginning.
pub(crate) const WINDOW: usize = 64 * 1024;

/// Returns the text on one line, cut after `longest` characters.
pub(crate) fn truncate(text: &str, longest: usize) -> String {
    let (mut line, mut length) = (String::new(), 0);
    // Only the beginning of the text is read, so that a text of any length costs little time.
    for word in text[..floor(text, WINDOW)]
        .split(is_gap)
        .filter(|word| !word.is_empty())
    {
        let gap = if line.is_empty() { "" } else { " " };
        for character in gap.chars().chain(word.chars()) {
            if length == longest {
                line.truncate(line.trim_end().len());
                return line + "…";
            }
            line.push(character);
            length += 1;
        }
    }
    line
}

/// A run of such characters becomes one space.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || is_unprintable(c)
}

/// Control characters, and characters that reorder or hide text on a terminal.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The last character boundary up to the byte `at`. (`str::floor_char_boundary` needs Rust 1.91.)
pub(crate) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}
