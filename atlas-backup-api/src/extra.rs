//! What an answer held beyond its fields.

use std::fmt;

use serde_json::{Map, Value};

/// Members of an answer that no field of this version holds, as Atlas sent them.
///
/// Almost always empty, so it takes one pointer. `Debug` prints the names only: what a newer Atlas added may be a secret.
#[derive(Clone, Default, PartialEq)]
pub struct Extra(
    // Never Some of an empty map: equality relies on it.
    Option<Box<Map<String, Value>>>,
);

impl Extra {
    /// Whether there is nothing here.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The value of the member called `name` on the wire.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// The members, by the names they have on the wire.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|members| members.iter()).map(|(name, value)| (name.as_str(), value))
    }

    /// Adds a member to be written, and returns the value it had here.
    ///
    /// A field of the answer that has a value wins over a member of the same name here.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.0.get_or_insert_default().insert(name.into(), value.into())
    }

    /// Takes a member out, so that it is not written back.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let members = self.0.as_mut()?;
        let removed = members.remove(name);
        if members.is_empty() {
            self.0 = None;
        }
        removed
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(members: Map<String, Value>) -> Self {
        Extra(if members.is_empty() { None } else { Some(Box::new(members)) })
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_come_and_go() {
        let mut extra = Extra::default();
        assert!(extra.is_empty());
        assert_eq!(extra.insert("a", 1), None);
        assert_eq!(extra.insert("a", "b"), Some(json!(1)));
        assert_eq!(extra.get("a"), Some(&json!("b")));
        assert_eq!(extra.iter().collect::<Vec<_>>(), [("a", &json!("b"))]);
        assert_eq!(extra.remove("b"), None);
        assert_eq!(extra.remove("a"), Some(json!("b")));
        assert_eq!(extra.remove("a"), None);
    }

    #[test]
    fn emptied_equals_never_filled() {
        let mut extra = Extra::default();
        extra.insert("a", 1);
        extra.remove("a");
        assert_eq!(extra, Extra::default());
        assert_eq!(Extra::from(Map::new()), Extra::default());
    }

    #[test]
    fn debug_prints_names_only() {
        let mut extra = Extra::default();
        extra.insert("token", "hunter2");
        assert_eq!(format!("{extra:?}"), r#"{"token"}"#);
    }
}
