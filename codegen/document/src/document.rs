//! load: parses YAML text into a JSON value and records the location of every JSON pointer.
//!
//! The YAML is read as a stream of events instead of with an off-the-shelf loader, because such a
//! loader stops at the first duplicate key and does not record the locations of keys. This way,
//! every duplicate is a finding, and all later messages can point at a line.

mod ambiguous;
mod digits;
mod indentation;
mod spans;

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr::{Scalar, ScalarStyle};
use saphyr_parser::{Event, Parser, ScanError, Span, StrInput};
use serde_json::{Map, Number, Value};

pub(crate) use spans::{Located, Spans};

use crate::error::{Error, Finding, Location};

/// The maximum nesting depth. Deeper documents are mistakes, and the limit prevents a stack
/// overflow.
const MAX_DEPTH: usize = 64;

/// Where a document begins.
const START: Location = Location {
    line: 1,
    column: 1,
    span: 0..0,
};

/// What the parser says of a node without an anchor.
const NO_ANCHOR: usize = 0;

/// How to write what YAML would write with an alias.
const NO_ALIASES: &str = "aliases (`*…`) and anchors (`&…`) are not used here: repeat the value, or refer to a component with `$ref`; put text that begins with `*` or `&` in quotes";

/// The text of a document, its path and its API generation.
#[derive(Clone, Debug)]
pub struct Document {
    /// Name of the API generation (`v2`), which is also the name of its module.
    pub api: String,
    /// Path relative to the project's root (`spec/v2.yaml`), for messages and file headers.
    pub path: String,
    /// The YAML text.
    pub text: String,
}

/// A parsed document with the locations of all its values.
#[derive(Debug)]
pub struct Loaded<'a> {
    /// The source document.
    pub document: &'a Document,
    /// The content as JSON.
    pub value: Value,
    /// The locations of all values.
    pub(crate) spans: Spans,
    /// The unquoted texts that other YAML readers take for something else than text.
    pub(crate) ambiguous: Vec<Ambiguous>,
    /// JSON pointers of the numbers that are not read as they are written, each with its text.
    pub(crate) inexact: Vec<(String, String)>,
    /// JSON pointers of the keys and items without a value, which is not even `null`.
    pub(crate) empty: Vec<String>,
}

impl Loaded<'_> {
    /// Returns the location of the value at a JSON pointer, or of its nearest ancestor. That of a
    /// member of a mapping is that of its key.
    pub fn locate(&self, pointer: &str) -> Location {
        self.root().locate(pointer)
    }

    /// Returns the location of the value at a JSON pointer itself if that is a scalar or a list
    /// `[…]` on one line. Returns what [`locate`](Self::locate) does otherwise.
    pub fn locate_value(&self, pointer: &str) -> Location {
        self.root().locate_value(pointer)
    }

    /// Returns the document with its locations.
    pub(crate) fn root(&self) -> Located<'_> {
        Located::new(&self.value, &self.spans)
    }

    /// Returns the lines of the entry at `pointer`, if it is written as a block.
    pub fn block(&self, pointer: &str) -> &str {
        let text = &self.document.text;
        let start = self.locate(pointer).span.start;
        let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let inner = line + text[line..].find('\n').map_or(0, |end| end + 1);
        &text[line..end_of_block(text, inner, start - line + 1)]
    }
}

/// An unquoted text that is a boolean, a number or a date for some YAML readers.
#[derive(Debug)]
pub(crate) struct Ambiguous {
    /// JSON pointer of the value, or of the value that the key belongs to.
    pub pointer: String,
    /// The text as written.
    pub text: String,
    /// What other readers take it for.
    pub meaning: &'static str,
    /// Whether the text is a key.
    pub is_key: bool,
    /// Where the text stands.
    pub location: Location,
}

/// Appends one token to a JSON pointer, escaped according to RFC 6901.
pub fn child(pointer: &str, token: &str) -> String {
    match token.contains(['~', '/']) {
        true => format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1")),
        false => [pointer, "/", token].concat(),
    }
}

