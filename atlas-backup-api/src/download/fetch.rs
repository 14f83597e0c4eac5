//! Downloads one file in several attempts, each of which continues where the previous one ended.
//!
//! The unfinished file on disk is all that an attempt knows of earlier attempts, so an attempt can
//! also continue the work of another process.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use http::StatusCode;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use reqwest::Response;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::checksum::NewChecksum;
use super::content_range;
use super::delivery::VerifiedDelivery;
use super::error::DownloadError;
use super::file_lock::FileLock;
use super::gzip;
use super::hashing::Hashing;
use super::http::{Failure, FileClient, unusable};
use super::partial_file::{PartialFile, Resume};
use super::progress::Reporter;
use super::run::{CompleteFile, Recorder};
use super::validator::Validator;
use crate::config::settings::Settings;

/// How many chunks may wait to be written. A chunk is the result of one read from the connection,
/// 400 KB at most.
const WAITING_CHUNKS: usize = 8;
/// Smaller chunks are collected up to this size before they are written.
const BUFFER: usize = 64 * 1024;

/// The download of one file.
pub(super) struct Fetch<'a> {
    pub(super) settings: &'a Settings,
    pub(super) file_client: &'a FileClient,
    pub(super) delivery: &'a VerifiedDelivery,
    pub(super) part: PartialFile,
    pub(super) lock: FileLock,
    pub(super) reporter: Reporter<'a>,
    pub(super) checksum: Option<&'a NewChecksum>,
    pub(super) recorder: Option<&'a Recorder>,
    /// The hashes of the bytes that were received or read so far, unless they got lost.
    pub(super) hashing: Option<Hashing>,
}

/// A response with the bytes from an offset on, and the file to write them to.
struct Incoming {
    response: Response,
    file: File,
    from: u64,
    total: Option<u64>,
    /// Whether the end of the body can be told from a lost connection.
    has_end: bool,
}

