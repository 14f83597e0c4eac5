//! Reads the text of a recorded response as the client does.

/// The text of a body.
pub struct Text {
    /// The text, without a byte order mark. Invalid bytes are replaced.
    pub text: String,
    /// Whether every byte is part of a character, so that nothing was replaced.
    pub is_valid: bool,
}

/// Valid UTF-8 is read as such, whatever the content type says. Other bytes are read as ISO-8859-1
/// if the content type names it, where each byte is a character.
pub fn read(body: &[u8], content_type: Option<&str>) -> Text {
    let names_latin_1 =
        || content_type.is_some_and(|text| text.to_ascii_lowercase().contains("iso-8859-1"));
    let (text, is_valid) = match std::str::from_utf8(body) {
        Ok(text) => (
            text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
            true,
        ),
        Err(_) if names_latin_1() => (body.iter().map(|&byte| char::from(byte)).collect(), true),
        Err(_) => (String::from_utf8_lossy(body).into_owned(), false),
    };
    Text { text, is_valid }
}
