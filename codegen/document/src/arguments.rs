//! The arguments of one call of an operation.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// The arguments of one call, taken from the examples of a document. Parameters are keyed by their
/// wire names.
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
    /// Returns a path parameter, or an empty string if it is not set.
    pub fn path(&self, name: &str) -> String {
        self.path.get(name).cloned().unwrap_or_default()
    }

    /// Returns a path parameter that is not text.
    ///
    /// # Errors
    /// If the parameter is not set, or its text does not have the type `T`.
    pub fn parsed_path<T: FromStr<Err: fmt::Display>>(&self, name: &str) -> Result<T, String> {
        self.path(name)
            .parse()
            .map_err(|error| format!("{name}: {error}"))
    }

    /// Returns an optional query parameter, or `None` if it is not set.
    ///
    /// # Errors
    /// If the value does not have the type `T`.
    pub fn optional<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, String> {
        let value = self.query.get(name).cloned();
        value
            .map(|value| serde_json::from_value(value).map_err(|error| format!("{name}: {error}")))
            .transpose()
    }

    /// Returns a required query parameter.
    ///
    /// # Errors
    /// If the parameter is not set, or its value does not have the type `T`.
    pub fn required<T: DeserializeOwned>(&self, name: &str) -> Result<T, String> {
        self.optional(name)?
            .ok_or_else(|| format!("{name}: not given"))
    }

    /// Returns the request body.
    ///
    /// # Errors
    /// If there is no body, or it does not have the type `T`.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, String> {
        self.optional_body()?
            .ok_or_else(|| "no body given".to_owned())
    }

    /// Returns the request body, or `None` if there is none.
    ///
    /// # Errors
    /// If the body does not have the type `T`.
    pub fn optional_body<T: DeserializeOwned>(&self) -> Result<Option<T>, String> {
        let body = self.body.clone().map(serde_json::from_value);
        body.transpose().map_err(|error| format!("body: {error}"))
    }
}
