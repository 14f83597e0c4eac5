//! What answers, and what goes around it.

use std::io;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};

use super::examples::examples;
use super::recorded::LogHandle;
use super::server::Server;

/// Something around an application: authentication, faults, a barrier.
pub trait Layer {
    /// The application with this around it.
    fn wrap(&self, inner: Router) -> Router;
}

/// An application on its way to being served.
pub struct App(Router);

impl App {
    /// The application of your own at the core. Every request that reaches it counts as acted upon.
    pub fn new(router: Router) -> Self {
        App(
            router.layer(middleware::from_fn(|request: Request, next: Next| {
                if let Some(log_handle) = request.extensions().get::<LogHandle>() {
                    log_handle.mark_handled();
                }
                next.run(request)
            })),
        )
    }

    /// Answers every operation of the spec with its first example of a success.
    pub fn examples() -> Self {
        App::new(examples())
    }

    /// With a layer around all there is so far.
    #[must_use]
    pub fn layer(self, layer: &impl Layer) -> Self {
        App(layer.wrap(self.0))
    }

    /// Serves it on loopback, on a port that the system picks, from a thread of its own.
    ///
    /// # Panics
    /// When the system has no port or thread to give.
    pub fn start(self) -> Server {
        Server::start(self.0)
    }

    /// The same on this port.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start_on(self, port: u16) -> io::Result<Server> {
        Server::start_on(self.0, port)
    }
}
