//! What a drill is made of: `scratch` is the guard that keeps it from overwriting the source,
//! `probe` runs the user's program, `relay` shows what it prints, `report` is what was measured, `recorder` fills it in while the
//! drill goes on, and `files` and `markdown` write it. The steps themselves are in
//! `commands/drill.rs`.

mod clock;
mod files;
mod markdown;
mod probe;
mod recorder;
mod relay;
mod report;
mod scratch;

pub use clock::Clock;
pub use files::Files;
pub use probe::{Ended, Probe, Rest};
pub use recorder::Recorder;
pub use report::{Limits, Outcome, Report, StepName, text_of_seconds};
pub use scratch::ScratchCluster;
