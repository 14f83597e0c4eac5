//! `drill` proves that a snapshot is good, or says in a report why it has not.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use atlas_backup_fake::{
    ClusterKind, FakeAtlas, FakeAtlasBuilder, Family, Fault, Faults, Gate, HttpResponse,
    PRIVATE_KEY, PROJECT, PROJECT_NAME,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::interrupts::{Running, arrive, command, signals};
use crate::{Ended, at_once, fast, json, latest, program, run_program, schema, still};

/// A fake that has a cluster to overwrite.
fn with_scratch(kind: ClusterKind) -> FakeAtlasBuilder {
    FakeAtlas::builder().cluster("scratch", kind)
}

fn replica_sets() -> FakeAtlasBuilder {
    with_scratch(ClusterKind::ReplicaSet)
}

/// A probe that finds the data to be good.
const GOOD: [&str; 3] = ["sh", "-c", "echo all there"];

/// The arguments of a drill into `scratch`.
fn arguments<'a>(cluster: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let to_scratch = ["--to", "scratch", "--yes-overwrite", "scratch"];
    [&["drill", cluster], more, &to_scratch].concat()
}

/// A drill that has ended, with the directory of its report.
struct Drilled {
    ended: Ended,
    directory: TempDir,
}

impl Drilled {
    /// Runs a drill to its end.
    fn run(atlas: &FakeAtlas, arguments: &[&str], probe: &[&str]) -> Self {
        let (program, directory) = prepared(atlas, arguments, probe);
        let ended = run_program(program);
        Drilled { ended, directory }
    }

    /// The report, which must have the documented members.
    fn report(&self) -> Value {
        let text = fs::read(self.only("json")).expect("it was written");
        let report: Value = serde_json::from_slice(&text).expect("it is JSON");
        let documented = include_str!("../../schema/drill.schema.json");
        let documented = serde_json::from_str(documented).expect("it is JSON");
        schema::conforms(&documented, &report, "report");
        report
    }

    fn markdown(&self) -> String {
        fs::read_to_string(self.only("md")).expect("it was written")
    }

    /// The only file with this extension. Nothing else is in the directory than the report.
    fn only(&self, extension: &str) -> PathBuf {
        let files = files(self.directory.path());
        assert_eq!(files.len(), 2, "{files:?}: {}", self.ended.err);
        let has_it = |path: &&PathBuf| path.extension() == Some(OsStr::new(extension));
        let found = files.iter().find(has_it);
        found.unwrap_or_else(|| panic!("{files:?}")).clone()
    }

    /// The drill must have ended so, and both files and the message must say it.
    fn must(&self, expected: &Expected, name: &str) -> Value {
        let (code, err) = (self.ended.code, &self.ended.err);
        assert_eq!(code, Some(expected.code), "{name}: {err}");
        assert!(err.contains(expected.says), "{name}: {err}");
        assert!(err.contains("the report is in "), "{name}: {err}");
        let report = self.report();
        let markdown = self.markdown();
        assert_eq!(report["outcome"], expected.outcome, "{name}");
        assert_eq!(report["exit_code"], expected.code, "{name}");
        assert_eq!(report["failed_step"], expected.step, "{name}: {report}");
        let message = report["message"].as_str().expect("it says why");
        assert!(message.contains(expected.says), "{name}: {message}");
        let title = format!(": {}\n", expected.outcome);
        assert!(markdown.contains(&title), "{name}: {markdown}");
        let is_run = matches!(expected.step, "probe" | "limits");
        assert_eq!(!markdown.contains("It was not run."), is_run, "{markdown}");
        let code = format!("| exit code | {} |\n", expected.code);
        assert!(markdown.contains(&code), "{name}: {markdown}");
        assert!(markdown.contains(expected.says), "{name}: {markdown}");
        let steps = report["steps"].as_array().expect("a list");
        let (last, before) = steps.split_last().expect("at least one was begun");
        assert_eq!(last["step"], expected.step, "{name}");
        assert_eq!(last["outcome"], expected.outcome, "{name}");
        assert!(before.iter().all(|step| step["outcome"] == "passed"));
        report
    }
}

/// After the restore was requested, a drill that was not finished can be.
fn must_say_how_to_finish(report: &Value) {
    let message = report["message"].as_str().expect("it says why");
    let end = "run the probe yourself, or the drill again, which restores again";
    assert!(message.ends_with(end), "{message}");
}

/// The program, which writes its report to a new directory.
fn prepared(atlas: &FakeAtlas, arguments: &[&str], probe: &[&str]) -> (Command, TempDir) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut program = program(atlas, arguments);
    program.arg("--report").arg(directory.path());
    program.arg("--").args(probe);
    (program, directory)
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("it exists");
    entries
        .map(|entry| entry.expect("it can be read").path())
        .collect()
}

/// How a drill that does not pass ends.
struct Expected {
    code: i32,
    outcome: &'static str,
    step: &'static str,
    /// A part of the message.
    says: &'static str,
}

const fn failed(code: i32, step: &'static str, says: &'static str) -> Expected {
    Expected {
        code,
        outcome: "failed",
        step,
        says,
    }
}

fn interrupted(step: &'static str, says: &'static str) -> Expected {
    Expected {
        code: 130,
        outcome: "interrupted",
        step,
        says,
    }
}

