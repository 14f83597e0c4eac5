//! `verify` finds whatever is not as `save` has left it, and nothing else.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use atlas_backup_fake::{FakeAtlas, PROJECT, PROJECT_NAME};
use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use crate::{CLUSTERS, Ended, at_once, bare, fast, latest, printed, run_program, schema};

/// Saves the latest snapshot of a cluster.
fn saved(atlas: &FakeAtlas, cluster: &str) -> TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    save(atlas, cluster, "latest", directory.path());
    directory
}

fn save(atlas: &FakeAtlas, cluster: &str, snapshot: &str, into: &Path) {
    printed(
        atlas,
        &["save", cluster, snapshot, "--into", text(into), "--quiet"],
    );
}

fn text(path: &Path) -> &str {
    path.to_str().expect("it is text")
}

fn verify(path: &Path) -> Ended {
    run_program(bare(&["verify", text(path)]))
}

/// The files in a directory whose names end so, in order.
fn files(directory: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("it exists");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| text(path).ends_with(end)).collect();
    paths.sort();
    paths
}

fn manifest(directory: &Path) -> PathBuf {
    files(directory, ".manifest.json").remove(0)
}

/// Changes a manifest.
fn edit(path: &Path, change: impl Fn(&mut Value)) {
    let mut value = read(path);
    change(&mut value);
    fs::write(path, value.to_string()).expect("it can be written");
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("it exists")).expect("it is JSON")
}

/// Changes one byte in the middle of a file.
fn change_a_byte(path: &Path) {
    let middle = fs::metadata(path).expect("it exists").len() / 2;
    let byte = fs::read(path).expect("it exists")[usize::try_from(middle).expect("it is small")];
    let mut file = OpenOptions::new()
        .write(true)
        .open(path)
        .expect("it exists");
    file.seek(SeekFrom::Start(middle)).expect("it is so long");
    file.write_all(&[byte ^ 1]).expect("it can be written");
}

fn set_length(path: &Path, change: impl Fn(u64) -> u64) {
    let file = OpenOptions::new()
        .write(true)
        .open(path)
        .expect("it exists");
    let length = file.metadata().expect("it exists").len();
    file.set_len(change(length)).expect("it can be written");
}

#[test]
fn saved_files_of_every_kind_of_cluster_are_good() {
    at_once(CLUSTERS, |(cluster, _)| {
        let atlas = fast(FakeAtlas::builder());
        let directory = saved(&atlas, cluster);
        let count = files(directory.path(), ".tar.gz").len();
        for path in [directory.path(), &manifest(directory.path())] {
            let ended = verify(path);
            let files = if count == 1 { "1 file" } else { "3 files" };
            let message = format!("{files} verified: all is as it was saved\n");
            assert!(ended.err.ends_with(&message), "{}", ended.err);
            assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""));
        }
    });
}

/// The damage that is done to the files of a sharded cluster, whose second snapshot is `other`.
type Damage = fn(directory: &Path, other: &Path);

