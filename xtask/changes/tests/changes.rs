//! `cargo xtask changes` on small histories of their own: each is a git repository with a release and
//! a change after it.

use std::path::Path;
use std::process::{Command, Output};
use std::{env, fs};

const SOUND: &str = include_str!("../../../tests/fixtures/documents/sound.yaml");

/// Edits of a document: what is replaced by what.
type Edits<'a> = &'a [(&'a str, &'a str)];

const MANIFEST: &str = "[workspace.package]\nversion = \"0.1.0\"\n";
const CLIENT: &str = "[package]\nname = \"atlas-backup-api\"\nrust-version = \"1.85\"\n";

/// What git tells its hooks about the repository that they run in.
const OF_HOOKS: &[&str] = &["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];

/// A project in a git repository, with the release 0.1.0.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// Creates a project with `sound.yaml` as both documents, tagged `v0.1.0`.
    fn released() -> Self {
        Project::released_with(SOUND)
    }

    /// Creates a project with this text as both documents, tagged `v0.1.0`.
    fn released_with(text: &str) -> Self {
        let project = Project::untagged_with(text);
        project.git(&["tag", "v0.1.0"]);
        project
    }

    fn untagged() -> Self {
        Project::untagged_with(SOUND)
    }

    fn untagged_with(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let project = Project { folder };
        project.write("Cargo.toml", MANIFEST);
        project.write("atlas-backup-api/Cargo.toml", CLIENT);
        project.write("spec/v1.yaml", text);
        project.write("spec/v2.yaml", text);
        project.git(&["init", "--quiet", "--initial-branch=main"]);
        project.commit();
        project
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, text).expect("writable");
    }

    /// Edits a file.
    fn edit(&self, path: &str, edits: Edits<'_>) {
        let file = self.path().join(path);
        let mut text = fs::read_to_string(file).expect("readable");
        for (old, new) in edits {
            assert!(text.contains(old), "not in {path}:\n{old}");
            text = text.replace(old, new);
        }
        self.write(path, &text);
    }

    /// Edits both documents.
    fn edit_both(&self, edits: Edits<'_>) {
        self.edit("spec/v1.yaml", edits);
        self.edit("spec/v2.yaml", edits);
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "Change it"]);
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(self.path()).args(arguments);
        // Set in hooks of git, where these tests may run: it would be the repository of this project.
        for name in OF_HOOKS {
            command.env_remove(name);
        }
        // The configuration of the machine does not count.
        command
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Nobody");
            command.env(format!("GIT_{role}_EMAIL"), "nobody@example.com");
        }
        let output = command.output().expect("git runs");
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
    }

    fn command(&self, arguments: &[&str]) -> Command {
        changes_in(self.path(), arguments)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let arguments = [&["--no-rust"], arguments].concat();
        self.command(&arguments).output().expect("changes runs")
    }

    /// Runs the command, which must succeed, and returns what it prints.
    fn report(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Runs the command, which must fail, and returns its message.
    fn error(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
        text(&output.stderr)
    }
}