#[test]
fn a_good_snapshot_of_every_kind_of_cluster_passes() {
    let kinds = [
        ("orders", Family::Snapshot, ClusterKind::ReplicaSet),
        ("events", Family::Snapshot, ClusterKind::Sharded),
        ("flex", Family::FlexSnapshot, ClusterKind::Flex),
        ("tenant", Family::TenantSnapshot, ClusterKind::Tenant),
        (
            "serverless",
            Family::ServerlessSnapshot,
            ClusterKind::Serverless,
        ),
    ];
    at_once(kinds, |(cluster, family, kind)| {
        let atlas = fast(with_scratch(kind));
        let snapshot = latest(&atlas, (cluster, family));
        let drilled = Drilled::run(&atlas, &arguments(cluster, &["--json"]), &GOOD);
        let err = &drilled.ended.err;
        assert_eq!(drilled.ended.code, Some(0), "{cluster}: {err}");
        assert!(err.contains("\nall there\n"), "{err}");
        json::check("A drill", &drilled.ended.out);
        let record: Value = serde_json::from_str(&drilled.ended.out).expect("one line");
        let report = drilled.report();
        for member in ["outcome", "exit_code", "rto_seconds", "rpo_seconds"] {
            assert_eq!(record[member], report[member], "{member}");
        }
        let path = drilled.only("json");
        assert_eq!(record["report"], path.to_str().expect("it is text"));

        assert_eq!(report["outcome"], "passed");
        assert_eq!(report["cluster"]["name"], cluster);
        assert_eq!(report["scratch"]["name"], "scratch");
        assert_eq!(report["scratch"]["project"], PROJECT);
        assert_eq!(report["snapshot"]["given"], "latest");
        assert_eq!(report["snapshot"]["id"], snapshot.as_str());
        assert_eq!(report["restore"]["completed"], true);
        assert_eq!(report["probe"]["exit_code"], 0);
        assert_eq!(report["probe"]["output"], "all there\n");
        assert_eq!(report["probe"]["command"], json!(GOOD));
        let steps = report["steps"].as_array().expect("a list");
        let names: Vec<&str> = steps
            .iter()
            .filter_map(|step| step["step"].as_str())
            .collect();
        let expected = ["prepare", "find", "confirm", "request", "restore", "probe"];
        assert_eq!(names, expected);
        // The recovery is the last three steps, apart from what passes between them.
        let seconds = |value: &Value| value.as_f64().expect("a number");
        let measured: f64 = steps[3..]
            .iter()
            .map(|step| seconds(&step["seconds"]))
            .sum();
        let rto = seconds(&report["rto_seconds"]);
        assert!(
            (measured - 0.01..measured + 1.0).contains(&rto),
            "{measured} {rto}"
        );
        assert!(seconds(&report["rpo_seconds"]) > 6.0 * 3600.0);

        let markdown = drilled.markdown();
        let title = format!("# Drill of {cluster}: passed\n");
        assert!(markdown.starts_with(&title), "{markdown}");
        assert!(markdown.contains("\nall there\n"), "{markdown}");
        assert_eq!(atlas.server().handled_count("POST"), 1);
        for file in [drilled.only("json"), drilled.only("md")] {
            let mode = fs::metadata(file).expect("it exists").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    });
}

/// A message of the program is a line of its own, even if the probe does not end its last line.
#[test]
fn the_message_after_the_probe_is_on_a_line_of_its_own() {
    for (probe, end) in [("printf done", "\ndone\nthe"), ("echo done", "\ndone\nthe")] {
        let atlas = fast(replica_sets());
        let drilled = Drilled::run(&atlas, &arguments("orders", &[]), &["sh", "-c", probe]);
        let err = &drilled.ended.err;
        assert!(err.contains(&format!("{end} report is in ")), "{err}");
    }
}

#[test]
fn people_see_a_row() {
    let atlas = fast(replica_sets());
    let drilled = Drilled::run(&atlas, &arguments("orders", &[]), &GOOD);
    let lines: Vec<&str> = drilled.ended.out.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("OUTCOME  CLUSTER "), "{lines:?}");
    assert!(lines[1].starts_with("passed   orders "), "{lines:?}");
    let report = drilled.only("json");
    assert!(lines[1].ends_with(report.to_str().expect("it is text")));
}

