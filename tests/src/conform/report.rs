//! What a capture showed, for people and for machines.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::Exchange;
use super::deviation::{Deviation, Kind};
use super::examine::{Examined, Examiner};
use super::route::{Route, route};
use crate::Entry;

/// Counts and findings over any number of exchanges.
#[derive(Debug, Default)]
pub struct Report {
    operations: BTreeMap<String, Operation>,
    /// Requests that look like backup operations and are in no document.
    unknown: BTreeMap<String, usize>,
    /// Entries of other hosts and paths.
    other: usize,
}

#[derive(Debug, Default)]
struct Operation {
    entries: usize,
    decoded: usize,
    lossless: usize,
    /// Why, and how often.
    unreadable: BTreeMap<String, usize>,
    /// Where, and how often.
    lost: BTreeMap<String, usize>,
    /// Each once, with how often and what was there.
    deviations: BTreeMap<(Kind, String), (usize, String)>,
}

/// Hosts whose `/api/atlas/…` is Atlas's.
const HOSTS: &[&str] = &["https://cloud.mongodb.com", "https://cloud.mongodbgov.com"];

impl Report {
    /// Examines one exchange and counts what it showed. `hosts` are origins that count as Atlas beside its own and loopback.
    pub fn add(&mut self, examiner: &Examiner, exchange: &Exchange, hosts: &[String]) {
        if !is_atlas(&exchange.origin, hosts) {
            self.other += 1;
            return;
        }
        match route(&exchange.method, &exchange.path) {
            Route::Other => self.other += 1,
            Route::Unknown => *self.unknown.entry(format!("{} {}", exchange.method, exchange.path)).or_default() += 1,
            Route::Operation(entry) => self.count(entry, examiner.examine(entry, exchange)),
        }
    }

    fn count(&mut self, entry: &Entry, examined: Examined) {
        let operation = self.operations.entry(format!("{}/{}", entry.api, entry.id)).or_default();
        operation.entries += 1;
        operation.decoded += usize::from(examined.unreadable.is_none());
        operation.lossless += usize::from(examined.unreadable.is_none() && examined.lost.is_none());
        if let Some(reason) = examined.unreadable {
            *operation.unreadable.entry(reason).or_default() += 1;
        }
        if let Some(path) = examined.lost {
            *operation.lost.entry(path).or_default() += 1;
        }
        for Deviation { kind, path, example } in examined.deviations {
            operation.deviations.entry((kind, path)).or_insert((0, example)).0 += 1;
        }
    }

    /// Whether something failed to decode or was lost.
    pub fn failed(&self) -> bool {
        self.operations.values().any(|operation| operation.lossless < operation.entries)
    }

    /// How many exchanges were of operations, were decoded, and came out whole.
    pub fn totals(&self) -> (usize, usize, usize) {
        let sum = |count: fn(&Operation) -> usize| self.operations.values().map(count).sum();
        (sum(|operation| operation.entries), sum(|operation| operation.decoded), sum(|operation| operation.lossless))
    }

    /// As a person reads it. The last line is the summary.
    pub fn text(&self) -> String {
        let mut text = format!("{:<44}{:>8}{:>9}{:>10}\n", "operation", "entries", "decoded", "lossless");
        for (name, operation) in &self.operations {
            let Operation { entries, decoded, lossless, .. } = operation;
            let _infallible = writeln!(text, "{name:<44}{entries:>8}{decoded:>9}{lossless:>10}");
            for (reason, count) in &operation.unreadable {
                let _infallible = writeln!(text, "  NOT DECODED ×{count}: {reason}");
            }
            for (path, count) in &operation.lost {
                let _infallible = writeln!(text, "  LOST ×{count}: {path}");
            }
            for ((kind, path), (count, example)) in &operation.deviations {
                let _infallible = writeln!(text, "  {kind:<24}{path} ×{count}, e.g. {example}");
            }
        }
        for (request, count) in &self.unknown {
            let _infallible = writeln!(text, "{:<26}{request} ×{count}", Kind::UnknownOperation.to_string());
        }
        text.push_str(&self.summary());
        text
    }

    fn summary(&self) -> String {
        let (entries, decoded, lossless) = self.totals();
        let percent = |count: usize| if entries == 0 { 100.0 } else { count as f64 * 100.0 / entries as f64 };
        format!(
            "entries: {entries}, decoded: {decoded} ({:.1} %), lossless: {lossless} ({:.1} %), deviations from the documents: {}, \
             unknown operations: {}, other entries: {}\n",
            percent(decoded),
            percent(lossless),
            self.deviations(),
            self.unknown.values().sum::<usize>(),
            self.other
        )
    }

    fn deviations(&self) -> usize {
        self.operations.values().map(|operation| operation.deviations.len()).sum::<usize>() + self.unknown.len()
    }

    /// As a machine reads it.
    pub fn json(&self) -> Value {
        let counted = |map: &BTreeMap<String, usize>, name: &str| -> Vec<Value> {
            map.iter().map(|(text, count)| json!({name: text, "count": count})).collect()
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
                    "decoded": operation.decoded,
                    "lossless": operation.lossless,
                    "notDecoded": counted(&operation.unreadable, "reason"),
                    "lost": counted(&operation.lost, "path"),
                    "deviations": deviations.collect::<Vec<_>>(),
                })
            })
            .collect();
        let (entries, decoded, lossless) = self.totals();
        json!({
            "operations": operations,
            "unknownOperations": counted(&self.unknown, "request"),
            "otherEntries": self.other,
            "summary": {"entries": entries, "decoded": decoded, "lossless": lossless, "deviations": self.deviations()},
        })
    }
}

fn is_atlas(origin: &str, hosts: &[String]) -> bool {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    HOSTS.contains(&origin) || ["127.0.0.1", "localhost", "[::1]"].contains(&name) || hosts.iter().any(|known| known == host)
}
