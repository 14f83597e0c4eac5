//! Which hosts are Atlas.

use super::capture::origin;

/// Origins that are Atlas itself.
const ATLAS: &[&str] = &["https://cloud.mongodb.com", "https://cloud.mongodbgov.com"];

/// Whether an origin is Atlas itself, is on this machine, or has one of the hosts that the user has
/// named.
pub fn is_atlas(of_request: &str, named: &[String]) -> bool {
    let Some((scheme, host)) = of_request.split_once("://") else {
        return false;
    };
    let name = match host.find(']') {
        Some(end) => &host[..=end],
        None => host.split(':').next().unwrap_or_default(),
    };
    ATLAS.contains(&of_request)
        || ["127.0.0.1", "localhost", "[::1]"].contains(&name)
        || named
            .iter()
            .any(|known| origin(scheme, known) == of_request)
}

/// The host of an origin, with its port. It is empty if the request was sent to none.
pub fn of(origin: &str) -> &str {
    origin.split_once("://").map_or("", |(_, host)| host)
}

/// Reads a host that the user names, with or without a port. What is no host would match no
/// request, and nothing would be examined.
///
/// # Errors
/// Fails if it is no host, and says why.
pub fn named(text: &str) -> Result<String, String> {
    if text.contains(['/', '?', '#', '@']) {
        return Err("a host has no scheme, path, query or user: cloud.example.com:8443".to_owned());
    }
    let (name, port) = match (text.rfind(']'), text.rsplit_once(':')) {
        (Some(end), _) => text.split_at(end + 1),
        (None, Some((name, _))) => text.split_at(name.len()),
        (None, None) => (text, ""),
    };
    let is_address = name.starts_with('[') && name.ends_with(']') && name.len() > 2;
    let is_name =
        !name.is_empty() && !name.contains(|c: char| ":[]".contains(c) || !c.is_ascii_graphic());
    if !is_address && !is_name {
        return Err(
            "not a host: an IPv6 address is in brackets, and other names are ASCII".to_owned(),
        );
    }
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    if !port.is_empty() && !port.strip_prefix(':').is_some_and(is_port) {
        return Err("the port is no number up to 65535".to_owned());
    }
    Ok(text.to_owned())
}
