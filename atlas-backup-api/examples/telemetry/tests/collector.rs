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

/// Runs the example while the collector receives one request.
fn run(atlas: &FakeAtlas, collector: TcpListener) -> (Output, (String, Vec<u8>)) {
    let address = collector.local_addr().expect("an address");
    let collecting = std::thread::spawn(move || receive(&collector));
    let output = Command::new(env!("CARGO_BIN_EXE_telemetry"))
        .arg("orders")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{address}"))
        .env("MONGODB_ATLAS_BASE_URL", atlas.url())
        .env("MONGODB_ATLAS_PROJECT", PROJECT)
        .env("MONGODB_ATLAS_PUBLIC_API_KEY", PUBLIC_KEY)
        .env("MONGODB_ATLAS_PRIVATE_API_KEY", PRIVATE_KEY)
        .output()
        .expect("it runs");
    (output, collecting.join().expect("it received a request"))
}

#[test]
fn the_collector_receives_the_spans_of_calls_and_requests() {
    let atlas = FakeAtlas::builder().start_blocking();
    let collector = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (output, (line, body)) = run(&atlas, collector);
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
