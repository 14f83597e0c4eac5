//! The program behind `cargo xtask conform`.

use std::path::PathBuf;
use std::process::ExitCode;

use atlas_backup_tests::conform::{Examiner, Report, capture};
use clap::Parser;

/// Read captures of real traffic through the client, and compare them with the spec
#[derive(Parser)]
#[command(
    name = "cargo xtask conform",
    bin_name = "cargo xtask conform",
    max_term_width = 100,
    after_help = "Exit status: 0 if every response was decoded and nothing was lost, even if it deviates from the \
                  documents; 1 if a response was not decoded or something was lost; 2 if a capture cannot be read. \
                  Requests without a response, and entries with other hosts or paths, are counted and do not fail.\n\nSecrets (authorization headers, tokens, download URLs) are not printed."
)]
struct Arguments {
    /// HTTP Archives (HAR 1.2), or folders that contain them
    #[arg(required = true)]
    captures: Vec<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Another host, with its port, that counts as Atlas (loopback hosts always do)
    #[arg(long, value_name = "HOST")]
    host: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match report(&arguments) {
        Ok(report) => {
            match arguments.json {
                true => println!("{:#}", report.json()),
                false => print!("{}", report.text()),
            }
            ExitCode::from(u8::from(report.failed()))
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn report(arguments: &Arguments) -> Result<Report, String> {
    let examiner = Examiner::start()?;
    let mut report = Report::default();
    for archive in capture::archives(&arguments.captures)? {
        for exchange in capture::read(&archive)? {
            report.add(&examiner, &exchange, &arguments.host);
        }
    }
    Ok(report)
}
