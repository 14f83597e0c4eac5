//! What the generated tables are made of.

use std::fmt::Debug;
use std::pin::Pin;

use atlas_backup_api::{Client, Error, Response};
pub(crate) use atlas_backup_document::Arguments;
use atlas_backup_document::Endpoint;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One operation: how to call it, and what its bodies decode to.
pub struct Entry {
    /// `v1` or `v2`.
    pub api: &'static str,
    /// `operationId`.
    pub id: &'static str,
    /// In capitals.
    pub method: &'static str,
    /// Path template.
    pub path: &'static str,
    /// The documented success.
    pub success: u16,
    /// Makes the call through the typed API.
    pub call: fn(&Client, &Arguments) -> Result<Call, String>,
    /// Decodes a success with the generated type and encodes it again; `None` where there is no content.
    pub answer: Option<fn(Value) -> Result<Recoded, String>>,
    /// The same for the request body.
    pub body: Option<fn(Value) -> Result<Recoded, String>>,
}

/// A call under way. That every operation fits in here proves that its future is `Send` and `'static`.
pub type Call = Pin<Box<dyn Future<Output = Result<Answered, Error>> + Send>>;

/// A success, as the typed API gave it.
#[derive(Debug)]
pub struct Answered {
    /// The status of HTTP.
    pub status: u16,
    /// The value, printed and encoded.
    pub value: Recoded,
}

/// A value that went through its generated type.
#[derive(Debug)]
pub struct Recoded {
    /// As `{:#?}` prints it.
    pub debug: String,
    /// As it is encoded.
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