/// Returns where the block of an entry ends that begins in the line at `start`.
pub(crate) fn end_of_block(text: &str, start: usize, indent: usize) -> usize {
    let mut end = start;
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let is_blank = line.trim().is_empty();
        if !is_blank && indentation(line) < indent {
            break;
        }
        at += line.len();
        if !is_blank {
            end = at;
        }
    }
    end
}

/// Returns the number of spaces at the beginning of a text.
pub(crate) fn indentation(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

/// Parses a document, without validating its content.
///
/// # Errors
/// If the text is not valid YAML, if it uses YAML features that the documents do not (tags,
/// aliases), and for every duplicate key.
pub fn load(document: &Document) -> Result<Loaded<'_>, Error> {
    let mut loader = Loader::new(&document.text);
    let (value, spans) = match loader.document() {
        Ok(node) => node,
        Err(finding) => {
            loader.findings.push(*finding);
            (Value::Null, Spans::new(START))
        }
    };
    let loaded = Loaded {
        document,
        value,
        spans,
        ambiguous: loader.ambiguous,
        inexact: loader.inexact,
        empty: loader.empty,
    };
    if loader.findings.is_empty() {
        return Ok(loaded);
    }
    let error = Error {
        path: String::new(),
        findings: loader.findings,
    };
    Err(error.locate(&loaded))
}

struct Loader<'a> {
    text: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    /// Byte offset of every character. The parser counts characters.
    offsets: Vec<usize>,
    ambiguous: Vec<Ambiguous>,
    inexact: Vec<(String, String)>,
    empty: Vec<String>,
    findings: Vec<Finding>,
}

type BoxedFinding = Box<Finding>;

/// Writes the JSON pointer of a value, which only findings need.
type Pointer<'p> = &'p dyn Fn() -> String;

impl<'a> Loader<'a> {
    fn new(text: &'a str) -> Self {
        let offsets = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        Loader {
            text,
            parser: Parser::new_from_str(text),
            offsets,
            ambiguous: Vec::new(),
            inexact: Vec::new(),
            empty: Vec::new(),
            findings: Vec::new(),
        }
    }

