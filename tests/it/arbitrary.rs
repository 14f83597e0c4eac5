//! Whatever the response body is, a call returns a value or an error and never panics.

use std::sync::LazyLock;

use atlas_backup_tests::conform::{Exchange, replay::Replay};
use atlas_backup_tests::entries;
use proptest::prelude::*;

use crate::repository::spec;

/// Generates bodies of all kinds: noise, text, and JSON that is truncated or malformed.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        ".{0,100}".prop_map(String::into_bytes),
        objects().prop_map(String::into_bytes),
        (objects(), 0usize..200).prop_map(|(text, end)| text
            .chars()
            .take(end)
            .collect::<String>()
            .into_bytes()),
    ]
}

/// Generates objects with the member names of responses, errors and envelopes, and with wrong
/// values.
fn objects() -> impl Strategy<Value = String> {
    let names = "(id|status|links|members|parts|created|results|envelope|content|error|errorCode|parameters)";
    prop::collection::vec((names, values()), 0..6).prop_map(|members| {
        let members: Vec<String> = members
            .into_iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    })
}

fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("[null,{\"id\":1}]".to_owned()),
        any::<f64>()
            .prop_filter("JSON has no NaN", |number| number.is_finite())
            .prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        "[a-zA-Z0-9:.-]{0,30}".prop_map(|text| format!("\"{text}\"")),
    ]
}

static REPLAY: LazyLock<Replay> = LazyLock::new(|| Replay::start().expect("loopback can be used"));

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a_call_ends_whatever_the_body(
        body in bodies(),
        status in prop_oneof![Just(200u16), Just(204), Just(302), Just(404), Just(503)],
        enveloped: bool,
        pick: prop::sample::Index,
    ) {
        let all: Vec<_> = entries().collect();
        let entry = all[pick.index(all.len())];
        let query = if enveloped { vec![("envelope".to_owned(), "true".to_owned())] } else { Vec::new() };
        // In HTTP, a 204 response has no body.
        let body = if status == 204 { Vec::new() } else { body };
        let exchange = Exchange { status, query, body, ..Exchange::default() };
        let outcome = REPLAY.read(spec(entry.api), entry, &exchange).expect("the call can be made");
        let said = match &outcome {
            Ok(answered) => answered.value.debug.clone(),
            Err(error) => error.to_string(),
        };
        prop_assert!(!said.is_empty() && (outcome.is_ok() || said.lines().count() == 1), "{said}");
    }
}
