//! Reads documents: ours, and those that MongoDB publishes.

use std::fs;
use std::path::Path;

use atlas_backup_document::{Document, PublishedDocument};

/// Reads a document of the project in `root`.
///
/// # Errors
/// If it cannot be read. The message names its path.
pub fn document(root: &Path, api: &str, path: &str) -> Result<Document, String> {
    Ok(Document {
        api: api.to_owned(),
        path: path.to_owned(),
        text: text(&root.join(path))?,
    })
}

/// Reads a published document, JSON or YAML.
///
/// # Errors
/// If it cannot be read, or is neither. The message names its path.
pub fn published(path: &Path) -> Result<PublishedDocument, String> {
    PublishedDocument::read(&path.display().to_string(), text(path)?)
}

fn text(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}
