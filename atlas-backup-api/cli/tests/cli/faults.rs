//! Each way to fail, with its exit code and its message.

use std::fmt::Write;
use std::fs;
use std::net::TcpListener;

use atlas_backup_fake::{DownloadFault, FakeAtlas, Family, Fault, Faults, HttpResponse, PROJECT};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::{Ended, at_once, bare, fast, latest, masked, program, run, run_program, still};

/// The commands that call Atlas, with a directory for files and the path of a policy.
fn commands<'a>(directory: &'a str, policy: &'a str) -> Vec<Vec<&'a str>> {
    vec![
        vec!["take", "orders"],
        vec!["take", "orders", "--wait"],
        vec!["take", "orders", "--once", "2026-01-01"],
        vec!["take", "orders", "events", "--once", "2026-01-01"],
        vec!["list", "orders"],
        vec!["save", "orders", "latest", "--into", directory],
        vec![
            "restore",
            "orders",
            "latest",
            "--to",
            "events",
            "--yes-overwrite",
            "events",
        ],
        vec!["wait", "orders", "--snapshot", "65f0a1b2c3d4e5f6a7b8c9d0"],
        vec!["wait", "orders", "--restore", "65f0a1b2c3d4e5f6a7b8c9d0"],
        vec!["schedule", "show", "orders"],
        vec!["check", "--policy", policy],
        vec!["clusters"],
    ]
}

/// Runs every command under faults of their own, and returns what each ends with.
fn outcomes(faults: impl Fn() -> Faults + Sync) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().to_str().expect("its name is text");
    let policy = format!("{directory}/policy.toml");
    let rules = "[[clusters]]\nnames = [\"orders\"]\nno_failed_within = \"1d\"\n";
    fs::write(&policy, rules).expect("it can be written");
    let all = at_once(commands(directory, &policy), |arguments| {
        let atlas = fast(FakeAtlas::builder().faults(&faults()));
        let ended = run(&atlas, &arguments);
        outcome(&atlas, &arguments, &ended).replace(directory, "DIRECTORY")
    });
    all.concat()
}

/// A command, its exit code, and the last line that it printed on standard error.
fn outcome(atlas: &FakeAtlas, arguments: &[&str], ended: &Ended) -> String {
    let mut text = format!("$ atlas-backup {}\n", arguments.join(" "));
    let last = ended.err.lines().last().unwrap_or_default();
    let _never_fails = writeln!(
        text,
        "{:?} {}",
        ended.code.unwrap_or(-1),
        masked(atlas, last)
    );
    text
}

fn refusal(status: u16, code: &str, detail: &str) -> Fault {
    let body = serde_json::json!({"error": status, "errorCode": code, "detail": detail});
    Fault::respond(HttpResponse::json(status, "application/json", &body))
}

#[test]
fn what_atlas_refuses_is_refused() {
    let faults = || {
        let fault = refusal(403, "USER_UNAUTHORIZED", "The role is missing.");
        Faults::always(fault).with_authorization()
    };
    assert_snapshot!(outcomes(faults));
}

#[test]
fn wrong_credentials_are_refused() {
    let faults = || Faults::always(Fault::unauthorized_latin_1()).with_authorization();
    assert_snapshot!(outcomes(faults));
}

#[test]
fn a_creation_that_atlas_refuses_is_refused() {
    let faults = || {
        let fault = refusal(409, "BACKUP_IN_PROGRESS", "Another one is in progress.");
        Faults::script([fault])
            .with_authorization()
            .on_method("POST")
    };
    assert_snapshot!(outcomes(faults));
}

#[test]
fn too_many_calls_are_rate_limited() {
    let faults = || Faults::always(Fault::rate_limited(Some(0))).with_authorization();
    assert_snapshot!(outcomes(faults));
}

#[test]
fn a_gateway_that_does_not_work_is_unavailable() {
    let faults = || Faults::always(Fault::empty_502().retry_after(0)).with_authorization();
    assert_snapshot!(outcomes(faults));
}

#[test]
fn a_gateway_that_gave_up_waiting_is_unavailable_and_a_creation_ambiguous() {
    let gave_up = || Fault::respond(HttpResponse::new(408).header("Retry-After", "0"));
    let all = Faults::always(gave_up()).with_authorization();
    let creations = Faults::always(gave_up())
        .with_authorization()
        .on_method("POST");
    for (faults, arguments, code) in [
        (all, ["list", "orders"], 10),
        (creations, ["take", "orders"], 8),
    ] {
        let atlas = fast(FakeAtlas::builder().faults(&faults));
        let ended = run(&atlas, &arguments);
        assert_eq!(ended.code, Some(code), "{}", ended.err);
    }
}

