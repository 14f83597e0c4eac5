//! How progress looks on a terminal of 80 columns, which `script` provides.

use std::env;
use std::process::{Command, Stdio};

use atlas_backup_tests::fake_atlas::{FakeAtlas, PRIVATE_KEY, PROJECT, PUBLIC_KEY};
use regex::Regex;

use super::{EXAMPLES, a_snapshot, atlas, text};

/// Returns what a download of a sharded cluster's snapshot writes to the terminal. If `script` is
/// not installed, prints a note and returns `None`.
fn written(variables: &[(&str, &str)]) -> Option<String> {
    let atlas = atlas(FakeAtlas::builder());
    atlas.set_download_size(4 << 20);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let command = format!(
        "stty cols 80 && exec {} events {} saved",
        EXAMPLES.join("download_snapshot").display(),
        a_snapshot(&atlas, "events")
    );
    let mut script = Command::new("script");
    script
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(&directory)
        .stdin(Stdio::null());
    script
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied());
    script
        .env("MONGODB_ATLAS_BASE_URL", atlas.url())
        .env("MONGODB_ATLAS_PROJECT", PROJECT);
    script
        .env("MONGODB_ATLAS_PUBLIC_API_KEY", PUBLIC_KEY)
        .env("MONGODB_ATLAS_PRIVATE_API_KEY", PRIVATE_KEY);
    match script.output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", text(&output));
            Some(text(&output))
        }
        Err(error) => {
            println!("skipped: script cannot be run ({error})");
            None
        }
    }
}

#[test]
fn progress_fits_a_terminal() {
    let Some(written) = written(&[]) else { return };
    let plain = Regex::new("\u{1b}\\[[0-9;]*[A-Za-z]")
        .expect("it is well formed")
        .replace_all(&written, "");
    let lines: Vec<&str> = plain.split(['\r', '\n']).map(str::trim_end).collect();
    let bars = lines
        .iter()
        .filter(|line| line.contains("░") || line.contains("█"))
        .count();
    assert!(
        bars > 0 && plain.contains(" makes the download ready"),
        "{written}"
    );
    // The paths at the end are results and may be longer.
    let too_long = lines
        .iter()
        .filter(|line| !line.starts_with("saved/") && line.chars().count() > 80);
    assert_eq!(too_long.collect::<Vec<_>>(), [&""; 0]);
    assert_eq!(plain.matches(": 4.00 MiB").count(), 3, "{written}");
    assert!(written.contains("\u{1b}[32m"), "{written:?}");
}

#[test]
fn no_color_turns_colour_off() {
    let Some(written) = written(&[("NO_COLOR", "1")]) else {
        return;
    };
    assert!(written.contains(": 4.00 MiB"), "{written}");
    // Only codes that move the cursor and clear lines may remain.
    assert!(
        !Regex::new("\u{1b}\\[[0-9;]*m")
            .expect("it is well formed")
            .is_match(&written),
        "{written:?}"
    );
}
