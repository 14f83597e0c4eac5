//! A request before it is sent: a route with its arguments. It is data only; `retry` sends it.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use bytes::Bytes;

use crate::config::call_options::CallOptions;
use crate::error::invalid_argument::InvalidArgument;
use crate::http::percent_encoding::encode;
use crate::pipeline::route::{Route, shown};
use crate::validate::body::Body;
use crate::wire::opaque::Opaque;
use crate::wire::text;

/// A route with its arguments. If an argument is invalid, the first such error is kept, and
/// sending the request returns it.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) route: Route,
    /// The path of the route, with the parameters that were set so far filled in.
    path: String,
    query: Vec<(Cow<'static, str>, String)>,
    /// The serialized body. All attempts share it.
    pub(crate) body: Option<Bytes>,
    pub(crate) options: CallOptions,
    refused: Option<InvalidArgument>,
}

impl Request {
    pub(crate) fn new(route: Route) -> Opaque<Self> {
        // Ids are longer than the names of their parameters.
        let mut path = String::with_capacity(2 * route.path.len());
        path.push_str(&route.path);
        Opaque::new(Request {
            route,
            path,
            query: Vec::new(),
            body: None,
            options: CallOptions::default(),
            refused: None,
        })
    }

    /// The value of a query parameter, if it is set.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(set, _)| set == name)
            .map(|(_, value)| value.as_str())
    }

    /// Validates the body and serializes it.
    pub(crate) fn set_body(&mut self, body: &dyn Body) {
        match body.validate() {
            Ok(()) => self.body = Some(body.view().to_json().into()),
            Err(error) => self.refuse(error),
        }
    }

    /// Records the result of validating an argument.
    pub(crate) fn check(&mut self, outcome: Result<(), InvalidArgument>) {
        if let Err(error) = outcome {
            self.refuse(error);
        }
    }

    /// The error of the first invalid argument, if there is one.
    pub(crate) fn take_refusal(&mut self) -> Option<InvalidArgument> {
        self.refused.take()
    }

    /// The path with its values, percent-encoded.
    pub(crate) fn resource(&self) -> &str {
        &self.path
    }

    /// The path and query of the URL, percent-encoded.
    pub(crate) fn target(&self) -> String {
        let mut target = String::new();
        self.write_target(&mut target);
        target
    }

    /// Appends the path and query to the base of a URL.
    pub(crate) fn write_target(&self, url: &mut String) {
        url.push_str(&self.path);
        for (index, (name, value)) in self.query.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.extend([encode(name), "=".into(), encode(value)]);
        }
    }

    /// Names what Atlas counts together for its rate limits: requests to an endpoint of a project.
    pub(crate) fn bucket(&self) -> String {
        let below_projects = text::split_once(&self.path, "/groups/");
        let project = below_projects.and_then(|(_, rest)| rest.split('/').next());
        let Route { method, path, .. } = &self.route;
        format!("{method} {path} {}", project.unwrap_or_default())
    }

    /// Writes a value into the path, in place of the parameter.
    pub(crate) fn fill(&mut self, name: &str, value: &str) {
        // These values cannot be sent as one path segment: an empty segment vanishes, and URL
        // parsers resolve the dots, even if they are escaped. This also applies to ids copied from
        // a response.
        if matches!(value, "" | "." | "..") {
            self.refuse(InvalidArgument::new(
                name,
                format_args!("{value:?}"),
                r#"must not be empty, "." or "..""#,
            ));
            return;
        }
        match self.place(name) {
            Some(place) => self.path.replace_range(place, &encode(value)),
            None => self.refuse(InvalidArgument::without_value(
                name,
                "is not a parameter of the path, or was already set",
            )),
        }
    }

    /// The first parameter of the path that has no value yet.
    #[inline]
    pub(crate) fn unfilled(&self) -> Option<&str> {
        let (_, rest) = self.path.split_once('{')?;
        rest.split_once('}').map(|(name, _)| name)
    }

    /// Where the parameter stands in the path, with its braces. Values that were filled in have no
    /// braces, because they are percent-encoded.
    fn place(&self, name: &str) -> Option<Range<usize>> {
        let is_parameter = |start: &usize| {
            let rest = self.path[start + 1..].strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with('}'))
        };
        let mut braces = self.path.match_indices('{').map(|(start, _)| start);
        let start = braces.find(is_parameter)?;
        Some(start..start + name.len() + 2)
    }

    /// Sets the values of a query parameter, one `name=value` each, and replaces earlier ones.
    pub(crate) fn set(&mut self, name: Cow<'static, str>, values: Vec<String>) {
        self.query.retain(|(set, _)| *set != name);
        self.query
            .extend(values.into_iter().map(|value| (name.clone(), value)));
    }

    /// Records that a value is none of its type.
    pub(crate) fn refuse_value(&mut self, name: &str, error: &dyn fmt::Display) {
        self.refuse(InvalidArgument::refused(name, error));
    }

    fn refuse(&mut self, error: InvalidArgument) {
        self.refused.get_or_insert(error);
    }

    /// Whether the request asks Atlas to put the status of the response into its body.
    pub(crate) fn enveloped(&self) -> bool {
        self.value("envelope") == Some("true")
    }
}

impl Clone for Opaque<Request> {
    #[inline]
    fn clone(&self) -> Self {
        Opaque::new(Request::clone(self))
    }
}

/// Prints the operation and the path. The body and the query are left out, because they may hold
/// secrets.
impl fmt::Debug for Request {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.route.name)
            .field("path", &shown(&self.path))
            .finish_non_exhaustive()
    }
}
