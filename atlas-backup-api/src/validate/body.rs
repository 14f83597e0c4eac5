//! Request bodies: values that can be validated and serialized.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::error::invalid_argument::InvalidArgument;
use crate::validate;
use crate::wire::cluster_name::ClusterName;
use crate::wire::field::{Empty, Field};
use crate::wire::object_id::ObjectId;

/// A struct that `request_body!` or `resource!` defines, or what lists and maps of a whole body can
/// hold; an `Option`, a box, a list or a map of these.
pub(crate) trait Body: Field {
    /// Checks bounds, lengths, patterns and rules across members. Returns the first violation.
    fn validate(&self) -> Result<(), InvalidArgument>;
}

impl<T: Body + Empty> Body for Option<T> {
    #[inline]
    fn validate(&self) -> Result<(), InvalidArgument> {
        self.as_ref().map_or(Ok(()), Body::validate)
    }
}

impl<T: Body + Empty> Body for Vec<T> {
    #[inline]
    fn validate(&self) -> Result<(), InvalidArgument> {
        self.iter()
            .enumerate()
            .try_for_each(|(index, item)| item.validate().map_err(|error| error.at(index)))
    }
}

impl<T: Body + Empty> Body for BTreeMap<String, T> {
    #[inline]
    fn validate(&self) -> Result<(), InvalidArgument> {
        self.iter()
            .try_for_each(|(key, item)| item.validate().map_err(|error| error.inside(key)))
    }
}

impl<T: Body + Empty> Body for Box<T> {
    #[inline]
    fn validate(&self) -> Result<(), InvalidArgument> {
        self.as_ref().validate()
    }
}

macro_rules! without_rules {
    ($($type:ty),*) => {
        $(impl Body for $type {
            #[inline]
            fn validate(&self) -> Result<(), InvalidArgument> {
                Ok(())
            }
        })*
    };
}

macro_rules! well_formed {
    ($($type:ty),*) => {
        $(impl Body for $type {
            #[inline]
            fn validate(&self) -> Result<(), InvalidArgument> {
                validate::well_formed("", self)
            }
        })*
    };
}

without_rules!(bool, i64, String, Timestamp, Value);
well_formed!(ClusterName, ObjectId);

impl Body for f64 {
    #[inline]
    fn validate(&self) -> Result<(), InvalidArgument> {
        validate::finite("", self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_list_or_a_map_holds_is_validated_and_named_with_its_place() {
        let id: ObjectId = serde_json::from_value(json!("x")).unwrap();
        let map = |id: &ObjectId| BTreeMap::from([("a".to_owned(), vec![id.clone()])]);
        let message = |outcome: Result<(), InvalidArgument>| outcome.unwrap_err().to_string();
        assert_eq!(
            message(map(&id).validate()),
            r#"invalid argument a[0]: "x" is not an ObjectId: expected 24 lower-case hexadecimal digits"#
        );
        assert_eq!(
            message(vec![1.0, f64::NAN].validate()),
            "invalid argument [1] = NaN: must be a finite number"
        );
        let good = ObjectId::try_from("32b6e34b3d91647abb20e7b8").unwrap();
        assert_eq!(map(&good).validate(), Ok(()));
        assert_eq!(Box::new(json!({"a": [null]})).validate(), Ok(()));
    }
}
