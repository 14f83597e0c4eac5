//! Downloads files that Atlas offers, from hosts that do not belong to the Atlas API.

mod bounded_concurrency;
mod checksum;
mod content_range;
mod delivery;
#[cfg(feature = "v2")]
mod earlier;
mod error;
mod fetch;
mod file_lock;
mod file_name;
mod gzip;
mod hashing;
mod http;
mod mode;
mod partial_file;
mod progress;
mod run;
mod saved_file;
mod sha1;
mod validator;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::client::Client;
use crate::error::configuration::ConfigurationError;
pub(crate) use checksum::NewChecksum;
use delivery::VerifiedDelivery;
use http::FileClient;
use progress::Listener;
use run::{Run, check, prepare};

pub use checksum::Checksum;
pub use delivery::Delivery;
#[cfg(feature = "v2")]
pub(crate) use earlier::unchanged;
pub use error::DownloadError;
pub(crate) use mode::Mode;
pub use progress::DownloadProgress;
pub(crate) use run::{CompleteFile, Recorder};
pub use saved_file::SavedFile;

/// A download that has not begun, created by [`Client::download`]. The chapter about
/// [downloads](crate::docs::downloads) describes what it does.
#[must_use = "nothing is fetched before `into_directory` is awaited"]
pub struct Download {
    client: Client,
    files: Vec<Delivery>,
    overwrite: bool,
    max_concurrency: usize,
    unix_mode: u32,
    idle_timeout: Duration,
    http: Option<reqwest::ClientBuilder>,
    checksum: Option<NewChecksum>,
    listener: Option<Listener>,
}

impl Client {
    /// Creates a download of files from the URLs that Atlas gives for them.
    #[cfg(feature = "download")]
    #[inline]
    pub fn download(&self) -> Download {
        Download::new(self.clone())
    }
}

impl Download {
    #[inline]
    pub(crate) fn new(client: Client) -> Self {
        Download {
            client,
            files: Vec::new(),
            overwrite: false,
            max_concurrency: 4,
            unix_mode: 0o600,
            idle_timeout: Duration::from_secs(60),
            http: None,
            checksum: None,
            listener: None,
        }
    }

    /// Adds a file.
    #[inline]
    pub fn file(mut self, file: Delivery) -> Self {
        self.files.push(file);
        self
    }

    /// Adds several files, such as one for each shard.
    #[inline]
    pub fn files(mut self, files: impl IntoIterator<Item = Delivery>) -> Self {
        self.files.extend(files);
        self
    }

    /// Replaces existing files, each when the new one is complete. Default: false; then nothing is
    /// downloaded if one of the files exists.
    #[inline]
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    #[cfg(feature = "v2")]
    #[inline]
    pub(crate) fn overwrites(&self) -> bool {
        self.overwrite
    }

    /// Sets how many files are downloaded at a time, in the order in which they were added. With 1,
    /// they are downloaded one after another. Default: 4.
    #[inline]
    pub fn max_concurrency(mut self, most: usize) -> Self {
        self.max_concurrency = most;
        self
    }

    /// Sets the permissions of saved files on Unix, such as `0o640`; the umask of the process is
    /// subtracted. New directories can be entered by everyone who may read the files; existing
    /// directories keep their permissions. The owner must be able to read and write. Default:
    /// `0o600`, because a snapshot is a whole database. Other systems have no such permissions, and
    /// the setting has no effect there.
    ///
    /// A file has these permissions from the moment it is created, even if it replaces a file with
    /// wider ones. An unfinished file that is continued loses the permissions that it should not
    /// have, and gains none.
    #[inline]
    pub fn unix_mode(mut self, mode: u32) -> Self {
        self.unix_mode = mode;
        self
    }

    /// The validated permissions.
    #[inline]
    pub(crate) fn mode(&self) -> Result<Mode, DownloadError> {
        let refused = || {
            format!(
                "unix mode {:#o}: its owner must be able to read and write, and nobody to do more",
                self.unix_mode
            )
        };
        Mode::of(self.unix_mode).ok_or_else(|| ConfigurationError::new(refused()).into())
    }

