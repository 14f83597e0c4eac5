//! Runs the example against a fake Atlas and a collector on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Output};

use atlas_backup_fake::{FakeAtlas, PRIVATE_KEY, PROJECT, PUBLIC_KEY};

/// Receives one request, answers it with success, and returns its first line and its body.
fn receive(collector: &TcpListener) -> (String, Vec<u8>) {
    let (mut stream, _) = collector.accept().expect("a connection");
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut lines = Vec::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        lines.push(line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.write_all(answer.as_bytes()).expect("it is sent");
    (lines.remove(0), body)
}

fn collector() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a port")
}

/// The example with the environment variables for these two.
fn command(atlas: &FakeAtlas, cluster: &str, collector: &TcpListener) -> Command {
    let address = collector.local_addr().expect("an address");
    let mut command = Command::new(env!("CARGO_BIN_EXE_telemetry"));
    command
        .arg(cluster)
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{address}"))
        .env("MONGODB_ATLAS_BASE_URL", atlas.url())
        .env("MONGODB_ATLAS_PROJECT", PROJECT)
        .env("MONGODB_ATLAS_PUBLIC_API_KEY", PUBLIC_KEY)
        .env("MONGODB_ATLAS_PRIVATE_API_KEY", PRIVATE_KEY);
    command
}

/// Runs the example while the collector receives one request.
fn run(command: &mut Command, collector: TcpListener) -> (Output, (String, Vec<u8>)) {
    let collecting = std::thread::spawn(move || receive(&collector));
    let output = command.output().expect("it runs");
    (output, collecting.join().expect("it received a request"))
}

#[test]
fn the_collector_receives_the_spans_of_calls_and_requests() {
    let atlas = FakeAtlas::builder().start_blocking();
    let collector = collector();
    let mut command = command(&atlas, "orders", &collector);
    let (output, (line, body)) = run(&mut command, collector);
    let printed = String::from_utf8_lossy(&output.stdout);
    let failure = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{failure}");
    assert!(printed.contains("Statistics { calls: "), "{printed}");
    assert_eq!(line.trim(), "POST /v1/traces HTTP/1.1");
    // Protocol buffers contain their texts as they are.
    let body = String::from_utf8_lossy(&body);
    for text in [
        "listSnapshots",
        "GET /api/atlas/v2/groups/{groupId}/clusters/{clusterName}/backup/snapshots",
        "http.request.method",
        "http.response.status_code",
        "http.request.resend_count",
        "url.template",
        "server.address",
        "error.type",
    ] {
        assert!(body.contains(text), "no {text} in {body:?}");
    }
    assert!(
        !body.contains(PRIVATE_KEY) && !body.contains("itemsPerPage"),
        "{body:?}"
    );
}

#[test]
fn spans_that_cannot_be_sent_are_an_error_but_hide_none() {
    let atlas = FakeAtlas::builder().start_blocking();
    for (cluster, error) in [("orders", "Timeout"), ("none", "CLUSTER_NOT_FOUND")] {
        // The system accepts the connection, but nobody answers.
        let collector = collector();
        let output = command(&atlas, cluster, &collector).output();
        let output = output.expect("it runs");
        let failure = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{failure}");
        assert!(failure.contains(error), "{failure}");
    }
}

#[test]
fn the_project_is_found_as_by_the_other_examples() {
    let atlas = FakeAtlas::builder().start_blocking();
    let collector = collector();
    let mut command = command(&atlas, "orders", &collector);
    command
        .env("MONGODB_ATLAS_PROJECT", "")
        .env("MONGODB_ATLAS_PROJECT_ID", PROJECT);
    let (output, _) = run(&mut command, collector);
    assert!(output.status.success(), "{output:?}");
}
