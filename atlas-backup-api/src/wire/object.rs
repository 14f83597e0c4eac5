//! Objects: structs whose members are described in a table and reached by their index in it.
//!
//! serde's derives cost about 305 expanded lines a type, and its `flatten` (the usual way to keep
//! unknown members) costs more again. So the macros of `object_macros` expand to the plain struct,
//! a table of its members and two functions that reach each member as `dyn Field`. The code that
//! reads, writes, compares and prints objects is written once, and is not generic over their types.
//!
//! What an object has no field for is kept beside its fields and written back, if it has an
//! [`Extra`]: unknown members, and values of optional members that their field cannot hold. So is
//! which lists and maps were present, because an empty one does not tell: one that was present is
//! written even after the program emptied it. Some members were seen in another form than the
//! documented one (`other_form`): their field holds the value, and it is written in the form in
//! which it was read.

use std::fmt;

use crate::wire::extra::{Extra, WireForm};
use crate::wire::field::{Field, View};
use crate::wire::member_set::MemberSet;
use crate::wire::other_form::OtherForm;

/// A struct made by `response!`, `request_body!` or `resource!`.
pub(crate) trait Object {
    fn shape(&self) -> &'static Shape;

    /// The member at this place in the shape.
    fn field(&self, index: usize) -> &dyn Field;

    fn field_mut(&mut self, index: usize) -> &mut dyn Field;

    /// `None` for a request body, which has no place for members it does not know.
    fn extra(&self) -> Option<&Extra> {
        None
    }

    fn extra_mut(&mut self) -> Option<&mut Extra> {
        None
    }
}

/// What is the same for all values of an object.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) members: &'static [Member],
    pub(crate) required: MemberSet,
    /// The list whose only item may stand in place of the object: see [`OtherForm::WholeAnswer`].
    pub(crate) whole_answer: Option<usize>,
}

impl Shape {
    pub(crate) const fn new(name: &'static str, members: &'static [Member]) -> Self {
        assert!(
            members.len() <= MemberSet::CAPACITY,
            "an object can have at most 128 members"
        );
        Shape {
            name,
            members,
            required: MemberSet::required(members),
            whole_answer: Shape::whole_answer(members),
        }
    }

    const fn whole_answer(members: &[Member]) -> Option<usize> {
        let mut index = 0;
        while index < members.len() {
            if let Some(OtherForm::WholeAnswer) = members[index].other_form {
                return Some(index);
            }
            index += 1;
        }
        None
    }
}

/// A member: its name in JSON, its field in Rust, and how it is treated.
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) field: &'static str,
    pub(crate) required: bool,
    pub(crate) secret: bool,
    pub(crate) other_form: Option<OtherForm>,
}

impl Member {
    pub(crate) const fn new(name: &'static str, field: &'static str) -> Self {
        Member {
            name,
            field,
            required: false,
            secret: false,
            other_form: None,
        }
    }

    /// Without it the object is useless: its absence is an error, and it is always written.
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Its value is a credential: `Debug` never shows it.
    pub(crate) const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// See [`OtherForm::OneItem`].
    pub(crate) const fn one_item(mut self) -> Self {
        self.other_form = Some(OtherForm::OneItem);
        self
    }

    /// See [`OtherForm::WholeAnswer`].
    pub(crate) const fn whole_answer(mut self) -> Self {
        self.other_form = Some(OtherForm::WholeAnswer);
        self
    }

    /// See [`OtherForm::DateTime`].
    pub(crate) const fn date_time(mut self) -> Self {
        self.other_form = Some(OtherForm::DateTime);
        self
    }
}

/// Whether a field holds nothing: no value, or a list or map without items. An empty list in an
/// `Option` is a value.
fn is_empty(field: &dyn Field) -> bool {
    let view = field.view();
    match &view {
        View::List(_) | View::Map(_) => field.is_bare_collection() && view.is_empty(),
        _ => view.is_empty(),
    }
}

impl dyn Object + '_ {
    /// The members with their fields, in the order of the shape.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'static Member, &dyn Field)> {
        let members = self.shape().members.iter().enumerate();
        members.map(|(index, member)| (member, self.field(index)))
    }

    /// Whether two of the same type have equal members, and equal ones that no field holds.
    #[inline]
    pub(crate) fn equals(&self, other: &dyn Object) -> bool {
        let mut fields = 0..self.shape().members.len();
        self.extra() == other.extra()
            && fields.all(|index| self.field(index).view().equals(other.field(index).view()))
    }

    /// What tells this object from others of its type: its required members. `None` if it has none.
    #[inline]
    pub(crate) fn identity(&self) -> Option<String> {
        let required = self.members().filter(|(member, _)| member.required);
        required
            .map(|(_, field)| field.view().to_json())
            .reduce(|all, one| all + &one)
    }

    /// The form in which a member was read, if it was present and its value alone does not tell.
    pub(crate) fn wire_form(&self, member: &Member) -> Option<WireForm> {
        self.extra().and_then(|extra| extra.form(member.name))
    }

    /// Whether a member is written. An empty list or map is written if it was read, because Atlas
    /// would keep what it has of a list that is left out.
    pub(crate) fn is_written(&self, member: &Member, field: &dyn Field) -> bool {
        member.required
            || !is_empty(field)
            || (field.is_bare_collection() && self.wire_form(member).is_some())
    }

    /// `Debug` of every object: as derived, except for secrets.
    pub(crate) fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printed = f.debug_struct(self.shape().name);
        for (member, field) in self.members() {
            if member.secret && !is_empty(field) {
                printed.field(member.field, &"[redacted]");
            } else {
                printed.field(member.field, &field);
            }
        }
        if let Some(extra) = self.extra() {
            printed.field("extra", extra);
        }
        printed.finish()
    }
}
