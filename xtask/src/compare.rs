//! `cargo xtask compare`: our client beside what progenitor alone makes of the same document: lines, compile time, dependencies.
//!
//! Both are built in a target folder of their own with the same profile and the same versions of what they share. What a build takes is
//! the CPU time of cargo and all it starts, as the shell's `times` says it: less moved by what else the machine does than a clock is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use atlas_backup_codegen::{Document, naive};

use crate::codegen::project_root;

const DOCUMENT: &str = "spec/v2.yaml";
/// Odd, so that there is a middle one.
const ROUNDS: usize = 3;

/// What `cargo progenitor` writes for such a document, with the features of reqwest that our client has: HTTPS is no difference.
const MANIFEST: &str = r#"[package]
name = "NAME"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
bytes = "1.9"
chrono = { version = "0.4", default-features = false, features = ["serde"] }
futures-core = "0.3"
progenitor-client = "0.15.1"
regress = "0.12"
reqwest = { version = "0.13", default-features = false, features = ["json", "query", "stream", "rustls", "system-proxy"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
serde_urlencoded = "0.7"
uuid = { version = "1", features = ["serde", "v4"] }
"#;

/// Arguments of the command.
#[derive(Debug, Default, clap::Args)]
#[command(
    about = "Compare the client with what progenitor alone makes of spec/v2.yaml",
    long_about = "Compare the client, with API v2 only, with what progenitor alone makes of spec/v2.yaml: lines of generated Rust, dependencies, \
                  and the CPU time of building the crate alone with its dependencies built (dev profile, not incremental, median of 3, in turns).\n\n\
                  Builds below target/compare. Needs crates.io the first time and a POSIX shell; takes some minutes then, less than one later."
)]
pub struct Arguments {}

/// A crate to measure.
struct Subject {
    name: &'static str,
    root: PathBuf,
    features: &'static [&'static str],
    lines: usize,
}

/// Runs the command.
///
/// # Errors
/// A message for a person: what could not be generated, written or built.
pub fn run(_: &Arguments) -> Result<ExitCode, String> {
    let root = project_root();
    let (folder, target) = (root.join("target/compare"), root.join("target/compare/target"));
    let lines = lines_below(&root.join("atlas-backup-api/src/generated/v2"))?;
    let features = &["--no-default-features", "--features", "v2"];
    let ours = Subject { name: "atlas-backup-api", root: root.clone(), features, lines };
    let plain = write_naive(&root, &folder, "naive-positional", false)?;
    let builders = write_naive(&root, &folder, "naive-builder", true)?;
    let subjects = [ours, plain, builders];
    for subject in &subjects {
        anstream::eprintln!("building what {} depends on", subject.name);
        build(subject, &target)?;
    }
    let mut seconds = [const { Vec::new() }; 3];
    for round in 1..=ROUNDS {
        anstream::eprintln!("round {round} of {ROUNDS}");
        for (subject, seconds) in subjects.iter().zip(&mut seconds) {
            seconds.push(rebuild(subject, &target)?);
        }
    }
    let [ours, plain, builders] = &subjects;
    let dependencies = [dependencies(ours)?, dependencies(plain)?, dependencies(builders)?];
    println(["API v2", "this client", "progenitor, positional", "progenitor, builder"].map(str::to_owned));
    row("lines of generated Rust", subjects.each_ref().map(|subject| subject.lines as f64), 0);
    row("CPU s to build it alone", seconds.map(median), 1);
    row("packages, itself counted", dependencies.map(|count| count as f64), 0);
    Ok(ExitCode::SUCCESS)
}

/// One line of the table: ours, and theirs with how many times as much that is.
fn row(what: &str, values: [f64; 3], digits: usize) {
    let [ours, plain, builders] = values;
    let beside = |value: f64| format!("{value:.digits$} (x {:.2})", value / ours);
    println([what.to_owned(), format!("{ours:.digits$}"), beside(plain), beside(builders)]);
}

fn println([what, ours, plain, builders]: [String; 4]) {
    anstream::println!("{what:<26}{ours:>14}{plain:>26}{builders:>24}");
}

/// Writes the crate of progenitor's code.
fn write_naive(root: &Path, folder: &Path, name: &'static str, builders: bool) -> Result<Subject, String> {
    let text = fs::read_to_string(root.join(DOCUMENT)).map_err(|error| format!("cannot read {DOCUMENT}: {error}"))?;
    let document = Document { api: "v2".to_owned(), path: DOCUMENT.to_owned(), text };
    let code = naive(&document, builders).map_err(|error| error.render(&document, true))?;
    let folder = folder.join(name);
    let write = || {
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("Cargo.toml"), MANIFEST.replace("NAME", name))?;
        fs::write(folder.join("src/lib.rs"), &code)?;
        // The versions this project is tested with; cargo adds what is missing, and drops what is not needed.
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))
    };
    write().map_err(|error: std::io::Error| format!("cannot write {}: {error}", folder.display()))?;
    Ok(Subject { name, root: folder, features: &[], lines: code.lines().count() })
}

fn lines_below(folder: &Path) -> Result<usize, String> {
    Ok(crate::tree::read(folder)?.values().map(|text| text.lines().count()).sum())
}

fn dependencies(subject: &Subject) -> Result<usize, String> {
    let text = output(cargo(subject, "tree").args(subject.features).args(["--edges", "normal", "--prefix", "none"]))?;
    let mut packages: Vec<_> =
        text.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>()).filter(|words| words.len() == 2).collect();
    packages.sort_unstable();
    packages.dedup();
    Ok(packages.len())
}

/// The CPU seconds of building the crate itself anew.
fn rebuild(subject: &Subject, target: &Path) -> Result<f64, String> {
    output(cargo(subject, "clean").arg("--target-dir").arg(target))?;
    build(subject, target)
}

fn build(subject: &Subject, target: &Path) -> Result<f64, String> {
    let mut command = cargo(subject, "build");
    command.args(subject.features).arg("--target-dir").arg(target);
    command.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    let mut timed = Command::new("sh");
    timed.args(["-c", "\"$@\" || exit; times", "sh"]).arg(command.get_program()).args(command.get_args());
    timed.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let text = output(&mut timed)?;
    text.lines().last().and_then(cpu_seconds).ok_or_else(|| format!("the shell's `times` said something else: {text}"))
}

fn cargo(subject: &Subject, command: &str) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([command, "--quiet", "--package", subject.name, "--manifest-path"]).arg(subject.root.join("Cargo.toml"));
    cargo
}

/// What a command wrote; its complaints go where ours do.
fn output(command: &mut Command) -> Result<String, String> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} failed: {}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// User and system time of children, the last line of `times`: `0m3.250s 0m0.610s`.
fn cpu_seconds(line: &str) -> Option<f64> {
    let seconds = |text: &str| {
        let (minutes, seconds) = text.strip_suffix('s')?.split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    };
    line.split_whitespace().map(seconds).sum()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_times_of_a_shell_are_read() {
        assert_eq!(super::cpu_seconds("1m3.250s 0m0.500s"), Some(63.75));
        assert_eq!(super::cpu_seconds("0m0.25s"), Some(0.25));
        assert_eq!(super::cpu_seconds("real 3.2"), None);
    }
}
