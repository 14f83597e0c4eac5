//! Measures how long each stage of the generator takes for the documents of this project: `cargo
//! bench -p atlas-backup-codegen --bench stages`.
//!
//! `backend` is progenitor itself, so one run shows its time beside that of our own code. Each
//! figure is the median over all rounds; the medians of the steps need not add up to the median of
//! the whole.
//!
//! A second table shows the time per operation for v2 and for documents with 4 and 8 copies of all
//! its operations and schemas: it must not grow with their number. Each of these runs has a process of
//! its own, like `cargo xtask codegen`: memory that an earlier run has freed would make the first
//! document faster than the others, because only that one fits into the caches again.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::{Duration, Instant};

use atlas_backup_codegen::generate_observed;
use atlas_backup_document::{Document, GENERATIONS, Generation};

const ROUNDS: usize = 15;
/// The numbers of copies of v2 whose times are compared.
const COPIES: [usize; 3] = [1, 4, 8];
/// The argument of a process that generates one document with this many copies of v2.
const ONE: &str = "--copies=";
const REFERENCE: &str = "#/components/schemas/";

/// A step and its duration in each round.
type Times = (&'static str, Vec<Duration>);

fn main() {
    let documents: Vec<_> = GENERATIONS.iter().map(read).collect();
    let [v1, v2] = &documents[..] else {
        panic!("the table has two columns for documents")
    };
    let mut arguments = std::env::args();
    if let Some(copies) = arguments.find_map(|it| it.strip_prefix(ONE)?.parse().ok()) {
        for (step, time) in time(&[copied(v2, copies)]) {
            println!("{step} {}", time.as_nanos());
        }
        return;
    }
    // `cargo test --benches` only verifies that the benchmark runs.
    let rounds = match std::env::args().any(|argument| argument == "--bench") {
        true => ROUNDS,
        false => 1,
    };
    let one = measure(std::slice::from_ref(v1), rounds);
    let other = measure(std::slice::from_ref(v2), rounds);
    let both = measure(&documents, rounds);
    println!(
        "median of {rounds} rounds, in ms  {:>12}{:>14}{:>14}",
        v1.path, v2.path, "both"
    );
    for (((step, v1), (_, v2)), (_, both)) in one.iter().zip(&other).zip(&both) {
        println!(
            "  {step:<30}{:>10.2}{:>14.2}{:>14.2}",
            median(v1),
            median(v2),
            median(both)
        );
    }
    println!();
    growth(v2, rounds);
}

/// Prints the time of each stage per operation, for several copies of the document.
fn growth(document: &Document, rounds: usize) {
    let operations = document.text.matches("operationId:").count();
    // The fastest round of each, in turns: so a busy machine slows all of them or none.
    let mut fastest = COPIES.map(one_process);
    for _ in 1..rounds {
        for (fastest, copies) in fastest.iter_mut().zip(COPIES) {
            for ((_, fastest), (_, time)) in fastest.iter_mut().zip(one_process(copies)) {
                *fastest = time.min(*fastest);
            }
        }
    }
    print!("in µs per operation             ");
    for copies in COPIES {
        print!("{:>9} ops", operations * copies);
    }
    println!("{:>14}", "last / first");
    for (index, (step, _)) in fastest[0].iter().enumerate() {
        let per_operation: Vec<f64> = fastest
            .iter()
            .zip(COPIES)
            .map(|(steps, copies)| {
                steps[index].1.as_secs_f64() * 1e6 / (operations * copies) as f64
            })
            .collect();
        print!("  {step:<30}");
        for time in &per_operation {
            print!("{time:>13.1}");
        }
        println!(
            "{:>14.2}",
            per_operation[COPIES.len() - 1] / per_operation[0]
        );
    }
}

/// Generates the document with this many copies in a process of its own, and returns the duration of
/// each step.
fn one_process(copies: usize) -> Vec<(String, Duration)> {
    let program = std::env::current_exe().unwrap();
    let argument = format!("{ONE}{copies}");
    let output = Command::new(program).arg(argument).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let step = |line: &str| {
        let (step, nanos) = line.split_once(' ').unwrap();
        (
            step.to_owned(),
            Duration::from_nanos(nanos.parse().unwrap()),
        )
    };
    let output = String::from_utf8(output.stdout).unwrap();
    output.lines().map(step).collect()
}

/// Returns a document with this many copies of all operations, schemas and tags, each with a name of
/// its own. The copies share the schemas that parameters and error responses use.
fn copied(document: &Document, copies: usize) -> Document {
    let (head, rest) = document.text.split_once("\ntags:\n").unwrap();
    let (tags, rest) = rest.split_once("\npaths:\n").unwrap();
    let (paths, rest) = rest.split_once("\ncomponents:\n  schemas:\n").unwrap();
    let (schemas, rest) = rest.split_once("\n  parameters:\n").unwrap();
    let schemas = entries(schemas, "    ");
    let once = used(rest, &schemas);
    let is_copied = |copy: usize, name: &str| copy == 0 || !once.contains(name);
    let mut all_tags = String::new();
    let (mut all_paths, mut all_schemas) = (BTreeMap::new(), BTreeMap::new());
    for copy in 0..copies {
        all_tags.extend([renamed(tags, copy, &once), "\n".to_owned()]);
        for (path, text) in entries(paths, "  ") {
            let path = path.replacen("/api/", &prefix(copy), 1);
            all_paths.insert(path, renamed(text, copy, &once));
        }
        for (name, text) in schemas.iter().filter(|(name, _)| is_copied(copy, name)) {
            all_schemas.insert(numbered(name, copy, &once), renamed(text, copy, &once));
        }
    }
    let text = |entries: BTreeMap<String, String>, indent: &str| -> String {
        let entries = entries.iter();
        let entry = |(key, text): (&String, &String)| format!("{indent}{key}:\n{text}\n");
        entries.map(entry).collect()
    };
    Document {
        text: format!(
            "{head}\ntags:\n{all_tags}\npaths:\n{}\ncomponents:\n  schemas:\n{}\n  parameters:\n{rest}",
            text(all_paths, "  "),
            text(all_schemas, "    "),
        ),
        ..document.clone()
    }
}

fn prefix(copy: usize) -> String {
    match copy {
        0 => "/api/".to_owned(),
        copy => format!("/api/{copy}/"),
    }
}

/// The name of a schema in a copy of the document.
fn numbered(name: &str, copy: usize, once: &BTreeSet<&str>) -> String {
    match copy {
        0 => name.to_owned(),
        _ if once.contains(name) => name.to_owned(),
        copy => format!("{name}{copy}"),
    }
}

/// Splits a section into its entries: the key and the lines below it.
fn entries<'a>(section: &'a str, indent: &str) -> Vec<(&'a str, &'a str)> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in section.split_inclusive('\n') {
        let key = line.strip_prefix(indent);
        if key.is_some_and(|key| !key.starts_with([' ', '#'])) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).chain([&at]);
    let entry = |(start, end): (&usize, &usize)| {
        section[*start..*end]
            .trim_start()
            .split_once(":\n")
            .unwrap()
    };
    starts.iter().zip(ends).map(entry).collect()
}

