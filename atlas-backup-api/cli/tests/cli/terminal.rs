//! The program on a terminal, which `script` provides: it asks before it overwrites, and shows
//! progress.

use std::io::Write;
use std::process::{Command, Stdio};

use atlas_backup_fake::{ClusterKind, FakeAtlas};

use crate::overwrite::RESTORE;
use crate::{fast, program, still};

/// Types a line, and returns the exit code and what the terminal shows. `None` if `script` is not
/// installed.
fn typed(
    atlas: &FakeAtlas,
    arguments: &[&str],
    line: &str,
    variables: &[(&str, &str)],
) -> Option<(Option<i32>, String)> {
    let with_environment = program(atlas, &[]);
    let program = env!("CARGO_BIN_EXE_atlas-backup");
    let command = format!("stty cols 80 && exec {program} {}", arguments.join(" "));
    let mut script = Command::new("script");
    script
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied());
    for (name, value) in with_environment.get_envs() {
        script.env(name, value.unwrap_or_default());
    }
    script
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = match script.spawn() {
        Ok(child) => child,
        Err(error) => {
            println!("skipped: script cannot be run ({error})");
            return None;
        }
    };
    // The input stays open until the program has ended.
    let mut input = child.stdin.take().expect("it is piped");
    input
        .write_all(line.as_bytes())
        .expect("it reads what is typed");
    let output = child.wait_with_output().expect("it was started");
    drop(input);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some((output.status.code(), text))
}

#[test]
fn the_typed_name_of_the_target_starts_the_restore() {
    let atlas = fast(FakeAtlas::builder());
    let Some((code, text)) = typed(&atlas, &RESTORE, "events\n", &[]) else {
        return;
    };
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("All data of events ") && text.contains("completed"),
        "{text}"
    );
    assert_eq!(atlas.server().handled_count("POST"), 1);
}

#[test]
fn the_typed_name_of_the_scratch_cluster_starts_a_drill() {
    for (line, expected) in [("scratch\n", 0), ("orders\n", 2)] {
        let scratch = FakeAtlas::builder().cluster("scratch", ClusterKind::ReplicaSet);
        let atlas = fast(scratch);
        let directory = tempfile::tempdir().expect("a temporary directory");
        let report = directory.path().to_str().expect("its name is text");
        let drill = ["drill", "orders", "--to", "scratch", "--report", report];
        let arguments = [&drill[..], &["--", "sh", "-c", "'echo all there'"]].concat();
        let Some((code, text)) = typed(&atlas, &arguments, line, &[]) else {
            return;
        };
        assert_eq!(code, Some(expected), "{text}");
        assert!(text.contains("All data of scratch "), "{text}");
        assert_eq!(text.contains("\nall there"), expected == 0, "{text:?}");
        let requested = atlas.server().handled_count("POST");
        assert_eq!(requested, usize::from(expected == 0));
    }
}

#[test]
fn another_typed_name_restores_nothing() {
    for line in ["\n", "orders\n", "yes\n"] {
        let atlas = still(FakeAtlas::builder());
        let Some((code, text)) = typed(&atlas, &RESTORE, line, &[]) else {
            return;
        };
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains("nothing was restored"), "{text}");
        assert_eq!(atlas.server().handled_count("POST"), 0);
    }
}

#[test]
fn overwriting_the_source_is_warned_of() {
    let atlas = still(FakeAtlas::builder());
    let arguments = ["restore", "orders", "latest", "--to", "orders"];
    let Some((_, text)) = typed(&atlas, &arguments, "no\n", &[]) else {
        return;
    };
    assert!(
        text.contains("what was written to it since then will be LOST"),
        "{text}"
    );
}

/// Saves the snapshot of a sharded cluster, and returns what the terminal shows.
fn saved(variables: &[(&str, &str)]) -> Option<String> {
    let atlas = fast(FakeAtlas::builder());
    atlas.set_download_size(4 << 20);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let into = directory.path().to_str().expect("its name is text");
    let arguments = ["save", "events", "latest", "--into", into];
    let (code, text) = typed(&atlas, &arguments, "", variables)?;
    assert_eq!(code, Some(0), "{text}");
    Some(text)
}

#[test]
fn a_download_has_a_bar() {
    let Some(text) = saved(&[]) else { return };
    let is_bar = |letter| matches!(letter, '█' | '░');
    assert!(
        text.contains(is_bar) && text.contains(" makes the download ready"),
        "{text}"
    );
    assert!(text.contains("\u{1b}[32m"), "it has colour: {text:?}");
}

#[test]
fn no_color_turns_colour_off() {
    let Some(text) = saved(&[("NO_COLOR", "1")]) else {
        return;
    };
    assert!(text.contains(" makes the download ready"), "{text}");
    // Colours end with `m`; other codes move the cursor and clear lines.
    let is_colour = |code: &str| {
        let end = code.find(|letter: char| !letter.is_ascii_digit() && letter != ';');
        end.is_some_and(|end| code[end..].starts_with('m'))
    };
    assert!(!text.split("\u{1b}[").skip(1).any(is_colour), "{text:?}");
}
