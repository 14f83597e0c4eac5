//! Questions about which types contain or use which others.

use std::collections::{BTreeMap, BTreeSet};

use super::{COMMON, Model, Operation, Ty};

impl Model {
    /// Returns all types that a value of one of these types can contain, and the types themselves.
    pub(crate) fn reachable<'a>(&'a self, from: impl Iterator<Item = &'a Ty>) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = from.filter_map(Ty::named).collect();
        while let Some(name) = open.pop() {
            if let Some(ty) = self.types.get(name)
                && reached.insert(name)
            {
                open.extend(ty.uses());
            }
        }
        reached
    }

    /// Returns the module of each type that an operation uses: that of a tag if only operations with
    /// this tag use the type, otherwise [`COMMON`].
    pub(crate) fn homes(&self) -> BTreeMap<String, String> {
        let mut homes: BTreeMap<String, String> = BTreeMap::new();
        for operation in &self.operations {
            for name in self.reachable(Operation::tys(operation)) {
                let home = homes
                    .entry(name.to_owned())
                    .or_insert_with(|| operation.module.clone());
                if *home != operation.module {
                    COMMON.clone_into(home);
                }
            }
        }
        homes
    }
}
