//! Reads HTTP Archives (HAR 1.2): single files, or every `*.har` below a folder.

use std::fs;
use std::path::{Path, PathBuf};

use atlas_backup_document::route::query as query_pairs;
use serde_json::Value;

use super::body::{self, Body};

/// One recorded request and its response.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// The HTTP method, in capitals.
    pub method: String,
    /// The origin, such as `https://cloud.mongodb.com`: in lower case, without a default port.
    /// Empty if the URL has no host.
    pub origin: String,
    /// The path as sent, without the fragment (`#…`).
    pub path: String,
    /// Query parameters, decoded.
    pub query: Vec<(String, String)>,
    /// Request headers, with names in lower case.
    pub request_headers: Vec<(String, String)>,
    /// The request body, if there is one.
    pub request_body: Option<Vec<u8>>,
    /// The status of the response; 0 if there was no response.
    pub status: u16,
    /// Response headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The response body.
    pub body: Vec<u8>,
    /// The response had a body, but the recorder has left it out.
    pub is_body_unrecorded: bool,
    /// Which part of the entry cannot be read, with its position in the archive.
    pub fault: Option<String>,
}

impl Exchange {
    /// A request header.
    pub fn request_header(&self, name: &str) -> Option<&str> {
        find(&self.request_headers, name)
    }

    /// A response header.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Whether the request asked for the response in an envelope.
    pub fn is_enveloped(&self) -> bool {
        self.query
            .iter()
            .any(|(name, value)| name == "envelope" && value == "true")
    }
}

/// The archives that the arguments name: files are taken as they are, folders are searched for
/// `*.har`.
///
/// # Errors
/// Fails if a folder cannot be read or contains no archive.
pub fn archives(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut archives = Vec::new();
    for path in paths {
        // Not only files: a shell passes the output of a program as a pipe.
        if !path.is_dir() {
            archives.push(path.clone());
            continue;
        }
        let before = archives.len();
        search(path, &mut archives)?;
        if archives.len() == before {
            return Err(format!("{}: no *.har in this folder", path.display()));
        }
    }
    Ok(archives)
}

fn search(folder: &Path, archives: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(failed)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            // A link to a folder may lead back to where the search came from.
            if !path.is_symlink() {
                search(&path, archives)?;
            }
        } else if path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("har"))
        {
            archives.push(path);
        }
    }
    Ok(())
}

/// Reads every exchange of one archive.
///
/// # Errors
/// Fails if the file is not a HAR, with the file, the position in it and the reason.
pub fn read(path: &Path) -> Result<Vec<Exchange>, String> {
    let text =
        fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let place = |fault: String| format!("{}: {fault}", path.display());
    let mut exchanges = parse(&text).map_err(place)?;
    for exchange in &mut exchanges {
        exchange.fault = exchange.fault.take().map(place);
    }
    Ok(exchanges)
}

/// Parses every exchange of an archive. If an entry cannot be read, its `fault` says why: it may
/// belong to another host, and the other entries are still examined.
///
/// # Errors
/// Fails if the text is not a HAR, with the position and the reason.
pub fn parse(text: &[u8]) -> Result<Vec<Exchange>, String> {
    // Some recorders write a byte order mark at the start.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let archive: Value =
        serde_json::from_slice(text).map_err(|error| format!("not JSON: {error}"))?;
    let entries = archive["log"]["entries"]
        .as_array()
        .ok_or("not an HTTP Archive: no list `log.entries`")?;
    Ok(entries
        .iter()
        .enumerate()
        .map(|(index, entry)| exchange(index, entry))
        .collect())
}

