//! The parsed documents of all generations, and the lookup of the operation that a request calls.

use std::collections::BTreeMap;
use std::ops::Index;

use crate::document::Document;
use crate::error::Error;
use crate::route::{Route, route};
use crate::spec::{Operation, Spec};

/// The documents of several API generations, by generation.
#[derive(Clone, Debug)]
pub struct Documents(BTreeMap<String, Spec>);

impl Documents {
    /// Reads several documents, each of a different generation.
    ///
    /// # Errors
    /// If a document is not valid YAML. The error is that of the first such document.
    pub fn read(documents: impl IntoIterator<Item = Document>) -> Result<Self, Error> {
        let read = |document: Document| Ok((document.api.clone(), Spec::read(&document)?));
        Ok(Documents(
            documents.into_iter().map(read).collect::<Result<_, _>>()?,
        ))
    }

    /// Returns the document of a generation (`v2`), or `None` if there is none.
    pub fn get(&self, api: &str) -> Option<&Spec> {
        self.0.get(api)
    }

    /// Returns all documents, the oldest generation first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Spec> {
        self.0.values()
    }

    /// Returns all operations of all documents.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.iter().flat_map(Spec::operations)
    }

    /// Finds the operation that a request calls. `method` is in capitals, `path` has no query.
    pub fn route(&self, method: &str, path: &str) -> Route<&Operation> {
        route(self, method, path)
    }
}

/// Panics if there is no document of that generation, so it is for callers that have read this
/// document themselves.
impl Index<&str> for Documents {
    type Output = Spec;

    fn index(&self, api: &str) -> &Spec {
        &self.0[api]
    }
}
