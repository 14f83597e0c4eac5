//! Text that some YAML reader takes for something else must stand in quotes. Other tools read these
//! documents too, and an unquoted `no` is `false` for many of them.

use super::wrong_kinds;
use crate::document::{Ambiguous, Loaded};
use crate::error::Finding;

pub(super) fn lint(loaded: &Loaded<'_>, findings: &mut Vec<Finding>) {
    // `grammar` says what a value of the wrong kind must be, and so whether it needs quotes.
    let wrong = wrong_kinds(findings);
    let is_told = |found: &Ambiguous| !found.is_key && wrong.contains(&found.pointer);
    for found in loaded.ambiguous.iter().filter(|found| !is_told(found)) {
        let message = format!(
            "`{}` without quotes is {} for some readers",
            found.text, found.meaning
        );
        let quoted = format!("`\"{}\"`", found.text);
        let otherwise = match found.meaning {
            "true or false" => "; otherwise write true or false",
            "a number" => {
                "; otherwise write the number in decimal digits, without a zero before it"
            }
            _ => "",
        };
        let help = match found.is_key {
            true => format!("a key is text: put it in quotes: {quoted}"),
            false => format!("put it in quotes if it is text: {quoted}{otherwise}"),
        };
        let mut finding = Finding::new("quotes", &found.pointer, message).help(help);
        finding.location = Some(found.location.clone());
        findings.push(finding);
    }
}
