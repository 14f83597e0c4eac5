//! Request bodies: values that can be validated and serialized.

use crate::error::invalid_argument::InvalidArgument;
use crate::wire::field::{Empty, Field};

/// A struct that `request_body!` or `resource!` defines, or an `Option` or list of such structs.
pub(crate) trait Body: Field {
    /// Checks bounds, lengths, patterns and rules across members. Returns the first violation.
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
