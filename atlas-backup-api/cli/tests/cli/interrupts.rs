//! Ctrl-C: the program stops, says what it has started and how to go on.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

use atlas_backup_fake::{FakeAtlas, Family, Fault, Faults, Gate, PROJECT};

use crate::{Ended, at_once, change, ended, fast, latest, printed, program, run};

/// The signals that interrupt the program, with its exit codes. SIGHUP is one only on Linux, and only
/// if this test has not been started by `nohup`: the programs that it starts ignore it then as well.
pub fn signals() -> Vec<(&'static str, i32)> {
    let mut signals = vec![("INT", 130), ("TERM", 143)];
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // SIGHUP is the first of all signals.
    if mask.is_some_and(|ignored| ignored & 1 == 0) {
        signals.push(("HUP", 129));
    }
    signals
}

/// A program that runs, and what it prints on standard error.
pub struct Running {
    child: Child,
    errors: BufReader<ChildStderr>,
}

impl Running {
    pub fn start(mut program: Command) -> Self {
        let mut child = program.spawn().expect("it was built with this test");
        let errors = BufReader::new(child.stderr.take().expect("it is piped"));
        Running { child, errors }
    }

    /// Reads standard error until a line contains `text`.
    pub fn reach(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            let read = self.errors.read_line(&mut line).expect("it is text");
            assert_ne!(read, 0, "it has ended before {text:?}");
        }
    }

    /// Sends a signal with the shell's `kill`.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -s {signal} {}", self.child.id())])
            .status()
            .expect("there is a shell");
        assert!(sent.success());
    }

    /// Waits until it has ended. Nobody reads standard error meanwhile; what has room in the pipe is
    /// returned.
    pub fn end_unread(mut self) -> (Ended, String) {
        let ended = ended(self.child.wait_with_output().expect("it was started"));
        let mut printed = String::new();
        std::io::Read::read_to_string(&mut self.errors, &mut printed).expect("it is text");
        (ended, printed)
    }

    /// Waits until it has ended. The rest of standard error belongs to the result.
    pub fn end(mut self) -> Ended {
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.errors, &mut rest).expect("it is text");
        let ended = ended(self.child.wait_with_output().expect("it was started"));
        Ended { err: rest, ..ended }
    }
}

/// The command in a message, as arguments.
pub fn command(message: &str) -> Vec<String> {
    let command = message
        .split('`')
        .nth(1)
        .unwrap_or_else(|| panic!("{message}"));
    command.split(' ').skip(1).map(str::to_owned).collect()
}

/// Interrupts a command at a line of its progress, and returns the message.
fn interrupted(atlas: &FakeAtlas, arguments: &[&str], at: &str) -> String {
    let mut message = String::new();
    for (signal, code) in signals() {
        let mut running = Running::start(program(atlas, arguments));
        running.reach(at);
        running.signal(signal);
        let ended = running.end();
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (Some(code), ""),
            "{}",
            ended.err
        );
        message = ended.err;
    }
    let last = message.lines().last().unwrap_or_default();
    assert!(last.starts_with("interrupted: "), "{message}");
    last.to_owned()
}

#[test]
fn take_says_how_to_wait_for_the_snapshot() {
    let atlas = fast(FakeAtlas::builder());
    atlas.hang_next(Family::Snapshot);
    let take = ["take", "orders", "--wait"];
    let mut running = Running::start(program(&atlas, &take));
    running.reach(": running");
    running.signal("INT");
    let message = running.end().err;
    let id = atlas
        .latest(Family::Snapshot, "orders")
        .expect("it was taken");
    assert!(
        message.contains(&format!("snapshot {id} of orders goes on")),
        "{message}"
    );
    assert_eq!(atlas.server().handled_count("POST"), 1);
    let arguments = command(&message);
    assert_eq!(arguments[0], "wait");
    let arguments: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .chain(["--timeout", "1s"])
        .collect();
    assert_eq!(run(&atlas, &arguments).code, Some(7), "it is still running");

    // The next one has to wait for it, and has not requested a snapshot yet.
    let message = interrupted(&atlas, &take, ": running");
    let expected = format!("no snapshot was requested yet, because snapshot {id} is in progress");
    assert_eq!(message, format!("interrupted: {expected}"));
    assert_eq!(atlas.server().handled_count("POST"), 1);
}

