//! The macros that write what a request carries. What Atlas sends is written by `response!`.
//!
//! | | `extra` | [`Body`](crate::validate::body::Body) | `Default` | made outside this crate |
//! |---|---|---|---|---|
//! | `response!` | yes | no | yes | from `default()` |
//! | `request_body!` | no: what is unknown is refused | yes | if derived | freely |
//! | `resource!` | yes | yes | if derived | freely |
//!

/// A struct that we send: plain, and strict when it is read (an unknown member is an error, for nothing could carry it).
///
/// Written as `response!` is; `#[derive(Default)]` may be added. It needs an inherent `validate`.
macro_rules! request_body {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[doc = $doc:literal])* #[wire($wire:literal $(, $flag:ident)*)] $(#[$attribute:meta])*
        pub $field:ident: $type:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name {
            $($(#[doc = $doc])* $(#[$attribute])* pub $field: $type,)*
        }

        $crate::wire::object_macros::object!($name [$($field $wire [$($flag)*])*] []);
        $crate::validate::request_macros::checked!($name);
    };
}

/// A struct that Atlas sends and takes back: keeps what it has no field for, and is checked before it leaves.
///
/// Written as `request_body!` is. A member marked `required` fails every answer that lacks it.
#[allow(unused_macros, reason = "only where the documents have one")]
macro_rules! resource {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[doc = $doc:literal])* #[wire($wire:literal $(, $flag:ident)*)] $(#[$attribute:meta])*
        pub $field:ident: $type:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name {
            $($(#[doc = $doc])* $(#[$attribute])* pub $field: $type,)*
            /// Members that this version has no field for, or whose value no field could hold, as Atlas sent them. They
            /// are written back when this is sent or serialized.
            pub extra: $crate::Extra,
        }

        $crate::wire::object_macros::object!($name [$($field $wire [$($flag)*])*] [extra]);
        $crate::validate::request_macros::checked!($name);
    };
}

/// Makes a body of what has an inherent `validate`.
macro_rules! checked {
    ($name:ident) => {
        impl $crate::validate::body::Body for $name {
            fn validate(&self) -> ::core::result::Result<(), $crate::InvalidArgument> {
                // The inherent function of that name, which comes before this one.
                <$name>::validate(self)
            }
        }
    };
}

pub(crate) use {checked, request_body, resource};
