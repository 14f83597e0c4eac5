//! Text that some YAML reader takes for something else must stand in quotes. Other tools read these
//! documents too, and an unquoted `no` is `false` for many of them.

use crate::document::Loaded;
use crate::error::Finding;

pub(super) fn lint(loaded: &Loaded<'_>, findings: &mut Vec<Finding>) {
    for found in &loaded.ambiguous {
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
