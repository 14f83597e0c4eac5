//! Checks for the patterns in the OpenAPI documents, written without regular expressions.

use super::{Check, Text, pattern};

/// Checks the name of a cluster in a request to restore to a flex or shared cluster. The pattern is
/// `^[\p{L}\p{N}\-_.(),:&@+']{1,64}$`.
#[inline]
pub(crate) fn deployment_item_name(name: &str, value: &(impl Text + ?Sized)) -> Check {
    let allowed = |c: char| c.is_alphabetic() || c.is_numeric() || "-_.(),:&@+'".contains(c);
    let fits =
        move |text: &str| (1..=64).contains(&text.chars().count()) && text.chars().all(allowed);
    pattern(
        name,
        value,
        fits,
        "be 1 to 64 letters, digits or any of - _ . ( ) , : & @ + '",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["orders", "Köln-1", "a_(b),c:&@+'", &"x".repeat(64)] {
            assert!(deployment_item_name("n", name).is_ok(), "{name}");
        }
        for name in ["", "a b", "a/b", &"x".repeat(65)] {
            let error = deployment_item_name("n", name).unwrap_err().to_string();
            assert!(error.contains("must be 1 to 64 letters"), "{error}");
        }
    }
}
