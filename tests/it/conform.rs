//! Runs `conform` on captures.

mod bodies;
mod captures;

use std::process::Command;

use serde_json::{Value, json};

const CONFORM: &str = env!("CARGO_BIN_EXE_conform");

/// Runs the program. Returns its exit status, and what it prints: the errors come last.
pub fn conform(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(CONFORM)
        .args(arguments)
        .output()
        .expect("conform runs");
    (
        output.status.code(),
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
    )
}

fn capture(body: &Value, query: &str) -> Value {
    json!({"log": {"entries": [
        {
            "request": {
                "method": "POST",
                "url": format!("https://cloud.mongodb.com/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/tenant/download{query}"),
                "headers": [
                    {"name": "Authorization", "value": "Bearer hunter2"},
                    {"name": "Accept", "value": "application/vnd.atlas.2023-01-01+json"},
                ],
                "postData": {"mimeType": "application/json", "text": "{\"snapshotId\": \"32b6e34b3d91647abb20e7b8\"}"},
            },
            "response": {"status": 200, "headers": [], "content": {"text": body.to_string()}},
        },
        {"request": {"method": "GET", "url": "https://example.com/?token=hunter2"}, "response": {"status": 200, "headers": [], "content": {}}},
        {
            "request": {"method": "GET", "url": "https://cloud.mongodb.com/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/snapshots/a/b?x=hunter2"},
            "response": {"status": 200, "headers": [], "content": {}},
        },
    ]}})
}

/// Runs `conform` on a folder that contains this capture.
fn run(archive: &Value, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("deep")).expect("writable");
    std::fs::write(folder.path().join("deep/capture.har"), archive.to_string()).expect("writable");
    let path = folder.path().to_string_lossy().into_owned();
    conform(&[&[path.as_str()], arguments].concat())
}

#[test]
fn an_invented_value_an_invented_member_and_a_null_are_named() {
    let body = json!({
        "id": "32b6e34b3d91647abb20e7b8",
        "status": "DREAMING",
        "deliveryType": null,
        "invented": {"password": "hunter2"},
        "snapshotUrl": "hunter2 is no URL",
        "expirationDate": "tomorrow",
    });
    let (status, text) = run(&capture(&body, "?pretty=maybe&token=hunter2"), &[]);
    assert_eq!(status, Some(0), "{text}");
    insta::assert_snapshot!("conform_text", text);
    let (status, json) = run(&capture(&body, "?pretty=maybe&token=hunter2"), &["--json"]);
    assert_eq!(status, Some(0));
    assert!(
        !text.contains("hunter2") && !json.contains("hunter2"),
        "a secret is shown:\n{text}\n{json}"
    );
    insta::assert_snapshot!("conform_json", json);
}

#[test]
fn an_unreadable_response_fails() {
    for body in [
        json!({}),
        json!({"id": 7}),
        json!([]),
        json!({"status": "COMPLETED"}),
    ] {
        let (status, text) = run(&capture(&body, ""), &[]);
        assert_eq!(status, Some(1), "{text}");
        assert!(text.contains("NOT DECODED"), "{text}");
    }
    for page in [
        json!({}),
        json!({"message": "maintenance"}),
        json!({"results": null, "totalCount": 3}),
        json!({"results": "none"}),
    ] {
        let mut archive = capture(&page, "");
        let entry = &mut archive["log"]["entries"][0];
        entry["request"] = json!({
            "method": "GET",
            "url": "https://cloud.mongodb.com/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/snapshots",
        });
        let (status, text) = run(&archive, &[]);
        assert_eq!(status, Some(1), "{page}: {text}");
        assert!(
            text.contains("NOT DECODED ×1: listSnapshots: ")
                && text.contains("results: expected a list"),
            "{page}: {text}"
        );
    }
    let mut unreadable = capture(&json!({"id": "a"}), "");
    unreadable["log"]["entries"][0]["response"]["content"] =
        json!({"text": "?", "encoding": "base64"});
    let (status, text) = run(&unreadable, &[]);
    assert_eq!(status, Some(1), "{text}");
    assert!(
        text.contains("capture.har: log.entries[0]: `response.content`: a body that is not base64"),
        "{text}"
    );
    let (status, text) = run(&json!({"log": {}}), &[]);
    assert_eq!(status, Some(2));
    assert!(text.contains("capture.har: not an HTTP Archive"), "{text}");
    let (status, text) = conform(&["/no/such/folder"]);
    assert_eq!(status, Some(2));
    assert!(text.contains("/no/such/folder"), "{text}");
}