fn changes_in(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_changes"));
    command
        .args(["--root", "."])
        .args(arguments)
        .current_dir(folder);
    for name in OF_HOOKS {
        command.env_remove(name);
    }
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const SIZE: &str = "          description: Size in metres.\n";

#[test]
fn only_descriptions() {
    let project = Project::released();
    project.edit_both(&[
        ("summary: Get a thing", "summary: Fetch a thing"),
        (
            "description: Size in metres.",
            "description: Length in metres.",
        ),
        (
            "found: {value: {id: 32b6e34b3d91647abb20e7b8}}",
            "found: {value: {id: 32b6e34b3d91647abb20e7b9}}",
        ),
    ]);
    project.commit();
    insta::assert_snapshot!(project.report(&[]));
}

#[test]
fn a_member_and_an_operation_more() {
    let project = Project::released();
    project.edit_both(&[(SIZE, "          description: Size in metres.\n        ticket: {type: string, description: Who asked for it.}\n")]);
    project.edit("spec/v2.yaml", &[(
        "  /groups/{groupId}/things/{thingId}:\n    get:\n",
        "  /groups/{groupId}/things/latest:\n    get:\n      operationId: getLatestThing\n      x-atlas-operation-id: getLatestGroupThing\n      tags: [Things]\n      summary: Get the latest thing\n      externalDocs: {url: https://example.com/latest}\n      parameters:\n        - $ref: '#/components/parameters/groupId'\n      responses:\n        \"200\":\n          description: Found.\n          content:\n            application/vnd.atlas.2023-01-01+json:\n              schema:\n                $ref: '#/components/schemas/Thing'\n              examples:\n                found: {value: {id: 32b6e34b3d91647abb20e7b8}}\n  /groups/{groupId}/things/{thingId}:\n    get:\n",
    )]);
    project.commit();
    insta::assert_snapshot!(project.report(&[]));
}

#[test]
fn a_renamed_operation_and_a_removed_enum_value() {
    let project = Project::released();
    project.edit_both(&[("operationId: makeThing", "operationId: createThing")]);
    project.edit("spec/v2.yaml", &[("[red, green]", "[red]")]);
    project.commit();
    insta::assert_snapshot!(project.report(&[]));
}

#[test]
fn a_new_required_member_a_stricter_bound_and_a_deprecation() {
    let project = Project::released();
    project.edit("spec/v2.yaml", &[
        ("      description: A thing to make.\n", "      description: A thing to make.\n      required: [owner]\n"),
        ("minimum: 1", "minimum: 2"),
        (SIZE, "          description: Size in metres.\n        owner: {type: string, description: Who owns it.}\n"),
        ("request: {value: {size: 3}}", "request: {value: {size: 3, owner: me}}"),
        ("      externalDocs: {url: https://example.com/get}\n", "      externalDocs: {url: https://example.com/get}\n      deprecated: true\n      x-atlas-deprecation: {note: \"Use `list_things`.\", ended: \"2026-01-22\"}\n"),
    ]);
    project.commit();
    insta::assert_snapshot!(project.report(&[]));
    insta::assert_snapshot!("as_markdown", project.report(&["--markdown"]));
}

#[test]
fn another_media_date_and_a_type_that_v1_and_v2_no_longer_share() {
    let project = Project::released();
    project.edit(
        "spec/v2.yaml",
        &[
            (
                "application/vnd.atlas.2023-01-01+json",
                "application/vnd.atlas.2024-08-05+json",
            ),
            ("description: A colour.", "description: A tint."),
        ],
    );
    project.commit();
    insta::assert_snapshot!(project.report(&[]));
}

#[test]
fn without_a_change_no_release_is_needed() {
    let project = Project::released();
    assert_eq!(
        project.report(&["--check"]),
        "Changes since v0.1.0\n\nno release is needed: nothing has changed that users can see\n"
    );
}

#[test]
fn the_minimum_rust_version_counts() {
    let project = Project::released();
    project.edit("atlas-backup-api/Cargo.toml", &[("1.85", "1.88")]);
    let report = project.report(&[]);
    let line = "atlas-backup-api/Cargo.toml:3:1: the minimum Rust version is 1.88 instead of 1.85";
    assert!(report.contains(line), "{report}");
    assert!(report.contains("0.1.1 is needed"), "{report}");
}

#[test]
fn the_working_tree_is_compared_with_any_commit() {
    let project = Project::released();
    project.edit_both(&[("operationId: makeThing", "operationId: createThing")]);
    project.commit();
    project.edit_both(&[("operationId: getThing", "operationId: fetchThing")]);
    let since_release = project.report(&["v0.1.0"]);
    assert!(since_release.contains("4 major"), "{since_release}");
    let since_commit = project.report(&["HEAD"]);
    assert!(since_commit.contains("2 major"), "{since_commit}");
    assert!(
        since_commit.contains(
            "0.2.0 is needed: the gravest change since 0.1.0 is major, and Cargo.toml has 0.1.0"
        ),
        "{since_commit}"
    );
}

#[test]
fn check_fails_while_the_version_is_too_low() {
    let project = Project::released();
    project.edit_both(&[("operationId: makeThing", "operationId: createThing")]);
    assert_eq!(project.run(&[]).status.code(), Some(0));
    assert_eq!(project.run(&["--check"]).status.code(), Some(1));
    project.edit("Cargo.toml", &[("0.1.0", "0.1.9")]);
    assert_eq!(project.run(&["--check"]).status.code(), Some(1));
    project.edit("Cargo.toml", &[("0.1.9", "0.2.0")]);
    let output = project.run(&["--check"]);
    assert_eq!(output.status.code(), Some(0));
    let printed = text(&output.stdout);
    assert!(
        printed.contains("0.2.0 is enough: the gravest change since 0.1.0 is major"),
        "{printed}"
    );
}

#[test]
fn without_a_tag_the_last_commit_is_compared_and_the_verdict_says_so() {
    let project = Project::untagged();
    project.edit(
        "spec/v2.yaml",
        &[("operationId: makeThing", "operationId: createThing")],
    );
    let report = project.report(&[]);
    assert!(report.starts_with("Changes since HEAD\n"), "{report}");
    assert!(
        report.contains("no tag says that 0.1.0 is released"),
        "{report}"
    );
}

#[test]
fn a_generation_that_comes_later_is_one_change() {
    let project = Project::untagged();
    fs::remove_file(project.path().join("spec/v1.yaml")).expect("removed");
    project.commit();
    project.write("spec/v1.yaml", SOUND);
    let report = project.report(&[]);
    assert!(
        report.contains("spec/v1.yaml:1:1: `v1` is new, with all of its 2 operations"),
        "{report}"
    );
    project.commit();
    fs::remove_file(project.path().join("spec/v1.yaml")).expect("removed");
    let report = project.report(&[]);
    assert!(
        report.contains("HEAD:spec/v1.yaml:1:1: `v1` is removed"),
        "{report}"
    );
}

#[test]
fn what_cannot_be_compared_is_said_with_its_place() {
    let project = Project::released();
    let error = project.error(&["v9"]);
    assert_eq!(
        error,
        "There is no commit `v9`: give a tag, a branch or a commit; `git tag` lists the tags.\n"
    );
    let error = project.error(&["--", "--all"]);
    assert!(error.starts_with("There is no commit `--all`"), "{error}");
    project.edit(
        "spec/v2.yaml",
        &[("operationId: getThing", "operationId: makeThing")],
    );
    let error = project.error(&[]);
    assert!(error.contains("spec/v2.yaml:44:20"), "{error}");
    // A document that does not parse is a commit of the past.
    project.write("spec/v2.yaml", "paths: [\n");
    project.commit();
    project.write("spec/v2.yaml", SOUND);
    let error = project.error(&["HEAD"]);
    assert!(error.contains("HEAD:spec/v2.yaml:"), "{error}");
    assert!(error.ends_with("The spec of HEAD cannot be read, so nothing can be compared with it: choose another commit.\n"), "{error}");
    project.write("Cargo.toml", "[workspace]\n");
    let error = project.error(&["v0.1.0"]);
    assert_eq!(
        error,
        "Cargo.toml: there is no `version` in `[workspace.package]`\n"
    );
}

#[test]
fn an_older_grammar_is_no_obstacle() {
    let project = Project::released();
    project.edit(
        "spec/v2.yaml",
        &[("openapi: 3.0.3", "openapi: 3.0.1\nx-old: [1]")],
    );
    project.commit();
    project.write("spec/v2.yaml", SOUND);
    assert!(project.report(&["HEAD"]).contains("no release is needed"));
}

#[test]
fn outside_of_a_repository_there_is_nothing_to_compare_with() {
    let project = Project::released();
    fs::remove_dir_all(project.path().join(".git")).expect("removed");
    let mut command = project.command(&[]);
    // No repository above the temporary folder counts.
    command.env(
        "GIT_CEILING_DIRECTORIES",
        project.path().parent().expect("a parent"),
    );
    let output = command.output().expect("changes runs");
    let error = text(&output.stderr);
    assert!(
        error.starts_with(".: there is no history to compare with: "),
        "{error}"
    );
}

#[test]
fn a_shallow_clone_is_told_how_to_get_the_rest() {
    let project = Project::released();
    project.edit_both(&[("operationId: getThing", "operationId: fetchThing")]);
    project.commit();
    let clone = tempfile::tempdir().expect("a temporary folder");
    let (from, to) = (
        format!("file://{}", project.path().display()),
        clone.path().display().to_string(),
    );
    project.git(&["clone", "--quiet", "--depth=1", "--no-tags", &from, &to]);
    for (base, problem) in [
        (None, "There is no tag."),
        (Some("v0.1.0"), "There is no commit `v0.1.0`."),
    ] {
        let output = changes_in(clone.path(), &["--no-rust"])
            .args(base)
            .output()
            .expect("changes runs");
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            error.starts_with(problem) && error.contains("git fetch --unshallow --tags"),
            "{error}"
        );
    }
}

