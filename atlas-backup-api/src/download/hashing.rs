//! The hashes of one file, computed while it is written.
//!
//! Each byte is added once: when it is received, or, if an earlier download received it, when it is
//! read from the disk. An attempt that continues from where the last one broke off continues with
//! its hashes as well.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use ::sha1::{Digest, Sha1};

use super::checksum::{Checksum, NewChecksum};
use super::delivery::VerifiedDelivery;
use super::fetch::blocking;
use super::sha1;
use super::validator::Validator;

/// How much is read from the disk before a download that was dropped is noticed.
const SLICE: u64 = 64 * 1024 * 1024;

/// The hashes of the first bytes of a file.
pub(super) struct Hashing {
    /// Only if the delivery states one.
    sha1: Option<Sha1>,
    /// Only if the program wants one.
    checksum: Option<Box<dyn Checksum>>,
    /// The version of the file that the bytes belong to.
    version: Option<Validator>,
    /// How many bytes were added.
    bytes: u64,
}

/// The hashes of a whole file.
#[derive(Default)]
pub(super) struct Hashes {
    /// 40 digits in lower case.
    pub(super) sha1: Option<String>,
    pub(super) checksum: Option<String>,
}

impl Hashing {
    /// Starts at the first byte of this version of a file. `None` if nobody needs a hash of it.
    #[inline]
    pub(super) fn new(
        delivery: &VerifiedDelivery,
        checksum: Option<&NewChecksum>,
        version: Option<Validator>,
    ) -> Option<Self> {
        let sha1 = delivery.sha1.is_some().then(Sha1::new);
        let checksum = checksum.map(|new| new());
        (sha1.is_some() || checksum.is_some()).then_some(Hashing {
            sha1,
            checksum,
            version,
            bytes: 0,
        })
    }

    /// Starts at the first byte of a complete file, for the program's checksum alone.
    #[cfg(feature = "v2")]
    #[inline]
    pub(super) fn of_checksum(new: &NewChecksum) -> Self {
        Hashing {
            sha1: None,
            checksum: Some(new()),
            version: None,
            bytes: 0,
        }
    }

    /// Whether this can be continued to the offset: it has seen no byte of another version, and
    /// none after the offset.
    #[inline]
    pub(super) fn leads_to(&self, offset: u64, version: &Validator) -> bool {
        self.version.as_ref() == Some(version) && self.bytes <= offset
    }

    /// Adds the next bytes.
    #[inline]
    pub(super) fn update(&mut self, bytes: &[u8]) {
        if let Some(sha1) = &mut self.sha1 {
            sha1.update(bytes);
        }
        if let Some(checksum) = &mut self.checksum {
            checksum.update(bytes);
        }
        self.bytes += bytes.len() as u64;
    }

    /// Adds the bytes on disk up to the offset, in blocking threads. The file is then at the
    /// offset.
    #[inline]
    pub(super) async fn read_to(mut self, mut file: File, offset: u64) -> io::Result<(Self, File)> {
        while self.bytes < offset {
            (self, file) = blocking(move || {
                self.read_slice(&mut file, offset)?;
                Ok((self, file))
            })
            .await?;
        }
        Ok((self, file))
    }

    #[inline]
    fn read_slice(&mut self, file: &mut File, offset: u64) -> io::Result<()> {
        file.seek(SeekFrom::Start(self.bytes))?;
        let end = offset.min(self.bytes + SLICE);
        let mut buffer = vec![0; 256 * 1024];
        while self.bytes < end {
            let room = usize::try_from(end - self.bytes)
                .map_or(buffer.len(), |left| left.min(buffer.len()));
            match file.read(&mut buffer[..room]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => self.update(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    #[inline]
    pub(super) fn finish(self) -> Hashes {
        Hashes {
            sha1: self.sha1.map(|sha1| sha1::hex(&sha1.finalize())),
            checksum: self.checksum.map(Checksum::finish),
        }
    }
}
