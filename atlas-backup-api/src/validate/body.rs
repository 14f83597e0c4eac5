//! What a request carries: something that can be checked, and written as JSON.

use crate::error::invalid_argument::InvalidArgument;
use crate::wire::field::{Empty, Field};

/// A struct made by `request_body!`, or some of them.
pub(crate) trait Body: Field {
    /// Checks bounds, lengths, patterns and rules across members, the first breach of which is told.
    fn validate(&self) -> Result<(), InvalidArgument>;
}

impl<T: Body + Empty> Body for Option<T> {
    fn validate(&self) -> Result<(), InvalidArgument> {
        self.as_ref().map_or(Ok(()), Body::validate)
    }
}

impl<T: Body + Empty> Body for Vec<T> {
    fn validate(&self) -> Result<(), InvalidArgument> {
        self.iter()
            .enumerate()
            .try_for_each(|(index, item)| item.validate().map_err(|error| error.at(index)))
    }
}
