//! Forms of a member that Atlas was seen sending, other than the documented form.
//!
//! The OpenAPI documents name the form at the member (`x-atlas-other-form`). The field holds the
//! value in the documented form. It is written in the form in which it was read, as long as that
//! form can hold the value.

use serde_json::Value;

use crate::wire::date_time;
use jiff::Timestamp;

/// The other form of a member.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum OtherForm {
    /// The only item instead of the list: `"a"` for `["a"]`.
    OneItem,
    /// The only item of the list instead of the whole object: `{"id": 1}` for
    /// `{"results": [{"id": 1}]}`. `ObjectReader` handles this form.
    WholeAnswer,
    /// A date-time instead of seconds since 1970-01-01 UTC: `"1970-01-01T00:01:00Z"` for `60`.
    DateTime,
}

impl OtherForm {
    /// Converts a value from this form to the documented form. Returns `None` if the value does not
    /// have this form.
    pub(crate) fn read(self, value: &Value) -> Option<Value> {
        match self {
            OtherForm::OneItem if !value.is_array() => Some(Value::Array(vec![value.clone()])),
            OtherForm::DateTime => {
                let instant = date_time::parse(value.as_str()?)?;
                // Whole seconds cannot represent a fraction.
                (instant.subsec_nanosecond() == 0).then(|| instant.as_second().into())
            }
            OtherForm::OneItem | OtherForm::WholeAnswer => None,
        }
    }

    /// Converts a value from the documented form to this form. Returns it unchanged if this form
    /// cannot hold it.
    pub(crate) fn write(self, value: Value) -> Value {
        match (self, value) {
            (OtherForm::OneItem, Value::Array(mut items)) if items.len() == 1 => items.remove(0),
            (OtherForm::DateTime, value) => match value.as_i64().map(Timestamp::from_second) {
                Some(Ok(instant)) => Value::String(instant.to_string()),
                _ => value,
            },
            (_, value) => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_form_is_read_and_written_back() {
        for (form, other, documented) in [
            (OtherForm::OneItem, json!("a"), json!(["a"])),
            (OtherForm::OneItem, json!({"id": 1}), json!([{"id": 1}])),
            (
                OtherForm::DateTime,
                json!("2018-08-01T20:02:07Z"),
                json!(1_533_153_727),
            ),
        ] {
            assert_eq!(form.read(&other), Some(documented.clone()), "{other}");
            assert_eq!(form.write(documented), other);
        }
    }

    #[test]
    fn the_documented_form_and_anything_else_is_left_alone() {
        for (form, value) in [
            (OtherForm::OneItem, json!(["a"])),
            (OtherForm::WholeAnswer, json!({"id": 1})),
            (OtherForm::DateTime, json!(7)),
            (OtherForm::DateTime, json!("soon")),
            (OtherForm::DateTime, json!("2018-08-01T20:02:07.5Z")),
        ] {
            assert_eq!(form.read(&value), None, "{form:?} {value}");
        }
    }

    #[test]
    fn what_the_other_form_cannot_hold_is_written_as_documented() {
        for (form, value) in [
            (OtherForm::OneItem, json!([])),
            (OtherForm::OneItem, json!(["a", "b"])),
            (OtherForm::DateTime, json!(i64::MAX)),
            (OtherForm::DateTime, json!(null)),
        ] {
            assert_eq!(form.write(value.clone()), value, "{form:?}");
        }
    }
}
