//! A read-only view of one of the two documents: its values with their JSON pointers, and `$ref`
//! resolution.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::child;

/// A JSON value and its JSON pointer in the document.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    pub value: &'a Value,
    pub pointer: String,
}

impl<'a> Node<'a> {
    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        self.value.get(key).map(|value| Node {
            value,
            pointer: child(&self.pointer, key),
        })
    }

    /// Returns the members of the object under `key`.
    pub fn members(&self, key: &str) -> impl Iterator<Item = (&'a str, Node<'a>)> + use<'a> {
        let at = child(&self.pointer, key);
        let object = self.value.get(key).and_then(Value::as_object);
        object.into_iter().flatten().map(move |(name, value)| {
            (
                name.as_str(),
                Node {
                    value,
                    pointer: child(&at, name),
                },
            )
        })
    }

    /// Returns the items of the list under `key`.
    pub fn items(&self, key: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
        let at = child(&self.pointer, key);
        let list = self.value.get(key).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .enumerate()
            .map(move |(index, value)| Node {
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
pub(crate) struct DocumentView<'a> {
    pub root: Node<'a>,
    /// The problems that prevent a comparison, each as JSON pointer and message.
    problems: RefCell<BTreeSet<(String, String)>>,
}

impl<'a> DocumentView<'a> {
    pub fn new(value: &'a Value) -> Self {
        DocumentView {
            root: Node {
                value,
                pointer: String::new(),
            },
            problems: RefCell::default(),
        }
    }

    /// Follows `$ref` until there is none. A reference that is dangling or circular is reported as
    /// a problem and yields null: the whole comparison then fails, so that nothing is concluded
    /// from the gap.
    pub fn follow(&self, node: &Node<'a>) -> Node<'a> {
        let mut seen = BTreeSet::new();
        let mut at = node.clone();
        while let Some(target) = at.text("$ref") {
            let value = target
                .strip_prefix('#')
                .and_then(|pointer| self.root.value.pointer(pointer));
            match value {
                Some(value) if seen.insert(target) => {
                    at = Node {
                        value,
                        pointer: target.trim_start_matches('#').to_owned(),
                    }
                }
                _ => {
                    self.report_problem(&at, format!("`{target}` leads nowhere"));
                    return Node {
                        value: &Value::Null,
                        pointer: at.pointer,
                    };
                }
            }
        }
        at
    }

    /// Records a problem that prevents the document from being compared.
    pub fn report_problem(&self, node: &Node<'_>, message: String) {
        self.problems
            .borrow_mut()
            .insert((node.pointer.clone(), message));
    }

    /// Returns the recorded problems, ordered by JSON pointer.
    pub fn problems(&self) -> Vec<(String, String)> {
        self.problems.borrow().iter().cloned().collect()
    }
}
