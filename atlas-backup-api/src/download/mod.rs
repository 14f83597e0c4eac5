//! Fetches what Atlas offers for download, from hosts that are not Atlas.

mod bounded_concurrency;
mod content_range;
mod delivery;
mod error;
mod fetch;
mod file_lock;
mod file_name;
mod http;
mod mode;
mod partial_file;
mod progress;
mod run;
mod sha1;
mod validator;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::client::Client;
use crate::error::configuration::ConfigurationError;
use http::Link;
use progress::Listener;
use run::{Run, check, prepare};

pub use delivery::Delivery;
pub use error::DownloadError;
pub(crate) use mode::Mode;
pub use progress::DownloadProgress;

/// A download in preparation, made by [`Client::download`]. What it does, the
/// [crate's documentation](crate#downloads) says.
#[must_use = "nothing is fetched before `into_directory` is awaited"]
pub struct Download {
    client: Client,
    files: Vec<Delivery>,
    overwrite: bool,
    max_concurrency: usize,
    unix_mode: u32,
    idle_timeout: Duration,
    http: Option<reqwest::ClientBuilder>,
    listener: Option<Listener>,
}

/// A file that is complete, and on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SavedFile {
    /// Where it is: below the directory that was named, as it was named.
    pub path: PathBuf,
    /// How long it is.
    pub bytes: u64,
}

impl Client {
    /// Fetches files from where Atlas says that they are.
    #[cfg(feature = "download")]
    pub fn download(&self) -> Download {
        Download::new(self.clone())
    }
}

impl Download {
    pub(crate) fn new(client: Client) -> Self {
        Download {
            client,
            files: Vec::new(),
            overwrite: false,
            max_concurrency: 4,
            unix_mode: 0o600,
            idle_timeout: Duration::from_secs(60),
            http: None,
            listener: None,
        }
    }

    /// One more file to fetch.
    pub fn file(mut self, file: Delivery) -> Self {
        self.files.push(file);
        self
    }

    /// More files to fetch, such as one a shard.
    pub fn files(mut self, files: impl IntoIterator<Item = Delivery>) -> Self {
        self.files.extend(files);
        self
    }

    /// Replaces files that exist, each when the new one is complete. Default: false, which fetches nothing where one exists.
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    #[cfg(feature = "v2")]
    pub(crate) fn overwrites(&self) -> bool {
        self.overwrite
    }

    /// How many files are fetched at a time, the first ones first; one after another with 1. Default: 4.
    pub fn max_concurrency(mut self, most: usize) -> Self {
        self.max_concurrency = most;
        self
    }

    /// Who may read what is saved, on Unix: the permissions of files, such as `0o640`, less what the umask of the process takes away.
    /// Directories that are made for them can be entered by whoever may read the files; those that exist stay as they are. The owner must be
    /// able to read and write. Default: `0o600`, as a snapshot is a whole database. Other systems don't have these permissions, and there it
    /// does nothing.
    ///
    /// Files have them from the moment they are made, also one that takes the place of another with more. An unfinished file that is gone on
    /// with loses those it should not have, and is given none.
    pub fn unix_mode(mut self, mode: u32) -> Self {
        self.unix_mode = mode;
        self
    }

    /// The same, checked.
    pub(crate) fn mode(&self) -> Result<Mode, DownloadError> {
        let refused = || {
            format!(
                "unix mode {:#o}: its owner must be able to read and write, and nobody to do more",
                self.unix_mode
            )
        };
        Mode::of(self.unix_mode).ok_or_else(|| ConfigurationError::new(refused()).into())
    }

    /// How long nothing may come before the connection is given up and another one tried. There is no limit for the whole, which
    /// may take hours. Default: 60 seconds.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// An HTTP client with settings of your own, such as a proxy or root certificates. To these are added: no redirects but those
    /// that are followed here, no retries but those made here, and the idle timeout.
    ///
    /// Leave its `timeout` alone: it would end the download. Headers that it sends by default go to all hosts.
    pub fn http(mut self, builder: reqwest::ClientBuilder) -> Self {
        self.http = Some(builder);
        self
    }

