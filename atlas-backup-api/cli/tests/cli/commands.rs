//! Each command, when all is well.

use std::fs;
use std::time::Duration;

use atlas_backup_fake::{
    DownloadFault, FakeAtlas, Family, Fault, Faults, HttpResponse, PROJECT, PROJECT_NAME,
};
use insta::assert_snapshot;
use serde_json::json;

use crate::{
    CLUSTERS, at_once, bare, fast, latest, masked, printed, program, run, run_program, still,
};

fn path(cluster: &str, what: &str) -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/clusters/{cluster}/backup/{what}")
}

#[test]
fn take_returns_when_atlas_has_accepted_the_request() {
    let atlas = still(FakeAtlas::builder());
    let text = printed(
        &atlas,
        &["take", "orders", "--description", "before the move"],
    );
    assert_snapshot!(text);
}

#[test]
fn take_waits_until_the_snapshot_is_completed() {
    at_once(["orders", "events"], |cluster| {
        let atlas = fast(FakeAtlas::builder());
        let ended = run(
            &atlas,
            &["take", cluster, "--wait", "--retention-days", "5"],
        );
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(ended.out.contains("  completed  "), "{}", ended.out);
        assert!(ended.err.ends_with(": completed\n"), "{}", ended.err);
        let taken = latest(&atlas, (cluster, Family::Snapshot));
        assert!(ended.out.contains(&taken), "{}", ended.out);
        let created = atlas
            .server()
            .handled_count_at("POST", &path(cluster, "snapshots"));
        assert_eq!(created, 1);
    });
}