    fn document(&mut self) -> Result<(Value, Spans), BoxedFinding> {
        let mut node = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::StreamStart
                | Event::DocumentStart(_)
                | Event::DocumentEnd
                | Event::Nothing => {}
                event if node.is_none() => {
                    let mut spans = Spans::new(self.location(&span));
                    let value = self.node(event, &span, &mut spans, &String::new, 0)?;
                    node = Some((value, spans));
                }
                _ => {
                    return Err(self.finding(
                        "yaml-syntax",
                        &span,
                        "",
                        "a second document in one file",
                        "remove the `---` and everything after it",
                    ));
                }
            }
        }
        node.ok_or_else(|| {
            let finding = Finding::new("yaml-syntax", "", "the document is empty");
            Box::new(finding.help("begin with `openapi: 3.0.3`"))
        })
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), BoxedFinding> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    /// Reads a value, and completes its locations, of which `entry` is known.
    fn node(
        &mut self,
        event: Event<'a>,
        span: &Span,
        spans: &mut Spans,
        pointer: Pointer<'_>,
        depth: usize,
    ) -> Result<Value, BoxedFinding> {
        if depth > MAX_DEPTH {
            return Err(self.finding(
                "yaml-syntax",
                span,
                &pointer(),
                format!("nested deeper than {MAX_DEPTH} levels"),
                "give an inner schema a name, and refer to it with `$ref`",
            ));
        }
        match event {
            Event::Scalar(text, style, NO_ANCHOR, None) => {
                spans.value = self.one_line(self.location(span));
                self.scalar(text.as_ref(), style, span, pointer)
            }
            Event::MappingStart(NO_ANCHOR, None) => self.mapping(spans, pointer, depth),
            Event::SequenceStart(NO_ANCHOR, None) => self.sequence(span, spans, pointer, depth),
            Event::Alias(_) => Err(self.finding(
                "yaml-syntax",
                span,
                &pointer(),
                "aliases (`*…`) are not used here",
                NO_ALIASES,
            )),
            _ => Err(self.marked(span, pointer)),
        }
    }

    fn marked(&self, span: &Span, pointer: Pointer<'_>) -> BoxedFinding {
        self.finding(
            "yaml-syntax",
            span,
            &pointer(),
            "tags (`!…`) and anchors (`&…`) are not used here",
            "remove it; put the value in quotes if it is text",
        )
    }

    fn mapping(
        &mut self,
        spans: &mut Spans,
        pointer: Pointer<'_>,
        depth: usize,
    ) -> Result<Value, BoxedFinding> {
        let mut members: BTreeMap<String, (Value, Spans)> = BTreeMap::new();
        loop {
            let (event, span) = self.next()?;
            let (key, style) = match event {
                Event::MappingEnd => break,
                Event::Scalar(text, style, NO_ANCHOR, None) => (text.into_owned(), style),
                Event::Scalar(..) => return Err(self.marked(&span, pointer)),
                _ => {
                    return Err(self.finding(
                        "yaml-syntax",
                        &span,
                        &pointer(),
                        "a key must be plain text",
                        "write `key: value`: a list or a mapping cannot be a key",
                    ));
                }
            };
            let mut spans = Spans::new(self.location(&span));
            let pointer: Pointer<'_> = &|| child(&pointer(), &key);
            if style == ScalarStyle::Plain {
                self.note_ambiguous(ambiguous::key(&key), &key, true, &span, pointer);
            }
            if let Some((_, first)) = members.get(&key) {
                let message = format!("the key `{key}` stands twice in one mapping");
                let mut finding = Finding::new("duplicate-key", pointer(), message)
                    .help("remove one of them, or rename it");
                finding.location = Some(spans.entry.clone());
                finding.related = Some((first.entry.clone(), "first here".to_owned()));
                self.findings.push(finding);
            }
            let (event, span) = self.next()?;
            let value = self.node(event, &span, &mut spans, pointer, depth + 1)?;
            members.insert(key, (value, spans));
        }
        let mut object = Map::new();
        for (key, (value, member)) in members {
            object.insert(key, value);
            spans.children.push(member);
        }
        Ok(Value::Object(object))
    }

    fn sequence(
        &mut self,
        start: &Span,
        spans: &mut Spans,
        pointer: Pointer<'_>,
        depth: usize,
    ) -> Result<Value, BoxedFinding> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                spans.value = self.flow_list(start, &span);
                return Ok(Value::Array(items));
            }
            let mut item = Spans::new(self.location(&span));
            let index = items.len();
            let pointer: Pointer<'_> = &|| child(&pointer(), &index.to_string());
            items.push(self.node(event, &span, &mut item, pointer, depth + 1)?);
            spans.children.push(item);
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        span: &Span,
        pointer: Pointer<'_>,
    ) -> Result<Value, BoxedFinding> {
        if style != ScalarStyle::Plain {
            return Ok(Value::String(text.to_owned()));
        }
        if span.start.index() == span.end.index() {
            self.empty.push(pointer());
        }
        self.note_ambiguous(ambiguous::value(text), text, false, span, pointer);
        match Scalar::parse_from_cow(text.into()) {
            Scalar::Null => Ok(Value::Null),
            Scalar::Boolean(value) => Ok(Value::Bool(value)),
            Scalar::Integer(value) => Ok(Value::Number(value.into())),
            Scalar::FloatingPoint(value) => self.float(text, value.into_inner(), span, pointer),
            Scalar::String(value) => Ok(Value::String(value.into_owned())),
        }
    }

    fn float(
        &mut self,
        text: &str,
        value: f64,
        span: &Span,
        pointer: Pointer<'_>,
    ) -> Result<Value, BoxedFinding> {
        let Some(number) = Number::from_f64(value) else {
            return Err(self.finding(
                "yaml-syntax",
                span,
                &pointer(),
                format!("`{text}` is not a JSON number"),
                "write a number with digits, or put the text in quotes",
            ));
        };
        if !digits::is_exact(text, value) {
            self.inexact.push((pointer(), text.to_owned()));
        }
        Ok(Value::Number(number))
    }

    fn location(&self, span: &Span) -> Location {
        let (start, end) = (
            self.offset(span.start.index()),
            self.offset(span.end.index()),
        );
        Location {
            line: span.start.line(),
            column: span.start.col() + 1,
            span: Range {
                start,
                end: end.max(start),
            },
        }
    }

    fn offset(&self, character: usize) -> usize {
        self.offsets
            .get(character)
            .or(self.offsets.last())
            .copied()
            .unwrap_or(0)
    }

    fn finding(
        &self,
        rule: &'static str,
        span: &Span,
        pointer: &str,
        message: impl Into<String>,
        help: &str,
    ) -> BoxedFinding {
        let mut finding = Finding::new(rule, pointer, message).help(help);
        finding.location = Some(self.location(span));
        Box::new(finding)
    }

    fn syntax(&self, error: &ScanError) -> BoxedFinding {
        let stopped = error.marker().line().saturating_sub(1);
        // The parser says where the text begins in which it met a tab, which is a line above it.
        let last = match error.info().contains("tab") {
            true => indentation::line_below(self.text, stopped),
            false => stopped,
        };
        if let Some(mistake) = indentation::mistake(self.text, last) {
            return Box::new(self.indentation(mistake));
        }
        if let Some(finding) = self.tab_before(error) {
            return Box::new(finding);
        }
        let span = Span::empty(*error.marker());
        if error.info().contains("anchor") {
            return self.finding("yaml-syntax", &span, "", error.info(), NO_ALIASES);
        }
        let help = "look for a missing quote, bracket, comma or space after a colon, here or on the line above; text that contains `: ` or ` #` needs quotes";
        self.finding("yaml-syntax", &span, "", error.info(), help)
    }

    /// Explains an error that comes from a tab in place of the space before it, which nobody sees.
    fn tab_before(&self, error: &ScanError) -> Option<Finding> {
        let before = &self.text[..self.offset(error.marker().index())];
        let start = before.trim_end_matches([' ', '\t']).len();
        let at = start + before[start..].find('\t')?;
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        let message = "there is a tab here in place of a space";
        let mut finding = Finding::new("yaml-syntax", "", message).help("write one space");
        finding.location = Some(Location {
            line: error.marker().line(),
            column: before[line..at].chars().count() + 1,
            span: at..at + 1,
        });
        Some(finding)
    }

    fn indentation(&self, mistake: indentation::Mistake) -> Finding {
        let above: usize = self
            .text
            .split_inclusive('\n')
            .take(mistake.line)
            .map(str::len)
            .sum();
        let start = above + mistake.column;
        let wrong = self.text[start..].chars().next();
        let mut finding = Finding::new("yaml-syntax", "", mistake.message).help(mistake.help);
        finding.location = Some(Location {
            line: mistake.line + 1,
            column: mistake.column + 1,
            span: start..start + wrong.map_or(0, char::len_utf8),
        });
        finding
    }

    fn note_ambiguous(
        &mut self,
        meaning: Option<&'static str>,
        text: &str,
        is_key: bool,
        span: &Span,
        pointer: Pointer<'_>,
    ) {
        self.ambiguous.extend(meaning.map(|meaning| Ambiguous {
            pointer: pointer(),
            text: text.to_owned(),
            meaning,
            is_key,
            location: self.location(span),
        }));
    }

    /// Returns the location of a list that is written with brackets, on one line.
    fn flow_list(&self, start: &Span, end: &Span) -> Option<Location> {
        let (first, last) = (self.location(start), self.location(end));
        let span = first.span.start..last.span.end;
        let is_flow = self.text[first.span.start..].starts_with('[');
        is_flow
            .then(|| self.one_line(Location { span, ..first }))
            .flatten()
    }

    /// Returns the location of a value, unless it has more than one line or none.
    fn one_line(&self, location: Location) -> Option<Location> {
        let text = &self.text[location.span.clone()];
        (!text.is_empty() && !text.contains('\n')).then_some(location)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(text: &str) -> Document {
        Document {
            api: "t".into(),
            path: "t.yaml".into(),
            text: text.into(),
        }
    }

    #[test]
    fn values_and_locations() {
        let document = document("a: é\nb:\n  - on\n  - 012\n  - \"012\"\n  - 1.5\n  - ~\n");
        let loaded = load(&document).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(
            loaded.value,
            json!({"a": "é", "b": ["on", 12, "012", 1.5, null]})
        );
        let location = loaded.locate("/b/2/deeper");
        assert_eq!((location.line, location.column), (5, 5));
        assert_eq!(&document.text[loaded.locate("/b/0").span], "on");
        assert_eq!(&document.text[loaded.locate("/a").span], "a");
        assert_eq!(&document.text[loaded.locate_value("/a").span], "é");
        assert_eq!(&document.text[loaded.locate_value("/b").span], "b");
    }

    #[test]
    fn every_value_is_located_whatever_the_order_of_keys() {
        let document = document("c:\n  z/~: 1\n  y: [2, 3]\na: {d: 4, b: 5}\nb: 6\n");
        let loaded = load(&document).unwrap_or_else(|e| panic!("{e}"));
        for (pointer, key, value) in [
            ("/c/z~1~0", "z/~", "1"),
            ("/c/y", "y", "[2, 3]"),
            ("/c/y/1", "3", "3"),
            ("/c/y/2", "y", "y"),
            ("/a/d", "d", "4"),
            ("/a/b", "b", "5"),
            ("/b", "b", "6"),
            ("/b/c", "b", "b"),
        ] {
            let text = |at: Location| &document.text[at.span];
            assert_eq!(text(loaded.locate(pointer)), key, "{pointer}");
            assert_eq!(text(loaded.locate_value(pointer)), value, "{pointer}");
        }
    }

    #[test]
    fn every_duplicate_is_found() {
        let document = document("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n");
        let Err(error) = load(&document) else {
            panic!("duplicates were accepted")
        };
        let lines: Vec<_> = error.findings.iter().map(|f| f.line("t.yaml")).collect();
        assert_eq!(
            lines,
            [
                "t.yaml:2:1: the key `a` stands twice in one mapping [duplicate-key]",
                "t.yaml:5:3: the key `c` stands twice in one mapping [duplicate-key]"
            ]
        );
    }

    /// The fault of the line at `index` if it is written like this, as `line: message`.
    fn fault(lines: &[&str], index: usize, line: &str) -> Option<String> {
        let mut lines = lines.to_vec();
        lines[index] = line;
        let error = load(&document(&lines.join("\n"))).err()?;
        let [finding] = error.findings.as_slice() else {
            panic!("{line}: {error}")
        };
        Some(format!(
            "{}: {}",
            finding.location.as_ref()?.line,
            finding.message
        ))
    }

    /// The parser says of most lines that the text above them has a tab.
    #[test]
    fn a_tab_is_named_where_it_stands() {
        const SOUND: &str = include_str!("../../../tests/fixtures/documents/sound.yaml");
        let lines: Vec<_> = SOUND.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let number = index + 1;
            let indented = fault(&lines, index, &format!("\t{}", line.trim_start()));
            let expected = format!("{number}: this line is indented with a tab");
            assert_eq!(indented, Some(expected), "{line}");
            // YAML accepts a tab before quotes, brackets and braces.
            let separated = fault(&lines, index, &line.replacen(": ", ":\t", 1));
            let expected = format!("{number}: there is a tab here in place of a space");
            assert!(separated.is_none_or(|it| it == expected), "{line}");
        }
    }

    #[test]
    fn invalid_documents_are_findings_and_never_panics() {
        let deep = "[".repeat(10_000);
        for text in [
            "",
            "a: [",
            "a: &x 1\nb: *x",
            "a: &x 1",
            "a: &x [1]",
            "a: &x\n  b: 1",
            "&x a: 1",
            "a:\n  - &x b",
            "!t a",
            "!!str a: 1",
            "a: !!str 1",
            "a: !!map\n  b: 1",
            "? [a]\n: b",
            "a: .nan",
            "--- 1\n--- 2",
            "\t",
            deep.as_str(),
        ] {
            let document = document(text);
            let Err(error) = load(&document) else {
                panic!("accepted {text:.20}")
            };
            assert!(error.findings.iter().all(|f| f.location.is_some()));
            assert!(!error.render(&document, false).is_empty());
        }
    }
}
