//! The bodies of an HTTP Archive: `request.postData` and `response.content`.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

/// Some recorders leave out the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A body, as far as it was recorded.
pub enum Body {
    /// There was none, or it was empty.
    Empty,
    /// There was one, but the recorder has left it out.
    Unrecorded,
    /// Its bytes.
    Bytes(Vec<u8>),
}

/// Reads the member `text`, which is in base64 if `encoding` says so. A body without text that has
/// a size was left out, as browsers do with large responses, and with those of closed pages.
///
/// # Errors
/// Fails if it is no text, or not base64.
pub fn read(holder: &Value) -> Result<Body, String> {
    let text = match &holder["text"] {
        Value::Null => "",
        Value::String(text) => text,
        _ => return Err("`text` is no text".to_owned()),
    };
    if text.is_empty() {
        let has_size = holder["size"].as_f64().is_some_and(|size| size > 0.0);
        return Ok(if has_size {
            Body::Unrecorded
        } else {
            Body::Empty
        });
    }
    let is_base64 = holder["encoding"]
        .as_str()
        .is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"));
    let bytes = if is_base64 {
        decoded(text)?
    } else {
        text.as_bytes().to_vec()
    };
    Ok(Body::Bytes(bytes))
}

/// Some recorders break the lines of base64.
fn decoded(text: &str) -> Result<Vec<u8>, String> {
    let text: String = text.split_ascii_whitespace().collect();
    let decoded = BASE64.decode(text);
    decoded.map_err(|error| format!("a body that is not base64: {error}"))
}
