//! Renders documentation, in lines that are not longer than those of the code.
//!
//! An operation says what it does, its required arguments, its response, the documented errors, the
//! roles that may call it, its media type, and where its official page is. A list follows the text
//! above it without an empty line: Markdown needs none, and each would be a line of generated code.

use proc_macro2::TokenStream;
use quote::quote;

use heck::ToPascalCase;

use super::Scope;
use crate::model::{Operation, Ty};
use crate::runtime::JOBS;

/// The arguments of most operations, which the documentation of `Api` explains.
const OF_MOST: [&str; 2] = ["clusterName", "groupId"];

/// The width of a line of generated documentation, without indentation.
const WIDTH: usize = 128;

pub(super) fn operation(operation: &Operation, api: &str) -> TokenStream {
    let fact = &operation.facts;
    let mut text = format!(
        "{}.\n\n{}\n",
        fact.summary.trim().trim_end_matches('.'),
        fact.description.trim()
    );
    if let Some(job) = JOBS
        .iter()
        .find(|job| job.api == api && job.operation == fact.id)
    {
        let method = job.method;
        text.push_str(&format!(
            "\n{} [`{method}`](Self::{method}).\n",
            job.purpose
        ));
    }
    let arguments = operation.path.iter().chain(operation.required());
    let arguments = arguments.filter(|argument| !OF_MOST.contains(&argument.wire.as_str()));
    text.extend(arguments.map(|argument| {
        let description = argument.facts.description.trim();
        format!("- `{}`: {description}\n", argument.name)
    }));
    let call = fact.id.to_pascal_case();
    let errors: Vec<_> = fact.errors.iter().map(u16::to_string).collect();
    text.push_str(&format!("\n{} ", response(operation, Some(&call))));
    if !errors.is_empty() {
        text.push_str(&format!("Errors: {}. ", errors.join(", ")));
    }
    if !fact.roles.is_empty() {
        text.push_str(&format!("Role: {}. ", fact.roles.join(" or ")));
    }
    text.push_str(&format!(
        "`{} {}` as `{}` ([documentation]({})).",
        fact.method, fact.path, fact.accept, fact.page
    ));
    lines(&text)
}

/// What `send` returns, in a sentence. `call` is the struct that has the method `stream`; without it,
/// that method is not mentioned.
pub(super) fn response(operation: &Operation, call: Option<&str>) -> String {
    let link = |ty: &Ty| {
        let path = Scope::Operations.ty(ty).to_string().replace(' ', "");
        match ty {
            Ty::Named(name) => format!("[`{name}`]({path})"),
            _ => format!("`{path}`"),
        }
    };
    match (&operation.response, &operation.list) {
        (None, _) => "Response: empty.".to_owned(),
        (Some(ty), None) => format!("Response: {}.", link(ty)),
        (Some(ty), Some(list)) => {
            let stream = call.map(|call| format!("; [`stream`]({call}::stream) returns all items"));
            format!(
                "Response: {} of {}{}.",
                link(ty),
                link(list),
                stream.unwrap_or_default()
            )
        }
    }
}

/// Renders the documentation of the struct `Api`: what is true of most of its methods, and a link to
/// each of its families. `tags` are their names, in order.
pub(crate) fn families(api: &str, tags: &[&str]) -> String {
    let jobs = JOBS.iter().any(|job| job.api == api).then_some("Jobs");
    let headings: Vec<_> = jobs
        .iter()
        .chain(tags)
        .map(|tag| format!("[{tag}](#{})", anchor(tag)))
        .collect();
    prefixed(
        "/// ",
        &format!(
            "The operations of API {api}, one method each. Cheap to clone.\n\n\
         `group_id` is the id of the project, since Atlas also calls projects groups, and `cluster_name` the cluster's own name. \
         Errors are the documented statuses ([`Error::status`]). \
         The methods by family: {}.",
            headings.join(", ")
        ),
    )
}

