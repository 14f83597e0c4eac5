//! Small changes of a document: a value, the name of a key, or a line that is gone.

use atlas_backup_document::{Document, Loaded, child};
use serde_json::Value;

/// One change of the text of a document.
#[derive(Debug)]
pub struct Change {
    /// The JSON pointer of the member that changes.
    pub pointer: String,
    /// What is changed, for people.
    pub what: String,
    /// The changed document.
    pub document: Document,
}

/// What to do with a member.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Value,
    Name,
    Line,
}

/// Returns `count` changes, which are spread over the document. They are the same in every run.
pub fn changes(loaded: &Loaded<'_>, count: usize) -> Vec<Change> {
    let mut pointers = Vec::new();
    members(&loaded.value, "", &mut pointers);
    let kinds = [Kind::Value, Kind::Name, Kind::Line];
    let all: Vec<_> = pointers
        .iter()
        .flat_map(|pointer| kinds.map(|kind| (pointer, kind)))
        .collect();
    // A prime, so that neither the kinds nor the members of one object are always the same.
    let step = |index: usize| (index * 7_919) % all.len();
    (0..all.len())
        .map(|index| all[step(index)])
        .filter_map(|(pointer, kind)| change(loaded, pointer, kind))
        .take(count)
        .collect()
}

/// Adds the JSON pointers of everything in `value`.
fn members(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let mut add = |name: &str, value: &Value| {
        let pointer = child(pointer, name);
        found.push(pointer.clone());
        members(value, &pointer, found);
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| add(name, value)),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, value)| add(&index.to_string(), value));
        }
        _ => {}
    }
}

/// Returns the changed document, or `None` if this kind of change is impossible here.
fn change(loaded: &Loaded<'_>, pointer: &str, kind: Kind) -> Option<Change> {
    let text = &loaded.document.text;
    let value = loaded.value.pointer(pointer)?;
    let (range, new) = match kind {
        Kind::Value => {
            let range = loaded.locate_value(pointer).span;
            // A text of several lines has no location of its own.
            let written = text.get(range.clone())?.trim_matches(['"', '\'']);
            let is_here = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
                == written;
            (range, is_here.then(|| other(value))??)
        }
        Kind::Name => {
            let range = loaded.locate(pointer).span;
            let name = pointer.rsplit('/').next()?;
            let written = text.get(range.clone())?;
            (written == name).then(|| (range, format!("{name}x")))?
        }
        Kind::Line => {
            let (parent, _) = pointer.rsplit_once('/')?;
            loaded.value.pointer(parent)?.as_object()?;
            let at = loaded.locate(pointer).span.start;
            let start = text[..at].rfind('\n')? + 1;
            let end = at + text[at..].find('\n')? + 1;
            let line = text[start..end].trim();
            let is_alone = text[start..at].trim().is_empty() && !value.is_object();
            (is_alone && !line.ends_with([':', '-', '>'])).then(|| (start..end, String::new()))?
        }
    };
    let what = format!("{kind:?}: {:?} becomes {new:?}", &text[range.clone()]);
    let mut changed = text.clone();
    changed.replace_range(range, &new);
    Some(Change {
        pointer: pointer.to_owned(),
        what,
        document: Document {
            text: changed,
            ..loaded.document.clone()
        },
    })
}

/// Returns another value of the same type, as YAML.
fn other(value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => Some((!value).to_string()),
        Value::Number(number) => Some((number.as_i64()? + 1).to_string()),
        // One digit of an id or a date changes, so that it stays one.
        Value::String(text) => {
            let (digits, zone) = match text.strip_suffix('Z') {
                Some(digits) if digits.contains(':') => (digits, "Z"),
                _ => (text.as_str(), ""),
            };
            let digit = if digits.ends_with('1') { '2' } else { '1' };
            match digits.strip_suffix(|last: char| last.is_ascii_digit()) {
                Some(rest) => Some(format!("\"{rest}{digit}{zone}\"")),
                None => Some(format!("\"{text}x\"")),
            }
        }
        _ => None,
    }
}
