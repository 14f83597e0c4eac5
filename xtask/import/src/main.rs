//! `cargo xtask import`: drafts an operation of our documents from what MongoDB publishes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use atlas_backup_document::compare::Deviations;
use atlas_backup_document::import::{Outcome, Request, import};
use atlas_backup_document::{Document, Error, GENERATIONS, Generation};
use clap::Parser;
use xtask_files::{document, published, replace};

mod report;

/// The file with the intended differences, relative to the project's root.
const DEVIATIONS: &str = "spec/deviations.yaml";

/// The arguments of the command.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask import",
    bin_name = "cargo xtask import",
    max_term_width = 100,
    about = "Draft an operation of the spec from an OpenAPI document that MongoDB publishes",
    long_about = "Draft an operation of spec/v1.yaml or spec/v2.yaml from an OpenAPI document that MongoDB publishes.\n\nThe operation and the \
                  components that it needs are inserted in order: facts as they are published, our own names, the components that the spec \
                  has already, and no prose. `cargo xtask codegen` then points at every place to fill in. Nothing else in the spec changes.\n\nFor \
                  an operation that the spec has already, the differences from the published document are printed, and nothing is written.",
    after_help = "Exit status: 0 if the operation was inserted or compared, 1 if not; then nothing is written."
)]
struct Arguments {
    /// The operation: its official operationId, long or short, or ours
    operation: String,
    /// The published document, as JSON or YAML
    published: PathBuf,
    /// The generation of the API, if the published document has both
    #[arg(long, value_parser = generation)]
    api: Option<&'static Generation>,
    /// The tag of the operation, which is added if it is new. Without it, `cargo xtask codegen` asks for one
    #[arg(long)]
    tag: Option<String>,
    /// The project's folder, if it is not the one that this command was built in
    #[arg(long, hide = true)]
    root: Option<PathBuf>,
}

fn generation(api: &str) -> Result<&'static Generation, String> {
    let all: Vec<_> = GENERATIONS.iter().map(|it| it.api).collect();
    Generation::of(api).ok_or_else(|| format!("the generations are {}", all.join(" and ")))
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(report) => {
            anstream::print!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            anstream::eprintln!("{}", error.trim_end());
            ExitCode::FAILURE
        }
    }
}

/// Runs the command. Returns what to print, or fails with a message for the user.
fn run(arguments: &Arguments) -> Result<String, String> {
    let root = arguments
        .root
        .clone()
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    let name = arguments.published.display().to_string();
    let published = published(&arguments.published)?;
    let file = document(&root, "", DEVIATIONS)?;
    let deviations = Deviations::read(&file).map_err(|error| error.render(&file, true))?;
    let documents = GENERATIONS
        .iter()
        .map(|generation| document(&root, generation.api, generation.document))
        .collect::<Result<Vec<_>, _>>()?;
    let request = Request {
        operation: &arguments.operation,
        generation: arguments.api,
        tag: arguments.tag.as_deref(),
    };
    match import(&documents, &published, &deviations, request) {
        Ok(Outcome::Known(known)) => Ok(report::known(&known, &name)),
        Ok(Outcome::New(imported)) => {
            let file = root.join(&imported.document.path);
            replace(&file, &imported.document.text)
                .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
            Ok(report::new(&imported, &name))
        }
        Err(error) => Err(render(&error, &documents, &name)),
    }
}

/// Formats an error. What concerns the published document has the name of its file only.
fn render(error: &Error, documents: &[Document], published: &str) -> String {
    let document = documents
        .iter()
        .find(|document| document.path == error.path);
    match document {
        Some(document) => error.render(document, true),
        None => {
            let line = |finding: &atlas_backup_document::Finding| match &finding.help {
                Some(help) => format!("{published}: {}\n    {help}\n", finding.message),
                None => format!("{published}: {}\n", finding.message),
            };
            error.findings.iter().map(line).collect()
        }
    }
}
