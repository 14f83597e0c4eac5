//! The examples under every fault of `cargo xtask fake-atlas --fault`: each rides it out, or ends with an error that says why.

use std::collections::BTreeSet;
use std::process::Output;
use std::thread;

use atlas_backup_tests::FaultName;
use atlas_backup_tests::fake_atlas::{FakeAtlas, Family, Fault, Faults};
use clap::ValueEnum;

use super::{a_snapshot, atlas, errors, start, text, usage};

/// An example as it is run, and what shows that it has done its work.
struct Program {
    example: &'static str,
    arguments: Vec<String>,
    input: &'static str,
    /// The calls that it begins with, of which an error tells the one that failed.
    calls: &'static [&'static str],
    /// What is printed where all is well, on either output.
    success: &'static str,
}

/// Every example, as it is called for this Atlas.
fn programs(atlas: &FakeAtlas, directory: &str) -> Vec<Program> {
    let snapshot = a_snapshot(atlas, "orders");
    let tenant = atlas
        .latest(Family::TenantSnapshot, "tenant")
        .expect("the cluster has some");
    let program = |example, arguments: &[&str], input, calls, success| {
        let arguments = arguments
            .iter()
            .map(|argument| (*argument).to_owned())
            .collect();
        Program {
            example,
            arguments,
            input,
            calls,
            success,
        }
    };
    vec![
        program(
            "list_snapshots",
            &["orders"],
            "",
            &["listSnapshots"],
            "3 snapshots of orders",
        ),
        program(
            "take_snapshot",
            &["orders"],
            "",
            &["listSnapshots", "takeSnapshot"],
            " of orders is good",
        ),
        program(
            "nightly",
            &[],
            "orders\n",
            &["listSnapshots", "takeSnapshot"],
            "1 clusters, 0 failed",
        ),
        program(
            "whole_story",
            &["orders", directory],
            "",
            &["listSnapshots", "takeSnapshot"],
            "all that were offered",
        ),
        program(
            "download_snapshot",
            &["orders", &snapshot, directory],
            "",
            &["createRestoreJob"],
            " bytes\n",
        ),
        program(
            "restore_snapshot",
            &["orders", &snapshot, "events"],
            "events\n",
            &["listSnapshots", "createRestoreJob"],
            "events was restored",
        ),
        program(
            "legacy_snapshot",
            &["legacy"],
            "",
            &["listLegacySnapshots"],
            "3 legacy snapshots of legacy",
        ),
        program(
            "flex_snapshots",
            &["flex", directory],
            "",
            &["listFlexSnapshots", "downloadFlexSnapshot"],
            " bytes\n",
        ),
        program(
            "tenant_download",
            &["tenant", &tenant, directory],
            "",
            &["downloadTenantSnapshot"],
            " bytes\n",
        ),
    ]
}

/// What becomes of an example.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// It does its work as if nothing had been.
    Succeeds,
    /// It ends with exit status 1, and these words on standard error.
    Fails(&'static str),
    /// It tries again or waits for longer than a test may take, and says nothing wrong meanwhile.
    GoesOn,
}

use FaultName as Name;
use Outcome::{Fails, GoesOn, Succeeds};

const LOST: &str = "no complete answer: ";
const UNKNOWN: &str = "it is not known whether this was done: ";

/// One fault, then none.
struct Once {
    /// For a call that reads.
    read: Outcome,
    /// For a call that creates something, where nothing looks for what was created.
    create: Outcome,
    /// For taking a snapshot, which is looked for.
    take: Outcome,
}

/// The first signed call, or the first that creates something, meets the fault once.
fn once(fault: Name) -> Once {
    match fault {
        Name::RateLimited | Name::RateLimitedAs400 => Once {
            read: Succeeds,
            create: Succeeds,
            take: Succeeds,
        },
        Name::BadGateway
        | Name::Unavailable
        | Name::GatewayTimeout
        | Name::Reset
        | Name::ResetMidBody
        | Name::CutShort => Once {
            read: Succeeds,
            create: Fails(UNKNOWN),
            take: Succeeds,
        },
        Name::Silent => Once {
            read: GoesOn,
            create: GoesOn,
            take: GoesOn,
        },
        Name::Unauthorized => Once {
            read: Fails("401 "),
            create: Fails("401 "),
            take: Fails("401 "),
        },
    }
}

/// All signed calls meet it, so that no example can succeed.
fn always(fault: Name, program: &Program) -> Outcome {
    // It tries for a quarter of an hour.
    let is_patient = program.example == "nightly";
    match fault {
        Name::RateLimited => Fails("429 "),
        Name::RateLimitedAs400 => Fails("400 "),
        Name::BadGateway => Fails("502 "),
        Name::Unavailable => Fails("503 "),
        Name::GatewayTimeout => Fails("504 "),
        Name::Reset | Name::ResetMidBody | Name::CutShort if is_patient => GoesOn,
        Name::Reset | Name::ResetMidBody | Name::CutShort => Fails(LOST),
        Name::Silent => GoesOn,
        Name::Unauthorized => Fails("401 "),
    }
}

/// The fault, which does not ask for a pause that a test would have to wait for.
fn soon(name: Name) -> Fault {
    name.fault().retry_after(0)
}

