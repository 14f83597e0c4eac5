//! Measures the CPU time that a user's build takes, beside that of a plain progenitor client for
//! the same document: `cargo bench -p atlas-backup-tests --bench builds`.
//!
//! Both clients have the operations of v2. Ours also has service accounts, retries and rate limits;
//! progenitor's is its output with default settings for the lowered document, and
//! `progenitor-client`. Two programs are built on each: one makes three calls, the other makes all.
//! What both stand on is built before, so a figure is the client and the program together, as every
//! clean build pays for them. Release builds are measured as cargo makes them by default, and with the
//! lines that our client's README advises. The builds take turns, so that other load on the machine affects both.
//! Needs a network or the crates in cargo's cache.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

#[path = "builds/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use atlas_backup_codegen::{Generator, lowered};
use atlas_backup_document::{Document, GENERATIONS};
use program::{Call, our_calls, our_program, plain_calls, plain_program};

const ROUNDS: usize = 3;
const README: &str = include_str!("../../atlas-backup-api/README.md");
const OUR_THREE: &str = include_str!("builds/our_three.rs");
const PLAIN_THREE: &str = include_str!("builds/plain_three.rs");
/// The packages of each side: the client, then its programs. `our-client` is empty and depends on
/// the client, because cargo would build the client with other features of its dependencies if the
/// client were asked for alone.
const OURS: [&str; 3] = ["our-client", "our-three", "our-all"];
const PLAIN: [&str; 3] = ["plain-client", "plain-three", "plain-all"];
const LABELS: [&str; 3] = [
    "client alone",
    "client and three calls",
    "client and all calls",
];

fn main() {
    let measures = std::env::args().any(|argument| argument == "--bench");
    let workspace = Workspace::write();
    // `cargo test --benches` only checks that the programs can be written.
    if !measures {
        return;
    }
    for profile in ["dev", "release", "advised"] {
        workspace.compare(profile);
    }
}

/// A cargo workspace with the clients and the programs.
struct Workspace(PathBuf);

impl Workspace {
    fn write() -> Self {
        let workspace = Workspace(Path::new(env!("CARGO_TARGET_TMPDIR")).join("builds"));
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let generation = GENERATIONS.iter().find(|one| one.api == "v2").unwrap();
        let document = Document {
            api: generation.api.to_owned(),
            path: generation.document.to_owned(),
            text: fs::read_to_string(root.join(generation.document)).unwrap(),
        };
        let plain = Generator::default().generate_tokens(&lowered(&document).unwrap());
        let plain = plain.unwrap().to_string();
        let ours = our_calls(&root.join("atlas-backup-api/src/generated/v2"));
        let calls = plain_calls(&plain);
        assert_eq!(names(&ours), names(&calls), "both have the same operations");

        workspace.put("Cargo.toml", &format!("{MANIFEST}{}", advised()));
        let client = root.join("atlas-backup-api").canonicalize().unwrap();
        let ours_manifest = format!(
            "atlas-backup-api = {{ path = {:?}, default-features = false, features = [\"v2\"] }}",
            client.display()
        );
        workspace.package(OURS[0], "lib.rs", &ours_manifest, "");
        workspace.package(PLAIN[0], "lib.rs", PLAIN_DEPENDENCIES, &plain);
        let plain_manifest = "plain-client = { path = \"../plain-client\" }";
        for (index, program) in [(1, OUR_THREE), (2, &our_program(&ours))] {
            workspace.package(OURS[index], "main.rs", &ours_manifest, program);
        }
        for (index, program) in [(1, PLAIN_THREE), (2, &plain_program(&calls))] {
            workspace.package(PLAIN[index], "main.rs", plain_manifest, program);
        }
        // The versions that this project is tested with.
        fs::copy(root.join("Cargo.lock"), workspace.0.join("Cargo.lock")).unwrap();
        workspace
    }

