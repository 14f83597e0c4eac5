//! Adding, renaming and removing an operation in a copy of this project: each takes the steps that
//! CONTRIBUTING.md lists, and the command tells those that were forgotten.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the crate is a folder of a folder of the project")
}

/// What git tells its hooks about the repository that they run in.
const OF_HOOKS: &[&str] = &["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];

/// Returns a command that takes no other repository, and no settings of its user, for that of its
/// folder.
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    for name in OF_HOOKS {
        command.env_remove(name);
    }
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null");
    command
}

/// A copy of this project whose only commit is the project as it is.
struct Copy(tempfile::TempDir);

impl Copy {
    fn new() -> Self {
        let copy = Copy(tempfile::tempdir().expect("a temporary folder"));
        let files = git(
            project(),
            &["ls-files", "--cached", "--others", "--exclude-standard"],
        );
        // These tests have the old names themselves.
        let is_copied =
            |path: &&str| !path.starts_with("xtask/review/tests/") && project().join(path).exists();
        for path in files.lines().filter(is_copied) {
            let (from, to) = (project().join(path), copy.path().join(path));
            fs::create_dir_all(to.parent().expect("a file is in a folder")).expect("writable");
            match fs::read_link(&from) {
                Ok(target) => symlink(target, to).expect("writable"),
                Err(_) => drop(fs::copy(from, to).expect("writable")),
            }
        }
        git(copy.path(), &["init", "--quiet"]);
        git(copy.path(), &["add", "--all"]);
        let author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
        let commit = ["commit", "--quiet", "--message", "The project as it is"];
        git(copy.path(), &[&author[..], &commit].concat());
        copy
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(old).count(), 1, "`{old}` in {path}");
        fs::write(self.path().join(path), text.replace(old, new)).expect("writable");
    }

    /// Adds a line to the unreleased changes.
    fn tell(&self, change: &str) {
        let heading = "## [Unreleased]\n";
        self.edit("CHANGELOG.md", heading, &format!("{heading}\n- {change}\n"));
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).expect("readable")
    }

    /// Runs the command. Returns whether nothing is left to do, and what it printed.
    fn review(&self, arguments: &[&str]) -> (bool, String) {
        let output = command(env!("CARGO_BIN_EXE_review"))
            .args(arguments)
            .arg("--root")
            .arg(self.path())
            .output()
            .expect("review runs");
        let printed = [output.stdout.as_slice(), &output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&printed).into_owned(),
        )
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = command("git").current_dir(folder).args(arguments).output();
    let Output {
        status,
        stdout,
        stderr,
    } = output.expect("git runs");
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).into_owned()
}

fn assert_says(printed: &str, expected: &[&str]) {
    for line in expected {
        assert!(printed.contains(line), "`{line}` is not in\n{printed}");
    }
}

