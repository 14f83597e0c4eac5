//! Dates are written as `YYYY-MM-DD`, because they are compared with those of the published
//! document, and users read them. Only a success has the dates of its versions.

use std::collections::BTreeSet;

use serde_json::Value;

use super::media_types::is_date;
use super::{members, operations, resolve, text};
use crate::document::child;
use crate::error::Finding;

const SUNSET: &str = "x-atlas-sunset";
const OLDER_VERSIONS: &str = "x-atlas-older-versions";

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    for (pointer, _, _, operation) in operations(document) {
        let deprecation = operation.get("x-atlas-deprecation").unwrap_or(&Value::Null);
        let at = child(&pointer, "x-atlas-deprecation");
        dates(deprecation, &["since", "ended"], &at, findings);
        if let Some(body) = operation.get("requestBody") {
            let at = child(&pointer, "requestBody");
            without_versions(body, "a request body", &at, findings);
        }
        for (status, entry) in members(operation, "responses") {
            let here = child(&child(&pointer, "responses"), status);
            let at = text(entry, "$ref").strip_prefix('#').unwrap_or(&here);
            let response = resolve(document, entry);
            match status.starts_with(['4', '5']) {
                true => without_versions(response, "an error", at, findings),
                false => versions(response, at, findings),
            }
        }
    }
}

/// Reports each of these members that is no date.
fn dates(holder: &Value, keywords: &[&str], at: &str, findings: &mut Vec<Finding>) {
    for keyword in keywords {
        if let Some(value) = holder.get(keyword).and_then(Value::as_str)
            && !is_date(value)
        {
            let message = format!("`{value}` is no date");
            findings.push(
                Finding::new("date", child(at, keyword), message)
                    .help("write it as in `\"2026-01-22\"`, in quotes"),
            );
        }
    }
}

fn versions(response: &Value, at: &str, findings: &mut Vec<Finding>) {
    for (media, content) in members(response, "content") {
        let at = child(&child(at, "content"), media);
        dates(content, &[SUNSET], &at, findings);
        let at = child(&at, OLDER_VERSIONS);
        let versions = content.get(OLDER_VERSIONS).and_then(Value::as_array);
        let own = media.strip_prefix("application/vnd.atlas.");
        let own = own.and_then(|dated| dated.split('+').next());
        let mut seen = BTreeSet::new();
        for (index, version) in versions.into_iter().flatten().enumerate() {
            let at = child(&at, &index.to_string());
            let date = text(version, "version");
            let fault = match own.filter(|_| is_date(date)) {
                Some(own) if date >= own => {
                    Some(format!("version `{date}` is not older than `{own}`"))
                }
                _ if !seen.insert(date) => Some(format!("version `{date}` stands twice")),
                _ => None,
            };
            findings.extend(fault.map(|fault| {
                Finding::new("date", child(&at, "version"), fault).help(
                    "the operation has the newest version, and each older one stands here once",
                )
            }));
            dates(version, &["version", "sunset", "deprecated"], &at, findings);
        }
    }
}

/// Reports what has a meaning for a success only.
fn without_versions(holder: &Value, what: &str, at: &str, findings: &mut Vec<Finding>) {
    for (media, content) in members(holder, "content") {
        for keyword in [SUNSET, OLDER_VERSIONS] {
            if content.get(keyword).is_some() {
                let at = child(&child(&child(at, "content"), media), keyword);
                let message = format!("`{keyword}` of {what} would be ignored");
                findings.push(
                    Finding::new("ignored-keyword", at, message)
                        .at_key()
                        .help("it has a meaning for the response of a success: move it there, or leave it out"),
                );
            }
        }
    }
}
