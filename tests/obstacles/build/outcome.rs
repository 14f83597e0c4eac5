//! What the generator says of a document.

use std::collections::BTreeSet;
use std::fmt;
use std::panic;

use atlas_backup_codegen::{Output, generate};
use atlas_backup_document::Document;

/// The outcome for one document.
pub enum Outcome {
    /// The code, all of which can be parsed. `None` if it has been dropped.
    Accepted(Option<Box<Output>>),
    /// Its findings, each with its rule and its text.
    Findings(Vec<(&'static str, String)>),
    /// A panic or code that is no Rust, which must never happen.
    Failed(String),
}

/// Runs the generator. A panic of it is an outcome too.
pub fn of(document: &Document) -> Outcome {
    let documents = std::slice::from_ref(document);
    match panic::catch_unwind(|| generate(documents)) {
        Ok(Ok(output)) => match unparsable(&output) {
            Some(message) => Outcome::Failed(message),
            None => Outcome::Accepted(Some(Box::new(output))),
        },
        Ok(Err(errors)) => {
            let findings = errors.iter().flat_map(|error| &error.findings);
            let with_text = findings.map(|finding| {
                let (place, message) = (&finding.place, &finding.message);
                (finding.rule, format!("{place}: {message}"))
            });
            Outcome::Findings(with_text.collect())
        }
        Err(_) => Outcome::Failed("the generator panics".to_owned()),
    }
}

/// Returns the first file that is no Rust, and why.
fn unparsable(output: &Output) -> Option<String> {
    let parts = output.parts.iter();
    let mut files = parts.flat_map(|part| &part.files);
    files.find_map(|file| {
        let error = syn::parse_file(&file.text).err()?;
        Some(format!("{} is no Rust: {error}", file.path))
    })
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Accepted(_) => f.write_str("accepted"),
            Outcome::Findings(findings) if f.alternate() => {
                let mut findings = findings.iter();
                findings.try_for_each(|(rule, text)| writeln!(f, "{text} [{rule}]"))
            }
            Outcome::Findings(findings) => {
                let rules: BTreeSet<&str> = findings.iter().map(|(rule, _)| *rule).collect();
                let rules: Vec<&str> = rules.into_iter().collect();
                write!(f, "finding [{}]", rules.join(", "))
            }
            Outcome::Failed(message) => f.write_str(message),
        }
    }
}