    /// Sets how long the host may send nothing before the connection is closed and the download is
    /// retried. There is no limit for the whole download, which may take hours. Default: 60
    /// seconds.
    #[inline]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Sets an HTTP client with settings of your own, such as a proxy or root certificates. These
    /// settings are added and override yours: no redirects and no retries by the HTTP client (the
    /// download has its own), and the idle timeout.
    ///
    /// Do not set its `timeout`: it would end the download. Its default headers are sent to all
    /// hosts.
    #[inline]
    pub fn http(mut self, builder: reqwest::ClientBuilder) -> Self {
        self.http = Some(builder);
        self
    }

    /// Computes a checksum of each file while it is saved, for [`SavedFile::checksum`]. The function
    /// is called for each file, and again if a file has to be started over.
    ///
    /// Bytes are added as they are received. Only those that an earlier download left on the disk
    /// are read from there, before the rest is requested; of a file that
    /// [`SaveSnapshot`](crate::SaveSnapshot) finds complete, that is all of them.
    #[inline]
    pub fn checksum(mut self, new: impl Fn() -> Box<dyn Checksum> + Send + Sync + 'static) -> Self {
        self.checksum = Some(Box::new(new));
        self
    }

    /// Sets a callback for progress. It is called when bytes were received and when a file is
    /// complete: thousands of times a second on a fast network, so it should return quickly. One
    /// callback serves all files and is called for one file at a time.
    #[inline]
    pub fn on_progress(mut self, listener: impl FnMut(&DownloadProgress) + Send + 'static) -> Self {
        self.listener = Some(Box::new(listener));
        self
    }

    /// Downloads all files into this directory, which is created if it does not exist, and returns
    /// them in the order in which they were added.
    ///
    /// Dropping the future stops the download. The received bytes are kept and can be continued, as
    /// after an error.
    ///
    /// # Errors
    ///
    /// Returns the first [`DownloadError`], which stops the other files. Files that were complete
    /// before it stay, and the received bytes of the others stay on disk. If a delivery is invalid
    /// or a file exists already, nothing is downloaded.
    #[inline]
    pub async fn into_directory(
        self,
        directory: impl AsRef<Path>,
    ) -> Result<Vec<SavedFile>, DownloadError> {
        self.go_on(directory.as_ref(), &mut BTreeMap::new(), &[], None)
            .await
    }

    /// What creates the program's checksums.
    #[cfg(feature = "v2")]
    #[inline]
    pub(crate) fn into_checksum(self) -> Option<NewChecksum> {
        self.checksum
    }

    /// Downloads the files that are not in `complete`, a map from the names of files, and adds them to
    /// it. Numbered files are taken out of it first and always downloaded, because the same number
    /// may now mean another file. The files in `ours` may be replaced, since an earlier call of the
    /// program wrote them.
    #[inline]
    pub(crate) async fn go_on(
        mut self,
        directory: &Path,
        complete: &mut BTreeMap<String, CompleteFile>,
        ours: &[String],
        recorder: Option<&Recorder>,
    ) -> Result<Vec<SavedFile>, DownloadError> {
        let (mode, file_client) = (self.mode()?, self.file_client()?);
        let mut deliveries = check(std::mem::take(&mut self.files), &file_client)?;
        for delivery in &mut deliveries {
            delivery.overwrite = self.overwrite || ours.contains(&delivery.file);
            if delivery.numbered {
                complete.remove(&delivery.file);
            }
        }
        let real = prepare(directory, &deliveries, mode).await?;
        let run = Run {
            settings: self.client.settings(),
            file_client: &file_client,
            directory,
            real: &real,
            mode,
            checksum: self.checksum.as_ref(),
            recorder,
        };
        run.fetch_missing(
            &deliveries,
            complete,
            self.max_concurrency,
            self.listener.take(),
        )
        .await?;
        let saved = |delivery: VerifiedDelivery| {
            let CompleteFile { bytes, checksum } = complete[&delivery.file].clone();
            SavedFile {
                path: directory.join(&delivery.file),
                name: delivery.file,
                bytes,
                replica_set: delivery.replica_set,
                sha1: delivery.sha1,
                checksum,
            }
        };
        Ok(deliveries.into_iter().map(saved).collect())
    }

    #[inline]
    fn file_client(&mut self) -> Result<FileClient, DownloadError> {
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
        // The file on disk must hold the bytes that were sent, even if another crate of the program
        // enables reqwest's decompression.
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
        Ok(FileClient {
            http,
            plain_allowed,
        })
    }
}

/// Prints no secret, and leaves out the HTTP client, whose settings may hold one.
impl fmt::Debug for Download {
    #[inline]
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
