//! Replaces every media type by `application/json`, the only one for which progenitor generates
//! types.
//!
//! Before: `application/vnd.atlas.2023-01-01+json`. After: `application/json`. The original is kept
//! in `facts.operations[…].accept` and `.content_type`, which become constants of the generated
//! operation.

use serde_json::Value;

use super::walk;
use crate::facts::{Facts, method_name};

const JSON: &str = "application/json";

pub(super) fn lower(document: &mut Value, facts: &mut Facts) -> usize {
    let mut changed = 0;
    for operation in walk::operations_mut(document) {
        let method = method_name(walk::text(operation, "operationId"));
        let Some(fact) = facts.operations.get_mut(&method) else {
            continue;
        };
        let mut plain = |holder: &mut Value| {
            let media = plain(holder)?;
            changed += usize::from(media != JSON);
            Some(media)
        };
        fact.content_type = operation.get_mut("requestBody").and_then(&mut plain);
        fact.accept = JSON.to_owned();
        for (status, response) in walk::entries_mut(operation, "responses") {
            if let Some(media) = plain(response).filter(|_| status.starts_with('2')) {
                fact.accept = media;
            }
        }
    }
    changed
}

/// Replaces the media type of a body or response, which has one at most, and returns it.
fn plain(holder: &mut Value) -> Option<String> {
    let content = holder.get_mut("content")?.as_object_mut()?;
    let (media, value) = std::mem::take(content).into_iter().next()?;
    content.insert(JSON.to_owned(), value);
    Some(media)
}

#[cfg(test)]
mod tests {
    #[test]
    fn dated_media_types_move_into_the_facts() {
        let yaml = "
openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a:
    post:
      operationId: makeThing
      requestBody: {required: true, content: {application/vnd.atlas.2023-01-01+json: {schema: {type: string}}}}
      responses:
        '200': {description: d, content: {application/vnd.atlas.2024-05-30+json: {schema: {type: string}}}}
        '404': {description: d, content: {application/json: {schema: {type: string}}}}
";
        let (changed, openapi, facts) = super::super::lowered(super::lower, yaml);
        assert_eq!(changed, 2);
        assert_eq!(
            facts.operations["make_thing"].accept,
            "application/vnd.atlas.2024-05-30+json"
        );
        assert_eq!(
            facts.operations["make_thing"].content_type.as_deref(),
            Some("application/vnd.atlas.2023-01-01+json")
        );
        assert!(
            !serde_json::to_string(&openapi)
                .unwrap_or_default()
                .contains("vnd.atlas")
        );
    }
}
