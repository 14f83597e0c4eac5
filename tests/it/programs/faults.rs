//! Runs the examples under every fault of `cargo xtask fake-atlas --fault`: each recovers, or ends
//! with an error that says why.

use std::collections::BTreeSet;
use std::process::Output;
use std::thread;

use atlas_backup_tests::FaultName;
use atlas_backup_tests::fake_atlas::{FakeAtlas, Family, Fault, Faults};
use clap::ValueEnum;

use super::{NIGHT, a_snapshot, atlas, errors, start, text, usage};

/// An example with its arguments, and the output that shows its success.
struct Program {
    example: &'static str,
    arguments: Vec<String>,
    input: &'static str,
    /// The calls that the example begins with. An error names the one that failed.
    calls: &'static [&'static str],
    /// The text that a successful run prints on standard output or standard error.
    success: &'static str,
}

/// Returns every example with its arguments for this fake.
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
            &[NIGHT],
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

/// The outcome of an example.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// The example succeeds as if there had been no fault.
    Succeeds,
    /// The example ends with exit status 1 and this text on standard error.
    Fails(&'static str),
    /// The example retries or waits for longer than a test may take, and prints no error meanwhile.
    GoesOn,
}

use FaultName as Name;
use Outcome::{Fails, GoesOn, Succeeds};

const LOST: &str = "no complete response: ";
const UNKNOWN: &str = "it is not known whether this was done: ";

/// The outcomes under a single fault, by the kind of call that meets it.
struct Once {
    /// For a call that reads.
    read: Outcome,
    /// For a call that creates something and does not look for it after a failure.
    create: Outcome,
    /// For taking a snapshot, which looks for the snapshot after a failure.
    take: Outcome,
}

/// Returns the outcomes if only the first signed call, or the first signed call that creates
/// something, meets the fault.
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

/// Returns the outcome if all signed calls meet the fault, so that no example can succeed.
fn always(fault: Name, program: &Program) -> Outcome {
    // It retries for a quarter of an hour.
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

/// Returns the fault with a `Retry-After` of zero, so that the test does not have to wait.
fn soon(name: Name) -> Fault {
    name.fault().retry_after(0)
}

/// Runs an example, asserts its outcome, and calls `check` with the fake Atlas afterwards.
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
    let context = format!(
        "{} under {name:?}, {:?}:\n{text}\n{errors}",
        program.example, output.status
    );
    assert_eq!(output.status.success(), expected == Succeeds, "{context}");
    assert_eq!(
        (text.clone() + &errors).contains(program.success),
        expected == Succeeds,
        "{context}"
    );
    if let Fails(reason) = expected {
        assert_eq!(output.status.code(), Some(1), "{context}");
        let line = errors
            .lines()
            .find(|line| line.contains(reason))
            .unwrap_or_else(|| panic!("{context}"));
        let is_named = program
            .calls
            .iter()
            .any(|call| line.contains(&format!("{call}: ")));
        assert!(is_named, "{context}");
    }
    assert!(
        !text.contains(" 0 snapshots") && !text.starts_with("0 snapshots"),
        "{context}"
    );
    check(&program, &atlas);
}

/// Waits until the example has met the fault, and then terminates it. Panics if the example ends by
/// itself.
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

/// Runs each example under each fault, all at the same time, because they mostly wait.
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
fn one_fault_is_retried_or_reported() {
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
fn a_permanent_fault_is_reported() {
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

/// Atlas processes the call that creates something, but the response is lost. Whatever the example
/// does then, Atlas must have created it only once.
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
            // The example creates nothing.
            _ => Succeeds,
        };
        // A silent Atlas still processes the request after the example is terminated, so this case
        // is skipped.
        if name == Name::Silent {
            return;
        }
        expect(name, index, &faults, &expected, &|program, atlas| {
            let context = format!("{} under {name:?}", program.example);
            let only_reads = program.calls.iter().all(|call| call.starts_with("list"));
            assert_eq!(faults.remaining(), usize::from(only_reads), "{context}");
            let received = atlas.server().received_requests();
            let created = received
                .iter()
                .filter(|request| request.handled && request.method == "POST")
                .map(|request| request.path());
            let created: Vec<&str> = created.collect();
            assert_eq!(
                created.iter().collect::<BTreeSet<_>>().len(),
                created.len(),
                "{context}: {created:?}"
            );
        });
    });
}
