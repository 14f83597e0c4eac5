//! The report on a capture, as text and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use atlas_backup_document::deviation::{Deviation, Kind};
use serde_json::{Value, json};

use super::Exchange;
use super::examine::{Examined, Examiner};
use super::hosts;
use super::route::{Route, route};
use crate::Entry;

/// Counts and findings of all examined exchanges.
#[derive(Debug, Default)]
pub struct Report {
    operations: BTreeMap<String, Operation>,
    /// Requests that look like backup operations but are in no document.
    unknown: BTreeMap<String, usize>,
    /// The number of entries with other hosts and paths.
    other: usize,
    /// Whether an entry had a host of Atlas.
    has_atlas: bool,
    /// The other hosts.
    hosts: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Operation {
    /// Entries with a whole response.
    entries: usize,
    /// Entries without a response: aborted requests.
    unanswered: usize,
    /// Entries with a response whose body was not recorded.
    unrecorded: usize,
    /// Decoded entries whose body is no JSON, so that nothing can be compared.
    not_json: usize,
    decoded: usize,
    lossless: usize,
    /// Reasons, with their counts.
    unreadable: BTreeMap<String, usize>,
    /// Paths, with their counts.
    lost: BTreeMap<String, usize>,
    /// Distinct deviations, each with its count and an example.
    deviations: BTreeMap<(Kind, String), (usize, String)>,
}

impl Report {
    /// Examines one exchange and counts the result. `hosts` are hosts that count as Atlas, besides
    /// its own and loopback.
    pub fn add(&mut self, examiner: &Examiner, exchange: &Exchange, hosts: &[String]) {
        if !hosts::is_atlas(&exchange.origin, hosts) {
            self.other += 1;
            self.hosts.insert(hosts::of(&exchange.origin).to_owned());
            return;
        }
        self.has_atlas = true;
        match route(&exchange.method, &exchange.path) {
            Route::Other => self.other += 1,
            // A browser asks whether it may send a request (CORS): that calls no operation.
            Route::Unknown if exchange.method == "OPTIONS" => self.other += 1,
            // The operation is unknown, but the path belongs to the API.
            Route::Unknown if exchange.method.is_empty() => {
                let operation = self.operations.entry("(no method)".to_owned()).or_default();
                operation.entries += 1;
                *operation
                    .unreadable
                    .entry(exchange.fault.clone().unwrap_or_default())
                    .or_default() += 1;
            }
            Route::Unknown => {
                *self
                    .unknown
                    .entry(format!("{} {}", exchange.method, exchange.path))
                    .or_default() += 1
            }
            Route::Operation(entry) => self.count(entry, examiner.examine(entry, exchange)),
        }
    }

    fn count(&mut self, entry: &Entry, examined: Examined) {
        let operation = self
            .operations
            .entry(format!("{}/{}", entry.api, entry.id))
            .or_default();
        for Deviation {
            kind,
            path,
            example,
        } in examined.deviations
        {
            operation
                .deviations
                .entry((kind, path))
                .or_insert((0, example))
                .0 += 1;
        }
        if examined.unanswered {
            operation.unanswered += 1;
            return;
        }
        if examined.unrecorded {
            operation.unrecorded += 1;
            return;
        }
        operation.entries += 1;
        if examined.unreadable.is_none() {
            operation.decoded += 1;
            match (&examined.lost, examined.not_json) {
                (Some(_), _) => {}
                (None, true) => operation.not_json += 1,
                (None, false) => operation.lossless += 1,
            }
        }
        if let Some(reason) = examined.unreadable {
            *operation.unreadable.entry(reason).or_default() += 1;
        }
        if let Some(path) = examined.lost {
            *operation.lost.entry(path).or_default() += 1;
        }
    }

    /// Whether a response could not be decoded, or something was lost.
    pub fn failed(&self) -> bool {
        self.operations
            .values()
            .any(|operation| !operation.unreadable.is_empty() || !operation.lost.is_empty())
    }

    /// What the user should know who has given captures without an entry of Atlas. It names hosts
    /// only: URLs may contain secrets.
    pub fn warning(&self) -> Option<String> {
        const MOST: usize = 10;
        if self.has_atlas || self.other == 0 {
            return None;
        }
        let mut hosts: Vec<String> = self.hosts.iter().map(|host| printable(host)).collect();
        hosts.retain(|host| !host.is_empty());
        let more = match hosts.len().saturating_sub(MOST) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        hosts.truncate(MOST);
        let seen = match hosts.as_slice() {
            [] => "no entry has a host".to_owned(),
            hosts => format!("the hosts seen are {}{more}", hosts.join(", ")),
        };
        Some(format!(
            "no entry was examined, because none is of Atlas: {seen}; `--host` names another host of Atlas"
        ))
    }

