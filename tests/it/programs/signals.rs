//! Runs the demo and the fake Atlas as programs, and checks how they end when a user interrupts
//! them.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use atlas_backup_tests::fake_atlas::FakeAtlas;

use super::{EXAMPLES, a_snapshot, atlas, command, errors, printed, text};

const DEMO: &str = env!("CARGO_BIN_EXE_demo");
const FAKE_ATLAS: &str = env!("CARGO_BIN_EXE_fake-atlas");

/// Sends a signal with the shell's `kill`.
pub fn send(signal: &str, process: u32) {
    let sent = Command::new("sh")
        .args(["-c", &format!("kill -s {signal} {process}")])
        .status()
        .expect("there is a shell");
    assert!(sent.success());
}

/// SIGHUP with its exit status. It ends a program on Linux only, and only if this test has not been
/// started by `nohup`: the programs that it starts ignore the signal then as well.
fn hang_up() -> Option<(&'static str, i32)> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    let ignored = u128::from_str_radix(ignored.trim(), 16).ok()?;
    // SIGHUP is the first signal, so its bit is the lowest.
    (ignored & 1 == 0).then_some(("HUP", 129))
}

/// Builds the command for the demo, with `temporary` as the folder for temporary files.
fn demo(temporary: &Path, arguments: &[&str]) -> Command {
    let mut demo = Command::new(DEMO);
    demo.args(arguments)
        .env_clear()
        .env("TMPDIR", temporary)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    demo
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    entries
        .map(|entry| {
            entry
                .expect("it can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

#[test]
fn the_demo_needs_nothing_and_leaves_nothing() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let output = demo(
        temporary.path(),
        &["events", "--size", "1", "--speed", "200"],
    )
    .output();
    let text = printed(output.expect("it was built with this test"));
    assert_eq!(text.matches("as expected").count(), 3, "{text}");
    assert!(
        text.contains("5. That took ")
            && text.contains(" HTTP requests to the API on ")
            && text.contains("snapshot was deleted"),
        "{text}"
    );
    assert!(
        text.lines()
            .all(|line| line.starts_with("   /") || line.chars().count() <= 80),
        "{text}"
    );
    assert_eq!(entries(temporary.path()), [""; 0]);
}

#[test]
fn the_demo_keeps_the_file_where_it_says() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let keep = temporary.path().join("kept");
    // The demo accepts an existing folder as well as a new one.
    for count in 1..=2 {
        let arguments = [
            "--size",
            "1",
            "--speed",
            "200",
            "--keep",
            keep.to_str().expect("its name is text"),
        ];
        let text = printed(
            demo(temporary.path(), &arguments)
                .output()
                .expect("it was built with this test"),
        );
        let folder = text
            .lines()
            .find_map(|line| line.strip_prefix("The snapshot is kept in "))
            .unwrap_or_else(|| panic!("{text}"));
        let files = entries(Path::new(folder));
        assert!(
            matches!(files.as_slice(), [file] if file.ends_with(".tar.gz")),
            "{files:?}"
        );
        assert_eq!(
            (entries(&keep).len(), entries(temporary.path()).len()),
            (count, 1)
        );
    }
}

#[test]
fn a_demo_that_is_interrupted_leaves_nothing() {
    // Interrupts the demo while it waits for the snapshot, and in the middle of the download, which
    // reports its progress when a tenth is complete.
    let (waiting, downloading) = (": queued", " files, 10");
    let mut cases = vec![
        ("INT", 130, waiting, false),
        ("INT", 130, downloading, false),
        ("INT", 130, downloading, true),
        ("TERM", 143, downloading, false),
    ];
    cases.extend(hang_up().map(|(signal, status)| (signal, status, downloading, false)));
    for (signal, status, reached, keep) in cases {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        let kept = temporary.path().join("kept");
        let kept = ["--keep", kept.to_str().expect("its name is text")];
        let arguments = ["--size", "1024", "--speed", "200"];
        let arguments = if keep {
            [&arguments[..], &kept].concat()
        } else {
            arguments.to_vec()
        };
        let mut child = demo(temporary.path(), &arguments)
            .spawn()
            .expect("it was built with this test");
        let mut errors = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut line = String::new();
        while !line.contains(reached) {
            line.clear();
            assert_ne!(
                errors.read_line(&mut line).expect("it is text"),
                0,
                "it has ended"
            );
        }
        assert_eq!(entries(temporary.path()).len(), 1);
        send(signal, child.id());
        let mut rest = String::new();
        errors.read_to_string(&mut rest).expect("it is text");
        let ended = child.wait_with_output().expect("it was started");
        assert!(
            ended.status.code() == Some(status) && rest.ends_with("the saved files were deleted\n"),
            "{rest}"
        );
        assert_eq!(
            entries(temporary.path()),
            [""; 0],
            "{signal} at {reached:?}"
        );
    }
}

#[test]
fn a_demo_that_fails_leaves_nothing() {
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let keep = temporary.path().join("none/kept");
    let output = demo(
        temporary.path(),
        &["--keep", keep.to_str().expect("its name is text")],
    )
    .output()
    .expect("it was built");
    let errors = errors(&output);
    assert!(
        output.status.code() == Some(1) && errors.starts_with("error: cannot create the folder "),
        "{errors}"
    );
    assert_eq!(entries(temporary.path()), [""; 0]);
}

/// Starts a fake Atlas, and returns it with the lines of its greeting once the greeting is
/// complete.
fn fake_atlas(arguments: &[&str], input: Stdio) -> (Child, Vec<String>) {
    let mut fake = Command::new(FAKE_ATLAS);
    let child = fake
        .args(["--speed", "200"])
        .args(arguments)
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.expect("it was built with this test");
    let mut lines = Vec::new();
    let output = child.stdout.take().expect("it is piped");
    for line in BufReader::<ChildStdout>::new(output).lines() {
        lines.push(line.expect("it is text"));
        if lines
            .last()
            .is_some_and(|line| line.contains("legacy_snapshot -- "))
        {
            break;
        }
    }
    (child, lines)
}

/// Returns the variables of the greeting's `export NAME=VALUE` lines.
fn environment(greeting: &[String]) -> Vec<(String, String)> {
    let exported = greeting
        .iter()
        .filter_map(|line| line.strip_prefix("export "));
    exported
        .map(|variable| variable.split_once('=').expect("NAME=VALUE"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Runs the commands of the greeting exactly as printed.
#[test]
fn the_commands_that_the_fake_prints_work() {
    let (child, greeting) = fake_atlas(&[], Stdio::null());
    let directory = tempfile::tempdir().expect("a temporary directory");
    let commands = greeting
        .iter()
        .filter_map(|line| line.strip_prefix("cargo run -p atlas-backup-api --example "));
    let mut shown = 0;
    for command in commands {
        let (example, arguments) = command.split_once(" -- ").expect("arguments");
        let mut example = Command::new(EXAMPLES.join(example));
        example
            .args(arguments.split(' '))
            .env_clear()
            .envs(environment(&greeting))
            .current_dir(&directory);
        printed(example.output().expect("it was built"));
        shown += 1;
    }
    assert_eq!(shown, 6);
    let is_pasted = |line: &String| {
        ["export ", "cargo ", "# "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    assert!(
        greeting
            .iter()
            .all(|line| is_pasted(line) || line.chars().count() <= 80),
        "{greeting:?}"
    );
    send("INT", child.id());
    assert!(
        child
            .wait_with_output()
            .expect("it was started")
            .status
            .success()
    );
}

#[test]
fn the_fake_runs_without_input_until_a_signal_ends_it() {
    let hang_up = hang_up().map(|(signal, _)| signal);
    for signal in ["INT", "TERM"].into_iter().chain(hang_up) {
        // Standard input as after `</dev/null`, and as after `<&-`: a pipe at its end, because no
        // program writes to it.
        for input in [Stdio::null(), Stdio::piped()] {
            let directory = tempfile::tempdir().expect("a temporary directory");
            let har = directory.path().join("exchanges.har");
            let (mut child, greeting) =
                fake_atlas(&["--har", har.to_str().expect("its name is text")], input);
            drop(child.stdin.take());
            // The fake serves requests long after the end of its input: each of these programs
            // takes a while to start.
            for _ in 0..3 {
                let mut example = Command::new(EXAMPLES.join("list_snapshots"));
                let output = example
                    .arg("orders")
                    .env_clear()
                    .envs(environment(&greeting))
                    .output()
                    .expect("it was built");
                assert!(printed(output).ends_with("3 snapshots of orders\n"));
            }
            send(signal, child.id());
            let ended = child.wait_with_output().expect("it was started");
            assert!(
                ended.status.success() && errors(&ended).is_empty(),
                "{ended:?}"
            );
            assert!(
                fs::read_to_string(&har)
                    .expect("it was written")
                    .contains("/clusters/orders/backup/snapshots")
            );
        }
    }
}

/// A terminal that is closed does not end what `nohup` has started.
#[cfg(target_os = "linux")]
#[test]
fn the_fake_outlives_its_terminal_if_nohup_has_started_it() {
    let mut fake = Command::new("nohup");
    let mut child = fake
        .arg(FAKE_ATLAS)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("there is nohup");
    let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut line = String::new();
    output.read_line(&mut line).expect("it is text");
    // Sent first, so that it would end the program if it were not ignored.
    send("HUP", child.id());
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it is running");
    let caught = status
        .lines()
        .find_map(|line| line.strip_prefix("SigCgt:"))
        .expect("the mask of the signals with a handler");
    assert!(
        caught.ends_with(['0', '2', '4', '6', '8', 'a', 'c', 'e']),
        "{status}"
    );
    send("INT", child.id());
    assert!(child.wait().expect("it was started").success());
}

#[test]
fn a_recording_that_cannot_be_written_is_reported_at_the_start() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let har = directory.path().join("none/exchanges.har");
    let output = Command::new(FAKE_ATLAS)
        .arg("--har")
        .arg(&har)
        .output()
        .expect("it was built with this test");
    let errors = errors(&output);
    assert_eq!(
        (output.status.code(), text(&output)),
        (Some(1), String::new()),
        "{errors}"
    );
    assert!(errors.starts_with("error: cannot create "), "{errors}");
}

/// The reading end of standard output is closed before the programs print anything.
#[test]
fn a_reader_that_has_gone_ends_a_program_quietly() {
    let atlas = atlas(FakeAtlas::builder());
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let keep = temporary.path().join("kept");
    let keep = ["--keep", keep.to_str().expect("its name is text")];
    let programs = [
        demo(temporary.path(), &[]),
        demo(temporary.path(), &keep),
        Command::new(FAKE_ATLAS),
        command(&atlas, "take_snapshot", &["--help"]),
        command(&atlas, "take_snapshot", &["orders"]),
        command(&atlas, "list_snapshots", &["orders"]),
        command(&atlas, "legacy_snapshot", &["legacy"]),
        command(
            &atlas,
            "restore_snapshot",
            &["orders", &a_snapshot(&atlas, "orders"), "events"],
        ),
        command(
            &atlas,
            "whole_story",
            &[
                "orders",
                temporary.path().to_str().expect("its name is text"),
            ],
        ),
    ];
    for mut program in programs {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ended = program
            .stdin(Stdio::null())
            .stdout(writer)
            .output()
            .expect("it was built");
        let errors = errors(&ended);
        assert!(
            ended.status.code() == Some(141)
                && !errors.contains("panicked")
                && !errors.contains("error"),
            "{program:?}: {ended:?}"
        );
    }
    assert_eq!(entries(temporary.path()), [""; 0]);
}

#[test]
fn help_of_the_project_commands_fits_a_terminal() {
    for program in [DEMO, FAKE_ATLAS] {
        let output = Command::new(program)
            .arg("--help")
            .env_clear()
            .output()
            .expect("it was built");
        assert!(text(&output).contains("Ctrl-C"), "{output:?}");
        let help = printed(output);
        assert!(
            help.lines().all(|line| line.chars().count() <= 80),
            "{help}"
        );
    }
}
