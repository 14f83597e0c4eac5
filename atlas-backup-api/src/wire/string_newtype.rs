//! Newtypes over text with a rule. The rule is checked when a program creates a value, not when a
//! response contains one.

use crate::wire::invalid_id::InvalidId;

/// A newtype that `string_newtype!` implements.
pub(crate) trait StringNewtype {
    /// Checks the rule, which a value from a response may break.
    fn well_formed(&self) -> Result<(), InvalidId>;
}

/// `string_newtype!(ObjectId, check)` implements everything for a newtype except its definition.
/// `check` is a `fn(&str) -> Result<(), &'static str>`, and its error states the rule.
macro_rules! string_newtype {
    ($name:ident, $check:path) => {
        impl $name {
            /// The text.
            #[inline]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $crate::wire::string_newtype::StringNewtype for $name {
            #[inline]
            fn well_formed(&self) -> Result<(), $crate::InvalidId> {
                $name::try_from(self).map(drop)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::InvalidId;

            #[inline]
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $name::try_from(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::InvalidId;

            #[inline]
            fn try_from(text: &str) -> Result<Self, Self::Error> {
                $name::try_from(text.to_owned())
            }
        }

        impl TryFrom<&String> for $name {
            type Error = $crate::InvalidId;

            #[inline]
            fn try_from(text: &String) -> Result<Self, Self::Error> {
                $name::try_from(text.as_str())
            }
        }

        /// Checks the rule, which a value from a response may break.
        impl TryFrom<&$name> for $name {
            type Error = $crate::InvalidId;

            #[inline]
            fn try_from(other: &$name) -> Result<Self, Self::Error> {
                $name::try_from(other.as_str())
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::InvalidId;

            #[inline]
            fn try_from(text: String) -> Result<Self, Self::Error> {
                match $check(&text) {
                    Ok(()) => Ok($name(text)),
                    Err(rule) => Err($crate::InvalidId::new(&text, stringify!($name), rule)),
                }
            }
        }

        impl From<$name> for String {
            #[inline]
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl PartialEq<str> for $name {
            #[inline]
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            #[inline]
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl ::serde::Serialize for $name {
            #[inline]
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        /// Accepts any text, because responses are kept as Atlas sent them.
        impl<'de> ::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map($name)
            }
        }

        impl $crate::wire::field::Empty for $name {
            #[inline]
            fn empty() -> Self {
                $name(String::new())
            }
        }

        impl $crate::wire::field::Text for $name {
            #[inline]
            fn set(&mut self, text: &str) {
                self.0.set(text);
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

pub(crate) use string_newtype;