const DAMAGES: [(&str, Damage); 14] = [
    ("one byte is changed", |directory, _| {
        change_a_byte(&files(directory, ".tar.gz")[0]);
    }),
    ("the last byte is cut off", |directory, _| {
        set_length(&files(directory, ".tar.gz")[1], |length| length - 1);
    }),
    ("a file is empty", |directory, _| {
        set_length(&files(directory, ".tar.gz")[1], |_| 0);
    }),
    ("a byte is added", |directory, _| {
        set_length(&files(directory, ".tar.gz")[0], |length| length + 1);
    }),
    ("a shard is missing", |directory, _| {
        fs::remove_file(&files(directory, ".tar.gz")[2]).expect("it exists");
    }),
    ("a shard is a directory", |directory, _| {
        let shard = files(directory, ".tar.gz").remove(2);
        fs::remove_file(&shard).expect("it exists");
        fs::create_dir(&shard).expect("it can be created");
    }),
    ("two shards have changed places", |directory, _| {
        let shards = files(directory, ".tar.gz");
        let between = directory.join("between");
        for (from, to) in [
            (&shards[0], &between),
            (&shards[1], &shards[0]),
            (&between, &shards[1]),
        ] {
            fs::rename(from, to).expect("it can be renamed");
        }
    }),
    (
        "a file of another snapshot took the place of one",
        |directory, other| {
            fs::copy(&files(other, ".tar.gz")[0], &files(directory, ".tar.gz")[0])
                .expect("it can be copied");
            let beside = manifest(other);
            let name = beside.file_name().expect("it has a name");
            fs::copy(&beside, directory.join(name)).expect("it can be copied");
        },
    ),
    (
        "only the manifest of another snapshot is there",
        |directory, other| {
            fs::remove_file(manifest(directory)).expect("it exists");
            let beside = manifest(other);
            let name = beside.file_name().expect("it has a name");
            fs::copy(&beside, directory.join(name)).expect("it can be copied");
        },
    ),
    (
        "the manifest is of another snapshot than its name says",
        |directory, other| {
            fs::copy(manifest(other), manifest(directory)).expect("it can be copied");
        },
    ),
    ("the manifest is cut off", |directory, _| {
        // In a line before those with times, whose length differs.
        let path = manifest(directory);
        let text = fs::read_to_string(&path).expect("it was saved");
        let (start, _) = text
            .split_once("shard")
            .expect("it has the kind of cluster");
        fs::write(&path, start).expect("it can be written");
    }),
    ("the manifest is of a newer version", |directory, _| {
        edit(&manifest(directory), |manifest| {
            *manifest = serde_json::json!({"schema": 2, "parts": []});
        });
    }),
    ("the manifest names a file elsewhere", |directory, _| {
        edit(&manifest(directory), |manifest| {
            manifest["files"][0]["name"] = "../passwords\u{1b}[31m".into();
        });
    }),
    ("the manifest lists nothing", |directory, _| {
        edit(&manifest(directory), |manifest| {
            manifest["files"] = serde_json::json!([]);
        });
    }),
];

#[test]
fn every_damage_is_found() {
    let atlas = fast(FakeAtlas::builder());
    let snapshots = printed(&atlas, &["list", "events", "--json"]);
    let ids: Vec<String> = snapshots
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("it is JSON"))
        .map(|snapshot| snapshot["snapshot"].as_str().expect("an id").to_owned())
        .collect();
    let [good, other] = [0, 1].map(|index| {
        let directory = tempfile::tempdir().expect("a temporary directory");
        save(&atlas, "events", &ids[index], directory.path());
        directory
    });
    let all = at_once(DAMAGES, |(name, damage)| {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for file in files(good.path(), "") {
            let to = directory
                .path()
                .join(file.file_name().expect("it has a name"));
            fs::copy(&file, to).expect("it can be copied");
        }
        damage(directory.path(), other.path());
        let ended = verify(directory.path());
        assert_eq!(ended.code, Some(9), "{name}: {}", ended.err);
        let found = ended.out + &ended.err;
        assert!(
            !found.contains('\u{1b}'),
            "a manifest must not control the terminal"
        );
        let found = found.replace(text(directory.path()), "DIRECTORY");
        format!("{name}:\n{}\n", without_progress(&found))
    });
    assert_snapshot!(all.concat());
}

/// Leaves out the progress, and what depends on the random bytes of the files.
fn without_progress(text: &str) -> String {
    let mut kept = String::new();
    for line in text.lines().filter(|line| !line.starts_with("reading ")) {
        let line = match line.split_once("SHA-256 is ") {
            Some((before, after)) => {
                let hashes = after.split(" instead of ").map(str::len);
                let lengths: Vec<String> = hashes.map(|length| length.to_string()).collect();
                format!("{before}SHA-256 is {}", lengths.join(" digits instead of "))
            }
            None => line.to_owned(),
        };
        kept += &(line + "\n");
    }
    kept
}

#[test]
fn a_directory_without_manifests_is_not_good() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let ended = verify(directory.path());
    assert_eq!(ended.code, Some(9), "{}", ended.err);
    assert!(ended.out.contains("no-manifest"), "{}", ended.out);
}

