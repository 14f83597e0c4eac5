//! Passes what the probe prints on to standard error.
//!
//! A write to standard error waits until somebody reads it, which may be never. So a thread of its own
//! writes, and neither the drill nor the probe waits for it longer than a moment.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

/// How many parts of the output wait for a slow reader at most. A part has at most 8 KiB.
const WAITING: usize = 128;

/// How long to wait for a reader when so many parts wait already. Then nobody reads, and the rest is
/// dropped.
const PATIENCE: Duration = Duration::from_secs(1);

pub struct Relay {
    queue: mpsc::Sender<Vec<u8>>,
    writer: JoinHandle<()>,
    is_unread: AtomicBool,
}

impl Relay {
    pub fn start() -> Self {
        let (queue, mut parts) = mpsc::channel::<Vec<u8>>(WAITING);
        let writer = spawn_blocking(move || {
            while let Some(part) = parts.blocking_recv() {
                if io::stderr().write_all(&part).is_err() {
                    return;
                }
            }
        });
        Relay {
            queue,
            writer,
            is_unread: AtomicBool::new(false),
        }
    }

    /// Passes on a part of the output, unless nobody reads it.
    pub async fn pass_on(&self, part: &[u8]) {
        if self.is_unread.load(Ordering::Relaxed) {
            return;
        }
        let sent = timeout(PATIENCE, self.queue.send(part.to_vec())).await;
        self.is_unread.store(sent.is_err(), Ordering::Relaxed);
    }

    /// Waits until all of it is written, or nobody reads it.
    pub async fn end(self) {
        drop(self.queue);
        let _rest_is_lost = timeout(PATIENCE, self.writer).await;
    }
}
