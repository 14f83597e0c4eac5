//! An application that responds with the examples of the spec.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use atlas_backup_document::route::Route;
use atlas_backup_document::{Example, Operation};
use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;

use super::documents::documents;
use super::response::HttpResponse;

/// Requests per minute that Atlas allows on its backup endpoints.
const RATE_LIMIT: u64 = 1200;

/// Responds to every operation of the spec with its first example of a success, whatever the
/// arguments, and with the rate limit headers of Atlas. Any other request gets 404.
pub fn examples() -> Router {
    let remaining = Arc::new(AtomicU64::new(RATE_LIMIT));
    Router::new().fallback(move |request: Request| {
        let left = remaining.fetch_sub(1, Ordering::SeqCst).saturating_sub(1);
        let response = match documents().route(request.method().as_str(), request.uri().path()) {
            Route::Operation(operation) => success(operation),
            _ => error_response("notFound"),
        };
        let response = response.header("RateLimit-Limit", &RATE_LIMIT.to_string());
        std::future::ready(
            response
                .header("RateLimit-Remaining", &left.to_string())
                .into_response(),
        )
    })
}

/// The first example of a success. A success without an example has no content.
fn success(operation: &Operation) -> HttpResponse {
    let examples = documents()[&operation.api].answers(operation);
    let success = examples
        .iter()
        .find(|example| (200..300).contains(&example.status));
    success.map_or_else(|| HttpResponse::new(204), from_example)
}

fn from_example(example: &Example<'_>) -> HttpResponse {
    HttpResponse::json(
        example.status,
        &format!("{};charset=utf-8", example.media_type),
        example.value,
    )
}

/// An error response of the spec by the name of its example: `noCredentials`, `rateLimited`,
/// `notFound`.
///
/// # Panics
/// If the spec has no such example.
pub fn error_response(name: &str) -> HttpResponse {
    let found = documents().iter().rev().find_map(|spec| spec.error(name));
    let found = found.unwrap_or_else(|| panic!("the spec has no error example {name}"));
    let code = found.value["errorCode"].as_str().unwrap_or_default();
    HttpResponse::json(found.status, found.media_type, found.value).header("X-Error-Code", code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_an_answer() {
        for operation in documents().operations() {
            let response = success(operation);
            assert_eq!(response.status, operation.success, "{}", operation.path);
            assert_eq!(
                response.status == 204,
                response.body.is_empty(),
                "{}",
                operation.path
            );
        }
    }

    #[test]
    fn errors_go_by_name() {
        for (name, status) in [
            ("noCredentials", 401),
            ("rateLimited", 429),
            ("notFound", 404),
        ] {
            assert_eq!(error_response(name).status, status);
        }
    }
}