#[test]
fn a_lost_response_to_a_creation_is_ambiguous_unless_it_can_be_found() {
    let faults = || {
        Faults::script([Fault::reset().after_handling()])
            .with_authorization()
            .on_method("POST")
    };
    assert_snapshot!(outcomes(faults));
}

/// The path of the snapshots of `orders`.
fn snapshots_of_orders() -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/clusters/orders/backup/snapshots")
}

/// What could not be looked for is not said to be missing.
#[test]
fn a_lost_snapshot_that_could_not_be_looked_for_is_ambiguous() {
    let mut all = String::new();
    for more in [&["--wait"][..], &["--once", "2026-01-01"]] {
        let faults = Faults::script([
            Fault::pass(),
            Fault::reset().after_handling(),
            refusal(403, "USER_UNAUTHORIZED", "The role is missing."),
        ]);
        let faults = faults.with_authorization().on_path(&snapshots_of_orders());
        let atlas = fast(FakeAtlas::builder().faults(&faults));
        let arguments = [&["take", "orders"], more].concat();
        all += &outcome(&atlas, &arguments, &run(&atlas, &arguments));
    }
    assert_snapshot!(all);
}

/// Whoever is not told of the snapshot takes another.
#[test]
fn a_snapshot_whose_response_does_not_come_in_time_is_looked_for() {
    let faults = Faults::script([Fault::silent().after_handling()])
        .with_authorization()
        .on_method("POST");
    let atlas = fast(FakeAtlas::builder().faults(&faults));
    // However slow the machine is, it is not completed in time.
    atlas.hang_next(Family::Snapshot);
    let ended = run(&atlas, &["take", "orders", "--wait", "--timeout", "1s"]);
    let id = latest(&atlas, ("orders", Family::Snapshot));
    let message = format!("error: snapshot {id} is not done after 1s");
    assert_eq!(ended.code, Some(7), "{}", ended.err);
    assert!(ended.err.contains(&message), "{}", ended.err);
    assert!(
        ended.err.contains(&format!(
            "wait for it with `atlas-backup wait --project {PROJECT} orders --snapshot {id}`"
        )),
        "{}",
        ended.err
    );
}

#[test]
fn a_response_to_a_creation_that_cannot_be_read_is_ambiguous() {
    let faults = || {
        let garbage = HttpResponse::json(200, "application/json", &serde_json::json!({}));
        Faults::script([Fault::respond(garbage)])
            .with_authorization()
            .on_method("POST")
    };
    assert_snapshot!(outcomes(faults));
}

#[test]
fn what_does_not_exist_is_not_found() {
    let atlas = still(FakeAtlas::builder());
    let mut all = String::new();
    for arguments in [
        &["list", "nowhere"][..],
        &["take", "nowhere"],
        &["save", "nowhere", "latest"],
        &["save", "orders", "65f0a1b2c3d4e5f6a7b8c9d0"],
        &[
            "restore",
            "orders",
            "65f0a1b2c3d4e5f6a7b8c9d0",
            "--to",
            "events",
            "--yes-overwrite",
            "events",
        ],
        &[
            "restore",
            "orders",
            "latest",
            "--to",
            "nowhere",
            "--yes-overwrite",
            "nowhere",
        ],
        &["wait", "orders", "--snapshot", "65f0a1b2c3d4e5f6a7b8c9d0"],
        &["wait", "orders", "--restore", "65f0a1b2c3d4e5f6a7b8c9d0"],
        &["list", "orders", "--project", "65f0a1b2c3d4e5f6a7b8c9d0"],
        &["list", "orders", "--project", "Shoop"],
    ] {
        all += &outcome(&atlas, arguments, &run(&atlas, arguments));
    }
    assert_snapshot!(all);
    let created = atlas.server().handled_count("POST");
    assert_eq!(created, 0, "nothing may be created");
}

#[test]
fn a_cluster_without_a_completed_snapshot_has_no_latest_one() {
    let atlas = still(FakeAtlas::builder().snapshots("orders", 0));
    let ended = run(&atlas, &["save", "orders", "latest"]);
    assert_eq!(
        (ended.code, ended.err.as_str()),
        (Some(4), "error: orders has no completed snapshot\n")
    );
}

