//! The published document: its operations, and what its references refer to.

use serde_json::Value;

use crate::lint::{METHODS, members};

/// A published document.
#[derive(Clone, Copy)]
pub(crate) struct Published<'a>(pub &'a Value);

/// An operation of a published document.
#[derive(Clone, Copy)]
pub(crate) struct Operation<'a> {
    pub path: &'a str,
    pub method: &'a str,
    /// The official id.
    pub id: &'a str,
    pub value: &'a Value,
    /// What the path says about all of its operations.
    item: &'a Value,
}

/// More references in a row than any document has, unless they lead round in a circle.
const MAX_REFERENCES: usize = 16;

impl<'a> Published<'a> {
    /// Returns the operations: by path, and those of a path in the order of the dialect.
    pub fn operations(self) -> impl Iterator<Item = Operation<'a>> {
        members(self.0, "paths").flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| {
                let value = item.get(method)?;
                let id = value.get("operationId")?.as_str()?;
                Some(Operation {
                    path,
                    method,
                    id,
                    value,
                    item,
                })
            })
        })
    }

    /// Returns the entries of a section of `components`.
    pub fn components(self, section: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let components = self.0.get("components").unwrap_or(&Value::Null);
        members(components, section)
    }

    /// Returns the version in `info`, as text.
    pub fn version(self) -> String {
        let version = self.0.pointer("/info/version").and_then(Value::as_str);
        version.unwrap_or_default().to_owned()
    }

    /// Follows references. Returns the last one's name, if `value` is a reference, and its target.
    /// The target of a reference that leads nowhere is null.
    pub fn resolve(self, value: &'a Value) -> (Option<&'a str>, &'a Value) {
        let (mut name, mut value) = (None, value);
        for _ in 0..MAX_REFERENCES {
            let Some(target) = value.get("$ref").and_then(Value::as_str) else {
                return (name, value);
            };
            name = target.rsplit('/').next();
            let pointer = target.strip_prefix('#').unwrap_or_default();
            value = self.0.pointer(pointer).unwrap_or(&Value::Null);
        }
        (name, &Value::Null)
    }
}

impl<'a> Operation<'a> {
    /// Returns the parameters of the path and of the operation itself.
    pub fn parameters(&self) -> impl Iterator<Item = &'a Value> {
        let lists = [self.item, self.value].map(|holder| holder.get("parameters"));
        lists
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten()
    }
}
