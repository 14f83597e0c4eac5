//! The macros that write objects.
//!
//! | | `extra` | [`Body`](crate::body::Body) | `Default` | made outside this crate |
//! |---|---|---|---|---|
//! | `answer!` | yes | no | yes | from `default()` |
//! | `body!` | no: what is unknown is refused | yes | if derived | freely |
//! | `shared!` | yes | yes | if derived | freely |
//!
//! They match each member once and call nothing recursively: their cost is the code they write.

/// A struct that Atlas sends: tolerant to read, and nothing it held is lost when it is written back.
///
/// ```text
/// answer! {
///     /// One snapshot.
///     pub struct Snapshot {
///         /// Identifies the snapshot.
///         #[wire("id", required)]
///         pub id: ObjectId,
///         /// Where to download it.
///         #[wire("snapshotUrl", secret)]
///         pub snapshot_url: Option<String>,
///     }
/// }
/// ```
///
/// Other attributes of a member (`deprecated`, `doc(alias)`) stand after its `wire`.
macro_rules! answer {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[doc = $doc:literal])* #[wire($wire:literal $(, $flag:ident)*)] $(#[$attribute:meta])*
        pub $field:ident: $type:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[doc = $doc])* $(#[$attribute])* pub $field: $type,)*
            /// Members that this version has no field for, or whose value no field could hold, as Atlas sent them. They
            /// are written back when this is serialized.
            pub extra: $crate::Extra,
        }

        impl ::core::default::Default for $name {
            fn default() -> Self {
                $crate::object::Blank::BLANK
            }
        }

        $crate::objects::object!($name [$($field $wire [$($flag)*])*] [extra]);
    };
}

/// A struct that we send: plain, and strict when it is read (an unknown member is an error, for nothing could carry it).
///
/// Written as `answer!` is; `#[derive(Default)]` may be added. It needs an inherent `validate`.
macro_rules! body {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[doc = $doc:literal])* #[wire($wire:literal $(, $flag:ident)*)] $(#[$attribute:meta])*
        pub $field:ident: $type:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name {
            $($(#[doc = $doc])* $(#[$attribute])* pub $field: $type,)*
        }

        $crate::objects::object!($name [$($field $wire [$($flag)*])*] []);
        $crate::objects::checked!($name);
    };
}

/// A struct that Atlas sends and takes back: keeps what it has no field for, and is checked before it leaves.
///
/// Written as `body!` is. A member marked `required` fails every answer that lacks it.
#[allow(unused_macros, reason = "only where the documents have one")]
macro_rules! shared {
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

        $crate::objects::object!($name [$($field $wire [$($flag)*])*] [extra]);
        $crate::objects::checked!($name);
    };
}

/// Makes a body of what has an inherent `validate`.
macro_rules! checked {
    ($name:ident) => {
        impl $crate::body::Body for $name {
            fn validate(&self) -> ::core::result::Result<(), $crate::InvalidArgument> {
                // The inherent function of that name, which comes before this one.
                <$name>::validate(self)
            }
        }
    };
}

/// What they have in common.
macro_rules! object {
    ($name:ident [$($field:ident $wire:literal [$($flag:ident)*])*] [$($extra:ident)?]) => {
        #[allow(deprecated)]
        impl $crate::object::Blank for $name {
            const BLANK: Self = $name {
                $($field: $crate::object::Blank::BLANK,)*
                $($extra: $crate::Extra::NONE,)?
            };
        }

        #[allow(deprecated, unused_variables)]
        impl $crate::object::Object for $name {
            fn shape(&self) -> &'static $crate::object::Shape {
                static SHAPE: $crate::object::Shape = $crate::object::Shape {
                    name: stringify!($name),
                    members: &[$($crate::object::Wire::new($wire, stringify!($field))$(.$flag())*),*],
                };
                &SHAPE
            }

            fn visit(&self, see: &mut dyn FnMut(&dyn $crate::object::Member)) {
                $(see(&self.$field);)*
            }

            fn visit_mut(&mut self, see: &mut dyn FnMut(&mut dyn $crate::object::Member)) {
                $(see(&mut self.$field);)*
            }

            $(
                fn extra(&self) -> Option<&$crate::Extra> {
                    Some(&self.$extra)
                }

                fn extra_mut(&mut self) -> Option<&mut $crate::Extra> {
                    Some(&mut self.$extra)
                }
            )?
        }

        impl ::core::cmp::PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                $crate::object::equal(self, other)
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::object::Member::debug(self, f)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::object::Member::value(self).serialize(serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                $crate::object::deserialize(deserializer)
            }
        }
    };
}

pub(crate) use {answer, body, checked, object, shared};