#[test]
fn a_download_that_can_be_continued_says_how() {
    at_once(
        [(403, 6), (429, 5), (408, 10), (503, 10)],
        |(status, code)| {
            let atlas = fast(FakeAtlas::builder());
            let refusal = HttpResponse::new(status).header("Retry-After", "0");
            let host = atlas.download_host();
            host.always(DownloadFault::Respond(refusal));
            let directory = tempfile::tempdir().expect("a temporary directory");
            let into = directory.path().to_str().expect("its name is text");
            let ended = run(&atlas, &["save", "orders", "latest", "--into", into]);
            assert_eq!(ended.code, Some(code), "{}", ended.err);
            let (_, advice) = ended
                .err
                .split_once("; to continue, run `")
                .unwrap_or_else(|| panic!("{}", ended.err));
            let command = advice.trim_end().trim_end_matches('`');
            host.clear_always();
            let ended = run(&atlas, &command.split(' ').skip(1).collect::<Vec<_>>());
            assert_eq!(ended.code, Some(0), "{}", ended.err);
        },
    );
}

/// A job that names another snapshot, and so may name its files.
#[test]
fn a_download_of_another_snapshot_is_not_saved() {
    let job = json!({"id": JOB, "snapshotId": OTHER});
    let atlas = created_as(&job);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let into = directory.path().join("new");
    let into = into.to_str().expect("its name is text");
    let ended = run(&atlas, &["save", "orders", "latest", "--into", into]);
    let wanted = latest(&atlas, ("orders", Family::Snapshot));
    let message = format!(
        "error: snapshot {wanted} was requested, but the job {JOB} is for snapshot {OTHER}; nothing was downloaded\n"
    );
    assert!(ended.err.ends_with(&message), "{}", ended.err);
    assert_eq!(ended.code, Some(1));
    assert!(!fs::exists(into).expect("it can be looked for"));
}

/// Whoever overwrites a cluster must be told if Atlas overwrites another one.
#[test]
fn a_restore_of_something_else_is_an_error_that_names_both() {
    let right = json!({"snapshotId": null, "targetClusterName": "Events"});
    for (job, stated) in [
        (
            json!({"targetClusterName": "orders"}),
            "the target orders instead of events",
        ),
        (
            json!({"targetClusterName": "events", "targetGroupId": OTHER}),
            "the target project 65f0a1b2c3d4e5f6a7b8c9d1 instead of 32b6e34b3d91647abb20e7b8",
        ),
        (
            json!({"snapshotId": OTHER}),
            "the snapshot 65f0a1b2c3d4e5f6a7b8c9d1 instead of SNAPSHOT",
        ),
        (right, ""),
    ] {
        let mut job = job;
        job["id"] = JOB.into();
        let atlas = created_as(&job);
        let restore = "restore orders latest --no-wait --to events --yes-overwrite events";
        let ended = run(&atlas, &restore.split(' ').collect::<Vec<_>>());
        if stated.is_empty() {
            assert_eq!(ended.code, Some(0), "{}", ended.err);
            continue;
        }
        let wanted = latest(&atlas, ("orders", Family::Snapshot));
        let message = format!(
            "error: restore {JOB} is not what was requested, and may go on: it names {}; look in Atlas, at the restore history of both clusters\n",
            stated.replace("SNAPSHOT", &wanted)
        );
        assert!(ended.err.ends_with(&message), "{}", ended.err);
        assert_eq!((ended.code, ended.out.as_str()), (Some(8), ""));
    }
}

const JOB: &str = "65f0a1b2c3d4e5f6a7b8c9d0";
const OTHER: &str = "65f0a1b2c3d4e5f6a7b8c9d1";

/// A fake that answers the creation of a job with this one.
fn created_as(job: &Value) -> FakeAtlas {
    let answer = HttpResponse::json(200, "application/json", job);
    let faults = Faults::script([Fault::respond(answer)])
        .with_authorization()
        .on_method("POST");
    still(FakeAtlas::builder().faults(&faults))
}

/// The kinds of jobs, by the command that waits for one.
const JOBS: [(&str, Family); 5] = [
    ("take orders --wait", Family::Snapshot),
    ("save orders latest --into DIRECTORY", Family::RestoreJob),
    (
        "restore orders latest --to events --yes-overwrite events",
        Family::RestoreJob,
    ),
    (
        "restore flex latest --to flex --yes-overwrite flex",
        Family::FlexRestoreJob,
    ),
    (
        "restore serverless latest --to serverless --yes-overwrite serverless",
        Family::ServerlessRestoreJob,
    ),
];

