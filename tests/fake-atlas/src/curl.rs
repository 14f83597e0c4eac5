//! Tests the servers with curl, a client that was not written for them.

use std::process::Command;

use super::digest::{Digest, DigestCounts, PRIVATE_KEY, PUBLIC_KEY};
use super::{App, Fault, Faults};

/// The output of `curl --digest` for these arguments: the status of each response. If curl is not
/// installed, prints a note and returns `None`.
fn curl(keys: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("curl");
    // No proxy: it would resolve loopback addresses on another machine. `-g`: curl takes brackets
    // and braces in URLs literally.
    command.args([
        "-q",
        "--silent",
        "--noproxy",
        "*",
        "-g",
        "--max-time",
        "20",
        "--digest",
        "--user",
        keys,
    ]);
    command
        .args(["--write-out", "%{http_code} "])
        .args(arguments);
    match command.output() {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        Err(error) => {
            println!("skipped: curl cannot be run ({error})");
            None
        }
    }
}

fn keys() -> String {
    format!("{PUBLIC_KEY}:{PRIVATE_KEY}")
}

#[test]
fn every_challenge_that_curl_knows() {
    // Not tested, because curl 7.88 cannot parse them: an unknown algorithm in the first of two
    // challenges, and spaces around `=`.
    for (name, digest) in [
        ("atlas", Digest::atlas()),
        ("without qop", Digest::without_qop()),
        ("op", Digest::op()),
        ("SHA-256", Digest::sha_256()),
        ("without algorithm", Digest::without_algorithm()),
        ("Basic first", Digest::basic_first()),
        ("Basic in the same line", Digest::basic_in_the_same_line()),
        ("two digests", Digest::two_digests()),
        ("charset", Digest::charset()),
        ("auth-int offered", Digest::auth_int_offered()),
    ] {
        let server = App::examples().layer(&digest).start();
        let [first, second] =
            ["a?b=c&d=%2F%20e", "a%2Fb/c"].map(|path| format!("{}/{path}", server.url()));
        let discard = ["--output", "/dev/null", "--output", "/dev/null"];
        let Some(statuses) = curl(&keys(), &[&discard[..], &[&first, &second]].concat()) else {
            return;
        };
        assert_eq!(statuses, "404 404", "{name}: {:?}", digest.refusals());
        // curl requests a challenge for each of the two URLs.
        let counts = DigestCounts {
            challenges: 2,
            stale: 0,
            refused: 0,
            accepted: 2,
        };
        assert_eq!(
            (digest.counts(), server.connections()),
            (counts, 1),
            "{name}"
        );
    }
}

#[test]
fn a_nonce_that_becomes_stale_under_a_post() {
    let digest = Digest::atlas();
    let faults = Faults::script([Fault::stale_nonce(&digest)]).with_authorization();
    let server = App::examples().layer(&digest).layer(&faults).start();
    let url = format!(
        "{}/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/snapshots",
        server.url()
    );
    let arguments = [
        "--output",
        "/dev/null",
        "--header",
        "Content-Type: application/json",
        "--data",
        "{}",
        &url,
    ];
    let Some(status) = curl(&keys(), &arguments) else {
        return;
    };
    assert_eq!(status, "200", "{:?}", digest.refusals());
    assert_eq!(
        digest.counts(),
        DigestCounts {
            challenges: 1,
            stale: 1,
            refused: 0,
            accepted: 1
        }
    );
    let bodies: Vec<_> = server
        .received_requests()
        .into_iter()
        .map(|request| request.body)
        .collect();
    assert_eq!(
        (
            server.handled_count("POST"),
            bodies.last().map(Vec::as_slice)
        ),
        (1, Some(&b"{}"[..]))
    );
}

#[test]
fn wrong_keys() {
    let digest = Digest::atlas();
    let server = App::examples().layer(&digest).start();
    let Some(status) = curl(
        &format!("{PUBLIC_KEY}:wrong"),
        &["--output", "/dev/null", &server.url()],
    ) else {
        return;
    };
    assert_eq!(
        (status.as_str(), digest.refusals()),
        ("401", vec!["response does not match".to_owned()])
    );
    assert_eq!(
        (server.handled_count("GET"), server.request_count()),
        (0, 2)
    );
}
