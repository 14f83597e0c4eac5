//! Media types must be `application/json` or a dated Atlas media type, and errors must be
//! `application/json`.

use jiff::civil::Date;
use serde_json::Value;

use super::{has_success, members, operations, resolve, text};
use crate::document::child;
use crate::error::Finding;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    for (name, response) in document
        .get("components")
        .into_iter()
        .flat_map(|components| members(components, "responses"))
    {
        let at = child("/components/responses", name);
        content(response, &at, findings);
    }
    for (pointer, _, _, operation) in operations(document) {
        if let Some(body) = operation.get("requestBody") {
            let at = child(&pointer, "requestBody");
            content(body, &at, findings);
            with_schema(body, &at, findings);
            if members(body, "content").next().is_none() {
                findings.push(
                    Finding::new("media-type", at, "a body without a media type")
                        .help("add `content`, with the media type that Atlas documents"),
                );
            }
        }
        for (status, response) in members(operation, "responses") {
            let at = child(&child(&pointer, "responses"), status);
            let error = status.starts_with(['4', '5']);
            if response.get("$ref").is_none() {
                content(response, &at, findings);
            }
            // The schema of a success is linted by `operations`.
            if error {
                let definition = text(response, "$ref").strip_prefix('#').unwrap_or(&at);
                with_schema(resolve(document, response), definition, findings);
            }
            for (media, _) in members(resolve(document, response), "content")
                .filter(|(media, _)| error && *media != "application/json" && is_dated(media))
                .filter(|_| has_success(operation))
            {
                // A shared response is reported once, where it is defined.
                let definition = text(response, "$ref").strip_prefix('#').unwrap_or(&at);
                findings.push(
                    Finding::new(
                        "media-type",
                        child(&child(definition, "content"), media),
                        format!("errors come as application/json, not `{media}`"),
                    )
                    .help("write application/json"),
                );
            }
        }
    }
}

fn content(holder: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let at = child(pointer, "content");
    let types: Vec<_> = members(holder, "content").collect();
    for (media, _) in &types {
        if *media != "application/json" && !is_dated(media) {
            let (message, help) = problem(media);
            findings.push(Finding::new("media-type", child(&at, media), message).help(help));
        }
    }
    if types.len() > 1 {
        findings.push(
            Finding::new(
                "media-type",
                at,
                format!("one media type at a time, not {}", types.len()),
            )
            .help("keep the newest stable one; older ones go into x-atlas-older-versions"),
        );
    }
}

/// Requires a schema for every body.
fn with_schema(holder: &Value, pointer: &str, findings: &mut Vec<Finding>) {
    let at = child(pointer, "content");
    // `content` reports that there are several.
    if members(holder, "content").count() > 1 {
        return;
    }
    for (media, _) in members(holder, "content").filter(|(_, value)| value.get("schema").is_none())
    {
        findings.push(
            Finding::new(
                "missing-keyword",
                child(&at, media),
                format!("`{media}` without a `schema`"),
            )
            .help("add `schema: {$ref: '#/components/schemas/Name'}`"),
        );
    }
}

/// Returns what is wrong with a media type, and what to do.
fn problem(media: &str) -> (String, &'static str) {
    const DATED: &str =
        "write application/vnd.atlas.YYYY-MM-DD+json, the newest date that Atlas documents";
    let Some(version) = media.strip_prefix("application/vnd.atlas.") else {
        return (
            format!("`{media}` is no media type of Atlas"),
            "write application/json or application/vnd.atlas.YYYY-MM-DD+json",
        );
    };
    let (version, format) = version.rsplit_once('+').unwrap_or((version, ""));
    if version == "preview" || version.ends_with(".upcoming") || version.ends_with(".preview") {
        (
            format!(
                "`{media}` is a media type of Atlas that is not stable: it may change at any time"
            ),
            DATED,
        )
    } else if is_date(version) && format != "json" && !format.is_empty() {
        (
            format!(
                "`{media}` is a media type of Atlas that is not JSON, and the client reads only JSON"
            ),
            "write the media type that ends in +json; if there is none, leave the operation out",
        )
    } else {
        (format!("`{media}` is no dated media type of Atlas"), DATED)
    }
}

fn is_dated(media: &str) -> bool {
    media
        .strip_prefix("application/vnd.atlas.")
        .and_then(|rest| rest.strip_suffix("+json"))
        .is_some_and(is_date)
}

/// Whether the text is a day of the calendar, as `YYYY-MM-DD`, in a plausible year.
pub(crate) fn is_date(text: &str) -> bool {
    // The parser knows other forms as well.
    let plain = text.len() == 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-');
    plain && text.parse().is_ok_and(|date: Date| date.year() >= 2000)
}

#[cfg(test)]
mod tests {
    use super::is_dated;

    #[test]
    fn dated() {
        assert!(is_dated("application/vnd.atlas.2023-01-01+json"));
        assert!(is_dated("application/vnd.atlas.2024-02-29+json"));
        for wrong in [
            "application/vnd.atlas.2023-13-01+json",
            "application/vnd.atlas.2023-02-29+json",
            "application/vnd.atlas.1999-01-01+json",
            "application/vnd.atlas.2023-1-1+json",
            "application/xml",
            "application/vnd.atlas+json",
        ] {
            assert!(!is_dated(wrong), "{wrong}");
        }
    }
}