/// Runs each command that waits for a job, after `prepare`.
fn jobs(prepare: impl Fn(&FakeAtlas, Family) + Sync, more: &[&str]) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().to_str().expect("its name is text");
    let all = at_once(JOBS, |(command, family)| {
        let atlas = fast(FakeAtlas::builder());
        prepare(&atlas, family);
        let command = command.replace("DIRECTORY", directory);
        let arguments: Vec<&str> = command.split(' ').chain(more.iter().copied()).collect();
        let ended = run(&atlas, &arguments);
        assert_eq!(ended.out, "", "a job that did not succeed is no result");
        outcome(&atlas, &arguments, &ended).replace(directory, "DIRECTORY")
    });
    all.concat()
}

#[test]
fn a_failed_job_says_how_it_ended() {
    assert_snapshot!(jobs(FakeAtlas::fail_next, &[]));
}

#[test]
fn a_deadline_says_how_to_go_on() {
    assert_snapshot!(jobs(FakeAtlas::hang_next, &["--timeout", "1s"]));
}

/// If Atlas can no longer be asked about what was started, running the command again would start it
/// twice. So the exit code is not the one after which that is safe, except for a download.
#[test]
fn a_job_that_can_no_longer_be_asked_about_may_go_on() {
    assert_snapshot!(polled_under(|| Fault::empty_502().retry_after(0)));
}

/// A proxy may answer in place of Atlas, with success.
#[test]
fn a_job_whose_state_cannot_be_read_may_go_on() {
    let page = || HttpResponse::new(200).body("<html>Sign in</html>");
    assert_snapshot!(polled_under(|| Fault::respond(page())));
}

/// Runs each command that starts a job while the polls of the job get this fault.
fn polled_under(fault: impl Fn() -> Fault + Sync) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let directory = directory.path().to_str().expect("its name is text");
    let all = at_once(JOBS, |(command, family)| {
        let command = command.replace("DIRECTORY", directory);
        let arguments: Vec<&str> = command.split(' ').collect();
        // Each fake gives the same ids, so the job of the first is that of the second.
        let first = fast(FakeAtlas::builder());
        first.hang_next(family);
        run(&first, &[&arguments[..], &["--timeout", "1s"]].concat());
        let id = first.latest(family, arguments[1]).expect("it was created");
        let requests = first.server().received_requests();
        let mut paths = requests.iter().map(|request| request.path());
        let polled = paths
            .find(|path| path.ends_with(&id))
            .expect("it was polled");
        let faults = Faults::always(fault()).with_authorization().on_path(polled);
        let atlas = fast(FakeAtlas::builder().faults(&faults));
        let ended = run(&atlas, &arguments);
        outcome(&atlas, &arguments, &ended).replace(directory, "DIRECTORY")
    });
    all.concat()
}

/// How Atlas refuses the lists of the kinds that it has ended is not known.
#[test]
fn a_mistyped_cluster_is_not_found_however_the_lists_of_ended_kinds_are_refused() {
    at_once([403, 404, 405, 406, 410, 501], |status| {
        let path =
            format!("/api/atlas/v2/groups/{PROJECT}/clusters/missing/backup/tenant/snapshots");
        let faults = Faults::always(Fault::respond(HttpResponse::new(status)))
            .with_authorization()
            .on_path(&path);
        let atlas = still(FakeAtlas::builder().faults(&faults));
        let ended = run(&atlas, &["list", "missing"]);
        assert_eq!(ended.code, Some(4), "{status}: {}", ended.err);
        assert!(ended.err.contains("missing"), "{status}: {}", ended.err);
        assert_eq!(faults.triggered().len(), 1);
    });
}

/// The cluster was a replica set when the snapshot was taken, and is sharded now.
#[test]
fn a_snapshot_from_before_a_cluster_was_sharded_is_found() {
    let path = format!("/api/atlas/v2/groups/{PROJECT}/clusters/events/backup/snapshots/{OTHER}");
    let earlier = json!({"id": OTHER, "status": "completed", "type": "replicaSet"});
    let earlier = HttpResponse::json(200, "application/json", &earlier);
    let faults = Faults::always(Fault::respond(earlier))
        .with_authorization()
        .on_path(&path);
    let atlas = still(FakeAtlas::builder().faults(&faults));
    let restore = format!("restore events {OTHER} --to orders --yes-overwrite orders --no-wait");
    run(&atlas, &restore.split(' ').collect::<Vec<_>>());
    assert_eq!(faults.triggered().len(), 1);
    assert_eq!(atlas.server().handled_count("POST"), 1, "it was requested");
}

