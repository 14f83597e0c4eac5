//! A checksum of the program's own choice.

/// A checksum that is computed from the bytes of a file while the file is saved, such as a SHA-256:
/// see [`Download::checksum`](crate::Download::checksum).
///
/// ```
/// use atlas_backup_api::Checksum;
/// use sha2::{Digest, Sha256};
///
/// struct Sha256Checksum(Sha256);
///
/// impl Checksum for Sha256Checksum {
///     fn update(&mut self, bytes: &[u8]) {
///         self.0.update(bytes);
///     }
///
///     fn finish(self: Box<Self>) -> String {
///         format!("{:x}", self.0.finalize())
///     }
/// }
///
/// # fn download(client: atlas_backup_api::Client) -> atlas_backup_api::Download {
/// client.download().checksum(|| Box::new(Sha256Checksum(Sha256::new())))
/// # }
/// ```
pub trait Checksum: Send {
    /// Adds the next bytes of the file. It is called on a thread that may block.
    fn update(&mut self, bytes: &[u8]);

    /// Returns the checksum of all bytes that were added, as text.
    fn finish(self: Box<Self>) -> String;
}

/// Creates the checksum of one file.
pub(crate) type NewChecksum = Box<dyn Fn() -> Box<dyn Checksum> + Send + Sync>;
