//! Replaces the success status by the range 2XX and all error statuses by one range 4XX.
//!
//! Before: `200`, `400`, `401`, `404`, `500`. After: `2XX` (any success is decoded like the
//! documented one) and a single error response, because progenitor panics on two error types and
//! the runtime decodes all errors itself. A 204 loses its empty content, on which progenitor panics
//! too. The documented statuses are kept in `facts.operations[…]`.

use openapiv3::{OpenAPI, ReferenceOr, StatusCode};

use super::walk;
use crate::facts::Facts;

pub(super) fn lower(openapi: &mut OpenAPI, _: &mut Facts) -> usize {
    let mut changed = 0;
    for operation in walk::operations_mut(openapi) {
        let responses = std::mem::take(&mut operation.responses.responses);
        for (status, mut response) in responses {
            let StatusCode::Code(code) = status else {
                continue;
            };
            changed += 1;
            if let ReferenceOr::Item(response) = &mut response {
                response.headers.clear();
                response.content.retain(|_, media| media.schema.is_some());
            }
            operation
                .responses
                .responses
                .entry(StatusCode::Range(code / 100))
                .or_insert(response);
        }
        operation
            .responses
            .responses
            .retain(|status, _| *status != StatusCode::Range(5));
    }
    changed
}

#[cfg(test)]
mod tests {
    #[test]
    fn statuses_become_ranges() {
        let yaml = "
openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a:
    delete:
      operationId: deleteThing
      responses:
        '204': {description: d, content: {application/vnd.atlas.2023-01-01+json: {}}}
        '404': {description: d}
        '401': {description: d}
        '500': {description: d}
";
        let (changed, openapi, _) = super::super::lowered(super::lower, yaml);
        let text = serde_json::to_value(&openapi).unwrap_or_default();
        let responses = &text["paths"]["/a"]["delete"]["responses"];
        assert_eq!(changed, 4);
        assert_eq!(
            *responses,
            serde_json::json!({"2XX": {"description": "d"}, "4XX": {"description": "d"}})
        );
    }
}