/// Renders the heading of a family: the name of its tag, and the first sentence of its description.
pub(crate) fn family(tag: &str, description: &str) -> String {
    let words: Vec<&str> = description.split_whitespace().collect();
    let text = words.join(" ");
    let first = text.split_inclusive(". ").next().unwrap_or_default();
    prefixed("/// ", &format!("# {tag}\n{}", first.trim_end()))
}

/// The id that rustdoc gives to a heading.
fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    let kept: String = kept.collect();
    kept.to_lowercase().replace(' ', "-")
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
    let lines = prefixed(" ", text);
    let lines = lines.lines();
    quote!(#(#[doc = #lines])*)
}

/// Renders a text like [`lines`], for code that is not made of tokens.
pub(crate) fn prefixed(prefix: &str, text: &str) -> String {
    let lines = wrapped(text);
    let lines = lines
        .iter()
        .map(|line| format!("{prefix}{line}").trim_end().to_owned() + "\n");
    lines.collect()
}

fn wrapped(text: &str) -> Vec<String> {
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
        lines.extend(wrapped.map(|line| line.into_owned()));
    }
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    lines
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
    use crate::model::{Argument, sample_tests as sample};

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
        operation.query = vec![Argument {
            name: "size".into(),
            wire: "size".into(),
            ty: Ty::Integer,
            optional: false,
            facts: facts::Parameter {
                description: "Its size.".into(),
                ..facts::Parameter::default()
            },
        }];
        let expected = "/// Take a snapshot.\n///\n/// At once. Really.\nJOB/// - `part_id`: The partId.\n/// - `size`: Its size.\n///\n\
             /// Response: empty. Errors: 400, 404. Role: Project Owner. `POST /a` as `application/json` \
             ([documentation](https://a.b)).\n";
        let of = |operation: &Operation, api| text(super::operation(operation, api));
        assert_eq!(of(&operation, "v1"), expected.replace("JOB", ""));
        let job = "///\n/// To know that it is good, see [`take_snapshot_and_wait`](Self::take_snapshot_and_wait).\n";
        assert_eq!(of(&operation, "v2"), expected.replace("JOB", job));
        operation.facts.summary = "Take\na snapshot.\n".into();
        operation.facts.errors.clear();
        let expected = expected
            .replace("JOB", "")
            .replace("Errors: 400, 404. ", "");
        assert_eq!(of(&operation, "v1"), expected);
    }

    #[test]
    fn a_call_says_what_its_response_is() {
        let of = |operation: &Operation| super::response(operation, Some("List"));
        let named = |name| Some(sample::named(name));
        assert_eq!(of(&sample::operation("a", None)), "Response: empty.");
        let mut operation = sample::operation("a", named("ThingPage"));
        assert_eq!(of(&operation), "Response: [`ThingPage`](types::ThingPage).");
        operation.list = Some(sample::named("Thing"));
        assert_eq!(
            of(&operation),
            "Response: [`ThingPage`](types::ThingPage) of [`Thing`](types::Thing); \
             [`stream`](List::stream) returns all items."
        );
        assert_eq!(
            super::response(&operation, None),
            "Response: [`ThingPage`](types::ThingPage) of [`Thing`](types::Thing)."
        );
        operation.list = None;
        operation.response = Some(sample::list(sample::named("Thing")));
        assert_eq!(of(&operation), "Response: `Vec<types::Thing>`.");
    }

    #[test]
    fn the_families_are_linked_to_their_headings() {
        let jobs = families("v2", &["Restore Jobs", "Q & A"]);
        let links = "[Jobs](#jobs), [Restore Jobs](#restore-jobs), [Q & A](#q--a).\n";
        assert!(jobs.replace("\n/// ", " ").ends_with(links), "{jobs}");
        let without = families("v1", &["Snapshots"]);
        assert!(!without.contains("Jobs"), "{without}");
        assert_eq!(
            family("Restore Jobs", "Jobs that\nrestore. And more."),
            "/// # Restore Jobs\n/// Jobs that restore.\n"
        );
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
