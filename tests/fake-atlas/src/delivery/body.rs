//! A body that is made as it is sent, and that can break off.

use std::io;
use std::ops::Range;

use axum::body::{Body, Bytes as Shared};
use futures_util::stream;

use super::bytes::Bytes;
use crate::gate::Gate;
use crate::wire::Wire;

/// What happens in the middle of a body.
pub(crate) enum Damage {
    /// The connection ends in an orderly way.
    Close,
    /// It is reset.
    Reset,
    /// The rest waits for the gate.
    Held(Gate),
}

/// A range of a file on its way, spoilt or not.
pub(crate) struct Spoilt {
    bytes: Bytes,
    range: Range<u64>,
    /// At which byte of the file, and what.
    damage: Option<(u64, Damage)>,
    wire: Option<Wire>,
}

impl Spoilt {
    /// The damage happens after so many bytes of this body.
    pub(crate) fn new(
        bytes: Bytes,
        range: Range<u64>,
        damage: Option<(u64, Damage)>,
        wire: Option<Wire>,
    ) -> Self {
        let damage = damage
            .map(|(after, damage)| (range.start.saturating_add(after).min(range.end), damage));
        Spoilt {
            bytes,
            range,
            damage,
            wire,
        }
    }

    pub(crate) fn into_body(self) -> Body {
        Body::from_stream(stream::unfold(self, Spoilt::advance))
    }

    async fn advance(mut self) -> Option<(io::Result<Shared>, Self)> {
        if self
            .damage
            .as_ref()
            .is_some_and(|&(at, _)| at == self.range.start)
        {
            self.happen().await;
        }
        let end = self.damage.as_ref().map_or(self.range.end, |&(at, _)| at);
        let piece = self.bytes.at(&(self.range.start..end));
        self.range.start += piece.len() as u64;
        (!piece.is_empty()).then_some((Ok(piece), self))
    }

    async fn happen(&mut self) {
        let Some((_, damage)) = self.damage.take() else {
            return;
        };
        if let Damage::Held(gate) = damage {
            return gate.pass().await;
        }
        if let Some(wire) = &self.wire {
            // With the next flush the system has all that came before.
            wire.flushed_after(wire.flushes()).await;
            match damage {
                Damage::Reset => wire.reset(),
                _ => wire.close(),
            }
        }
    }
}