/// `nohup` starts a program so that it ignores SIGHUP.
#[test]
fn under_nohup_the_program_outlives_its_terminal() {
    let atlas = fast(FakeAtlas::builder());
    atlas.hang_next(Family::Snapshot);
    let take = program(&atlas, &["take", "orders", "--wait"]);
    let mut nohup = Command::new("nohup");
    nohup.arg(take.get_program()).args(take.get_args());
    nohup.env_clear().envs(
        take.get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    nohup
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = Running::start(nohup);
    running.reach(": running");
    running.signal("HUP");
    running.signal("TERM");
    assert_eq!(running.end().code, Some(143));
}

#[test]
fn take_of_many_says_to_run_it_again() {
    let atlas = fast(FakeAtlas::builder());
    atlas.hang_next(Family::Snapshot);
    let take = ["take", "orders", "events", "--once", "2026-01-01", "--wait"];
    // One of the two is completed, the other one is still running.
    for (signal, code) in signals() {
        let mut running = Running::start(program(&atlas, &take));
        running.reach("1 of 2 clusters");
        running.signal(signal);
        let ended = running.end();
        assert_eq!(ended.code, Some(code), "{}", ended.err);
        assert_eq!(
            ended.err,
            "interrupted: run the same command again: it takes only what is missing\n"
        );
    }
    assert_eq!(atlas.server().handled_count("POST"), 2);
}

/// A pipe may never end.
#[test]
fn take_ends_while_it_reads_a_list() {
    let atlas = fast(FakeAtlas::builder());
    for (signal, code) in signals() {
        let arguments = ["take", "-", "--once", "2026-01-01"];
        let mut program = program(&atlas, &arguments);
        program.stdin(Stdio::piped());
        let mut running = Running::start(program);
        running.reach("reading the clusters from standard input");
        running.signal(signal);
        let stdin = running.child.stdin.take();
        let ended = running.end();
        drop(stdin);
        assert_eq!(ended.code, Some(code), "{}", ended.err);
    }
    assert_eq!(atlas.server().request_count(), 0);
}

#[test]
fn restore_says_how_to_wait_for_it() {
    let atlas = fast(FakeAtlas::builder());
    atlas.hang_next(Family::RestoreJob);
    let arguments = [
        "restore",
        "orders",
        "latest",
        "--to",
        "events",
        "--yes-overwrite",
        "events",
    ];
    let mut running = Running::start(program(&atlas, &arguments));
    running.reach(": running");
    running.signal("INT");
    let ended = running.end();
    let id = atlas
        .latest(Family::RestoreJob, "orders")
        .expect("it was requested");
    assert_eq!(ended.code, Some(130));
    assert!(
        ended
            .err
            .contains(&format!("restore {id} of orders goes on")),
        "{}",
        ended.err
    );
    assert_eq!(command(&ended.err)[..2], ["wait", "--project"]);
}

#[test]
fn wait_says_that_the_job_goes_on() {
    let atlas = fast(FakeAtlas::builder());
    atlas.hang_next(Family::Snapshot);
    printed(&atlas, &["take", "orders"]);
    let id = atlas
        .latest(Family::Snapshot, "orders")
        .expect("it was taken");
    let message = interrupted(&atlas, &["wait", "orders", "--snapshot", &id], ": running");
    assert!(
        message.contains(&format!("snapshot {id} of orders goes on")),
        "{message}"
    );
}

#[test]
fn save_continues_when_it_is_run_again() {
    let atlas = fast(FakeAtlas::builder());
    atlas.set_download_size(4 << 20);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let into = directory.path().join("my backups");
    let into = into.to_str().expect("its name is text");
    atlas.hang_next(Family::RestoreJob);
    atlas.hang_next(Family::RestoreJob);
    let arguments = ["save", "orders", "latest", "--into", into];
    let message = interrupted(&atlas, &arguments, "makes the download ready");
    let line = message
        .split('`')
        .nth(1)
        .unwrap_or_else(|| panic!("{message}"));
    // In a shell, exactly as it is printed.
    let mut shell = program(&atlas, &[]);
    let environment: Vec<_> = shell
        .get_envs()
        .map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)))
        .collect();
    shell = Command::new("sh");
    shell.args([
        "-c",
        &line.replace(
            "atlas-backup ",
            &format!("{} ", env!("CARGO_BIN_EXE_atlas-backup")),
        ),
    ]);
    shell.env_clear().envs(
        environment
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    shell
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ended = crate::run_program(shell);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains(into), "{}", ended.out);
}

/// While the request for a restore is on its way, nobody knows the id of the job. So the program
/// waits for the response, and then says how to go on.
#[test]
fn a_request_on_its_way_is_waited_for() {
    let (atlas, gate) = held();
    let mut running = Running::start(program(&atlas, &RESTORE));
    arrive(&gate);
    running.signal("INT");
    running.reach("waiting for the response of Atlas");
    gate.open();
    let ended = running.end();
    let id = atlas
        .latest(Family::RestoreJob, "orders")
        .expect("it was requested");
    assert_eq!(ended.code, Some(130), "{}", ended.err);
    assert!(
        ended
            .err
            .contains(&format!("restore {id} of orders goes on")),
        "{}",
        ended.err
    );
}

#[test]
fn a_second_signal_ends_at_once_and_says_to_look() {
    let (atlas, gate) = held();
    let mut running = Running::start(program(&atlas, &RESTORE));
    arrive(&gate);
    running.signal("INT");
    running.reach("waiting for the response of Atlas");
    running.signal("INT");
    let ended = running.end();
    gate.open();
    assert_eq!(ended.code, Some(130), "{}", ended.err);
    assert!(
        ended
            .err
            .starts_with("interrupted: a restore to events may have been requested: look "),
        "{}",
        ended.err
    );
}

