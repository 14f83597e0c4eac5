//! A set of members of one object.

use crate::wire::object::Member;

/// The members by their place in the shape, a bit for each. Two numbers take no more memory than
/// one of 128 bits, which would need a larger alignment in every object.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct MemberSet([u64; 2]);

impl MemberSet {
    /// The most members that an object can have.
    pub(crate) const CAPACITY: usize = 128;

    pub(crate) const EMPTY: Self = MemberSet([0; 2]);

    /// Those members of a shape that are required.
    pub(crate) const fn required(members: &[Member]) -> Self {
        let (mut set, mut index) = (MemberSet::EMPTY, 0);
        while index < members.len() {
            if members[index].required {
                set.0[index / 64] |= 1 << (index % 64);
            }
            index += 1;
        }
        set
    }

    /// The first member of this set that the other one lacks.
    pub(crate) fn first_not_in(self, other: Self) -> Option<usize> {
        match [self.0[0] & !other.0[0], self.0[1] & !other.0[1]] {
            [0, 0] => None,
            [0, missing] => Some(64 + missing.trailing_zeros() as usize),
            [missing, _] => Some(missing.trailing_zeros() as usize),
        }
    }

    pub(crate) fn contains(self, index: usize) -> bool {
        self.0[index / 64] & (1 << (index % 64)) != 0
    }

    pub(crate) fn insert(&mut self, index: usize) {
        self.0[index / 64] |= 1 << (index % 64);
    }

    pub(crate) fn remove(&mut self, index: usize) {
        self.0[index / 64] &= !(1 << (index % 64));
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == [0; 2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_is_in_it_or_not() {
        let mut set = MemberSet::EMPTY;
        for index in [0, 63, 64, MemberSet::CAPACITY - 1] {
            assert!(set.is_empty() && !set.contains(index));
            set.insert(index);
            assert_eq!(set.first_not_in(MemberSet::EMPTY), Some(index));
            assert_eq!(set.first_not_in(set), None);
            assert!((0..MemberSet::CAPACITY).all(|other| set.contains(other) == (other == index)));
            set.remove(index);
        }
    }
}
