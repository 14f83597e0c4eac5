//! The client signs every request, with the digest of an API key or with the token of a service
//! account. A document may describe these two security schemes and no others, and every security
//! requirement must name one of them.

use serde_json::Value;

use super::{members, nearest, text};
use crate::document::child;
use crate::error::Finding;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    schemes(document, findings);
    let known: Vec<&str> = document
        .get("components")
        .into_iter()
        .flat_map(|it| members(it, "securitySchemes"))
        .map(|(name, _)| name)
        .collect();
    let requirements = document.get("security").and_then(Value::as_array);
    let requirements = requirements.map(Vec::as_slice).unwrap_or_default();
    if requirements.is_empty() {
        findings.push(
            Finding::new("security", "/security", "no security requirement")
                .help("write `security: [{ServiceAccounts: []}, {DigestAuth: []}]`"),
        );
    }
    for (index, requirement) in requirements.iter().enumerate() {
        let at = child("/security", &index.to_string());
        let names: Vec<&str> = requirement
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect();
        if names.len() != 1 {
            let message = format!(
                "a security requirement names one scheme, this one names {}",
                names.len()
            );
            findings.push(Finding::new("security", &at, message).help(
                "write an item for each scheme: the client uses one of them, and always one",
            ));
        }
        for (name, scopes) in requirement.as_object().into_iter().flatten() {
            if scopes.as_array().is_some_and(|scopes| !scopes.is_empty()) {
                let message = "the client asks for no scopes";
                findings.push(
                    Finding::new("security", child(&at, name), message)
                        .at_key()
                        .help(format!("write `{name}: []`")),
                );
            }
        }
        for name in names.iter().filter(|name| !known.contains(name)) {
            let message = format!("`{name}` is no security scheme of this document");
            findings.push(
                Finding::new("security", child(&at, name), message)
                    .at_key()
                    .help(nearest::advice(name, known.iter().copied())),
            );
        }
    }
}

fn schemes(document: &Value, findings: &mut Vec<Finding>) {
    for (name, scheme) in members(&document["components"], "securitySchemes") {
        let at = child("/components/securitySchemes", name);
        let flows: Vec<&str> = members(scheme, "flows").map(|(flow, _)| flow).collect();
        let is_known = match text(scheme, "type") {
            "http" => text(scheme, "scheme") == "digest" && scheme.get("flows").is_none(),
            "oauth2" => flows == ["clientCredentials"] && scheme.get("scheme").is_none(),
            _ => false,
        };
        if !is_known {
            let message = format!("the client cannot sign requests by the scheme `{name}`");
            findings.push(Finding::new("security", &at, message).at_key().help(
                "write `type: http` with `scheme: digest`, or `type: oauth2` with the flow `clientCredentials`",
            ));
        }
        for (flow, value) in members(scheme, "flows") {
            let at = child(&child(&at, "flows"), flow);
            let mut report = |keyword: &str, message: String, help: &str| {
                let finding = Finding::new("security", child(&at, keyword), message);
                findings.push(finding.help(help));
            };
            if value.get("refreshUrl").is_some() {
                report(
                    "refreshUrl",
                    "the client does not refresh tokens, it gets new ones".to_owned(),
                    "leave it out",
                );
            }
            if members(value, "scopes").next().is_some() {
                report(
                    "scopes",
                    "the client asks for no scopes".to_owned(),
                    "write `scopes: {}`",
                );
            }
        }
    }
}
