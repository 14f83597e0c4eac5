//! The table of a small client that has every shape of a call, and what is refused.

use std::fs;
use std::path::{Path, PathBuf};

use atlas_backup_call_table::table;

const SAMPLE: &str = include_str!("fixtures/things.rs");

/// Writes a file of operations in a folder of its own. Returns the folder of the generated code.
fn client(test: &str, source: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(folder.join("v2/types")).expect("writable");
    fs::write(folder.join("v2/mod.rs"), "pub mod things;").expect("writable");
    fs::write(folder.join("v2/types/things.rs"), "pub struct Thing;").expect("writable");
    fs::write(folder.join("v2/things.rs"), source).expect("writable");
    folder
}

#[test]
fn every_operation_is_an_entry_and_a_function() {
    let table = table(&client("sound", SAMPLE), &["v2"]).expect("the sample is a client's");
    insta::assert_snapshot!(table);
}

#[test]
fn what_is_not_recognised_is_named() {
    let cases = [
        // In the file.
        (
            "use super",
            "mod other;\nuse super",
            "expected `use`, `impl Api`, `static` or `request!`, found `mod other ;`",
        ),
        (
            "request! {\n    #[response(()",
            "demand! {\n    #[response(()",
            "found `demand ! {",
        ),
        (
            "pub struct MakeThing {",
            "pub enum MakeThing {",
            "expected a struct in `request!`",
        ),
        (
            "impl Api {",
            "impl Api {\n    const A: u8 = 0;",
            "expected a method in `impl Api`, found `const A : u8 = 0 ;`",
        ),
        (
            "static GET_THINGS: ",
            "static GET_ALL: ",
            "expected `static GET_THINGS`, found `fn get_things",
        ),
        (
            "pub struct GetThings {",
            "pub struct GetAll {",
            "expected `request! { pub struct GetThings }`, found `fn get_things",
        ),
        (
            "impl Api {",
            "static MORE: u8 = 0;\nimpl Api {",
            "expected a method for each constant and request, found `MORE`",
        ),
        // In a constant.
        (
            "id: \"makeThing\",",
            "",
            "`make_thing`: expected `Operation { id: … }`",
        ),
        (
            "method: Method::PUT",
            "method: verb()",
            "`make_thing`: expected `Method::…`, found `verb ()`",
        ),
        // In a method.
        (
            "Call::new(&self.client, &MAKE_THING)",
            "let call = 1;\n        Call::new(&self.client, &MAKE_THING)",
            "`make_thing`: expected one expression",
        ),
        (
            "Call::new(&self.client, &MAKE_THING)",
            "make()",
            "`make_thing`: expected `Call::new(&self.client, &…)`, found `make ()`",
        ),
        (
            ".body(&body)",
            ".form(&body)",
            "`make_thing`: expected `path`, `query`, `body`, `check` or `into`, found `form`",
        ),
        (
            ".body(&body)",
            ".body(&body).sign()",
            "`make_thing`: expected a step that sends an argument, found `sign`",
        ),
        (
            ".body(&body)",
            ".body(&body).query(\"again\", size)",
            "`make_thing`: expected an argument that is sent once, found `size`",
        ),
        (
            ".body(&body)",
            "",
            "`make_thing`: expected an argument that the call sends, found `body : types :: Ask`",
        ),
        (
            "body: types::Ask,",
            "",
            "`make_thing`: expected an argument of the method, found `& body`",
        ),
        (
            "size: i64,",
            "size: (i64, i64),",
            "`make_thing`: expected `T`, `&str`, `&[T]` or `impl Into<T>`, found `(i64 , i64)`",
        ),
        (
            "kind: impl Into<types::Kind>",
            "kind: impl AsRef<types::Kind>",
            "`make_thing`: expected `T`, `&str`, `&[T]` or `impl Into<T>`, found `impl AsRef",
        ),
        // In a request.
        (
            "#[response(types::Thing, make_thing)]",
            "",
            "`make_thing`: expected `#[response(…)]`",
        ),
        (
            "#[response(types::Thing, make_thing)]",
            "#[response(types::Thing, make_thing)]\n    #[part(types::Part)]",
            "`make_thing`: expected an attribute that is one of [\"doc\", \"response\", \"items\", \"body\", \"query\"], found `# [part (types :: Part)]`",
        ),
        (
            "#[query(\"pretty\")]",
            "",
            "`get_things`: expected `#[query(…)]`, found `pretty : bool`",
        ),
        (
            "#[query(\"pretty\")]",
            "#[header(\"pretty\")]",
            "`get_things`: expected an attribute that is one of [\"doc\", \"response\", \"items\", \"body\", \"query\"], found `# [header (\"pretty\")]`",
        ),
        (
            "names: &[String]",
            "names: &Names",
            "`get_things`: expected `T`, `&str`, `&[T]` or `impl Into<T>`, found `& Names`",
        ),
    ];
    for (old, new, message) in cases {
        assert!(SAMPLE.contains(old), "not in the sample: {old}");
        let folder = client("unsound", &SAMPLE.replacen(old, new, 1));
        let error = table(&folder, &["v2"]).expect_err(new);
        let place = folder.join("v2/things.rs").display().to_string();
        assert!(
            error.starts_with(&place) && error.contains(message),
            "{new}: {error}"
        );
        assert!(!error.contains('\n'), "cargo shows one line: {error}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = table(Path::new("nowhere"), &["v2"]).expect_err("there is no such folder");
    assert!(error.starts_with("nowhere/v2: "), "{error}");
}