impl Fetch<'_> {
    /// Downloads the file.
    #[inline]
    pub(super) async fn run(mut self) -> Result<CompleteFile, DownloadError> {
        let mut delays = self.settings.retry.delays();
        let mut furthest = 0;
        loop {
            let failure = match self.attempt().await {
                Ok(file) => {
                    self.reporter.complete();
                    return Ok(file);
                }
                Err(failure) => failure,
            };
            let (error, rate_limited, retry_after) = match failure {
                Failure::Final(error) => return Err(error),
                Failure::Passing {
                    error,
                    rate_limited,
                    retry_after,
                } => (error, rate_limited, retry_after),
            };
            // Only new bytes reset the retries: otherwise a host that starts over each time and
            // never finishes would be retried forever.
            if self.reporter.bytes() > furthest {
                furthest = self.reporter.bytes();
                delays = self.settings.retry.delays();
            }
            let Some(delay) = delays.next(rate_limited, retry_after) else {
                return Err(error);
            };
            let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(target: "atlas_backup_api", bytes = self.reporter.bytes(), delay_ms, %error, "going on");
            self.settings.clock.sleep(delay).await;
        }
    }

    #[inline]
    async fn attempt(&mut self) -> Result<CompleteFile, Failure> {
        // Reading the record is cheap: it has a few hundred bytes.
        let incoming = match self.part.resume(self.delivery) {
            Some(resume) => match self.rest(resume).await? {
                Some(rest) => rest,
                None => self.whole().await?,
            },
            None => self.whole().await?,
        };
        let total = incoming.total;
        let has_end = incoming.has_end;
        let (file, bytes) = self.receive(incoming).await?;
        if let Some(expected) = self.delivery.size.or(total) {
            self.check_length(expected, bytes).await?;
        }
        self.finish(file, bytes, has_end).await
    }

    /// A connection that was lost can look like the end of a body. So if bytes are missing, those
    /// that came are kept, and the rest is requested again.
    #[inline]
    async fn check_length(&mut self, expected: u64, found: u64) -> Result<(), Failure> {
        if found == expected {
            return Ok(());
        }
        let error = DownloadError::Length {
            file: self.delivery.file.clone(),
            expected,
            found,
        };
        if found < expected {
            return Err(Failure::passing(error));
        }
        self.discard().await?;
        Err(error.into())
    }

    /// Requests the missing bytes; `None` if the host no longer has them, or does not say so
    /// clearly.
    #[inline]
    async fn rest(&mut self, resume: Resume) -> Result<Option<Incoming>, Failure> {
        // Reading a long file takes minutes, in which a host that has begun to send would hang up.
        let file = self.open(&resume).await?;
        let response = self.file_client.get(self.delivery, Some(&resume)).await?;
        self.trace(&response, resume.from);
        if response.status() == StatusCode::OK {
            drop(file);
            return self.begin(response).await.map(Some);
        }
        let fits = content_range::rest_of(response.headers()) == Some((resume.from, resume.total));
        if response.status() != StatusCode::PARTIAL_CONTENT
            || !fits
            || !resume.validator.is_met(response.headers())
        {
            return Ok(None);
        }
        Ok(Some(Incoming {
            response,
            file,
            from: resume.from,
            total: Some(resume.total),
            has_end: true,
        }))
    }

    /// Opens the unfinished file at the offset, with the hashes of all bytes before it.
    #[inline]
    async fn open(&mut self, resume: &Resume) -> Result<File, Failure> {
        let (part, from) = (self.part.clone(), resume.from);
        let file = self.on_disk(move || part.go_on(from)).await?;
        let version = &resume.validator;
        let known = self.hashing.take();
        let hashing = known
            .filter(|hashing| hashing.leads_to(from, version))
            .or_else(|| self.new_hashing(Some(version.clone())));
        let Some(hashing) = hashing else {
            return Ok(file);
        };
        let (hashing, file) = hashing
            .read_to(file, from)
            .await
            .map_err(|error| self.disk(&self.part.path, error))?;
        self.hashing = Some(hashing);
        Ok(file)
    }

    #[inline]
    fn new_hashing(&self, version: Option<Validator>) -> Option<Hashing> {
        Hashing::new(self.delivery, self.checksum, version)
    }

    /// Requests the file from its first byte.
    #[inline]
    async fn whole(&mut self) -> Result<Incoming, Failure> {
        let response = self.file_client.get(self.delivery, None).await?;
        self.trace(&response, 0);
        if response.status() != StatusCode::OK {
            return Err(unusable(
                self.delivery,
                "it is a part of the file, which was not requested",
            )
            .into());
        }
        self.begin(response).await
    }

    #[inline]
    async fn begin(&mut self, response: Response) -> Result<Incoming, Failure> {
        let headers = response.headers();
        let total = headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse().ok());
        let is_chunked = headers.contains_key(TRANSFER_ENCODING);
        let has_end = is_chunked || self.delivery.size.or(total).is_some();
        match (self.delivery.size, total) {
            (Some(expected), Some(found)) if expected != found => {
                let file = self.delivery.file.clone();
                self.discard().await?;
                return Err(DownloadError::Length {
                    file,
                    expected,
                    found,
                }
                .into());
            }
            (None, None) if !is_chunked && self.delivery.sha1.is_none() => {
                return Err(unusable(
                    self.delivery,
                    "its length is unknown, so its end could not be distinguished from a lost connection",
                )
                .into());
            }
            _ => {}
        }
        let validator = Validator::of(headers);
        self.hashing = self.new_hashing(validator.clone());
        let version = validator.zip(total);
        // A file of unknown length has no last byte to request, so it gets no record.
        let (part, delivery) = (self.part.clone(), self.delivery.clone());
        let file = self
            .on_disk(move || {
                part.begin(
                    &delivery,
                    version
                        .as_ref()
                        .map(|(validator, total)| (validator, *total)),
                )
            })
            .await?;
        Ok(Incoming {
            response,
            file,
            from: 0,
            total,
            has_end,
        })
    }

    /// Writes the received bytes in a blocking thread while more are received. Returns the length
    /// of the file.
    #[inline]
    async fn receive(&mut self, mut incoming: Incoming) -> Result<(File, u64), Failure> {
        self.reporter.start(incoming.from, incoming.total);
        let (chunks, waiting) = mpsc::channel(WAITING_CHUNKS);
        let (file, hashing) = (incoming.file, self.hashing.take());
        let writer = self.start(move || write(file, hashing, waiting));
        let received = loop {
            match incoming.response.chunk().await {
                Ok(Some(chunk)) => {
                    let length = chunk.len();
                    // The writer has failed; its error is returned below.
                    if chunks.send(chunk).await.is_err() {
                        break Ok(());
                    }
                    self.reporter.advance(length);
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        drop(chunks);
        let came = self.reporter.bytes() - incoming.from;
        self.settings.counters.lock().bytes_downloaded += came;
        let (file, hashing) = ended(writer)
            .await
            .map_err(|error| self.disk(&self.part.path, error))?;
        self.hashing = hashing;
        received.map_err(|error| Failure::connection(&self.delivery.file, error))?;
        Ok((file, self.reporter.bytes()))
    }

    /// Gives the file its name, if it is what the delivery states. With another hash, a body
    /// without an end may have broken off, so another attempt may succeed.
    #[inline]
    async fn finish(
        &mut self,
        file: File,
        bytes: u64,
        has_end: bool,
    ) -> Result<CompleteFile, Failure> {
        let (part, hashing) = (self.part.clone(), self.hashing.take());
        let must_be_gzip = gzip::is_named(&self.delivery.file);
        let synced = self.on_disk(move || {
            file.sync_all()?;
            let hashes = hashing.map(Hashing::finish).unwrap_or_default();
            let is_as_named = !must_be_gzip || gzip::is_inside(&file)?;
            Ok((part.is_still(&file)?, is_as_named, hashes))
        });
        let (is_ours, is_as_named, hashes) = synced.await?;
        // The file that has the name now belongs to another process: it must be neither deleted nor
        // finished.
        if !is_ours {
            return Err(DownloadError::OtherProcess {
                path: self.part.path.clone(),
            }
            .into());
        }
        if let (Some(expected), Some(found)) = (&self.delivery.sha1, hashes.sha1) {
            if *expected != found {
                self.discard().await?;
                let (file, expected) = (self.delivery.file.clone(), expected.clone());
                let error = DownloadError::Hash {
                    file,
                    expected,
                    found,
                };
                return Err(if has_end {
                    error.into()
                } else {
                    Failure::passing(error)
                });
            }
        }
        if !is_as_named {
            self.discard().await?;
            return Err(unusable(
                self.delivery,
                "it does not begin as a gzip file does, which its name says it is",
            )
            .into());
        }
        let complete = CompleteFile {
            bytes,
            checksum: hashes.checksum,
        };
        if let Some(recorder) = self.recorder.cloned() {
            let (name, complete) = (self.delivery.file.clone(), complete.clone());
            self.on_disk(move || recorder(&name, &complete)).await?;
        }
        let (part, overwrite) = (self.part.clone(), self.delivery.overwrite);
        match ended(self.start(move || part.finish(overwrite))).await {
            Err(error) if !overwrite && error.kind() == io::ErrorKind::AlreadyExists => {
                Err(DownloadError::Exists {
                    path: self.part.target.clone(),
                }
                .into())
            }
            finished => finished
                .map(|()| complete)
                .map_err(|error| self.disk(&self.part.target, error)),
        }
    }

    #[inline]
    async fn discard(&mut self) -> Result<(), Failure> {
        let part = self.part.clone();
        self.on_disk(move || part.discard()).await
    }

    #[inline]
    async fn on_disk<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        ended(self.start(work))
            .await
            .map_err(|error| self.disk(&self.part.path, error))
    }

    /// Starts disk work in a blocking thread. The file stays locked until the work is done, even if
    /// this download is dropped meanwhile.
    #[inline]
    fn start<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> JoinHandle<io::Result<T>> {
        let lock = self.lock.clone();
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(lock);
            done
        })
    }

    #[inline]
    fn disk(&self, path: &Path, error: io::Error) -> Failure {
        DownloadError::disk(path, error).into()
    }

    #[inline]
    fn trace(&self, response: &Response, from: u64) {
        tracing::debug!(target: "atlas_backup_api", status = response.status().as_u16(), from, "answer");
    }
}

/// Runs disk work in a blocking thread.
#[inline]
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    ended(tokio::task::spawn_blocking(work)).await
}

#[inline]
async fn ended<T>(work: JoinHandle<io::Result<T>>) -> io::Result<T> {
    work.await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[inline]
fn write(
    file: File,
    mut hashing: Option<Hashing>,
    mut chunks: mpsc::Receiver<impl AsRef<[u8]>>,
) -> io::Result<(File, Option<Hashing>)> {
    let mut file = BufWriter::with_capacity(BUFFER, file);
    while let Some(chunk) = chunks.blocking_recv() {
        file.write_all(chunk.as_ref())?;
        if let Some(hashing) = &mut hashing {
            hashing.update(chunk.as_ref());
        }
    }
    let file = file.into_inner().map_err(|error| error.into_error())?;
    Ok((file, hashing))
}