/// Runs the command with a script in place of cargo.
#[cfg(unix)]
fn with_cargo(project: &Project, script: &str, arguments: &[&str]) -> Output {
    use std::os::unix::fs::PermissionsExt;

    let cargo = project.path().join("cargo");
    fs::write(&cargo, format!("#!/bin/sh\n{script}\n")).expect("writable");
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("executable");
    project
        .command(arguments)
        .env("CARGO", cargo)
        .output()
        .expect("changes runs")
}

#[cfg(unix)]
#[test]
fn the_rust_api_is_compared_where_the_tool_is_installed() {
    let project = Project::released();
    let missing = with_cargo(&project, "exit 101", &["--check"]);
    assert_eq!(missing.status.code(), Some(0));
    let printed = text(&missing.stdout);
    assert!(
        printed.contains("`cargo install cargo-semver-checks --locked`"),
        "{printed}"
    );

    let script =
        "[ \"$2\" = --version ] || { echo \"$@\" | sed 's/[0-9a-f]\\{40\\}/ID/'; exit 1; }";
    let failed = with_cargo(&project, script, &["--check"]);
    assert_eq!(failed.status.code(), Some(1));
    let printed = text(&failed.stdout);
    let call = "semver-checks --package atlas-backup-api --baseline-rev ID --color never";
    assert!(printed.contains(call), "{printed}");
    assert!(
        printed.contains("the version is too low for the public Rust API"),
        "{printed}"
    );

    let passed = with_cargo(&project, "echo checked", &["--markdown", "--check"]);
    assert_eq!(passed.status.code(), Some(0));
    let printed = text(&passed.stdout);
    assert!(
        printed.contains("the version is high enough for the public Rust API"),
        "{printed}"
    );
}