/// The command in the message is run as it is printed, once the job makes progress again.
#[test]
fn the_command_in_a_message_goes_on() {
    let atlas = fast(FakeAtlas::builder());
    atlas.set_job_duration(
        Family::Snapshot,
        std::time::Duration::from_secs(10),
        std::time::Duration::from_secs(600),
    );
    let ended = run(&atlas, &["take", "orders", "--wait", "--timeout", "1s"]);
    assert_eq!(ended.code, Some(7), "{}", ended.err);
    let command = ended
        .err
        .split('`')
        .nth(1)
        .unwrap_or_else(|| panic!("{}", ended.err));
    let arguments: Vec<&str> = command.split(' ').skip(1).collect();
    let ended = run(&atlas, &arguments);
    assert!(ended.out.contains("  completed  "), "{}", ended.err);
    assert_eq!(atlas.server().handled_count("POST"), 1);
}

#[test]
fn a_snapshot_of_a_flex_cluster_cannot_be_taken() {
    let atlas = still(FakeAtlas::builder());
    let mut all = String::new();
    for arguments in [&["take", "flex"][..], &["schedule", "show", "flex"]] {
        all += &outcome(&atlas, arguments, &run(&atlas, arguments));
    }
    assert_snapshot!(all);
    assert_eq!(atlas.server().handled_count("POST"), 0);
}

#[test]
fn an_incomplete_snapshot_is_not_restored() {
    let atlas = still(FakeAtlas::builder());
    assert_eq!(run(&atlas, &["take", "orders"]).code, Some(0));
    let snapshot = latest(&atlas, ("orders", Family::Snapshot));
    let arguments = [
        "restore",
        "orders",
        &snapshot,
        "--to",
        "events",
        "--yes-overwrite",
        "events",
    ];
    let ended = run(&atlas, &arguments);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(
        ended.err.contains("only a completed one can be restored"),
        "{}",
        ended.err
    );
    assert_eq!(
        atlas.server().handled_count("POST"),
        1,
        "only the snapshot was requested"
    );
}

#[test]
fn a_directory_that_cannot_be_written_is_reported_before_anything_is_requested() {
    let atlas = still(FakeAtlas::builder());
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let into = file.path().to_str().expect("its name is text");
    let ended = run(&atlas, &["save", "orders", "latest", "--into", into]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains(into), "{}", ended.err);
    assert_eq!(atlas.server().handled_count("POST"), 0);
}

#[test]
fn an_atlas_that_is_not_there_is_unavailable() {
    let free = TcpListener::bind("127.0.0.1:0").expect("the system has a port to give");
    let url = format!("http://{}", free.local_addr().expect("it is bound"));
    drop(free);
    let atlas = still(FakeAtlas::builder());
    let mut nowhere = program(&atlas, &["list", "orders"]);
    nowhere.env("MONGODB_ATLAS_BASE_URL", url);
    let ended = run_program(nowhere);
    assert_eq!(ended.code, Some(10), "{}", ended.err);
    assert!(
        ended.err.starts_with("error: getCluster: "),
        "{}",
        ended.err
    );
}

/// As in a container without the certificates of public authorities.
#[cfg(target_os = "linux")]
#[test]
fn a_system_without_certificates_is_named() {
    let atlas = still(FakeAtlas::builder());
    let mut bare_system = program(&atlas, &["list", "orders"]);
    bare_system
        .env("SSL_CERT_FILE", "/nonexistent")
        .env("SSL_CERT_DIR", "/nonexistent");
    let ended = run_program(bare_system);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("No CA certificates"), "{}", ended.err);
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
}

#[test]
fn a_missing_variable_or_argument_is_wrong_usage() {
    let atlas = still(FakeAtlas::builder());
    let no_credentials = bare(&["list", "orders", "--project", "65f0a1b2c3d4e5f6a7b8c9d0"]);
    let mut no_project = program(&atlas, &["list", "orders"]);
    no_project.env_remove("MONGODB_ATLAS_PROJECT");
    let mut all = String::new();
    for program in [
        no_credentials,
        no_project,
        program(&atlas, &["list"]),
        program(&atlas, &["list", "or/ders"]),
        program(&atlas, &["save", "orders", "newest"]),
        program(&atlas, &["take", "orders", "--wait", "--timeout", "soon"]),
        program(&atlas, &["wait", "orders"]),
    ] {
        let ended = run_program(program);
        let _never_fails = writeln!(all, "{:?}\n{}", ended.code.unwrap_or(-1), ended.err);
    }
    assert_snapshot!(all);
    assert_eq!(atlas.server().request_count(), 0);
}
