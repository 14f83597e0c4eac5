//! Compares progenitor's code with the code that is expected in its place.

use atlas_backup_document::Error;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

use super::refused;

/// How many tokens of the code an error shows before and after the first strange one.
const BEFORE: usize = 8;
const AFTER: usize = 24;

/// Fails with the first place where `found` is not `expected`, token by token.
pub(super) fn exactly(
    what: impl std::fmt::Display,
    found: &impl ToTokens,
    expected: TokenStream,
) -> Result<(), Error> {
    let (found, expected) = (flat(found.to_token_stream()), flat(expected));
    if found == expected {
        return Ok(());
    }
    let pairs = found.iter().zip(&expected);
    let at = pairs
        .take_while(|(found, expected)| found == expected)
        .count();
    let end = found.len().min(at + AFTER);
    let code = found[at.saturating_sub(BEFORE)..end]
        .join(" ")
        .replace(": :", "::");
    let expected = expected.get(at).map_or("its end", String::as_str);
    let what = format!("{what}, where `{expected}` is expected");
    Err(refused(what, code))
}

/// All tokens in their order, with the delimiters of groups, however they are spaced.
pub(super) fn flat(tokens: TokenStream) -> Vec<String> {
    let mut all = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                all.push(open.to_owned());
                all.extend(flat(group.stream()));
                all.push(close.to_owned());
            }
            other => all.push(other.to_string()),
        }
    }
    all
}
