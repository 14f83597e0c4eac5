//! A body is an object. The client has no way to send or read a body that is one text, number or
//! boolean: there is no member to name in an error, and none to add later.

use serde_json::Value;

use super::{described, members, operations, resolve, text};
use crate::document::child;
use crate::error::Finding;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    for (pointer, _, _, operation) in operations(document) {
        let body = operation
            .get("requestBody")
            .map(|body| (child(&pointer, "requestBody"), body, "request"));
        let responses = members(operation, "responses").map(|(status, response)| {
            let at = child(&child(&pointer, "responses"), status);
            // A shared response is reported once, where it is defined.
            let at = text(response, "$ref")
                .strip_prefix('#')
                .map_or(at, str::to_owned);
            (at, resolve(document, response), "response")
        });
        for (at, holder, what) in body.into_iter().chain(responses) {
            for (media, value) in members(holder, "content") {
                let Some(schema) = value.get("schema") else {
                    continue;
                };
                let kind = text(resolve(document, described(schema)), "type");
                if ["string", "integer", "number", "boolean"].contains(&kind) {
                    let at = child(&child(&child(&at, "content"), media), "schema");
                    let message = format!("a {what} body of type {kind} is not supported");
                    findings.push(Finding::new("body", at, message).help(
                        "describe the object that Atlas sends or takes, with the value as a member; if it really is no object, leave the operation out",
                    ));
                }
            }
        }
    }
}
