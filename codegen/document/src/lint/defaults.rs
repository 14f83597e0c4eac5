//! Every default must fit its schema, as an example must: users read it in the documentation.

use super::examples::{deviates, parameters_and_headers};
use super::members;
use crate::document::{Loaded, child};
use crate::error::Finding;
use crate::schema::Schemas;

/// Lints the defaults of members and parameters. `positions` reports every other one.
pub(super) fn lint(loaded: &Loaded<'_>, findings: &mut Vec<Finding>) {
    let document = &loaded.value;
    let parameters = parameters_and_headers(document);
    for (at, holder) in &parameters {
        if holder["required"] == true && holder["schema"].get("default").is_some() {
            let at = child(&child(at, "schema"), "default");
            let message = "`default` of a required parameter would be ignored";
            findings.push(
                Finding::new("ignored-keyword", at, message)
                    .at_key()
                    .help("leave it out: every call has a value"),
            );
        }
    }
    let parameters = parameters.into_iter();
    let of_parameters = parameters.map(|(at, holder)| (child(&at, "schema"), &holder["schema"]));
    let schemas = members(&document["components"], "schemas");
    let of_members = schemas.flat_map(|(name, schema)| {
        let at = child(&child("/components/schemas", name), "properties");
        members(schema, "properties").map(move |(name, member)| (child(&at, name), member))
    });
    for (at, schema) in of_parameters.chain(of_members) {
        if let Some(default) = schema.get("default") {
            let at = child(&at, "default");
            Schemas::as_written(document).locate(schema, default, &at, &mut |at, deviation| {
                let finding = deviates("default", at, &deviation);
                findings.push(
                    finding.help("write the value that Atlas assumes, or correct the schema"),
                );
            });
        }
    }
}
