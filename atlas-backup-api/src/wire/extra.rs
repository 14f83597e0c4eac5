//! What an answer held beyond its fields.

use std::fmt;

use serde_json::{Map, Value};

use crate::wire::member_set::MemberSet;
use crate::wire::object::Shape;

/// Members of an answer that no field of this version holds, as Atlas sent them.
///
/// It also remembers which lists and maps the answer had, so that one that came is written back even when the program emptied
/// it (`[]`: Atlas would keep the items of a list that is left out), and one that never came is not. They are no members
/// here: nothing shows them, and they are not compared. [`remove`](Self::remove) of its name forgets that a list came. The same
/// goes for members that came in another form than the documented one and have a field that holds it (one URL instead of a list of
/// them): they are written back in that form as long as it can hold the value.
///
/// Almost always empty, so its members stand in a box that is only made for them. `Debug` prints the names only: a member
/// that a newer Atlas added may be a secret.
#[derive(Clone, Default)]
pub struct Extra {
    /// The object that was read. `None` if the program made this.
    shape: Option<&'static Shape>,
    /// The members that were present and are held by their fields.
    present: MemberSet,
    // Never `Some` of nothing.
    rest: Option<Box<Rest>>,
}

#[derive(Clone, Default)]
struct Rest {
    members: Map<String, Value>,
    /// Those of the present members that had another form than the documented one.
    in_other_form: MemberSet,
}

/// The form in which a member was read, where its value alone does not tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum WireForm {
    /// As documented: a list or a map, which may be empty.
    AsDocumented,
    /// The other form in which Atlas was seen sending it.
    InOtherForm,
}

impl Extra {
    /// Nothing.
    pub(crate) const NONE: Self = Extra {
        shape: None,
        present: MemberSet::EMPTY,
        rest: None,
    };

    /// What is left of an object once its fields are read, and the forms in which those were.
    pub(crate) fn read(
        shape: &'static Shape,
        members: Map<String, Value>,
        present: MemberSet,
        in_other_form: MemberSet,
    ) -> Self {
        let has_rest = !members.is_empty() || !in_other_form.is_empty();
        let rest = has_rest.then(|| {
            Box::new(Rest {
                members,
                in_other_form,
            })
        });
        Extra {
            shape: Some(shape),
            present,
            rest,
        }
    }

    /// Whether the list or map of this name was present, and its field holds it.
    pub(crate) fn was_present(&self, name: &str) -> bool {
        self.form(name).is_some()
    }

    /// The form in which the member of this name was read, if it was present, its field holds it, and its value alone does
    /// not tell.
    pub(crate) fn form(&self, name: &str) -> Option<WireForm> {
        let index = self
            .index(name)
            .filter(|&index| self.present.contains(index))?;
        let is_other = self
            .rest
            .as_ref()
            .is_some_and(|rest| rest.in_other_form.contains(index));
        Some(if is_other {
            WireForm::InOtherForm
        } else {
            WireForm::AsDocumented
        })
    }

    /// The place of a member in the object that was read.
    fn index(&self, name: &str) -> Option<usize> {
        self.shape?
            .members
            .iter()
            .position(|member| member.name == name)
    }

    fn forget(&mut self, name: &str) {
        if let Some(index) = self.index(name) {
            self.present.remove(index);
            if let Some(rest) = &mut self.rest {
                rest.in_other_form.remove(index);
            }
        }
    }

    /// Whether there is nothing here.
    pub fn is_empty(&self) -> bool {
        self.rest
            .as_ref()
            .is_none_or(|rest| rest.members.is_empty())
    }

    /// The value of the member called `name` in JSON.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.rest.as_ref()?.members.get(name)
    }

    /// The members, by their names in JSON.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        let members = self.rest.iter().flat_map(|rest| rest.members.iter());
        members.map(|(name, value)| (name.as_str(), value))
    }

    /// Adds a member to be written, and returns the value it had here.
    ///
    /// A field of the object that has a value or items wins over a member of the same name here.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        let name = name.into();
        self.forget(&name);
        self.rest
            .get_or_insert_default()
            .members
            .insert(name, value.into())
    }

    /// Takes a member out, so that it is not written back. A list that a field holds is then written only if it has items.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.forget(name);
        let rest = self.rest.as_mut()?;
        let removed = rest.members.remove(name);
        if rest.members.is_empty() && rest.in_other_form.is_empty() {
            self.rest = None;
        }
        removed
    }
}

/// Of the members; which lists came is not compared, so `{"links": []}` is read as equal to `{}`.
impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        match (&self.rest, &other.rest) {
            (Some(one), Some(other)) => one.members == other.members,
            _ => self.is_empty() && other.is_empty(),
        }
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(members: Map<String, Value>) -> Self {
        let rest = (!members.is_empty()).then(|| {
            Box::new(Rest {
                members,
                ..Rest::default()
            })
        });
        Extra {
            rest,
            ..Extra::NONE
        }
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::object::Member;

    #[test]
    fn members_are_added_and_removed() {
        let mut extra = Extra::default();
        assert!(extra.is_empty());
        assert_eq!(extra.insert("a", 1), None);
        assert_eq!(extra.insert("a", "b"), Some(json!(1)));
        assert_eq!(extra.get("a"), Some(&json!("b")));
        assert_eq!(extra.iter().collect::<Vec<_>>(), [("a", &json!("b"))]);
        assert_eq!(extra.remove("b"), None);
        assert_eq!(extra.remove("a"), Some(json!("b")));
        assert_eq!(extra.remove("a"), None);
    }

    #[test]
    fn emptied_equals_never_filled() {
        let mut extra = Extra::default();
        extra.insert("a", 1);
        extra.remove("a");
        assert_eq!(extra, Extra::default());
        assert_eq!(Extra::from(Map::new()), Extra::default());
    }

    #[test]
    fn which_lists_were_present_is_not_shown() {
        static SHAPE: Shape = Shape::new(
            "Lists",
            &[
                Member::new("a", "a"),
                Member::new("b", "b"),
                Member::new("c", "c"),
            ],
        );
        let mut present = MemberSet::EMPTY;
        (0..3).for_each(|index| present.insert(index));
        let mut extra = Extra::read(&SHAPE, Map::new(), present, MemberSet::EMPTY);
        assert!(extra.is_empty() && extra.get("a").is_none() && extra.iter().next().is_none());
        assert_eq!(format!("{extra:?}"), "{}");
        assert_eq!(extra, Extra::default());
        assert_eq!(extra.insert("a", 1), None);
        assert_eq!(extra.remove("b"), None);
        assert_eq!(
            ["a", "b", "c"].map(|name| extra.was_present(name)),
            [false, false, true]
        );
        assert_eq!(extra.remove("a"), Some(json!(1)));
        assert!(extra.was_present("c"));
    }

    #[test]
    fn debug_prints_names_only() {
        let mut extra = Extra::default();
        extra.insert("token", "hunter2");
        assert_eq!(format!("{extra:?}"), r#"{"token"}"#);
    }
}
