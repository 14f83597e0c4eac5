//! Renders documentation, in lines that are not longer than those of the code.
//!
//! An operation says what it does, its arguments, the roles that may call it, the documented errors,
//! its media type, and where its official page is.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Operation;
use crate::runtime::JOBS;

/// The width of a line of generated documentation, without indentation.
const WIDTH: usize = 128;

pub(super) fn operation(operation: &Operation, api: &str) -> TokenStream {
    let fact = &operation.facts;
    let mut text = format!(
        "{}.\n\n{}\n\n",
        fact.summary.trim_end_matches('.'),
        fact.description.trim()
    );
    if let Some(job) = JOBS
        .iter()
        .find(|job| job.api == api && job.operation == fact.id)
    {
        let method = job.method;
        text.push_str(&format!(
            "{} [`{method}`](Self::{method}).\n\n",
            job.purpose
        ));
    }
    // The name of a cluster needs no explanation.
    let path = operation.path.iter();
    let arguments = path.filter(|argument| argument.wire != "clusterName");
    let arguments: String = arguments
        .map(|argument| {
            format!(
                "- `{}`: {}\n",
                argument.name,
                argument.facts.description.trim()
            )
        })
        .collect();
    if !arguments.is_empty() {
        text.push_str(&format!("{arguments}\n"));
    }
    if !fact.roles.is_empty() {
        text.push_str(&format!("Role: {}. ", fact.roles.join(" or ")));
    }
    let errors: Vec<_> = fact.errors.iter().map(u16::to_string).collect();
    text.push_str(&format!(
        "Errors ([`Error::status`]): {}. `{} {}` as `{}` ([documentation]({})).",
        errors.join(", "),
        fact.method,
        fact.path,
        fact.accept,
        fact.page
    ));
    lines(&text)
}

/// Renders `#[doc(alias = "…")]`, so that a search of the docs finds an item by its official names.
pub(super) fn aliases<'a>(names: impl Iterator<Item = &'a String>) -> Option<TokenStream> {
    let names: Vec<&String> = names.collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(quote!(#[doc(alias = #one)])),
        several => Some(quote!(#[doc(alias(#(#several),*))])),
    }
}

/// Renders a text as `/// ` lines: paragraphs are wrapped, headings and list items start a new line.
pub(super) fn lines(text: &str) -> TokenStream {
    let mut lines = Vec::new();
    for paragraph in paragraphs(text) {
        let indent = match paragraph.starts_with("- ") {
            true => "  ",
            false => "",
        };
        let options = textwrap::Options::new(WIDTH)
            .subsequent_indent(indent)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let wrapped = textwrap::wrap(&paragraph, options).into_iter();
        lines.extend(wrapped.map(|line| format!(" {line}").trim_end().to_owned()));
        if paragraph.is_empty() {
            lines.push(String::new());
        }
    }
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    quote!(#(#[doc = #lines])*)
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
    use super::*;
    use crate::facts;
    use crate::model::{Argument, Ty, sample};

    fn text(docs: TokenStream) -> String {
        let item = syn::parse_quote!(#docs struct T;);
        let text = crate::render::text(crate::render::Piece::plain(item));
        text.trim_end_matches("struct T;\n").to_owned()
    }

    #[test]
    fn an_operation_says_what_it_needs() {
        let mut operation = sample::operation("takeSnapshot", None);
        operation.facts = facts::Operation {
            summary: "Take a snapshot".into(),
            description: "At once.\nReally.".into(),
            roles: vec!["Project Owner".into()],
            errors: vec![400, 404],
            method: "POST".into(),
            path: "/a".into(),
            accept: "application/json".into(),
            page: "https://a.b".into(),
            ..operation.facts
        };
        operation.path = ["groupId", "partId"]
            .map(|wire| Argument {
                name: facts::method_name(wire),
                wire: wire.into(),
                ty: Ty::Text,
                optional: false,
                facts: facts::Parameter {
                    description: format!("The {wire}."),
                    ..facts::Parameter::default()
                },
            })
            .into();
        let expected = "/// Take a snapshot.\n///\n/// At once. Really.\n///\n/// JOB- `group_id`: The groupId.\n/// - `part_id`: The partId.\n///\n\
             /// Role: Project Owner. Errors ([`Error::status`]): 400, 404. `POST /a` as `application/json` \
             ([documentation](https://a.b)).\n";
        let of = |api| text(super::operation(&operation, api));
        assert_eq!(of("v1"), expected.replace("JOB", ""));
        let job = "To know that it is good, see [`take_snapshot_and_wait`](Self::take_snapshot_and_wait).\n///\n/// ";
        assert_eq!(of("v2"), expected.replace("JOB", job));
    }

    #[test]
    fn text_is_wrapped_and_lists_are_not_joined() {
        let long = "word ".repeat(40);
        assert_eq!(
            text(lines(" a\nb\n\n\n- c\n- d ")),
            "/// a b\n///\n/// - c\n/// - d\n"
        );
        let wrapped = text(lines(&long));
        assert_eq!(wrapped.lines().count(), 2);
        assert!(wrapped.lines().all(|line| line.len() <= WIDTH + 4));
    }

    #[test]
    fn official_names_are_aliases() {
        let aliases = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            aliases(names.iter()).map(|alias| alias.to_string())
        };
        assert_eq!(aliases(&[]), None);
        assert_eq!(
            aliases(&["A"]),
            Some(quote!(#[doc(alias = "A")]).to_string())
        );
        assert_eq!(
            aliases(&["A", "B"]),
            Some(quote!(#[doc(alias("A", "B"))]).to_string())
        );
    }
}
