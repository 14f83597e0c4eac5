//! An application and the layers around it.

use std::io;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};

use super::examples::examples;
use super::recorded::LogHandle;
use super::server::Server;

/// Middleware around an application: authentication, faults, a barrier.
pub trait Layer {
    /// Wraps the application in this layer.
    fn wrap(&self, inner: Router) -> Router;
}

/// An application with its layers, to be served by [`App::start`].
pub struct App(Router);

impl App {
    /// Serves this router. Every request that reaches it counts as handled.
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

    /// Responds to every operation of the spec with its first example of a success.
    pub fn examples() -> Self {
        App::new(examples())
    }

    /// Adds a layer around the application and all layers added before.
    #[must_use]
    pub fn layer(self, layer: &impl Layer) -> Self {
        App(layer.wrap(self.0))
    }

    /// Serves the application on loopback, on a port that the system picks, in a thread of its own.
    ///
    /// # Panics
    /// If the system has no free port or cannot start a thread.
    pub fn start(self) -> Server {
        Server::start(self.0)
    }

    /// Like [`start`](Self::start), but on this port.
    ///
    /// # Errors
    /// Fails if the port is taken.
    pub fn start_on(self, port: u16) -> io::Result<Server> {
        Server::start_on(self.0, port)
    }
}
