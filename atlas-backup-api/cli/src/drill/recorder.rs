//! Fills in the report while the drill goes on. Clones share it, because it is also needed when the
//! drill is interrupted.

use std::sync::{Arc, Mutex, PoisonError};

use super::clock::Clock;
use super::report::{Outcome, Report, StepName};
use crate::failure::Failure;

/// How much of the end of the probe's output is kept, in bytes.
const LONGEST: usize = 4 << 10;

#[derive(Clone)]
pub struct Recorder {
    clock: Arc<Clock>,
    recorded: Arc<Mutex<Recorded>>,
}

struct Recorded {
    report: Report,
    /// What the probe has printed.
    output: Tail,
}

impl Recorder {
    pub fn new(report: Report, clock: Clock) -> Self {
        Recorder {
            clock: Arc::new(clock),
            recorded: Arc::new(Mutex::new(Recorded {
                report,
                output: Tail::default(),
            })),
        }
    }

    /// Does a step, and measures it.
    pub async fn step<T>(
        &self,
        step: StepName,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        self.change(|report| report.begin(step, self.clock.now()));
        let done = work.await;
        let outcome = match done {
            Ok(_) => Outcome::Passed,
            Err(_) => Outcome::Failed,
        };
        self.change(|report| report.end(outcome, self.clock.now()));
        done
    }

    /// Changes the report, or reads it.
    pub fn change<R>(&self, change: impl FnOnce(&mut Report) -> R) -> R {
        self.with(|recorded| change(&mut recorded.report))
    }

    /// Adds to the output of the probe.
    pub fn output(&self, bytes: &[u8]) {
        self.with(|recorded| recorded.output.add(bytes));
    }

    /// Ends the drill, and returns the report.
    pub fn finish(&self, failure: Option<&Failure>) -> Report {
        self.with(|recorded| {
            recorded.report.probe.output = recorded.output.text();
            recorded.report.finish(failure, self.clock.now());
            recorded.report.clone()
        })
    }

    fn with<R>(&self, act: impl FnOnce(&mut Recorded) -> R) -> R {
        act(&mut self.recorded.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The end of a text that may be long.
#[derive(Default)]
struct Tail {
    bytes: Vec<u8>,
    is_cut: bool,
}

impl Tail {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let more = self.bytes.len().saturating_sub(LONGEST);
        self.bytes.drain(..more);
        self.is_cut |= more > 0;
    }

    /// The last lines, without control characters. `None` if nothing was printed.
    fn text(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes);
        // A return without a new line is what progress bars print.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text: String = text
            .chars()
            .filter(|letter| matches!(letter, '\n' | '\t') || !letter.is_control())
            .collect();
        // What stands for a byte that is no UTF-8 is longer than that byte.
        let mut start = text.len().saturating_sub(LONGEST);
        while !text.is_char_boundary(start) {
            start += 1;
        }
        let is_cut = self.is_cut || start > 0;
        let text = match text[start..].split_once('\n') {
            // The first line has lost its beginning.
            Some((_, rest)) if is_cut && !rest.is_empty() => rest,
            _ => &text[start..],
        };
        (!text.is_empty()).then(|| text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(parts: &[&str]) -> Option<String> {
        let mut tail = Tail::default();
        for part in parts {
            tail.add(part.as_bytes());
        }
        tail.text()
    }

    #[test]
    fn the_last_lines_are_kept_whole() {
        assert_eq!(tail(&[]), None);
        assert_eq!(tail(&["one\n", "two"]).as_deref(), Some("one\ntwo"));
        let line = format!("{}\n", "ä".repeat(1000));
        assert_eq!(tail(&[&line, &line, &line]), Some(line.repeat(2)));
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(tail(&[&long]), Some("x".repeat(LONGEST)));
        let line = format!("{}\n", "x".repeat(LONGEST));
        assert_eq!(tail(&[&line]).as_deref(), Some(&line[1..]));
    }

    #[test]
    fn what_is_no_utf_8_takes_no_more_space() {
        let mut tail = Tail::default();
        tail.add(&[0xff; LONGEST]);
        let text = tail.text().expect("it stands for something");
        assert_eq!(text, "\u{fffd}".repeat(LONGEST / 3));
    }

    #[test]
    fn control_characters_are_removed() {
        let printed = "10 %\r20 %\r\n\u{1b}[31mred\u{7}\tend";
        assert_eq!(
            tail(&[printed]).as_deref(),
            Some("10 %\n20 %\n[31mred\tend")
        );
    }
}
