//! The OpenAPI documents that all responses come from. They are part of the crate, so that it needs
//! no other files.

use std::sync::LazyLock;

use atlas_backup_document::{Document, Documents, GENERATIONS, Generation};

static DOCUMENTS: LazyLock<Documents> = LazyLock::new(|| {
    let documents = GENERATIONS
        .iter()
        .map(|Generation { api, document, .. }| Document {
            api: (*api).to_owned(),
            path: (*document).to_owned(),
            text: text(api).to_owned(),
        });
    Documents::read(documents).unwrap_or_else(|error| panic!("{error}"))
});

/// The documents of all generations of the API, as of the build of this crate.
pub fn documents() -> &'static Documents {
    &DOCUMENTS
}

fn text(api: &str) -> &'static str {
    match api {
        "v1" => include_str!("../documents/v1.yaml"),
        "v2" => include_str!("../documents/v2.yaml"),
        other => unreachable!("a test has seen that the document of {other} is here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_document_of_every_generation() {
        for Generation { api, prefix, .. } in GENERATIONS {
            let spec = documents().get(api).unwrap();
            assert!(!spec.operations().is_empty(), "{api}");
            assert!(
                spec.operations()
                    .iter()
                    .all(|operation| operation.path.starts_with(prefix)),
                "{api}"
            );
        }
    }
}
