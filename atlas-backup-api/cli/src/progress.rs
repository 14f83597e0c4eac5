//! Progress on standard error. A terminal shows a spinner for a job, which reports no percentage,
//! and a bar for all files of a download; otherwise a line is printed at each step.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use atlas_backup_api::DownloadProgress;
use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressStyle};

use crate::output::say;

/// The progress of a command. Clones share it: one for each callback.
#[derive(Clone)]
pub struct Progress(Arc<Mutex<Shown>>);

struct Shown {
    /// Shows nothing but warnings.
    quiet: bool,
    bars: MultiProgress,
    job: Option<ProgressBar>,
    /// The last step that was shown.
    step: String,
    download: Option<ProgressBar>,
    files_complete: usize,
    /// The number of bytes at which the next line is printed, if there is no bar.
    next_line: u64,
}

impl Progress {
    pub fn new(quiet: bool) -> Self {
        Progress(Arc::new(Mutex::new(Shown {
            quiet,
            bars: MultiProgress::new(),
            job: None,
            step: String::new(),
            download: None,
            files_complete: 0,
            next_line: 0,
        })))
    }

    /// Shows what the program does or waits for now.
    pub fn step(&self, text: impl Into<String>) {
        self.with(|shown| shown.step(text.into()));
    }

    /// Shows how many bytes of all files have been received.
    pub fn download(&self, download: &DownloadProgress) {
        self.with(|shown| shown.download(download));
    }

    /// Prints a line that stays.
    pub fn line(&self, text: &str) {
        self.with(|shown| shown.line(text));
    }

    /// Prints a warning, even if no progress is shown.
    pub fn warn(&self, text: &str) {
        self.suspend(|| say(&format!("warning: {text}")));
    }

    /// Prints something else meanwhile.
    pub fn suspend<R>(&self, print: impl FnOnce() -> R) -> R {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.bars.suspend(print)
    }

    /// Whether progress is shown on a terminal, where it takes no lines.
    pub fn is_live(&self) -> bool {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !shown.bars.is_hidden()
    }

    /// Removes the spinner and the bar, before the program prints its results or asks something.
    pub fn clear(&self) {
        self.with(Shown::clear);
    }

    fn with(&self, change: impl FnOnce(&mut Shown)) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !shown.quiet {
            change(&mut shown);
        }
    }
}

impl Shown {
    fn step(&mut self, text: String) {
        if self.step == text {
            return;
        }
        if self.bars.is_hidden() {
            say(&text);
        } else {
            self.job
                .get_or_insert_with(|| spinner(&self.bars))
                .set_message(text.clone());
        }
        self.step = text;
    }

    fn download(&mut self, download: &DownloadProgress) {
        if let Some(job) = self.job.take() {
            job.finish_and_clear();
        }
        let bar = self.download.get_or_insert_with(|| self.bars.add(bar()));
        bar.set_position(download.overall_bytes);
        bar.set_message(format!(
            "{} of {} files",
            download.files_complete, download.files
        ));
        if let Some(total) = download
            .overall_total
            .filter(|&total| bar.length() != Some(total))
        {
            bar.set_style(bar_style());
            bar.set_length(total);
        }
        if download.files_complete > self.files_complete {
            self.files_complete = download.files_complete;
            let size = HumanBytes(download.bytes);
            return self.line(&format!("{}: {size}", download.file));
        }
        self.download_line(download);
    }

    /// Prints a line at each tenth of a download, if there is no bar.
    fn download_line(&mut self, download: &DownloadProgress) {
        let step = download
            .overall_total
            .map_or(100 << 20, |total| total / 10 + 1);
        let is_due = download.overall_bytes >= self.next_line;
        // A file may have had to start over.
        self.next_line = if is_due {
            download.overall_bytes + step
        } else {
            self.next_line.min(download.overall_bytes + step)
        };
        if is_due && self.bars.is_hidden() {
            let of = download
                .overall_total
                .map_or_else(String::new, |total| format!(" of {}", HumanBytes(total)));
            say(&format!(
                "{} of {} files, {}{of}",
                download.files_complete,
                download.files,
                HumanBytes(download.overall_bytes)
            ));
        }
    }

    fn line(&mut self, text: &str) {
        self.bars.suspend(|| say(text));
    }

    fn clear(&mut self) {
        for bar in self.job.take().into_iter().chain(self.download.take()) {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.clear();
    }
}

fn spinner(bars: &MultiProgress) -> ProgressBar {
    let spinner = bars
        .add(ProgressBar::new_spinner().with_style(style("{spinner:.green} {elapsed} {wide_msg}")));
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

/// The bar has no length until the hosts have stated the length of every file.
fn bar() -> ProgressBar {
    ProgressBar::no_length().with_style(style(
        "{spinner:.green} {bytes:>10} {bytes_per_sec:>12}  {msg}",
    ))
}

fn bar_style() -> ProgressStyle {
    style("{wide_bar:.green} {bytes:>10} of {total_bytes:10} {bytes_per_sec:>12} {eta:>4}  {msg}")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is well formed")
}
