//! The bounds that a schema can have: [`super::documentation`] describes them, and
//! [`super::validation`] turns them into checks.

use serde_json::Value;

use crate::facts::Check;

/// A keyword that bounds a value.
struct Bound {
    keyword: &'static str,
    /// What a description says before and after the number.
    words: (&'static str, &'static str),
    check: fn(i64) -> Check,
}

const fn bound(
    keyword: &'static str,
    words: (&'static str, &'static str),
    check: fn(i64) -> Check,
) -> Bound {
    Bound {
        keyword,
        words,
        check,
    }
}

const BOUNDS: &[Bound] = &[
    bound("minimum", ("At least ", ""), Check::Minimum),
    bound("maximum", ("At most ", ""), Check::Maximum),
    bound("minLength", ("At least ", " characters"), Check::MinLength),
    bound("maxLength", ("At most ", " characters"), Check::MaxLength),
    bound("minItems", ("At least ", " items"), Check::MinItems),
    bound("maxItems", ("At most ", " items"), Check::MaxItems),
];

/// The keywords of all bounds.
pub(super) fn keywords() -> impl Iterator<Item = &'static str> {
    BOUNDS.iter().map(|bound| bound.keyword)
}

/// The bounds of a schema as checks.
pub(super) fn checks(schema: &Value) -> impl Iterator<Item = Check> {
    let numbers = BOUNDS
        .iter()
        .filter_map(|bound| Some((bound, schema.get(bound.keyword)?.as_i64()?)));
    numbers.map(|(bound, number)| (bound.check)(number))
}

/// The bounds of a schema as sentences.
pub(super) fn sentences(schema: &Value) -> impl Iterator<Item = String> {
    let numbers = BOUNDS
        .iter()
        .filter_map(|bound| Some((bound.words, schema.get(bound.keyword)?)));
    numbers.map(|((before, after), number)| format!("{before}{number}{after}."))
}
