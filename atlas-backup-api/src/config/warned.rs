//! Which operations a client has warned about.

use std::sync::{Mutex, PoisonError};

/// There are fewer operations. Programs that make up names for their calls get no further warnings.
const MOST: usize = 1000;

/// The names of the operations.
#[derive(Default)]
pub(crate) struct Warned(Mutex<Vec<String>>);

impl Warned {
    /// Whether this operation has to be warned about now, and never again.
    pub(crate) fn is_first(&self, operation: &str) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = known.len() < MOST && !known.iter().any(|name| name == operation);
        if is_first {
            known.push(operation.to_owned());
        }
        is_first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_is_warned_about_once_within_bounded_memory() {
        let warned = Warned::default();
        assert!(warned.is_first("a") && !warned.is_first("a") && warned.is_first("b"));
        let further = (0..2 * MOST).filter(|number| warned.is_first(&number.to_string()));
        assert_eq!(further.count(), MOST - 2);
    }
}
