//! Where the values of a document stand in its text.

use serde_json::Value;

use crate::error::Location;

/// The locations of a value and of everything in it.
#[derive(Debug)]
pub(crate) struct Spans {
    /// Where the value stands: its key, if it is a member of a mapping.
    pub entry: Location,
    /// Where the value itself stands, if it is a scalar or a list `[…]`, on one line.
    pub value: Option<Location>,
    /// The locations of its items, or of its members in the order of their sorted keys.
    pub children: Vec<Spans>,
}

impl Spans {
    pub fn new(entry: Location) -> Self {
        Spans {
            entry,
            value: None,
            children: Vec::new(),
        }
    }
}

/// A value with its location.
#[derive(Clone, Copy)]
pub(crate) struct Located<'a> {
    pub value: &'a Value,
    spans: &'a Spans,
}

impl<'a> Located<'a> {
    pub fn new(value: &'a Value, spans: &'a Spans) -> Self {
        Located { value, spans }
    }

    /// Returns the location of the value, or of its key.
    pub fn entry(self) -> &'a Location {
        &self.spans.entry
    }

    /// Returns the members of a mapping, in the order of their keys.
    pub fn members(self) -> impl Iterator<Item = (&'a str, Located<'a>)> {
        let members = self.value.as_object().into_iter().flatten();
        let located = members.zip(&self.spans.children);
        located.map(|((key, value), spans)| (key.as_str(), Located { value, spans }))
    }

    /// Returns a member of a mapping.
    pub fn member(self, key: &str) -> Option<Located<'a>> {
        let mut members = self.members();
        members.find_map(|(name, member)| (name == key).then_some(member))
    }

    fn child(self, token: &str) -> Option<Located<'a>> {
        let Some(items) = self.value.as_array() else {
            return self.member(&token.replace("~1", "/").replace("~0", "~"));
        };
        let index: usize = token.parse().ok()?;
        let (value, spans) = (items.get(index)?, self.spans.children.get(index)?);
        Some(Located { value, spans })
    }

    /// Returns the location of the value at a JSON pointer, or of its nearest ancestor.
    pub fn locate(self, pointer: &str) -> Location {
        self.nearest(pointer).0.entry().clone()
    }

    /// Returns the location of the value at a JSON pointer itself if that is a scalar or a list
    /// `[…]` on one line. Returns what [`locate`](Self::locate) does otherwise.
    pub fn locate_value(self, pointer: &str) -> Location {
        let (found, is_it) = self.nearest(pointer);
        let value = found.spans.value.as_ref().filter(|_| is_it);
        value.unwrap_or(found.entry()).clone()
    }

    /// Returns the value at a JSON pointer, or its nearest ancestor, and whether it is the value.
    fn nearest(self, pointer: &str) -> (Located<'a>, bool) {
        let mut found = self;
        for token in pointer.split('/').skip(1) {
            match found.child(token) {
                Some(child) => found = child,
                None => return (found, false),
            }
        }
        (found, true)
    }
}
