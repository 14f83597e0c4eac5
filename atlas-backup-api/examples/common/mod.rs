//! Code that the examples share: it parses arguments, reports errors and shows progress.

#![allow(dead_code, unused_imports, reason = "no example uses all of it")]

mod places;
mod progress;

use std::env;
use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

pub use places::{cluster, flex_cluster, project};
pub use progress::Progress;

/// The environment variables of all examples.
const ENVIRONMENT: &str = "
Environment:
  MONGODB_ATLAS_PROJECT          name or id of the project
  MONGODB_ATLAS_PROJECT_ID       the same, if the former is not set
  MONGODB_ATLAS_PUBLIC_API_KEY   API key: its public part
  MONGODB_ATLAS_PRIVATE_API_KEY  API key: its private part
  MONGODB_ATLAS_CLIENT_ID        service account, instead of an API key: its id
  MONGODB_ATLAS_CLIENT_SECRET    service account: its secret
  MONGODB_ATLAS_ACCESS_TOKEN     access token, instead of either
  MONGODB_ATLAS_BASE_URL         another Atlas, such as `cargo xtask fake-atlas`
  NO_COLOR                       if it is set, progress is shown without colour
";

/// Runs an example with its arguments. `--help` prints `help`. A failure is printed as one line.
/// Wrong arguments are reported with the line of `help` that begins with `Usage:`, and exit status
/// 2.
pub async fn main<R>(help: &str, run: impl FnOnce(Vec<String>) -> R) -> ExitCode
where
    R: Future<Output = Result<(), Box<dyn Error>>>,
{
    let mut arguments = Vec::new();
    for argument in env::args_os().skip(1) {
        match argument.into_string() {
            Ok(text) if text == "--help" || text == "-h" => {
                return ended(write!(io::stdout(), "{help}{ENVIRONMENT}").map_err(Into::into));
            }
            Ok(text) if text.starts_with('-') => {
                return refuse(help, &format!("there is no option {text}"));
            }
            Ok(text) => arguments.push(text),
            Err(other) => return refuse(help, &format!("the argument {other:?} is not Unicode")),
        }
    }
    match run(arguments).await {
        Err(error) if error.is::<WrongUse>() => refuse(help, &error.to_string()),
        outcome => ended(outcome),
    }
}

/// Reports a failure. If standard output was closed by its reader, as `| head` does, there is
/// nothing to report: the exit status is the one of programs that SIGPIPE ends. `println!` would
/// panic, so the examples use `writeln!`.
fn ended(outcome: Result<(), Box<dyn Error>>) -> ExitCode {
    let Err(error) = outcome else {
        return ExitCode::SUCCESS;
    };
    let kind = error.downcast_ref().map(io::Error::kind);
    if kind == Some(io::ErrorKind::BrokenPipe) {
        return ExitCode::from(141);
    }
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

fn refuse(help: &str, fault: &str) -> ExitCode {
    let usage = help
        .lines()
        .find(|line| line.starts_with("Usage:"))
        .unwrap_or_default();
    eprintln!("error: {fault}\n\n{usage}\n`--help` says what each of them is");
    ExitCode::from(2)
}

/// The error for too few or too many arguments.
#[derive(Debug)]
pub struct WrongUse;

impl fmt::Display for WrongUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there are too few arguments, or too many")
    }
}

impl Error for WrongUse {}
