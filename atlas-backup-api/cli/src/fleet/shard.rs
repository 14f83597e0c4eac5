//! Divides the clusters between machines: each machine takes those of one shard.

use std::str::FromStr;

use sha2::{Digest, Sha256};

/// One of so many parts of all clusters: `2/5` is the second of five. Whoever counts from zero, as
/// Kubernetes does, writes `0/5` to `4/5`: `0/5` is the same as `5/5`. A cluster belongs to the same
/// part in every run, because it is chosen by a hash of the cluster's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    of: u64,
}

impl Shard {
    /// Whether a cluster belongs to it: the first eight bytes of the SHA-256 of the id, as a
    /// big-endian number, are its number modulo the number of shards.
    pub fn has(&self, id: &str) -> bool {
        let hash = Sha256::digest(id.as_bytes());
        let first = hash.iter().take(8);
        let number = first.fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        number % self.of == self.number % self.of
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/');
        let numbers = parts.and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if of > 0 && number <= of => Ok(Shard { number, of }),
            _ => Err(format!(
                "expected a part of all clusters such as 1/3, 2/3 or 3/3, found {text:?}"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cluster_belongs_to_one_shard_and_all_are_about_equal() {
        let shards = [1, 2, 3, 4, 5, 6, 7].map(|number| Shard { number, of: 7 });
        let mut sizes = [0; 7];
        for number in 0..7000 {
            let id = format!("69560f00{number:016x}");
            let has: Vec<usize> = (0..7).filter(|index| shards[*index].has(&id)).collect();
            assert_eq!(has.len(), 1, "{id}");
            sizes[has[0]] += 1;
        }
        assert!(
            sizes.iter().all(|size| (850..1150).contains(size)),
            "{sizes:?}"
        );
    }

    /// Machines with different versions of the program must agree.
    #[test]
    fn the_hash_never_changes() {
        let of = |id| {
            (1..=100).find(|number| {
                Shard {
                    number: *number,
                    of: 100,
                }
                .has(id)
            })
        };
        assert_eq!(of("32b6e34b3d91647abb20e7b8"), Some(80));
    }

    #[test]
    fn a_shard_is_read_as_it_is_written() {
        assert_eq!("2/5".parse(), Ok(Shard { number: 2, of: 5 }));
        let (first, last): (Shard, Shard) = ("0/5".parse().unwrap(), "5/5".parse().unwrap());
        assert!((0..100).all(|id| first.has(&id.to_string()) == last.has(&id.to_string())));
        for text in ["", "2", "6/5", "0/0", "1/0", "-1/5", "a/b", "1/5/5"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
