//! Cells whose code does not work although the generator accepts them. None should be.

const BROKEN: &[(&str, &str)] = &[];

/// Returns why the cell does not work.
pub fn reason(cell: &str) -> Option<&'static str> {
    let found = BROKEN.iter().find(|(name, _)| *name == cell);
    found.map(|(_, reason)| *reason)
}
