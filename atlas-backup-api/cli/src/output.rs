//! Results on standard output: a table for people, or one JSON object on a line for programs.

use std::cell::Cell;
use std::io::{self, Write};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::Serialize;

/// A result. Its members are the JSON object, which README.md documents: a member never changes its
/// name or meaning, and new ones may be added.
pub trait Record: Serialize {
    /// The title and the least width of each column of the table.
    const COLUMNS: &'static [(&'static str, usize)];

    /// The cells of its row.
    fn cells(&self) -> Vec<String>;
}

/// Prints the results of a command, each as soon as it is known.
pub struct Output {
    json: bool,
    has_header: Cell<bool>,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Output {
            json,
            has_header: Cell::new(false),
        }
    }

    /// Prints a result that people see as a table of its parts, with a line below it.
    pub fn show_parts<R: Record>(
        &self,
        whole: &impl Serialize,
        parts: &[R],
        below: &str,
    ) -> io::Result<()> {
        if self.json {
            return write_json(&mut io::stdout().lock(), whole);
        }
        for part in parts {
            self.show(part)?;
        }
        writeln!(io::stdout(), "{below}")
    }

    /// Prints one result.
    pub fn show<R: Record>(&self, record: &R) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        if self.json {
            write_json(&mut stdout, record)?;
        } else {
            if !self.has_header.replace(true) {
                let titles = R::COLUMNS.iter().map(|(title, _)| (*title).to_owned());
                writeln!(stdout, "{}", row::<R>(titles.collect()))?;
            }
            writeln!(stdout, "{}", row::<R>(record.cells()))?;
        }
        stdout.flush()
    }
}

fn write_json(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}

/// Long enough for a message that says what to do.
const LONGEST_CELL: usize = 1000;

/// Aligns the cells of a row. An empty cell is a hyphen, so that columns can be counted.
fn row<R: Record>(cells: Vec<String>) -> String {
    let aligned = cells.into_iter().zip(R::COLUMNS).map(|(cell, (_, width))| {
        let cell = if cell.is_empty() {
            "-".to_owned()
        } else {
            one_line(&cell, LONGEST_CELL)
        };
        format!("{cell:width$}")
    });
    let row = aligned.collect::<Vec<_>>().join("  ");
    row.trim_end().to_owned()
}

/// Prints a line for people on standard error. If it cannot be written, nobody reads it: the program
/// goes on.
pub fn say(line: &str) {
    let _unwritten = writeln!(io::stderr(), "{line}");
}

/// How long the last messages of the program wait for a reader.
const PATIENCE: Duration = Duration::from_secs(2);

/// Prints one of the last messages, like `say`. The program must be able to end even if standard
/// error is open, but nobody reads it, so it does not wait longer than a moment.
pub fn say_at_last(line: &str) {
    let (done, is_done) = mpsc::channel::<()>();
    let owned = line.to_owned();
    let writer = thread::Builder::new().spawn(move || {
        say(&owned);
        drop(done);
    });
    match writer {
        Ok(_) => {
            let _unread = is_done.recv_timeout(PATIENCE);
        }
        Err(_) => say(line),
    }
}

/// A number of things: `1 file`, `2 files`.
pub fn count(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// A text from elsewhere on one line of at most `longest` characters, without control characters
/// and those that change the order or the look of a terminal's text.
pub fn one_line(text: &str, longest: usize) -> String {
    let clean = text.replace(
        |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'),
        " ",
    );
    if clean.chars().count() <= longest {
        return clean;
    }
    let kept: String = clean.chars().take(longest.saturating_sub(1)).collect();
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Pair(&'static str, &'static str);

    impl Record for Pair {
        const COLUMNS: &'static [(&'static str, usize)] = &[("one", 5), ("other", 3)];

        fn cells(&self) -> Vec<String> {
            vec![self.0.to_owned(), self.1.to_owned()]
        }
    }

    #[test]
    fn a_row_is_aligned_and_one_line() {
        assert_eq!(row::<Pair>(Pair("a", "b").cells()), "a      b");
        assert_eq!(
            row::<Pair>(Pair("", "b\n\u{1b}[31m").cells()),
            "-      b  [31m"
        );
        assert_eq!(row::<Pair>(Pair("longer", "").cells()), "longer  -");
        // Text from right to left would show the columns after it in another order.
        assert_eq!(row::<Pair>(Pair("a\u{202e}b", "c").cells()), "a b    c");
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(one_line("äöüß", 4), "äöüß");
        assert_eq!(one_line("äöüßx", 4), "äöü…");
    }
}
