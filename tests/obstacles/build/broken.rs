//! Cells whose code does not work although the generator accepts them. None should be.

const BROKEN: &[(&str, &str)] = &[
    (
        "name of a path parameter / \"\\u{202e}a\"",
        "rustc refuses a character that changes the direction of text in a doc comment",
    ),
    ("operationId / \"i64\"", CONSTANT),
    ("operationId / \"u8\"", CONSTANT),
];

const CONSTANT: &str = "the constant of the operation has the name of its request, `I64`";

/// Returns why the cell does not work.
pub fn reason(cell: &str) -> Option<&'static str> {
    let found = BROKEN.iter().find(|(name, _)| *name == cell);
    found.map(|(_, reason)| *reason)
}
