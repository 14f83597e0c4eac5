//! Signals by which a user ends a program.

use std::io;

/// Installs handlers, and returns a future that waits for Ctrl-C (SIGINT), for SIGTERM, which
/// `kill` sends, or for SIGHUP, which a terminal sends when it is closed. It returns the exit status
/// that shells use for that signal.
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
    let mut hang_up = match outlives_its_terminal() {
        true => None,
        false => Some(signal(SignalKind::hangup())?),
    };
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => 130,
            _ = terminate.recv() => 143,
            Some(_) = async { hang_up.as_mut()?.recv().await } => 129,
        }
    })
}

/// Whether SIGHUP must be left alone, because `nohup` has started the program so that it ignores
/// this signal: a handler would undo that. Only Linux says it without unsafe code. On other systems
/// SIGHUP has its default effect.
#[cfg(unix)]
fn outlives_its_terminal() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let ignored = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u128::from_str_radix(mask.trim(), 16).ok());
    // SIGHUP is the first signal, so its bit is the lowest.
    ignored.is_none_or(|mask| mask & 1 == 1)
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
