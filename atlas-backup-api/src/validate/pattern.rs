//! The patterns of the documents, checked without regular expressions.

use super::{Check, Text, pattern};

/// `^[\p{L}\p{N}\-_.(),:&@+']{1,64}$`: the name of a cluster in restores to flex and shared
/// clusters.
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
