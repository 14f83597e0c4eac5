//! Prints code with prettyplease.

use crate::render::Piece;

/// The first and the last line of an `impl Api` as it is printed.
const BEGIN: &str = "impl Api {\n";
const END: &str = "}\n";

/// Prints one item, wrapped in its macro.
pub(super) fn piece(piece: &Piece) -> String {
    let text = item(piece.item.clone());
    let Some(wrapper) = piece.wrapper else {
        return text;
    };
    let lines = text.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("    {line}\n"),
    });
    format!("{wrapper}! {{\n{}}}\n", lines.collect::<String>())
}

/// Prints one item, with empty lines between the methods of an `impl`, which prettyplease leaves
/// out.
pub(crate) fn item(item: syn::Item) -> String {
    let text = prettyplease::unparse(&syn::File {
        shebang: None,
        attrs: Vec::new(),
        items: vec![item],
    });
    text.replace("    }\n    ///", "    }\n\n    ///")
}

/// Puts the methods of several printed `impl Api` into one.
pub(super) fn one_block<'a>(blocks: impl Iterator<Item = &'a str>) -> String {
    let methods = blocks.map(|block| {
        let inside = block
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(END));
        inside.unwrap_or(block)
    });
    format!("{BEGIN}{}{END}", methods.collect::<Vec<_>>().join("\n"))
}
