//! The types that a query parameter can have.

use jiff::Timestamp;

use crate::wire::cluster_name::ClusterName;
use crate::wire::object_id::ObjectId;
use crate::wire::open_enum::OpenEnum;

/// A value that is written as one `name=value`, or a list that is written as one `name=value` per
/// item.
pub(crate) trait QueryValue {
    fn texts(self) -> Vec<String>;
}

macro_rules! shown {
    ($($type:ty),*) => {
        $(impl QueryValue for $type {
            #[inline]
            fn texts(self) -> Vec<String> {
                vec![self.to_string()]
            }
        })*
    };
}

impl<T: OpenEnum> QueryValue for T {
    #[inline]
    fn texts(self) -> Vec<String> {
        vec![self.as_ref().to_owned()]
    }
}

shown!(
    bool,
    i64,
    f64,
    &str,
    String,
    Timestamp,
    ObjectId,
    ClusterName
);

impl<T: QueryValue + Clone> QueryValue for &[T] {
    #[inline]
    fn texts(self) -> Vec<String> {
        self.iter().cloned().flat_map(QueryValue::texts).collect()
    }
}
