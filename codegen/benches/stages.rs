//! Measures how long each stage of the generator takes for the documents of this project: `cargo
//! bench -p atlas-backup-codegen`.
//!
//! `backend` is progenitor itself, so one run shows its time beside that of our own code. Each
//! figure is the median over all rounds; the medians of the steps need not add up to the median of
//! the whole.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

use std::time::{Duration, Instant};

use atlas_backup_codegen::generate_observed;
use atlas_backup_document::{Document, GENERATIONS, Generation};

const ROUNDS: usize = 15;

/// A step and its duration in each round.
type Times = (&'static str, Vec<Duration>);

fn main() {
    // `cargo test --benches` only verifies that the benchmark runs.
    let rounds = if std::env::args().any(|argument| argument == "--bench") {
        ROUNDS
    } else {
        1
    };
    let documents: Vec<_> = GENERATIONS.iter().map(read).collect();
    let [v1, v2] = &documents[..] else {
        panic!("the table has two columns for documents")
    };
    let one = measure(std::slice::from_ref(v1), rounds);
    let other = measure(std::slice::from_ref(v2), rounds);
    let both = measure(&documents, rounds);
    println!(
        "median of {rounds} rounds, in ms  {:>12}{:>14}{:>14}",
        v1.path, v2.path, "both"
    );
    for (((step, v1), (_, v2)), (_, both)) in one.iter().zip(&other).zip(&both) {
        let label = if step.contains('/') {
            format!("    {step}")
        } else {
            format!("  {step}")
        };
        println!(
            "{label:<32}{:>10.2}{:>14.2}{:>14.2}",
            median(v1),
            median(v2),
            median(both)
        );
    }
}

fn read(
    Generation {
        api,
        document: path,
        ..
    }: &Generation,
) -> Document {
    let text =
        std::fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    Document {
        api: (*api).to_owned(),
        path: (*path).to_owned(),
        text,
    }
}

/// Returns the steps in the order in which they ended, `whole` last. The first round is a warm-up
/// and not counted.
fn measure(documents: &[Document], rounds: usize) -> Vec<Times> {
    let mut steps: Vec<Times> = Vec::new();
    for round in 0..=rounds {
        let durations = time(documents);
        if round == 1 {
            steps = durations
                .iter()
                .map(|(step, _)| (*step, Vec::new()))
                .collect();
        }
        for ((_, times), (_, time)) in steps.iter_mut().zip(durations) {
            times.push(time);
        }
    }
    steps
}

/// Returns the duration of each step, for all documents together.
fn time(documents: &[Document]) -> Vec<(&'static str, Duration)> {
    let mut durations: Vec<(&'static str, Duration)> = Vec::new();
    let began = Instant::now();
    let (mut stage, mut pass) = (began, began);
    generate_observed(documents, &mut |step| {
        let now = Instant::now();
        let since = if step.contains('/') {
            pass
        } else {
            std::mem::replace(&mut stage, now)
        };
        match durations.iter_mut().find(|(known, _)| *known == step) {
            Some((_, total)) => *total += now - since,
            None => durations.push((step, now - since)),
        }
        pass = now;
    })
    .unwrap();
    durations.push(("whole", began.elapsed()));
    durations
}

fn median(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}