fn exchange(index: usize, entry: &Value) -> Exchange {
    let (request, response) = (&entry["request"], &entry["response"]);
    let mut exchange = Exchange::default();
    // `data:…`, `about:blank`, or no URL: the request was not sent to any host.
    let Some((origin, target)) = request["url"].as_str().and_then(split) else {
        return exchange;
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    (exchange.origin, exchange.path, exchange.query) =
        (origin, path.to_owned(), query_pairs(query));
    exchange.request_headers = headers(&request["headers"]);
    if let (Some(media), None) = (
        request["postData"]["mimeType"].as_str(),
        exchange.request_header("content-type"),
    ) {
        exchange
            .request_headers
            .push(("content-type".to_owned(), media.to_owned()));
    }
    exchange.headers = headers(&response["headers"]);
    let read = || -> Result<_, String> {
        let method = request["method"]
            .as_str()
            .ok_or("no text `request.method`")?
            .to_uppercase();
        let sent = body::read(&request["postData"])
            .map_err(|fault| format!("`request.postData`: {fault}"))?;
        let received = body::read(&response["content"])
            .map_err(|fault| format!("`response.content`: {fault}"))?;
        Ok((method, sent, status(&response["status"])?, received))
    };
    match read() {
        Ok((method, sent, status, received)) => {
            (exchange.method, exchange.status) = (method, status);
            if let Body::Bytes(bytes) = sent {
                exchange.request_body = Some(bytes);
            }
            match received {
                Body::Empty => {}
                Body::Unrecorded => exchange.is_body_unrecorded = true,
                Body::Bytes(bytes) => exchange.body = bytes,
            }
        }
        Err(fault) => {
            exchange.method = request["method"]
                .as_str()
                .unwrap_or_default()
                .to_uppercase();
            exchange.fault = Some(format!("log.entries[{index}]: {fault}"));
        }
    }
    exchange
}

/// The status, or 0 if there was no response: browsers record aborted requests with 0, -1, or no
/// status.
fn status(recorded: &Value) -> Result<u16, String> {
    match recorded.as_f64() {
        None if recorded.is_null() => Ok(0),
        Some(status) if status == 0.0 || status == -1.0 => Ok(0),
        Some(status) if status.fract() == 0.0 && (100.0..1000.0).contains(&status) => {
            Ok(status as u16)
        }
        _ => Err("`response.status` is no status".into()),
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// Splits a URL into `https://host` and `/path?query`.
fn split(url: &str) -> Option<(String, &str)> {
    let url = url.split('#').next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(end);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let is_scheme = !scheme.is_empty()
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    (is_scheme && !host.is_empty()).then(|| (origin(scheme, host), target))
}

/// Host names are compared in lower case and without the default port.
pub(crate) fn origin(scheme: &str, host: &str) -> String {
    let (scheme, host) = (scheme.to_lowercase(), host.to_lowercase());
    let port = if scheme == "http" { ":80" } else { ":443" };
    format!("{scheme}://{}", host.strip_suffix(port).unwrap_or(&host))
}

fn headers(list: &Value) -> Vec<(String, String)> {
    let pair = |header: &Value| {
        Some((
            header["name"].as_str()?.to_lowercase(),
            header["value"].as_str()?.to_owned(),
        ))
    };
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(pair)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_is_read() {
        let archive = json!({"log": {"entries": [{
            "request": {"method": "get", "url": "https://h:1/a/b%2F?pretty=true&x=a+b%20c#f", "headers": [{"name": "Accept", "value": "t"}]},
            "response": {"status": 200, "headers": [], "content": {"text": "e30=", "encoding": "base64"}},
        }]}});
        let exchanges = parse(archive.to_string().as_bytes()).unwrap();
        let exchange = &exchanges[0];
        assert_eq!(
            (
                exchange.method.as_str(),
                exchange.origin.as_str(),
                exchange.path.as_str()
            ),
            ("GET", "https://h:1", "/a/b%2F")
        );
        assert_eq!(
            exchange.query,
            [
                ("pretty".into(), "true".into()),
                ("x".into(), "a b c".into())
            ]
        );
        assert_eq!(exchange.request_header("accept"), Some("t"));
        assert_eq!(exchange.body, b"{}");
    }

    #[test]
    fn what_is_no_archive_is_said() {
        assert_eq!(
            parse(b"[]").expect_err("accepted"),
            "not an HTTP Archive: no list `log.entries`"
        );
        assert!(parse(b"\xff").is_err());
    }

    fn one(entry: &Value) -> Exchange {
        parse(json!({"log": {"entries": [entry]}}).to_string().as_bytes())
            .unwrap()
            .remove(0)
    }

    #[test]
    fn what_was_sent_to_no_host_is_of_no_origin() {
        for url in [
            "data:text/plain;x=http://a/b,c",
            "about:blank",
            "/a?secret",
            "blob:https://a/b",
            "://a",
            "https://",
            "",
            "https:///a",
        ] {
            let exchange = one(
                &json!({"request": {"url": url}, "response": {"status": "?", "content": {"text": "?", "encoding": "base64"}}}),
            );
            assert_eq!(
                (exchange.origin.as_str(), exchange.fault),
                ("", None),
                "{url}"
            );
        }
        for entry in [
            json!({}),
            json!(null),
            json!([]),
            json!({"request": "a", "response": 1}),
        ] {
            assert_eq!(
                (one(&entry).origin, one(&entry).fault),
                (String::new(), None),
                "{entry}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_with_its_place() {
        let entry = |method: Value, status: Value, text: &str| {
            let content = json!({"text": text, "encoding": "base64"});
            json!({"request": {"url": "http://a", "method": method}, "response": {"status": status, "content": content}})
        };
        for (entry, message) in [
            (
                entry(json!(null), json!(200), ""),
                "log.entries[0]: no text `request.method`",
            ),
            (
                entry(json!("GET"), json!(200), "?"),
                "log.entries[0]: `response.content`: a body that is not base64",
            ),
            (
                entry(json!("GET"), json!(70_000), ""),
                "log.entries[0]: `response.status` is no status",
            ),
            (
                entry(json!("GET"), json!("OK"), ""),
                "log.entries[0]: `response.status` is no status",
            ),
        ] {
            let fault = one(&entry).fault.unwrap_or_default();
            assert!(fault.starts_with(message), "{fault}");
        }
    }

    #[test]
    fn a_request_may_stay_without_an_answer() {
        for response in [
            json!({"status": 0}),
            json!({"status": -1}),
            json!({}),
            json!(null),
        ] {
            let exchange = one(
                &json!({"request": {"url": "http://a/b", "method": "GET"}, "response": response}),
            );
            assert_eq!((exchange.status, exchange.fault), (0, None), "{response}");
        }
    }

    #[test]
    fn urls_are_taken_apart() {
        for (url, origin, path) in [
            (
                "HTTPS://Cloud.MongoDB.com:443/a#/b?c",
                "https://cloud.mongodb.com",
                "/a",
            ),
            ("http://LOCALHOST:80", "http://localhost", ""),
            ("http://user:secret@h:8080?a=1", "http://h:8080", ""),
            ("http://[::1]/a", "http://[::1]", "/a"),
        ] {
            let exchange = one(&json!({"request": {"url": url, "method": "GET"}}));
            assert_eq!(
                (exchange.origin.as_str(), exchange.path.as_str()),
                (origin, path),
                "{url}"
            );
        }
    }
}
