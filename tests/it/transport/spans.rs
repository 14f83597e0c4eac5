//! The spans of calls and requests have the fields that OpenTelemetry's conventions name.

use atlas_backup_api::RetryPolicy;
use atlas_backup_tests::fake_atlas::{App, Digest, Fault, Faults, Server};

use super::hygiene::Everything;
use super::{NoWait, PROJECT, api_key, builder, built, create, read};

/// The lines of the trace that begin a span of a request, or record a field of any span.
fn lines() -> Vec<String> {
    let heard = Everything::heard();
    let is_meant = |line: &&str| line.starts_with("span atlas_") || line.starts_with("record: ");
    heard.lines().filter(is_meant).map(str::to_owned).collect()
}

/// The line that begins the span of a request.
fn begun(server: &Server, method: &str, path: &str, resends: Option<u32>) -> String {
    let url = server.url();
    let port = url.rsplit(':').next().expect("a port");
    let full = path
        .replace("{groupId}", PROJECT)
        .replace("{clusterName}", "orders")
        .replace("{snapshotId}", PROJECT);
    let resent = resends.map_or(String::new(), |resends| {
        format!(" http.request.resend_count={resends}")
    });
    format!(
        r#"span atlas_request: otel.kind="client" otel.name={method} {path} http.request.method="{method}"{resent} server.address="127.0.0.1" server.port={port} url.full="{url}{full}" url.template="{path}""#
    )
}

#[track_caller]
fn assert_in_order(lines: &[String], expected: &[&str]) {
    let mut rest = lines.iter();
    for line in expected {
        assert!(
            rest.any(|known| known == line),
            "no `{line}` in\n{lines:#?}"
        );
    }
}

const READ: &str = "/api/atlas/v2/groups/{groupId}/clusters/{clusterName}/snapshots/{snapshotId}";
const CREATE: &str = "/api/atlas/v2/groups/{groupId}/clusters/{clusterName}/backup/snapshots";

#[tokio::test]
async fn each_request_of_a_call_is_a_span_of_a_client() {
    Everything::listen();
    let digest = Digest::atlas();
    let faults = Faults::script([Fault::pass(), Fault::html_503()]);
    let server = App::examples().layer(&digest).layer(&faults).start();
    let client = built(builder(&server, &NoWait::new()).credentials(api_key()));
    read(&client).await.unwrap();
    let lines = lines();
    assert_in_order(
        &lines,
        &[
            &begun(&server, "GET", READ, None),
            "record: http.response.status_code=401",
            r#"record: error.type="401""#,
            r#"record: otel.status_code="ERROR""#,
            &begun(&server, "GET", READ, Some(1)),
            "record: http.response.status_code=503",
            r#"record: error.type="503""#,
            r#"record: otel.status_code="ERROR""#,
            &begun(&server, "GET", READ, Some(2)),
        ],
    );
    let call = lines
        .iter()
        .find(|line| line.starts_with("span atlas_call:"));
    assert!(call.unwrap().ends_with(r#"otel.name="getLegacySnapshot""#));
    let after = lines
        .iter()
        .rev()
        .take_while(|line| !line.contains("atlas_request"));
    let after: Vec<_> = after.collect();
    assert!(
        !after.iter().any(|line| line.contains("ERROR")),
        "a call that succeeds in the end is a success: {after:?}"
    );
    assert_eq!(
        server.request_count(),
        4,
        "the last one had to be signed again"
    );
}

#[tokio::test]
async fn a_call_that_fails_is_marked_with_the_kind_of_its_failure() {
    for (fault, kind) in [(Fault::html_503(), "503"), (Fault::reset(), "ambiguous")] {
        Everything::listen();
        let server = App::examples().layer(&Faults::script([fault])).start();
        let client = built(builder(&server, &NoWait::new()).retry(RetryPolicy::never()));
        create(&client).await.unwrap_err();
        let lines = lines();
        assert_eq!(
            lines[lines.len() - 2..],
            [
                format!("record: error.type=\"{kind}\""),
                "record: otel.status_code=\"ERROR\"".to_owned()
            ]
        );
        assert_in_order(&lines, &[&begun(&server, "POST", CREATE, None)]);
    }
}

#[tokio::test]
async fn a_request_without_a_response_has_no_status() {
    Everything::listen();
    let server = App::examples()
        .layer(&Faults::script([Fault::reset()]))
        .start();
    let client = built(builder(&server, &NoWait::new()).retry(RetryPolicy::never()));
    read(&client).await.unwrap_err();
    let lines = lines();
    assert!(!lines.iter().any(|line| line.contains("status_code=4")));
    assert_in_order(
        &lines,
        &[
            &begun(&server, "GET", READ, None),
            r#"record: error.type="connection""#,
        ],
    );
}

#[tokio::test]
async fn the_url_of_a_span_has_no_query() {
    Everything::listen();
    let server = App::examples().start();
    let client = built(builder(&server, &NoWait::new()));
    let call = client.v2().list_snapshots(PROJECT, "orders").pretty(true);
    call.send().await.unwrap();
    assert!(server.received_requests()[0].target.contains("pretty"));
    let begun = begun(&server, "GET", CREATE, None);
    assert_in_order(&lines(), &[&begun]);
}
