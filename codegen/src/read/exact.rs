//! Compares progenitor's code with the code that is expected in its place.

use atlas_backup_document::Error;
use proc_macro2::{TokenStream, TokenTree};
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
    let found = found.to_token_stream();
    if same(found.clone(), expected.clone()) {
        return Ok(());
    }
    let (found, expected) = (flat(found), flat(expected));
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

/// Whether the tokens are the same, however they are spaced.
pub(super) fn same(one: TokenStream, other: TokenStream) -> bool {
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    loop {
        let same = match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(TokenTree::Group(one)), Some(TokenTree::Group(other))) => {
                one.delimiter() == other.delimiter() && same(one.stream(), other.stream())
            }
            (Some(TokenTree::Ident(one)), Some(TokenTree::Ident(other))) => one == other,
            (Some(TokenTree::Punct(one)), Some(TokenTree::Punct(other))) => {
                one.as_char() == other.as_char()
            }
            (Some(TokenTree::Literal(one)), Some(TokenTree::Literal(other))) => {
                one.to_string() == other.to_string()
            }
            _ => false,
        };
        if !same {
            return false;
        }
    }
}

/// All tokens in their order, with the delimiters of groups.
fn flat(tokens: TokenStream) -> Vec<String> {
    let mut all = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let text = TokenTree::Group(proc_macro2::Group::new(
                    group.delimiter(),
                    TokenStream::new(),
                ));
                let text = text.to_string();
                let (open, close) = text.split_at(text.len() / 2);
                all.push(open.trim().to_owned());
                all.extend(flat(group.stream()));
                all.push(close.trim().to_owned());
            }
            other => all.push(other.to_string()),
        }
    }
    all
}
