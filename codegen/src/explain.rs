//! explain: shows one operation as each stage of the pipeline sees it.

use atlas_backup_document::parts::{operations, text};
use atlas_backup_document::{Document, Error, Loaded, lint, load, method_name};
use openapiv3::OpenAPI;
use syn::{ImplItem, Item};

use crate::facts::Facts;
use crate::{backend, files, lower, merge, read};

/// An operation at one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The stage: `document`, `lowered`, `progenitor`, `model` or `rendered`.
    pub stage: &'static str,
    /// What the operation is there: YAML, JSON, Rust, fields, Rust.
    pub text: String,
}

/// Shows an operation of a document at each stage that it reaches. Nothing is shown if the document
/// has no operation with this id, and the error is there if a stage refuses the document.
pub fn explain(document: &Document, id: &str) -> (Vec<Explanation>, Option<Error>) {
    let mut shown = Vec::new();
    let mut show = |stage, text: Option<String>| {
        let text = text.unwrap_or_default();
        shown.push(Explanation { stage, text });
    };
    let error = match load(document) {
        Ok(loaded) => stages(&loaded, id, &mut show).map_err(|error| error.locate(&loaded)),
        Err(error) => Err(error),
    };
    (shown, error.err())
}

fn stages(
    loaded: &Loaded<'_>,
    id: &str,
    show: &mut dyn FnMut(&'static str, Option<String>),
) -> Result<(), Error> {
    let mut operations = operations(&loaded.value);
    let found = operations.find(|(.., operation)| text(operation, "operationId") == id);
    let Some((pointer, ..)) = found else {
        return Ok(());
    };
    show("document", Some(loaded.block(&pointer).to_owned()));
    lint(loaded)?;
    let (openapi, facts) = (lower::lower(&loaded.value)?, Facts::of(loaded));
    show("lowered", lowered(&openapi, &pointer));
    let progenitor = backend::generate(&openapi)?;
    let method = method_name(id);
    show("progenitor", method_code(&progenitor, &method));
    let model = merge::merge(read::read(&progenitor, facts)?);
    let mut operations = model.operations.iter();
    let operation = operations.find(|operation| operation.name == method);
    show("model", operation.map(|it| format!("{it:#?}")));
    let parts = files::files(&[model], &Default::default());
    let mut items = parts.iter().flat_map(|part| &part.items);
    show(
        "rendered",
        items
            .find(|item| item.name == id)
            .map(|item| item.text.clone()),
    );
    Ok(())
}

/// The lowered operation, as JSON.
fn lowered(openapi: &OpenAPI, pointer: &str) -> Option<String> {
    let document = serde_json::to_value(openapi).ok()?;
    serde_json::to_string_pretty(document.pointer(pointer)?).ok()
}

/// progenitor's method of the operation.
fn method_code(file: &syn::File, method: &str) -> Option<String> {
    let is_method = |item: &ImplItem| matches!(item, ImplItem::Fn(one) if one.sig.ident == method);
    let blocks = file.items.iter().filter_map(|item| match item {
        Item::Impl(block) if block.trait_.is_none() => Some(block),
        _ => None,
    });
    let mut with_method = blocks.filter(|block| block.items.iter().any(is_method));
    let mut only = with_method.next()?.clone();
    only.items.retain(is_method);
    Some(files::print(Item::Impl(only)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Document {
        Document {
            api: "v2".into(),
            path: "sound.yaml".into(),
            text: include_str!("../../tests/fixtures/documents/sound.yaml").into(),
        }
    }

    #[test]
    fn each_stage_shows_the_operation_and_no_other() {
        let (stages, error) = explain(&sound(), "getThing");
        assert!(error.is_none());
        let expected = [
            ("document", "operationId: getThing"),
            ("lowered", "\"operationId\": \"getThing\""),
            ("progenitor", "pub async fn get_thing"),
            ("model", "name: \"get_thing\""),
            ("rendered", "pub fn get_thing("),
        ];
        assert_eq!(stages.len(), expected.len());
        for (shown, (stage, part)) in stages.iter().zip(expected) {
            assert_eq!(shown.stage, stage);
            assert!(shown.text.contains(part), "{stage}: {}", shown.text);
            assert!(!shown.text.contains("makeThing"), "{stage}: {}", shown.text);
        }
    }

    #[test]
    fn an_operation_that_is_not_there_has_no_stages() {
        let (stages, error) = explain(&sound(), "getThings");
        assert!(stages.is_empty() && error.is_none());
    }

    #[test]
    fn the_stages_before_an_error_are_shown() {
        let mut document = sound();
        document.text = document.text.replace("type: boolean", "type: bool");
        let (stages, error) = explain(&document, "getThing");
        let stages: Vec<_> = stages.iter().map(|shown| shown.stage).collect();
        assert_eq!(stages, ["document"]);
        assert!(error.is_some_and(|error| error.findings[0].location.is_some()));
    }
}
