//! Messages and `Debug` output stay short, even if the server sent a long text.

use super::samples::{Sample, answer, of_calls, of_each_kind, of_no_call};

const MESSAGE: usize = 2_000;
const DEBUG: usize = 16 * 1024;

fn check(what: &str, sample: &Sample) {
    let (name, message) = (sample.name, &sample.message);
    let start: String = message.chars().take(200).collect();
    assert!(
        message.chars().count() <= MESSAGE,
        "{what}, {name}: {} characters: {start}",
        message.chars().count()
    );
    assert!(
        !message.contains(|c: char| c.is_control()),
        "{what}, {name}: {start}"
    );
    for debug in &sample.debug {
        assert!(
            debug.len() <= DEBUG,
            "{what}, {name}: {} bytes",
            debug.len()
        );
    }
}

#[test]
fn messages_are_one_short_line_and_debug_is_short() {
    for (what, text) in [
        ("lines", "line\r\n\u{1b}[31m".repeat(2_000)),
        ("letters of four bytes", "\u{10348}".repeat(5_000)),
        ("blanks", " ".repeat(20_000)),
        ("a page", "<p>a b".repeat(3_000)),
    ] {
        for sample in of_each_kind(&text).iter().chain(&of_no_call(&text)) {
            check(what, sample);
        }
    }
}

#[test]
fn so_it_is_where_one_holds_another() {
    for sample in of_calls(&"\"".repeat(20_000)) {
        check("quotes", &sample);
    }
}

#[test]
fn it_is_said_how_much_was_left_out() {
    let error = answer(400, "text", 60_000);
    let (message, debug) = (error.to_string(), format!("{error:?}"));
    assert!(
        message.ends_with("; text: text; and 59995 more") && message.len() < 200,
        "{message}"
    );
    assert!(
        debug.contains("… 59995 more") && debug.contains("… 2 more") && debug.len() < 1000,
        "{debug}"
    );
    assert_eq!(
        error.field_violations().len(),
        60_000,
        "it holds all of them"
    );
}
