//! The error responses of Atlas.

use serde_json::{Value, json};

/// An error response.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ApiError {
    pub(super) status: u16,
    pub(super) code: &'static str,
    detail: String,
    parameters: Vec<Value>,
    /// Invalid members of the request, each with the reason.
    fields: Vec<(String, String)>,
    /// The value of the `Retry-After` header, in seconds.
    pub(super) retry_after: Option<u64>,
}

impl ApiError {
    pub(super) fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        ApiError {
            status,
            code,
            detail: detail.into(),
            parameters: Vec::new(),
            fields: Vec::new(),
            retry_after: None,
        }
    }

    fn about(mut self, parameters: impl IntoIterator<Item = Value>) -> Self {
        self.parameters = parameters.into_iter().collect();
        self
    }

    pub(super) fn invalid(fields: Vec<(String, String)>) -> Self {
        ApiError {
            fields,
            ..ApiError::new(
                400,
                "VALIDATION_ERROR",
                "The request has an invalid member.",
            )
        }
    }

    pub(super) fn query(name: &str, why: &str) -> Self {
        ApiError::new(
            400,
            "INVALID_QUERY_PARAMETER",
            format!("Invalid query parameter {name}: {why}."),
        )
        .about([name.into()])
    }

    pub(super) fn no_resource(id: &str) -> Self {
        ApiError::new(
            404,
            "RESOURCE_NOT_FOUND",
            format!("No resource {id} was found."),
        )
        .about([id.into()])
    }

    pub(super) fn no_cluster(project: &str, name: &str) -> Self {
        let detail = format!("No cluster named {name} exists in group {project}.");
        ApiError::new(404, "CLUSTER_NOT_FOUND", detail).about([name.into(), project.into()])
    }

    pub(super) fn no_project(id: &str) -> Self {
        ApiError::new(
            404,
            "GROUP_NOT_FOUND",
            format!("No group with ID {id} exists."),
        )
        .about([id.into()])
    }

    /// What Atlas says of the name of a project that does not exist, or that the caller may not see.
    pub(super) fn not_in_project() -> Self {
        let detail = "The caller is not in the group, or there is no such group.";
        ApiError::new(401, "NOT_IN_GROUP", detail)
    }

    pub(super) fn several_projects() -> Self {
        let detail = "Several groups have this name.";
        ApiError::new(409, "MULTIPLE_GROUPS", detail)
    }

    pub(super) fn is_flex(name: &str) -> Self {
        let detail = format!("{name} is a flex cluster, which has operations of its own.");
        ApiError::new(400, "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API", detail).about([name.into()])
    }

    pub(super) fn is_not_flex(name: &str) -> Self {
        let detail = format!("{name} is not a flex cluster.");
        ApiError::new(400, "CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API", detail).about([name.into()])
    }

    pub(super) fn is_serverless(name: &str) -> Self {
        let detail = format!("{name} is a serverless instance, which has operations of its own.");
        ApiError::new(400, "CANNOT_USE_SERVERLESS_INSTANCE_IN_CLUSTER_API", detail)
            .about([name.into()])
    }

    pub(super) fn rate_limited(path: &str, per_minute: u32, retry_after: u64) -> Self {
        let detail =
            format!("Resource {path} is limited to {per_minute} requests every 1 minutes.");
        let limited = ApiError::new(429, "RATE_LIMITED", detail).about([
            path.into(),
            per_minute.into(),
            1.into(),
        ]);
        ApiError {
            retry_after: Some(retry_after),
            ..limited
        }
    }

    pub(super) fn json(&self) -> Value {
        let mut body = json!({
            "detail": self.detail,
            "error": self.status,
            "errorCode": self.code,
            "parameters": self.parameters,
            "reason": reason(self.status),
        });
        if !self.fields.is_empty() {
            let field = |(field, description): &(String, String)| json!({"field": field, "description": description});
            body["badRequestDetail"] =
                json!({"fields": self.fields.iter().map(field).collect::<Vec<_>>()});
        }
        body
    }
}

fn reason(status: u16) -> &'static str {
    let status = axum::http::StatusCode::from_u16(status).ok();
    status
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default()
}
