//! Writes the documentation of operations, and wraps the documentation of types into short lines.
//!
//! Before: progenitor's "Sends a `POST` request to …" with an example of a call that no longer
//! exists. After: what the operation does, its arguments, the roles that may call it, its media
//! type, the documented errors, and a link to the official page.

use atlas_backup_document::Error;
use quote::format_ident;
use syn::{Attribute, Fields, ImplItem, Item, parse_quote};

use super::shape::doc_text;
use crate::facts::{Facts, Operation, method_name};

/// The operations that are part of one of the client's jobs, and the job that performs the step
/// that usually follows.
const JOBS: &[(&str, &str, &str)] = &[
    (
        "v2",
        "createRestoreJob",
        "To have a snapshot as files, see [`save_snapshot`](Self::save_snapshot).",
    ),
    (
        "v2",
        "downloadFlexSnapshot",
        "To have it as a file, see [`save_flex_snapshot`](Self::save_flex_snapshot).",
    ),
    (
        "v2",
        "takeSnapshot",
        "To know that it is good, see [`take_snapshot_and_wait`](Self::take_snapshot_and_wait).",
    ),
];

/// The width of a line of generated documentation, without indentation.
const WIDTH: usize = 128;

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let mut written = 0;
    for item in &mut file.items {
        match item {
            Item::Impl(item) if item.trait_.is_none() => {
                for method in &mut item.items {
                    let ImplItem::Fn(method) = method else {
                        continue;
                    };
                    let fact = facts
                        .operations
                        .get(&method.sig.ident.to_string())
                        .filter(|_| item.self_ty == parse_quote!(Api));
                    match fact {
                        Some(fact) => method
                            .attrs
                            .splice(0..0, attributes(&operation(fact, &facts.api)))
                            .for_each(drop),
                        None => fold(&mut method.attrs),
                    }
                    written += 1;
                }
            }
            Item::Struct(item) => {
                fold(&mut item.attrs);
                if let Fields::Named(fields) = &mut item.fields {
                    fields
                        .named
                        .iter_mut()
                        .for_each(|field| fold(&mut field.attrs));
                }
                written += 1;
            }
            Item::Enum(item) => {
                fold(&mut item.attrs);
                written += 1;
            }
            _ => {}
        }
    }
    Ok(written)
}

fn operation(fact: &Operation, api: &str) -> String {
    let mut text = format!(
        "{}.\n\n{}\n\n",
        fact.summary.trim_end_matches('.'),
        fact.description.trim()
    );
    if let Some((.., job)) = JOBS.iter().find(|(of, id, _)| *of == api && *id == fact.id) {
        text.push_str(&format!("{job}\n\n"));
    }
    let in_path = fact
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    // These two parameters are in every path and need no explanation.
    let listed = in_path.filter(|name| !["groupId", "clusterName"].contains(name));
    let described = listed.filter_map(|name| Some((name, fact.parameters.get(name)?)));
    let arguments: Vec<_> = described
        .map(|(name, fact)| format!("- `{}`: {}\n", method_name(name), fact.description.trim()))
        .collect();
    if !arguments.is_empty() {
        text.push_str(&format!("{}\n", arguments.concat()));
    }
    let errors: Vec<_> = fact.errors.iter().map(u16::to_string).collect();
    let roles = if fact.roles.is_empty() {
        String::new()
    } else {
        format!("Role: {}. ", fact.roles.join(" or "))
    };
    text.push_str(&format!(
        "{roles}Errors ([`Error::status`]): {}. ",
        errors.join(", ")
    ));
    text.push_str(&format!(
        "`{} {}` as `{}` ([documentation]({})).",
        fact.method, fact.path, fact.accept, fact.page
    ));
    text
}

/// Replaces doc attributes by wrapped ones with one line each.
fn fold(attributes_of_item: &mut Vec<Attribute>) {
    let text: Vec<String> = attributes_of_item
        .iter()
        .filter_map(doc_text)
        .map(|line| line.trim().to_owned())
        .collect();
    if !text.is_empty() {
        attributes_of_item.retain(|attribute| doc_text(attribute).is_none());
        attributes_of_item
            .splice(0..0, attributes(&text.join("\n")))
            .for_each(drop);
    }
}

/// Converts a text into `/// ` lines: paragraphs are wrapped, headings and list items start a new
/// line.
fn attributes(text: &str) -> Vec<Attribute> {
    let mut lines = Vec::new();
    for paragraph in paragraphs(text) {
        let indent = if paragraph.starts_with("- ") {
            "  "
        } else {
            ""
        };
        let options = textwrap::Options::new(WIDTH)
            .subsequent_indent(indent)
            .break_words(false);
        let options = options.word_splitter(textwrap::WordSplitter::NoHyphenation);
        lines.extend(
            textwrap::wrap(&paragraph, options)
                .into_iter()
                .map(|line| format!(" {line}").trim_end().to_owned()),
        );
        if paragraph.is_empty() {
            lines.push(String::new());
        }
    }
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    let doc = format_ident!("doc");
    lines
        .iter()
        .map(|line| parse_quote!(#[#doc = #line]))
        .collect()
}

fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    for line in text.trim().lines().map(str::trim) {
        match paragraphs.last_mut() {
            Some(last)
                if !last.is_empty()
                    && !last.starts_with('#')
                    && !line.is_empty()
                    && !line.starts_with(['#', '-']) =>
            {
                last.push(' ');
                last.push_str(line);
            }
            _ => paragraphs.push(line.to_owned()),
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use crate::facts::{Facts, Operation};
    use crate::rewrite::rewritten;

    #[test]
    fn an_operation_says_what_it_needs() {
        let operation = Operation {
            id: "takeSnapshot".into(),
            summary: "Take a snapshot".into(),
            description: "At once.\nReally.".into(),
            roles: vec!["Project Owner".into()],
            errors: vec![400, 404],
            method: "POST".into(),
            path: "/a".into(),
            accept: "application/json".into(),
            page: "https://a.b".into(),
            ..Operation::default()
        };
        let facts = Facts {
            operations: [("take_snapshot".into(), operation)].into(),
            ..Facts::default()
        };
        let (written, after) = rewritten(
            super::rewrite,
            &facts,
            "impl Api { pub fn take_snapshot() {} }\n#[doc = \"a\\nb\"] pub struct T {}",
        );
        assert_eq!(written, 2);
        assert_eq!(
            after,
            "impl Api {\n    /// Take a snapshot.\n    ///\n    /// At once. Really.\n    ///\n    /// Role: Project Owner. Errors ([`Error::status`]): 400, 404. \
             `POST /a` as `application/json` \
             ([documentation](https://a.b)).\n    pub fn take_snapshot() {}\n}\n/// a b\npub struct T {}\n"
        );
    }
}
