//! The message of every error names its operation exactly once.

use super::samples::{TAKE, errors, kind, of_calls};
use super::*;

#[test]
fn the_call_stands_at_the_beginning_and_nowhere_else() {
    for error in errors("a text.") {
        let message = error.to_string();
        if matches!(error, Error::Configuration(_)) {
            assert_eq!(
                (error.operation(), message.matches(TAKE.id).count()),
                (None, 0),
                "{message}"
            );
            continue;
        }
        assert_eq!(error.operation(), Some(TAKE.id), "{error:?}");
        assert!(
            message.starts_with("takeSnapshot: ") && message.matches(TAKE.id).count() == 1,
            "{}: {message}",
            kind(&error)
        );
    }
}

#[test]
fn what_a_variant_holds_says_the_same_by_itself() {
    for error in errors("a text.") {
        let inner = match &error {
            Error::InvalidArgument(inner) => inner.to_string(),
            Error::Connection(inner) | Error::Timeout(inner) => inner.to_string(),
            Error::Api(inner) => inner.to_string(),
            Error::Auth(inner) => inner.to_string(),
            Error::Ambiguous(inner) => inner.to_string(),
            Error::Decode(inner) => inner.to_string(),
            Error::Configuration(inner) => inner.to_string(),
        };
        assert_eq!(error.to_string(), inner);
    }
}

#[test]
fn an_error_of_a_job_names_the_call_once_where_the_calls_part_begins() {
    let (mut seen, mut kinds) = (0, std::collections::BTreeSet::new());
    for sample in of_calls("a text.")
        .into_iter()
        .filter(|sample| sample.name != "Configuration")
    {
        let parts: Vec<&str> = sample.message.split(TAKE.id).collect();
        assert_eq!(parts.len(), 2, "{}: {}", sample.name, sample.message);
        let begins = parts[0].is_empty() || parts[0].ends_with(": ") || parts[0].ends_with("; ");
        assert!(
            begins && parts[1].starts_with([':', ' ']),
            "{}: {}",
            sample.name,
            sample.message
        );
        kinds.insert(sample.name);
        seen += 1;
    }
    let jobs = if cfg!(feature = "v2") {
        [true; 2]
    } else {
        [false; 2]
    };
    assert_eq!(
        [kinds.contains("WaitError"), kinds.contains("TakeError")],
        jobs,
        "{seen} {kinds:?}"
    );
}

#[test]
fn no_punctuation_is_doubled() {
    for text in ["A text.", "a;", "b: ", "c.,", "", " ", "d.\n"] {
        for sample in of_calls(text) {
            // Quoted text is the server's or the caller's, so it may have any punctuation.
            let ours: String = sample.message.split('"').step_by(2).collect();
            // Messages name the methods to call next, with their parentheses.
            let ours = ours.replace(".wait()", "").replace("deliveries()", "");
            for doubled in [
                ".;", ".:", ";;", "::", ": ;", "..", ",;", " ;", "()", ":  ", ": :",
            ] {
                assert!(
                    !ours.contains(doubled),
                    "{text:?}, {}: {}",
                    sample.name,
                    sample.message
                );
            }
        }
    }
}
