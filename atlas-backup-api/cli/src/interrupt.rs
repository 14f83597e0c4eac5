//! Ctrl-C, SIGTERM and SIGHUP: the program stops, says what it has started, and how to go on.
//!
//! A command tells `Interrupt` at each step what a user must know who interrupts it there. While a
//! request is on its way whose response alone says what was created, Ctrl-C waits for the response. A
//! second Ctrl-C ends the program at once. `save` and `take --once` wait for nothing: to run the same
//! command again is right whatever was created.

use std::pin::pin;
use std::sync::Arc;

use tokio::sync::watch;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;

/// What a user must know who interrupts the program now.
#[derive(Clone)]
pub struct Interrupt(Arc<watch::Sender<State>>);

/// What is done when the program is interrupted, with the failure with which it ends.
type AtEnd = Arc<dyn Fn(Failure) -> Failure + Send + Sync>;

struct State {
    advice: String,
    at_end: Option<AtEnd>,
    /// Whether a request was sent whose response says what was created, and it is not known yet.
    is_sending: bool,
}

impl Interrupt {
    /// Sets what the program says if it is interrupted from now on.
    pub fn advise(&self, advice: impl Into<String>) {
        self.0.send_modify(|state| state.advice = advice.into());
    }

    /// Sets what is done if the program is interrupted from now on, after the command was stopped:
    /// it gets the failure with which the program ends, and may add to it.
    pub fn at_end(&self, act: impl Fn(Failure) -> Failure + Send + Sync + 'static) {
        self.0
            .send_modify(|state| state.at_end = Some(Arc::new(act)));
    }

    /// Sends a request whose response says what was created. `unknown` is what the program says if it must end
    /// before the response has arrived.
    pub async fn sending<T>(
        &self,
        unknown: impl Into<String>,
        request: impl Future<Output = T>,
    ) -> T {
        self.begin_sending(unknown);
        let response = request.await;
        self.0.send_modify(|state| state.is_sending = false);
        response
    }

    /// Like `sending`, for a request that the client sends in the middle of other work: it begins
    /// here, and ends with `end_sending` or with the command.
    pub fn begin_sending(&self, unknown: impl Into<String>) {
        self.0.send_modify(|state| {
            state.advice = unknown.into();
            state.is_sending = true;
        });
    }

    /// What was created is known. `advice` is what the program says from now on.
    pub fn end_sending(&self, advice: impl Into<String>) {
        self.0.send_modify(|state| {
            state.advice = advice.into();
            state.is_sending = false;
        });
    }
}

/// Runs a command until it ends or is interrupted.
pub async fn guard<W>(command: impl FnOnce(Interrupt) -> W) -> Result<(), Failure>
where
    W: Future<Output = Result<(), Failure>>,
{
    let (sender, mut state) = watch::channel(State {
        advice: "nothing was changed".to_owned(),
        at_end: None,
        is_sending: false,
    });
    let sender = Arc::new(sender);
    let mut signals = Signals::listen()?;
    let interrupted = {
        let mut work = pin!(command(Interrupt(sender)));
        let signal = tokio::select! {
            biased;
            ended = &mut work => return ended,
            signal = signals.next() => signal,
        };
        if state.borrow().is_sending {
            say("interrupted: waiting for the response of Atlas; Ctrl-C ends at once");
            // The command first: it says what to advise before it is seen that it has a response.
            tokio::select! {
                biased;
                ended = &mut work => return ended,
                _ = state.wait_for(|state| !state.is_sending) => signal,
                signal = signals.next() => signal,
            }
        } else {
            signal
        }
        // The command is dropped here: it closes its files and removes its progress bars.
    };
    let (advice, at_end) = {
        let state = state.borrow();
        (state.advice.clone(), state.at_end.clone())
    };
    let failure = Failure::new(interrupted, advice);
    Err(match at_end {
        Some(act) => act(failure),
        None => failure,
    })
}

/// The signals that interrupt the program.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// None if the program is to outlive its terminal.
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failure::new(Exit::Other, format!("signals cannot be received: {error}"))
            })
        };
        Ok(Signals {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: match outlives_its_terminal() {
                false => Some(listen(SignalKind::hangup())?),
                true => None,
            },
        })
    }

    #[cfg(not(unix))]
    fn listen() -> Result<Self, Failure> {
        Ok(Signals {})
    }

    /// Waits for the next signal, and returns with what the program ends then.
    #[cfg(unix)]
    async fn next(&mut self) -> Exit {
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Terminated,
            Some(_) = async { self.hang_up.as_mut()?.recv().await } => Exit::HungUp,
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) -> Exit {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Exit::Interrupted,
            // Without a handler the system itself ends the program at Ctrl-C.
            Err(_) => std::future::pending().await,
        }
    }
}

/// Whether SIGHUP must be left alone, because `nohup` has started the program so that it ignores that
/// signal: to listen for it would undo that. Only Linux says it without unsafe code. Elsewhere SIGHUP
/// does what it does without a listener.
#[cfg(unix)]
fn outlives_its_terminal() -> bool {
    let status = std::fs::read_to_string("/proc/self/status");
    status.map_or(true, |status| ignores_hang_up(&status))
}

/// Whether SIGHUP, the first of all signals, is in the mask of the ignored ones, which is in
/// hexadecimal digits.
#[cfg(unix)]
fn ignores_hang_up(status: &str) -> bool {
    let mut lines = status.lines();
    let ignored = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u128::from_str_radix(mask.trim(), 16).ok());
    ignored.is_none_or(|mask| mask & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_the_bit_of_sighup_counts() {
        for (status, expected) in [
            (
                "SigBlk:\t0000000000000001\nSigIgn:\t0000000000001000\n",
                false,
            ),
            (
                "SigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\n",
                true,
            ),
            // Not known.
            ("SigBlk:\t0000000000000000\n", true),
        ] {
            assert_eq!(ignores_hang_up(status), expected, "{status}");
        }
    }
}
