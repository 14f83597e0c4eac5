//! How each plain type is read from JSON and written to it.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Number, Value};

use crate::date_time;
use crate::mismatch::Mismatch;
use crate::object::{Blank, Member, Presence};

/// The text that a JSON value is.
pub(crate) fn text(value: Value) -> Result<String, Mismatch> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(Mismatch::new("text", &other)),
    }
}

impl Blank for String {
    const BLANK: Self = String::new();
}

impl Member for String {
    fn expected(&self) -> &'static str {
        "text"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        *self = text(value)?;
        Ok(None)
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    fn value(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Blank for bool {
    const BLANK: Self = false;
}

impl Member for bool {
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

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    fn value(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Blank for i64 {
    const BLANK: Self = 0;
}

impl Member for i64 {
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

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
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

impl Blank for f64 {
    const BLANK: Self = 0.0;
}

impl Member for f64 {
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

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
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

impl Blank for Timestamp {
    const BLANK: Self = Timestamp::UNIX_EPOCH;
}

impl Member for Timestamp {
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

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    fn value(&self) -> Value {
        Value::String(self.to_string())
    }
}

impl Blank for Value {
    const BLANK: Self = Value::Null;
}

impl Member for Value {
    fn expected(&self) -> &'static str {
        "any value"
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        *self = value;
        Ok(None)
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    fn value(&self) -> Value {
        self.clone()
    }

    fn presence(&self) -> Presence {
        if self.is_null() { Presence::Absent } else { Presence::Given }
    }
}

/// What is not generic of the following.
fn is_held(decoded: &Result<Option<Value>, Mismatch>) -> bool {
    matches!(decoded, Ok(None))
}

impl<T> Blank for Option<T> {
    const BLANK: Self = None;
}

impl<T: Member + Blank> Member for Option<T> {
    fn expected(&self) -> &'static str {
        T::BLANK.expected()
    }

    fn decode(&mut self, value: Value) -> Result<Option<Value>, Mismatch> {
        if value.is_null() {
            return Ok(None);
        }
        let decoded = self.insert(T::BLANK).decode(value);
        if !is_held(&decoded) {
            *self = None;
        }
        decoded
    }

    fn refusal(&self, unheld: &Value) -> Mismatch {
        T::BLANK.refusal(unheld)
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Some(held) => f.debug_tuple("Some").field(&(held as &dyn Member)).finish(),
            None => f.write_str("None"),
        }
    }

    fn value(&self) -> Value {
        match self {
            Some(held) => held.value(),
            None => Value::Null,
        }
    }

    fn presence(&self) -> Presence {
        if self.is_none() { Presence::Absent } else { Presence::Given }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::object;

    fn read<T: Member + Blank>(value: Value) -> Option<T> {
        let mut member = T::BLANK;
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
        let mut dates = Vec::<Timestamp>::BLANK;
        let unheld = dates.decode(list).unwrap();
        assert_eq!(unheld, Some(json!(["1970-01-01T00:00:00Z", "soon", 7])));
        assert!(dates.is_empty());

        let map = json!({"a": "1970-01-01T00:00:00Z", "b": "soon", "c": "later"});
        let mut dates = BTreeMap::<String, Timestamp>::BLANK;
        assert_eq!(dates.decode(map.clone()), Ok(Some(map)));
        assert!(dates.is_empty());
    }

    #[test]
    fn the_refusal_of_a_list_is_that_of_its_item() {
        fn told<T: Member + Blank>(value: Value) -> String {
            let mut member = T::BLANK;
            object::read(&mut member, value).unwrap_err().to_string()
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
