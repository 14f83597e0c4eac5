//! `atlas-backup verify`: compares saved files with their manifests. It needs no network.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use crate::args::Verify;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manifest::{self, Entry, Manifest, Unreadable};
use crate::output::{Output, count, one_line};
use crate::progress::Progress;
use crate::records::Finding;

pub async fn run(args: &Verify, output: &Output, progress: &Progress) -> Result<(), Failure> {
    let (path, steps) = (args.path.clone(), progress.clone());
    // On a thread of its own, so that Ctrl-C works meanwhile.
    let verified = tokio::task::spawn_blocking(move || verify(&path, &steps)).await;
    let verified = verified
        .map_err(|error| Failure::new(Exit::Other, error.to_string()))?
        .map_err(|error| {
            let message = format!("{} cannot be read: {error}", args.path.display());
            Failure::new(Exit::Other, message)
        })?;
    progress.clear();
    for finding in &verified.findings {
        output.show(finding)?;
    }
    if verified.findings.is_empty() {
        let files = count(verified.files, "file");
        progress.line(&format!("{files} verified: all is as it was saved"));
        return Ok(());
    }
    let findings = count(verified.findings.len(), "finding");
    Err(Failure::new(Exit::Violation, findings))
}

/// What was verified, and what was found.
struct Verified {
    files: usize,
    findings: Vec<Finding>,
}

/// Verifies the files of one manifest, or of all manifests in a directory.
fn verify(path: &Path, progress: &Progress) -> io::Result<Verified> {
    if fs::metadata(path)?.is_dir() {
        return directory(path, progress);
    }
    let mut verified = Verified {
        files: 0,
        findings: Vec::new(),
    };
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let beside = parent.unwrap_or(Path::new("."));
    let others = manifests(&names(beside)?, beside);
    match named(path) {
        Ok(manifest) => {
            verified.files = manifest.files.len();
            verified.findings = files(&manifest, beside, &others, progress);
        }
        Err(finding) => verified.findings.push(finding),
    }
    Ok(verified)
}

/// Verifies all manifests of a directory, and that every file of a snapshot has one.
fn directory(directory: &Path, progress: &Progress) -> io::Result<Verified> {
    let names = names(directory)?;
    let all = manifests(&names, directory);
    let mut listed = BTreeSet::new();
    let mut findings = Vec::new();
    for name in names.iter().filter(|name| name.ends_with(manifest::SUFFIX)) {
        match named(&directory.join(name)) {
            Ok(manifest) => {
                findings.extend(files(&manifest, directory, &all, progress));
                listed.extend(manifest.files.into_iter().map(|file| file.name));
            }
            Err(finding) => findings.push(finding),
        }
    }
    for name in names.iter().filter(|name| name.starts_with("snapshot-")) {
        let path = directory.join(name);
        if name.ends_with(".tar.gz") && !listed.contains(name) {
            findings.push(Finding::new(&path, "not-listed", "no manifest lists it"));
        } else if name.ends_with(".part") {
            let message = "it was not saved completely: run `atlas-backup save` again";
            findings.push(Finding::new(&path, "unfinished", message));
        }
    }
    if listed.is_empty() && findings.is_empty() {
        let message = "there is no manifest: nothing can be verified";
        findings.push(Finding::new(directory, "no-manifest", message));
    }
    Ok(Verified {
        files: listed.len(),
        findings,
    })
}

/// The names of the files in a directory, in order. A snapshot's files have names that are text.
fn names(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.extend(entry?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// All manifests of a directory that can be read.
fn manifests(names: &[String], directory: &Path) -> Vec<Manifest> {
    let names = names.iter().filter(|name| name.ends_with(manifest::SUFFIX));
    names
        .filter_map(|name| Manifest::read(&directory.join(name)).ok())
        .collect()
}

/// Reads a manifest, which must be of the snapshot that its name says, and list files.
fn named(path: &Path) -> Result<Manifest, Finding> {
    let manifest = Manifest::read(path).map_err(|unreadable| match unreadable {
        Unreadable::Damaged(error) => {
            let message = format!("the manifest cannot be read: {error}");
            Finding::new(path, "unreadable-manifest", message)
        }
        Unreadable::Schema(found) => {
            let known = manifest::SCHEMA;
            let message = format!(
                "the manifest has version {found} of the schema, and this program knows version {known}: use the program that wrote it, or a newer one"
            );
            Finding::new(path, "unknown-schema", message)
        }
    })?;
    let is_named = path.file_name() == Some(manifest.file_name().as_ref());
    let id = &manifest.snapshot.id;
    if !is_named {
        let message =
            format!("by its name, this is not the manifest of snapshot {id}, which it describes");
        return Err(Finding::new(path, "another-snapshot", message).of(id));
    }
    if manifest.files.is_empty() {
        let message = "the manifest lists no files";
        return Err(Finding::new(path, "unreadable-manifest", message).of(id));
    }
    Ok(manifest)
}

/// Verifies the files that a manifest lists.
fn files(
    manifest: &Manifest,
    directory: &Path,
    all: &[Manifest],
    progress: &Progress,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &manifest.files {
        progress.step(format!("reading {}", one_line(&file.name, 200)));
        if let Err((rule, message)) = verify_file(file, manifest, directory, all) {
            let path = directory.join(&file.name);
            findings.push(Finding::new(&path, rule, message).of(&manifest.snapshot.id));
        }
    }
    findings
}

/// Verifies one file: returns the rule that is broken, and how.
fn verify_file(
    file: &Entry,
    manifest: &Manifest,
    directory: &Path,
    all: &[Manifest],
) -> Result<(), (&'static str, String)> {
    if Path::new(&file.name).file_name() != Some(file.name.as_ref()) {
        return Err((
            "unreadable-manifest",
            "the manifest lists a path that is not beside it".to_owned(),
        ));
    }
    let path = directory.join(&file.name);
    let unreadable = |error: io::Error| ("unreadable", format!("it cannot be read: {error}"));
    let metadata = match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let of = file
                .replica_set
                .as_ref()
                .map_or_else(String::new, |set| format!(", the data of {set},"));
            return Err(("missing", format!("the file{of} is missing")));
        }
        metadata => metadata.map_err(unreadable)?,
    };
    if !metadata.is_file() {
        return Err(("unreadable", "it is not a file".to_owned()));
    }
    let (found, saved) = (metadata.len(), file.bytes);
    if found < saved {
        let message = format!("it has {found} of {saved} bytes");
        return Err(("truncated", message));
    }
    if found > saved {
        let message = format!("it has {found} bytes instead of {saved}");
        return Err(("too-long", message));
    }
    let hash = manifest::sha256_of(&path).map_err(unreadable)?;
    if hash == file.sha256 {
        return Ok(());
    }
    Err(match owner(&hash, manifest, all) {
        Some((id, name)) => (
            "another-file",
            format!("it has the bytes of {name} of snapshot {id}"),
        ),
        None => (
            "changed",
            format!("its SHA-256 is {hash} instead of {}", file.sha256),
        ),
    })
}

/// The snapshot and the name of the file that has this hash, if one of the manifests lists it.
fn owner<'a>(
    hash: &str,
    manifest: &'a Manifest,
    all: &'a [Manifest],
) -> Option<(&'a str, &'a str)> {
    let all = std::iter::once(manifest).chain(all);
    all.flat_map(|manifest| {
        manifest
            .files
            .iter()
            .map(|file| (manifest.snapshot.id.as_str(), file))
    })
    .find(|(_, file)| file.sha256 == hash)
    .map(|(id, file)| (id, file.name.as_str()))
}