#[test]
fn entries_of_other_services_are_ignored() {
    let mut archive = capture(&json!({"id": "32b6e34b3d91647abb20e7b8"}), "#fragment");
    let entries = archive["log"]["entries"].as_array_mut().expect("a list");
    let bad = json!({"status": "?", "content": {"text": "?", "encoding": "base64"}});
    for url in [
        "data:image/png;base64,AAAA",
        "about:blank",
        "https://example.com/a",
        "https://cloud.mongodb.com/other",
    ] {
        entries.push(json!({"request": {"method": "GET", "url": url}, "response": bad}));
    }
    entries.push(json!({}));
    // The same operation as Chrome records it: with HTTP/2 pseudo-headers, cookies joined by
    // newlines, and more headers than a client would accept.
    let mut ours = entries[0].clone();
    let more =
        (0..500).map(|index| json!({"name": format!("x-{index}"), "value": "a".repeat(1000)}));
    let headers = [
        (":status", "200"),
        ("set-cookie", "a=1\nb=2"),
        ("x-\u{e9}\u{2713}", "a"),
        ("location", "/a\r\nContent-Length: 0\r\n\r\n"),
    ];
    let headers = headers.map(|(name, value)| json!({"name": name, "value": value}));
    ours["response"]["headers"] = headers.into_iter().chain(more).collect();
    let url = ours["request"]["url"].as_str().expect("text").replace(
        "https://cloud.mongodb.com/",
        "https://CLOUD.mongodb.com:443/",
    );
    ours["request"]["url"] = json!(url);
    entries.push(ours.clone());
    for response in [json!({"status": 0}), json!({"status": -1}), json!(null)] {
        ours["response"] = response;
        entries.push(ours.clone());
    }
    let (status, text) = run(&archive, &[]);
    assert_eq!(status, Some(0), "{text}");
    let summary = text.lines().last().unwrap_or_default();
    assert!(
        summary.starts_with(
            "entries: 2, decoded: 2 (100.0 %), lossless: 2 (100.0 %), not JSON: 0, no answer: 3, "
        ),
        "{text}"
    );
    assert!(
        summary.ends_with("other entries: 6") && text.contains("  no answer ×3"),
        "{text}"
    );
}

#[test]
fn an_empty_capture_is_not_reported_as_fully_examined() {
    let (status, text) = run(&json!({"log": {"entries": []}}), &[]);
    assert_eq!(status, Some(0), "{text}");
    assert!(
        text.contains("entries: 0: no answer was examined") && !text.contains('%'),
        "{text}"
    );
}

#[test]
fn a_name_cannot_forge_a_line_of_the_report() {
    let mut archive = capture(
        &json!({"id": "32b6e34b3d91647abb20e7b8", "a\nNOT DECODED ×1": 1, "\u{202e}\u{1b}[2J": 2}),
        "?b%0Aentries:=1",
    );
    archive["log"]["entries"][2]["request"]["method"] = json!("GET\nLOST");
    archive["log"]["entries"][2]["response"]["headers"] = json!([]);
    archive["log"]["entries"][0]["response"]["headers"] =
        json!([{"name": "content-type", "value": "text/a\nforged"}]);
    let (_, text) = run(&archive, &[]);
    assert!(
        text.contains("a\\nNOT DECODED")
            && text.contains("\\u{202e}\\u{1b}[2J")
            && text.contains("request.query.b\\nentries:"),
        "{text}"
    );
    assert!(
        text.contains("GET\\nLOST") && text.contains("text/a\\nforged"),
        "{text}"
    );
    assert!(
        !text
            .chars()
            .any(|c| c != '\n' && c.is_control() || c == '\u{202e}'),
        "{text:?}"
    );
}