/// Runs an example, and compares what becomes of it. `check` looks at the Atlas afterwards.
fn expect(
    name: Name,
    index: usize,
    faults: &Faults,
    expected: &dyn Fn(&Program) -> Outcome,
    check: &dyn Fn(&Program, &FakeAtlas),
) {
    let atlas = atlas(FakeAtlas::builder().faults(faults));
    let directory = tempfile::tempdir().expect("a temporary directory");
    let program =
        programs(&atlas, directory.path().to_str().expect("its name is text")).swap_remove(index);
    let expected = expected(&program);
    let arguments: Vec<&str> = program.arguments.iter().map(String::as_str).collect();
    let child = start(&atlas, program.example, &arguments, program.input);
    let output = match expected {
        GoesOn => interrupted(&atlas, child),
        Succeeds | Fails(_) => child.wait_with_output().expect("it was started"),
    };
    let (text, errors) = (text(&output), errors(&output));
    let told = format!(
        "{} under {name:?}, {:?}:\n{text}\n{errors}",
        program.example, output.status
    );
    assert_eq!(output.status.success(), expected == Succeeds, "{told}");
    assert_eq!(
        (text.clone() + &errors).contains(program.success),
        expected == Succeeds,
        "{told}"
    );
    if let Fails(reason) = expected {
        assert_eq!(output.status.code(), Some(1), "{told}");
        let line = errors
            .lines()
            .find(|line| line.contains(reason))
            .unwrap_or_else(|| panic!("{told}"));
        let is_named = program
            .calls
            .iter()
            .any(|call| line.contains(&format!("{call}: ")));
        assert!(is_named, "{told}");
    }
    assert!(
        !text.contains(" 0 snapshots") && !text.starts_with("0 snapshots"),
        "{told}"
    );
    check(&program, &atlas);
}

/// Waits until the fault has been met, and ends the example, which must not have ended by itself.
fn interrupted(atlas: &FakeAtlas, child: std::process::Child) -> Output {
    let process = child.id();
    let (send, mut ended) = tokio::sync::oneshot::channel();
    thread::spawn(move || send.send(child.wait_with_output()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("the system has a thread to give");
    runtime.block_on(async {
        tokio::select! {
            // The first request is not signed.
            () = atlas.server().wait_for_requests(2) => {}
            output = &mut ended => panic!("it has ended: {output:?}"),
        }
        super::signals::send("TERM", process);
        ended
            .await
            .expect("the thread waits for it")
            .expect("it was started")
    })
}

/// Each example under each fault, all at the same time: most of it is waiting.
fn matrix(run: impl Fn(Name, usize) + Sync) {
    let run = &run;
    let count = programs(&atlas(FakeAtlas::builder()), "").len();
    thread::scope(|scope| {
        for name in Name::value_variants() {
            for index in 0..count {
                scope.spawn(move || run(*name, index));
            }
        }
    });
}

#[test]
fn every_example_is_run() {
    let known: BTreeSet<String> = programs(&atlas(FakeAtlas::builder()), "")
        .iter()
        .map(|program| program.example.to_owned())
        .collect();
    assert_eq!(known, usage::examples());
}

#[test]
fn one_fault_is_ridden_out_or_told() {
    matrix(|name, index| {
        let faults = Faults::script([soon(name)]).with_authorization();
        let expected = |program: &Program| {
            let begins_with_creating =
                program.calls.len() == 1 && !program.calls[0].starts_with("list");
            if begins_with_creating {
                once(name).create
            } else {
                once(name).read
            }
        };
        expect(name, index, &faults, &expected, &|_, _| {
            assert_eq!(faults.remaining(), 0)
        });
    });
}

#[test]
fn a_fault_that_does_not_go_away_is_told() {
    matrix(|name, index| {
        let faults = Faults::always(soon(name)).with_authorization();
        expect(
            name,
            index,
            &faults,
            &|program| always(name, program),
            &|_, _| {},
        );
    });
}

/// The answer to the call that creates something is lost, after Atlas has done it: it is done once, whatever the example makes of it.
#[test]
fn nothing_is_created_twice() {
    matrix(|name, index| {
        let is_done = !matches!(
            name,
            Name::RateLimited | Name::RateLimitedAs400 | Name::Unauthorized
        );
        let fault = if is_done {
            soon(name).after_handling()
        } else {
            soon(name)
        };
        let faults = Faults::script([fault])
            .with_authorization()
            .on_method("POST");
        let expected = |program: &Program| match program.calls.last() {
            Some(&"takeSnapshot") => once(name).take,
            Some(call) if !call.starts_with("list") => once(name).create,
            // It creates nothing.
            _ => Succeeds,
        };
        // What was asked for while Atlas was silent goes on when the example is ended.
        if name == Name::Silent {
            return;
        }
        expect(name, index, &faults, &expected, &|program, atlas| {
            let told = format!("{} under {name:?}", program.example);
            let only_reads = program.calls.iter().all(|call| call.starts_with("list"));
            assert_eq!(faults.remaining(), usize::from(only_reads), "{told}");
            let received = atlas.server().received_requests();
            let created = received
                .iter()
                .filter(|request| request.handled && request.method == "POST")
                .map(|request| request.path());
            let created: Vec<&str> = created.collect();
            assert_eq!(
                created.iter().collect::<BTreeSet<_>>().len(),
                created.len(),
                "{told}: {created:?}"
            );
        });
    });
}
