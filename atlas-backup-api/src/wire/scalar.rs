//! How each plain type is read from JSON and written to it.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Number, Value};

use crate::wire::date_time;
use crate::wire::mismatch::Mismatch;
use crate::wire::object::{Empty, Member, Presence};

/// The text that a JSON value is.
pub(crate) fn text(value: &Value) -> Result<String, Mismatch> {
    match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(Mismatch::new("text", other)),
    }
}

impl Empty for String {
    const EMPTY: Self = String::new();
}

impl Member for String {
    fn expected(&self) -> &'static str {
        "text"
    }

    fn decode(&mut self, value: &Value) -> Result<(), Mismatch> {
        *self = text(value)?;
        Ok(())
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    fn value(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Empty for bool {
    const EMPTY: Self = false;
}

impl Member for bool {
    fn expected(&self) -> &'static str {
        "true or false"
    }

    fn decode(&mut self, value: &Value) -> Result<(), Mismatch> {
        match value {
            Value::Bool(flag) => *self = *flag,
            other => return Err(Mismatch::new("true or false", other)),
        }
        Ok(())
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    fn value(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Empty for i64 {
    const EMPTY: Self = 0;
}

impl Member for i64 {
    fn expected(&self) -> &'static str {
        "an integer of 64 bits"
    }

    fn decode(&mut self, value: &Value) -> Result<(), Mismatch> {
        let integer = value.as_number().and_then(integer);
        *self = integer.ok_or_else(|| Mismatch::new(self.expected(), value))?;
        Ok(())
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

impl Empty for f64 {
    const EMPTY: Self = 0.0;
}

impl Member for f64 {
    fn expected(&self) -> &'static str {
        "a number"
    }

    fn decode(&mut self, value: &Value) -> Result<(), Mismatch> {
        let float = value.as_number().and_then(exact);
        *self = float.ok_or_else(|| Mismatch::new(self.expected(), value))?;
        Ok(())
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
    let integer = number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from));
    match integer {
        Some(integer) if float as i128 != integer => None,
        _ => Some(float),
    }
}

impl Empty for Timestamp {
    const EMPTY: Self = Timestamp::UNIX_EPOCH;
}

impl Member for Timestamp {
    fn expected(&self) -> &'static str {
        "a date-time"
    }

    fn decode(&mut self, value: &Value) -> Result<(), Mismatch> {
        let instant = value.as_str().and_then(date_time::parse);
        *self = instant.ok_or_else(|| Mismatch::new(self.expected(), value))?;
        Ok(())
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    fn value(&self) -> Value {
        Value::String(self.to_string())
    }
}

impl Empty for Value {
    const EMPTY: Self = Value::Null;
}

impl Member for Value {
    fn expected(&self) -> &'static str {
        "any value"
    }

    fn decode(&mut self, value: &Value) -> Result<(), Mismatch> {
        *self = value.clone();
        Ok(())
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }

    fn value(&self) -> Value {
        self.clone()
    }

    fn presence(&self) -> Presence {
        if self.is_null() {
            Presence::Absent
        } else {
            Presence::Given
        }
    }
}

impl<T> Empty for Option<T> {
    const EMPTY: Self = None;
}

impl<T: Member + Empty> Member for Option<T> {
    fn expected(&self) -> &'static str {
        T::EMPTY.expected()
    }

    fn decode(&mut self, value: &Value) -> Result<(), Mismatch> {
        if value.is_null() {
            return Ok(());
        }
        let decoded = self.insert(T::EMPTY).decode(value);
        if decoded.is_err() {
            *self = None;
        }
        decoded
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
        if self.is_none() {
            Presence::Absent
        } else {
            Presence::Given
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn read<T: Member + Empty>(value: Value) -> Option<T> {
        let mut member = T::EMPTY;
        member.decode(&value).ok().map(|()| member)
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
    fn half_a_list_is_not_held() {
        let mut dates = Vec::<Timestamp>::EMPTY;
        assert!(
            dates
                .decode(&json!(["1970-01-01T00:00:00Z", "soon", null, 7]))
                .is_err()
        );
        assert!(dates.is_empty());
        let mut dates = BTreeMap::<String, Timestamp>::EMPTY;
        assert!(
            dates
                .decode(&json!({"a": "1970-01-01T00:00:00Z", "b": "soon", "c": "later"}))
                .is_err()
        );
        assert!(dates.is_empty());
    }

    #[test]
    fn what_is_wrong_with_a_list_is_what_is_wrong_with_its_item() {
        fn message<T: Member + Empty>(value: Value) -> String {
            let mut member = T::EMPTY;
            member.decode(&value).unwrap_err().to_string()
        }
        let told = "[1][1]: expected an integer of 64 bits, found a number";
        assert_eq!(
            message::<Vec<Option<Vec<i64>>>>(json!([[1], [1, 1.5]])),
            told
        );
        let told = "b: expected a date-time, found text";
        assert_eq!(
            message::<BTreeMap<String, Timestamp>>(
                json!({"a": "1970-01-01T00:00:00Z", "b": "soon"})
            ),
            told
        );
    }

    #[test]
    fn an_empty_list_is_not_an_absent_value() {
        for absent in [&None::<i64> as &dyn Member, &None::<Vec<i64>>, &Value::Null] {
            assert_eq!(absent.presence(), Presence::Absent, "{absent:?}");
        }
        for empty in [
            &Vec::<i64>::new() as &dyn Member,
            &BTreeMap::<String, i64>::new(),
        ] {
            assert_eq!(empty.presence(), Presence::Empty, "{empty:?}");
        }
        for given in [
            &Some(Vec::<i64>::new()) as &dyn Member,
            &vec![0],
            &0,
            &false,
            &String::new(),
        ] {
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
