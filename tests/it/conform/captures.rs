//! Which captures are read, and which of their entries are examined.

use std::process::{Command, Stdio};

use serde_json::json;

use super::{CONFORM, capture, conform, run};

#[test]
fn a_preflight_is_no_call() {
    let mut archive = capture(&json!({"id": "32b6e34b3d91647abb20e7b8"}), "");
    let entries = archive["log"]["entries"].as_array_mut().expect("a list");
    entries.truncate(1);
    entries[0]["request"]["method"] = json!("OPTIONS");
    let (status, text) = run(&archive, &[]);
    assert_eq!(status, Some(0), "{text}");
    assert!(
        text.ends_with("unknown operations: 0, other entries: 1\n"),
        "{text}"
    );
}

#[test]
fn a_host_that_can_match_nothing_is_refused() {
    for host in [
        "",
        "https://cloud.example.com",
        "cloud.example.com/api",
        "cloud.example.com?a",
        "a@b",
        "a b",
        "::1",
        "[]",
        "[::1]x",
        "cloud.example.com:",
        "cloud.example.com:https",
        "cloud.example.com:99999",
    ] {
        let (status, text) = conform(&["--host", host, "/no/such/capture.har"]);
        assert_eq!(status, Some(2), "{host}: {text}");
        assert!(
            text.contains("--host") && !text.contains("/no/such"),
            "{host}: {text}"
        );
    }
    let mut archive = capture(&json!({"id": "32b6e34b3d91647abb20e7b8"}), "");
    for (host, named) in [
        ("atlas.example.com:8443", "Atlas.example.com:8443"),
        ("atlas.example.com", "atlas.example.com"),
        ("[2001:db8::1]:8443", "[2001:db8::1]:8443"),
    ] {
        archive["log"]["entries"][0]["request"]["url"] = json!(format!(
            "https://{host}/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/tenant/download"
        ));
        let (_, text) = run(&archive, &["--host", named]);
        assert!(text.contains("v2/downloadTenantSnapshot"), "{host}: {text}");
    }
}

#[test]
fn a_capture_without_atlas_is_warned_of() {
    let entries: Vec<_> = [
        "https://user:hunter2@proxy.example.com/api/atlas/v2/groups?token=hunter2",
        "https://other.example.com:8443/hunter2",
        "data:hunter2",
    ]
    .map(|url| json!({"request": {"method": "GET", "url": url}}))
    .into();
    let (status, text) = run(&json!({"log": {"entries": entries}}), &[]);
    assert_eq!(status, Some(0), "{text}");
    assert!(
        text.contains("warning: no entry was examined")
            && text.contains("the hosts seen are other.example.com:8443, proxy.example.com;")
            && !text.contains("hunter2"),
        "{text}"
    );
    let (_, text) = run(&json!({"log": {"entries": []}}), &[]);
    assert!(!text.contains("warning"), "nothing was read: {text}");
}

#[cfg(unix)]
#[test]
fn a_capture_may_come_through_a_pipe() {
    let mut child = Command::new(CONFORM)
        .arg("/dev/stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("conform runs");
    let archive = capture(&json!({"id": "32b6e34b3d91647abb20e7b8"}), "");
    let input = child.stdin.take().expect("it is piped");
    serde_json::to_writer(input, &archive).expect("it is read");
    let output = child.wait_with_output().expect("it was started");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("entries: 1, "),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_is_not_followed() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().expect("a temporary folder");
    let archive = capture(&json!({"id": "32b6e34b3d91647abb20e7b8"}), "");
    let path = folder.path();
    std::fs::write(path.join("capture"), archive.to_string()).expect("writable");
    symlink("capture", path.join("capture.har")).expect("a link to a file");
    symlink(".", path.join("loop")).expect("a link to a folder");
    let (_, text) = conform(&[&path.to_string_lossy()]);
    assert!(text.contains("entries: 1, "), "{text}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_gone_ends_the_program_quietly() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("capture.har");
    let archive = capture(&json!({"id": "32b6e34b3d91647abb20e7b8"}), "");
    std::fs::write(&path, archive.to_string()).expect("writable");
    for arguments in [&[][..], &["--json"]] {
        // The reading end is closed before the program prints anything.
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = Command::new(CONFORM)
            .arg(&path)
            .args(arguments)
            .stdout(writer)
            .output()
            .expect("conform runs");
        assert_eq!(
            (
                output.status.code(),
                String::from_utf8_lossy(&output.stderr)
            ),
            (Some(141), "".into())
        );
    }
}
