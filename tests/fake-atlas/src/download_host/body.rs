//! A response body that is generated while it is sent, and that can break off.

use std::io;
use std::ops::Range;

use axum::body::{Body, Bytes};
use futures_util::stream;

use super::content::Content;
use crate::connection::Connection;
use crate::gate::Gate;

/// What happens in the middle of a body.
pub(crate) enum BodyFault {
    /// The connection is closed, without a reset.
    Close,
    /// The connection is reset.
    Reset,
    /// The rest waits until the gate opens.
    Hold(Gate),
}

/// A range of a file as a response body, with or without a fault.
pub(crate) struct FaultyBody {
    bytes: Content,
    range: Range<u64>,
    /// The position in the file, and what happens there.
    body_fault: Option<(u64, BodyFault)>,
    connection: Option<Connection>,
}

impl FaultyBody {
    /// The fault happens after this many bytes of the body.
    pub(crate) fn new(
        bytes: Content,
        range: Range<u64>,
        body_fault: Option<(u64, BodyFault)>,
        connection: Option<Connection>,
    ) -> Self {
        let body_fault = body_fault.map(|(after, body_fault)| {
            (range.start.saturating_add(after).min(range.end), body_fault)
        });
        FaultyBody {
            bytes,
            range,
            body_fault,
            connection,
        }
    }

    pub(crate) fn into_body(self) -> Body {
        Body::from_stream(stream::unfold(self, FaultyBody::advance))
    }

    async fn advance(mut self) -> Option<(io::Result<Bytes>, Self)> {
        if self
            .body_fault
            .as_ref()
            .is_some_and(|&(at, _)| at == self.range.start)
        {
            self.apply_fault().await;
        }
        let end = self
            .body_fault
            .as_ref()
            .map_or(self.range.end, |&(at, _)| at);
        let piece = self.bytes.at(&(self.range.start..end));
        self.range.start += piece.len() as u64;
        (!piece.is_empty()).then_some((Ok(piece), self))
    }

    async fn apply_fault(&mut self) {
        let Some((_, body_fault)) = self.body_fault.take() else {
            return;
        };
        if let BodyFault::Hold(gate) = body_fault {
            return gate.pass().await;
        }
        if let Some(connection) = &self.connection {
            // After the next flush, the system has all bytes sent before.
            connection.flushed_after(connection.flushes()).await;
            match body_fault {
                BodyFault::Reset => connection.reset(),
                _ => connection.close(),
            }
        }
    }
}
