//! Newtypes over text with a rule: checked when a program makes one, kept as it came when Atlas sent it.

use std::fmt;

use crate::excerpt;

/// Text that is not the kind of id or name it was meant to be. Its message shows the text and states the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    value: String,
    what: &'static str,
    rule: &'static str,
}

impl InvalidId {
    pub(crate) fn new(value: &str, what: &'static str, rule: &'static str) -> Self {
        // Something pasted by mistake may be long.
        InvalidId {
            value: excerpt::shorten(value, 64),
            what,
            rule,
        }
    }

    /// The text that was refused, shortened where it is long.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What is expected instead.
    pub fn rule(&self) -> &str {
        self.rule
    }

    /// What it was meant to be: `ObjectId` or `ClusterName`.
    pub fn expected(&self) -> &'static str {
        self.what
    }
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let article = if self.what.starts_with('O') {
            "an"
        } else {
            "a"
        };
        write!(
            f,
            "{:?} is not {article} {}: {}",
            self.value, self.what, self.rule
        )
    }
}

impl std::error::Error for InvalidId {}

/// `checked_text!(ObjectId, check)` gives the newtype everything but its definition; `check` is
/// `fn(&str) -> Result<(), &'static str>`, whose error is the rule.
macro_rules! checked_text {
    ($name:ident, $check:path) => {
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $crate::check::WellFormed for $name {
            fn check(&self, name: &str) -> Result<(), $crate::InvalidArgument> {
                match $name::try_from(self) {
                    Ok(_) => Ok(()),
                    Err(error) => Err($crate::InvalidArgument::refused(name, &error)),
                }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::InvalidId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $name::try_from(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::InvalidId;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                $name::try_from(text.to_owned())
            }
        }

        impl TryFrom<&String> for $name {
            type Error = $crate::InvalidId;

            fn try_from(text: &String) -> Result<Self, Self::Error> {
                $name::try_from(text.as_str())
            }
        }

        /// Checks the rule again: one that Atlas sent was never checked.
        impl TryFrom<&$name> for $name {
            type Error = $crate::InvalidId;

            fn try_from(other: &$name) -> Result<Self, Self::Error> {
                $name::try_from(other.as_str())
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::InvalidId;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                match $check(&text) {
                    Ok(()) => Ok($name(text)),
                    Err(rule) => Err($crate::InvalidId::new(&text, stringify!($name), rule)),
                }
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        /// Keeps whatever text it reads, as for answers.
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map($name)
            }
        }

        impl $crate::object::Blank for $name {
            const BLANK: Self = $name(String::new());
        }

        impl $crate::object::Member for $name {
            fn expected(&self) -> &'static str {
                "text"
            }

            fn decode(
                &mut self,
                value: &::serde_json::Value,
            ) -> Result<(), $crate::mismatch::Mismatch> {
                self.0.decode(value)
            }

            fn debug(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self, f)
            }

            fn value(&self) -> ::serde_json::Value {
                self.0.value()
            }
        }
    };
}

pub(crate) use checked_text;
