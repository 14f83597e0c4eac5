//! Bodies of responses as recorders write them.

use serde_json::{Value, json};

use super::run;

const SNAPSHOTS: &str = "snapshots";
const SCHEDULE: &str = "schedule";
const MEDIA: &str = "application/vnd.atlas.2023-01-01+json";

/// A list with four deviations. `latin_1` has the `é` in ISO-8859-1.
const LIST: &str = r#"{"results":[{"id":"5e7a1c9f2b3d4e6f8a9b0c1d","status":"BOGUS","newMember":{"a":"é"},"createdAt":"yesterday"}],"totalCount":"x"}"#;

/// A capture of one request for a backup collection of a cluster.
fn exchange(what: &str, status: u16, media: &str, content: &Value) -> Value {
    json!({"log": {"entries": [{
        "request": {
            "method": "GET",
            "url": format!("https://cloud.mongodb.com/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/{what}"),
        },
        "response": {
            "status": status,
            "headers": [{"name": "content-type", "value": media}],
            "content": content,
        },
    }]}})
}

fn list(media: &str, content: &Value) -> (Option<i32>, String) {
    run(&exchange(SNAPSHOTS, 200, media, content), &[])
}

fn latin_1() -> String {
    use base64::Engine;
    let bytes: Vec<u8> = LIST
        .chars()
        .map(|c| u8::try_from(c).expect("ISO-8859-1"))
        .collect();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn a_body_is_read_in_the_charset_in_which_the_client_reads_it() {
    let latin_1 = json!({"text": latin_1(), "encoding": "base64"});
    for (media, content) in [
        (MEDIA.to_owned(), json!({"text": LIST})),
        (MEDIA.to_owned(), json!({"text": format!("\u{feff}{LIST}")})),
        (format!("{MEDIA};charset=ISO-8859-1"), latin_1),
    ] {
        let (status, text) = list(&media, &content);
        assert_eq!(status, Some(0), "{text}");
        for deviation in [
            "\"BOGUS\"",
            "results[].newMember",
            "totalCount",
            "\"yesterday\"",
        ] {
            assert!(text.contains(deviation), "{deviation}: {text}");
        }
        assert!(
            text.contains("deviations from the documents: 4, "),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_text_is_not_lossless() {
    let (status, text) = list(MEDIA, &json!({"text": latin_1(), "encoding": "base64"}));
    assert_eq!(status, Some(1), "{text}");
    assert!(
        text.contains("LOST ×1: (the whole body)")
            && text.contains("bytes that are no text")
            && text.contains("deviations from the documents: 5, "),
        "{text}"
    );
}

#[test]
fn a_body_that_was_not_recorded_is_not_an_empty_one() {
    for what in [SNAPSHOTS, SCHEDULE] {
        for content in [
            json!({"size": 936}),
            json!({"size": 936, "text": null}),
            json!({"size": 936.0, "text": ""}),
        ] {
            let archive = exchange(what, 200, "text/html", &content);
            let (status, text) = run(&archive, &[]);
            assert_eq!(status, Some(0), "{text}");
            assert!(
                text.contains("  body not recorded ×1\n")
                    && text.contains(
                        "entries: 0: no answer was examined, no answer: 0, body not recorded: 1, "
                    )
                    && text.contains("text/html instead of ")
                    && text.contains("deviations from the documents: 1, "),
                "{text}"
            );
        }
    }
}

#[test]
fn a_text_that_is_none_is_a_fault_of_the_capture() {
    for no_text in [json!(5), json!({"results": []})] {
        let (status, text) = list(MEDIA, &json!({"text": no_text}));
        assert_eq!(status, Some(1), "{text}");
        assert!(
            text.contains("log.entries[0]: `response.content`: `text` is no text\n"),
            "{text}"
        );
    }
}

#[test]
fn a_documented_body_that_is_missing_is_reported() {
    for (what, status, media, deviation) in [
        (
            SCHEDULE,
            200,
            "",
            "missing required member (the whole body) ×1, e.g. absent",
        ),
        (
            SNAPSHOTS,
            404,
            "",
            "missing required member (the whole body) ×1, e.g. absent",
        ),
        (
            SCHEDULE,
            204,
            "",
            "unexpected status       HTTP status ×1, e.g. 204",
        ),
        (
            SCHEDULE,
            302,
            "",
            "unexpected status       HTTP status ×1, e.g. 302",
        ),
    ] {
        let (_, text) = run(
            &exchange(what, status, media, &json!({"text": "", "size": 0})),
            &[],
        );
        assert!(
            text.contains(deviation) && text.contains("deviations from the documents: 1, "),
            "{text}"
        );
    }
}

#[test]
fn a_body_that_is_no_json_deviates_and_is_not_counted_as_lossless() {
    for (what, status, documented) in [
        (SNAPSHOTS, 404, "application/json"),
        (SCHEDULE, 200, "application/vnd.atlas."),
    ] {
        let page = exchange(what, status, "text/html", &json!({"text": "<h1>no</h1>"}));
        let (_, text) = run(&page, &[]);
        assert!(
            text.contains("(the whole body) ×1, e.g. not JSON")
                && text.contains(&format!("text/html instead of {documented}"))
                && text.contains("lossless: 0 (0.0 %)"),
            "{text}"
        );
    }
    let page = exchange(SNAPSHOTS, 404, "text/html", &json!({"text": "<h1>no</h1>"}));
    let (status, text) = run(&page, &[]);
    assert_eq!(status, Some(0), "the client reads it as an error: {text}");
    assert!(
        text.contains("decoded: 1 (100.0 %)") && text.contains("not JSON: 1, "),
        "{text}"
    );
}

#[test]
fn base64_is_read_as_recorders_write_it() {
    for (text, encoding) in [
        ("eyJyZXN1bHRz\r\n IjpbXX0=\n", "base64"),
        ("eyJyZXN1bHRzIjpbXX0", "base64"),
        ("eyJyZXN1bHRzIjpbXX0=", "BASE64"),
    ] {
        let (status, printed) = list(MEDIA, &json!({"text": text, "encoding": encoding}));
        assert_eq!(status, Some(0), "{text} {encoding}: {printed}");
        assert!(
            printed.contains("lossless: 1 (100.0 %)"),
            "{text} {encoding}: {printed}"
        );
    }
}

/// Padding makes the body long: it is quick to read.
#[test]
fn a_body_may_be_longer_than_a_client_reads_by_default() {
    let long = format!("{{\"results\":[]{}}}", " ".repeat(65 << 20));
    let (status, text) = list(MEDIA, &json!({"text": long}));
    assert_eq!(status, Some(0), "{text}");
}
