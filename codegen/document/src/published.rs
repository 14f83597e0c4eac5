//! Reads a document that MongoDB publishes: JSON or YAML.

use serde_json::Value;

use crate::document::{Document, Located, Spans, load};

/// A published document.
#[derive(Debug)]
pub struct PublishedDocument {
    /// The content as JSON.
    pub value: Value,
    /// Where everything stands, which tells the order of keys. `None` if the text is JSON that a
    /// YAML parser does not read, which happens for rare escapes.
    spans: Option<Spans>,
}

impl PublishedDocument {
    /// Reads the text of the file at `path`. The name of the file says whether it is JSON or YAML;
    /// under any other name, a text that begins with a brace is JSON.
    ///
    /// # Errors
    /// If the text is neither. The message says where: `published.yaml:3:1: …`.
    pub fn read(path: &str, text: String) -> Result<Self, String> {
        let is_named = |endings: &[&str]| {
            let ending = path.rsplit('.').next().unwrap_or_default();
            endings.iter().any(|it| ending.eq_ignore_ascii_case(it))
        };
        let is_json = is_named(&["json"])
            || (!is_named(&["yaml", "yml"]) && text.trim_start().starts_with(['{', '[']));
        let json = is_json.then(|| json(path, &text)).transpose()?;
        let document = Document {
            api: String::new(),
            path: path.to_owned(),
            text,
        };
        match (load(&document), json) {
            (Ok(loaded), value) => Ok(PublishedDocument {
                value: value.unwrap_or(loaded.value),
                spans: Some(loaded.spans),
            }),
            (Err(_), Some(value)) => Ok(PublishedDocument { value, spans: None }),
            (Err(error), None) => Err(error.to_string()),
        }
    }

    /// Returns the position of the value at a JSON pointer, which orders the keys of a mapping.
    pub(crate) fn position(&self, pointer: &str) -> usize {
        let spans = self.spans.as_ref();
        let root = spans.map(|spans| Located::new(&self.value, spans));
        root.map_or(0, |root| root.locate(pointer).span.start)
    }
}

fn json(path: &str, text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("{path}:{line}:{column}: this is not JSON: {error}")
    })
}

#[cfg(test)]
mod tests {
    use super::PublishedDocument;
    use serde_json::json;

    fn read(path: &str, text: &str) -> Result<PublishedDocument, String> {
        PublishedDocument::read(path, text.to_owned())
    }

    #[test]
    fn json_and_yaml_are_the_same_document() {
        let expected = json!({"b": {"on": "2027-07-01"}, "a": [1, null, true]});
        for (path, text) in [
            (
                "p.json",
                r#"{"b": {"on": "2027-07-01"}, "a": [1, null, true]}"#,
            ),
            ("p", r#" {"b": {"on": "2027-07-01"}, "a": [1, null, true]}"#),
            ("p.YAML", "b: {on: 2027-07-01}\na: [1, ~, true]\n"),
            ("p", "b:\n  on: '2027-07-01'\na: [1, ~, true]\n"),
        ] {
            let document = read(path, text).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert_eq!(document.value, expected, "{path}");
            assert!(document.position("/b") < document.position("/a"), "{path}");
        }
    }

    #[test]
    fn json_that_is_no_yaml_is_read_all_the_same() {
        let document = read("p.json", r#"{"a": "\ud83d\ude00"}"#);
        assert_eq!(document.map(|it| it.value), Ok(json!({"a": "😀"})));
    }

    #[test]
    fn what_is_neither_says_where() {
        for (path, text, expected) in [
            ("p.json", "{\"a\": }", "p.json:1:7: this is not JSON: "),
            ("p.json", "", "p.json:1:0: this is not JSON: "),
            ("p.json", "a: 1", "p.json:1:1: this is not JSON: "),
            ("p.yml", "a: [1", "p.yml:"),
            ("p.yml", "a: 1\na: 2", "p.yml:2:1: the key `a` stands twice"),
            ("p", "", "p:1:1: the document is empty"),
        ] {
            let error = read(path, text).err().unwrap_or_default();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
