//! How each plain type is read from JSON and written to it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Number, Value};

use crate::date_time;
use crate::mismatch::Mismatch;
use crate::object::{Member, Presence};

impl Member for String {
    fn blank() -> Self {
        String::new()
    }

    fn expected(&self) -> &'static str {
        "text"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        match value {
            Value::String(text) => *self = text,
            other => return Err(Mismatch::new("text", &other)),
        }
        Ok(None)
    }

    fn value(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Member for bool {
    fn blank() -> Self {
        false
    }

    fn expected(&self) -> &'static str {
        "true or false"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        match value {
            Value::Bool(flag) => *self = flag,
            other => return Err(Mismatch::new("true or false", &other)),
        }
        Ok(None)
    }

    fn value(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Member for i64 {
    fn blank() -> Self {
        0
    }

    fn expected(&self) -> &'static str {
        "an integer of 64 bits"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        match &value {
            Value::Number(number) => match integer(number) {
                Some(integer) => *self = integer,
                None => return Ok(Some(value)),
            },
            other => return Err(Mismatch::new("an integer of 64 bits", other)),
        }
        Ok(None)
    }

    fn value(&self) -> Value {
        Value::from(*self)
    }
}

/// The integer a JSON number stands for: `1.0` is one.
pub(crate) fn integer(number: &Number) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0; // 2^63
    if let Some(integer) = number.as_i64() {
        return Some(integer);
    }
    // An integer between 2^63 and 2^64 has no fraction as a float either, but is out of range as well.
    let float = number.as_f64()?;
    (float.fract() == 0.0 && (-LIMIT..LIMIT).contains(&float)).then_some(float as i64)
}

impl Member for f64 {
    fn blank() -> Self {
        0.0
    }

    fn expected(&self) -> &'static str {
        "a number"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        match &value {
            Value::Number(number) => match exact(number) {
                Some(float) => *self = float,
                None => return Ok(Some(value)),
            },
            other => return Err(Mismatch::new("a number", other)),
        }
        Ok(None)
    }

    fn value(&self) -> Value {
        // JSON has no infinity.
        Number::from_f64(*self).map_or(Value::Null, Value::Number)
    }
}

/// The float that a JSON number stands for, unless it is an integer with more digits than a float has.
fn exact(number: &Number) -> Option<f64> {
    let float = number.as_f64()?;
    let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    match integer {
        Some(integer) if float as i128 != integer => None,
        _ => Some(float),
    }
}

impl Member for Timestamp {
    fn blank() -> Self {
        Timestamp::UNIX_EPOCH
    }

    fn expected(&self) -> &'static str {
        "a date-time"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        match &value {
            Value::String(text) => match date_time::parse(text) {
                Some(instant) => *self = instant,
                None => return Ok(Some(value)),
            },
            other => return Err(Mismatch::new("a date-time", other)),
        }
        Ok(None)
    }

    fn value(&self) -> Value {
        Value::String(self.to_string())
    }
}

impl Member for Value {
    fn blank() -> Self {
        Value::Null
    }

    fn expected(&self) -> &'static str {
        "any value"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        *self = value;
        Ok(None)
    }

    fn value(&self) -> Value {
        self.clone()
    }

    fn presence(&self) -> Presence {
        if self.is_null() { Presence::Absent } else { Presence::Given }
    }
}

impl<T: Member> Member for Option<T> {
    fn blank() -> Self {
        None
    }

    fn expected(&self) -> &'static str {
        T::blank().expected()
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        if value.is_null() {
            return Ok(None);
        }
        let mut held = T::blank();
        let unheld = held.decode(value)?;
        if unheld.is_none() {
            *self = Some(held);
        }
        Ok(unheld)
    }

    fn refusal(&self, unheld: Value) -> Mismatch {
        T::blank().refusal(unheld)
    }

    fn value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Member::value)
    }

    fn presence(&self) -> Presence {
        if self.is_none() { Presence::Absent } else { Presence::Given }
    }
}

impl<T: Member> Member for Vec<T> {
    fn blank() -> Self {
        Vec::new()
    }

    fn expected(&self) -> &'static str {
        "a list"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        let values = match value {
            Value::Array(values) => values,
            other => return Err(Mismatch::new("a list", &other)),
        };
        // The index told is the one in the document, so nulls are counted; they are not kept.
        let mut values = values.into_iter().enumerate().filter(|(_, value)| !value.is_null());
        while let Some((index, value)) = values.next() {
            let mut item = T::blank();
            match item.decode(value).map_err(|mismatch| mismatch.at(index))? {
                None => self.push(item),
                // One item that cannot be held: half a list would mislead, so the whole of it is handed back.
                Some(unheld) => {
                    let mut all: Vec<Value> = self.drain(..).map(|item| item.value()).collect();
                    all.push(unheld);
                    all.extend(values.map(|(_, value)| value));
                    return Ok(Some(Value::Array(all)));
                }
            }
        }
        Ok(None)
    }

    fn refusal(&self, unheld: Value) -> Mismatch {
        let items = unheld.as_array().into_iter().flatten().cloned();
        let refused = items.enumerate().find_map(|(index, item)| Some(item_refusal::<T>(item)?.at(index)));
        refused.unwrap_or_else(|| Mismatch::new("a list", &unheld))
    }

    fn value(&self) -> Value {
        Value::Array(self.iter().map(Member::value).collect())
    }

    fn presence(&self) -> Presence {
        if self.is_empty() { Presence::Empty } else { Presence::Given }
    }
}

