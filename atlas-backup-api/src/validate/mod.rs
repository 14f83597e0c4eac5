//! Validates arguments and request bodies. Generated code calls it:
//! `validate::minimum("retentionInDays", days, 1)?`.
//!
//! An absent value violates no rule, except [`given`] and the rules in `cross_field`.

// Generated code calls only those functions that the rules in the OpenAPI documents need.
#![allow(dead_code)]

pub(crate) mod body;
mod cross_field;
pub(crate) mod pattern;
pub(crate) mod request_macros;

use std::collections::BTreeMap;

pub(crate) use cross_field::Case;

use crate::error::invalid_argument::InvalidArgument;
use crate::validate::body::Body;
use crate::wire::open_enum::OpenEnum;
use crate::wire::string_newtype::StringNewtype;

type Check = Result<(), InvalidArgument>;

/// Checks that an integer is at least `bound`.
#[inline]
pub(crate) fn minimum(name: &str, value: impl Into<Option<i64>>, bound: i64) -> Check {
    match value.into() {
        Some(value) if value < bound => Err(InvalidArgument::new(
            name,
            value,
            format!("must be at least {bound}"),
        )),
        _ => Ok(()),
    }
}

/// Checks that an integer is at most `bound`.
#[inline]
pub(crate) fn maximum(name: &str, value: impl Into<Option<i64>>, bound: i64) -> Check {
    match value.into() {
        Some(value) if value > bound => Err(InvalidArgument::new(
            name,
            value,
            format!("must be at most {bound}"),
        )),
        _ => Ok(()),
    }
}

/// Checks that an integer fits 32 bits.
#[inline]
pub(crate) fn int32(name: &str, value: &(impl Numbers<i64> + ?Sized)) -> Check {
    match value.find(|number| i32::try_from(number).is_err()) {
        Some(number) => Err(InvalidArgument::new(
            name,
            number,
            format!("must be between {} and {}", i32::MIN, i32::MAX),
        )),
        None => Ok(()),
    }
}

/// Checks that a number is finite, because JSON has no other numbers.
#[inline]
pub(crate) fn finite(name: &str, value: &(impl Numbers<f64> + ?Sized)) -> Check {
    match value.find(|number| !number.is_finite()) {
        Some(number) => Err(InvalidArgument::new(
            name,
            number,
            "must be a finite number",
        )),
        None => Ok(()),
    }
}

/// Checks that a text has at least `bound` characters (not bytes).
#[inline]
pub(crate) fn min_length(name: &str, value: &(impl Text + ?Sized), bound: usize) -> Check {
    text(
        name,
        value,
        |text| text.chars().count() >= bound,
        || format!("must have at least {}", characters(bound)),
    )
}

/// Checks that a text has at most `bound` characters (not bytes).
#[inline]
pub(crate) fn max_length(name: &str, value: &(impl Text + ?Sized), bound: usize) -> Check {
    text(
        name,
        value,
        |text| text.chars().count() <= bound,
        || format!("must have at most {}", characters(bound)),
    )
}

/// Checks that `matches` returns true for a text. `rule` completes the error message after "must".
#[inline]
pub(crate) fn pattern(
    name: &str,
    value: &(impl Text + ?Sized),
    matches: impl Fn(&str) -> bool,
    rule: &str,
) -> Check {
    text(name, value, matches, || format!("must {rule}"))
}

#[inline]
fn text(
    name: &str,
    value: &(impl Text + ?Sized),
    holds: impl Fn(&str) -> bool,
    rule: impl Fn() -> String,
) -> Check {
    match value.text() {
        Some(text) if !holds(text) => {
            Err(InvalidArgument::new(name, format_args!("{text:?}"), rule()))
        }
        _ => Ok(()),
    }
}

/// Checks that a list or a map has at least `bound` items.
#[inline]
pub(crate) fn min_items(name: &str, value: &(impl Items + ?Sized), bound: usize) -> Check {
    match value.count() {
        Some(count) if count < bound => Err(counted(name, count, "at least", bound)),
        _ => Ok(()),
    }
}

/// Checks that a list or a map has at most `bound` items.
#[inline]
pub(crate) fn max_items(name: &str, value: &(impl Items + ?Sized), bound: usize) -> Check {
    match value.count() {
        Some(count) if count > bound => Err(counted(name, count, "at most", bound)),
        _ => Ok(()),
    }
}

/// Checks that a required member is present. Atlas refuses a body without it.
#[inline]
pub(crate) fn given(name: &str, present: bool) -> Check {
    if present {
        Ok(())
    } else {
        Err(InvalidArgument::without_value(name, "must be given"))
    }
}

/// Validates a body inside another body, or each body of a list. An error names the full path.
#[inline]
pub(crate) fn nested(name: &str, value: &impl Body) -> Check {
    // The path of an item starts with its index, which follows the name without a dot.
    value.validate().map_err(|error| error.inside(name))
}

/// Checks an id or a name, or each one in a list, against the rule of its type. This is necessary
/// because a value that was decoded from a response has not been checked.
#[inline]
pub(crate) fn well_formed(name: &str, value: &impl WellFormed) -> Check {
    value.check(name)
}

