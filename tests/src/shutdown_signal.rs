//! How a user ends a program that runs until then.

use std::io;

/// From now on, waits for Ctrl-C (SIGINT), or for SIGTERM, which `kill` sends. It gives the exit status by which shells tell the signal.
///
/// # Errors
/// When the system does not let it wait for signals.
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

/// Waits for Ctrl-C. It gives the exit status by which shells tell it.
///
/// # Errors
/// None: those of the system come from the future, and end it.
#[cfg(not(unix))]
pub fn shutdown_signal() -> io::Result<impl Future<Output = u8>> {
    Ok(async {
        let _ended_in_any_case = tokio::signal::ctrl_c().await;
        130
    })
}
