//! Shows progress on standard error, so that standard output can be piped. A terminal shows a bar
//! for all files of a download and a spinner for a job, which reports no percentage; otherwise a
//! line is printed at each step.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use atlas_backup_api::DownloadProgress;
use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressStyle};

/// The progress display. Clones share it: one for the callback of the job, one for that of the
/// files. It is removed when the last clone is dropped.
#[derive(Clone, Default)]
pub struct Progress(Arc<Mutex<Shown>>);

#[derive(Default)]
struct Shown {
    bars: MultiProgress,
    job: Option<ProgressBar>,
    /// The last message about the job.
    said: String,
    download: Option<ProgressBar>,
    files_complete: usize,
    /// The number of bytes at which the next line is printed, if there is no bar.
    next_line: u64,
}

impl Progress {
    /// Shows what the program is waiting for.
    pub fn job(&self, text: impl Into<String>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .job(text.into());
    }

    /// Shows how many bytes of all files have been received.
    pub fn download(&self, download: &DownloadProgress) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .download(download);
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
            self.job
                .get_or_insert_with(|| spinner(&self.bars))
                .set_message(text.clone());
        }
        self.said = text;
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
            return self.line(&format!(
                "{}: {}",
                download.file,
                HumanBytes(download.bytes)
            ));
        }
        let step = download
            .overall_total
            .map_or(100 << 20, |total| total / 10 + 1);
        let is_news = download.overall_bytes >= self.next_line;
        // A file may have had to start over.
        self.next_line = if is_news {
            download.overall_bytes + step
        } else {
            self.next_line.min(download.overall_bytes + step)
        };
        if is_news && self.bars.is_hidden() {
            let of = download
                .overall_total
                .map_or_else(String::new, |total| format!(" of {}", HumanBytes(total)));
            eprintln!(
                "{} of {} files, {}{of}",
                download.files_complete,
                download.files,
                HumanBytes(download.overall_bytes)
            );
        }
    }

    /// Prints a line that stays above the bars.
    fn line(&self, text: &str) {
        self.bars.suspend(|| eprintln!("{text}"));
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