impl<T: Member> Member for BTreeMap<String, T> {
    fn blank() -> Self {
        BTreeMap::new()
    }

    fn expected(&self) -> &'static str {
        "an object"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        let values = match value {
            Value::Object(values) => values,
            other => return Err(Mismatch::new("an object", &other)),
        };
        let mut values = values.into_iter().filter(|(_, value)| !value.is_null());
        while let Some((key, value)) = values.next() {
            let mut item = T::blank();
            match item.decode(value).map_err(|mismatch| mismatch.inside(&key))? {
                None => {
                    self.insert(key, item);
                }
                // As in a list.
                Some(unheld) => {
                    let mut all: Map<String, Value> = std::mem::take(self).into_iter().map(|(key, item)| (key, item.value())).collect();
                    all.insert(key, unheld);
                    all.extend(values);
                    return Ok(Some(Value::Object(all)));
                }
            }
        }
        Ok(None)
    }

    fn refusal(&self, unheld: Value) -> Mismatch {
        let items = unheld.as_object().into_iter().flatten();
        let refused = items.into_iter().find_map(|(key, item)| Some(item_refusal::<T>(item.clone())?.inside(key)));
        refused.unwrap_or_else(|| Mismatch::new("an object", &unheld))
    }

    fn value(&self) -> Value {
        Value::Object(self.iter().map(|(key, item)| (key.clone(), item.value())).collect())
    }

    fn presence(&self) -> Presence {
        if self.is_empty() { Presence::Empty } else { Presence::Given }
    }
}

/// Why a list or a map was handed back, if it was for this item.
fn item_refusal<T: Member>(value: Value) -> Option<Mismatch> {
    let mut item = T::blank();
    match item.decode(value) {
        Ok(unheld) => unheld.map(|unheld| item.refusal(unheld)),
        Err(mismatch) => Some(mismatch),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::object;

    fn read<T: Member>(value: Value) -> Option<T> {
        let mut member = T::blank();
        object::read(&mut member, value).ok().map(|()| member)
    }

    #[test]
    fn an_integer_may_be_written_as_a_float() {
        for (value, integer) in [
            (json!(1), Some(1)),
            (json!(1.0), Some(1)),
            (json!(-2.0e3), Some(-2000)),
            (json!(i64::MIN), Some(i64::MIN)),
            (json!(i64::MAX), Some(i64::MAX)),
            (json!(-9_223_372_036_854_775_808.0), Some(i64::MIN)),
            (json!(9_223_372_036_854_775_808.0), None),
            (json!(u64::MAX), None),
            (json!(1.5), None),
            (json!(1e300), None),
        ] {
            assert_eq!(read::<i64>(value.clone()), integer, "{value}");
        }
    }

    #[test]
    fn a_float_may_be_written_as_an_integer() {
        assert_eq!(read::<f64>(json!(3)), Some(3.0));
        assert_eq!(read::<f64>(json!(0.1)), Some(0.1));
        assert_eq!(read::<f64>(json!(u64::MAX)), None, "it would lose digits");
        assert_eq!(read::<f64>(json!("1")), None);
        assert_eq!(0.1.value(), json!(0.1));
        assert_eq!(f64::INFINITY.value(), json!(null));
    }

    #[test]
    fn what_is_handed_back_is_what_came() {
        let list = json!(["1970-01-01T00:00:00Z", "soon", null, 7]);
        let mut dates = Vec::<Timestamp>::blank();
        let unheld = dates.decode(list).unwrap();
        assert_eq!(unheld, Some(json!(["1970-01-01T00:00:00Z", "soon", 7])));
        assert!(dates.is_empty());

        let map = json!({"a": "1970-01-01T00:00:00Z", "b": "soon", "c": "later"});
        let mut dates = BTreeMap::<String, Timestamp>::blank();
        assert_eq!(dates.decode(map.clone()), Ok(Some(map)));
        assert!(dates.is_empty());
    }

    #[test]
    fn the_refusal_of_a_list_is_that_of_its_item() {
        fn told<T: Member>(value: Value) -> String {
            object::read(&mut T::blank(), value).unwrap_err().to_string()
        }
        let message = "[1][1]: expected an integer of 64 bits, found a number";
        assert_eq!(told::<Vec<Option<Vec<i64>>>>(json!([[1], [1, 1.5]])), message);
        let message = "b: expected a date-time, found text";
        assert_eq!(told::<BTreeMap<String, Timestamp>>(json!({"a": "1970-01-01T00:00:00Z", "b": "soon"})), message);
    }

    #[test]
    fn an_empty_list_is_not_an_absent_value() {
        for absent in [&None::<i64> as &dyn Member, &None::<Vec<i64>>, &Value::Null] {
            assert_eq!(absent.presence(), Presence::Absent, "{absent:?}");
        }
        for empty in [&Vec::<i64>::new() as &dyn Member, &BTreeMap::<String, i64>::new()] {
            assert_eq!(empty.presence(), Presence::Empty, "{empty:?}");
        }
        for given in [&Some(Vec::<i64>::new()) as &dyn Member, &vec![0], &0, &false, &String::new()] {
            assert_eq!(given.presence(), Presence::Given, "{given:?}");
        }
    }

    #[test]
    fn any_value_stays_itself() {
        let value = json!({"a": [1, null]});
        assert_eq!(read::<Value>(value.clone()), Some(value.clone()));
        assert_eq!(value.value(), value);
        assert_eq!(read::<Option<Value>>(json!(null)), Some(None));
    }
}
