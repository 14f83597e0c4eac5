//! Text that fits on one line of a message.

/// How much of a body is looked at, in bytes. Pages carry their message early.
pub(crate) const WINDOW: usize = 64 * 1024;

/// Text on one line and no longer than `longest` characters.
pub(crate) fn truncate(text: &str, longest: usize) -> String {
    let (mut line, mut length) = (String::new(), 0);
    // What is much longer than what is shown is not looked at, so that a text of any length costs little.
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

/// Any run of these becomes one space.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || is_unprintable(c)
}

/// Control characters, and those that reorder or hide what a terminal shows.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The last place up to `at` where the text can be cut. (`str::floor_char_boundary` needs Rust 1.91.)
pub(crate) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}