    /// Tells how far it is, whenever bytes have come and when a file is complete: thousands of times a second on a fast network. It should not
    /// take long. One listener hears of all files, of one at a time.
    pub fn on_progress(mut self, listener: impl FnMut(&DownloadProgress) + Send + 'static) -> Self {
        self.listener = Some(Box::new(listener));
        self
    }

    /// Fetches all files into this directory, which is made if need be, and returns them in their order.
    ///
    /// Dropping the future ends the download; what has come is kept and can be continued, as after an error.
    ///
    /// # Errors
    ///
    /// The first [`DownloadError`], which ends the fetching of other files. Files that were complete before it stay, and what has come of
    /// others is on the disk. Where it is about what was asked for, or a file
    /// that exists, nothing was fetched.
    pub async fn into_directory(
        self,
        directory: impl AsRef<Path>,
    ) -> Result<Vec<SavedFile>, DownloadError> {
        self.go_on(directory.as_ref(), &mut BTreeMap::new()).await
    }

    /// Fetches the files that are not complete yet, by name and length. Those that are numbered are fetched in any case: what has the same
    /// number may be another file. It may be replaced, as it comes from the same program.
    pub(crate) async fn go_on(
        mut self,
        directory: &Path,
        complete: &mut BTreeMap<String, u64>,
    ) -> Result<Vec<SavedFile>, DownloadError> {
        let (mode, link) = (self.mode()?, self.link()?);
        let mut orders = check(std::mem::take(&mut self.files), &link)?;
        for order in &mut orders {
            order.overwrite = self.overwrite || complete.contains_key(&order.file);
            if order.numbered {
                complete.remove(&order.file);
            }
        }
        let real = prepare(directory, &orders, mode).await?;
        let run = Run {
            settings: self.client.settings(),
            link: &link,
            directory,
            real: &real,
            mode,
        };
        run.fetch_missing(
            &orders,
            complete,
            self.max_concurrency,
            self.listener.take(),
        )
        .await?;
        Ok(orders
            .iter()
            .map(|order| SavedFile {
                path: directory.join(&order.file),
                bytes: complete[&order.file],
            })
            .collect())
    }

    fn link(&mut self) -> Result<Link, DownloadError> {
        if self.idle_timeout.is_zero() {
            return Err(ConfigurationError::new(
                "idle timeout: must be longer than zero".to_owned(),
            )
            .into());
        }
        if self.max_concurrency == 0 {
            return Err(ConfigurationError::new(
                "max concurrency: must be more than zero".to_owned(),
            )
            .into());
        }
        let agent = concat!("atlas-backup-api/", env!("CARGO_PKG_VERSION"));
        let usual = || {
            reqwest::Client::builder()
                .user_agent(agent)
                .connect_timeout(Duration::from_secs(10))
        };
        let http = self
            .http
            .take()
            .unwrap_or_else(usual)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        // What is on the disk must be what was sent, also where another part of the program has reqwest undo encodings.
        let http = http.no_gzip().no_brotli().no_zstd().no_deflate();
        let http = http
            .read_timeout(self.idle_timeout)
            .build()
            .map_err(ConfigurationError::from)?;
        let plain_allowed = self
            .client
            .settings()
            .base_url
            .as_str()
            .starts_with("http:");
        Ok(Link {
            http,
            plain_allowed,
        })
    }
}

/// No secret, and not the HTTP client, whose settings may hold one.
impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("files", &self.files)
            .field("overwrite", &self.overwrite)
            .field("max_concurrency", &self.max_concurrency)
            .field("unix_mode", &format_args!("{:#o}", self.unix_mode))
            .field("idle_timeout", &self.idle_timeout)
            .finish_non_exhaustive()
    }
}
