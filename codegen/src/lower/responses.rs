//! Replaces the success status by the range 2XX and all error statuses by one range 4XX.
//!
//! Before: `200`, `400`, `401`, `404`, `500`. After: `2XX` (any success is decoded like the
//! documented one) and a single error response, because progenitor panics on two error types and
//! the runtime decodes all errors itself. A 204 loses its empty content, on which progenitor panics
//! too. The documented statuses are kept in `facts.operations[…]`.

use serde_json::Value;

use super::walk;
use crate::facts::Facts;

pub(super) fn lower(document: &mut Value, _: &mut Facts) -> usize {
    let mut changed = 0;
    for operation in walk::operations_mut(document) {
        let responses = operation.get_mut("responses");
        let Some(responses) = responses.and_then(Value::as_object_mut) else {
            continue;
        };
        for (status, mut response) in std::mem::take(responses) {
            changed += 1;
            walk::take(&mut response, "headers");
            let has_schema =
                walk::entries(&response, "content").any(|(_, media)| media.get("schema").is_some());
            if !has_schema {
                walk::take(&mut response, "content");
            }
            if let Some(class @ ("2" | "4")) = status.get(..1) {
                let range = format!("{class}XX");
                responses.entry(range).or_insert(response);
            }
        }
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
