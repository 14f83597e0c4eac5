//! explain: shows one operation as each stage of the pipeline sees it.

use atlas_backup_document::{Document, Error, Loaded, lint, load};
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

/// Shows an operation of a document at each stage. Returns `None` if the document has no operation
/// with this id.
///
/// # Errors
/// Like [`generate`](crate::generate).
pub fn explain(document: &Document, id: &str) -> Result<Option<Vec<Explanation>>, Error> {
    let loaded = load(document)?;
    lint(&loaded)?;
    stages(&loaded, id).map_err(|error| error.locate(&loaded))
}

fn stages(loaded: &Loaded<'_>, id: &str) -> Result<Option<Vec<Explanation>>, Error> {
    let (openapi, facts) = (lower::lower(&loaded.value)?, Facts::of(loaded));
    let Some((method, operation)) = facts.operations.iter().find(|(_, one)| one.id == id) else {
        return Ok(None);
    };
    let (method, pointer) = (method.clone(), operation.pointer.clone());
    let progenitor = backend::generate(&openapi)?;
    let lowered = lowered(&openapi, &pointer);
    let code = method_code(&progenitor, &method);
    let model = merge::merge(read::read(&progenitor, facts)?);
    let fields = model
        .operations
        .iter()
        .find(|operation| operation.name == method)
        .map(|operation| without_empty_fields(&format!("{operation:#?}")));
    let parts = files::files(&[model], &Default::default());
    let rendered = parts
        .iter()
        .flat_map(|part| &part.items)
        .find(|item| item.name == id)
        .map(|item| item.text.clone());
    let texts = [
        ("document", Some(loaded.block(&pointer).to_owned())),
        ("lowered", lowered),
        ("progenitor", code),
        ("model", fields),
        ("rendered", rendered),
    ];
    let stages = texts.into_iter().map(|(stage, text)| Explanation {
        stage,
        text: text.unwrap_or_default(),
    });
    Ok(Some(stages.collect()))
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

/// Leaves out the fields that say nothing.
fn without_empty_fields(debug: &str) -> String {
    let says_nothing = |line: &&str| {
        [": None,", ": [],", ": {},", ": \"\",", ": false,"]
            .iter()
            .any(|empty| line.ends_with(empty))
    };
    let lines: Vec<&str> = debug.lines().filter(|line| !says_nothing(line)).collect();
    lines.join("\n")
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
        let stages = explain(&sound(), "getThing").unwrap().unwrap();
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
    fn an_operation_that_is_not_there_is_none() {
        assert_eq!(explain(&sound(), "getThings").unwrap(), None);
    }
}