/// What fails before or after the restore was requested. Faults act on every request, or on those
/// that create something.
#[test]
fn every_failure_gives_a_report_and_an_exit_code() {
    let every = |fault: Fault| Faults::always(fault).with_authorization();
    let creation = |fault: Fault| every(fault).on_method("POST");
    let refusal = |status: u16, code: &str| {
        let body = json!({"error": status, "errorCode": code, "detail": "No."});
        Fault::respond(HttpResponse::json(status, "application/json", &body))
    };
    let once = |fault| {
        Faults::script([fault])
            .with_authorization()
            .on_method("POST")
    };
    let gateway = || Fault::html_503().retry_after(0);
    let empty = HttpResponse::json(200, "application/json", &json!({}));
    let cases = [
        (
            every(Fault::unauthorized_latin_1()),
            failed(3, "find", "401 Unauthorized"),
        ),
        (
            every(refusal(403, "USER_UNAUTHORIZED")),
            failed(3, "find", "check the roles of the credentials"),
        ),
        (
            creation(refusal(403, "USER_UNAUTHORIZED")),
            failed(3, "request", "check the roles of the credentials"),
        ),
        (
            creation(refusal(409, "ATLAS_CLUSTER_RESTORE_IN_PROGRESS")),
            failed(3, "request", "ATLAS_CLUSTER_RESTORE_IN_PROGRESS"),
        ),
        (
            every(Fault::rate_limited(Some(0))),
            failed(5, "find", "run it again later"),
        ),
        (
            creation(Fault::rate_limited(Some(0))),
            failed(5, "request", "run it again later"),
        ),
        (every(gateway()), failed(10, "find", "run it again later")),
        (
            once(Fault::reset().after_handling()),
            failed(8, "request", "a restore to scratch may have been requested"),
        ),
        (
            once(Fault::respond(empty)),
            failed(8, "request", "a restore to scratch may have been requested"),
        ),
    ];
    at_once(cases, |(faults, expected)| {
        let atlas = fast(replica_sets().faults(&faults));
        let drilled = Drilled::run(&atlas, &arguments("orders", &["--json"]), &GOOD);
        let report = drilled.must(&expected, expected.says);
        json::check("A drill", &drilled.ended.out);
        assert!(report["rto_seconds"].is_null(), "{report}");
        assert!(report["restore"]["id"].is_null(), "{report}");
        assert!(report["probe"]["output"].is_null(), "the probe did not run");
        let [json, markdown] = ["json", "md"]
            .map(|end| fs::read_to_string(drilled.only(end)).expect("it was written"));
        assert!(!json.contains(PRIVATE_KEY) && !markdown.contains(PRIVATE_KEY));
    });
}

/// What is wrong with the arguments is in a report, too, and nothing is restored.
#[test]
fn wrong_arguments_overwrite_nothing() {
    let atlas = fast(replica_sets());
    let [orders, scratch] = ["orders", "scratch"].map(|name| {
        let id = atlas.cluster_id(name);
        id.expect("it exists")
    });
    let same = "it is the cluster that the snapshot is of";
    let refused = || failed(3, "find", same);
    let to =
        |cluster, to, confirmed| vec!["drill", cluster, "--to", to, "--yes-overwrite", confirmed];
    let to_project = |cluster, name, project| {
        [to(cluster, name, "orders"), vec!["--to-project", project]].concat()
    };
    let snapshot = "65f0a1b2c3d4e5f6a7b8c9d0";
    let cases = [
        (to("orders", "orders", "orders"), refused()),
        (to("orders", &orders, "orders"), refused()),
        (to(&orders, "orders", "orders"), refused()),
        (to(&orders, &orders, "orders"), refused()),
        (to_project("orders", "orders", PROJECT_NAME), refused()),
        (to_project("orders", &orders, PROJECT_NAME), refused()),
        (to_project(&orders, "orders", PROJECT), refused()),
        (to("flex", "flex", "flex"), refused()),
        (to("serverless", "serverless", "serverless"), refused()),
        (
            to("events", "scratch", "scratch"),
            failed(3, "find", "needs another sharded cluster"),
        ),
        (
            to("orders", "serverless", "serverless"),
            failed(3, "find", "takes only snapshots of serverless instances"),
        ),
        (
            to("orders", "scratch", "orders"),
            failed(2, "confirm", "is not scratch, which would be overwritten"),
        ),
        (
            to("orders", &scratch, &scratch),
            failed(2, "confirm", "is not scratch, which would be overwritten"),
        ),
        (
            vec!["drill", "orders", "--to", "scratch"],
            failed(2, "prepare", "confirm it with --yes-overwrite NAME"),
        ),
        (
            arguments("orders", &[snapshot]),
            failed(4, "find", "lists the snapshots"),
        ),
        (
            arguments("nowhere", &[]),
            failed(4, "find", "has no cluster"),
        ),
        (
            to("orders", "nowhere", "nowhere"),
            failed(4, "find", "has no cluster"),
        ),
        (
            arguments("orders", &["--project", "Shoop"]),
            failed(4, "find", "no project"),
        ),
        (
            arguments("or/ders", &[]),
            failed(2, "find", "the cluster: "),
        ),
    ];
    at_once(cases, |(arguments, expected)| {
        let drilled = Drilled::run(&atlas, &arguments, &GOOD);
        drilled.must(&expected, &arguments.join(" "));
    });
    assert_eq!(atlas.server().handled_count("POST"), 0);
}

#[test]
fn an_incomplete_snapshot_is_not_restored() {
    let atlas = still(replica_sets());
    crate::printed(&atlas, &["take", "orders"]);
    let snapshot = latest(&atlas, ("orders", Family::Snapshot));
    let drilled = Drilled::run(
        &atlas,
        &arguments("orders", &[&snapshot, "--timeout", "1s"]),
        &GOOD,
    );
    let expected = failed(3, "find", "only a completed one can be restored");
    drilled.must(&expected, "");
    let requested = atlas.server().handled_count("POST");
    assert_eq!(requested, 1, "only the snapshot was requested");
}

