//! `cargo xtask …`: the commands of this project. Each command is a program of its own, which cargo
//! builds and runs on demand.
//!
//! So no command waits for crates that it does not need. The demo and the fake Atlas are built
//! without the generator. The generator is built without the client, because it must run to repair
//! a client that does not compile.

mod binary;

use std::env;
use std::ffi::OsString;
use std::fmt::Write;
use std::process::ExitCode;

/// A command: its name, which is also the name of its binary; the package of the binary, followed
/// by the features to build it with; and its description.
type Command = (&'static str, &'static [&'static str], &'static str);

/// The tests crate without its table of all calls, which takes long to build.
const WITHOUT_CALLS: &[&str] = &["atlas-backup-tests", "--no-default-features"];

const COMMANDS: &[Command] = &[
    (
        "changes",
        &["xtask-changes"],
        "Say what changes for users since a release, and which version that needs, and draft CHANGELOG.md",
    ),
    (
        "codegen",
        &["xtask-codegen"],
        "Generate the client from spec/*.yaml, or verify that the generated files are up to date",
    ),
    (
        "conform",
        &["atlas-backup-tests"],
        "Decode captured traffic (HAR files) with the client, and compare it with the spec",
    ),
    (
        "demo",
        WITHOUT_CALLS,
        "Take a snapshot, wait for it and download it, against a fake Atlas on this machine",
    ),
    (
        "fake-atlas",
        WITHOUT_CALLS,
        "Run a stateful fake Atlas on this machine, to try programs against",
    ),
    (
        "import",
        &["xtask-import"],
        "Draft an operation of the spec from an OpenAPI document that MongoDB publishes",
    ),
    (
        "review",
        &["xtask-review"],
        "Do everything that follows an edit of the spec, and list what to review",
    ),
    (
        "upstream",
        &["xtask-upstream"],
        "Compare the spec with an OpenAPI document that MongoDB publishes",
    ),
];

/// Exit code for invalid arguments, by the usual convention.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let name = arguments.next().map(OsString::into_string);
    match name {
        Some(Ok(name)) if ["help", "--help", "-h"].contains(&&*name) => {
            print!("{}", help());
            ExitCode::SUCCESS
        }
        Some(Ok(name)) => match COMMANDS.iter().find(|(known, ..)| *known == name) {
            Some((name, package, _)) => run(package, name, &arguments.collect::<Vec<_>>()),
            None => usage(&format!("`{name}` is not a command\n\n")),
        },
        Some(Err(name)) => usage(&format!("`{}` is not a command\n\n", name.display())),
        None => usage(""),
    }
}

fn run(package: &[&str], name: &str, arguments: &[OsString]) -> ExitCode {
    binary::run(package, name, arguments).unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

fn usage(problem: &str) -> ExitCode {
    eprint!("{problem}{}", help());
    ExitCode::from(USAGE)
}

fn help() -> String {
    let mut text =
        "The commands of this project\n\nUsage: cargo xtask <COMMAND> [ARGUMENTS]\n\n".to_owned();
    for (name, _, about) in COMMANDS {
        let _infallible = writeln!(text, "  {name:<12}{about}");
    }
    text + "\nRun `cargo xtask <COMMAND> --help` for details. A command is built the first time it is run.\n"
}
