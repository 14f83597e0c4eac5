//! lower: moves what OpenAPI declares and progenitor cannot handle from the document into
//! [`Facts`].
//!
//! Each pass is one file with one function, which returns the number of places it changed.

mod bounds;
mod defaults;
mod documentation;
mod formats;
mod media_types;
mod members;
mod operations;
mod patterns;
mod responses;
mod schemas;
mod validation;
mod walk;

use atlas_backup_document::{Error, Finding, Loaded};
use openapiv3::OpenAPI;
use serde_json::Value;

use crate::Run;
use crate::facts::Facts;

type Pass = fn(&mut Value, &mut Facts) -> usize;

/// `operations` and `schemas` come first, because they create the entries of [`Facts`] that the
/// other passes fill.
const PASSES: &[(&str, Pass)] = &[
    ("lower/operations", operations::lower),
    ("lower/schemas", schemas::lower),
    ("lower/patterns", patterns::lower),
    ("lower/documentation", documentation::lower),
    ("lower/members", members::lower),
    ("lower/media_types", media_types::lower),
    ("lower/responses", responses::lower),
    ("lower/defaults", defaults::lower),
    ("lower/validation", validation::lower),
    ("lower/formats", formats::lower),
];

pub(crate) fn lower(loaded: &Loaded<'_>, run: &mut Run<'_>) -> Result<(OpenAPI, Facts), Error> {
    let mut document = loaded.value.clone();
    let info = |key: &str| walk::text(&loaded.value["info"], key).to_owned();
    let mut facts = Facts {
        api: loaded.document.api.clone(),
        title: info("title"),
        description: info("description"),
        ..Facts::default()
    };
    for (name, pass) in PASSES {
        run.pass(name, pass(&mut document, &mut facts));
    }
    let openapi = parse(&document)?;
    run.ended("lower/parse");
    Ok((openapi, facts))
}

fn parse(document: &Value) -> Result<OpenAPI, Error> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        let pointer = error
            .path()
            .iter()
            .map(|segment| format!("/{segment}"))
            .collect::<String>();
        Error::one(Finding::new("openapi", pointer, error.inner().to_string()))
    })
}

/// Lowers a YAML document with one pass, for the before/after tests of the passes.
#[cfg(test)]
fn lowered(pass: Pass, yaml: &str) -> (usize, Value, Facts) {
    let document = atlas_backup_document::Document {
        api: "v2".into(),
        path: "test.yaml".into(),
        text: yaml.into(),
    };
    let loaded = atlas_backup_document::load(&document).unwrap_or_else(|error| panic!("{error}"));
    let mut document = loaded.value;
    let mut facts = Facts {
        api: "v2".into(),
        ..Facts::default()
    };
    operations::lower(&mut document, &mut facts);
    schemas::lower(&mut document, &mut facts);
    let count = pass(&mut document, &mut facts);
    (count, document, facts)
}

/// The valid document of the tests, lowered.
#[cfg(test)]
pub(crate) fn sound() -> (OpenAPI, Facts) {
    let document = atlas_backup_document::Document {
        api: "v2".into(),
        path: "sound.yaml".into(),
        text: include_str!("../../tests/fixtures/documents/sound.yaml").into(),
    };
    let loaded = atlas_backup_document::load(&document).unwrap_or_else(|error| panic!("{error}"));
    let mut run = Run::default();
    lower(&loaded, &mut run).unwrap_or_else(|error| panic!("{error}"))
}

#[cfg(test)]
mod tests {
    /// For `codegen/tests/fixtures/progenitor.sh`, which runs other versions of progenitor on it.
    #[test]
    #[ignore = "prints the document for a script"]
    fn print_sound() {
        let (openapi, _) = super::sound();
        println!("{}", serde_json::to_string(&openapi).unwrap_or_default());
    }
}