#[test]
fn a_probe_that_does_not_exist_or_a_missing_confirmation_sends_nothing() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("probe");
    fs::write(&file, "").expect("it can be written");
    let file = file.to_str().expect("it is text");
    let atlas = fast(replica_sets());
    for probe in [
        "/no/such/probe",
        file,
        directory.path().to_str().expect("text"),
    ] {
        let drilled = Drilled::run(&atlas, &arguments("orders", &[]), &[probe]);
        drilled.must(
            &failed(2, "prepare", "is not a program that can be run"),
            probe,
        );
    }
    let (mut program, directory) = prepared(
        &atlas,
        &arguments("orders", &[]),
        &["no-such-probe-anywhere"],
    );
    program.env("PATH", "/usr/bin:/bin");
    let drilled = Drilled {
        ended: run_program(program),
        directory,
    };
    drilled.must(
        &failed(2, "prepare", "is not a program that can be run"),
        "PATH",
    );
    let drilled = Drilled::run(&atlas, &["drill", "orders", "--to", "scratch"], &GOOD);
    drilled.must(&failed(2, "prepare", "--yes-overwrite"), "");
    assert_eq!(atlas.server().request_count(), 0);
}

#[test]
fn a_drill_without_a_probe_is_wrong_usage() {
    let atlas = still(replica_sets());
    let ended = crate::run(&atlas, &arguments("orders", &["--report", "."]));
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("PROBE"), "{}", ended.err);
    // Without `--`, the probe stands where a snapshot does.
    let forgotten = arguments("orders", &["./probe.sh", "--report", "."]);
    let ended = crate::run(&atlas, &forgotten);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(
        ended.err.contains("the probe goes after `--`"),
        "{}",
        ended.err
    );
    assert_eq!(atlas.server().request_count(), 0);
}

#[test]
fn a_report_that_cannot_be_written_is_found_before_anything_is_sent() {
    let atlas = still(replica_sets());
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let file = file.path().to_str().expect("it is text");
    for directory in ["/no/such/directory", file] {
        let arguments = arguments("orders", &["--report", directory]);
        let ended = crate::run(&atlas, &[&arguments[..], &["--"], &GOOD].concat());
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (Some(1), ""),
            "{}",
            ended.err
        );
        let message = format!("error: the report cannot be written to {directory}: ");
        assert!(ended.err.starts_with(&message), "{}", ended.err);
    }
    assert_eq!(atlas.server().request_count(), 0);
}

/// Here the probe removes the directory, or puts another where one of the files belongs. What it says
/// about the data is not lost.
#[test]
fn a_report_that_can_no_longer_be_written_is_an_error() {
    let passed = "the report cannot be written to ";
    let failed = "the probe sh ended with exit code 3: ";
    let cases = [
        ("rm -r DIR", 0, 1, passed, ".md"),
        ("rm -r DIR", 3, 9, failed, ".md"),
        (
            "for part in DIR/*.part; do mkdir ${part%.json.part}.md; done",
            0,
            1,
            passed,
            ".md",
        ),
        (
            "for part in DIR/*.part; do mkdir ${part%.part}; done",
            3,
            9,
            failed,
            ".json",
        ),
    ];
    at_once(cases, |(damage, status, code, first, named)| {
        let atlas = fast(replica_sets());
        let directory = tempfile::tempdir().expect("a temporary directory");
        let reports = directory.path().join("reports");
        fs::create_dir(&reports).expect("it can be created");
        let path = reports.to_str().expect("it is text");
        let probe = format!("{}; exit {status}", damage.replace("DIR", path));
        let arguments = arguments("orders", &["--json", "--report", path]);
        let arguments = [&arguments[..], &["--", "sh", "-c", &probe]].concat();
        let ended = crate::run(&atlas, &arguments);
        assert_eq!(ended.code, Some(code), "{}", ended.err);
        let last = ended.err.lines().last().expect("an error");
        let message = last.strip_prefix("error: ").expect("an error");
        assert!(message.starts_with(first), "{message}");
        let (_, file) = message
            .split_once("the report cannot be written to ")
            .expect("it says so");
        let (file, _) = file.split_once(": ").expect("a reason");
        assert!(file.starts_with(path) && file.ends_with(named), "{message}");
        assert!(!message.contains(if named == ".md" { ".json" } else { ".md" }));

        let record: Value = serde_json::from_str(&ended.out).expect("one line");
        assert!(record["report"].is_null(), "{record}");
        assert_eq!(record["exit_code"], code, "{record}");
        assert_eq!(record["outcome"], "failed", "{record}");
        assert_eq!(record["message"], message);
        assert_eq!(record["failed_step"].is_null(), status == 0, "{record}");
        if reports.exists() {
            let left = files(&reports);
            let is_part = |path: &PathBuf| path.extension() == Some(OsStr::new("part"));
            assert!(!left.iter().any(is_part), "{left:?}");
        }
    });
}

