//! Tests of the download host with a minimal HTTP client.

use std::io::ErrorKind;
use std::time::Duration;

use super::*;
use crate::test_client::{TestClient, TestResponse};

const LENGTH: u64 = 3000;

struct Host {
    host: DownloadHost,
    clock: Clock,
    target: String,
    file: HostedFile,
}

fn host_of(file: HostedFile) -> Host {
    let clock = Clock::new();
    let host = DownloadHost::start(&clock);
    let url = host.add_file(file.clone());
    let target = url.strip_prefix(&host.server().url()).unwrap().to_owned();
    Host {
        host,
        clock,
        target,
        file,
    }
}

fn host() -> Host {
    host_of(HostedFile::new(LENGTH, 1))
}

impl Host {
    fn call(&self, method: &str, headers: &str) -> TestResponse {
        let mut client = TestClient::connect(self.host.server());
        client.send(method, &self.target, headers, "");
        client.read().unwrap()
    }

    fn get(&self, headers: &str) -> TestResponse {
        self.call("GET", headers)
    }
}

#[test]
fn whole_files_and_parts_of_them() {
    let host = host();
    let all = host.file.bytes();
    let whole = host.get("");
    assert_eq!((whole.status, &whole.body), (200, &all));
    let etag = whole.header("etag").unwrap().to_owned();
    let rest = host.get("Range: bytes=1000-\r\n");
    assert_eq!(
        (rest.status, rest.header("content-range"), &*rest.body),
        (206, Some("bytes 1000-2999/3000"), &all[1000..])
    );
    assert_eq!(rest.header("etag"), Some(&*etag));
    for (version, status) in [(&*etag, 206), (LAST_MODIFIED, 206), ("\"other\"", 200)] {
        assert_eq!(
            host.get(&format!("Range: bytes=1000-\r\nIf-Range: {version}\r\n"))
                .status,
            status,
            "{version}"
        );
    }
    let beyond = host.get("Range: bytes=3000-\r\n");
    assert_eq!(
        (
            beyond.status,
            beyond.header("content-range"),
            beyond.body.len()
        ),
        (416, Some("bytes */3000"), 0)
    );
    assert_eq!(host.host.ranges()[..3], ["", "bytes=1000-", "bytes=1000-"]);
    assert_eq!(
        (
            host.call("POST", "").status,
            host.get("Range: bytes=-5\r\n").status
        ),
        (405, 200)
    );
    let mut client = TestClient::connect(host.host.server());
    assert_eq!(
        client.get(host.target.split('?').next().unwrap()).status,
        404
    );
}

#[test]
fn what_is_refused() {
    let host = host_of(HostedFile {
        expires_at: Some(Duration::from_secs(60)),
        max_downloads: Some(2),
        ..HostedFile::new(LENGTH, 1)
    });
    assert_eq!(
        (
            host.get("").status,
            host.get("Range: bytes=1-\r\n").status,
            host.get("").status
        ),
        (200, 206, 200)
    );
    assert_eq!(
        (host.get("").status, host.get("Range: bytes=1-\r\n").status),
        (403, 206)
    );
    host.clock.advance(Duration::from_secs(61));
    let expired = host.get("Range: bytes=1-\r\n");
    assert!(
        expired.status == 403
            && String::from_utf8_lossy(&expired.body).contains("<Code>AccessDenied</Code>")
    );

    let host = host_of(HostedFile {
        required_header: Some(("x-auth".into(), "not-a-real-one".into())),
        ..HostedFile::new(LENGTH, 1)
    });
    for (headers, status) in [
        ("", 401),
        ("X-Auth: other\r\n", 403),
        ("X-Auth: not-a-real-one\r\n", 200),
    ] {
        assert_eq!(host.get(headers).status, status, "{headers}");
    }
    for (headers, leaks) in [
        ("Authorization: Basic x\r\n", 0),
        ("Authorization: Digest x\r\n", 1),
        ("authorization: bearer x\r\n", 2),
    ] {
        let status = host.get(headers).status;
        assert_eq!(
            (status, host.host.credential_leaks()),
            (if leaks == 0 { 401 } else { 400 }, leaks),
            "{headers}"
        );
    }
}

#[test]
fn each_scripted_fault_happens_to_one_request() {
    let host = host();
    let all = host.file.bytes();
    host.host.script([
        DownloadFault::Cut(1000),
        DownloadFault::Reset(1500),
        DownloadFault::Respond(HttpResponse::new(503)),
        DownloadFault::None,
    ]);
    let cut = host.get("");
    assert_eq!(
        (cut.broken, &*cut.body),
        (Some(ErrorKind::UnexpectedEof), &all[..1000])
    );
    let reset = host.get("Range: bytes=1000-\r\n");
    assert_eq!(reset.broken, Some(ErrorKind::ConnectionReset));
    assert!(all[1000..2500].starts_with(&reset.body));
    assert_eq!(
        (
            host.get("").status,
            &host.get("").body,
            host.host.remaining()
        ),
        (503, &all, 0)
    );
    let gate = Gate::closed();
    gate.open();
    host.host.script([
        DownloadFault::Stall(5, gate),
        DownloadFault::Change(2),
        DownloadFault::None,
    ]);
    assert_eq!(host.get("").body, all);
    let other = host.get("");
    assert!(
        other.status == 200
            && other.body == HostedFile::new(LENGTH, 2).bytes()
            && other.body != all
    );
    assert_eq!(host.get("").header("etag"), other.header("etag"));
}

#[test]
fn answers_that_no_host_should_give() {
    let host = host();
    let range = "Range: bytes=10-\r\nIf-Range: \"other\"\r\n";
    host.host.script([
        DownloadFault::IgnoreCondition,
        DownloadFault::IgnoreRange,
        DownloadFault::Unsatisfiable,
    ]);
    assert_eq!(
        [
            host.get(range).status,
            host.get("Range: bytes=10-\r\n").status,
            host.get(range).status
        ],
        [206, 200, 416]
    );
    host.host.script([
        DownloadFault::WrongRange,
        DownloadFault::Header("etag", String::new()),
        DownloadFault::Header("X-A", "b".into()),
        DownloadFault::Chunked,
    ]);
    assert_eq!(
        host.get("Range: bytes=10-\r\n").header("content-range"),
        Some("bytes 11-2999/3000")
    );
    assert_eq!(host.get("").header("etag"), None);
    assert_eq!(host.get("").header("x-a"), Some("b"));
    assert_eq!(host.get("").header("transfer-encoding"), Some("chunked"));
}
