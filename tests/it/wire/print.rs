//! How requests, responses and values are printed in snapshots.

use std::fmt::Write;

use atlas_backup_document::schema::Schemas;
use atlas_backup_document::{Example, Spec};
use atlas_backup_tests::fake_atlas::RecordedRequest;
use serde_json::Value;

/// Prints a request without `host`, whose port the system picks. A new header shows up here.
pub fn print_request(received: &RecordedRequest, with_headers: bool) -> String {
    let mut text = format!("{}\n", received.line());
    if with_headers {
        let mut headers: Vec<_> = received.headers.iter().collect();
        headers.retain(|(name, _)| name != "host");
        headers.sort();
        for (name, value) in headers {
            let _infallible = writeln!(text, "{name}: {value}");
        }
    }
    if !received.body.is_empty() {
        let body: Value = serde_json::from_slice(&received.body).expect("a body is JSON");
        let _infallible = write!(text, "\n{body:#}");
    }
    text
}

/// Prints the body of an example without its secrets.
pub fn print_body(spec: &Spec, example: &Example<'_>, schema: Option<&Value>) -> String {
    let schema = schema.unwrap_or(&Value::Null);
    let body = Schemas::new(spec).redacted(schema, example.value);
    format!("content-type: {}\n\n{body:#}", example.media_type)
}

/// Returns `{:#?}` output without the unset members, which are most of them, and with short
/// `Some(…)` values joined to one line.
pub fn set_members(debug: &str) -> String {
    let unset = |line: &&str| line.ends_with(": None,") || line.ends_with("extra: {},");
    let mut lines = debug.lines().filter(|line| !unset(line)).peekable();
    let mut text = String::new();
    while let Some(line) = lines.next() {
        text.push_str(line);
        if line.ends_with('(') {
            let value = lines
                .peek()
                .map(|value| value.trim())
                .filter(|value| value.ends_with(',') && !value.ends_with("},"));
            if let Some(value) = value {
                text.push_str(value.trim_end_matches(','));
                lines.next();
                text.push_str(lines.next().unwrap_or_default().trim());
            }
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// Prints the members of a schema and of the schemas in it, with all their keywords.
pub fn print_schema(spec: &Spec, schema: Option<&Value>) -> String {
    let mut lines = Vec::new();
    if let Some(schema) = schema {
        keywords(spec, schema, "", &mut lines);
    }
    lines.join("\n")
}

fn keywords(spec: &Spec, schema: &Value, path: &str, lines: &mut Vec<String>) {
    for (keyword, value) in spec.resolve(schema).as_object().into_iter().flatten() {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                for (name, schema) in properties {
                    keywords(spec, schema, &format!("{path}.{name}"), lines);
                }
            }
            ("items", schema) => keywords(spec, schema, &format!("{path}[]"), lines),
            ("allOf", Value::Array(parts)) => {
                parts
                    .iter()
                    .for_each(|part| keywords(spec, part, path, lines));
            }
            (keyword, value) => lines.push(format!("ApiError{path}: {keyword}: {value}")),
        }
    }
}