#[test]
fn an_interruption_says_if_the_report_cannot_be_written() {
    let atlas = fast(replica_sets());
    let directory = tempfile::tempdir().expect("a temporary directory");
    let reports = directory.path().join("reports");
    fs::create_dir(&reports).expect("it can be created");
    let path = reports.to_str().expect("it is text");
    let probe = format!("rm -r {path}; echo it is gone; exec sleep 1000");
    let arguments = arguments("orders", &["--report", path]);
    let arguments = [&arguments[..], &["--", "sh", "-c", &probe]].concat();
    let mut running = Running::start(program(&atlas, &arguments));
    running.reach("it is gone");
    running.signal("INT");
    let ended = running.end();
    assert_eq!(ended.code, Some(130), "{}", ended.err);
    for part in [
        "the probe has not ended",
        "; the report cannot be written to ",
    ] {
        assert!(ended.err.contains(part), "{}", ended.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_an_error() {
    let atlas = fast(replica_sets());
    let (mut program, directory) = prepared(&atlas, &arguments("orders", &["--json"]), &GOOD);
    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    program.stdout(full.expect("Linux has it"));
    let drilled = Drilled {
        ended: run_program(program),
        directory,
    };
    let (code, err) = (drilled.ended.code, &drilled.ended.err);
    assert_eq!(code, Some(1), "{err}");
    assert!(
        err.contains("\nerror: the results cannot be written: "),
        "{err}"
    );
    assert_eq!(drilled.report()["outcome"], "passed");
}

/// Atlas cannot be asked at all: there are no credentials, or no URL to send them to.
#[test]
fn a_drill_that_cannot_begin_has_a_report() {
    let atlas = still(replica_sets());
    for (name, value, says) in [
        (
            "MONGODB_ATLAS_PRIVATE_API_KEY",
            "",
            "MONGODB_ATLAS_PRIVATE_API_KEY",
        ),
        ("MONGODB_ATLAS_BASE_URL", "no URL", "URL"),
    ] {
        let (mut program, directory) = prepared(&atlas, &arguments("orders", &["--json"]), &GOOD);
        program.env(name, value);
        let drilled = Drilled {
            ended: run_program(program),
            directory,
        };
        drilled.must(&failed(2, "prepare", says), name);
        json::check("A drill", &drilled.ended.out);
    }
    assert_eq!(atlas.server().request_count(), 0);
}

#[test]
fn a_failed_restore_fails_the_drill() {
    let kinds = [
        ("orders", Family::RestoreJob, ClusterKind::ReplicaSet),
        ("events", Family::RestoreJob, ClusterKind::Sharded),
        ("flex", Family::FlexRestoreJob, ClusterKind::Flex),
    ];
    at_once(kinds, |(cluster, family, kind)| {
        let atlas = fast(with_scratch(kind));
        atlas.fail_next(family);
        let drilled = Drilled::run(&atlas, &arguments(cluster, &[]), &GOOD);
        let report = drilled.must(&failed(6, "restore", "to scratch failed"), cluster);
        let id = atlas.latest(family, cluster).expect("it was requested");
        assert_eq!(report["restore"], json!({"id": id, "completed": false}));
        assert!(report["rto_seconds"].is_null() && report["rpo_seconds"].is_number());
    });
}

/// After the deadline, the restore goes on, and the message has the command that waits for it.
#[test]
fn a_deadline_says_that_the_restore_goes_on() {
    let atlas = fast(replica_sets());
    atlas.hang_next(Family::RestoreJob);
    let drilled = Drilled::run(&atlas, &arguments("orders", &["--timeout", "1s"]), &GOOD);
    let report = drilled.must(&failed(7, "restore", "is not done after 1s"), "");
    let command = command(report["message"].as_str().expect("it says why"));
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    let id = atlas.latest(Family::RestoreJob, "orders");
    assert_eq!(command[0], "wait");
    assert_eq!(command.last().copied(), id.as_deref());
    must_say_how_to_finish(&report);
    let waited = crate::run(&atlas, &[&command[..], &["--timeout", "1s"]].concat());
    assert_eq!(waited.code, Some(7), "{}", waited.err);
}

/// What the poll of the restore gets: that it was cancelled, or nothing any more.
#[test]
fn a_restore_that_is_cancelled_or_out_of_sight_fails_the_drill() {
    // Each fake gives the same ids, so the job of the first is that of the others.
    let first = fast(replica_sets());
    first.hang_next(Family::RestoreJob);
    Drilled::run(&first, &arguments("orders", &["--timeout", "1s"]), &GOOD);
    let id = first
        .latest(Family::RestoreJob, "orders")
        .expect("it was requested");
    let cancelled = json!({
        "id": id, "deliveryType": "automated", "snapshotId": "65f0a1b2c3d4e5f6a7b8c9d0",
        "cancelled": true, "failed": false, "expired": false, "targetClusterName": "scratch",
    });
    let media_type = "application/vnd.atlas.2023-01-01+json";
    let cancelled = Fault::respond(HttpResponse::json(200, media_type, &cancelled));
    let cases = [
        (cancelled, failed(6, "restore", "was cancelled")),
        (
            Fault::html_503().retry_after(0),
            failed(
                7,
                "restore",
                "may go on: wait for it with `atlas-backup wait ",
            ),
        ),
    ];
    let path = format!("/api/atlas/v2/groups/{PROJECT}/clusters/orders/backup/restoreJobs/{id}");
    at_once(cases, |(fault, expected)| {
        let faults = Faults::always(fault).with_authorization().on_path(&path);
        let atlas = fast(replica_sets().faults(&faults));
        let drilled = Drilled::run(&atlas, &arguments("orders", &[]), &GOOD);
        let report = drilled.must(&expected, expected.says);
        assert_eq!(report["restore"], json!({"id": id, "completed": false}));
    });
}

#[test]
fn a_probe_that_does_not_succeed_fails_the_drill() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let unusable = directory.path().join("probe");
    fs::write(&unusable, "#!/no/such/interpreter\n").expect("it can be written");
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&unusable, mode).expect("it can be changed");
    let unusable = unusable.to_str().expect("it is text");
    let many = "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i + 1)); done; exit 3";
    let endless = "echo early; exec sleep 1000";
    let shell = |script| vec!["sh", "-c", script];
    let cases = [
        (
            shell("exit 1"),
            failed(9, "probe", "ended with exit code 1"),
            json!(1),
        ),
        (
            shell(many),
            failed(9, "probe", "ended with exit code 3"),
            json!(3),
        ),
        (
            shell("kill -s TERM $$"),
            failed(9, "probe", "was ended by signal: 15"),
            Value::Null,
        ),
        (
            shell(endless),
            failed(9, "probe", "was killed after 1s"),
            Value::Null,
        ),
        (
            vec![unusable],
            failed(1, "probe", "cannot be run: "),
            Value::Null,
        ),
    ];
    let reports = at_once(cases, |(probe, expected, code)| {
        let atlas = fast(replica_sets());
        // Only the probe that would not end is not given the time that it needs.
        let longest = if probe.contains(&endless) { "1s" } else { "1h" };
        let arguments = arguments("orders", &["--probe-timeout", longest]);
        let drilled = Drilled::run(&atlas, &arguments, &probe);
        let report = drilled.must(&expected, expected.says);
        assert_eq!(report["probe"]["exit_code"], code, "{report}");
        assert_eq!(report["restore"]["completed"], true);
        assert!(
            report["rto_seconds"].is_null(),
            "the data is not there again"
        );
        report
    });
    assert_eq!(reports[3]["probe"]["output"], "early\n");
    let output = reports[1]["probe"]["output"].as_str().expect("much");
    assert!(
        output.len() <= 4096 && output.len() > 4000,
        "{}",
        output.len()
    );
    assert!(output.starts_with("line ") && output.ends_with("line 1999\n"));
}

/// The probe learns what to look at, and not the credentials of Atlas.
#[test]
fn the_probe_has_the_cluster_in_its_environment() {
    let atlas = fast(replica_sets());
    let snapshot = latest(&atlas, ("orders", Family::Snapshot));
    let (mut program, directory) = prepared(&atlas, &arguments("orders", &[]), &["env"]);
    let secrets = [
        "MONGODB_ATLAS_PUBLIC_KEY",
        "MONGODB_ATLAS_PRIVATE_KEY",
        "MONGODB_ATLAS_CLIENT_ID",
        "MONGODB_ATLAS_CLIENT_SECRET",
        "MONGODB_ATLAS_ACCESS_TOKEN",
        // A name that no version knows yet.
        "MONGODB_ATLAS_SESSION",
    ];
    // The client takes those of an API key first, and empty variables count as not set.
    for name in secrets {
        program.env(name, "");
    }
    program
        .env("ATLAS_BACKUP_CLUSTER", "stale")
        .env("DATABASE_USER", "probe");
    let drilled = Drilled {
        ended: run_program(program),
        directory,
    };
    assert_eq!(drilled.ended.code, Some(0), "{}", drilled.ended.err);
    let report = drilled.report();
    let printed = report["probe"]["output"].as_str().expect("it prints much");
    let id = atlas.cluster_id("scratch").expect("it exists");
    // The clock of the fake runs before the snapshots are made, by how much depends on the machine.
    let created = report["snapshot"]["created"].as_str().expect("it has one");
    assert!(created.starts_with("2025-12-31T18:00:"), "{created}");
    for line in [
        "ATLAS_BACKUP_CLUSTER=scratch",
        &format!("ATLAS_BACKUP_CLUSTER_ID={id}"),
        &format!("ATLAS_BACKUP_PROJECT={PROJECT}"),
        &format!("ATLAS_BACKUP_SNAPSHOT={snapshot}"),
        &format!("ATLAS_BACKUP_SNAPSHOT_CREATED={created}"),
        "DATABASE_USER=probe",
        &format!("MONGODB_ATLAS_PROJECT={PROJECT}"),
        &format!("MONGODB_ATLAS_BASE_URL={}", atlas.url()),
    ] {
        assert!(
            printed.lines().any(|printed| printed == line),
            "{line}: {printed}"
        );
    }
    for name in secrets.iter().chain(&["_API_KEY", PRIVATE_KEY]) {
        assert!(!printed.contains(name), "{name}: {printed}");
    }
}

#[test]
fn limits_that_are_exceeded_fail_a_drill_whose_probe_has_passed() {
    let cases = [
        (vec!["--max-rto", "1ms"], "and --max-rto is 1ms"),
        (vec!["--max-rpo", "1h"], "and --max-rpo is 1h"),
        (
            vec!["--max-rto", "1h", "--max-rpo", "1h"],
            "and --max-rpo is 1h",
        ),
    ];
    at_once(cases, |(limits, says)| {
        let atlas = fast(replica_sets());
        let drilled = Drilled::run(&atlas, &arguments("orders", &limits), &GOOD);
        let report = drilled.must(&failed(9, "limits", says), says);
        assert_eq!(report["probe"]["exit_code"], 0);
        assert!(report["rto_seconds"].is_number() && report["rpo_seconds"].is_number());
        let message = report["message"].as_str().expect("it says why");
        assert!(!message.contains(';'), "only one is exceeded: {message}");
    });
    let atlas = fast(replica_sets());
    let kept = ["--max-rto", "1h", "--max-rpo", "1000000h"];
    let drilled = Drilled::run(&atlas, &arguments("orders", &kept), &GOOD);
    assert_eq!(drilled.ended.code, Some(0), "{}", drilled.ended.err);
    let report = drilled.report();
    assert_eq!(report["max_rto_seconds"], 3600.0);
    assert_eq!(report["steps"][6]["step"], "limits");
}

/// A snapshot of which it is not known when it was taken is not taken for a new one.
#[test]
fn an_unknown_age_is_not_zero() {
    let id = latest(&still(replica_sets()), ("orders", Family::Snapshot));
    let snapshot = json!({"id": id, "status": "completed"});
    let media_type = "application/vnd.atlas.2023-01-01+json";
    let snapshot = Fault::respond(HttpResponse::json(200, media_type, &snapshot));
    let path = format!("/api/atlas/v2/groups/{PROJECT}/clusters/orders/backup/snapshots/{id}");
    let faults = Faults::always(snapshot).with_authorization().on_path(&path);
    let atlas = fast(replica_sets().faults(&faults));
    let drilled = Drilled::run(
        &atlas,
        &arguments("orders", &[&id, "--max-rpo", "1h"]),
        &GOOD,
    );
    let expected = failed(9, "limits", "the age of the snapshot is not known");
    let report = drilled.must(&expected, "");
    assert!(report["rpo_seconds"].is_null(), "{report}");
    assert!(report["snapshot"]["created"].is_null(), "{report}");
}

/// A drill that runs, until a line of standard error has this text.
fn running(atlas: &FakeAtlas, probe: &[&str], at: &str) -> (Running, TempDir) {
    let (program, directory) = prepared(atlas, &arguments("orders", &[]), probe);
    let mut running = Running::start(program);
    running.reach(at);
    (running, directory)
}

#[test]
fn an_interruption_while_the_restore_is_waited_for_says_that_it_goes_on() {
    for (signal, code) in signals() {
        let atlas = fast(replica_sets());
        atlas.hang_next(Family::RestoreJob);
        let (running, directory) = running(&atlas, &GOOD, ": running");
        running.signal(signal);
        let ended = running.end();
        assert_eq!(ended.out, "");
        let drilled = Drilled { ended, directory };
        let expected = Expected {
            code,
            ..interrupted("restore", " of orders goes on: wait for it with `")
        };
        let report = drilled.must(&expected, signal);
        let id = atlas.latest(Family::RestoreJob, "orders");
        assert_eq!(report["restore"]["id"].as_str(), id.as_deref());
        let last = drilled.ended.err.lines().last().expect("a message");
        let words = command(last);
        assert_eq!(words.last(), id.as_ref(), "{last}");
        must_say_how_to_finish(&report);
    }
}

#[test]
fn an_interruption_before_the_request_has_changed_nothing() {
    let gate = Gate::closed();
    let faults = Faults::always(Fault::hold_until(&gate)).with_authorization();
    let atlas = fast(replica_sets().faults(&faults));
    let (program, directory) = prepared(&atlas, &arguments("orders", &[]), &GOOD);
    let running = Running::start(program);
    arrive(&gate);
    running.signal("INT");
    let drilled = Drilled {
        ended: running.end(),
        directory,
    };
    gate.open();
    drilled.must(&interrupted("find", "nothing was changed"), "");
}

/// While the request is on its way, nobody knows the id of the restore: the first Ctrl-C waits for
/// it, and the second says to look.
#[test]
fn an_interruption_while_the_request_is_on_its_way_is_in_the_report() {
    for is_second in [false, true] {
        let gate = Gate::closed();
        let faults = Faults::script([Fault::hold_until(&gate)])
            .with_authorization()
            .on_method("POST");
        let atlas = fast(replica_sets().faults(&faults));
        let (program, directory) = prepared(&atlas, &arguments("orders", &[]), &GOOD);
        let mut running = Running::start(program);
        arrive(&gate);
        running.signal("INT");
        running.reach("waiting for the response of Atlas");
        let expected = if is_second {
            running.signal("INT");
            interrupted("request", "a restore to scratch may have been requested")
        } else {
            gate.open();
            interrupted("restore", " of orders goes on: wait for it with `")
        };
        let drilled = Drilled {
            ended: running.end(),
            directory,
        };
        gate.open();
        let report = drilled.must(&expected, "");
        assert_eq!(report["restore"]["id"].is_null(), is_second, "{report}");
    }
}

/// The processes of a probe keep a named pipe open, and would write to it if they lived longer.
struct Pipe {
    directory: TempDir,
}

impl Pipe {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let made = Command::new("mkfifo")
            .arg(directory.path().join("pipe"))
            .status();
        assert!(made.expect("there is mkfifo").success());
        Pipe { directory }
    }

    fn path(&self) -> String {
        let path = self.directory.path().join("pipe");
        path.to_str().expect("it is text").to_owned()
    }

    /// A probe that starts another process, which says when it has opened the pipe, and waits for it.
    fn probe(&self) -> String {
        let pipe = self.path();
        format!("(echo started; sleep 20; echo alive >&3) 3> {pipe} & wait")
    }

    /// Reads what the processes write, until all of them have ended.
    fn read(&self) -> thread::JoinHandle<String> {
        let path = self.path();
        thread::spawn(move || fs::read_to_string(path).expect("it is text"))
    }
}

