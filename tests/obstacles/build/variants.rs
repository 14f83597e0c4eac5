//! Random variants of `sound.yaml` that the generator accepts: their code must compile.

use atlas_backup_codegen::Output;

use crate::outcome::{self, Outcome};

#[path = "../../../codegen/tests/variants/change.rs"]
mod change;

use change::{VARIANTS, Variant, sound, written};

/// Of how many accepted variants one is compiled.
const STEP: usize = 4;

/// Returns the API generation and the code of every fourth variant that is accepted. The first line
/// of each file has the number of the variant and its changes.
pub fn sample() -> Vec<(String, Output)> {
    let sound = sound();
    let accepted = (0..VARIANTS).filter_map(|seed| {
        let Variant { document, changes } = Variant::of(&sound, seed);
        let api = format!("variant{seed}");
        let what = format!("variant {seed} ({})", changes.join("; "));
        match outcome::of(&written(&document, &api, &what)) {
            Outcome::Accepted(Some(output)) => Some((api, *output)),
            _ => None,
        }
    });
    accepted.step_by(STEP).collect()
}
