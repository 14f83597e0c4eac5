//! Adds what the document declares about an operation to its method, and refuses what the client
//! has no code for.

use atlas_backup_document::Error;

use super::error;
use crate::facts::{self, Check};
use crate::model::{Argument, List, Model, Operation, Presence, Shape, Ty};
use crate::runtime;

pub(super) fn merge(
    operation: &mut Operation,
    mut fact: facts::Operation,
    model: &Model,
) -> Result<(), Error> {
    for argument in operation.path.iter_mut().chain(&mut operation.query) {
        argument.facts = fact.parameters.remove(&argument.wire).unwrap_or_default();
    }
    supported(operation, model).map_err(|message| error(&fact.pointer, message))?;
    operation.list = list(operation, &fact, model);
    operation.facts = fact;
    Ok(())
}

/// Fails if the client cannot send an argument.
fn supported(operation: &Operation, model: &Model) -> Result<(), String> {
    for Argument { wire, ty, .. } in &operation.path {
        if !runtime::PATH.contains(&ty.name()) && !is_enum(ty, model) {
            return Err(format!(
                "the client cannot write `{wire}` into a path: it is a {}",
                ty.name()
            ));
        }
    }
    for argument in &operation.query {
        let Argument { wire, ty, .. } = argument;
        let value = ty.item();
        if !runtime::QUERY.contains(&value.name()) && !is_enum(value, model) {
            return Err(format!(
                "the client cannot write `{wire}` into a query: it is a {}",
                value.name()
            ));
        }
        let rules = argument.facts.checks.iter();
        let unknown = rules.filter(|check| !matches!(check, Check::Pattern(_)));
        let mut unknown = unknown.map(|check| runtime::rule(*check));
        if let Some(rule) = unknown.find(|rule| !runtime::SETTER_RULES.contains(rule)) {
            return Err(format!(
                "the client cannot check `{rule}` of `{wire}` in a query"
            ));
        }
    }
    match &operation.body {
        Some(ty) if !is_body(ty, model) => {
            Err(format!("the client cannot send a {} as a body", ty.name()))
        }
        _ => Ok(()),
    }
}

fn is_enum(ty: &Ty, model: &Model) -> bool {
    let shape = |name| Some(&model.types.get(name)?.shape);
    matches!(ty, Ty::Named(name) if matches!(shape(name), Some(Shape::Enum(_))))
}

fn is_body(ty: &Ty, model: &Model) -> bool {
    match ty {
        Ty::Named(name) => model
            .types
            .get(name)
            .is_some_and(|ty| ty.object().is_some()),
        Ty::List(_) | Ty::Map(_) => !is_enum(ty.innermost(), model),
        other => *other == Ty::Json,
    }
}

/// Returns what an operation lists: the type of `results` in its response. Only a GET lists: a POST
/// that returns the list of what it created must not be sent once for every page.
fn list(operation: &Operation, fact: &facts::Operation, model: &Model) -> Option<List> {
    let Some(Ty::Named(name)) = operation.response.as_ref().filter(|_| fact.method == "GET") else {
        return None;
    };
    let members = &model.types.get(name)?.object()?.members;
    let results = members.iter().find(|member| member.name == "results")?;
    let Ty::List(item) = &results.ty else {
        return None;
    };
    let has = |wire: &str| operation.optional().any(|argument| argument.wire == wire);
    (results.presence != Presence::Optional).then(|| List {
        item: item.as_ref().clone(),
        numbered: has("pageNum"),
        counted: has("includeCount"),
    })
}
