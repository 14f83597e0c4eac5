//! rewrite: changes progenitor's code into what the client needs, and puts the facts back.
//!
//! Each pass is one file with one function over the whole code, which returns the number of places
//! it changed. A pass fails with an error that names the code if it does not recognise it: an
//! upgrade of progenitor must fail here and not in a user's build.

mod aliases;
mod bodies;
mod calls;
mod checks;
mod client;
mod deprecated;
mod docs;
mod enums;
mod flags;
mod lists;
mod objects;
mod operations;
mod paths;
mod read;
mod shape;
mod unreachable;
mod updates;

use atlas_backup_document::{Error, Finding};

use crate::Run;
use crate::facts::Facts;

pub(crate) use objects::is_marker;
pub(crate) use shape::{doc_text, item_name, type_name};
pub(crate) use unreachable::{closure, names, uses};

type Pass = fn(&mut syn::File, &Facts) -> Result<usize, Error>;

const PASSES: &[(&str, Pass)] = &[
    ("rewrite/client", client::rewrite),
    ("rewrite/paths", paths::rewrite),
    ("rewrite/operations", operations::rewrite),
    ("rewrite/unreachable", unreachable::rewrite),
    ("rewrite/enums", enums::rewrite),
    ("rewrite/objects", objects::rewrite),
    ("rewrite/lists", lists::rewrite),
    ("rewrite/bodies", bodies::rewrite),
    ("rewrite/updates", updates::rewrite),
    ("rewrite/flags", flags::rewrite),
    ("rewrite/docs", docs::rewrite),
    ("rewrite/aliases", aliases::rewrite),
    ("rewrite/deprecated", deprecated::rewrite),
];

pub(crate) fn rewrite(
    mut code: syn::File,
    facts: &Facts,
    run: &mut Run<'_>,
) -> Result<syn::File, Error> {
    for (name, pass) in PASSES {
        run.pass(name, pass(&mut code, facts)?);
    }
    Ok(code)
}

/// Creates the error of a pass that found unknown code.
fn unrecognised(
    pass: &'static str,
    what: impl std::fmt::Display,
    code: &impl quote::ToTokens,
) -> Error {
    let mut code = code.to_token_stream().to_string();
    if let Some((cut, _)) = code.char_indices().nth(160) {
        code.truncate(cut);
        code.push('…');
    }
    let finding = Finding::new(
        pass,
        "",
        format!("progenitor's code is not as expected: {what}: `{code}`"),
    );
    Error::one(finding.help("progenitor may have been upgraded: teach this pass the new form"))
}

/// Rewrites code with one pass and prints it, for the before/after tests of the passes.
#[cfg(test)]
fn rewritten(pass: Pass, facts: &Facts, before: &str) -> (usize, String) {
    let mut file = syn::parse_file(before).unwrap_or_else(|error| panic!("{error}"));
    let count = pass(&mut file, facts).unwrap_or_else(|error| panic!("{error}"));
    (count, prettyplease::unparse(&file))
}
