//! The files that an earlier call completed, compared with what it recorded of them.

use std::fs::File;
use std::io;
use std::path::Path;

use super::checksum::NewChecksum;
use super::error::DownloadError;
use super::fetch::blocking;
use super::hashing::Hashing;
use super::run::CompleteFile;

/// Returns the file as it is now, with its checksum if the program wants one. `None` if it is not
/// what was recorded, or if nothing was recorded: then nobody knows whether it is complete.
#[inline]
pub(crate) async fn unchanged(
    path: &Path,
    recorded: Option<&CompleteFile>,
    checksum: Option<&NewChecksum>,
) -> Result<Option<CompleteFile>, DownloadError> {
    let Some(recorded) = recorded else {
        return Ok(None);
    };
    let found = read(path, checksum, recorded.bytes).await;
    let found = found.map_err(|error| DownloadError::disk(path, error))?;
    // A call whose program wanted no checksum has recorded none.
    let is_same = |found: &CompleteFile| match (&recorded.checksum, &found.checksum) {
        (Some(recorded), Some(found)) => recorded == found,
        _ => true,
    };
    Ok(found.filter(is_same))
}

/// `None` if the file has another length.
#[inline]
async fn read(
    path: &Path,
    checksum: Option<&NewChecksum>,
    bytes: u64,
) -> io::Result<Option<CompleteFile>> {
    let owned = path.to_owned();
    let file = blocking(move || File::open(owned)).await?;
    if file.metadata()?.len() != bytes {
        return Ok(None);
    }
    let mut found = CompleteFile {
        bytes,
        checksum: None,
    };
    if let Some(new) = checksum {
        let (hashing, _) = Hashing::of_checksum(new).read_to(file, bytes).await?;
        found.checksum = hashing.finish().checksum;
    }
    Ok(Some(found))
}
