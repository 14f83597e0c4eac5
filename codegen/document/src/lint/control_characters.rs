//! No text of the generated documentation may have a character that nobody sees: rustc refuses a
//! carriage return in a comment, and characters that change the direction of the text.

use serde_json::Value;

use crate::document::child;
use crate::error::Finding;

/// The keywords whose texts become documentation or messages.
const TEXTS: &[&str] = &[
    "default",
    "description",
    "note",
    "pattern",
    "reason",
    "summary",
    "title",
    "url",
    "x-atlas-pattern",
    "x-atlas-roles",
];
/// The keywords whose values are data of Atlas, of which nothing is generated.
const DATA: &[&str] = &["example", "value"];
/// The keywords below which stand names, any of which may be like a keyword.
const NAMED: &[&str] = &["headers", "parameters", "properties"];

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    visit(document, "", &String::new, findings);
}

/// Visits a value that belongs to `keyword`. Its pointer is made only for a finding.
fn visit(value: &Value, keyword: &str, pointer: &dyn Fn() -> String, findings: &mut Vec<Finding>) {
    match value {
        Value::String(text) if TEXTS.contains(&keyword) => {
            findings.extend(text.chars().find(is_refused).map(|c| refused(c, pointer())));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let at = || child(&pointer(), &index.to_string());
                visit(item, keyword, &at, findings);
            }
        }
        Value::Object(object) => {
            for (name, value) in object {
                if NAMED.contains(&keyword) || !DATA.contains(&name.as_str()) {
                    visit(value, name, &|| child(&pointer(), name), findings);
                }
            }
        }
        _ => {}
    }
}

fn is_refused(c: &char) -> bool {
    let turns = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    turns || (c.is_control() && *c != '\n')
}

fn refused(c: char, pointer: String) -> Finding {
    let (what, help) = match c {
        '\t' => (
            "a tab".to_owned(),
            "write a space: a text has only characters that a reader sees, and newlines",
        ),
        c => (
            format!("the control character U+{:04X}", u32::from(c)),
            "remove it: a text has only characters that a reader sees, and newlines",
        ),
    };
    let message = format!("this text has {what}");
    Finding::new("control-character", pointer, message).help(help)
}
