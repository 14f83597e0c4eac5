//! The taken names must be those in the client's source, which is read as tokens, because macros write
//! some of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use heck::ToPascalCase;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn tokens(path: &Path) -> Vec<TokenTree> {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let stream: TokenStream = text
        .parse()
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    stream.into_iter().collect()
}

/// All Rust files below a folder, without generated ones.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "generated" {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn group(token: &TokenTree, delimiter: Delimiter) -> Option<Vec<TokenTree>> {
    match token {
        TokenTree::Group(group) if group.delimiter() == delimiter => {
            Some(group.stream().into_iter().collect())
        }
        _ => None,
    }
}

/// Calls `found` with the header and the content of every `impl`, also inside macros.
fn impls(tokens: &[TokenTree], found: &mut dyn FnMut(&str, &[TokenTree])) {
    for (index, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            impls(&group.stream().into_iter().collect::<Vec<_>>(), found);
        }
        if !is_ident(token, "impl") {
            continue;
        }
        let mut header = String::new();
        for next in &tokens[index + 1..] {
            if let Some(content) = group(next, Delimiter::Brace) {
                found(&header, &content);
                break;
            }
            header.push_str(&next.to_string());
            header.push(' ');
        }
    }
}

/// The names of the public functions of an `impl`, with `$` before that of a macro's variable.
fn functions(content: &[TokenTree], names: &mut BTreeSet<String>) {
    for (index, token) in content.iter().enumerate() {
        // `$( pub fn … )?`
        if let Some(inner) = group(token, Delimiter::Parenthesis) {
            functions(&inner, names);
        }
        let before = |steps| index.checked_sub(steps).map(|index| &content[index]);
        let public = [before(1), before(2)]
            .into_iter()
            .flatten()
            .any(|token| is_ident(token, "pub"));
        if is_ident(token, "fn") && public {
            let name: String = content[index + 1..]
                .iter()
                .take_while(|token| !matches!(token, TokenTree::Group(_)))
                .map(ToString::to_string)
                .collect();
            names.insert(name.split('<').next().unwrap_or_default().to_owned());
        }
    }
}

/// The first name after the attributes in each call of each macro of a file. The macros of the
/// client that write methods take the method's name there.
fn macro_arguments(tokens: &[TokenTree]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for window in tokens.windows(3) {
        if let [
            TokenTree::Ident(name),
            TokenTree::Punct(mark),
            TokenTree::Group(arguments),
        ] = window
            && mark.as_char() == '!'
            && name != "macro_rules"
        {
            names.extend(
                arguments
                    .stream()
                    .into_iter()
                    .find_map(|token| match token {
                        TokenTree::Ident(name) => Some(name.to_string()),
                        _ => None,
                    }),
            );
        }
    }
    names
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The public methods in all hand-written `impl`s whose header `wanted` accepts.
fn methods(wanted: &dyn Fn(&Path, &str) -> bool) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in sources(&root().join("atlas-backup-api/src")) {
        let tokens = tokens(&path);
        impls(&tokens, &mut |header, content| {
            if wanted(&path, header) {
                functions(content, &mut names);
            }
        });
        if names.iter().any(|name| name.starts_with('$')) {
            names.retain(|name| !name.starts_with('$'));
            names.extend(macro_arguments(&tokens));
        }
    }
    names
}

fn requests() -> BTreeSet<String> {
    let ids = crate::GENERATIONS.iter().flat_map(|generation| {
        let text = fs::read_to_string(root().join(generation.document))
            .unwrap_or_else(|error| panic!("{}: {error}", generation.document));
        let ids: Vec<String> = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("operationId: "))
            .map(ToPascalCase::to_pascal_case)
            .collect();
        ids
    });
    ids.collect()
}

#[test]
fn the_prelude_is_that_of_the_client() {
    fn last_names(tokens: &[TokenTree], names: &mut BTreeSet<String>) {
        for (index, token) in tokens.iter().enumerate() {
            if let Some(inner) = group(token, Delimiter::Brace) {
                last_names(&inner, names);
            }
            let ends = tokens.get(index + 1).is_none_or(
                |next| matches!(next, TokenTree::Punct(p) if ",;".contains(p.as_char())),
            );
            if let (TokenTree::Ident(name), true) = (token, ends) {
                names.insert(name.to_string());
            }
        }
    }
    let file = tokens(&root().join("atlas-backup-api/src/generated.rs"));
    let at = file
        .iter()
        .position(|token| is_ident(token, "prelude"))
        .expect("there is a prelude");
    let content = group(&file[at + 1], Delimiter::Brace).expect("it is a module");
    let mut names = BTreeSet::new();
    last_names(&content, &mut names);
    // Macros and modules have names that no type can have.
    names.retain(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
    assert_eq!(names, set(PRELUDE));
}

#[test]
fn the_methods_of_apis_are_those_of_the_client() {
    let of_api = |_: &Path, header: &str| header.trim_end().split(' ').next_back() == Some("Api");
    assert_eq!(methods(&of_api), set(API_METHODS));
}

#[test]
fn the_methods_of_requests_are_those_of_the_client() {
    let requests = requests();
    assert!(requests.contains("TakeSnapshot"), "{requests:?}");
    let of_request = |path: &Path, header: &str| {
        let last = header.trim_end().split(' ').next_back().unwrap_or_default();
        let in_macro = path.ends_with("client/call_macro.rs") && header == "$ name ";
        // `api::$module::$request` in a macro.
        let by_module = header.contains("$ module : : $");
        in_macro || by_module || requests.contains(last)
    };
    assert_eq!(methods(&of_request), set(REQUEST_METHODS));
}

#[test]
fn the_crates_are_those_that_the_client_uses() {
    let manifest = fs::read_to_string(root().join("atlas-backup-api/Cargo.toml"))
        .expect("the client has a manifest");
    let mut names = set(&["core", "std"]);
    let mut inside = false;
    for line in manifest.lines() {
        if let Some(section) = line.strip_prefix('[') {
            inside = section.trim_end_matches(']').ends_with("dependencies")
                && !section.contains("dev-");
        } else if let Some((name, _)) = line.split_once(" = ")
            && inside
        {
            names.insert(name.trim_matches('#').trim().replace('-', "_"));
        }
    }
    assert_eq!(names, set(CRATES));
}

#[test]
fn a_list_is_sorted_and_names_nothing_twice() {
    for list in [
        PRELUDE,
        RUST_PRELUDE,
        API_METHODS,
        GENERATED_API_METHODS,
        REQUEST_METHODS,
        HEADINGS,
        CRATES,
        LOCALS,
    ] {
        assert!(list.is_sorted(), "{list:?}");
        assert_eq!(list.len(), set(list).len(), "{list:?}");
    }
}
