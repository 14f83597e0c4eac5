//! The error type of this crate: what is wrong with a document, where, and why.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};

use crate::document::{Document, Loaded};
use crate::place;

/// The maximum number of findings rendered with their source lines. Each costs a pass over the
/// document, and nobody reads more at once.
const MAX_RENDERED: usize = 50;

/// A position in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Line, starting at 1.
    pub line: usize,
    /// Column in characters, starting at 1.
    pub column: usize,
    /// The byte range to underline.
    pub span: Range<usize>,
}

/// One problem: a rule that the document breaks, and where.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Short name of the rule, or of the stage that failed, e.g. `duplicate-key`.
    pub rule: &'static str,
    /// What is wrong, including the value concerned.
    pub message: String,
    /// JSON pointer of the value concerned, e.g. `/paths/~1a/get`.
    pub pointer: String,
    /// The location of the value; `None` until the pointer has been looked up in the document.
    pub location: Option<Location>,
    /// A second location that explains the first ("first used here").
    pub related: Option<(Location, String)>,
    /// How to fix it.
    pub help: Option<String>,
    /// The place in words, e.g. `takeSnapshot, request body`; empty until the pointer has been
    /// looked up in the document.
    pub place: String,
    /// Whether the key is concerned and not its value.
    at_key: bool,
    /// Like `related`, for a JSON pointer whose location is not known yet.
    related_pointer: Option<(String, String)>,
}

impl Finding {
    /// Creates a finding for a JSON pointer whose location is not known yet.
    pub fn new(rule: &'static str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Finding {
            rule,
            message: message.into(),
            pointer: pointer.into(),
            location: None,
            related: None,
            help: None,
            place: String::new(),
            at_key: false,
            related_pointer: None,
        }
    }

    /// Points at the key of a member and not at its value.
    #[must_use]
    pub(crate) fn at_key(mut self) -> Self {
        self.at_key = true;
        self
    }

    /// Adds a second place that explains the first.
    #[must_use]
    pub(crate) fn related(mut self, pointer: impl Into<String>, label: impl Into<String>) -> Self {
        self.related_pointer = Some((pointer.into(), label.into()));
        self
    }

    /// Looks up everything that is known only as a JSON pointer.
    fn locate(&mut self, loaded: &Loaded<'_>) {
        if self.location.is_none() {
            self.location = Some(match self.at_key {
                true => loaded.locate(&self.pointer),
                false => loaded.locate_value(&self.pointer),
            });
        }
        if let Some((pointer, label)) = self.related_pointer.take() {
            self.related = Some((loaded.locate_value(&pointer), label));
        }
        // A document that could not be read has no places.
        if self.place.is_empty() && !loaded.value.is_null() {
            self.place = place::in_words(&loaded.value, &self.pointer);
        }
    }

    /// Adds advice on how to fix the problem.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Formats the finding as one line: `path:line:column: message [rule]`.
    pub fn line(&self, path: &str) -> String {
        match &self.location {
            Some(at) => format!(
                "{path}:{}:{}: {} [{}]",
                at.line, at.column, self.message, self.rule
            ),
            None => format!("{path}: {} [{}]", self.message, self.rule),
        }
    }
}

/// All findings in one document. Never empty.
#[derive(Clone, Debug)]
pub struct Error {
    /// The path of the document, as in [`Document::path`].
    pub path: String,
    /// The findings, ordered by location.
    pub findings: Vec<Finding>,
}

impl Error {
    /// Creates an error with one finding, for a document whose path is not known yet.
    pub fn one(finding: Finding) -> Self {
        Error {
            path: String::new(),
            findings: vec![finding],
        }
    }

    /// Sets the path, looks up the location of every finding that has none, sorts the findings by
    /// location, and removes those that say the same about the same location.
    #[must_use]
    pub fn locate(mut self, loaded: &Loaded<'_>) -> Self {
        self.path.clone_from(&loaded.document.path);
        for finding in &mut self.findings {
            finding.locate(loaded);
        }
        let position = |finding: &Finding| finding.location.as_ref().map(|at| (at.line, at.column));
        self.findings.sort_by(|a, b| {
            (position(a), a.rule, &a.message).cmp(&(position(b), b.rule, &b.message))
        });
        self.findings.dedup_by(|a, b| {
            (position(a), a.rule, &a.message) == (position(b), b.rule, &b.message)
        });
        self
    }

    /// Renders the findings for the terminal: message, `path:line:column`, source lines and help.
    /// Renders the first 50 findings, then the number of the others.
    pub fn render(&self, document: &Document, colours: bool) -> String {
        let renderer = if colours {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let mut text = String::new();
        for finding in self.findings.iter().take(MAX_RENDERED) {
            text.push_str(&render(&renderer, finding, document));
            text.push_str("\n\n");
        }
        if let Some(more @ 1..) = self.findings.len().checked_sub(MAX_RENDERED) {
            text.push_str(&format!(
                "… and {more} more: {} findings\n\n",
                self.findings.len()
            ));
        }
        text
    }
}

fn render(renderer: &Renderer, finding: &Finding, document: &Document) -> String {
    let mut group = Group::with_title(
        Level::ERROR
            .primary_title(&finding.message)
            .id(finding.rule),
    );
    if let Some(at) = &finding.location {
        let mut snippet = Snippet::source(&document.text)
            .path(&document.path)
            .annotation(
                AnnotationKind::Primary
                    .span(at.span.clone())
                    .label(&finding.place),
            );
        if let Some((other, label)) = &finding.related {
            snippet = snippet.annotation(
                AnnotationKind::Context
                    .span(other.span.clone())
                    .label(label),
            );
        }
        group = group.element(snippet);
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help));
    }
    renderer.render(&[group])
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&finding.line(&self.path))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::{Error, Finding};
    use crate::Document;

    #[test]
    fn many_findings_are_counted_and_not_all_rendered() {
        let document = Document {
            api: "t".into(),
            path: "t.yaml".into(),
            text: "a: 1\n".into(),
        };
        for (count, end) in [
            (50, None),
            (51, Some("… and 1 more: 51 findings")),
            (20_000, Some("… and 19950 more: 20000 findings")),
        ] {
            let error = Error {
                path: "t.yaml".into(),
                findings: vec![Finding::new("rule", "/a", "wrong"); count],
            };
            let text = error.render(&document, false);
            assert_eq!(text.matches("wrong").count(), 50);
            assert_eq!(
                text.trim_end()
                    .lines()
                    .last()
                    .filter(|line| line.contains("more")),
                end
            );
            assert_eq!(error.to_string().lines().count(), count);
        }
    }
}