/// An operation that stands before all others of its document.
const PING: &str = r##"paths:
  /api/atlas/v2/backup/ping:
    get:
      operationId: pingBackups
      x-atlas-operation-id: pingBackups
      tags: [Ping]
      summary: Return whether backups work
      description: "Returns a namespace. Role: Project Read Only."
      externalDocs: {url: https://www.mongodb.com/docs/api/}
      x-atlas-roles: [Project Read Only]
      responses:
        "200":
          description: Backups work.
          content:
            application/vnd.atlas.2025-03-12+json:
              schema:
                $ref: '#/components/schemas/RestoreNamespace'
              examples:
                works: {summary: They work., value: {sourceNamespace: shop, targetNamespace: shop}}
        "401":
          $ref: '#/components/responses/unauthorized'
"##;

fn add(copy: &Copy) {
    copy.edit("spec/v2.yaml", "paths:\n", PING);
    copy.edit(
        "spec/v2.yaml",
        "  - name: Private Endpoints\n",
        "  - name: Ping\n    description: Whether backups work.\n  - name: Private Endpoints\n",
    );
}

#[test]
fn adding_an_operation_needs_a_row_for_a_new_tag_and_nothing_else() {
    let copy = Copy::new();
    add(&copy);
    let (is_done, printed) = copy.review(&["--no-tests"]);
    assert!(!is_done);
    assert_says(
        &printed,
        &["spec/README.md has no row for Ping; add one: | Ping |"],
    );
    copy.edit(
        "spec/README.md",
        "| Export Buckets,",
        "| Ping | 0 | 0 | whether backups work |\n| Export Buckets,",
    );
    let (is_done, printed) = copy.review(&["--no-tests"]);
    assert!(!is_done);
    let written = [
        "new      atlas-backup-api/src/generated/v2/ping.rs",
        "changed  README.md",
    ];
    assert_says(&printed, &written);
    let untold = "v2::Api::ping_backups is not in the unreleased changes of CHANGELOG.md";
    assert_says(&printed, &[untold]);
    copy.tell("`Api::ping_backups`.");
    let (is_done, printed) = copy.review(&["--no-tests"]);
    assert!(is_done, "{printed}");
    assert_says(
        &printed,
        &[
            "v2/pingBackups: to keep its resources, add a handler to tests/fake-atlas/",
            "`Api::ping_backups`",
        ],
    );
    assert_says(
        &copy.read("README.md"),
        &["has 121 operations, 75 of API v2"],
    );
    assert_says(
        &copy.read("spec/README.md"),
        &["| Ping | 1 | - | whether backups work |"],
    );
}

#[test]
fn a_new_member_must_be_told_with_its_type() {
    let copy = Copy::new();
    let text = copy.read("spec/v2.yaml");
    let (before, schema) = text
        .split_once("    OnDemandSnapshotRequest:\n")
        .expect("it is there");
    let member =
        "      properties:\n        name: {type: string, description: Name of the snapshot.}\n";
    let schema = schema.replacen("      properties:\n", member, 1);
    let schema = format!("{before}    OnDemandSnapshotRequest:\n{schema}");
    fs::write(copy.path().join("spec/v2.yaml"), schema).expect("writable");
    let (is_done, printed) = copy.review(&["--no-tests"]);
    assert!(!is_done, "{printed}");
    let untold = "v2::types::OnDemandSnapshotRequest::name is not in the unreleased changes";
    assert_says(&printed, &[untold]);
    copy.tell("`types::OnDemandSnapshotRequest::name`, `Option<String>`, is new (v2).");
    let (is_done, printed) = copy.review(&["--no-tests"]);
    assert!(is_done, "{printed}");
}

fn rename(copy: &Copy) {
    copy.edit(
        "spec/v2.yaml",
        "operationId: getSnapshotDatabase\n",
        "operationId: readSnapshotDatabase\n",
    );
}

const HANDLERS: &str = "tests/fake-atlas/src/atlas/operations.rs";

#[test]
fn renaming_an_operation_lists_every_place_that_has_the_old_name() {
    let copy = Copy::new();
    rename(&copy);
    // Only the name is left to do.
    copy.tell("`Api::get_snapshot_database` is `read_snapshot_database` now.");
    fs::write(
        copy.path().join("notes.md"),
        "Call `get_snapshot_database`,\nor `GetSnapshotDatabase`.\n",
    )
    .expect("writable");
    let (is_done, printed) = copy.review(&["--no-tests"]);
    assert!(!is_done);
    assert_says(
        &printed,
        &[
            "v2: getSnapshotDatabase is readSnapshotDatabase now",
            "notes.md:1: Call `get_snapshot_database`,",
            "notes.md:2: or `GetSnapshotDatabase`.",
            &format!("    {HANDLERS}:"),
            "something is left to do by hand",
        ],
    );
    fs::remove_file(copy.path().join("notes.md")).expect("writable");
    copy.edit(
        HANDLERS,
        "\"getSnapshotDatabase\"",
        "\"readSnapshotDatabase\"",
    );
    let (is_done, printed) = copy.review(&["--no-tests"]);
    assert!(is_done, "{printed}");
    assert_says(&printed, &["`Api::get_snapshot_database`", "0.2.0"]);
}

fn remove(copy: &Copy) {
    let text = copy.read("spec/v2.yaml");
    let start = text
        .find("    delete:\n      operationId: deletePrivateEndpoint\n")
        .expect("it is there");
    let end = start + text[start..].find("\n  /").expect("another path");
    let without = format!("{}{}", &text[..start], &text[end..]);
    fs::write(copy.path().join("spec/v2.yaml"), without).expect("writable");
}

#[test]
fn removing_an_operation_lists_every_place_that_has_its_name() {
    let copy = Copy::new();
    remove(&copy);
    // Only the name is left to do.
    copy.tell("`Api::delete_private_endpoint` is gone.");
    let (is_done, printed) = copy.review(&["--no-tests"]);
    assert!(!is_done);
    let handler = format!("    {HANDLERS}:");
    assert_says(&printed, &["v2: deletePrivateEndpoint is gone", &handler]);
    let row = "    (\"deletePrivateEndpoint\", Family::PrivateEndpoint, delete),\n";
    copy.edit(HANDLERS, row, "");
    let (is_done, printed) = copy.review(&["--no-tests"]);
    assert!(is_done, "{printed}");
    assert_says(&printed, &["`Api::delete_private_endpoint`", "0.2.0"]);
    let changelog = copy.read("CHANGELOG.md");
    assert_says(&changelog, &["119 operations, 73 of API v2"]);
}

#[test]
fn a_name_that_only_one_generation_loses_is_told_with_the_places_that_may_mean_it() {
    let copy = Copy::new();
    let text = copy.read("spec/v2.yaml");
    let renamed = text.replace("operationId: takeSnapshot\n", "operationId: makeSnapshot\n");
    fs::write(copy.path().join("spec/v2.yaml"), renamed).expect("writable");
    let (_, printed) = copy.review(&["--no-tests"]);
    assert_says(
        &printed,
        &[
            "v2: takeSnapshot is makeSnapshot now",
            "v1 still has it: change the places that mean v2",
            "    CONTRIBUTING.md:",
        ],
    );
}
