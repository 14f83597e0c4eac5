//! The types that a path parameter can have.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::wire::cluster_name::ClusterName;
use crate::wire::object_id::ObjectId;
use crate::wire::open_enum::OpenEnum;

/// A value that is written into the path of a URL.
pub(crate) trait PathValue {
    fn text(&self) -> Cow<'_, str>;
}

macro_rules! borrowed {
    ($($type:ty),*) => {
        $(impl PathValue for $type {
            #[inline]
            fn text(&self) -> Cow<'_, str> {
                Cow::Borrowed(self.as_ref())
            }
        })*
    };
}

macro_rules! shown {
    ($($type:ty),*) => {
        $(impl PathValue for $type {
            #[inline]
            fn text(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        })*
    };
}

impl<T: OpenEnum> PathValue for T {
    #[inline]
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.as_ref())
    }
}

borrowed!(String, ObjectId, ClusterName);
shown!(i64, Timestamp);
