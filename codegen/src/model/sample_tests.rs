//! Small models for the tests of other modules.

use super::{Member, Model, Object, Operation, Role, Shape, Ty, Type};
use crate::facts::{self, Check};

pub(crate) fn named(name: &str) -> Ty {
    Ty::Named(name.to_owned())
}

pub(crate) fn list(item: Ty) -> Ty {
    Ty::List(Box::new(item))
}

/// A member that the document does not require. Its name in JSON is also its Rust name.
pub(crate) fn optional(name: &str, ty: Ty) -> Member {
    Member {
        name: name.to_owned(),
        wire: name.to_owned(),
        ty,
        required: false,
        facts: facts::Member::default(),
    }
}

/// Like [`optional`], for a member that the document requires.
pub(crate) fn required(name: &str, ty: Ty) -> Member {
    Member {
        required: true,
        ..optional(name, ty)
    }
}

/// A check that is no pattern.
pub(crate) fn check(rule: &'static str, bound: impl Into<Option<i64>>) -> Check {
    Check {
        rule,
        is_pattern: false,
        bound: bound.into(),
    }
}

/// A struct in the module `things`.
pub(crate) fn object(name: &str, role: Role, members: Vec<Member>) -> Type {
    Type {
        name: name.to_owned(),
        module: "things".to_owned(),
        shape: Shape::Object(Object { role, members }),
        facts: facts::Type {
            pointer: format!("/components/schemas/{name}"),
            ..facts::Type::default()
        },
    }
}

/// The object of a type that is one.
pub(crate) fn object_of(ty: &mut Type) -> &mut Object {
    match &mut ty.shape {
        Shape::Object(object) => object,
        Shape::Enum(_) => panic!("{} is an enum", ty.name),
    }
}

/// An operation without arguments, with the tag `things`.
pub(crate) fn operation(id: &str, response: Option<Ty>) -> Operation {
    let facts = facts::Operation {
        id: id.to_owned(),
        official_id: id.to_owned(),
        pointer: format!("/paths/~1{id}"),
        method: "GET".to_owned(),
        path: format!("/{id}"),
        ..facts::Operation::default()
    };
    Operation {
        name: facts::method_name(id),
        path: Vec::new(),
        query: Vec::new(),
        body: None,
        response,
        list: None,
        module: "things".to_owned(),
        facts,
    }
}

pub(crate) fn model(api: &str, operations: Vec<Operation>, types: Vec<Type>) -> Model {
    Model {
        about: facts::About {
            api: api.to_owned(),
            ..facts::About::default()
        },
        operations,
        types: types.into_iter().map(|ty| (ty.name.clone(), ty)).collect(),
        ..Model::default()
    }
}
