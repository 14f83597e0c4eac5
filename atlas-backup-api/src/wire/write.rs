//! Writes values as JSON.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value};

use crate::wire::extra::{Extra, WireForm};
use crate::wire::field::{Field, View, entry_values, item_values, items};
use crate::wire::object::{Member, Object};

impl View<'_> {
    /// The value as a JSON value of its own.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            View::Null => Value::Null,
            View::Bool(flag) => (*flag).into(),
            View::Integer(number) => (*number).into(),
            View::Float(number) => (*number).into(),
            View::Text(text) => (*text).into(),
            View::Time(time) => time.to_string().into(),
            View::Any(value) => (*value).clone(),
            View::List(list) => item_values(*list).into(),
            View::Map(entries) => entry_values(*entries).into(),
            View::Object(object) => match whole_answer(*object) {
                Some(item) => item.to_value(),
                None => {
                    let mut values = Map::new();
                    visit_members(*object, &mut |name, value| {
                        values.insert(name.to_owned(), value.to_value());
                    });
                    values.into()
                }
            },
        }
    }

    /// The value as JSON text.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("all keys are text, and nothing else can fail in memory")
    }
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            View::Null => serializer.serialize_unit(),
            View::Bool(flag) => serializer.serialize_bool(*flag),
            View::Integer(number) => serializer.serialize_i64(*number),
            View::Float(number) => serializer.serialize_f64(*number),
            View::Text(text) => serializer.serialize_str(text),
            View::Time(time) => serializer.collect_str(time),
            View::Any(value) => value.serialize(serializer),
            View::List(list) => {
                let mut sequence = serializer.serialize_seq(None)?;
                for item in items(*list) {
                    sequence.serialize_element(&item.view())?;
                }
                sequence.end()
            }
            View::Map(entries) => {
                let (mut map, mut outcome) = (serializer.serialize_map(None)?, Ok(()));
                entries.visit(&mut |key, item| {
                    if outcome.is_ok() {
                        outcome = map.serialize_entry(key, &item.view());
                    }
                });
                outcome?;
                map.end()
            }
            View::Object(object) => match whole_answer(*object) {
                Some(item) => item.serialize(serializer),
                None => write_object(*object, serializer),
            },
        }
    }
}

fn write_object<S: Serializer>(object: &dyn Object, serializer: S) -> Result<S::Ok, S::Error> {
    let (mut map, mut outcome) = (serializer.serialize_map(None)?, Ok(()));
    visit_members(object, &mut |name, value| {
        if outcome.is_ok() {
            outcome = map.serialize_entry(name, &value);
        }
    });
    outcome?;
    map.end()
}

/// Visits what is written of an object: its members, and then what no field holds.
fn visit_members(object: &dyn Object, visitor: &mut dyn FnMut(&str, View<'_>)) {
    for (member, field) in written(object) {
        match member.other_form {
            Some(form) if object.wire_form(member) == Some(WireForm::InOtherForm) => {
                visitor(member.name, View::Any(&form.write(field.view().to_value())));
            }
            _ => visitor(member.name, field.view()),
        }
    }
    // A field that was given a value since wins over the value that it could not hold before.
    let is_field = |name: &str| written(object).any(|(member, _)| member.name == name);
    for (name, value) in object.extra().into_iter().flat_map(Extra::iter) {
        if !is_field(name) {
            visitor(name, View::Any(value));
        }
    }
}

/// The members that are written, with their fields.
fn written(object: &dyn Object) -> impl Iterator<Item = (&'static Member, &dyn Field)> {
    let members = object.members();
    members.filter(|(member, field)| object.is_written(member, *field))
}

/// The item that stood in place of the whole object when it was read, if the object still holds
/// this one item and nothing else.
fn whole_answer(object: &dyn Object) -> Option<View<'_>> {
    let index = object.shape().whole_answer?;
    let (member, field) = (&object.shape().members[index], object.field(index));
    if object.wire_form(member) != Some(WireForm::InOtherForm) {
        return None;
    }
    let View::List(list) = field.view() else {
        return None;
    };
    let written = written(object).count();
    let has_extra = object.extra().is_some_and(|extra| !extra.is_empty());
    let item = list
        .item(0)
        .filter(|_| list.item(1).is_none() && written == 1 && !has_extra);
    Some(item?.view())
}
