//! What a call returns after its last attempt.

use http::{Method, StatusCode};

use crate::error::Error;
use crate::error::ambiguous::AmbiguousError;
use crate::error::api::ApiError;
use crate::error::auth::AuthError;
use crate::pipeline::classify::Failure;
use crate::pipeline::context::Context;
use crate::pipeline::exchange::RawResponse;
use crate::pipeline::operation::Idempotency;
use crate::pipeline::request::Request;
use crate::wire::text;

/// The collections of resources that contain others, each with the end of the code that Atlas uses
/// if one of them does not exist.
const PARENTS: [(&str, &str); 4] = [
    ("/orgs/", "ORG_NOT_FOUND"),
    ("/groups/", "GROUP_NOT_FOUND"),
    ("/clusters/", "CLUSTER_NOT_FOUND"),
    ("/flexClusters/", "CLUSTER_NOT_FOUND"),
];

/// Handles an outcome that no other attempt would change. `may_have_acted` is whether Atlas may have
/// carried out an earlier attempt.
pub(super) fn final_outcome(
    context: &Context,
    request: &Request,
    outcome: Result<RawResponse, Error>,
    status: Option<StatusCode>,
    may_have_acted: bool,
) -> Result<RawResponse, Error> {
    let answer = outcome?;
    match status {
        Some(StatusCode::UNAUTHORIZED) => {
            let refusal = answer.error(&request.route.name, StatusCode::UNAUTHORIZED);
            Err(AuthError::refused(request.route.name.clone(), refusal, context.auth.hint()).into())
        }
        Some(StatusCode::NOT_FOUND) if may_have_acted && is_deleted(request, &answer) => {
            Ok(RawResponse {
                status: StatusCode::NO_CONTENT,
                headers: answer.headers,
                body: Vec::new(),
                authorization: answer.authorization,
            })
        }
        _ => Ok(answer),
    }
}

/// Handles a failure after which no other attempt is made. If it may have an effect that another
/// call would repeat, nobody knows whether it has.
#[cold]
pub(super) fn failure(
    request: &Request,
    outcome: Result<RawResponse, Error>,
    status: Option<StatusCode>,
    failure: Failure,
    effect: Idempotency,
) -> Result<RawResponse, Error> {
    if effect != Idempotency::NotIdempotent || !failure.may_have_acted() {
        return outcome;
    }
    let cause = match outcome {
        Ok(answer) => answer
            .error(&request.route.name, status.unwrap_or(answer.status))
            .into(),
        Err(error) => error,
    };
    Err(AmbiguousError::new(request.route.name.clone(), cause).into())
}

/// Whether a 404 shows that an earlier attempt, whose response was lost, has deleted the resource.
/// It does not if Atlas misses the project or the cluster in the path, for then it has looked for no
/// resource in it; nor if it has no code, for then it is not from Atlas, but from a gateway.
#[cold]
fn is_deleted(request: &Request, answer: &RawResponse) -> bool {
    if request.route.method != Method::DELETE {
        return false;
    }
    let refusal = ApiError::from_response(answer.status, &answer.headers, &answer.body);
    let is_parent = |code: &str| {
        let is_below = |collection| {
            let below = text::split_once(request.resource(), collection);
            below.is_some_and(|(_, rest)| text::contains(rest, "/"))
        };
        let mut parents = PARENTS.iter();
        parents.any(|(collection, missing)| code.ends_with(missing) && is_below(collection))
    };
    refusal.error_code().is_some_and(|code| !is_parent(code))
}
