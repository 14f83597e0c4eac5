//! Holds requests back until the test, or a number of requests, releases them.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use tokio::sync::watch;

use super::app::Layer;

/// A gate that holds requests until it is opened. Clones share the same gate.
#[derive(Clone, Debug)]
pub struct Gate(Arc<State>);

#[derive(Debug)]
struct State {
    open: watch::Sender<bool>,
    arrived: watch::Sender<usize>,
}

impl Gate {
    /// A closed gate.
    pub fn closed() -> Self {
        Gate(Arc::new(State {
            open: watch::Sender::new(false),
            arrived: watch::Sender::new(0),
        }))
    }

    /// Opens the gate: releases all waiting requests, and lets later ones pass.
    pub fn open(&self) {
        self.0.open.send_replace(true);
    }

    /// Closes the gate for later requests.
    pub fn close(&self) {
        self.0.open.send_replace(false);
    }

    /// Waits until this many requests have arrived at the gate since it was created, whether it is
    /// open or not.
    pub async fn wait_for_arrivals(&self, count: usize) {
        // The gate owns the sender, so the channel is open.
        drop(
            self.0
                .arrived
                .subscribe()
                .wait_for(|&arrived| arrived >= count)
                .await,
        );
    }

    /// Waits until the gate is open.
    pub async fn pass(&self) {
        self.0.arrived.send_modify(|arrived| *arrived += 1);
        drop(self.0.open.subscribe().wait_for(|&open| open).await);
    }
}

/// Holds requests until a number of them has arrived, then lets these and all later ones pass.
#[derive(Clone, Debug)]
pub struct Barrier {
    needed: usize,
    arrived: watch::Sender<usize>,
}

impl Barrier {
    /// Holds the first `needed` requests until the last of them arrives.
    ///
    /// Directly around the application, it holds requests that authentication has accepted. Around
    /// authentication, it holds the first requests of all, which have no credentials yet.
    pub fn of(needed: usize) -> Self {
        Barrier {
            needed,
            arrived: watch::Sender::new(0),
        }
    }

    /// How many requests have arrived so far.
    pub fn arrived(&self) -> usize {
        *self.arrived.borrow()
    }
}

impl Layer for Barrier {
    fn wrap(&self, inner: Router) -> Router {
        let barrier = self.clone();
        inner.layer(middleware::from_fn(move |request: Request, next: Next| {
            let Barrier { needed, arrived } = barrier.clone();
            async move {
                arrived.send_modify(|arrived| *arrived += 1);
                drop(
                    arrived
                        .subscribe()
                        .wait_for(|&arrived| arrived >= needed)
                        .await,
                );
                next.run(request).await
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_gate_holds_and_lets_go() {
        let gate = Gate::closed();
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.pass().await }
        });
        gate.wait_for_arrivals(1).await;
        assert!(!waiting.is_finished());
        gate.open();
        waiting.await.unwrap();
        gate.pass().await;
    }
}
