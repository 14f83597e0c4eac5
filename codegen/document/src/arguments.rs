//! Arguments of a call.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Arguments of a call, as a document's examples give them: by the names they have on the wire.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// Path parameters by wire name.
    pub path: BTreeMap<String, String>,
    /// Query parameters by wire name.
    pub query: BTreeMap<String, Value>,
    /// The request body.
    pub body: Option<Value>,
}

impl Arguments {
    /// A path parameter; empty where none is given.
    pub fn path(&self, name: &str) -> String {
        self.path.get(name).cloned().unwrap_or_default()
    }

    /// A query parameter that may be left out.
    ///
    /// # Errors
    /// When what is given is of another type.
    pub fn optional<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, String> {
        let value = self.query.get(name).cloned();
        value
            .map(|value| serde_json::from_value(value).map_err(|error| format!("{name}: {error}")))
            .transpose()
    }

    /// A query parameter that must be given.
    ///
    /// # Errors
    /// When it is not, or is of another type.
    pub fn required<T: DeserializeOwned>(&self, name: &str) -> Result<T, String> {
        self.optional(name)?
            .ok_or_else(|| format!("{name}: not given"))
    }

    /// The request body.
    ///
    /// # Errors
    /// When none is given, or one of another type.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, String> {
        let body = self.body.clone().ok_or("no body given")?;
        serde_json::from_value(body).map_err(|error| format!("body: {error}"))
    }
}
