//! `cargo xtask codegen` on temporary projects and on this project, so that plain `cargo test`
//! finds outdated generated code.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use atlas_backup_document::{GENERATIONS, Generation};

const CODEGEN: &str = env!("CARGO_BIN_EXE_codegen");
const CODE: &str = "atlas-backup-api/src/generated";

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the crate is a folder of a folder of the project")
}

fn codegen(root: &Path, arguments: &[&str]) -> Output {
    Command::new(CODEGEN)
        .args(arguments)
        .arg("--root")
        .arg(root)
        .output()
        .expect("codegen runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Creates a project with the real documents and freshly generated code.
fn fresh() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir_all(folder.path().join("spec")).expect("writable");
    for Generation { document, .. } in GENERATIONS {
        fs::copy(project().join(document), folder.path().join(document)).expect("writable");
    }
    fs::create_dir_all(folder.path().join("atlas-backup-api/src")).expect("writable");
    let output = codegen(folder.path(), &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    folder
}

fn edit(root: &Path, path: &str, old: &str, new: &str) {
    let file = root.join(path);
    let before = fs::read_to_string(&file).expect("readable");
    assert!(before.contains(old), "`{old}` is not in {path}");
    fs::write(&file, before.replacen(old, new, 1)).expect("writable");
}

/// Returns all files below the folder with their content.
fn everything(root: &Path) -> xtask_codegen::tree::Files {
    xtask_codegen::tree::read(root).expect("readable")
}

#[test]
fn the_generated_code_is_up_to_date() {
    let output = codegen(project(), &["--check"]);
    assert!(output.status.success(), "\n{}", text(&output.stderr));
}

#[test]
fn an_operation_is_shown_at_each_stage_in_each_document_that_has_it() {
    let output = codegen(project(), &["--explain", "takeSnapshot"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    let titles: Vec<&str> = shown
        .lines()
        .filter(|line| line.starts_with("# spec/"))
        .collect();
    let stages = ["document", "lowered", "progenitor", "model", "rendered"];
    let expected = ["spec/v1.yaml", "spec/v2.yaml"]
        .iter()
        .flat_map(|path| stages.map(|stage| format!("# {path}: {stage}")));
    assert_eq!(titles, expected.collect::<Vec<_>>());
    assert!(shown.contains("operationId: takeSnapshot"), "{shown}");
    let output = codegen(project(), &["--explain", "takeSnapshots"]);
    assert!(!output.status.success());
    let message = "error: no document has an operation takeSnapshots; an operation is named by its operationId";
    assert!(text(&output.stderr).starts_with(message));
}

#[test]
fn check_finds_what_is_missing_stale_and_orphaned_and_writes_nothing() {
    let folder = fresh();
    let code = folder.path().join(CODE);
    fs::remove_file(code.join("v1/mod.rs")).expect("generated");
    edit(
        folder.path(),
        &format!("{CODE}/v2/mod.rs"),
        "pub mod types;",
        "pub mod typos;",
    );
    fs::write(code.join("v2/extra.rs"), "// by hand\n").expect("writable");
    let before = everything(folder.path());
    let output = codegen(folder.path(), &["--check"]);
    assert_eq!(output.status.code(), Some(1));
    let report = text(&output.stderr);
    for line in [
        "missing   atlas-backup-api/src/generated/v1/mod.rs",
        "stale     atlas-backup-api/src/generated/v2/mod.rs",
        "orphaned  atlas-backup-api/src/generated/v2/extra.rs",
        "-pub mod typos;",
        "+pub mod types;",
        "To fix this, run: cargo xtask codegen",
    ] {
        assert!(report.contains(line), "no `{line}` in\n{report}");
    }
    assert_eq!(everything(folder.path()), before);
    assert!(codegen(folder.path(), &[]).status.success());
    assert!(codegen(folder.path(), &["--check"]).status.success());
}

#[test]
fn a_long_difference_is_cut() {
    let folder = fresh();
    let file = folder.path().join(CODE).join("shared/legacy.rs");
    let reversed: Vec<String> = fs::read_to_string(&file)
        .expect("generated")
        .lines()
        .rev()
        .map(str::to_owned)
        .collect();
    fs::write(&file, reversed.join("\n")).expect("writable");
    let report = text(&codegen(folder.path(), &["--check"]).stderr);
    assert!(
        report.contains("more lines") && report.lines().count() < 80,
        "{report}"
    );
}

#[test]
fn a_document_with_faults_leaves_the_old_files() {
    let folder = fresh();
    edit(
        folder.path(),
        "spec/v1.yaml",
        "operationId: takeSnapshot",
        "operationId: take-snapshot",
    );
    edit(folder.path(), "spec/v2.yaml", "minimum: 1", "minimun: 1");
    let before = everything(folder.path());
    let output = codegen(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let report = text(&output.stderr);
    for part in [
        "spec/v1.yaml:",
        "`take-snapshot` cannot name a method",
        "spec/v2.yaml:",
        "keyword `minimun`",
        "2 findings; nothing was written",
    ] {
        assert!(report.contains(part), "no `{part}` in\n{report}");
    }
    assert_eq!(everything(folder.path()), before);
}

#[test]
fn numbers_of_operations_in_the_documentation_are_corrected() {
    let folder = fresh();
    let root = folder.path();
    fs::create_dir_all(root.join("tests/fake-atlas")).expect("writable");
    for path in xtask_codegen::counts::paths() {
        fs::copy(project().join(path), root.join(path)).expect("writable");
    }
    for (path, old, new) in [
        ("README.md", "has 120 operations", "has 119 operations"),
        (
            "spec/README.md",
            "| Snapshots | 12 | 8 |",
            "| Snapshots | 11 | 8 |",
        ),
    ] {
        edit(root, path, old, new);
        let report = text(&codegen(root, &["--check"]).stderr);
        assert!(report.contains(&format!("stale     {path}")), "{report}");
        let printed = text(&codegen(root, &[]).stdout);
        assert!(printed.contains(&format!("changed  {path}")), "{printed}");
        let corrected = fs::read_to_string(root.join(path)).expect("readable");
        assert!(corrected.contains(old), "{path}");
        assert!(codegen(root, &["--check"]).status.success(), "{path}");
    }
}

#[test]
fn a_document_that_is_no_text_is_located() {
    let folder = fresh();
    let file = folder.path().join("spec/v1.yaml");
    let mut bytes = fs::read(&file).expect("readable");
    bytes.splice(0..0, *b"# a\n# \xff\n");
    fs::write(&file, bytes).expect("writable");
    edit(folder.path(), "spec/v2.yaml", "minimum: 1", "minimun: 1");
    let report = text(&codegen(folder.path(), &[]).stderr);
    assert!(
        report.contains("error: spec/v1.yaml:2:3: this is not UTF-8")
            && report.contains("keyword `minimun`"),
        "{report}"
    );
}

#[test]
fn a_write_that_fails_is_said_and_the_next_run_repairs_it() {
    let folder = fresh();
    edit(
        folder.path(),
        "spec/v2.yaml",
        "Take one on-demand snapshot",
        "Take a snapshot now",
    );
    // No file takes the place of a folder.
    let obstacle = folder.path().join(CODE).join("v2/snapshots.rs");
    fs::remove_file(&obstacle).expect("generated");
    fs::create_dir(&obstacle).expect("writable");
    let before = everything(folder.path());
    let output = codegen(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("cannot write")
            && text(&output.stderr).contains("v2/snapshots.rs"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(everything(folder.path()), before);
    fs::remove_dir(obstacle).expect("writable");
    assert!(codegen(folder.path(), &[]).status.success());
    assert!(codegen(folder.path(), &["--check"]).status.success());
}

#[test]
fn files_that_are_no_longer_generated_are_removed() {
    let folder = fresh();
    // A file of a tag that was removed, and a temporary file of a run that was killed.
    let stale =
        ["v2/extra.rs", "v2/types/extra.new"].map(|path| folder.path().join(CODE).join(path));
    stale
        .iter()
        .for_each(|path| fs::write(path, "// no more\n").expect("writable"));
    let output = codegen(folder.path(), &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(stale.iter().all(|path| !path.exists()));
    assert!(codegen(folder.path(), &["--check"]).status.success());
}

#[cfg(unix)]
#[test]
fn links_are_replaced_or_removed_and_never_followed() {
    use std::os::unix::fs::symlink;

    let (folder, outside) = (fresh(), tempfile::tempdir().expect("a temporary folder"));
    let before = everything(folder.path());
    fs::write(outside.path().join("mine.rs"), "// by hand\n").expect("writable");
    let code = folder.path().join(CODE);
    let mine = outside.path().join("mine.rs");
    let links: &[(&str, &Path)] = &[
        ("v2/link", outside.path()),
        ("v2/link.rs", &mine),
        ("v2/itself", Path::new(".")),
        ("v2/nowhere.rs", Path::new("nowhere")),
        // In place of what is generated.
        ("v2/flex.rs", &mine),
        ("v2/legacy.rs", Path::new("nowhere")),
        ("v2/types", outside.path()),
    ];
    fs::remove_dir_all(code.join("v2/types")).expect("generated");
    for (link, target) in links {
        let link = code.join(link);
        let _not_there = fs::remove_file(&link);
        symlink(target, link).expect("writable");
    }
    let output = codegen(folder.path(), &["--check"]);
    assert_eq!(output.status.code(), Some(1));
    let report = text(&output.stderr);
    for line in [
        "orphaned  atlas-backup-api/src/generated/v2/link\n",
        "orphaned  atlas-backup-api/src/generated/v2/nowhere.rs\n",
        "stale     atlas-backup-api/src/generated/v2/flex.rs\n",
        &format!("-symbolic link to {}\n", mine.display()),
    ] {
        assert!(report.contains(line), "no `{line}` in\n{report}");
    }
    let output = codegen(folder.path(), &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(everything(folder.path()), before);
    assert!(!code.join("v2/flex.rs").is_symlink() && !code.join("v2/types").is_symlink());
    let hand = everything(outside.path());
    assert!(
        hand.into_iter()
            .eq([("mine.rs".into(), "// by hand\n".into())])
    );
}

#[cfg(unix)]
#[test]
fn a_folder_of_generated_code_that_is_a_link_is_refused() {
    let (folder, outside) = (fresh(), tempfile::tempdir().expect("a temporary folder"));
    fs::write(outside.path().join("mine.rs"), "// by hand\n").expect("writable");
    let code = folder.path().join(CODE);
    fs::remove_dir_all(&code).expect("generated");
    std::os::unix::fs::symlink(outside.path(), &code).expect("writable");
    for arguments in [&["--check"][..], &[]] {
        let output = codegen(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1));
        let report = text(&output.stderr);
        let expected = format!("{CODE} is a symbolic link, which is not followed");
        assert!(report.contains(&expected), "{report}");
    }
    assert_eq!(everything(outside.path()).len(), 1);
}

#[test]
fn runs_at_the_same_time_do_not_disturb_each_other() {
    let folder = fresh();
    let before = everything(folder.path());
    for _ in 0..4 {
        for path in before.keys().filter(|path| path.ends_with(".rs")) {
            fs::write(folder.path().join(path), "// stale\n").expect("writable");
            let orphan = folder.path().join(format!("{path}.orphan.rs"));
            fs::write(orphan, "// no more\n").expect("writable");
        }
        let run = |_| {
            let mut command = Command::new(CODEGEN);
            command.arg("--root").arg(folder.path());
            command.stdout(Stdio::null()).stderr(Stdio::piped());
            command.spawn().expect("codegen runs")
        };
        let runs: Vec<_> = (0..3).map(run).collect();
        for run in runs {
            let output = run.wait_with_output().expect("codegen ends");
            assert!(output.status.success(), "{}", text(&output.stderr));
        }
        assert_eq!(everything(folder.path()), before);
    }
}

#[test]
fn only_what_changed_is_written_again() {
    let folder = fresh();
    let modified = |path: &str| {
        fs::metadata(folder.path().join(CODE).join(path))
            .and_then(|file| file.modified())
            .expect("generated")
    };
    let (before, other) = (modified("v2/snapshots.rs"), modified("v2/legacy.rs"));
    edit(
        folder.path(),
        "spec/v2.yaml",
        "Take one on-demand snapshot",
        "Take a snapshot now",
    );
    let output = codegen(folder.path(), &[]);
    let table = text(&output.stdout);
    assert!(
        table.contains("changed  atlas-backup-api/src/generated/v2/snapshots.rs")
            && !table.contains("legacy"),
        "{table}"
    );
    assert_ne!(modified("v2/snapshots.rs"), before);
    assert_eq!(modified("v2/legacy.rs"), other);
}

#[test]
fn a_description_that_is_edited_in_one_document_makes_its_type_twice() {
    let folder = fresh();
    let link = |path: &str| {
        let file = folder.path().join(CODE).join(path);
        fs::read_to_string(file).is_ok_and(|text| text.contains("pub struct PrivateDownloadUrl"))
    };
    let places = || {
        [
            link("shared/restore_jobs.rs"),
            link("v1/types/restore_jobs.rs"),
            link("v2/types/restore_jobs.rs"),
        ]
    };
    let (old, new) = (
        "Id of the private endpoint in AWS.",
        "Id of the AWS endpoint.",
    );
    assert_eq!(places(), [true, false, false]);
    edit(folder.path(), "spec/v2.yaml", old, new);
    let report = text(&codegen(folder.path(), &["--check"]).stderr);
    let table = text(&codegen(folder.path(), &[]).stdout);
    for line in [
        "  PrivateDownloadUrl: v1 and v2 differ now, made twice (/// Id of the private endpoint in AWS. Documented pattern: `^vpce-[0-9a-f]{17}$`.)",
        "  RestoreJobMember: made twice now, as it uses `PrivateDownloadUrl`",
    ] {
        assert!(report.contains(line), "no `{line}` in\n{report}");
        assert!(table.contains(line), "no `{line}` in\n{table}");
    }
    assert_eq!(places(), [false, true, true]);
    // It is no news any more.
    assert!(!text(&codegen(folder.path(), &[]).stdout).contains("differ now"));
    edit(folder.path(), "spec/v2.yaml", new, old);
    let table = text(&codegen(folder.path(), &[]).stdout);
    assert!(
        table.contains("  PrivateDownloadUrl: the same everywhere now, made once"),
        "{table}"
    );
    assert_eq!(places(), [true, false, false]);
}
