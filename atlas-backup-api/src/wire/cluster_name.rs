//! The names of clusters.

use crate::wire::string_newtype::string_newtype;

/// The name of a cluster: ASCII letters, digits and hyphens, not starting with a hyphen.
///
/// Conversion from text validates it. A value in a response is kept exactly as Atlas sent it, even
/// if it breaks the rule.
///
/// ```
/// use atlas_backup_api::ClusterName;
///
/// assert!(ClusterName::try_from("orders-2").is_ok());
/// assert!(ClusterName::try_from("orders/2").is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClusterName(String);

string_newtype!(ClusterName, check);

/// The pattern in Atlas's documents is `^[a-zA-Z0-9][a-zA-Z0-9-]*$`.
#[inline]
fn check(text: &str) -> Result<(), &'static str> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if text.is_empty() || text.starts_with('-') || !plain {
        Err("expected letters, digits and hyphens, not starting with a hyphen")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_name() {
        for text in ["a", "0", "orders", "Orders-2", "a-", "a--b"] {
            assert!(ClusterName::try_from(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_not() {
        for text in [
            "", "-a", ".", "..", "a b", "a/b", "a_b", "a\n", "ordérs", "%61",
        ] {
            assert!(ClusterName::try_from(text).is_err(), "{text}");
        }
        assert_eq!(
            ClusterName::try_from("a/../b").unwrap_err().to_string(),
            r#""a/../b" is not a ClusterName: expected letters, digits and hyphens, not starting with a hyphen"#
        );
    }

    #[test]
    fn a_long_mistake_is_shortened() {
        let error = ClusterName::try_from("é".repeat(10_000)).unwrap_err();
        assert!(error.to_string().len() < 300, "{error}");
    }
}
