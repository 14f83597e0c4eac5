//! How far things are, on standard error: what is printed on standard output can be piped. On a terminal there is a bar for each file and a
//! spinner for a job, which tells no percentage; elsewhere, a line whenever there is news.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressStyle};

/// What is shown. Clones show the same: one for the callback that is told of the job, one for that of the files. It goes away with the last
/// of them.
#[derive(Clone, Default)]
pub struct Progress(Arc<Mutex<Shown>>);

#[derive(Default)]
struct Shown {
    bars: MultiProgress,
    job: Option<ProgressBar>,
    /// What was last said of the job.
    said: String,
    files: BTreeMap<String, File>,
}

struct File {
    bar: ProgressBar,
    /// From how many bytes on it is worth another line, where there is no bar.
    next_line: u64,
}

impl Progress {
    /// Shows what is being waited for.
    pub fn job(&self, text: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).job(text.into());
    }

    /// Shows how many bytes of a file are here.
    pub fn file(&self, name: &str, bytes: u64, total: Option<u64>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).file(name, bytes, total);
    }
}

impl Shown {
    fn job(&mut self, text: String) {
        if self.said == text {
            return;
        }
        if self.bars.is_hidden() {
            eprintln!("{text}");
        } else {
            self.job.get_or_insert_with(|| spinner(&self.bars)).set_message(text.clone());
        }
        self.said = text;
    }

    fn file(&mut self, name: &str, bytes: u64, total: Option<u64>) {
        if let Some(job) = self.job.take() {
            job.finish_and_clear();
        }
        if total == Some(bytes) {
            if let Some(file) = self.files.remove(name) {
                file.bar.finish_and_clear();
            }
            return self.line(&format!("{name}: complete, {}", HumanBytes(bytes)));
        }
        if !self.files.contains_key(name) {
            let bar = self.bars.add(bar(total).with_message(name.to_owned()));
            self.files.insert(name.to_owned(), File { bar, next_line: 0 });
        }
        let Some(file) = self.files.get_mut(name) else { return };
        file.bar.set_position(bytes);
        if let Some(total) = total {
            file.bar.set_length(total);
        }
        let step = total.map_or(100 << 20, |total| total / 10 + 1);
        let is_news = bytes >= file.next_line;
        // It may have had to begin anew.
        file.next_line = if is_news { bytes + step } else { file.next_line.min(bytes + step) };
        if is_news && self.bars.is_hidden() {
            let of = total.map_or_else(String::new, |total| format!(" of {}", HumanBytes(total)));
            eprintln!("{name}: {}{of}", HumanBytes(bytes));
        }
    }

    /// A line that stays.
    fn line(&self, text: &str) {
        self.bars.suspend(|| eprintln!("{text}"));
    }
}

fn spinner(bars: &MultiProgress) -> ProgressBar {
    let spinner = bars.add(ProgressBar::new_spinner().with_style(style("{spinner:.green} {elapsed} {wide_msg}")));
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

fn bar(total: Option<u64>) -> ProgressBar {
    let numbers = "{bytes:>10} of {total_bytes:10} {bytes_per_sec:>12} {eta:>4}";
    total.map_or_else(ProgressBar::no_length, ProgressBar::new).with_style(style(&format!("{{wide_msg}}\n{{wide_bar:.green}} {numbers}")))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is well formed")
}
