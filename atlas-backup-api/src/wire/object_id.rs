//! The ids that Atlas gives to projects, snapshots, jobs and policies.

use crate::wire::string_newtype::string_newtype;

/// The id of a project, snapshot, restore job or another resource: 24 lower-case hexadecimal digits.
///
/// Conversion from text validates it. A value in a response is kept exactly as Atlas sent it, even
/// if it breaks the rule.
///
/// ```
/// use atlas_backup_api::ObjectId;
///
/// let id: ObjectId = "32b6e34b3d91647abb20e7b8".parse()?;
/// assert_eq!(id, "32b6e34b3d91647abb20e7b8");
/// assert!(ObjectId::try_from("orders").is_err());
/// # Ok::<(), atlas_backup_api::InvalidId>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(String);

string_newtype!(ObjectId, check);

/// The pattern in Atlas's documents is `^([a-f0-9]{24})$`.
#[inline]
fn check(text: &str) -> Result<(), &'static str> {
    let hexadecimal = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hexadecimal {
        Err("expected 24 lower-case hexadecimal digits")
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Err("expected 24 lower-case hexadecimal digits, and some of these are upper case")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use serde_json::json;

    use super::*;
    use crate::wire::field::{Empty, Field};
    use crate::wire::read::from_value;

    const ID: &str = "32b6e34b3d91647abb20e7b8";

    #[test]
    fn every_way_to_make_one() {
        let id = ObjectId::try_from(ID).unwrap();
        assert_eq!(ObjectId::try_from(ID.to_owned()), Ok(id.clone()));
        assert_eq!(ObjectId::try_from(&ID.to_owned()), Ok(id.clone()));
        assert_eq!(ObjectId::try_from(&id), Ok(id.clone()));
        assert_eq!(ID.parse(), Ok(id.clone()));
        assert_eq!(String::from(id), ID);
    }

    #[test]
    fn the_rule_and_what_its_breach_says() {
        assert_eq!(
            ObjectId::try_from("xyz").unwrap_err().to_string(),
            r#""xyz" is not an ObjectId: expected 24 lower-case hexadecimal digits"#
        );
        let upper = ObjectId::try_from("32B6E34B3D91647ABB20E7B8").unwrap_err();
        assert_eq!(upper.value(), "32B6E34B3D91647ABB20E7B8");
        assert_eq!(
            upper.rule(),
            "expected 24 lower-case hexadecimal digits, and some of these are upper case"
        );
        for text in [
            "",
            ".",
            "..",
            "32b6e34b3d91647abb20e7b",
            "32b6e34b3d91647abb20e7b8a",
            "g2b6e34b3d91647abb20e7b8",
        ] {
            assert!(ObjectId::try_from(text).is_err(), "{text}");
        }
        // 24 bytes, 24 characters with a line end, and digits of another script.
        for text in [
            "32b6e34b3d91647abb20e7é",
            "32b6e34b3d91647abb20e7b\n",
            "٣٢b6e34b3d91647abb20e7b8",
        ] {
            assert!(ObjectId::try_from(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_answer_keeps_what_came() {
        let mut id = ObjectId::empty();
        assert_eq!(from_value(&mut id, &json!("NOT-HEX")), Ok(()));
        assert_eq!(id, "NOT-HEX");
        assert_eq!(id.view().to_value(), json!("NOT-HEX"));
        assert!(from_value(&mut id, &json!(7)).is_err());
        assert_eq!(
            serde_json::from_value::<ObjectId>(json!("NOT-HEX")).unwrap(),
            id
        );
        assert_eq!(serde_json::to_value(&id).unwrap(), "NOT-HEX");
        assert!(
            ObjectId::try_from(&id).is_err(),
            "borrowing it as an argument checks it"
        );
    }

    #[test]
    fn it_is_a_plain_value() {
        let id = ObjectId::try_from(ID).unwrap();
        assert_eq!(id.as_str(), ID);
        assert_eq!(id.as_ref(), ID);
        assert_eq!(id, *ID);
        assert_eq!(format!("{id} [{id:>26}]"), format!("{ID} [  {ID}]"));
        assert_eq!(ObjectId::default(), "");
        assert_eq!(HashSet::from([id.clone(), id.clone()]).len(), 1);
        assert_eq!(
            BTreeSet::from([id.clone(), ObjectId::default()]).first(),
            Some(&ObjectId::default())
        );
    }
}
