//! Runs the examples as programs against a fake Atlas.

#[cfg(unix)]
mod faults;
#[cfg(unix)]
pub mod signals;
#[cfg(target_os = "linux")]
mod terminal;
mod usage;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;

use atlas_backup_tests::fake_atlas::{
    Clock, FakeAtlas, FakeAtlasBuilder, Family, Fault, Faults, HttpResponse, PRIVATE_KEY, PROJECT,
    PROJECT_NAME, PUBLIC_KEY,
};

/// The directory of the examples, which are built first if necessary. They are built with the whole
/// workspace, so that dependencies have the same features as in `cargo test --workspace`.
static EXAMPLES: LazyLock<PathBuf> = LazyLock::new(|| {
    let test = env::current_exe().expect("this program has a path");
    let profile = test
        .parent()
        .and_then(Path::parent)
        .expect("target/PROFILE/deps/it");
    let mut build = Command::new(env!("CARGO"));
    build
        .args(["build", "--quiet", "--workspace", "--examples"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    if profile.ends_with("release") {
        build.arg("--release");
    }
    let built = build
        .env("CARGO_TARGET_DIR", profile.parent().expect("target"))
        .output()
        .expect("cargo can be run");
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    profile.join("examples")
});

/// A name for the snapshots of `nightly`.
const NIGHT: &str = "2026-01-31";

/// Starts a fake Atlas in which a snapshot takes less than a second.
fn atlas(world: FakeAtlasBuilder) -> FakeAtlas {
    world.clock(&Clock::running(200.0)).start_blocking()
}

/// An example with the environment variables for this fake.
fn command(atlas: &FakeAtlas, example: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(EXAMPLES.join(example));
    command
        .args(arguments)
        .env_clear()
        .env("MONGODB_ATLAS_BASE_URL", atlas.url())
        .env("MONGODB_ATLAS_PUBLIC_API_KEY", PUBLIC_KEY)
        .env("MONGODB_ATLAS_PRIVATE_API_KEY", PRIVATE_KEY)
        .env("MONGODB_ATLAS_PROJECT", PROJECT);
    command
}

/// Starts an example.
fn start(atlas: &FakeAtlas, example: &str, arguments: &[&str], input: &str) -> Child {
    let mut child = command(atlas, example, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{example}: {error}"));
    let mut stdin = child.stdin.take().expect("it is piped");
    // The program may have ended already if it reads no input.
    let _unread = stdin.write_all(input.as_bytes());
    child
}

/// Runs an example to its end.
fn run(atlas: &FakeAtlas, example: &str, arguments: &[&str], input: &str) -> Output {
    start(atlas, example, arguments, input)
        .wait_with_output()
        .expect("it was started")
}

/// Returns the standard output of a program.
fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Returns the standard error of a program.
fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Returns the standard output of a program that must succeed.
fn printed(output: Output) -> String {
    assert!(
        output.status.success(),
        "{}\n{}",
        text(&output),
        errors(&output)
    );
    text(&output)
}

/// Returns the standard error of a program that must fail.
fn refused(output: Output) -> String {
    let errors = errors(&output);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    errors
}

fn a_snapshot(atlas: &FakeAtlas, cluster: &str) -> String {
    atlas
        .latest(Family::Snapshot, cluster)
        .expect("the cluster has some")
}

/// Returns the path of a cluster's backup collection, for example `snapshots`.
fn path(cluster: &str, what: &str) -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/clusters/{cluster}/backup/{what}")
}

#[test]
fn a_snapshot_is_taken() {
    let atlas = atlas(FakeAtlas::builder());
    let output = run(&atlas, "take_snapshot", &["orders"], "");
    let errors = errors(&output);
    assert!(
        errors.starts_with("asking for a snapshot of orders\n")
            && errors.ends_with(": completed\n"),
        "{errors}"
    );
    assert!(printed(output).contains(" of orders is good, "));
    assert_eq!(
        atlas
            .server()
            .handled_count_at("POST", &path("orders", "snapshots")),
        1
    );
}

#[test]
fn snapshots_are_listed() {
    let atlas = atlas(FakeAtlas::builder().snapshots("orders", 1234));
    let text = printed(run(&atlas, "list_snapshots", &["orders"], ""));
    let ids: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split_once("  completed "))
        .map(|(id, _)| id)
        .collect();
    assert_eq!(ids.len(), 1234);
    assert!(text.ends_with("1234 snapshots of orders\n"), "{text}");
}

#[test]
fn project_and_cluster_are_given_by_name_or_by_id() {
    let atlas = atlas(FakeAtlas::builder());
    let cluster = atlas.cluster_id("orders").expect("the fake has it");
    for (variable, project) in [
        ("MONGODB_ATLAS_PROJECT", PROJECT),
        ("MONGODB_ATLAS_PROJECT", PROJECT_NAME),
        ("MONGODB_ATLAS_PROJECT_ID", PROJECT),
        ("MONGODB_ATLAS_PROJECT_ID", PROJECT_NAME),
    ] {
        for cluster in ["orders", &cluster] {
            let mut example = command(&atlas, "list_snapshots", &[cluster]);
            example
                .env_remove("MONGODB_ATLAS_PROJECT")
                .env(variable, project);
            let text = printed(example.output().expect("it was built"));
            assert!(text.ends_with("3 snapshots of orders\n"), "{text}");
        }
    }
}

#[test]
fn an_empty_variable_names_no_project() {
    let atlas = atlas(FakeAtlas::builder());
    let mut example = command(&atlas, "list_snapshots", &["orders"]);
    example.env("MONGODB_ATLAS_PROJECT", "");
    let errors = refused(example.output().expect("it was built"));
    assert_eq!(errors, "error: MONGODB_ATLAS_PROJECT is not set\n");
    example.env("MONGODB_ATLAS_PROJECT_ID", PROJECT);
    let text = printed(example.output().expect("it was built"));
    assert!(text.ends_with("3 snapshots of orders\n"), "{text}");
}

/// The list for replica sets may be empty, or Atlas refuses it with the error for the wrong kind of
/// cluster.
#[test]
fn snapshots_of_a_sharded_cluster_are_listed() {
    let empty = HttpResponse::json(
        200,
        "application/vnd.atlas.2023-01-01+json",
        &serde_json::json!({"results": []}),
    );
    let wrong_kind = HttpResponse::json(
        400,
        "application/json",
        &serde_json::json!({"errorCode": "INCORRECT_BACKUP_API_ENDPOINT"}),
    );
    for instead in [empty, wrong_kind] {
        let faults = Faults::script([Fault::respond(instead)]).with_authorization();
        let atlas = atlas(FakeAtlas::builder().faults(&faults));
        let text = printed(run(&atlas, "list_snapshots", &["events"], ""));
        assert!(
            text.starts_with("id ") && text.ends_with("3 snapshots of events\n"),
            "{text}"
        );
        assert_eq!(
            atlas
                .server()
                .handled_count_at("GET", &path("events", "snapshots/shardedClusters")),
            1
        );
    }
}

/// Atlas may not show a new job at once. A program that takes "not found" as final would create a
/// second job.
#[test]
fn a_job_that_cannot_be_seen_at_first_is_waited_for() {
    let once = || {
        Faults::script([Fault::respond(HttpResponse::new(404))])
            .with_authorization()
            .on_method("GET")
    };
    let faults = once();
    let tenant = atlas(FakeAtlas::builder().faults(&faults));
    let snapshot = tenant
        .latest(Family::TenantSnapshot, "tenant")
        .expect("the cluster has some");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let text = printed(run(
        &tenant,
        "tenant_download",
        &[
            "tenant",
            &snapshot,
            directory.path().to_str().expect("its name is text"),
        ],
        "",
    ));
    assert!(text.contains(" bytes") && faults.remaining() == 0, "{text}");

    // Each fake assigns the same ids, so the first fake's job has the same id as the second fake's
    // job.
    let restore = |atlas: &FakeAtlas| {
        printed(run(
            atlas,
            "restore_snapshot",
            &["orders", &a_snapshot(atlas, "orders"), "events"],
            "events\n",
        ))
    };
    let first_run = restore(&atlas(FakeAtlas::builder()));
    let job = first_run
        .lines()
        .find_map(|line| line.strip_prefix("restore job "))
        .unwrap_or_else(|| panic!("{first_run}"));
    let faults = once().on_path(&path("orders", &format!("restoreJobs/{job}")));
    let text = restore(&atlas(FakeAtlas::builder().faults(&faults)));
    assert!(
        text.contains("events was restored") && faults.remaining() == 0,
        "{text}"
    );
}

#[test]
fn a_refused_list_is_not_an_empty_one() {
    for status in [400, 401, 403, 404, 429] {
        // The list for sharded clusters succeeds and is empty.
        let refusal = Fault::respond(HttpResponse::new(status)).retry_after(0);
        let faults = Faults::always(refusal)
            .with_authorization()
            .on_method("GET")
            .on_path(&path("orders", "snapshots"));
        let atlas = atlas(FakeAtlas::builder().faults(&faults));
        let directory = tempfile::tempdir().expect("a temporary directory");
        let directory = directory.path().to_str().expect("its name is text");
        for (example, arguments) in [
            ("list_snapshots", &["orders"][..]),
            ("whole_story", &["orders", directory]),
        ] {
            let output = run(&atlas, example, arguments, "");
            let text = text(&output);
            assert!(
                !text.contains("0 snapshots of orders\n") && !text.contains(" in all\n"),
                "{text}"
            );
            let errors = refused(output);
            assert!(errors.contains(&format!("{status} ")), "{errors}");
        }
    }
}

#[test]
fn a_failure_is_reported_in_one_line() {
    let atlas = atlas(FakeAtlas::builder());
    let errors = |example, arguments: &[&str]| {
        let output = run(&atlas, example, arguments, "");
        assert_eq!(text(&output), "", "{example}");
        refused(output)
    };
    assert_eq!(
        errors("take_snapshot", &["orders", "x"]),
        "error: DAYS \"x\": invalid digit found in string\n"
    );
    assert_eq!(
        errors("nightly", &[NIGHT, "0"]),
        "error: AT_A_TIME \"0\": number would be zero for non-zero type\n"
    );
    assert_eq!(
        errors("nightly", &[NIGHT]),
        "error: standard input names no cluster\n"
    );
    let nowhere = errors("list_snapshots", &["nowhere"]);
    assert!(
        nowhere.starts_with("error: ")
            && nowhere.contains("Snapshots: 404 Not Found (CLUSTER_NOT_FOUND): "),
        "{nowhere}"
    );
    assert_eq!(nowhere.lines().count(), 1, "{nowhere}");
}

#[test]
fn a_snapshot_is_downloaded() {
    let atlas = atlas(FakeAtlas::builder());
    let snapshot = a_snapshot(&atlas, "events");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().to_str().expect("its name is text");
    let text = printed(run(
        &atlas,
        "download_snapshot",
        &["events", &snapshot, path],
        "",
    ));
    assert_eq!(
        text.lines().count(),
        3,
        "two shards and the config servers: {text}"
    );
    let mut offered: Vec<Vec<u8>> = atlas
        .download_host()
        .files()
        .iter()
        .map(|offer| offer.bytes())
        .collect();
    for line in text.lines() {
        let (file, _) = line.split_once("  ").expect("a path and a length");
        let bytes = fs::read(file).expect("the file is there");
        let index = offered
            .iter()
            .position(|offer| *offer == bytes)
            .expect("the file is what was offered");
        offered.remove(index);
    }
    assert_eq!(
        (offered.len(), atlas.download_host().credential_leaks()),
        (0, 0)
    );
}

#[test]
fn a_restore_needs_the_typed_name_of_its_target() {
    let atlas = atlas(FakeAtlas::builder());
    let snapshot = a_snapshot(&atlas, "orders");
    for typed in ["", "orders\n", "events x\n"] {
        let errors = refused(run(
            &atlas,
            "restore_snapshot",
            &["orders", &snapshot, "events"],
            typed,
        ));
        assert!(errors.contains("nothing was restored"), "{errors}");
    }
    assert_eq!(
        atlas.server().handled_count("POST"),
        0,
        "nothing was asked for"
    );

    let text = printed(run(
        &atlas,
        "restore_snapshot",
        &["orders", &snapshot, "events"],
        "events\n",
    ));
    assert!(text.contains("events was restored, 2026-"), "{text}");
    let sent = atlas
        .server()
        .received_requests()
        .into_iter()
        .find(|request| request.handled && request.method == "POST")
        .expect("a restore");
    let body: serde_json::Value = serde_json::from_slice(&sent.body).expect("it is JSON");
    let expected = serde_json::json!({
        "deliveryType": "automated", "snapshotId": snapshot, "targetClusterName": "events", "targetGroupId": PROJECT,
    });
    assert_eq!(
        (sent.path(), body),
        (path("orders", "restoreJobs").as_str(), expected)
    );
}

#[test]
fn a_restore_shows_what_it_would_do() {
    let atlas = atlas(FakeAtlas::builder());
    let snapshot = a_snapshot(&atlas, "orders");
    for (target, is_the_same) in [("orders", true), ("events", false)] {
        let output = run(
            &atlas,
            "restore_snapshot",
            &["orders", &snapshot, target],
            "",
        );
        let text = text(&output);
        assert!(
            text.contains("taken 2025-12-31T") && text.contains(", completed.\n"),
            "{text}"
        );
        assert_eq!(text.contains("will be LOST"), is_the_same, "{text}");
    }

    atlas.fail_next(Family::Snapshot);
    refused(run(&atlas, "take_snapshot", &["orders"], ""));
    let failed = a_snapshot(&atlas, "orders");
    let errors = refused(run(
        &atlas,
        "restore_snapshot",
        &["orders", &failed, "events"],
        "events\n",
    ));
    assert_eq!(
        errors,
        format!(
            "error: snapshot {failed} of orders is failed: only a completed one can be restored\n"
        )
    );
    assert_eq!(
        atlas
            .server()
            .handled_count_at("POST", &path("orders", "restoreJobs")),
        0
    );
}

#[test]
fn nightly_backs_up_three_hundred_clusters() {
    let clusters: Vec<String> = (1..=300)
        .map(|number| format!("cluster-{number:03}"))
        .collect();
    // Atlas rate-limits every second of the first 240 requests, and asks for a wait of zero or one
    // second in turn.
    let limited = (0..60).flat_map(|_| {
        [
            Fault::pass(),
            Fault::rate_limited(Some(0)),
            Fault::pass(),
            Fault::rate_limited(Some(1)),
        ]
    });
    let faults = Faults::script(limited).with_authorization();
    let atlas = atlas(FakeAtlas::builder().clusters(300).faults(&faults));
    let text = printed(run(
        &atlas,
        "nightly",
        &[NIGHT, "100"],
        &clusters.join("\n"),
    ));
    assert!(text.ends_with("300 clusters, 0 failed\n"), "{text}");
    assert_eq!(
        (faults.remaining(), atlas.server().handled_count("POST")),
        (0, 300)
    );
}

#[test]
fn nightly_reports_a_failure() {
    let atlas = atlas(FakeAtlas::builder());
    let output = run(&atlas, "nightly", &[NIGHT], "orders\nnowhere\n");
    let text = text(&output);
    assert!(
        text.starts_with("orders  ") && text.ends_with("2 clusters, 1 failed\n"),
        "{text}"
    );
    let errors = refused(output);
    assert!(
        errors.starts_with("nowhere  FAILED: ")
            && errors.ends_with("error: 1 of 2 snapshots are not good\n"),
        "{errors}"
    );
}

#[test]
fn nightly_takes_each_snapshot_once() {
    let atlas = atlas(FakeAtlas::builder());
    let nightly = |name| {
        let input = "orders\nevents\n\n orders\n";
        printed(run(&atlas, "nightly", &[name], input))
    };
    let first = nightly(NIGHT);
    assert!(first.ends_with("\n2 clusters, 0 failed\n"), "{first}");
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(lines(&nightly(NIGHT)), lines(&first));
    assert_eq!(atlas.server().handled_count("POST"), 2);
    nightly("2026-02-01");
    assert_eq!(atlas.server().handled_count("POST"), 4);
}

/// A reader such as `head` may have gone.
#[test]
fn nightly_goes_on_although_nobody_reads_what_it_prints() {
    let atlas = atlas(FakeAtlas::builder());
    let mut child = start(&atlas, "nightly", &[NIGHT, "1"], "events\norders\n");
    drop(child.stdout.take());
    let errors = refused(child.wait_with_output().expect("it was started"));
    assert!(
        errors.starts_with("error: not all could be printed: ") && errors.lines().count() == 1,
        "{errors}"
    );
    for cluster in ["events", "orders"] {
        let taken = path(cluster, "snapshots");
        assert_eq!(atlas.server().handled_count_at("POST", &taken), 1);
    }
}

#[test]
fn a_legacy_snapshot_is_shown() {
    let atlas = atlas(FakeAtlas::builder());
    let listed = printed(run(&atlas, "legacy_snapshot", &["legacy"], ""));
    assert_eq!(listed.lines().count(), 3, "{listed}");
    let id = listed.lines().next().expect("there are three");
    let text = printed(run(&atlas, "legacy_snapshot", &["legacy", id], ""));
    assert!(
        text.starts_with(&format!("{id} of legacy\ncomplete  true\nexpires   ")),
        "{text}"
    );
    let errors = refused(run(&atlas, "legacy_snapshot", &["legacy", PROJECT], ""));
    assert!(
        errors.contains("404 Not Found") && errors.contains(PROJECT),
        "{errors}"
    );
}

#[test]
fn the_newest_snapshot_of_a_flex_cluster_is_saved() {
    let atlas = atlas(FakeAtlas::builder());
    let newest = atlas
        .latest(Family::FlexSnapshot, "flex")
        .expect("the cluster has some");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let listed = printed(run(&atlas, "flex_snapshots", &["flex"], ""));
    assert!(
        listed.contains(&format!("{newest}  COMPLETED  "))
            && listed.ends_with("3 snapshots of flex\n"),
        "{listed}"
    );
    assert_eq!(
        atlas.server().handled_count("POST"),
        0,
        "nothing was asked for"
    );

    printed(run(
        &atlas,
        "flex_snapshots",
        &["flex", directory.path().to_str().expect("its name is text")],
        "",
    ));
    let saved =
        fs::read(directory.path().join(format!("snapshot-{newest}.tar.gz"))).expect("it was saved");
    assert_eq!(saved, atlas.download_host().files()[0].bytes());
}

#[test]
fn a_snapshot_of_a_tenant_cluster_is_downloaded_through_v1() {
    let atlas = atlas(FakeAtlas::builder());
    let snapshot = atlas
        .latest(Family::TenantSnapshot, "tenant")
        .expect("the cluster has some");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let arguments = [
        "tenant",
        &snapshot,
        directory.path().to_str().expect("its name is text"),
    ];
    printed(run(&atlas, "tenant_download", &arguments, ""));
    let saved = fs::read(directory.path().join(format!("snapshot-{snapshot}.tar.gz")))
        .expect("it was saved");
    assert_eq!(saved, atlas.download_host().files()[0].bytes());
    let asked = path("tenant", "tenant/download").replace("/v2/", "/v1.0/");
    assert_eq!(
        (
            atlas.server().handled_count("POST"),
            atlas.server().handled_count_at("POST", &asked)
        ),
        (1, 1)
    );
}

#[test]
fn whole_story_runs_to_its_end() {
    let atlas = atlas(FakeAtlas::builder());
    let directory = tempfile::tempdir().expect("a temporary directory");
    let text = printed(run(
        &atlas,
        "whole_story",
        &[
            "orders",
            directory.path().to_str().expect("its name is text"),
        ],
        "",
    ));
    assert!(
        text.contains("4 in all") && text.contains(" bytes, all that were offered"),
        "{text}"
    );
}

#[test]
fn a_speed_or_size_that_cannot_work_is_refused() {
    let (demo, fake) = (env!("CARGO_BIN_EXE_demo"), env!("CARGO_BIN_EXE_fake-atlas"));
    let stopped = ["--speed=0", "--speed=-1", "--speed=NaN", "--speed=inf"];
    let beyond = [
        "--size=0",
        "--size=1048577",
        "--size=18446744073709551615",
        "--speed=10001",
    ];
    for (program, options) in [(demo, &stopped), (fake, &stopped), (demo, &beyond)] {
        for option in options {
            let output = Command::new(program)
                .arg(option)
                .stdin(Stdio::null())
                .output()
                .expect("it was built");
            let name = option.split('=').next().unwrap_or_default();
            assert!(
                output.status.code() == Some(2) && errors(&output).contains(name),
                "{option}: {output:?}"
            );
        }
    }
}
