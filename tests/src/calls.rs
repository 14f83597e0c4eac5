//! The types that the table of calls consists of.

use std::fmt::Debug;
use std::pin::Pin;

use atlas_backup_api::{Client, Error, Response};
pub(crate) use atlas_backup_document::Arguments;
use atlas_backup_document::Endpoint;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What the table uses.
#[allow(unused_imports, reason = "what is used depends on the documents")]
pub(crate) mod prelude {
    pub(crate) use std::collections::BTreeMap;

    pub(crate) use atlas_backup_api::{Client, ClusterName, ObjectId};
    pub(crate) use jiff::Timestamp;
    pub(crate) use serde_json::Value;

    pub(crate) use super::{Arguments, Call, Entry};
}

/// One operation: how to call it, and how its bodies are decoded.
pub struct Entry {
    /// The API generation: `v1` or `v2`.
    pub api: &'static str,
    /// The `operationId`.
    pub id: &'static str,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// Path template.
    pub path: &'static str,
    /// Builds the call with the typed API. Fails if the arguments do not fit.
    pub call: fn(&Client, &Arguments) -> Result<Call, String>,
    /// Decodes the body of a success with the generated type and encodes it again; `None` if the
    /// operation returns no content.
    pub answer: Option<fn(Value) -> Result<Recoded, String>>,
    /// Like `answer`, for the request body; `None` if the operation takes none.
    pub body: Option<fn(Value) -> Result<Recoded, String>>,
}

/// The future of a call. Every operation is boxed as this type, which proves that its future is
/// `Send` and `'static`.
pub type Call = Pin<Box<dyn Future<Output = Result<Answered, Error>> + Send>>;

/// A success that the typed API returned.
#[derive(Debug)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The decoded value.
    pub value: Recoded,
}

/// A value that was decoded with its generated type.
#[derive(Debug)]
pub struct Recoded {
    /// The value as `{:#?}` prints it.
    pub debug: String,
    /// The value as it is encoded.
    pub json: Value,
}

impl<'a> From<&'a Entry> for Endpoint<'a> {
    fn from(entry: &'a Entry) -> Self {
        Endpoint {
            method: entry.method,
            path: entry.path,
        }
    }
}

pub(crate) fn outcome<T: Serialize + Debug>(
    result: Result<Response<T>, Error>,
) -> Result<Answered, Error> {
    result.map(|response| {
        let status = response.status().as_u16();
        Answered {
            status,
            value: recoded(&response.into_inner()),
        }
    })
}

pub(crate) fn recode<T: DeserializeOwned + Serialize + Debug>(
    value: Value,
) -> Result<Recoded, String> {
    serde_json::from_value::<T>(value)
        .map(|value| recoded(&value))
        .map_err(|error| error.to_string())
}

fn recoded<T: Serialize + Debug>(value: &T) -> Recoded {
    let json = serde_json::to_value(value)
        .unwrap_or_else(|error| Value::String(format!("cannot be encoded: {error}")));
    Recoded {
        debug: format!("{value:#?}"),
        json,
    }
}
