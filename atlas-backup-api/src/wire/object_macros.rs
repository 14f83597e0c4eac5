//! The macros that define objects.
//!
//! They match each member once and are not recursive, so they cost no more compile time than the
//! code that they expand to.

/// Defines a struct for a response. Reading it is tolerant, and writing it back loses nothing.
///
/// ```text
/// response! {
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
/// Other attributes of a member (`deprecated`, `doc(alias)`) follow its `wire` attribute.
macro_rules! response {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[doc = $doc:literal])* #[wire($wire:literal $(, $flag:ident)*)] $(#[$attribute:meta])*
        pub $field:ident: $type:ty),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[doc = $doc])* $(#[$attribute])* pub $field: $type,)*
            /// Members that this version has no field for, or whose values do not fit their fields, as
            /// Atlas sent them. Serializing this value writes them back.
            pub extra: $crate::Extra,
        }

        impl ::core::default::Default for $name {
            #[inline]
            fn default() -> Self {
                $crate::wire::field::Empty::empty()
            }
        }

        $crate::wire::object_macros::object!($name [$($field $wire [$($flag)*])*] [extra]);
    };
}

/// Implements what all objects have in common.
macro_rules! object {
    ($name:ident [$($field:ident $wire:literal [$($flag:ident)*])*] [$($extra:ident)?]) => {
        #[allow(deprecated)]
        impl $crate::wire::field::Empty for $name {
            #[inline]
            fn empty() -> Self {
                $name {
                    $($field: $crate::wire::field::Empty::empty(),)*
                    $($extra: $crate::Extra::NONE,)?
                }
            }
        }

        #[allow(deprecated)]
        impl $crate::wire::object::Object for $name {
            #[inline]
            fn shape(&self) -> &'static $crate::wire::object::Shape {
                static SHAPE: $crate::wire::object::Shape = $crate::wire::object::Shape::new(
                    stringify!($name),
                    &[$($crate::wire::object::Member::new($wire, stringify!($field))$(.$flag())*),*],
                );
                &SHAPE
            }

            #[inline]
            fn field(&self, index: usize) -> &dyn $crate::wire::field::Field {
                #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
                enum Index { $($field),* }
                match index {
                    $(index if index == Index::$field as usize => &self.$field,)*
                    _ => panic!("the index is one of the shape"),
                }
            }

            #[inline]
            fn field_mut(&mut self, index: usize) -> &mut dyn $crate::wire::field::Field {
                #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
                enum Index { $($field),* }
                match index {
                    $(index if index == Index::$field as usize => &mut self.$field,)*
                    _ => panic!("the index is one of the shape"),
                }
            }

            $(
                #[inline]
                fn extra(&self) -> Option<&$crate::Extra> {
                    Some(&self.$extra)
                }

                #[inline]
                fn extra_mut(&mut self) -> Option<&mut $crate::Extra> {
                    Some(&mut self.$extra)
                }
            )?
        }

        impl $crate::wire::field::Field for $name {
            #[inline]
            fn view(&self) -> $crate::wire::field::View<'_> {
                $crate::wire::field::View::Object(self)
            }

            #[inline]
            fn slot(&mut self) -> $crate::wire::field::Slot<'_> {
                $crate::wire::field::Slot::Object(self)
            }

            #[inline]
            fn clear(&mut self) {
                *self = $crate::wire::field::Empty::empty();
            }
        }

        impl ::core::cmp::PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                <dyn $crate::wire::object::Object>::equals(self, other)
            }
        }

        impl ::core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                <dyn $crate::wire::object::Object>::debug(self, f)
            }
        }

        impl ::serde::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                ::serde::Serialize::serialize(&$crate::wire::field::View::Object(self), serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                $crate::wire::read::deserialize(deserializer)
            }
        }
    };
}

pub(crate) use {object, response};