/// A member that is text or absent. A boolean counts as its JSON text, `true` or `false`.
pub(crate) trait Text {
    fn text(&self) -> Option<&str>;
}

impl Text for str {
    #[inline]
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Text for String {
    #[inline]
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl<T: OpenEnum> Text for T {
    #[inline]
    fn text(&self) -> Option<&str> {
        Some(self.as_ref())
    }
}

impl Text for bool {
    #[inline]
    fn text(&self) -> Option<&str> {
        Some(if *self { "true" } else { "false" })
    }
}

impl<T: Text> Text for Option<T> {
    #[inline]
    fn text(&self) -> Option<&str> {
        self.as_ref().and_then(Text::text)
    }
}

/// A number, or a list, a map or an `Option` of numbers.
pub(crate) trait Numbers<N> {
    /// The first number that breaks a rule.
    fn find(&self, breaks: fn(N) -> bool) -> Option<N>;
}

impl Numbers<i64> for i64 {
    #[inline]
    fn find(&self, breaks: fn(i64) -> bool) -> Option<i64> {
        Some(*self).filter(|number| breaks(*number))
    }
}

impl Numbers<f64> for f64 {
    #[inline]
    fn find(&self, breaks: fn(f64) -> bool) -> Option<f64> {
        Some(*self).filter(|number| breaks(*number))
    }
}

impl<N, T: Numbers<N> + ?Sized> Numbers<N> for &T {
    #[inline]
    fn find(&self, breaks: fn(N) -> bool) -> Option<N> {
        (**self).find(breaks)
    }
}

impl<N, T: Numbers<N>> Numbers<N> for Option<T> {
    #[inline]
    fn find(&self, breaks: fn(N) -> bool) -> Option<N> {
        self.as_ref().and_then(|number| number.find(breaks))
    }
}

impl<N, T: Numbers<N>> Numbers<N> for [T] {
    #[inline]
    fn find(&self, breaks: fn(N) -> bool) -> Option<N> {
        self.iter().find_map(|number| number.find(breaks))
    }
}

impl<N, T: Numbers<N>> Numbers<N> for Vec<T> {
    #[inline]
    fn find(&self, breaks: fn(N) -> bool) -> Option<N> {
        self.as_slice().find(breaks)
    }
}

impl<N, T: Numbers<N>> Numbers<N> for BTreeMap<String, T> {
    #[inline]
    fn find(&self, breaks: fn(N) -> bool) -> Option<N> {
        self.values().find_map(|number| number.find(breaks))
    }
}

/// A member that is a list or a map, or is absent.
pub(crate) trait Items {
    fn count(&self) -> Option<usize>;
}

impl<T> Items for Vec<T> {
    #[inline]
    fn count(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl<T> Items for [T] {
    #[inline]
    fn count(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl<T> Items for BTreeMap<String, T> {
    #[inline]
    fn count(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl<T: Items> Items for Option<T> {
    #[inline]
    fn count(&self) -> Option<usize> {
        self.as_ref().and_then(Items::count)
    }
}

/// A member whose type has a rule of its own, such as an id or a name, or a list of such members.
pub(crate) trait WellFormed {
    fn check(&self, name: &str) -> Check;
}

impl<T: StringNewtype> WellFormed for T {
    #[inline]
    fn check(&self, name: &str) -> Check {
        self.well_formed()
            .map_err(|error| InvalidArgument::refused(name, &error))
    }
}

impl<T: WellFormed> WellFormed for Option<T> {
    #[inline]
    fn check(&self, name: &str) -> Check {
        self.as_ref().map_or(Ok(()), |value| value.check(name))
    }
}

impl<T: WellFormed> WellFormed for Vec<T> {
    #[inline]
    fn check(&self, name: &str) -> Check {
        self.iter()
            .enumerate()
            .try_for_each(|(index, item)| item.check(&format!("{name}[{index}]")))
    }
}

impl<T: WellFormed> WellFormed for BTreeMap<String, T> {
    #[inline]
    fn check(&self, name: &str) -> Check {
        self.iter()
            .try_for_each(|(key, item)| item.check(&format!("{name}.{key}")))
    }
}

#[inline]
fn characters(count: usize) -> String {
    if count == 1 {
        "1 character".to_owned()
    } else {
        format!("{count} characters")
    }
}

#[inline]
fn counted(name: &str, count: usize, limit: &str, bound: usize) -> InvalidArgument {
    let items = |count| if count == 1 { "item" } else { "items" };
    let value = format!("a list of {count} {}", items(count));
    InvalidArgument::new(
        name,
        value,
        format!("must have {limit} {bound} {}", items(bound)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::request_macros::request_body;
    use crate::wire::cluster_name::ClusterName;
    use crate::wire::field::{Empty, Text as _};
    use crate::wire::object_id::ObjectId;

    fn message(check: Check) -> String {
        check.unwrap_err().to_string()
    }

    #[test]
    fn bounds_of_numbers() {
        assert_eq!(minimum("n", 1, 1), Ok(()));
        assert_eq!(minimum("n", Some(2), 1), Ok(()));
        assert_eq!(minimum("n", None, 1), Ok(()));
        assert_eq!(
            message(minimum("n", Some(0), 1)),
            "invalid argument n = 0: must be at least 1"
        );
        assert_eq!(maximum("n", 500, 500), Ok(()));
        assert_eq!(maximum("n", None, 500), Ok(()));
        assert_eq!(
            message(maximum("n", 501, 500)),
            "invalid argument n = 501: must be at most 500"
        );
    }

    #[test]
    fn lengths_count_characters() {
        assert_eq!(max_length("t", "ééé", 3), Ok(()));
        assert_eq!(max_length("t", &Some("éééé".to_owned()), 4), Ok(()));
        assert_eq!(max_length("t", &None::<String>, 0), Ok(()));
        assert_eq!(
            message(max_length("t", "éééé", 3)),
            r#"invalid argument t = "éééé": must have at most 3 characters"#
        );
        assert_eq!(min_length("t", "é", 1), Ok(()));
        assert_eq!(
            message(min_length("t", &String::new(), 1)),
            r#"invalid argument t = "": must have at least 1 character"#
        );
    }

    #[test]
    fn texts_with_a_form() {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        assert_eq!(
            pattern("t", &Some("12".to_owned()), digits, "be digits"),
            Ok(())
        );
        assert_eq!(pattern("t", &None::<String>, digits, "be digits"), Ok(()));
        assert_eq!(
            message(pattern("t", "x", digits, "be digits")),
            r#"invalid argument t = "x": must be digits"#
        );
    }

    #[test]
    fn numbers_that_the_wire_cannot_hold() {
        let big = 5_000_000_000;
        assert_eq!(int32("n", &Some(i64::from(i32::MAX))), Ok(()));
        assert_eq!(int32("n", &None::<i64>), Ok(()));
        for refused in [
            int32("n", &Some(big)),
            int32("n", &vec![1, big]),
            int32("n", &BTreeMap::from([("a".to_owned(), big)])),
            int32("n", &&[1, big][..]),
        ] {
            assert_eq!(
                message(refused),
                "invalid argument n = 5000000000: must be between -2147483648 and 2147483647"
            );
        }
        assert!(int32("n", &i64::MIN).is_err());
        assert_eq!(finite("n", &Some(0.5)), Ok(()));
        for refused in [f64::NAN, f64::INFINITY].map(|number| finite("n", &[1.0, number][..])) {
            assert!(message(refused).ends_with("must be a finite number"));
        }
    }

    #[test]
    fn bounds_of_lists() {
        assert_eq!(min_items("l", &vec![1], 1), Ok(()));
        assert_eq!(min_items("l", &None::<Vec<i64>>, 1), Ok(()));
        assert_eq!(
            message(min_items("l", &Some(Vec::<i64>::new()), 1)),
            "invalid argument l = a list of 0 items: must have at least 1 item"
        );
        assert_eq!(max_items("l", &vec![1, 2], 2), Ok(()));
        assert_eq!(
            max_items("l", &BTreeMap::from([("a".to_owned(), 1)]), 1),
            Ok(())
        );
        assert_eq!(
            message(max_items("l", &vec![1, 2, 3], 2)),
            "invalid argument l = a list of 3 items: must have at most 2 items"
        );
    }

    #[test]
    fn what_must_be_there() {
        assert_eq!(given("id", true), Ok(()));
        assert_eq!(
            message(given("id", false)),
            "invalid argument id: must be given"
        );
    }

    request_body! {
        /// A body inside another.
        pub struct Item {
            /// Days.
            #[wire("days", required)]
            pub days: i64,
        }
    }

    impl Item {
        /// One rule.
        pub fn validate(&self) -> Check {
            minimum("days", self.days, 1)
        }
    }

    #[test]
    fn what_is_nested_is_told_with_its_path() {
        assert_eq!(nested("item", &Item { days: 1 }), Ok(()));
        assert_eq!(nested("item", &None::<Item>), Ok(()));
        assert_eq!(
            message(nested("item", &Item { days: 0 })),
            "invalid argument item.days = 0: must be at least 1"
        );
        assert_eq!(
            message(nested(
                "items",
                &Some(vec![Item { days: 1 }, Item { days: 0 }])
            )),
            "invalid argument items[1].days = 0: must be at least 1"
        );
    }

    #[test]
    fn ids_taken_from_answers_keep_their_rule_too() {
        let id = |text: &str| {
            let mut id = ObjectId::empty();
            id.set(text);
            id
        };
        let good = id("32b6e34b3d91647abb20e7b8");
        assert_eq!(well_formed("id", &good), Ok(()));
        assert_eq!(well_formed("id", &None::<ObjectId>), Ok(()));
        assert_eq!(
            message(well_formed("ids", &Some(vec![good, id("..")]))),
            r#"invalid argument ids[1]: ".." is not an ObjectId: expected 24 lower-case hexadecimal digits"#
        );
        assert!(well_formed("name", &ClusterName::default()).is_err());
    }
}
