//! The plain types that a field can have.

use jiff::Timestamp;
use serde_json::{Number, Value};

use crate::wire::field::{Empty, Field, Slot, Text, View};

macro_rules! scalar {
    ($type:ty, $empty:expr, $view:expr, $slot:path) => {
        impl Empty for $type {
            #[inline]
            fn empty() -> Self {
                $empty
            }
        }

        impl Field for $type {
            #[inline]
            fn view(&self) -> View<'_> {
                let view: fn(&Self) -> View<'_> = $view;
                view(self)
            }

            #[inline]
            fn slot(&mut self) -> Slot<'_> {
                $slot(self)
            }

            #[inline]
            fn clear(&mut self) {
                *self = Self::empty();
            }
        }
    };
}

scalar!(String, String::new(), |text| View::Text(text), Slot::Text);
scalar!(bool, false, |flag| View::Bool(*flag), Slot::Bool);
scalar!(i64, 0, |number| View::Integer(*number), Slot::Integer);
scalar!(f64, 0.0, |number| View::Float(*number), Slot::Float);
scalar!(
    Timestamp,
    Timestamp::UNIX_EPOCH,
    |time| View::Time(*time),
    Slot::Time
);
scalar!(Value, Value::Null, |value| View::Any(value), Slot::Any);

impl Text for String {
    #[inline]
    fn set(&mut self, text: &str) {
        // The field is empty, so there is no memory to use again.
        *self = text.to_owned();
    }
}

impl<T> Empty for Option<T> {
    #[inline]
    fn empty() -> Self {
        None
    }
}

impl<T: Field + Empty> Field for Option<T> {
    fn view(&self) -> View<'_> {
        match self {
            Some(field) => field.view(),
            None => View::Null,
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        self.insert(T::empty()).slot()
    }

    fn clear(&mut self) {
        *self = None;
    }
}

impl<T: Empty> Empty for Box<T> {
    #[inline]
    fn empty() -> Self {
        Box::new(T::empty())
    }
}

/// An object that holds another of its own type holds it in a box.
impl<T: Field + Empty> Field for Box<T> {
    fn view(&self) -> View<'_> {
        self.as_ref().view()
    }

    fn slot(&mut self) -> Slot<'_> {
        self.as_mut().slot()
    }

    fn clear(&mut self) {
        self.as_mut().clear();
    }
}

/// The integer that a JSON number stands for: `1.0` is one.
pub(crate) fn integer(number: &Number) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0; // 2^63
    if let Some(integer) = number.as_i64() {
        return Some(integer);
    }
    // An integer between 2^63 and 2^64 has no fraction as a float either, but is out of range as
    // well.
    let float = number.as_f64()?;
    (float.fract() == 0.0 && (-LIMIT..LIMIT).contains(&float)).then_some(float as i64)
}

/// The float that a JSON number stands for, unless it is an integer with more digits than a float
/// has.
pub(crate) fn exact_float(number: &Number) -> Option<f64> {
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