const RESTORE: [&str; 7] = [
    "restore",
    "orders",
    "latest",
    "--to",
    "events",
    "--yes-overwrite",
    "events",
];

/// A snapshot that was in progress is deleted, so that no poll says that it has ended before the
/// request for ours is sent.
#[test]
fn take_says_to_look_while_its_request_is_on_its_way() {
    at_once([true, false], |is_answered| {
        let gate = Gate::closed();
        // The first request is for the other snapshot.
        let faults = Faults::script([Fault::pass(), Fault::hold_until(&gate)])
            .with_authorization()
            .on_method("POST");
        let atlas = fast(FakeAtlas::builder().faults(&faults));
        atlas.hang_next(Family::Snapshot);
        printed(&atlas, &["take", "orders"]);
        let other = latest(&atlas, ("orders", Family::Snapshot));
        let mut running = Running::start(program(&atlas, &["take", "orders", "--wait"]));
        running.reach(": running");
        change(&atlas, async |client| {
            let api = client.v2();
            let deleted = api
                .delete_snapshot(PROJECT, "orders", other.as_str())
                .send();
            deleted.await.map(drop)
        });
        arrive(&gate);
        running.signal("INT");
        running.reach("waiting for the response of Atlas");
        if is_answered {
            gate.open();
        } else {
            running.signal("INT");
        }
        let ended = running.end();
        gate.open();
        assert_eq!(ended.code, Some(130), "{}", ended.err);
        let expected = if is_answered {
            let ours = latest(&atlas, ("orders", Family::Snapshot));
            format!("interrupted: snapshot {ours} of orders goes on")
        } else {
            "interrupted: a snapshot may have been requested: look ".to_owned()
        };
        assert!(ended.err.starts_with(&expected), "{}", ended.err);
    });
}

/// A fake that holds back the first request that creates something.
fn held() -> (FakeAtlas, Gate) {
    let gate = Gate::closed();
    let faults = Faults::script([Fault::hold_until(&gate)])
        .with_authorization()
        .on_method("POST");
    (fast(FakeAtlas::builder().faults(&faults)), gate)
}

/// Waits until the request has arrived at the gate.
pub fn arrive(gate: &Gate) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime
        .expect("the system has a thread to give")
        .block_on(gate.wait_for_arrivals(1));
}

/// Hashing a large file takes long, and Ctrl-C does not wait for it.
#[test]
fn verify_ends_at_once() {
    let atlas = fast(FakeAtlas::builder());
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().to_str().expect("its name is text");
    let saved = printed(
        &atlas,
        &["save", "orders", "latest", "--into", path, "--json"],
    );
    let saved: serde_json::Value = serde_json::from_str(&saved).expect("it is JSON");
    let file = saved["file"].as_str().expect("a path");
    let snapshot = saved["snapshot"].as_str().expect("an id");
    // A file with a hole, which takes no space.
    let length: u64 = 1 << 40;
    let hole = OpenOptions::new().write(true).open(file);
    let hole = hole.and_then(|file| file.set_len(length));
    hole.expect("the file system has files with holes");
    let manifest = directory
        .path()
        .join(format!("snapshot-{snapshot}.manifest.json"));
    let text = fs::read_to_string(&manifest).expect("it was saved");
    let text = text.replace(&saved["bytes"].to_string(), &length.to_string());
    fs::write(&manifest, text).expect("it can be written");
    let message = interrupted(&atlas, &["verify", path], "reading snapshot-");
    assert_eq!(message, "interrupted: nothing was changed");
}

/// The commands that only read have nothing to go on with.
#[test]
fn list_clusters_and_schedule_show_change_nothing() {
    for arguments in [
        &["list", "orders"][..],
        &["clusters"],
        &["schedule", "show", "orders"],
    ] {
        for (signal, code) in signals() {
            let gate = Gate::closed();
            let faults = Faults::always(Fault::hold_until(&gate)).with_authorization();
            let atlas = fast(FakeAtlas::builder().faults(&faults));
            let running = Running::start(program(&atlas, arguments));
            arrive(&gate);
            running.signal(signal);
            let ended = running.end();
            gate.open();
            assert_eq!(
                (ended.code, ended.out.as_str(), ended.err.as_str()),
                (Some(code), "", "interrupted: nothing was changed\n"),
                "{arguments:?}"
            );
        }
    }
}

#[test]
fn check_changes_nothing() {
    let gate = Gate::closed();
    let path = format!("/api/atlas/v2/groups/{PROJECT}/clusters/orders/backup/snapshots");
    let faults = Faults::always(Fault::hold_until(&gate))
        .with_authorization()
        .on_path(&path);
    let atlas = fast(FakeAtlas::builder().faults(&faults));
    let directory = tempfile::tempdir().expect("a temporary directory");
    let policy = directory.path().join("policy.toml");
    fs::write(&policy, "[[clusters]]\nmax_age = \"1d\"\n").expect("it can be written");
    let policy = policy.to_str().expect("its name is text");
    let message = interrupted(&atlas, &["check", "--policy", policy], "checking orders");
    assert_eq!(message, "interrupted: nothing was changed");
    gate.open();
}
