//! Content for files that are too large to keep in memory: any part of it is generated on demand,
//! at memory speed.

use std::ops::Range;

use axum::body::Bytes;
use sha1::{Digest, Sha1};

/// The length of the block that repeats. It is a prime slightly above one MiB, so that positions a
/// power of two apart have different content.
const BLOCK: usize = 1_048_583;

/// The first bytes of a gzip file.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The content that a seed produces. It begins as a gzip file does, because snapshots are such
/// files.
#[derive(Clone)]
pub(crate) struct Content(Bytes);

impl Content {
    pub(crate) fn new(seed: u64) -> Self {
        let mut state = seed;
        let words = std::iter::repeat_with(|| {
            // SplitMix64: different seeds give different blocks.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut word = state;
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^ (word >> 31)
        });
        let mut block = Vec::with_capacity(BLOCK + 8);
        for word in words.take(BLOCK / 8 + 1) {
            block.extend_from_slice(&word.to_le_bytes());
        }
        block.truncate(BLOCK);
        block[..MAGIC.len()].copy_from_slice(&MAGIC);
        Content(block.into())
    }

    /// Returns as many bytes from the start of the range as possible without copying, and none
    /// beyond its end.
    pub(crate) fn at(&self, range: &Range<u64>) -> Bytes {
        let place = usize::try_from(range.start % BLOCK as u64).unwrap_or_default();
        let wanted = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        self.0.slice(place..BLOCK.min(place.saturating_add(wanted)))
    }

    pub(crate) fn all(&self, length: u64) -> Vec<u8> {
        let mut all = Vec::new();
        self.pieces(length)
            .for_each(|piece| all.extend_from_slice(&piece));
        all
    }

    pub(crate) fn sha1(&self, length: u64) -> String {
        let mut hash = Sha1::new();
        self.pieces(length).for_each(|piece| hash.update(&piece));
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn pieces(&self, length: u64) -> impl Iterator<Item = Bytes> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let piece = self.at(&(from..length));
            from += piece.len() as u64;
            (!piece.is_empty()).then_some(piece)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_parts_of_the_whole() {
        let bytes = Content::new(7);
        let length = 2 * BLOCK as u64 + 5;
        let whole = bytes.all(length);
        assert_eq!(whole.len() as u64, length);
        for from in [0, 1, 4096, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK] {
            let part = bytes.at(&(from as u64..length));
            assert!(
                !part.is_empty() && whole[from..].starts_with(&part),
                "{from}"
            );
        }
        assert!(bytes.at(&(length..length)).is_empty());
        assert_eq!(whole[..2], MAGIC);
        assert_ne!(whole[..64], Content::new(8).all(64));
        assert_ne!(whole[..64], whole[1 << 20..][..64]);
        assert_eq!(bytes.sha1(0), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    }
}
