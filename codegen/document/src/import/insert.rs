//! Inserts entries into the text of a document, in order, without touching anything else.

use crate::document::{Loaded, child, end_of_block, indentation};
use crate::error::{Error, Finding};

/// The entries to insert into one mapping or list.
pub(super) struct Insertion {
    /// JSON pointer of the mapping or list.
    pub into: String,
    /// The keyword whose value is the key of an item, if it is a list.
    pub list_key: Option<&'static str>,
    /// The key of the new entry.
    pub key: String,
    /// The order of keys; alphabetical if it is empty.
    pub order: &'static [&'static str],
    /// Writes the entry with this indentation.
    pub write: Box<dyn Fn(usize) -> String>,
}

/// A piece of text and the place where it goes.
struct Piece {
    at: usize,
    /// Deeper pieces come first where the ends of two blocks meet.
    indent: usize,
    rank: (usize, String),
    text: String,
}

/// An entry that the document has, in the order of the text.
struct Present {
    key: String,
    /// Where its line begins.
    line: usize,
}

/// Returns the text with all insertions.
pub(super) fn insert(loaded: &Loaded<'_>, insertions: Vec<Insertion>) -> Result<String, Error> {
    let text = &loaded.document.text;
    let pieces: Result<Vec<Piece>, Error> = insertions
        .into_iter()
        .map(|insertion| piece(loaded, insertion))
        .collect();
    let mut pieces = pieces.map_err(|error| error.locate(loaded))?;
    pieces.sort_by(|a, b| (a.at, b.indent, &a.rank).cmp(&(b.at, a.indent, &b.rank)));
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for piece in pieces {
        result.push_str(&text[done..piece.at]);
        if !result.is_empty() && !result.ends_with('\n') {
            result.push('\n');
        }
        result.push_str(&piece.text);
        done = piece.at;
    }
    result.push_str(&text[done..]);
    Ok(result)
}

fn piece(loaded: &Loaded<'_>, insertion: Insertion) -> Result<Piece, Error> {
    let text = &loaded.document.text;
    let present = present(loaded, &insertion)?;
    let Some(first) = present.first() else {
        return Err(not_a_block(&insertion.into));
    };
    let indent = indentation(&text[first.line..]);
    let entry = (insertion.write)(indent);
    let rank = |key: &str| {
        let known = insertion.order.iter().position(|known| *known == key);
        (known.unwrap_or(insertion.order.len()), key.to_owned())
    };
    let own = rank(&insertion.key);
    // Some documents separate their entries by empty lines.
    let is_spaced = present.iter().skip(1).any(|it| {
        let above = &text[..above_comments(text, it.line, indent)];
        above.ends_with("\n\n")
    });
    let next = present.iter().find(|known| rank(&known.key) > own);
    let (at, text) = match next {
        Some(next) => {
            let space = if is_spaced { "\n" } else { "" };
            (
                above_comments(text, next.line, indent),
                format!("{entry}{space}"),
            )
        }
        None => {
            let last = present.last().map_or(0, |last| last.line);
            let space = if is_spaced { "\n" } else { "" };
            (end_of_block(text, last, indent), format!("{space}{entry}"))
        }
    };
    Ok(Piece {
        at,
        indent,
        rank: own,
        text,
    })
}

/// Returns the entries that a mapping or list has. Each must begin a line of its own.
fn present(loaded: &Loaded<'_>, insertion: &Insertion) -> Result<Vec<Present>, Error> {
    let into = &insertion.into;
    let text = &loaded.document.text;
    let container = loaded.value.pointer(into);
    let keys: Vec<(String, String)> = match (container, insertion.list_key) {
        (Some(serde_json::Value::Array(items)), Some(list_key)) => (0..items.len())
            .map(|index| {
                let at = child(into, &index.to_string());
                let key = items[index][list_key].as_str().unwrap_or_default();
                (key.to_owned(), at)
            })
            .collect(),
        (Some(serde_json::Value::Object(entries)), None) => {
            let keys = entries.keys();
            keys.map(|key| (key.clone(), child(into, key))).collect()
        }
        _ => Vec::new(),
    };
    let mut present = Vec::new();
    for (key, pointer) in keys {
        let start = loaded.locate(&pointer).span.start;
        let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let lead = &text[line..start];
        if !lead.trim_start_matches([' ', '-']).is_empty()
            || lead.contains('-') != insertion.list_key.is_some()
        {
            return Err(not_a_block(into));
        }
        present.push(Present { key, line });
    }
    present.sort_by_key(|entry| entry.line);
    if present.windows(2).any(|pair| pair[0].line == pair[1].line) {
        return Err(not_a_block(into));
    }
    Ok(present)
}

fn not_a_block(pointer: &str) -> Error {
    let message = "nothing can be inserted here: this is empty or written in braces";
    let help = "write each entry on a line of its own, with at least one that is there already";
    Error::one(
        Finding::new(super::RULE, pointer, message)
            .at_key()
            .help(help),
    )
}

/// Returns where the comments above a line begin: they belong to the entry below them.
fn above_comments(text: &str, line: usize, indent: usize) -> usize {
    let mut at = line;
    while at > 0 {
        let start = text[..at - 1].rfind('\n').map_or(0, |at| at + 1);
        let above = &text[start..at];
        if indentation(above) != indent || !above.trim_start().starts_with('#') {
            break;
        }
        at = start;
    }
    at
}
