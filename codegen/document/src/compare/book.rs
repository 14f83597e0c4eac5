//! One of the two documents: where its values stand, and where its references lead.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::child;

/// A value, and the JSON pointer under which it stands.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub value: &'a Value,
    pub pointer: String,
}

impl<'a> Place<'a> {
    pub fn get(&self, key: &str) -> Option<Place<'a>> {
        self.value.get(key).map(|value| Place {
            value,
            pointer: child(&self.pointer, key),
        })
    }

    /// The members of the object under `key`.
    pub fn members(&self, key: &str) -> impl Iterator<Item = (&'a str, Place<'a>)> + use<'a> {
        let at = child(&self.pointer, key);
        let object = self.value.get(key).and_then(Value::as_object);
        object.into_iter().flatten().map(move |(name, value)| {
            (
                name.as_str(),
                Place {
                    value,
                    pointer: child(&at, name),
                },
            )
        })
    }

    /// The items of the list under `key`.
    pub fn items(&self, key: &str) -> impl Iterator<Item = Place<'a>> + use<'a> {
        let at = child(&self.pointer, key);
        let list = self.value.get(key).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .enumerate()
            .map(move |(index, value)| Place {
                value,
                pointer: child(&at, &index.to_string()),
            })
    }

    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key).and_then(Value::as_str)
    }

    pub fn flag(&self, key: &str) -> bool {
        self.value
            .get(key)
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }
}

/// A whole document.
pub(super) struct Book<'a> {
    pub root: Place<'a>,
    /// What keeps the document from being compared, by where it stands.
    faults: RefCell<BTreeSet<(String, String)>>,
}

impl<'a> Book<'a> {
    pub fn new(value: &'a Value) -> Self {
        Book {
            root: Place {
                value,
                pointer: String::new(),
            },
            faults: RefCell::default(),
        }
    }

    /// Follows `$ref` to the end. A reference that leads nowhere or in a circle is noted, and gives an empty value: the comparison is
    /// then refused as a whole, so nothing is concluded from the gap.
    pub fn follow(&self, place: &Place<'a>) -> Place<'a> {
        let mut seen = BTreeSet::new();
        let mut at = place.clone();
        while let Some(target) = at.text("$ref") {
            let value = target
                .strip_prefix('#')
                .and_then(|pointer| self.root.value.pointer(pointer));
            match value {
                Some(value) if seen.insert(target) => {
                    at = Place {
                        value,
                        pointer: target.trim_start_matches('#').to_owned(),
                    }
                }
                _ => {
                    self.fault(&at, format!("`{target}` leads nowhere"));
                    return Place {
                        value: &Value::Null,
                        pointer: at.pointer,
                    };
                }
            }
        }
        at
    }

    /// Notes that nothing can be concluded from the document, and why.
    pub fn fault(&self, place: &Place<'_>, message: String) {
        self.faults
            .borrow_mut()
            .insert((place.pointer.clone(), message));
    }

    /// The faults met, by JSON pointer.
    pub fn faults(&self) -> Vec<(String, String)> {
        self.faults.borrow().iter().cloned().collect()
    }
}