#[test]
fn take_waits_until_another_snapshot_has_ended_if_it_may() {
    let atlas = fast(FakeAtlas::builder());
    atlas.set_job_duration(Family::Snapshot, Duration::ZERO, Duration::from_secs(600));
    let other = printed(&atlas, &["take", "orders", "--json"]);
    let other: serde_json::Value = serde_json::from_str(&other).expect("it is JSON");
    let ended = run(&atlas, &["take", "orders"]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(
        ended.err.ends_with("--wait waits until it can be taken\n"),
        "{}",
        ended.err
    );
    let ended = run(&atlas, &["take", "orders", "--wait"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let id = other["snapshot"].as_str().expect("an id");
    assert!(
        ended.err.contains(id) && !ended.out.contains(id),
        "{}",
        ended.err
    );
}

#[test]
fn take_finds_a_snapshot_whose_response_was_lost() {
    let faults = Faults::script([Fault::reset().after_handling()])
        .with_authorization()
        .on_method("POST");
    let atlas = fast(FakeAtlas::builder().faults(&faults));
    let text = printed(&atlas, &["take", "orders", "--wait"]);
    assert!(
        text.contains("  completed  ") && faults.remaining() == 0,
        "{text}"
    );
    let created = atlas
        .server()
        .handled_count_at("POST", &path("orders", "snapshots"));
    assert_eq!(created, 1);
}

/// Atlas gives these jobs no status. Each is as the client judges it that has waited for it.
#[test]
fn wait_says_how_a_job_without_a_status_has_ended() {
    let id = "65f0a1b2c3d4e5f6a7b8c9d0";
    let finished = "2026-01-01T00:00:00Z";
    let url = ["https://host/?sig=1"];
    let jobs = [
        (
            json!({"deliveryType": "download", "deliveryUrl": url}),
            0,
            "completed",
        ),
        (
            json!({"deliveryType": "download", "deliveryUrl": url, "finishedAt": finished, "expired": true}),
            6,
            "expired",
        ),
        (
            json!({"deliveryType": "automated", "finishedAt": finished, "expired": true}),
            0,
            "completed",
        ),
        (
            json!({"deliveryType": "automated", "finishedAt": finished, "failed": true}),
            6,
            "failed",
        ),
        (
            json!({"deliveryType": "automated", "cancelled": true}),
            6,
            "cancelled",
        ),
    ];
    at_once(["orders", "serverless"], |cluster| {
        for (job, code, status) in &jobs {
            let family = match cluster {
                "serverless" => "serverless",
                _ => "clusters",
            };
            let path = format!(
                "/api/atlas/v2/groups/{PROJECT}/{family}/{cluster}/backup/restoreJobs/{id}"
            );
            let mut job = job.clone();
            job["id"] = id.into();
            let job = HttpResponse::json(200, "application/json", &job);
            let faults = Faults::always(Fault::respond(job))
                .with_authorization()
                .on_path(&path);
            let atlas = still(FakeAtlas::builder().faults(&faults));
            let ended = run(&atlas, &["wait", cluster, "--restore", id, "--json"]);
            assert_eq!(ended.code, Some(*code), "{cluster}: {}", ended.err);
            let progress = format!("restore {id}: {status}\n");
            assert!(ended.err.starts_with(&progress), "{cluster}: {}", ended.err);
            let printed = format!(r#""status":"{status}""#);
            assert_eq!(
                ended.out.contains(&printed),
                *code == 0,
                "{cluster}: {}",
                ended.out
            );
        }
    });
}

#[test]
fn list_has_the_snapshots_of_every_kind_of_cluster() {
    let atlas = still(FakeAtlas::builder());
    let all: String = CLUSTERS
        .iter()
        .map(|(cluster, _)| format!("{cluster}:\n{}", printed(&atlas, &["list", cluster])))
        .collect();
    assert_snapshot!(all);
}

#[test]
fn list_reads_all_pages() {
    let atlas = still(FakeAtlas::builder().snapshots("orders", 1234));
    let text = printed(&atlas, &["list", "orders"]);
    assert_eq!(text.lines().count(), 1235);
}

#[test]
fn an_empty_list_is_said_to_be_empty() {
    let atlas = still(FakeAtlas::builder().snapshots("orders", 0));
    let ended = run(&atlas, &["list", "orders"]);
    assert_eq!(
        (ended.code, ended.out.as_str(), ended.err.as_str()),
        (Some(0), "", "orders has no snapshots\n")
    );
}

#[test]
fn a_reader_that_has_gone_ends_a_list_quietly() {
    let atlas = still(FakeAtlas::builder().snapshots("orders", 1234));
    let mut child = crate::start(program(&atlas, &["list", "orders"]));
    drop(child.stdout.take());
    let ended = crate::ended(child.wait_with_output().expect("it was started"));
    assert_eq!((ended.code, ended.err.as_str()), (Some(141), ""));
}

#[test]
fn save_writes_the_files_of_every_kind_of_cluster() {
    at_once(CLUSTERS, |(cluster, family)| {
        let atlas = fast(FakeAtlas::builder());
        let directory = tempfile::tempdir().expect("a temporary directory");
        let into = directory.path().to_str().expect("its name is text");
        let snapshot = latest(&atlas, (cluster, family));
        // The newest one, and by its id: the second call must not overwrite what the first saved.
        let text = printed(
            &atlas,
            &["save", cluster, "latest", "--into", into, "--json"],
        );
        let mut offered: Vec<Vec<u8>> = atlas
            .download_host()
            .files()
            .iter()
            .map(|file| file.bytes())
            .collect();
        let expected = if cluster == "events" { 3 } else { 1 };
        assert_eq!(text.lines().count(), expected, "{cluster}: {text}");
        for line in text.lines() {
            let file: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
            assert_eq!(file["snapshot"], snapshot.as_str());
            let bytes = fs::read(file["file"].as_str().expect("a path")).expect("it was saved");
            assert_eq!(file["bytes"], bytes.len());
            let same = offered.iter().position(|offer| *offer == bytes);
            offered.remove(same.expect("the file is what was offered"));
        }
        assert_eq!(
            (offered.len(), atlas.download_host().credential_leaks()),
            (0, 0)
        );

        let again = run(&atlas, &["save", cluster, &snapshot, "--into", into]);
        assert_eq!(again.code, Some(1), "{}", again.err);
        assert!(again.err.contains("exists already"), "{}", again.err);
        let text = printed(
            &atlas,
            &["save", cluster, &snapshot, "--into", into, "--overwrite"],
        );
        assert_eq!(text.lines().count(), expected + 1, "{text}");
    });
}

#[test]
fn save_goes_on_with_a_new_url_when_one_has_expired() {
    let atlas = fast(FakeAtlas::builder());
    let expired = DownloadFault::Respond(HttpResponse::new(403));
    atlas.download_host().script([expired]);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let into = directory.path().to_str().expect("its name is text");
    let text = printed(&atlas, &["save", "orders", "latest", "--into", into]);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert_eq!(
        atlas.server().handled_count("POST"),
        2,
        "a second URL was requested"
    );
}

#[test]
fn latest_is_the_newest_completed_snapshot() {
    let atlas = still(FakeAtlas::builder());
    let completed = latest(&atlas, ("orders", Family::Snapshot));
    printed(&atlas, &["take", "orders"]);
    assert_ne!(latest(&atlas, ("orders", Family::Snapshot)), completed);
    let restore = [
        "restore",
        "orders",
        "latest",
        "--to",
        "events",
        "--yes-overwrite",
        "events",
    ];
    let text = printed(&atlas, &[&restore[..], &["--no-wait"]].concat());
    assert!(text.contains(&completed), "{text}");
}

#[test]
fn latest_is_an_expired_snapshot_only_if_there_is_no_other() {
    // The fake lives at the beginning of 2026, so a snapshot that it keeps for a day has expired.
    let atlas = fast(FakeAtlas::builder());
    let take = |days| {
        let take = ["take", "orders", "--retention-days", days, "--wait"];
        printed(&atlas, &take);
        latest(&atlas, ("orders", Family::Snapshot))
    };
    let (kept, expired) = (take("20000"), take("1"));
    let restore = ["restore", "orders", "latest", "--to", "events"];
    let restore = [&restore[..], &["--yes-overwrite", "events", "--no-wait"]].concat();
    let text = printed(&atlas, &restore);
    assert!(text.contains(&kept) && !text.contains(&expired), "{text}");
}

#[test]
fn restore_works_for_every_kind_of_cluster() {
    at_once(CLUSTERS, |(cluster, family)| {
        let atlas = fast(FakeAtlas::builder());
        let snapshot = latest(&atlas, (cluster, family));
        let to = if cluster == "orders" {
            "events"
        } else {
            cluster
        };
        let arguments = [
            "restore",
            cluster,
            &snapshot,
            "--to",
            to,
            "--yes-overwrite",
            to,
        ];
        let ended = run(&atlas, &arguments);
        assert_eq!(ended.code, Some(0), "{cluster}: {}", ended.err);
        assert!(
            ended.out.contains("  completed  ") && ended.out.contains(&snapshot),
            "{}",
            ended.out
        );
        let posts = atlas.server().handled_count("POST");
        assert_eq!(posts, 1, "{cluster}");
    });
}

#[test]
fn restore_returns_at_once_if_it_must_not_wait_and_wait_goes_on() {
    let atlas = fast(FakeAtlas::builder());
    let arguments = [
        "restore",
        "orders",
        "latest",
        "--to",
        "events",
        "--yes-overwrite",
        "events",
    ];
    let started = printed(&atlas, &[&arguments[..], &["--no-wait", "--json"]].concat());
    let started: serde_json::Value = serde_json::from_str(&started).expect("it is JSON");
    assert_eq!(started["status"], "running");
    let id = started["restore"].as_str().expect("an id");
    let text = printed(&atlas, &["wait", "orders", "--restore", id]);
    assert!(
        text.contains(id) && text.contains("  completed  "),
        "{text}"
    );
}

#[test]
fn wait_goes_on_waiting_for_a_snapshot() {
    at_once(CLUSTERS, |(cluster, family)| {
        let atlas = still(FakeAtlas::builder());
        let snapshot = latest(&atlas, (cluster, family));
        let text = printed(&atlas, &["wait", cluster, "--snapshot", &snapshot]);
        assert!(
            text.contains(&snapshot) && text.contains("  completed  "),
            "{text}"
        );
    });
}

#[test]
fn schedule_show_has_every_policy() {
    let atlas = still(FakeAtlas::builder());
    assert_snapshot!(printed(&atlas, &["schedule", "show", "orders"]));
}

#[test]
fn clusters_has_those_of_every_kind() {
    let atlas = still(FakeAtlas::builder());
    assert_snapshot!(printed(&atlas, &["clusters"]));
}

#[test]
fn a_project_and_a_cluster_are_found_by_name_and_by_id() {
    let atlas = still(FakeAtlas::builder());
    let clusters = printed(&atlas, &["clusters", "--json"]);
    for line in clusters.lines() {
        let cluster: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
        let [id, name] = ["id", "cluster"].map(|member| cluster[member].as_str().expect("text"));
        if name == "legacy" {
            continue;
        }
        let by_id = printed(&atlas, &["list", id, "--project", PROJECT]);
        let by_name = printed(&atlas, &["list", name, "--project", PROJECT_NAME]);
        assert_eq!(by_id, by_name);
    }
}

/// Atlas keeps the snapshots of a deleted cluster if it is told to. They are needed most then.
#[test]
fn the_snapshots_of_a_deleted_cluster_are_found() {
    at_once([("orders", 1), ("events", 3)], |(cluster, count)| {
        let gone = serde_json::json!({"error": 404, "errorCode": "CLUSTER_NOT_FOUND"});
        let gone = HttpResponse::json(404, "application/json", &gone);
        let faults = Faults::always(Fault::respond(gone))
            .with_authorization()
            .on_path(&format!(
                "/api/atlas/v2/groups/{PROJECT}/clusters/{cluster}"
            ));
        let atlas = fast(FakeAtlas::builder().faults(&faults));
        let text = printed(&atlas, &["list", cluster]);
        assert_eq!(text.lines().count(), 4, "{text}");
        let directory = tempfile::tempdir().expect("a temporary directory");
        let into = directory.path().to_str().expect("its name is text");
        let text = printed(&atlas, &["save", cluster, "latest", "--into", into]);
        assert_eq!(text.lines().count(), 1 + count, "{text}");
    });
}

#[test]
fn quiet_shows_no_progress() {
    let atlas = fast(FakeAtlas::builder());
    let ended = run(&atlas, &["take", "orders", "--wait", "--quiet"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
}

#[test]
fn the_older_variable_for_the_project_is_read_and_the_option_wins() {
    let atlas = still(FakeAtlas::builder());
    let mut by_variable = program(&atlas, &["list", "orders"]);
    by_variable
        .env_remove("MONGODB_ATLAS_PROJECT")
        .env("MONGODB_ATLAS_PROJECT_ID", PROJECT);
    assert_eq!(run_program(by_variable).code, Some(0));
    let mut by_option = program(&atlas, &["list", "orders", "--project", PROJECT]);
    by_option.env("MONGODB_ATLAS_PROJECT", "65f0a1b2c3d4e5f6a7b8c9d0");
    assert_eq!(run_program(by_option).code, Some(0));
}

#[test]
fn completions_and_manual_pages_have_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = run_program(bare(&["completions", shell]));
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(
            ended.out.contains("restore") && ended.out.contains("yes-overwrite"),
            "{shell}"
        );
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let ended = run_program(bare(&[
        "man",
        directory.path().to_str().expect("its name is text"),
    ]));
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for page in [
        "atlas-backup",
        "atlas-backup-take",
        "atlas-backup-schedule-show",
    ] {
        let page = fs::read_to_string(directory.path().join(format!("{page}.1")));
        assert!(page.expect("it was written").contains("Exit codes"));
    }
}

/// What the server sent is not trusted: no control character reaches the terminal.
#[test]
fn a_text_from_atlas_cannot_control_the_terminal() {
    let snapshot = serde_json::json!({
        "id": "65f0a1b2c3d4e5f6a7b8c9d0", "type": "replicaSet", "status": "completed",
        "description": "red \u{1b}[31m\nnext line",
    });
    let page = HttpResponse::json(
        200,
        "application/vnd.atlas.2023-01-01+json",
        &serde_json::json!({"results": [snapshot]}),
    );
    let faults = Faults::always(Fault::respond(page))
        .with_authorization()
        .on_path(&path("orders", "snapshots"));
    let atlas = still(FakeAtlas::builder().faults(&faults));
    let text = printed(&atlas, &["list", "orders"]);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(!masked(&atlas, &text).contains('\u{1b}'), "{text:?}");
}
