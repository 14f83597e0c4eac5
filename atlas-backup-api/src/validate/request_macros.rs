//! The macros that define request bodies. `response!` defines responses.
//!
//! | | `extra` | [`Body`](crate::validate::body::Body) | `Default` | created outside this crate |
//! |---|---|---|---|---|
//! | `response!` | yes | no | yes | from `default()` |
//! | `request_body!` | no: unknown members are an error | yes | if derived | freely |
//! | `resource!` | yes | yes | if derived | freely |

/// Defines a struct that the client only sends. Decoding one is strict: an unknown member is an
/// error, because the struct has no field that could keep it.
///
/// The syntax is that of `response!`; `#[derive(Default)]` may be added. The struct needs an
/// inherent method `validate`.
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

/// Defines a struct that Atlas both sends and accepts. It keeps members that it has no field for,
/// and the client validates it before sending it.
///
/// The syntax is that of `request_body!`. Decoding a response fails if a member marked `required`
/// is missing.
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
            /// Members that this version has no field for, or whose values do not fit their fields,
            /// as Atlas sent them. Sending or serializing this value writes them back.
            pub extra: $crate::Extra,
        }

        $crate::wire::object_macros::object!($name [$($field $wire [$($flag)*])*] [extra]);
        $crate::validate::request_macros::checked!($name);
    };
}

/// Implements `Body` for a struct with an inherent method `validate`.
macro_rules! checked {
    ($name:ident) => {
        impl $crate::validate::body::Body for $name {
            #[inline]
            fn validate(&self) -> ::core::result::Result<(), $crate::InvalidArgument> {
                // This calls the inherent method, which takes precedence over the trait's.
                <$name>::validate(self)
            }
        }
    };
}

pub(crate) use {checked, request_body, resource};
