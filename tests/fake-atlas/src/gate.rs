//! What holds requests back until a test, or their number, lets them go.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use tokio::sync::watch;

use super::app::Layer;

/// Closed until it is opened. Clones are the same gate.
#[derive(Clone, Debug)]
pub struct Gate(Arc<State>);

#[derive(Debug)]
struct State {
    open: watch::Sender<bool>,
    arrived: watch::Sender<usize>,
}

impl Gate {
    /// A gate that holds whoever comes.
    pub fn closed() -> Self {
        Gate(Arc::new(State {
            open: watch::Sender::new(false),
            arrived: watch::Sender::new(0),
        }))
    }

    /// Lets all go that wait and that will come.
    pub fn open(&self) {
        self.0.open.send_replace(true);
    }

    /// Holds whoever comes from now on.
    pub fn close(&self) {
        self.0.open.send_replace(false);
    }

    /// Waits until that many have come to the gate since it was made, open or not.
    pub async fn wait_for_arrivals(&self, count: usize) {
        // The gate holds the senders, so the channels are open.
        drop(
            self.0
                .arrived
                .subscribe()
                .wait_for(|&arrived| arrived >= count)
                .await,
        );
    }

    /// Passes when the gate is open.
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
    /// Holds the first `needed` requests until the last of them is there.
    ///
    /// Put around the application it holds what authentication has accepted; put around authentication it holds the
    /// first requests of all, which are those that have no credentials yet.
    pub fn of(needed: usize) -> Self {
        Barrier {
            needed,
            arrived: watch::Sender::new(0),
        }
    }

    /// How many have arrived so far.
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
