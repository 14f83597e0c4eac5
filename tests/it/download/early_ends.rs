//! Responses that end before all bytes of the file have come, without an error of the connection.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use atlas_backup_api::{Delivery as Wanted, DownloadError, RetryPolicy};
use atlas_backup_tests::fake_atlas::{DownloadFault, HostedFile, HttpResponse};

use super::{setting, setting_with};

const LENGTH: u64 = 200_083;

fn offer() -> HostedFile {
    HostedFile::new(LENGTH, 1)
}

/// A response to a request for the rest of the file, which ends before the last byte.
fn part(from: usize, to: usize) -> DownloadFault {
    let mut response = HttpResponse::new(206)
        .header("ETag", &format!("\"{:016x}-{LENGTH:x}\"", 1))
        .header(
            "Content-Range",
            &format!("bytes {from}-{}/{LENGTH}", LENGTH - 1),
        );
    response.body = offer().bytes()[from..to].to_vec();
    DownloadFault::Respond(response)
}

#[tokio::test]
async fn a_response_that_ends_early_is_continued() {
    let setting = setting();
    let url = setting.host.add_file(offer());
    setting.host.script([
        DownloadFault::Cut(100_000),
        part(100_000, 150_000),
        part(150_000, 150_001),
    ]);
    setting.fetch(&url).await.unwrap();
    setting.assert_saved(&offer());
    assert_eq!(
        setting.host.ranges(),
        ["", "bytes=100000-", "bytes=150000-", "bytes=150001-"]
    );
}

#[tokio::test]
async fn the_received_bytes_are_kept_when_the_retries_are_used_up() {
    let setting = setting_with(|builder| builder.retry(RetryPolicy::never()));
    let url = setting.host.add_file(offer());
    setting
        .host
        .script([DownloadFault::Cut(100_000), part(100_000, 150_000)]);
    setting.fetch(&url).await.unwrap_err();
    let error = setting.fetch(&url).await.unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), setting.part()),
        (
            "orders.tgz: 200083 bytes were stated, and 150000 came",
            150_000
        )
    );
    assert!(matches!(error, DownloadError::Length { .. }), "{error:?}");
    setting.fetch(&url).await.unwrap();
    setting.assert_saved(&offer());
}

/// A host that states no length. Each connection carries one of these bodies, and is closed.
fn without_length(bodies: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the system has a port to give");
    let url = format!("http://{}/", listener.local_addr().expect("it is bound"));
    thread::spawn(move || {
        for body in bodies {
            let (mut connection, _) = listener.accept().expect("a client connects");
            let head = BufReader::new(&connection).lines();
            let mut lines = head.map(|line| line.expect("it is text"));
            lines.find(String::is_empty);
            let sent = connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            sent.and_then(|()| connection.write_all(&body))
                .expect("the client reads it");
        }
    });
    url
}

/// Without a length, only the hash tells that a file has not come completely.
#[tokio::test]
async fn a_file_of_unknown_length_with_another_hash_is_fetched_again() {
    let setting = setting();
    let whole = offer().bytes();
    let half = whole[..100_000].to_vec();
    let wanted = |bodies| Wanted::new("orders.tgz", without_length(bodies)).sha1(offer().sha1());
    setting
        .fetch_as(wanted(vec![half.clone(), half.clone(), whole]))
        .await
        .unwrap();
    setting.assert_saved(&offer());

    let setting = setting_with(|builder| builder.retry(RetryPolicy::never()));
    let error = setting.fetch_as(wanted(vec![half])).await.unwrap_err();
    assert!(matches!(error, DownloadError::Hash { .. }), "{error:?}");
    assert_eq!(setting.names(), [""; 0]);
}
