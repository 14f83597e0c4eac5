//! An application that answers with the examples of the spec.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;

use super::answer::Answer;
use crate::spec::{Example, Spec};

/// Requests per minute that Atlas allows on its backup endpoints.
const RATE_LIMIT: u64 = 1200;

/// The documents, by API generation.
pub(super) static SPECS: LazyLock<BTreeMap<&str, Spec>> = LazyLock::new(|| Spec::shipped().unwrap_or_else(|error| panic!("{error}")));

/// Method, path template and answer of every operation.
static SUCCESSES: LazyLock<Vec<(String, String, Answer)>> = LazyLock::new(|| {
    let operations = SPECS.values().flat_map(|spec| spec.operations().into_keys().map(move |key| (spec, key)));
    let successes = operations.map(|(spec, (method, path))| {
        let examples = spec.answers_of(&method, &path);
        let success = examples.iter().find(|example| (200..300).contains(&example.status));
        // A success without an example is one without content.
        let answer = success.map_or_else(|| Answer::new(204), answer);
        (method, path, answer)
    });
    successes.collect()
});

/// Answers every operation of the spec with its first example of a success, whatever the arguments, and with the rate
/// limit headers of Atlas; anything else with 404.
pub fn examples() -> Router {
    let remaining = Arc::new(AtomicU64::new(RATE_LIMIT));
    Router::new().fallback(move |request: Request| {
        let left = remaining.fetch_sub(1, Ordering::SeqCst).saturating_sub(1);
        let (method, path) = (request.method().as_str(), request.uri().path());
        let found = SUCCESSES.iter().find(|(known, template, _)| known == method && matches(template, path));
        let answer = found.map_or_else(|| error("notFound"), |(.., answer)| answer.clone());
        let answer = answer.header("RateLimit-Limit", &RATE_LIMIT.to_string());
        std::future::ready(answer.header("RateLimit-Remaining", &left.to_string()).into_response())
    })
}

fn answer(example: &Example<'_>) -> Answer {
    Answer::json(example.status, &format!("{};charset=utf-8", example.media_type), example.value)
}

/// An error answer of the spec by the name of its example: `noCredentials`, `rateLimited`, `notFound`.
///
/// # Panics
/// When the spec has no such example.
pub fn error(name: &str) -> Answer {
    let found = SPECS.values().rev().find_map(|spec| spec.error(name));
    let found = found.unwrap_or_else(|| panic!("the spec has no error example {name}"));
    let code = found.value["errorCode"].as_str().unwrap_or_default();
    Answer::json(found.status, found.media_type, found.value).header("X-Error-Code", code)
}

fn matches(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(expected), Some(_)) if expected.starts_with('{') => {}
            (Some(expected), Some(found)) if expected == found => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_matches_by_segments() {
        assert!(matches("/a/{b}/c", "/a/%2F/c"));
        for path in ["/a/b", "/a/b/c/", "/a/b/d", "a/b/c"] {
            assert!(!matches("/a/{b}/c", path), "{path}");
        }
    }

    #[test]
    fn every_operation_has_an_answer() {
        assert_eq!(SUCCESSES.len(), crate::entries().count());
        for (_, path, answer) in SUCCESSES.iter() {
            assert_eq!(answer.status == 204, answer.body.is_empty(), "{path}");
        }
    }

    #[test]
    fn errors_go_by_name() {
        for (name, status) in [("noCredentials", 401), ("rateLimited", 429), ("notFound", 404)] {
            assert_eq!(error(name).status, status);
        }
    }
}
