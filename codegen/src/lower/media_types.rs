//! Replaces every media type by `application/json`, the only one for which progenitor generates
//! types.
//!
//! Before: `application/vnd.atlas.2023-01-01+json`. After: `application/json`. The original is kept
//! in `facts.operations[…].accept` and `.content_type`, which become constants of the generated
//! operation.

use openapiv3::{MediaType, OpenAPI, ReferenceOr};

use super::walk;
use crate::facts::{Facts, method_name};

const JSON: &str = "application/json";

pub(super) fn lower(openapi: &mut OpenAPI, facts: &mut Facts) -> usize {
    let mut changed = 0;
    for operation in walk::operations_mut(openapi) {
        let Some(fact) = facts.operations.get_mut(&method_name(
            operation.operation_id.as_deref().unwrap_or_default(),
        )) else {
            continue;
        };
        if let Some(ReferenceOr::Item(body)) = &mut operation.request_body {
            fact.content_type = body.content.keys().next().cloned();
            changed += plain(&mut body.content);
        }
        fact.accept = JSON.to_owned();
        for response in operation
            .responses
            .responses
            .values_mut()
            .filter_map(walk::item_mut)
        {
            if let Some(media) = response.content.keys().next() {
                fact.accept.clone_from(media);
            }
            changed += plain(&mut response.content);
        }
    }
    changed
}

fn plain(content: &mut indexmap::IndexMap<String, MediaType>) -> usize {
    let dated: Vec<String> = content
        .keys()
        .filter(|media| *media != JSON)
        .cloned()
        .collect();
    for media in &dated {
        if let Some(value) = content.shift_remove(media) {
            content.insert(JSON.to_owned(), value);
        }
    }
    dated.len()
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
      responses: {'200': {description: d, content: {application/vnd.atlas.2024-05-30+json: {schema: {type: string}}}}}
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
