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
        let help = match found.text.as_str() {
            "true" | "false" => "a key is text: put it in quotes".to_owned(),
            text if found.meaning == "true or false" => format!(
                "put it in quotes if it is text: `\"{text}\"`; otherwise write true or false"
            ),
            text => format!("put it in quotes if it is text: `\"{text}\"`"),
        };
        let mut finding = Finding::new("quotes", &found.pointer, message).help(help);
        finding.location = Some(found.location.clone());
        findings.push(finding);
    }
}
