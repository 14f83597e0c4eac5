//! How lists and maps are read from JSON and written to it.
//!
//! A client has some seventy kinds of list. So what there is to do is done once, by code that knows of the items no more than
//! [`List`] or [`Table`] tell, and each kind adds only these few small functions.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::mismatch::Mismatch;
use crate::object::{Blank, Member, Presence};

/// A list, whatever its items.
trait List {
    /// Adds a blank item.
    fn grow(&mut self) -> &mut dyn Member;

    fn item(&self, index: usize) -> Option<&dyn Member>;

    fn clear(&mut self);

    /// Shows a blank that is no item.
    fn sample(&self, see: &mut dyn FnMut(&mut dyn Member));
}

impl<T: Member + Blank> List for Vec<T> {
    fn grow(&mut self) -> &mut dyn Member {
        let index = self.len();
        self.push(T::BLANK);
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

    fn sample(&self, see: &mut dyn FnMut(&mut dyn Member)) {
        let mut blank = T::BLANK;
        see(&mut blank);
    }
}

impl<T> Blank for Vec<T> {
    const BLANK: Self = Vec::new();
}

impl<T: Member + Blank> Member for Vec<T> {
    fn expected(&self) -> &'static str {
        "a list"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        decode_list(self, value)
    }

    fn refusal(&self, unheld: &Value) -> Mismatch {
        list_refusal(self, unheld)
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_list(self, f)
    }

    fn value(&self) -> Value {
        list_value(self)
    }

    fn presence(&self) -> Presence {
        if self.is_empty() { Presence::Empty } else { Presence::Given }
    }
}

fn items(list: &dyn List) -> impl Iterator<Item = &dyn Member> {
    (0..).map_while(|index| list.item(index))
}

fn decode_list(list: &mut dyn List, value: Value) -> Result<Option<Value>, Mismatch> {
    let values = match value {
        Value::Array(values) => values,
        other => return Err(Mismatch::new("a list", &other)),
    };
    // The index told is the one in the document, so nulls are counted; they are not kept.
    let mut values = values.into_iter().enumerate().filter(|(_, value)| !value.is_null());
    let mut held = 0;
    while let Some((index, value)) = values.next() {
        // One item that cannot be held: half a list would mislead, so the whole of it is handed back.
        if let Some(unheld) = list.grow().decode(value).map_err(|mismatch| mismatch.at(index))? {
            let mut all: Vec<Value> = items(list).take(held).map(Member::value).collect();
            all.push(unheld);
            all.extend(values.map(|(_, value)| value));
            list.clear();
            return Ok(Some(Value::Array(all)));
        }
        held += 1;
    }
    Ok(None)
}

fn list_refusal(list: &dyn List, unheld: &Value) -> Mismatch {
    let items = unheld.as_array().into_iter().flatten().enumerate();
    let mut refused = items.filter_map(|(index, item)| Some(refusal_of(item, |see| list.sample(see))?.at(index)));
    refused.next().unwrap_or_else(|| Mismatch::new("a list", unheld))
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

    /// Shows a blank that is no item.
    fn sample(&self, see: &mut dyn FnMut(&mut dyn Member));
}

impl<T: Member + Blank> Table for BTreeMap<String, T> {
    fn grow(&mut self, key: String) -> &mut dyn Member {
        self.entry(key).or_insert(T::BLANK)
    }

    fn visit(&self, see: &mut dyn FnMut(&str, &dyn Member)) {
        for (key, item) in self {
            see(key, item);
        }
    }

    fn clear(&mut self) {
        *self = BTreeMap::new();
    }

    fn sample(&self, see: &mut dyn FnMut(&mut dyn Member)) {
        let mut blank = T::BLANK;
        see(&mut blank);
    }
}

impl<T> Blank for BTreeMap<String, T> {
    const BLANK: Self = BTreeMap::new();
}

impl<T: Member + Blank> Member for BTreeMap<String, T> {
    fn expected(&self) -> &'static str {
        "an object"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        decode_table(self, value)
    }

    fn refusal(&self, unheld: &Value) -> Mismatch {
        table_refusal(self, unheld)
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
        if self.is_empty() { Presence::Empty } else { Presence::Given }
    }
}

fn decode_table(table: &mut dyn Table, value: Value) -> Result<Option<Value>, Mismatch> {
    let values = match value {
        Value::Object(values) => values,
        other => return Err(Mismatch::new("an object", &other)),
    };
    let mut values = values.into_iter().filter(|(_, value)| !value.is_null());
    while let Some((key, value)) = values.next() {
        // As in a list.
        if let Some(unheld) = table.grow(key.clone()).decode(value).map_err(|mismatch| mismatch.inside(&key))? {
            let mut all = table_values(table);
            all.insert(key, unheld);
            all.extend(values);
            table.clear();
            return Ok(Some(Value::Object(all)));
        }
    }
    Ok(None)
}

fn table_refusal(table: &dyn Table, unheld: &Value) -> Mismatch {
    let items = unheld.as_object().into_iter().flatten();
    let mut refused = items.into_iter().filter_map(|(key, item)| Some(refusal_of(item, |see| table.sample(see))?.inside(key)));
    refused.next().unwrap_or_else(|| Mismatch::new("an object", unheld))
}

fn table_values(table: &dyn Table) -> Map<String, Value> {
    let mut values = Map::new();
    table.visit(&mut |key, item| drop(values.insert(key.to_owned(), item.value())));
    values
}

/// Why a list or a map was handed back, if it was for this item.
fn refusal_of(item: &Value, sample: impl Fn(&mut dyn FnMut(&mut dyn Member))) -> Option<Mismatch> {
    let mut refusal = None;
    sample(&mut |blank| {
        refusal = match blank.decode(item.clone()) {
            Ok(unheld) => unheld.map(|unheld| blank.refusal(&unheld)),
            Err(mismatch) => Some(mismatch),
        };
    });
    refusal
}
