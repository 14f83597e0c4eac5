//! How lists and maps are read from JSON and written to it.
//!
//! A client has some seventy kinds of list. So what there is to do is done once, by code that knows of the items no more than
//! [`List`] or [`Table`] tell, and each kind adds only these few small functions.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::wire::mismatch::Mismatch;
use crate::wire::object::{Empty, Member, Presence};

/// A list, whatever its items.
trait List {
    /// Adds a blank item.
    fn grow(&mut self) -> &mut dyn Member;

    fn item(&self, index: usize) -> Option<&dyn Member>;

    fn clear(&mut self);
}

impl<T: Member + Empty> List for Vec<T> {
    fn grow(&mut self) -> &mut dyn Member {
        let index = self.len();
        self.push(T::EMPTY);
        &mut self[index]
    }

    fn item(&self, index: usize) -> Option<&dyn Member> {
        match self.get(index) {
            Some(item) => Some(item),
            None => None,
        }
    }

    fn clear(&mut self) {
        *self = Vec::new();
    }
}

impl<T> Empty for Vec<T> {
    const EMPTY: Self = Vec::new();
}

impl<T: Member + Empty> Member for Vec<T> {
    fn expected(&self) -> &'static str {
        "a list"
    }

    fn decode(&mut self, value: &Value) -> Result<(), Mismatch> {
        decode_list(self, value)
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_list(self, f)
    }

    fn value(&self) -> Value {
        list_value(self)
    }

    fn presence(&self) -> Presence {
        if self.is_empty() {
            Presence::Empty
        } else {
            Presence::Given
        }
    }
}

fn items(list: &dyn List) -> impl Iterator<Item = &dyn Member> {
    (0..).map_while(|index| list.item(index))
}

/// One item that cannot be held is a mismatch of the whole: half a list would mislead.
fn decode_list(list: &mut dyn List, value: &Value) -> Result<(), Mismatch> {
    let Value::Array(values) = value else {
        return Err(Mismatch::new("a list", value));
    };
    // The index told is the one in the document, so nulls are counted; they are not kept.
    let mut values = values
        .iter()
        .enumerate()
        .filter(|(_, value)| !value.is_null());
    let decoded = values.try_for_each(|(index, value)| {
        list.grow()
            .decode(value)
            .map_err(|mismatch| mismatch.at(index))
    });
    if decoded.is_err() {
        list.clear();
    }
    decoded
}

fn debug_list(list: &dyn List, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.debug_list().entries(items(list)).finish()
}

fn list_value(list: &dyn List) -> Value {
    Value::Array(items(list).map(Member::value).collect())
}

/// A map from text, whatever its items.
trait Table {
    /// Adds a blank item.
    fn grow(&mut self, key: String) -> &mut dyn Member;

    fn visit(&self, see: &mut dyn FnMut(&str, &dyn Member));

    fn clear(&mut self);
}

impl<T: Member + Empty> Table for BTreeMap<String, T> {
    fn grow(&mut self, key: String) -> &mut dyn Member {
        self.entry(key).or_insert(T::EMPTY)
    }

    fn visit(&self, see: &mut dyn FnMut(&str, &dyn Member)) {
        for (key, item) in self {
            see(key, item);
        }
    }

    fn clear(&mut self) {
        *self = BTreeMap::new();
    }
}

impl<T> Empty for BTreeMap<String, T> {
    const EMPTY: Self = BTreeMap::new();
}

impl<T: Member + Empty> Member for BTreeMap<String, T> {
    fn expected(&self) -> &'static str {
        "an object"
    }

    fn decode(&mut self, value: &Value) -> Result<(), Mismatch> {
        decode_table(self, value)
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printed = f.debug_map();
        self.visit(&mut |key, item| {
            printed.entry(&key, &item);
        });
        printed.finish()
    }

    fn value(&self) -> Value {
        Value::Object(table_values(self))
    }

    fn presence(&self) -> Presence {
        if self.is_empty() {
            Presence::Empty
        } else {
            Presence::Given
        }
    }
}

/// As for a list.
fn decode_table(table: &mut dyn Table, value: &Value) -> Result<(), Mismatch> {
    let Value::Object(values) = value else {
        return Err(Mismatch::new("an object", value));
    };
    let mut values = values.iter().filter(|(_, value)| !value.is_null());
    let decoded = values.try_for_each(|(key, value)| {
        table
            .grow(key.clone())
            .decode(value)
            .map_err(|mismatch| mismatch.inside(key))
    });
    if decoded.is_err() {
        table.clear();
    }
    decoded
}

fn table_values(table: &dyn Table) -> Map<String, Value> {
    let mut values = Map::new();
    table.visit(&mut |key, item| drop(values.insert(key.to_owned(), item.value())));
    values
}