/// A list of things, which is read page by page.
const LIST: Edits<'_> = &[
    (
        "  /groups/{groupId}/things:\n",
        "  /groups/{groupId}/pages:\n    get:\n      operationId: listThings\n      x-atlas-operation-id: listGroupThings\n      tags: [Things]\n      summary: List things\n      externalDocs: {url: https://example.com/list}\n      parameters:\n        - $ref: '#/components/parameters/groupId'\n      responses:\n        \"200\":\n          description: Found.\n          content:\n            application/vnd.atlas.2023-01-01+json:\n              schema:\n                $ref: '#/components/schemas/Page'\n              examples:\n                found: {value: {results: []}}\n  /groups/{groupId}/things:\n",
    ),
    (
        "    Thing:\n",
        "    Page:\n      type: object\n      description: A page.\n      required: [results]\n      properties:\n        results: {type: array, items: {$ref: '#/components/schemas/Thing'}, description: Things.}\n    Thing:\n",
    ),
];

#[test]
fn a_method_of_requests_that_is_no_longer_generated_is_removed() {
    let base = LIST.iter().fold(SOUND.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replace(old, new)
    });
    let project = Project::released_with(&base);
    let dated = "application/vnd.atlas.2023-01-01+json";
    let no_list: Edits<'_> = &[(
        "get:\n      operationId: listThings",
        "put:\n      operationId: listThings",
    )];
    let no_date: Edits<'_> = &[(dated, "application/json")];
    let another_date: Edits<'_> = &[(dated, "application/vnd.atlas.2024-08-05+json")];
    let stream = "the request of `v2::Api::list_things` has no `stream` any more";
    let version = "the request of `v2::Api::get_thing` has no `version` any more";
    for (edits, said, level) in [
        (no_list, Some(stream), "1 major"),
        (no_date, Some(version), "3 major"),
        (another_date, None, "minor"),
    ] {
        project.write("spec/v2.yaml", &base);
        project.edit("spec/v2.yaml", edits);
        let report = project.report(&[]);
        for text in [stream, version] {
            assert_eq!(
                report.contains(text),
                said == Some(text),
                "{text}: {report}"
            );
        }
        assert!(report.contains(level), "{level}: {report}");
    }
    // What becomes a list has a method more.
    project.edit("spec/v1.yaml", no_list);
    project.commit();
    project.write("spec/v1.yaml", &base);
    project.write("spec/v2.yaml", &base);
    let report = project.report(&["HEAD"]);
    assert!(
        !report.contains("stream") && !report.contains("major"),
        "{report}"
    );
}

#[test]
fn the_draft_tells_all_that_the_changelog_must_have() {
    let project = Project::released();
    let member = "          description: Size in metres.\n        name: {type: string, description: Its name.}\n";
    let edits: &[Edits<'_>] = &[
        &[(SIZE, member)],
        &[("operationId: makeThing", "operationId: createThing")],
        &[("[red, green]", "[red]")],
        &[("minimum: 1", "minimum: 2")],
        &[("description: A colour.", "description: A tint.")],
        &[(
            "url: https://cloud.mongodb.com",
            "url: https://cloud.mongodb.eu",
        )],
        &[("name: pretty\n", "name: ugly\n")],
    ];
    let arguments = xtask_changes::Arguments::since(project.path(), None);
    for edits in edits {
        project.write("spec/v2.yaml", SOUND);
        project.edit("spec/v2.yaml", edits);
        let report = project.report(&[]);
        let (_, draft) = report
            .split_once("Draft for CHANGELOG.md\n")
            .expect("a draft");
        let untold = |unreleased: &str| {
            let text = format!("\n## [Unreleased]\n\n{unreleased}");
            project.write("CHANGELOG.md", &text);
            xtask_changes::untold(&arguments).expect("compared")
        };
        let all = untold("");
        assert_ne!(all, [""; 0], "{report}");
        let words = "The name, size, make_thing, green, pretty, Colour and types of v2.\n";
        assert_eq!(untold(words), all, "{report}");
        assert_eq!(untold(draft), [""; 0], "{report}");
    }
}

#[path = "changes/same_code.rs"]
mod same_code;