#[test]
fn what_was_not_saved_completely_is_not_good() {
    let atlas = fast(FakeAtlas::builder());
    let directory = saved(&atlas, "events");
    let unfinished = directory
        .path()
        .join("snapshot-65f0a1b2c3d4e5f6a7b8c9d0.part");
    fs::write(unfinished, "").expect("it can be written");
    let ended = verify(directory.path());
    assert_eq!(ended.code, Some(9), "{}", ended.err);
    assert!(ended.out.contains("unfinished"), "{}", ended.out);
}

#[test]
fn a_path_that_does_not_exist_is_an_error_and_no_finding() {
    let ended = verify(Path::new("/nowhere/at/all"));
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(
        ended
            .err
            .starts_with("error: /nowhere/at/all cannot be read: ")
    );
}

/// The manifest and `save --json` have the hash, and the manifest is for its owner alone.
#[test]
fn the_hash_is_that_of_the_file() {
    use sha2::{Digest, Sha256};
    let atlas = fast(FakeAtlas::builder());
    let directory = tempfile::tempdir().expect("a temporary directory");
    let arguments = [
        "save",
        "orders",
        "latest",
        "--json",
        "--into",
        text(directory.path()),
    ];
    let line: Value = serde_json::from_str(&printed(&atlas, &arguments)).expect("it is JSON");
    let bytes = fs::read(line["file"].as_str().expect("a path")).expect("it was saved");
    let hash = format!("{:x}", Sha256::digest(&bytes));
    assert_eq!(line["sha256"], hash.as_str());
    let path = manifest(directory.path());
    assert_eq!(read(&path)["files"][0]["sha256"], hash.as_str());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&path).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(files(directory.path(), ".part").len(), 0);
}

#[test]
fn a_manifest_that_cannot_be_written_is_an_error() {
    let atlas = fast(FakeAtlas::builder());
    let directory = tempfile::tempdir().expect("a temporary directory");
    let id = latest(&atlas, CLUSTERS[0]);
    let name = format!("snapshot-{id}.manifest.json");
    fs::create_dir(directory.path().join(name)).expect("it can be created");
    let into = text(directory.path());
    let ended = crate::run(&atlas, &["save", "orders", "latest", "--into", into]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let error = "error: all files are saved, but the manifest is not: ";
    assert!(ended.err.contains(error), "{}", ended.err);
    assert!(
        ended.err.ends_with("; run it again with --overwrite\n"),
        "{}",
        ended.err
    );
}

#[test]
fn the_manifest_says_what_was_saved() {
    let atlas = fast(FakeAtlas::builder());
    let directory = tempfile::tempdir().expect("a temporary directory");
    let into = text(directory.path());
    let id = latest(&atlas, CLUSTERS[1]);
    let arguments = ["save", "events", &id, "--into", into];
    printed(
        &atlas,
        &[&arguments[..], &["--project", PROJECT_NAME]].concat(),
    );
    let manifest = read(&manifest(directory.path()));
    assert_eq!(manifest["project"]["id"], PROJECT);
    assert_eq!(manifest["project"]["name"], PROJECT_NAME);
    assert_eq!(manifest["cluster"]["name"], "events");
    assert_eq!(manifest["cluster"]["kind"], "sharded");
    assert_eq!(
        manifest["cluster"]["id"],
        atlas.cluster_id("events").expect("it exists")
    );
    assert_eq!(manifest["snapshot"]["id"], id.as_str());
    assert_eq!(manifest["snapshot"]["status"], "completed");
    assert_eq!(manifest["snapshot"]["mongodb"], "8.0.8");
    for file in manifest["files"].as_array().expect("a list") {
        let name = file["name"].as_str().expect("a name");
        let set = file["replica_set"].as_str().expect("a shard");
        assert!(name.contains(set), "{name}");
        let length = fs::metadata(directory.path().join(name))
            .expect("it exists")
            .len();
        assert_eq!(file["bytes"], length);
    }
}

/// Programs in other languages read the manifest by this schema.
#[test]
fn manifests_have_the_documented_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../schema/manifest.schema.json"))
        .expect("it is JSON");
    at_once(CLUSTERS, |(cluster, _)| {
        let atlas = fast(FakeAtlas::builder());
        let directory = saved(&atlas, cluster);
        schema::conforms(&schema, &read(&manifest(directory.path())), cluster);
    });
}
