//! The program behind `cargo xtask conform`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use atlas_backup_tests::conform::{Examiner, Report, capture, hosts};
use atlas_backup_tests::{READER_GONE, is_reader_gone};
use clap::Parser;

/// Read captures of real traffic through the client, and compare them with the spec
#[derive(Parser)]
#[command(
    name = "cargo xtask conform",
    bin_name = "cargo xtask conform",
    max_term_width = 100,
    after_help = "Exit status: 0 if every response was decoded and nothing was lost, even if it deviates from the \
                  documents; 1 if a response was not decoded or something was lost; 2 if a capture cannot be read. \
                  Requests without a response, responses whose body was not recorded, bodies that are no JSON where the \
                  client needs none (such as pages of a gateway), and entries with other hosts or paths are counted and \
                  do not fail.\n\nTo record a capture, save the network log of a browser with its contents as HAR, or send the requests of a \
                  program through a proxy that decrypts TLS: mitmdump --set hardump=capture.har.\n\nSecrets (authorization headers, tokens, download URLs) are not printed."
)]
struct Arguments {
    /// HTTP Archives (HAR 1.2), or folders that contain them; links to folders are not followed there
    #[arg(required = true)]
    captures: Vec<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Another host, with its port, that counts as Atlas (loopback hosts always do)
    #[arg(long, value_name = "HOST", value_parser = hosts::named)]
    host: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let report = match report(&arguments) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    if let Some(warning) = report.warning() {
        eprintln!("warning: {warning}");
    }
    match print(&report, arguments.json) {
        Ok(()) => ExitCode::from(u8::from(report.failed())),
        Err(error) if is_reader_gone(&error) => ExitCode::from(READER_GONE),
        Err(error) => {
            eprintln!("the report cannot be written: {error}");
            ExitCode::from(2)
        }
    }
}

/// `print!` would panic if the reader closes the pipe, as `| head` does.
fn print(report: &Report, as_json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match as_json {
        true => writeln!(out, "{:#}", report.json())?,
        false => write!(out, "{}", report.text())?,
    }
    out.flush()
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
