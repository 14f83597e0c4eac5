//! What an answer held beyond its fields.

use std::fmt;

use serde_json::{Map, Value};

/// Members of an answer that no field of this version holds, as Atlas sent them.
///
/// It also remembers which lists and maps the answer had, so that one that came is written back even when the program emptied
/// it (`[]`: Atlas would keep the items of a list that is left out), and one that never came is not. They are no members
/// here: nothing shows them, and they are not compared. [`remove`](Self::remove) of its name forgets that a list came. The same
/// goes for members that came in another form than the documented one and have a field that holds it (one URL instead of a list of
/// them): they are written back in that form as long as it can hold the value.
///
/// Almost always empty, so it takes one pointer. `Debug` prints the names only: what a newer Atlas added may be a secret.
#[derive(Clone, Default)]
pub struct Extra(
    // Never Some of nothing.
    Option<Box<Kept>>,
);

#[derive(Clone, Default)]
struct Kept {
    members: Map<String, Value>,
    /// How the lists, maps and members in another form came that a field holds. None of them is one of `members`.
    came: Vec<(&'static str, WireForm)>,
}

/// How a member came whose field alone does not tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum WireForm {
    /// As documented: a list or a map, which may be empty.
    AsDocumented,
    /// In the other form in which Atlas was seen sending it.
    InOtherForm,
}

impl Extra {
    /// Nothing.
    pub(crate) const NONE: Self = Extra(None);

    /// What is left of an answer once its fields are read, and how those came.
    pub(crate) fn read(members: Map<String, Value>, came: Vec<(&'static str, WireForm)>) -> Self {
        Extra(if members.is_empty() && came.is_empty() {
            None
        } else {
            Some(Box::new(Kept { members, came }))
        })
    }

    /// Whether the list or map called `name` on the wire came and could be held.
    pub(crate) fn was_present(&self, name: &str) -> bool {
        self.form(name).is_some()
    }

    /// How the member called `name` on the wire came, if it came, could be held, and its field does not tell.
    pub(crate) fn form(&self, name: &str) -> Option<WireForm> {
        let kept = self.0.as_ref()?;
        kept.came
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, came)| *came)
    }

    /// Whether there is nothing here.
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|kept| kept.members.is_empty())
    }

    /// The value of the member called `name` on the wire.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.members.get(name)
    }

    /// The members, by the names they have on the wire.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0
            .iter()
            .flat_map(|kept| kept.members.iter())
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Adds a member to be written, and returns the value it had here.
    ///
    /// A field of the answer that has a value or items wins over a member of the same name here.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        let (name, kept) = (name.into(), self.0.get_or_insert_default());
        kept.came.retain(|(known, _)| *known != name);
        kept.members.insert(name, value.into())
    }

    /// Takes a member out, so that it is not written back. A list that a field holds is then written only if it has items.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let kept = self.0.as_mut()?;
        kept.came.retain(|(known, _)| *known != name);
        let removed = kept.members.remove(name);
        if kept.members.is_empty() && kept.came.is_empty() {
            self.0 = None;
        }
        removed
    }
}

/// Of the members; which lists came is not compared, so `{"links": []}` is read as equal to `{}`.
impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => one.members == other.members,
            _ => self.is_empty() && other.is_empty(),
        }
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(members: Map<String, Value>) -> Self {
        Extra::read(members, Vec::new())
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

    #[test]
    fn members_come_and_go() {
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
    fn which_lists_came_is_not_shown() {
        let mut extra = Extra::read(
            Map::new(),
            ["a", "b", "c"]
                .map(|name| (name, WireForm::AsDocumented))
                .to_vec(),
        );
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
    fn it_takes_one_pointer() {
        assert_eq!(size_of::<Extra>(), size_of::<usize>());
    }

    #[test]
    fn debug_prints_names_only() {
        let mut extra = Extra::default();
        extra.insert("token", "hunter2");
        assert_eq!(format!("{extra:?}"), r#"{"token"}"#);
    }
}
