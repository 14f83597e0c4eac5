//! How far things are, on standard error: what is printed on standard output can be piped. On a terminal there is a bar for all files of a
//! download and a spinner for a job, which tells no percentage; elsewhere, a line whenever there is news.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use atlas_backup_api::DownloadProgress;
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
    download: Option<ProgressBar>,
    files_complete: usize,
    /// From how many bytes on it is worth another line, where there is no bar.
    next_line: u64,
}

impl Progress {
    /// Shows what is being waited for.
    pub fn job(&self, text: impl Into<String>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .job(text.into());
    }

    /// Shows how many bytes of all files are here.
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
        // A file may have had to begin anew.
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

    /// A line that stays.
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

/// Until the hosts have told how long all files are, there is no end to measure by.
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
