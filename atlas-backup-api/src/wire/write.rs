//! Writes values as JSON.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use crate::wire::extra::{Extra, WireForm};
use crate::wire::field::{View, items};
use crate::wire::object::Object;

impl View<'_> {
    /// The value as a JSON value of its own.
    pub(crate) fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("all keys are text, and nothing else can fail in memory")
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
                items(*list).try_for_each(|item| sequence.serialize_element(&item.view()))?;
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
    let mut map = serializer.serialize_map(None)?;
    for (member, field) in object
        .members()
        .filter(|(member, field)| object.is_written(member, *field))
    {
        match member.other_form {
            Some(form) if object.wire_form(member) == Some(WireForm::InOtherForm) => {
                map.serialize_entry(member.name, &form.write(field.view().to_value()))?;
            }
            _ => map.serialize_entry(member.name, &field.view())?,
        }
    }
    // A field that was given a value since wins over the value that it could not hold before.
    let is_field = |name: &str| {
        object
            .members()
            .any(|(member, field)| member.name == name && object.is_written(member, field))
    };
    for (name, value) in object.extra().into_iter().flat_map(Extra::iter) {
        if !is_field(name) {
            map.serialize_entry(name, value)?;
        }
    }
    map.end()
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
    let written = object
        .members()
        .filter(|(member, field)| object.is_written(member, *field))
        .count();
    let has_extra = object.extra().is_some_and(|extra| !extra.is_empty());
    let item = list
        .item(0)
        .filter(|_| list.item(1).is_none() && written == 1 && !has_extra);
    Some(item?.view())
}
