//! Reads HTTP Archives (HAR 1.2): files, or every `*.har` below a folder.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// One request and its answer, as recorded.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// In capitals.
    pub method: String,
    /// `https://cloud.mongodb.com`.
    pub origin: String,
    /// Path, as sent.
    pub path: String,
    /// Decoded names and values.
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub request_headers: Vec<(String, String)>,
    /// Body, if any.
    pub request_body: Option<Vec<u8>>,
    /// Status of the answer; 0 where none came.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body of the answer.
    pub body: Vec<u8>,
}

impl Exchange {
    /// A header of the request.
    pub fn request_header(&self, name: &str) -> Option<&str> {
        find(&self.request_headers, name)
    }

    /// Whether the answer was asked for in an envelope.
    pub fn is_enveloped(&self) -> bool {
        self.query.iter().any(|(name, value)| name == "envelope" && value == "true")
    }
}

/// The archives that the arguments name: files as they are, folders searched for `*.har`.
///
/// # Errors
/// A path that is not there, or a folder without any archive.
pub fn archives(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut archives = Vec::new();
    for path in paths {
        if path.is_file() {
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
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).map_err(failed)?.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            search(&path, archives)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("har")) {
            archives.push(path);
        }
    }
    Ok(())
}

/// Every exchange of one archive.
///
/// # Errors
/// What is not a HAR, with the file, the place in it and the reason.
pub fn read(path: &Path) -> Result<Vec<Exchange>, String> {
    let text = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    parse(&text).map_err(|fault| format!("{}: {fault}", path.display()))
}

/// Every exchange of an archive's text.
///
/// # Errors
/// What is not a HAR, with its place and the reason.
pub fn parse(text: &[u8]) -> Result<Vec<Exchange>, String> {
    // Some recorders begin the file with a byte order mark.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let archive: Value = serde_json::from_slice(text).map_err(|error| format!("not JSON: {error}"))?;
    let entries = archive["log"]["entries"].as_array().ok_or("not an HTTP Archive: no list `log.entries`")?;
    entries.iter().enumerate().map(|(index, entry)| exchange(entry).map_err(|fault| format!("log.entries[{index}]: {fault}"))).collect()
}

fn exchange(entry: &Value) -> Result<Exchange, String> {
    let (request, response) = (&entry["request"], &entry["response"]);
    let url = request["url"].as_str().ok_or("no text `request.url`")?;
    let (origin, target) = split(url).ok_or_else(|| format!("`request.url` is not absolute: {}", bare(url)))?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request_headers = headers(&request["headers"]);
    if let (Some(media), None) = (request["postData"]["mimeType"].as_str(), find(&request_headers, "content-type")) {
        request_headers.push(("content-type".to_owned(), media.to_owned()));
    }
    Ok(Exchange {
        method: request["method"].as_str().ok_or("no text `request.method`")?.to_uppercase(),
        origin: origin.to_owned(),
        path: path.to_owned(),
        query: pairs(query.split('#').next().unwrap_or_default()),
        request_headers,
        request_body: body(&request["postData"])?.filter(|body| !body.is_empty()),
        status: u16::try_from(response["status"].as_u64().unwrap_or(0)).map_err(|_| "`response.status` is no status")?,
        headers: headers(&response["headers"]),
        body: body(&response["content"])?.unwrap_or_default(),
    })
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// `https://host` and `/path?query`.
fn split(url: &str) -> Option<(&str, &str)> {
    let host = url.find("://")? + 3;
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |end| host + end);
    Some((&url[..end], &url[end..]))
}

fn bare(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(name, value)| (decode(name), decode(value))).collect()
}

fn headers(list: &Value) -> Vec<(String, String)> {
    let pair = |header: &Value| Some((header["name"].as_str()?.to_lowercase(), header["value"].as_str()?.to_owned()));
    list.as_array().into_iter().flatten().filter_map(pair).collect()
}

/// `text`, which is base64 where `encoding` says so.
fn body(holder: &Value) -> Result<Option<Vec<u8>>, String> {
    let Some(text) = holder["text"].as_str() else { return Ok(None) };
    match holder["encoding"].as_str() {
        Some("base64") => STANDARD.decode(text).map(Some).map_err(|error| format!("a body that is not base64: {error}")),
        _ => Ok(Some(text.as_bytes().to_vec())),
    }
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
        assert_eq!((exchange.method.as_str(), exchange.origin.as_str(), exchange.path.as_str()), ("GET", "https://h:1", "/a/b%2F"));
        assert_eq!(exchange.query, [("pretty".into(), "true".into()), ("x".into(), "a b c".into())]);
        assert_eq!(exchange.request_header("accept"), Some("t"));
        assert_eq!(exchange.body, b"{}");
    }

    #[test]
    fn what_is_no_archive_is_said_with_its_place() {
        for (archive, message) in [
            (json!([]), "not an HTTP Archive: no list `log.entries`"),
            (json!({"log": {"entries": [{}]}}), "log.entries[0]: no text `request.url`"),
            (json!({"log": {"entries": [{"request": {"url": "/a?secret"}}]}}), "log.entries[0]: `request.url` is not absolute: /a"),
            (
                json!({"log": {"entries": [{"request": {"url": "http://a", "method": "GET"}, "response": {"content": {"text": "?", "encoding": "base64"}}}]}}),
                "log.entries[0]: a body that is not base64",
            ),
        ] {
            let error = parse(archive.to_string().as_bytes()).expect_err("accepted");
            assert!(error.starts_with(message), "{error}");
        }
        assert!(parse(b"\xff").is_err());
    }
}
