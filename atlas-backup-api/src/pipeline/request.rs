//! A request before it is sent: an operation with its arguments. Data only; `retry` sends it.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::call_options::CallOptions;
use crate::error::invalid_argument::InvalidArgument;
use crate::pipeline::operation::Operation;
use crate::pipeline::query::QueryValue;
use crate::validate::body::Body;

/// An operation with its arguments. The first argument that is refused is kept, and reported instead of sending.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) operation: &'static Operation,
    /// The operation's path, filled in as far as arguments came.
    path: String,
    query: Vec<(&'static str, String)>,
    /// Shared between attempts.
    pub(crate) body: Option<Bytes>,
    pub(crate) options: CallOptions,
    refused: Option<InvalidArgument>,
}

impl Request {
    pub(crate) fn new(operation: &'static Operation) -> Self {
        Request {
            operation,
            path: operation.path.to_owned(),
            query: Vec::new(),
            body: None,
            options: CallOptions::default(),
            refused: None,
        }
    }

    /// Fills in a path parameter. `T` is the type it has on the wire.
    pub(crate) fn path<T: AsRef<str>>(
        mut self,
        name: &'static str,
        value: impl TryInto<T, Error: fmt::Display>,
    ) -> Self {
        match value.try_into() {
            Ok(value) => self.fill(name, value.as_ref()),
            Err(error) => self.refuse(InvalidArgument::refused(name, &error)),
        }
        self
    }

    /// Sets a query parameter; a later value replaces an earlier one. A list is written as one `name=value` for each item.
    pub(crate) fn set_query(&mut self, name: &'static str, value: impl QueryValue) {
        self.set(name, value.texts());
    }

    /// The value of a query parameter, where it is set.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(set, _)| *set == name)
            .map(|(_, value)| value.as_str())
    }

    /// Validates the body and serializes it.
    pub(crate) fn set_body(&mut self, body: &dyn Body) {
        match body.validate() {
            Ok(()) => self.body = Some(body.view().to_json().into()),
            Err(error) => self.refuse(error),
        }
    }

    /// Takes the outcome of a rule on an argument.
    pub(crate) fn check(&mut self, outcome: Result<(), InvalidArgument>) {
        if let Err(error) = outcome {
            self.refuse(error);
        }
    }

    /// The argument that keeps this from being sent.
    pub(crate) fn take_refusal(&mut self) -> Option<InvalidArgument> {
        self.refused.take()
    }

    /// What comes after scheme, host and port.
    pub(crate) fn target(&self) -> String {
        let mut target = self.path.clone();
        for (index, (name, value)) in self.query.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.extend([encode(name), "=".into(), encode(value)]);
        }
        target
    }

    fn fill(&mut self, name: &'static str, value: &str) {
        // None of these can be sent as one segment: the first vanishes, and URL parsers let the others climb the path,
        // escaped or not. An id copied from an answer is no exception.
        if matches!(value, "" | "." | "..") {
            self.refuse(InvalidArgument::new(
                name,
                format_args!("{value:?}"),
                r#"must not be empty, "." or "..""#,
            ));
            return;
        }
        let parameter = format!("{{{name}}}");
        debug_assert!(
            self.path.contains(&parameter),
            "{} has no path parameter {name}",
            self.operation.id
        );
        self.path = self.path.replacen(&parameter, &encode(value), 1);
    }

    fn set(&mut self, name: &'static str, values: Vec<String>) {
        self.query.retain(|(set, _)| *set != name);
        self.query
            .extend(values.into_iter().map(|value| (name, value)));
    }

    fn refuse(&mut self, error: InvalidArgument) {
        self.refused.get_or_insert(error);
    }

    /// Whether the status of the answer was asked to be put into its body.
    pub(crate) fn enveloped(&self) -> bool {
        self.value("envelope") == Some("true")
    }
}

/// The operation and its path: not the body, nor the query, which are nobody's business but the caller's.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.id)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Everything but the characters that never need escaping (RFC 3986, section 2.3).
fn encode(text: &str) -> Cow<'_, str> {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    // Most texts have none, and stay as they are.
    utf8_percent_encode(text, RESERVED).into()
}