#[test]
fn an_interruption_ends_the_probe_and_what_it_has_started() {
    let atlas = fast(replica_sets());
    let pipe = Pipe::new();
    let written = pipe.read();
    let probe = pipe.probe();
    let (running, directory) = running(&atlas, &["sh", "-c", &probe], "started");
    running.signal("INT");
    let drilled = Drilled {
        ended: running.end(),
        directory,
    };
    let report = drilled.must(&interrupted("probe", "the probe has not ended"), "");
    must_say_how_to_finish(&report);
    assert_eq!(report["probe"]["output"], "started\n");
    assert_eq!(report["restore"]["completed"], true);
    assert_eq!(written.join().expect("it was read"), "", "it lives on");
}

#[test]
fn a_probe_that_takes_too_long_is_killed_with_what_it_has_started() {
    let atlas = fast(replica_sets());
    let pipe = Pipe::new();
    let written = pipe.read();
    let probe = ["sh", "-c", &pipe.probe()];
    let arguments = arguments("orders", &["--probe-timeout", "1s"]);
    let drilled = Drilled::run(&atlas, &arguments, &probe);
    drilled.must(&failed(9, "probe", "was killed after 1s"), "");
    assert_eq!(written.join().expect("it was read"), "", "it lives on");
}

/// Whoever has started the program keeps its standard error open, and reads none of it. A pipe has
/// room for less than this probe prints.
#[test]
fn a_probe_whose_output_nobody_reads_is_killed_in_time() {
    let flood = "while :; do echo a line that nobody reads; done";
    let flood_and_end = "i=0; while [ $i -lt 100000 ]; do echo $i; i=$((i + 1)); done; exit 3";
    let cases = [
        (flood, "1s", "was killed after 1s"),
        (flood_and_end, "1h", "ended with exit code 3"),
    ];
    at_once(cases, |(probe, longest, says)| {
        let atlas = fast(replica_sets());
        let arguments = arguments("orders", &["--probe-timeout", longest]);
        let (program, directory) = prepared(&atlas, &arguments, &["sh", "-c", probe]);
        let (ended, printed) = Running::start(program).end_unread();
        assert!(
            printed.contains("a line") || printed.contains("\n99\n"),
            "{printed}"
        );
        let drilled = Drilled { ended, directory };
        assert_eq!(drilled.ended.code, Some(9));
        let report = drilled.report();
        let message = report["message"].as_str().expect("it says why");
        assert!(message.contains(says), "{message}");
        let output = report["probe"]["output"].as_str().expect("much");
        assert!(longest == "1s" || output.ends_with("\n99999\n"), "{output}");
    });
}

