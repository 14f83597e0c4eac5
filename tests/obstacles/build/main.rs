//! Makes the obstacle course: runs the generator on every cell alone, and on documents that have
//! all cells that it accepts. The code for these documents is compiled with the client's source,
//! and tests call each of its operations. So is the code of some random variants of a document,
//! which is not called.
//!
//! The generator runs here and not in the tests, because cargo repeats this only if the generator
//! or this folder has changed.

mod awkward;
mod cells;
mod client;
mod elsewhere;
mod exercise;
mod fragment;
mod modifiers;
mod names;
mod outcome;
mod place;
mod rules;
mod types;
mod updates;
mod variants;

use std::env;
use std::error::Error;
use std::panic::resume_unwind;
use std::path::PathBuf;

use atlas_backup_codegen::Output;
use serde_json::{Map, Value};

use cells::Cell;
use client::Folders;
use outcome::Outcome;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=../../codegen/tests/variants/change.rs");
    println!("cargo::rerun-if-changed=../fixtures/documents/sound.yaml");
    let folders = Folders {
        client: PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../atlas-backup-api/src"),
        out: PathBuf::from(env::var("OUT_DIR")?),
    };
    let cells = cells::all();
    let verdicts = verdicts(&cells);
    let (mut table, mut works) = (String::new(), Vec::new());
    for (cell, verdict) in cells.iter().zip(&verdicts) {
        let verdict = match verdict {
            Outcome::Accepted(_) => {
                works.push(cell);
                "works".to_owned()
            }
            refused => refused.to_string(),
        };
        table.push_str(&format!("{} -> {verdict}\n", cell.name));
    }
    folders.write("cells.txt", &table)?;
    let mut apis = write_course(&folders, &works)?;
    for (api, output) in variants::sample() {
        write_code(&folders, &output)?;
        apis.push(api);
    }
    client::write(&folders, &apis)?;
    let table = atlas_backup_call_table::table(&folders.out.join("generated"), &apis)?;
    folders.write("table.rs", &table)
}

/// Runs the generator on each cell alone, on all processors.
fn verdicts(cells: &[Cell]) -> Vec<Outcome> {
    // A panic is an outcome, which is not worth a message.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let size = cells.len().div_ceil(threads);
    let verdict = |cell: &Cell| match outcome::of(&cell.fragment().document("v2", "cell.yaml")) {
        Outcome::Accepted(_) => Outcome::Accepted(None),
        refused => refused,
    };
    let all = std::thread::scope(|scope| {
        let parts: Vec<_> = cells
            .chunks(size)
            .map(|part| scope.spawn(move || part.iter().map(verdict).collect::<Vec<_>>()))
            .collect();
        let joined = parts
            .into_iter()
            .map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)));
        joined.flatten().collect()
    });
    std::panic::set_hook(hook);
    all
}

/// Writes the code for the cells that work, and the calls that exercise it. Returns the API
/// generations of the documents.
fn write_course(folders: &Folders, works: &[&Cell]) -> Result<Vec<String>, Box<dyn Error>> {
    let mut exercises = Map::new();
    let mut conversions = Vec::new();
    for (api, course) in cells::together(works) {
        let document = course.document(&api, "the cells of tests/obstacles");
        folders.write(&format!("{api}.yaml"), &document.text)?;
        match outcome::of(&document) {
            Outcome::Accepted(Some(output)) => write_code(folders, &output)?,
            refused => return Err(format!("{api}: {refused:#}").into()),
        }
        let made = course.conversions.into_iter();
        conversions.extend(made.map(|conversion| (api.clone(), conversion)));
        exercises.insert(api, Value::Array(course.exercises));
    }
    client::write_conversions(folders, &conversions)?;
    let apis = exercises.keys().cloned().collect();
    folders.write("exercises.json", &Value::Object(exercises).to_string())?;
    Ok(apis)
}

fn write_code(folders: &Folders, output: &Output) -> Result<(), Box<dyn Error>> {
    for part in &output.parts {
        for file in &part.files {
            folders.write(&format!("generated/{}", file.path), &file.text)?;
        }
    }
    Ok(())
}