    fn sum(&self, count: fn(&Operation) -> usize) -> usize {
        self.operations.values().map(count).sum()
    }

    /// The report as text. The last line is the summary.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{:<44}{:>8}{:>9}{:>10}\n",
            "operation", "entries", "decoded", "lossless"
        );
        for (name, operation) in &self.operations {
            let Operation {
                entries,
                decoded,
                lossless,
                ..
            } = operation;
            let _infallible = writeln!(text, "{name:<44}{entries:>8}{decoded:>9}{lossless:>10}");
            if operation.unanswered > 0 {
                let _infallible = writeln!(text, "  no answer ×{}", operation.unanswered);
            }
            if operation.unrecorded > 0 {
                let _infallible = writeln!(text, "  body not recorded ×{}", operation.unrecorded);
            }
            if operation.not_json > 0 {
                let _infallible = writeln!(text, "  not JSON ×{}", operation.not_json);
            }
            for (reason, count) in &operation.unreadable {
                let _infallible = writeln!(text, "  NOT DECODED ×{count}: {}", printable(reason));
            }
            for (path, count) in &operation.lost {
                let _infallible = writeln!(text, "  LOST ×{count}: {}", location(path));
            }
            for ((kind, path), (count, example)) in &operation.deviations {
                let _infallible = writeln!(
                    text,
                    "  {kind:<24}{} ×{count}, e.g. {}",
                    location(path),
                    printable(example)
                );
            }
        }
        for (request, count) in &self.unknown {
            let _infallible = writeln!(
                text,
                "{:<26}{} ×{count}",
                Kind::UnknownOperation.to_string(),
                printable(request)
            );
        }
        text.push_str(&self.summary());
        text
    }

    fn summary(&self) -> String {
        let entries = self.sum(|operation| operation.entries);
        let percent =
            |count: usize| format!("{count} ({:.1} %)", count as f64 * 100.0 / entries as f64);
        let examined = match entries {
            0 => "entries: 0: no answer was examined".to_owned(),
            _ => format!(
                "entries: {entries}, decoded: {}, lossless: {}, not JSON: {}",
                percent(self.sum(|operation| operation.decoded)),
                percent(self.sum(|operation| operation.lossless)),
                self.sum(|operation| operation.not_json)
            ),
        };
        format!(
            "{examined}, no answer: {}, body not recorded: {}, deviations from the documents: {}, unknown operations: {}, other entries: {}\n",
            self.sum(|operation| operation.unanswered),
            self.sum(|operation| operation.unrecorded),
            self.deviations(),
            self.unknown.values().sum::<usize>(),
            self.other
        )
    }

    fn deviations(&self) -> usize {
        self.operations
            .values()
            .map(|operation| operation.deviations.len())
            .sum::<usize>()
            + self.unknown.len()
    }

    /// The report as JSON.
    pub fn json(&self) -> Value {
        let counted = |map: &BTreeMap<String, usize>, name: &str| -> Vec<Value> {
            map.iter()
                .map(|(text, count)| json!({name: text, "count": count}))
                .collect()
        };
        let operations: Vec<Value> = self
            .operations
            .iter()
            .map(|(name, operation)| {
                let deviations = operation.deviations.iter().map(
                    |((kind, path), (count, example))| json!({"kind": kind.to_string(), "path": path, "count": count, "example": example}),
                );
                json!({
                    "operation": name,
                    "entries": operation.entries,
                    "noAnswer": operation.unanswered,
                    "bodyNotRecorded": operation.unrecorded,
                    "decoded": operation.decoded,
                    "lossless": operation.lossless,
                    "notJson": operation.not_json,
                    "notDecoded": counted(&operation.unreadable, "reason"),
                    "lost": counted(&operation.lost, "path"),
                    "deviations": deviations.collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "operations": operations,
            "unknownOperations": counted(&self.unknown, "request"),
            "otherEntries": self.other,
            "summary": {
                "entries": self.sum(|operation| operation.entries),
                "noAnswer": self.sum(|operation| operation.unanswered),
                "bodyNotRecorded": self.sum(|operation| operation.unrecorded),
                "decoded": self.sum(|operation| operation.decoded),
                "lossless": self.sum(|operation| operation.lossless),
                "notJson": self.sum(|operation| operation.not_json),
                "deviations": self.deviations(),
            },
        })
    }
}

/// Escapes text from a capture, so that it cannot look like a line of the report.
fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => printable.push(c),
            c => printable.extend(c.escape_debug()),
        }
    }
    printable
}

fn location(path: &str) -> String {
    if path.is_empty() {
        "(the whole body)".to_owned()
    } else {
        printable(path)
    }
}
