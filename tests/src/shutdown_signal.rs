//! Signals by which a user ends a program.

use std::io;

/// Installs handlers, and returns a future that waits for Ctrl-C (SIGINT), or for SIGTERM, which
/// `kill` sends. It returns the exit status that shells use for that signal.
///
/// # Errors
/// Fails if the system does not allow signal handlers.
#[cfg(unix)]
pub fn shutdown_signal() -> io::Result<impl Future<Output = u8>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => 130,
            _ = terminate.recv() => 143,
        }
    })
}

/// Returns a future that waits for Ctrl-C. It returns the exit status that shells use for it.
///
/// # Errors
/// Never fails: if the system cannot wait for Ctrl-C, the future ends at once.
#[cfg(not(unix))]
pub fn shutdown_signal() -> io::Result<impl Future<Output = u8>> {
    Ok(async {
        let _ended_in_any_case = tokio::signal::ctrl_c().await;
        130
    })
}
