//! Adds what the document declares about a schema to its struct.

use std::collections::BTreeMap;

use atlas_backup_document::Error;

use super::error;
use crate::facts;
use crate::model::{Copied, Member, Model, Object, Presence, Role, Shape, Ty, Update};

pub(super) fn merge(object: &mut Object, role: Role, mut fact: facts::Type) -> Result<(), Error> {
    object.role = role;
    for member in &mut object.members {
        let facts = fact.members.remove(&member.wire).unwrap_or_default();
        member.presence = presence(member, role);
        member.secret = facts.secret;
        member.other_form = facts.other_form;
        // Responses are not validated.
        if role.is_body() {
            member.checks = facts.checks;
        }
    }
    if let Some(wire) = fact.members.keys().next() {
        let message = format!("the member `{wire}` is not in the generated struct");
        return Err(error(&fact.pointer, message));
    }
    if role.is_body() {
        let named = fact.rules.iter().flat_map(facts::MemberRule::members);
        if let Some(wire) = named.into_iter().find(|wire| object.member(wire).is_none()) {
            let message = format!("a rule names `{wire}`, which is no member");
            return Err(error(&fact.pointer, message));
        }
        object.rules = fact.rules;
    }
    Ok(())
}

fn presence(member: &Member, role: Role) -> Presence {
    match (role, member.required) {
        // Atlas may leave out any member of a type that it also sends; `validate` enforces what a
        // request needs.
        (Role::Both, _) => Presence::Optional,
        (_, true) => Presence::Required,
        // In a request, an empty list has another meaning than an absent list.
        (Role::Response, false) if member.ty.is_collection() => Presence::Empty,
        (_, false) => Presence::Optional,
    }
}

/// Finds out how each update request is made from its response.
pub(super) fn updates(
    model: &mut Model,
    facts: &BTreeMap<String, facts::Type>,
) -> Result<(), Error> {
    for (name, fact) in facts {
        let Some(of) = &fact.update_of else { continue };
        let object = |name: &str| model.types.get(name)?.object();
        let (Some(request), Some(response)) = (object(name), object(of)) else {
            let message =
                format!("`{name}` is an update of `{of}`, and one of them is in no operation");
            return Err(error(&fact.pointer, message));
        };
        let update =
            update(of, request, response).map_err(|message| error(&fact.pointer, message))?;
        if let Some(Shape::Object(request)) = model.types.get_mut(name).map(|ty| &mut ty.shape) {
            request.update = Some(update);
        }
    }
    Ok(())
}

fn update(of: &str, request: &Object, response: &Object) -> Result<Update, String> {
    let mut fields = Vec::new();
    for member in &request.members {
        let value = match response.member(&member.wire) {
            Some(known) => copied(member, known)
                .ok_or_else(|| format!("`{}` is not the same in `{of}`", member.wire))?,
            None if member.presence == Presence::Required => {
                return Err(format!("`{}` is required and `{of}` lacks it", member.wire));
            }
            None => Copied::Nothing,
        };
        fields.push((member.name.clone(), value));
    }
    let only_read = response.members.iter().map(|member| &member.wire);
    let only_read = only_read.filter(|wire| request.member(wire).is_none());
    Ok(Update {
        of: of.to_owned(),
        fields,
        only_read: only_read.cloned().collect(),
    })
}

/// Returns `None` if the member of the request cannot be made from that of the response.
fn copied(request: &Member, response: &Member) -> Option<Copied> {
    if request.ty != response.ty {
        return None;
    }
    let name = response.name.clone();
    let optional = |member: &Member| member.presence == Presence::Optional;
    Some(match (optional(request), optional(response)) {
        (true, true) | (false, false) => Copied::Same(name),
        (true, false) if response.ty.is_collection() => {
            Copied::ListIfPresent(name, response.wire.clone())
        }
        (true, false) => Copied::Some(name),
        // Other values do not show that the response lacked them, and would be sent.
        (false, true) if !matches!(response.ty, Ty::Text | Ty::Runtime(_)) => return None,
        (false, true) => Copied::OrDefault(name),
    })
}
