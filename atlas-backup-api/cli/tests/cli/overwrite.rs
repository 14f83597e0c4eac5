//! A cluster is overwritten only if its name was given once more.

use atlas_backup_fake::FakeAtlas;

use crate::{run, still};

pub const RESTORE: [&str; 5] = ["restore", "orders", "latest", "--to", "events"];

#[test]
fn without_a_terminal_and_the_option_nothing_is_sent() {
    let atlas = still(FakeAtlas::builder());
    let ended = run(&atlas, &RESTORE);
    assert_eq!(
        (ended.code, ended.err.as_str()),
        (
            Some(2),
            "error: all data of events would be overwritten: confirm it with --yes-overwrite NAME, the name of that cluster\n"
        )
    );
    assert_eq!(atlas.server().request_count(), 0);
}

#[test]
fn another_name_is_refused() {
    for name in ["orders", "Events", "events ", ""] {
        let atlas = still(FakeAtlas::builder());
        let ended = run(&atlas, &[&RESTORE[..], &["--yes-overwrite", name]].concat());
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(
            ended
                .err
                .ends_with(" is not events, which would be overwritten: nothing was restored\n"),
            "{}",
            ended.err
        );
        assert_eq!(atlas.server().handled_count("POST"), 0);
    }
}
