//! Runs the program against a fake Atlas, and reads what its users read: exit codes, standard
//! output, standard error, and files.

mod check;
mod commands;
mod deploy;
#[cfg(unix)]
mod drill;
mod faults;
mod help;
#[cfg(unix)]
mod interrupts;
mod json;
mod night;
mod other_project;
mod overwrite;
mod schema;
#[cfg(target_os = "linux")]
mod terminal;
mod verify;

use std::process::{Child, Command, Output, Stdio};
use std::thread;

use atlas_backup_api::{Client, Credentials};
use atlas_backup_fake::{
    Clock, FakeAtlas, FakeAtlasBuilder, Family, PRIVATE_KEY, PROJECT, PUBLIC_KEY,
};

/// The kinds of clusters that the fake has, by name, with the family of their snapshots.
const CLUSTERS: [(&str, Family); 5] = [
    ("orders", Family::Snapshot),
    ("events", Family::Snapshot),
    ("flex", Family::FlexSnapshot),
    ("tenant", Family::TenantSnapshot),
    ("serverless", Family::ServerlessSnapshot),
];

/// Starts a fake Atlas in which a snapshot or a restore takes less than a second.
fn fast(atlas: FakeAtlasBuilder) -> FakeAtlas {
    atlas.clock(&Clock::running(200.0)).start_blocking()
}

/// Starts a fake Atlas in which no time passes.
fn still(atlas: FakeAtlasBuilder) -> FakeAtlas {
    atlas.start_blocking()
}

/// The program, with the environment for this fake.
fn program(atlas: &FakeAtlas, arguments: &[&str]) -> Command {
    let mut program = bare(arguments);
    program
        .env("MONGODB_ATLAS_BASE_URL", atlas.url())
        .env("MONGODB_ATLAS_PUBLIC_API_KEY", PUBLIC_KEY)
        .env("MONGODB_ATLAS_PRIVATE_API_KEY", PRIVATE_KEY)
        .env("MONGODB_ATLAS_PROJECT", PROJECT);
    program
}

/// The program without any environment and input.
fn bare(arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_atlas-backup"));
    program
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    program
}

fn start(mut program: Command) -> Child {
    program.spawn().expect("it was built with this test")
}

/// How a program ended.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

fn ended(output: Output) -> Ended {
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("it is text"),
        err: String::from_utf8(output.stderr).expect("it is text"),
    }
}

fn run_program(program: Command) -> Ended {
    ended(start(program).wait_with_output().expect("it was started"))
}

/// Runs the program to its end.
fn run(atlas: &FakeAtlas, arguments: &[&str]) -> Ended {
    run_program(program(atlas, arguments))
}

/// Runs the program, which must succeed, and returns its standard output.
fn printed(atlas: &FakeAtlas, arguments: &[&str]) -> String {
    let ended = run(atlas, arguments);
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.err);
    ended.out
}

/// Runs something for several items at the same time, because programs mostly wait, and returns the
/// results in the order of the items.
fn at_once<I: Send, R: Send>(
    items: impl IntoIterator<Item = I>,
    run: impl Fn(I) -> R + Sync,
) -> Vec<R> {
    let run = &run;
    thread::scope(|scope| {
        let start = |item| scope.spawn(move || run(item));
        let running: Vec<_> = items.into_iter().map(start).collect();
        let end = |thread: thread::ScopedJoinHandle<'_, R>| thread.join().expect("it has passed");
        running.into_iter().map(end).collect()
    })
}

/// Changes the fake as an operator would change Atlas.
fn change<W: Future<Output = Result<(), atlas_backup_api::Error>>>(
    atlas: &FakeAtlas,
    work: impl FnOnce(Client) -> W,
) {
    let credentials = Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY);
    let client = Client::builder()
        .base_url(atlas.url())
        .credentials(credentials)
        .build()
        .expect("the settings are good");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system has what it needs");
    runtime.block_on(work(client)).expect("the fake accepts it");
}

/// The newest snapshot of a cluster.
fn latest(atlas: &FakeAtlas, (cluster, family): (&str, Family)) -> String {
    atlas.latest(family, cluster).expect("the cluster has some")
}

/// Replaces what differs from run to run: the port of the fake, times, and the random part of the
/// marker in descriptions.
fn masked(atlas: &FakeAtlas, text: &str) -> String {
    let text = text.replace(&atlas.url(), "ATLAS");
    let mut masked = String::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        if let Some(length) = time_length(rest) {
            masked += "TIME";
            rest = &rest[length..];
        } else if let Some(after) = rest.strip_prefix("atlas-backup-api ")
            && let Some(random) = after.get(..16)
            && random.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            masked += "atlas-backup-api RANDOM";
            rest = &after[16..];
        } else {
            let letter = rest.chars().next().expect("it is not empty");
            masked.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    masked
}

/// The length of the time with which a text begins: `2026-01-01T00:00:00.5Z`.
fn time_length(text: &str) -> Option<usize> {
    let form = "0000-00-00T00:00:00";
    let head = text.get(..form.len())?;
    let is_time = head
        .bytes()
        .zip(form.bytes())
        .all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            form => byte == form,
        });
    let end = text[form.len()..].find('Z')?;
    let fraction = &text[form.len()..form.len() + end];
    (is_time
        && fraction
            .bytes()
            .all(|byte| byte == b'.' || byte.is_ascii_digit()))
    .then_some(form.len() + end + 1)
}
