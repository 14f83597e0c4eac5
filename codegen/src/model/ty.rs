//! The types of members and arguments: those that the client has code for, and no others.

/// A type, without `Option` and references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    Boolean,
    Integer,
    Number,
    Text,
    DateTime,
    /// Any JSON value.
    Json,
    /// A type that the client defines by hand: `ObjectId`.
    Runtime(&'static str),
    /// A type of the document.
    Named(String),
    List(Box<Ty>),
    /// An object with values of one type under any name.
    Map(Box<Ty>),
    /// An object in a box, because it can hold the object that it is in.
    Boxed(Box<Ty>),
}

impl Ty {
    /// The name of the Rust type, without its arguments.
    pub(crate) fn name(&self) -> &str {
        match self {
            Ty::Boolean => "bool",
            Ty::Integer => "i64",
            Ty::Number => "f64",
            Ty::Text => "String",
            Ty::DateTime => "Timestamp",
            Ty::Json => "Value",
            Ty::Runtime(name) => name,
            Ty::Named(name) => name,
            Ty::List(_) => "Vec",
            Ty::Map(_) => "BTreeMap",
            Ty::Boxed(_) => "Box",
        }
    }

    /// The name of the type of the document in this type, if there is one.
    pub(crate) fn named(&self) -> Option<&str> {
        match self.innermost() {
            Ty::Named(name) => Some(name),
            _ => None,
        }
    }

    /// The type inside of lists, maps and boxes.
    pub(crate) fn innermost(&self) -> &Ty {
        match self {
            Ty::List(inner) | Ty::Map(inner) | Ty::Boxed(inner) => inner.innermost(),
            other => other,
        }
    }

    /// Whether a value can be empty instead of absent.
    pub(crate) fn is_collection(&self) -> bool {
        matches!(self, Ty::List(_) | Ty::Map(_))
    }
}
