//! What a request calls: an operation of the documents, or whatever a raw call names.

use std::borrow::Cow;

use http::{HeaderValue, Method};

use crate::error::OperationName;
use crate::error::invalid_argument::InvalidArgument;
use crate::pipeline::operation::{Idempotency, Operation};
use crate::wire::one_line;
use crate::wire::text;

/// How much of the path is in the name of a raw call.
const LONGEST_NAME: usize = 300;

/// The media type where no version of the API is named.
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Where a request goes, and in which version of the API.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// The name in errors and traces.
    pub(crate) name: OperationName,
    pub(crate) method: Method,
    /// The path, with parameters in braces.
    pub(crate) path: Cow<'static, str>,
    pub(crate) accept: HeaderValue,
    /// The media type of the request body, if there is one.
    pub(crate) content_type: HeaderValue,
    pub(crate) idempotency: Idempotency,
}

impl From<&'static Operation> for Route {
    #[inline]
    fn from(operation: &'static Operation) -> Self {
        Route {
            name: operation.id.into(),
            method: operation.method.clone(),
            path: operation.path.into(),
            accept: HeaderValue::from_static(operation.accept),
            content_type: operation
                .content_type
                .map_or(JSON, HeaderValue::from_static),
            idempotency: operation.idempotency,
        }
    }
}

impl Route {
    /// The route of a raw call. HTTP says which methods may be sent twice.
    #[inline]
    pub(crate) fn raw(method: Method, path: Cow<'static, str>) -> Self {
        let idempotency = match method {
            Method::GET | Method::HEAD | Method::OPTIONS => Idempotency::Safe,
            Method::PUT | Method::DELETE => Idempotency::Idempotent,
            _ => Idempotency::NotIdempotent,
        };
        Route {
            name: format!(
                "{method} {}",
                one_line::truncate(shown(&path), LONGEST_NAME)
            )
            .into(),
            method,
            path,
            accept: JSON,
            content_type: JSON,
            idempotency,
        }
    }

    /// Whether the path is one that reaches Atlas as it is written. The URL parser would change
    /// other characters and segments that are dots, and a signature covers what was written.
    #[inline]
    pub(crate) fn check_path(&self) -> Result<(), InvalidArgument> {
        let refused = |rule: &str| {
            Err(InvalidArgument::new(
                "path",
                format_args!("{:?}", shown(&self.path)),
                rule,
            ))
        };
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || PLAIN.contains(&byte);
        if !self.path.starts_with('/') {
            return refused("must begin with a slash");
        }
        if self.path.contains(['?', '#']) {
            return refused(
                "must have neither a query nor a fragment: set parameters with `query`",
            );
        }
        if !self.path.bytes().all(is_plain) {
            return refused(
                "may have letters, digits, - . _ ~ ! $ & ' ( ) * + , ; = : @ / and parameters in braces; \
                 values belong into `path` and `query`",
            );
        }
        if !are_parameters(&self.path) {
            return refused("each parameter is a name in braces, such as {groupId}");
        }
        if self
            .path
            .split('/')
            .any(|segment| matches!(segment, "." | ".."))
        {
            return refused("must have no segment `.` or `..`");
        }
        Ok(())
    }

    /// Asks for another version of the API, for the request body and for the response.
    #[inline]
    pub(crate) fn set_version(&mut self, version: &str) -> Result<(), InvalidArgument> {
        let media_type = media_type(version)?;
        self.accept = media_type.clone();
        self.content_type = media_type;
        Ok(())
    }
}

/// A path without its query, which `check_path` refuses, and which may hold a secret.
#[inline]
pub(crate) fn shown(path: &str) -> &str {
    text::before(path, &['?', '#'])
}

/// What a path may have besides letters and digits: the characters of path segments (RFC 3986,
/// section 3.3) without the percent sign, the slash, and the braces of parameters.
const PLAIN: &[u8] = b"-._~!$&'()*+,;=:@/{}";

/// Whether all braces enclose names.
#[inline]
fn are_parameters(path: &str) -> bool {
    let mut pieces = path.split('{');
    let literal = pieces.next().unwrap_or_default();
    let is_parameter = |piece: &str| {
        piece.split_once('}').is_some_and(|(name, rest)| {
            !name.is_empty() && !name.contains('/') && !rest.contains('}')
        })
    };
    !literal.contains('}') && pieces.all(is_parameter)
}

/// The media type of a version: `application/vnd.atlas.2024-08-05+json`.
#[inline]
fn media_type(version: &str) -> Result<HeaderValue, InvalidArgument> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    let refused = || {
        InvalidArgument::new(
            "version",
            format_args!("{version:?}"),
            "must be a date such as 2024-08-05, or `preview`",
        )
    };
    if version.is_empty() || !version.bytes().all(is_plain) {
        return Err(refused());
    }
    HeaderValue::try_from(format!("application/vnd.atlas.{version}+json")).map_err(|_| refused())
}
