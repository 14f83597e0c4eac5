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
    let documents: Vec<_> = GENERATIONS
        .iter()
        .map(|generation| (generation.document, measure(&read(generation), rounds)))
        .collect();
    let [(one, first), (other, second)] = &documents[..] else {
        panic!("the table has two columns")
    };
    println!(
        "median of {rounds} rounds, in ms  {one:>12}{other:>14}{:>14}",
        "both"
    );
    for ((step, v1), (_, v2)) in first.iter().zip(second) {
        let (v1, v2) = (median(v1), median(v2));
        let label = if step.contains('/') {
            format!("    {step}")
        } else {
            format!("  {step}")
        };
        println!("{label:<32}{v1:>10.2}{v2:>14.2}{:>14.2}", v1 + v2);
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
fn measure(document: &Document, rounds: usize) -> Vec<Times> {
    let mut steps: Vec<Times> = Vec::new();
    for round in 0..=rounds {
        let durations = time(document);
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

fn time(document: &Document) -> Vec<(&'static str, Duration)> {
    let mut durations = Vec::new();
    let began = Instant::now();
    let (mut stage, mut pass) = (began, began);
    generate_observed(document, &mut |step| {
        let now = Instant::now();
        let since = if step.contains('/') {
            pass
        } else {
            std::mem::replace(&mut stage, now)
        };
        durations.push((step, now - since));
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
