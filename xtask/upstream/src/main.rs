//! `cargo xtask upstream`: compares a published OpenAPI document with ours and reports the
//! differences.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use atlas_backup_document::compare::{Deviations, Report, compare, generations};
use atlas_backup_document::{Document, Error, GENERATIONS};
use clap::Parser;
use serde_json::Value;

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
                  dates, and the sources that rules name. Intended differences are listed in spec/deviations.yaml, each with its reason.",
    after_help = "Exit status: 0 if every difference is explained, 1 if one is not, if an entry of spec/deviations.yaml explains nothing, \
                  or if a document cannot be read."
)]
struct Arguments {
    /// The published document, as JSON
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
    /// The project's folder, if it is not the one that this command was built in
    #[arg(long, hide = true)]
    root: Option<PathBuf>,
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
    let apis = generations(&published);
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
    let file = read(&root, "", DEVIATIONS)?;
    let deviations = Deviations::read(&file).map_err(|error| error.render(&file, true))?;
    let mut reports: Vec<Report> = Vec::new();
    for generation in apis {
        let ours = read(&root, generation.api, generation.document)?;
        let compared = compare(&ours, &published, &deviations, arguments.part);
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
    if arguments.json {
        anstream::println!("{:#}", report::json(&name, &reports));
    } else {
        anstream::print!(
            "{}",
            report::text(&name, &reports, DEVIATIONS, arguments.explained)
        );
    }
    Ok(if reports.iter().all(report::is_clean) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn published(path: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| {
        format!(
            "{}:{}:{}: this is not JSON: {error}",
            path.display(),
            error.line(),
            error.column()
        )
    })
}

fn read(root: &Path, api: &str, path: &str) -> Result<Document, String> {
    let file = root.join(path);
    let text = fs::read_to_string(&file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    Ok(Document {
        api: api.to_owned(),
        path: path.to_owned(),
        text,
    })
}