    fn package(&self, name: &str, source: &str, dependencies: &str, code: &str) {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             {SHARED_DEPENDENCIES}\n{dependencies}\n"
        );
        self.put(&format!("{name}/Cargo.toml"), &manifest);
        self.put(&format!("{name}/src/{source}"), code);
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Builds both sides in turn and prints their medians.
    fn compare(&self, profile: &str) {
        for package in OURS.iter().chain(&PLAIN) {
            self.build(profile, package);
        }
        let mut times: [[Vec<f64>; 3]; 2] = Default::default();
        for round in 0..ROUNDS {
            for turn in 0..2 {
                let side = (round + turn) % 2;
                let seconds = self.measure(profile, [OURS, PLAIN][side]);
                for (times, seconds) in times[side].iter_mut().zip(seconds) {
                    times.push(seconds);
                }
            }
        }
        println!("{profile}, CPU seconds, medians of {ROUNDS}     ours  progenitor  ratio");
        for (index, label) in LABELS.iter().enumerate() {
            let [ours, plain] = [0, 1].map(|side| median(&times[side][index]));
            println!("  {label:<36}{ours:>8.2}{plain:>12.2}{:>7.2}", ours / plain);
        }
    }

    /// Returns the CPU time of the client alone and of the client with each program.
    fn measure(&self, profile: &str, packages: [&str; 3]) -> [f64; 3] {
        let mut clean = format!("{} -p atlas-backup-api", self.cargo("clean", profile));
        for package in packages {
            clean += &format!(" -p {package}");
        }
        run(&clean);
        let [client, three, all] = packages.map(|package| self.build(profile, package));
        [client, client + three, client + all]
    }

    fn build(&self, profile: &str, package: &str) -> f64 {
        run(&format!("{} -p {package}", self.cargo("build", profile)))
    }

    fn cargo(&self, command: &str, profile: &str) -> String {
        let manifest = self.0.join("Cargo.toml");
        let cargo = env!("CARGO");
        format!(
            "'{cargo}' {command} --quiet --profile {profile} --manifest-path '{}'",
            manifest.display()
        )
    }
}

/// Runs a command and returns the CPU seconds that it and its children took. POSIX shells print
/// them.
fn run(command: &str) -> f64 {
    let output = Command::new("sh")
        .args(["-c", &format!("{command} && times")])
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}\n{error}");
    let output = String::from_utf8(output.stdout).unwrap();
    let children = output.lines().last().unwrap();
    children.split_whitespace().map(seconds).sum()
}

/// Reads `1m2.5s`.
fn seconds(text: &str) -> f64 {
    let (minutes, seconds) = text.trim_end_matches('s').split_once('m').unwrap();
    minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Returns a profile like `release`, with the lines of the README.
fn advised() -> String {
    let (_, lines) = README.split_once("[profile.release.").unwrap();
    let (lines, _) = lines.split_once("```").unwrap();
    format!("\n[profile.advised]\ninherits = \"release\"\n\n[profile.advised.{lines}")
}

fn names(calls: &[Call]) -> Vec<&str> {
    let mut names: Vec<_> = calls.iter().map(|call| call.name.as_str()).collect();
    names.sort_unstable();
    names
}

const MANIFEST: &str = r#"[workspace]
resolver = "3"
members = ["our-*", "plain-*"]
"#;

/// Of the programs, and of the plain client.
const SHARED_DEPENDENCIES: &str = r#"serde = { version = "1", features = ["derive"] }
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt", "net", "time"] }"#;

/// What the README of progenitor asks for.
const PLAIN_DEPENDENCIES: &str = r#"bytes = "1"
chrono = { version = "0.4", default-features = false, features = ["serde"] }
futures-core = "0.3"
progenitor-client = "0.15"
reqwest = { version = "0.13", default-features = false, features = ["json", "query", "rustls", "stream"] }
uuid = { version = "1", features = ["serde"] }"#;
