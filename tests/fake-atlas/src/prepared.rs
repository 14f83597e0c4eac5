//! An application that gives one prepared answer to whatever it is asked.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::response::IntoResponse;

use super::answer::Answer;
use super::app::App;

/// The answer, which can be changed at any time. Clones are the same.
#[derive(Clone, Debug)]
pub struct Prepared(Arc<Mutex<Answer>>);

impl Prepared {
    /// This is answered.
    pub fn new(answer: Answer) -> Self {
        Prepared(Arc::new(Mutex::new(answer)))
    }

    /// This is answered from now on.
    pub fn set(&self, answer: Answer) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// The application that answers so.
    pub fn app(&self) -> App {
        let answer = Arc::clone(&self.0);
        App::new(Router::new().fallback(move || {
            let answer = answer
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            std::future::ready(answer.into_response())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Peer;

    #[test]
    fn what_was_prepared_is_answered_until_it_changes() {
        let prepared = Prepared::new(Answer::new(503).header("Retry-After", "1"));
        let server = prepared.app().start();
        let mut peer = Peer::of(&server);
        let first = peer.call("DELETE", "/a?b", "", "c");
        assert_eq!(
            (first.status, first.header("retry-after"), first.body.len()),
            (503, Some("1"), 0)
        );
        prepared.set(Answer::new(200).body("d"));
        let second = peer.get("/");
        assert_eq!(
            (second.status, second.header("retry-after"), &*second.body),
            (200, None, &b"d"[..])
        );
        assert_eq!(server.received()[0].line(), "DELETE /a?b HTTP/1.1");
    }
}
