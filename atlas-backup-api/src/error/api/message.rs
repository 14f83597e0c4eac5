//! The message of an [`ApiError`], which is short even if the server sent a long text.

use std::fmt;

use super::{ApiError, FieldViolation};
use crate::error::begin_with_call;
use crate::error::redact;
use crate::error::truncated::{FirstItems, MAX_ITEMS, Truncated};
use crate::http::retry_after;
use crate::wire::text;

/// The maximum length of the parts of a message, in characters.
const CODE: usize = 80;
const SAID: usize = 400;
const FIELD: usize = 60;
const DESCRIPTION: usize = 120;

/// The maximum length of the parts of `Debug`, in bytes.
const TEXT: usize = 1000;
const ITEM: usize = 300;

/// One line of at most 1,600 characters:
/// `getSnapshot: 404 Not Found (CLUSTER_NOT_FOUND): No cluster named orders exists`.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        begin_with_call(f, self.operation())?;
        self.message(f)
    }
}

impl ApiError {
    /// Writes the message without the operation.
    pub(crate) fn message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.status_line())?;
        let code = self
            .answer
            .error_code
            .as_deref()
            .map(|code| redact::clause(code, CODE))
            .filter(|code| !code.is_empty());
        if let Some(code) = code {
            write!(f, " ({code})")?;
        }
        let text_beyond_status = self.text_beyond_status();
        if !text_beyond_status.is_empty() {
            write!(f, ": {text_beyond_status}")?;
        }
        for text in self
            .answer
            .violations
            .iter()
            .take(MAX_ITEMS)
            .map(FieldViolation::text)
            .filter(|text| !text.is_empty())
        {
            write!(f, "; {text}")?;
        }
        if self.answer.violations.len() > MAX_ITEMS {
            write!(f, "; and {} more", self.answer.violations.len() - MAX_ITEMS)?;
        }
        retry_after::write(f, self.answer.retry_after)
    }

    fn status_line(&self) -> String {
        let words = self
            .answer
            .status
            .canonical_reason()
            .map(|words| format!(" {words}"));
        self.answer.status.as_str().to_owned() + &words.unwrap_or_default()
    }

    /// The first text that says more than the status.
    fn text_beyond_status(&self) -> String {
        let line = self.status_line();
        let texts = [
            &self.answer.detail,
            &self.answer.excerpt,
            &self.answer.reason,
        ]
        .into_iter()
        .flatten();
        let text_beyond_status = texts
            .map(|text| redact::clause(text, SAID))
            .find(|text| !text.is_empty() && !redact::says_no_more(text, &line));
        text_beyond_status
            .map(|text| without_status(&text, &line))
            .unwrap_or_default()
    }
}

/// Removes the status, or its number, from the beginning of a text.
fn without_status(text: &str, line: &str) -> String {
    let number = text::before(line, &[' ']);
    let rest = [line, number].into_iter().find_map(|status| {
        text.strip_prefix(status)
            .filter(|rest| !rest.starts_with(char::is_alphanumeric))
    });
    rest.map_or(text, |rest| {
        rest.trim_start_matches([' ', ':', ';', ',', '.', '-'])
    })
    .to_owned()
}

impl FieldViolation {
    fn text(&self) -> String {
        let clause = |text: &Option<String>, longest| {
            redact::clause(text.as_deref().unwrap_or_default(), longest)
        };
        let field = clause(&self.field, FIELD);
        let description = clause(&self.description, DESCRIPTION);
        let separator = match (&*field, &*description) {
            ("", _) | (_, "") => "",
            _ => ": ",
        };
        field + separator + &description
    }
}

/// Prints at most 8 KB. The body is left out, because a member that a newer Atlas added may be a
/// secret.
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("operation", &self.operation)
            .field("status", &self.answer.status)
            .field("error_code", &Truncated(&self.answer.error_code, TEXT))
            .field("detail", &Truncated(&self.answer.detail, TEXT))
            .field("reason", &Truncated(&self.answer.reason, TEXT))
            .field("parameters", &FirstItems(&self.answer.parameters, ITEM))
            .field("violations", &FirstItems(&self.answer.violations, ITEM))
            .field("retry_after", &self.answer.retry_after)
            .field("excerpt", &Truncated(&self.answer.excerpt, TEXT))
            .finish_non_exhaustive()
    }
}
