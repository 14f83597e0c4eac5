//! `cargo xtask upstream`: compares a published OpenAPI document with ours and reports the
//! differences.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use atlas_backup_document::compare::{Deviations, Report, compare, generations};
use atlas_backup_document::{Error, GENERATIONS};
use clap::Parser;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use xtask_files::{document, published};

use calendar::Calendar;

mod calendar;
mod report;

/// The file with the intended differences, relative to the project's root.
const DEVIATIONS: &str = "spec/deviations.yaml";

/// The arguments of the command.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask upstream",
    bin_name = "cargo xtask upstream",
    max_term_width = 100,
    about = "Compare the spec with an OpenAPI document that MongoDB publishes",
    long_about = "Compare spec/v1.yaml or spec/v2.yaml with an OpenAPI document that MongoDB publishes, or with a part of it.\n\nThe paths \
                  of the published document decide with which of our documents it is compared. Operations are paired by method and path, \
                  and compared by their newest stable media type, following $ref, allOf, oneOf and discriminators. The report covers missing \
                  and ended operations, servers, security schemes, media types, headers, members, types, formats, enums, bounds, required, nullable, roles, deprecation and sunset \
                  dates, and the sources that rules name. Intended differences are listed in spec/deviations.yaml, each with its reason.\n\nThe report \
                  also tells the preview and upcoming versions of our operations, the days on which Atlas stops serving versions that we use, \
                  and the entries of spec/deviations.yaml that nobody has reviewed for long.",
    after_help = "Exit status: 0 if every difference is explained, 1 if one is not, if an entry of spec/deviations.yaml explains nothing, \
                  if a version that we use ends within the days of --sunset, or if a document cannot be read."
)]
struct Arguments {
    /// The published document, as JSON or YAML
    published: PathBuf,
    /// Print the whole report as JSON, explained differences included
    #[arg(long)]
    json: bool,
    /// Also list the differences that are explained, each with its reason
    #[arg(long, conflicts_with = "json")]
    explained: bool,
    /// The published document is only a part: an operation that it lacks has not ended
    #[arg(long)]
    part: bool,
    /// Fail if Atlas stops serving a version that we use within so many days
    #[arg(long, value_name = "DAYS")]
    sunset: Option<u32>,
    /// List the entries of spec/deviations.yaml that were reviewed longer ago than this
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    review_age: u32,
    /// The date from which days are counted, instead of today in UTC
    #[arg(long, value_name = "DATE", value_parser = date)]
    today: Option<Date>,
    /// The project's folder, if it is not the one that this command was built in
    #[arg(long, hide = true)]
    root: Option<PathBuf>,
}

fn date(text: &str) -> Result<Date, String> {
    let date = text
        .parse()
        .ok()
        .filter(|date: &Date| date.to_string() == text);
    date.ok_or_else(|| "a date is written as in 2026-01-31".to_owned())
}

fn main() -> ExitCode {
    run(&Arguments::parse()).unwrap_or_else(|error| {
        anstream::eprintln!("{error}");
        ExitCode::FAILURE
    })
}

/// Runs the command. Fails with a message for the user if a document cannot be read or compared.
fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let root = arguments
        .root
        .clone()
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    let name = arguments.published.display().to_string();
    let published = published(&arguments.published)?;
    let apis = generations(&published.value);
    if apis.is_empty() {
        let prefixes: Vec<_> = GENERATIONS
            .iter()
            .map(|generation| generation.prefix)
            .collect();
        return Err(format!(
            "{name}: no path begins with {}: this is not a document of the Atlas API",
            prefixes.join(" or ")
        ));
    }
    let file = document(&root, "", DEVIATIONS)?;
    let deviations = Deviations::read(&file).map_err(|error| error.render(&file, true))?;
    let mut reports: Vec<Report> = Vec::new();
    for generation in apis {
        let ours = document(&root, generation.api, generation.document)?;
        let compared = compare(&ours, &published.value, &deviations, arguments.part);
        // Findings in the published document have no location in our document.
        let render_published = |error: &Error| {
            error
                .findings
                .iter()
                .map(|finding| format!("{name}: {}", finding.message))
                .collect::<Vec<_>>()
                .join("\n")
        };
        let render = |error: Error| {
            if error.path.is_empty() {
                render_published(&error)
            } else {
                error.render(&ours, true)
            }
        };
        reports.push(compared.map_err(render)?);
    }
    let today = || Timestamp::now().to_zoned_datetime(TimeZone::UTC).date();
    let calendar = Calendar {
        today: arguments.today.unwrap_or_else(today),
        sunset: arguments.sunset,
        review_age: arguments.review_age,
        deviations: &deviations,
    };
    if arguments.json {
        anstream::println!("{:#}", report::json(&name, &reports, &calendar));
    } else {
        let explained = arguments.explained;
        anstream::print!(
            "{}",
            report::text(&name, &reports, DEVIATIONS, explained, &calendar)
        );
    }
    let is_fine = |report: &Report| report::is_clean(report) && !calendar.ends_soon(report);
    Ok(match reports.iter().all(is_fine) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