/// A process that the probe leaves behind keeps its output open. The drill waits for it only a moment,
/// which is no part of the recovery.
#[test]
fn a_probe_may_leave_a_process_behind() {
    let atlas = fast(replica_sets());
    let pipe = Pipe::new();
    // It reads what the test writes in the end.
    let probe = format!("(read line < {}) & echo started", pipe.path());
    let drilled = Drilled::run(&atlas, &arguments("orders", &[]), &["sh", "-c", &probe]);
    assert_eq!(drilled.ended.code, Some(0), "{}", drilled.ended.err);
    let report = drilled.report();
    assert_eq!(report["probe"]["output"], "started\n");
    let seconds = |member: &str| report[member].as_f64().expect("a number");
    assert!(
        seconds("seconds") - seconds("rto_seconds") > 0.99,
        "{report}"
    );
    fs::write(pipe.path(), "\n").expect("the process reads");
}

/// The probe has ended, but what it has left behind still keeps its output open.
#[test]
fn an_interruption_after_the_probe_says_how_it_ended() {
    let atlas = fast(replica_sets());
    // The probe exists until the program has seen that it has ended.
    let probe = "probe=$$; (while kill -0 $probe; do :; done; echo it has ended; exec sleep 5) &";
    let interrupted = || {
        let (running, directory) = running(&atlas, &["sh", "-c", probe], "it has ended");
        running.signal("INT");
        let ended = running.end();
        Drilled { ended, directory }
    };
    // The moment is a second long, which a slow machine may miss.
    let mut all = std::iter::repeat_with(interrupted).take(10);
    let in_time = all.find(|drilled| drilled.ended.code != Some(0));
    let drilled = in_time.expect("a second is long enough");
    let err = &drilled.ended.err;
    assert_eq!(drilled.ended.code, Some(130), "{err}");
    let says = "the snapshot was restored to scratch, and the probe ended with exit code 0";
    assert!(err.ends_with(&format!("interrupted: {says}\n")), "{err}");
    let report = drilled.report();
    assert_eq!(report["outcome"], "interrupted");
    assert_eq!(report["steps"][5]["outcome"], "passed");
    assert!(report["failed_step"].is_null() && report["rto_seconds"].is_number());
}
