//! Every body must have an example: the wire tests are made from the examples, so an operation
//! without one would not be tested.

use serde_json::Value;

use super::{members, operations, resolve};
use crate::document::child;
use crate::error::Finding;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    for (pointer, _, _, operation) in operations(document) {
        let body = operation
            .get("requestBody")
            .map(|body| (child(&pointer, "requestBody"), body));
        let responses = members(operation, "responses").map(|(status, response)| {
            (
                child(&child(&pointer, "responses"), status),
                resolve(document, response),
            )
        });
        for (at, holder) in body.into_iter().chain(responses) {
            let without = |(_, media): &(&str, &Value)| {
                media.get("schema").is_some() && members(media, "examples").next().is_none()
            };
            if members(holder, "content").any(|entry| without(&entry)) {
                findings.push(
                    Finding::new("example", at, "a body without an example")
                        .help("add `examples: {name: {value: …}}`"),
                );
            }
        }
    }
}
