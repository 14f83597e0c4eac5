//! Validates every request before any resource is looked up, as Atlas does: path, media types,
//! parameters, body.

use atlas_backup_document::deviation::Deviation;
use atlas_backup_document::route::{self, Route};
use atlas_backup_document::schema::{Schemas, typed};
use atlas_backup_document::{Operation, Spec};
use serde_json::Value;

use super::api_error::ApiError;
use super::rules;
use crate::documents;

/// A request before validation.
pub(super) struct RawRequest<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) accept: Option<&'a str>,
    pub(super) content_type: Option<&'a str>,
    pub(super) body: &'a [u8],
    /// `http://host:port`, for links.
    pub(super) origin: String,
}

/// A validated request.
pub(super) struct Call {
    pub(super) operation: &'static Operation,
    pub(super) spec: &'static Spec,
    /// Path parameters, in the order of the path.
    pub(super) path: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    /// The body, or `null` if there is none.
    pub(super) body: Value,
    /// The media type of the response.
    pub(super) media: String,
    /// Origin and path.
    pub(super) url: String,
    pub(super) origin: String,
}

impl Call {
    pub(super) fn path(&self, name: &str) -> &str {
        self.path
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// Project and cluster. The cluster is empty if the path has none.
    pub(super) fn scope(&self) -> (&str, &str) {
        let name = self
            .path
            .iter()
            .find(|(known, _)| matches!(&**known, "clusterName" | "name"));
        (self.path("groupId"), name.map_or("", |(_, name)| name))
    }

    /// The id of the resource: the first path parameter after project and cluster.
    pub(super) fn id(&self) -> &str {
        let place =
            |name: &str| matches!(name, "groupId" | "clusterName" | "name" | "cloudProvider");
        self.path
            .iter()
            .find(|(name, _)| !place(name))
            .map_or("", |(_, value)| value)
    }

    /// A query parameter, or its default.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let given = self
            .query
            .iter()
            .rfind(|(known, _)| known == name)
            .map(|(_, value)| value.clone());
        given.or_else(
            || match &self.spec.parameter(self.operation, name)?["default"] {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            },
        )
    }
}

/// Finds the operation of a request.
pub(super) fn match_operation(request: &RawRequest<'_>) -> Result<&'static Operation, ApiError> {
    let known = |method: &str| match documents().route(method, request.path) {
        Route::Operation(operation) => Some(operation),
        _ => None,
    };
    match known(request.method) {
        Some(operation) => Ok(operation),
        None if ["GET", "POST", "PATCH", "PUT", "DELETE"]
            .iter()
            .any(|method| known(method).is_some()) =>
        {
            Err(ApiError::new(
                405,
                "METHOD_NOT_ALLOWED",
                format!("{} is not allowed here.", request.method),
            ))
        }
        None => Err(ApiError::no_resource(request.path)),
    }
}

pub(super) fn validate(
    operation: &'static Operation,
    request: &RawRequest<'_>,
) -> Result<Call, ApiError> {
    let spec = &documents()[&operation.api];
    let media = accepted(spec, operation, request.accept)?;
    content_type(spec, operation, request.content_type)?;
    let path: Vec<_> = route::parameters(&operation.path, request.path)
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let query = route::query(request.query);
    let schemas = Schemas::new(spec);
    for (name, text) in &query {
        let Some(schema) = spec.parameter(operation, name) else {
            return Err(ApiError::query(name, "not known"));
        };
        let mut found = Vec::new();
        schemas.compare(schema, &typed(schema, text), "", &mut found);
        if let Some(wrong) = found.first() {
            return Err(ApiError::query(name, &message(wrong)));
        }
    }
    let mut found = Vec::new();
    for (name, value) in &path {
        if let Some(schema) = spec.parameter(operation, name) {
            schemas.compare(schema, &Value::String(value.clone()), name, &mut found);
        }
    }
    let body = body(spec, operation, request.body)?;
    let mut fields = Vec::new();
    if let Some(schema) = spec.request_schema(operation) {
        schemas.compare(schema, &body, "", &mut found);
        rules::validate(spec, schema, &body, "", &mut fields);
    }
    fields.extend(
        found
            .into_iter()
            .map(|wrong| (wrong.path.clone(), message(&wrong))),
    );
    if !fields.is_empty() {
        return Err(ApiError::invalid(fields));
    }
    let (url, origin) = (
        format!("{}{}", request.origin, request.path),
        request.origin.clone(),
    );
    Ok(Call {
        operation,
        spec,
        path,
        query,
        body,
        media,
        url,
        origin,
    })
}

fn message(wrong: &Deviation) -> String {
    format!("{}, {}", wrong.kind, wrong.example)
}

fn essence(text: &str) -> String {
    text.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_lowercase()
}

/// Selects the version of the response. A request to v2 must name one; v1.0 has only one media
/// type, so it may be left out.
fn accepted(spec: &Spec, operation: &Operation, accept: Option<&str>) -> Result<String, ApiError> {
    let mut versions = spec.success_versions(operation);
    if versions.is_empty() {
        versions.push("application/json".to_owned());
    }
    let asked: Vec<String> = accept.unwrap_or("*/*").split(',').map(essence).collect();
    if operation.api == "v1" && asked.iter().any(|asked| asked == "*/*") {
        return Ok(versions.remove(0));
    }
    let error = || {
        ApiError::new(
            406,
            "INVALID_VERSION_DATE",
            format!(
                "{} cannot be given as {}.",
                operation.path,
                accept.unwrap_or("nothing")
            ),
        )
    };
    versions
        .into_iter()
        .find(|version| asked.contains(version))
        .ok_or_else(error)
}

fn content_type(spec: &Spec, operation: &Operation, sent: Option<&str>) -> Result<(), ApiError> {
    let Some(own) = spec.request_media(operation) else {
        return Ok(());
    };
    let sent = sent.map(essence).unwrap_or_default();
    if sent == own || spec.success_versions(operation).contains(&sent) {
        return Ok(());
    }
    Err(ApiError::new(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        format!("{sent:?} is not {own}."),
    ))
}

fn body(spec: &Spec, operation: &Operation, bytes: &[u8]) -> Result<Value, ApiError> {
    match spec.request_schema(operation) {
        None if bytes.is_empty() => Ok(Value::Null),
        None => Err(ApiError::new(
            400,
            "UNEXPECTED_BODY",
            "This operation takes no body.",
        )),
        Some(_) => serde_json::from_slice(bytes)
            .map_err(|_| ApiError::new(400, "INVALID_JSON", "The body is not JSON.")),
    }
}
