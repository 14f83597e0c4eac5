//! What a member of a JSON object is to the code that reads and writes it: a [`View`] of its value,
//! and a [`Slot`] to put a value into. Both are an enum of what JSON can hold, so that reading,
//! writing and comparing are written once, for all types.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use crate::wire::object::Object;

/// A type with an empty value, which a JSON value is then read into.
pub(crate) trait Empty {
    /// The empty value.
    fn empty() -> Self;
}

/// A value that stands in a JSON document: a member of an object, an item of a list, or the whole
/// document.
pub(crate) trait Field: fmt::Debug {
    /// The value, to be written or compared.
    fn view(&self) -> View<'_>;

    /// The place for a value that was read. An `Option` becomes `Some` of an empty value.
    fn slot(&mut self) -> Slot<'_>;

    /// Makes it empty again, for example after a value that did not fit.
    fn clear(&mut self);

    /// Whether this is a list or a map without an `Option` around it: if it is empty, its value
    /// does not tell whether it was absent from the document.
    fn is_bare_collection(&self) -> bool {
        false
    }
}

/// A value as it is written.
pub(crate) enum View<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(&'a str),
    Time(Timestamp),
    Any(&'a Value),
    List(&'a dyn List),
    Map(&'a dyn Map),
    Object(&'a dyn Object),
}

/// Where a value is read into.
pub(crate) enum Slot<'a> {
    Bool(&'a mut bool),
    Integer(&'a mut i64),
    Float(&'a mut f64),
    Text(&'a mut dyn Text),
    Time(&'a mut Timestamp),
    Any(&'a mut Value),
    List(&'a mut dyn List),
    Map(&'a mut dyn Map),
    Object(&'a mut dyn Object),
}

impl Slot<'_> {
    /// What is expected here, for messages.
    pub(crate) fn expected(&self) -> &'static str {
        match self {
            Slot::Bool(_) => "true or false",
            Slot::Integer(_) => "an integer of 64 bits",
            Slot::Float(_) => "a number",
            Slot::Text(_) => "text",
            Slot::Time(_) => "a date-time",
            Slot::Any(_) => "any value",
            Slot::List(_) => "a list",
            Slot::Map(_) | Slot::Object(_) => "an object",
        }
    }
}

/// A type that is text in JSON: text itself, an id, an enum.
pub(crate) trait Text {
    /// Sets the text of an empty field.
    fn set(&mut self, text: &str);
}

/// A list of any items.
pub(crate) trait List {
    /// Adds an empty item, and returns it.
    fn push(&mut self) -> &mut dyn Field;

    /// Removes the last item.
    fn pop(&mut self);

    fn item(&self, index: usize) -> Option<&dyn Field>;
}

/// A map from text to any items.
pub(crate) trait Map {
    /// Makes the item of this key empty, and returns it.
    fn insert(&mut self, key: &str) -> &mut dyn Field;

    fn remove(&mut self, key: &str);

    fn visit(&self, visitor: &mut dyn FnMut(&str, &dyn Field));

    fn is_empty(&self) -> bool;
}

impl<'a> View<'a> {
    /// Whether two values are equal. Both come from fields of the same type.
    #[inline]
    pub(crate) fn equals(self, other: View<'a>) -> bool {
        match (self, other) {
            (View::Null, View::Null) => true,
            (View::Bool(one), View::Bool(other)) => one == other,
            (View::Integer(one), View::Integer(other)) => one == other,
            (View::Float(one), View::Float(other)) => one == other,
            (View::Text(one), View::Text(other)) => one == other,
            (View::Time(one), View::Time(other)) => one == other,
            (View::Any(one), View::Any(other)) => one == other,
            (View::Object(one), View::Object(other)) => one.equals(other),
            (View::List(one), View::List(other)) => lists_are_equal(one, other),
            (View::Map(one), View::Map(other)) => maps_are_equal(one, other),
            _ => false,
        }
    }

    /// Whether there is nothing to write: an absent value, or a list or map that is empty.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            View::Null => true,
            View::Any(value) => value.is_null(),
            View::List(list) => list.item(0).is_none(),
            View::Map(map) => map.is_empty(),
            _ => false,
        }
    }
}

/// The items of a list, in order.
pub(crate) fn items(list: &dyn List) -> impl Iterator<Item = &dyn Field> {
    (0..).map_while(|index| list.item(index))
}

/// The items of a list as JSON values.
pub(crate) fn item_values(list: &dyn List) -> Vec<Value> {
    let mut values = Vec::new();
    for item in items(list) {
        values.push(item.view().to_value());
    }
    values
}

/// The entries of a map as JSON values.
pub(crate) fn entry_values(map: &dyn Map) -> serde_json::Map<String, Value> {
    let mut values = serde_json::Map::new();
    map.visit(&mut |key, item| drop(values.insert(key.to_owned(), item.view().to_value())));
    values
}

#[inline]
fn lists_are_equal(one: &dyn List, other: &dyn List) -> bool {
    let mut index = 0;
    loop {
        match (one.item(index), other.item(index)) {
            (None, None) => return true,
            (Some(one), Some(other)) if one.view().equals(other.view()) => index += 1,
            _ => return false,
        }
    }
}

#[inline]
fn maps_are_equal(one: &dyn Map, other: &dyn Map) -> bool {
    entry_values(one) == entry_values(other)
}
