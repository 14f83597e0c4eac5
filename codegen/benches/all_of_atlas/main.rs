//! Drafts all operations of a published OpenAPI document in the dialect of `spec/`, generates their
//! code, and says what could not be drafted and why, and how long everything takes:
//!
//! ```sh
//! cargo bench -p atlas-backup-codegen --bench all_of_atlas -- published.json --out generated
//! ```
//!
//! The published document of all of Atlas is not part of this repository, because its licence does
//! not allow that. `--out` writes the generated code to a folder, and the draft to a file beside it.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

mod refusals;
mod times;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use atlas_backup_codegen::{Output, generate};
use atlas_backup_document::Document;
use atlas_backup_document::draft::{Draft, LeftOut, Options, draft, text};
use serde_json::Value;

const PLACEHOLDER: &str = "Described later.";

/// A draft of which all operations can be generated.
struct Generated {
    draft: Draft,
    output: Output,
    /// The operations that the dialect cannot describe.
    left_out: Vec<LeftOut>,
    /// The operations that were drafted and then refused, with the findings.
    refused: Vec<LeftOut>,
}

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| it != "--bench")
        .collect();
    let (path, out) = match arguments.as_slice() {
        [path] => (path, None),
        [path, flag, out] if flag == "--out" => (path, Some(out)),
        _ => {
            println!(
                "usage: cargo bench -p atlas-backup-codegen --bench all_of_atlas -- PUBLISHED.json [--out DIR]"
            );
            return;
        }
    };
    let published: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let Generated {
        draft,
        output,
        left_out,
        refused,
    } = generated(&published);
    let operations = operations(&draft);
    report(&draft, &left_out, &refused, operations.len());
    times::print(&published, &operations);
    if let Some(out) = out {
        write(Path::new(out), &draft, &output);
    }
}

/// Drafts and generates, without the operations that the generator refuses.
fn generated(published: &Value) -> Generated {
    let mut refused: Vec<LeftOut> = Vec::new();
    let mut draft = drafted(published, None);
    let left_out = std::mem::take(&mut draft.left_out);
    loop {
        let error = match generate(&[document(&draft)]) {
            Ok(output) => {
                return Generated {
                    draft,
                    output,
                    left_out,
                    refused,
                };
            }
            Err(errors) => errors.into_iter().next().unwrap(),
        };
        let mut chosen = operations(&draft);
        let before = chosen.len();
        for left_out in refusals::refusals(&draft.document, &error) {
            if chosen.remove(&left_out.operation) {
                refused.push(left_out);
            }
        }
        assert!(chosen.len() < before, "no operation is to blame:\n{error}");
        draft = drafted(published, Some(chosen));
    }
}

fn drafted(published: &Value, operations: Option<BTreeSet<String>>) -> Draft {
    let placeholder = Some(PLACEHOLDER.to_owned());
    draft(
        published,
        &Options {
            operations,
            placeholder,
        },
    )
}

fn document(draft: &Draft) -> Document {
    Document {
        api: "v2".into(),
        path: "draft.yaml".into(),
        text: text(&draft.document),
    }
}

/// Returns the official ids of the drafted operations.
fn operations(draft: &Draft) -> BTreeSet<String> {
    let paths = draft.document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let ids = operations.filter_map(|(_, it)| it["x-atlas-operation-id"].as_str());
    ids.map(str::to_owned).collect()
}

fn report(draft: &Draft, left_out: &[LeftOut], refused: &[LeftOut], generated: usize) {
    println!("{generated} operations are drafted and generated");
    print(
        "left out, because the dialect cannot describe them",
        left_out,
    );
    print("drafted, but refused by the generator", refused);
    let mut omitted: BTreeMap<&str, usize> = BTreeMap::new();
    for it in &draft.omitted {
        let kind = it.what.split(' ').next().unwrap();
        *omitted.entry(kind).or_default() += 1;
    }
    println!("\n{} details are omitted: {omitted:?}", draft.omitted.len());
    for it in &draft.omitted {
        println!("  {}: {}", it.place, it.what);
    }
}

/// Prints operations by reason, the most frequent reason first.
fn print(title: &str, left_out: &[LeftOut]) {
    println!("\n{} operations are {title}", left_out.len());
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for it in left_out {
        reasons.entry(&it.reason).or_default().push(&it.operation);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, operations)| std::cmp::Reverse(operations.len()));
    for (reason, operations) in reasons {
        println!(
            "{:>5}  {reason}: {}",
            operations.len(),
            operations.join(", ")
        );
    }
}

fn write(out: &Path, draft: &Draft, output: &Output) {
    for part in &output.parts {
        for file in &part.files {
            let path = out.join(&file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &file.text).unwrap();
        }
    }
    fs::write(out.join("draft.yaml"), text(&draft.document)).unwrap();
}
