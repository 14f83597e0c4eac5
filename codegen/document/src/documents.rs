//! The documents of all generations, read, and which operation a request is.

use std::collections::BTreeMap;
use std::ops::Index;

use crate::document::Document;
use crate::error::Error;
use crate::route::{Route, route};
use crate::spec::{Operation, Spec};

/// Several documents, by API generation.
#[derive(Clone, Debug)]
pub struct Documents(BTreeMap<String, Spec>);

impl Documents {
    /// Reads documents, each of another generation.
    ///
    /// # Errors
    /// What keeps the first that is no YAML from being read.
    pub fn read(documents: impl IntoIterator<Item = Document>) -> Result<Self, Error> {
        let read = |document: Document| Ok((document.api.clone(), Spec::read(&document)?));
        Ok(Documents(
            documents.into_iter().map(read).collect::<Result<_, _>>()?,
        ))
    }

    /// The document of a generation (`v2`).
    pub fn get(&self, api: &str) -> Option<&Spec> {
        self.0.get(api)
    }

    /// Every document, the oldest generation first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Spec> {
        self.0.values()
    }

    /// Every operation of every document.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.iter().flat_map(Spec::operations)
    }

    /// Which operation a request of this method (in capitals) and path (without query) is.
    pub fn route(&self, method: &str, path: &str) -> Route<&Operation> {
        route(self, method, path)
    }
}

/// Panics where there is no document of that generation: for those who have just read it.
impl Index<&str> for Documents {
    type Output = Spec;

    fn index(&self, api: &str) -> &Spec {
        &self.0[api]
    }
}
