//! How long drafting and generating take, and whether the time per operation grows with their number.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use atlas_backup_codegen::generate_observed;
use serde_json::Value;

use crate::{document, drafted};

const ROUNDS: usize = 5;
/// The part of the operations that is measured: every fourth, every second, all.
const PARTS: [usize; 3] = [4, 2, 1];

type Times = Vec<(&'static str, Duration)>;

pub fn print(published: &Value, operations: &BTreeSet<String>) {
    let parts = PARTS.map(|part| {
        operations
            .iter()
            .step_by(part)
            .cloned()
            .collect::<BTreeSet<_>>()
    });
    let mut fastest = parts.each_ref().map(|part| measure(published, part));
    for _ in 1..ROUNDS {
        for (fastest, part) in fastest.iter_mut().zip(&parts) {
            for ((_, fastest), (_, time)) in fastest.iter_mut().zip(measure(published, part)) {
                *fastest = time.min(*fastest);
            }
        }
    }
    print!("\n{:<10}{:>10}   µs per operation", "", "all, ms");
    for part in &parts {
        print!("{:>8} ops", part.len());
    }
    println!("{:>14}", "last / first");
    for (index, (step, all)) in fastest[PARTS.len() - 1].iter().enumerate() {
        let per_operation: Vec<f64> = fastest
            .iter()
            .zip(&parts)
            .map(|(times, part)| times[index].1.as_secs_f64() * 1e6 / part.len() as f64)
            .collect();
        print!("{step:<10}{:>10.1}{:>19}", all.as_secs_f64() * 1e3, "");
        for time in &per_operation {
            print!("{time:>12.0}");
        }
        println!(
            "{:>14.2}",
            per_operation[PARTS.len() - 1] / per_operation[0]
        );
    }
}

/// Measures the draft, each stage of the generator, and all of it.
fn measure(published: &Value, operations: &BTreeSet<String>) -> Times {
    let start = Instant::now();
    let draft = drafted(published, Some(operations.clone()));
    let document = document(&draft);
    let mut times = vec![("draft", start.elapsed())];
    let (start, mut last) = (Instant::now(), Instant::now());
    let mut ended = |step: &'static str| {
        times.push((step, last.elapsed()));
        last = Instant::now();
    };
    generate_observed(&[document], &mut ended).unwrap();
    times.push(("generate", start.elapsed()));
    times
}
