//! A server is a host and nothing more: the client joins its base URL with the whole paths of the
//! operations, so anything else in the URL would be lost.

use serde_json::Value;

use super::text;
use crate::document::child;
use crate::error::Finding;

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    let servers = document
        .get("servers")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if servers.is_empty() {
        findings.push(
            Finding::new("server", "/servers", "a document without a server")
                .help("write `servers: [{url: https://cloud.mongodb.com}]`"),
        );
    }
    for (index, server) in servers.iter().enumerate() {
        let at = child(&child("/servers", &index.to_string()), "url");
        let url = text(server, "url");
        let problem = match url.strip_prefix("https://") {
            None => Some((
                format!("server `{url}` does not begin with `https://`"),
                "write `https://` and the host",
            )),
            Some(host) => match host.split_once('/') {
                Some((_, path)) => Some((
                    format!("the path `/{path}` of server `{url}` would be lost"),
                    "write `https://` and the host alone; the paths of operations are whole: `/api/atlas/v2/…`",
                )),
                None if !is_host(host) => Some((
                    format!("server `{url}` has more than a host"),
                    "write `https://` and the host alone, without a variable, user, query or fragment",
                )),
                None => None,
            },
        };
        findings
            .extend(problem.map(|(message, help)| Finding::new("server", &at, message).help(help)));
    }
}

/// Whether the text is a host name, and a port if there is one.
fn is_host(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "443"));
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    !host.is_empty() && host.chars().all(plain) && port.parse::<u16>().is_ok()
}
