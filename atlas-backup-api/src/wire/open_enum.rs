//! Enums that keep values which a newer Atlas may add.

/// An enum that `open_enum!` defines.
pub(crate) trait OpenEnum: AsRef<str> {}

/// ```text
/// open_enum! {
///     /// Where a snapshot stands.
///     pub enum SnapshotStatus {
///         /// Not begun yet.
///         Queued = "queued",
///         /// Being taken.
///         InProgress = "inProgress",
///     }
/// }
/// ```
///
/// adds a variant `Unknown(String)`, which keeps any other value and writes it back, and
/// implements comparison, printing, conversion from text and serde.
macro_rules! open_enum {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$attribute:meta])* $variant:ident = $wire:literal),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$attribute])* #[doc = concat!("\n\nOn the wire: `", $wire, "`.")] $variant,)*
            /// A value that this version of the crate does not know, as Atlas sent it.
            Unknown(String),
        }

        #[allow(deprecated)]
        impl $name {
            /// The value as it stands in JSON.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $($name::$variant => $wire,)*
                    $name::Unknown(text) => text,
                }
            }
        }

        /// A value that is not listed becomes `Unknown`.
        impl ::core::convert::From<::std::string::String> for $name {
            #[inline]
            fn from(text: ::std::string::String) -> Self {
                $name::from(text.as_str())
            }
        }

        /// A value that is not listed becomes `Unknown`.
        #[allow(deprecated)]
        impl ::core::convert::From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                match text {
                    $($wire => $name::$variant,)*
                    _ => $name::Unknown(::std::string::String::from(text)),
                }
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl $crate::wire::open_enum::OpenEnum for $name {}

        impl ::core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                $crate::wire::read::deserialize(deserializer)
            }
        }

        impl $crate::wire::field::Empty for $name {
            #[inline]
            fn empty() -> Self {
                $name::Unknown(::std::string::String::new())
            }
        }

        impl $crate::wire::field::Text for $name {
            #[inline]
            fn set(&mut self, text: &str) {
                *self = $name::from(text);
            }
        }

        impl $crate::wire::field::Field for $name {
            #[inline]
            fn view(&self) -> $crate::wire::field::View<'_> {
                $crate::wire::field::View::Text(self.as_str())
            }

            #[inline]
            fn slot(&mut self) -> $crate::wire::field::Slot<'_> {
                $crate::wire::field::Slot::Text(self)
            }

            #[inline]
            fn clear(&mut self) {
                *self = $crate::wire::field::Empty::empty();
            }
        }
    };
}

pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use crate::wire::field::{Empty, Field};
    use crate::wire::read::from_value;

    open_enum! {
        /// Where a snapshot stands.
        pub enum Status {
            /// Not begun yet.
            Queued = "queued",
            /// Being taken.
            #[deprecated(note = "for the test")]
            InProgress = "inProgress",
        }
    }

    #[test]
    #[allow(deprecated)]
    fn known_values() {
        assert_eq!(Status::from("queued"), Status::Queued);
        assert_eq!(Status::from("inProgress".to_owned()), Status::InProgress);
        assert_eq!(Status::InProgress.as_str(), "inProgress");
        assert_eq!(Status::Queued.as_ref(), "queued");
        assert_eq!(
            format!("{} [{:>8}]", Status::Queued, Status::Queued),
            "queued [  queued]"
        );
        assert_eq!(
            HashSet::from([Status::Queued, Status::from("queued")]).len(),
            1
        );
    }

    #[test]
    fn unknown_values_are_kept_and_written_back() {
        for text in ["ondemand", "QUEUED", ""] {
            let mut status = Status::empty();
            assert_eq!(from_value(&mut status, &json!(text)), Ok(()));
            assert_eq!(status, Status::Unknown(text.to_owned()));
            assert_eq!(status.view().to_value(), json!(text));
        }
    }

    #[test]
    fn only_text_is_a_value() {
        let mut status = Status::empty();
        assert_eq!(
            from_value(&mut status, &json!(1)).unwrap_err().to_string(),
            "expected text, found a number"
        );
    }

    #[test]
    fn serde_sees_the_wire_value() {
        assert_eq!(serde_json::to_value(Status::Queued).unwrap(), "queued");
        assert_eq!(
            serde_json::from_value::<Status>(json!("queued")).unwrap(),
            Status::Queued
        );
        assert!(serde_json::from_value::<Status>(json!(["queued"])).is_err());
    }
}