/// The schemas that a text refers to, directly or through others.
fn used<'a>(text: &'a str, schemas: &[(&'a str, &'a str)]) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    let mut open = vec![text];
    while let Some(text) = open.pop() {
        for (_, target) in text
            .match_indices(REFERENCE)
            .map(|(at, _)| text[at..].split_at(REFERENCE.len()))
        {
            let name = target.split('\'').next().unwrap();
            if names.insert(name) {
                open.extend(
                    schemas
                        .iter()
                        .filter(|(known, _)| *known == name)
                        .map(|(_, text)| text),
                );
            }
        }
    }
    names
}

/// Appends the number of the copy to the names in a part of a document. The first copy keeps them.
fn renamed(text: &str, copy: usize, once: &BTreeSet<&str>) -> String {
    if copy == 0 {
        return text.trim_end().to_owned();
    }
    let line = |line: &str| match line.trim_start() {
        rest if rest.starts_with("- name: ") || rest.starts_with("operationId: ") => {
            format!("{line}{copy}")
        }
        rest if rest.starts_with("x-atlas-update-of: ") => format!("{line}{copy}"),
        rest if rest.starts_with("x-atlas-operation-id: ") => format!("{line}{copy}"),
        // An example may have a list of tags without items.
        rest if rest.starts_with("tags: [") && rest != "tags: []" => {
            line.replace(']', &format!("{copy}]"))
        }
        _ => match line.split_once(REFERENCE) {
            Some((before, after)) => {
                let (name, after) = after.split_at(after.find('\'').unwrap());
                format!("{before}{REFERENCE}{}{after}", numbered(name, copy, once))
            }
            None => line.to_owned(),
        },
    };
    text.trim_end()
        .lines()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
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
    let mut last = began;
    generate_observed(documents, &mut |step| {
        let now = Instant::now();
        let took = now - std::mem::replace(&mut last, now);
        match durations.iter_mut().find(|(known, _)| *known == step) {
            Some((_, total)) => *total += took,
            None => durations.push((step, took)),
        }
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
