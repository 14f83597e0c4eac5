//! Waiting for a job: how the wait ends, and what the progress callback receives.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use atlas_backup_api::v2::types::Snapshot;
use atlas_backup_api::{CallOptions, Ending, Error, RetryPolicy, Wait, WaitError};
use atlas_backup_tests::fake_atlas::{
    self, FakeAtlasBuilder, Family, Fault, Faults, Gate, HttpResponse, PROJECT,
};
use serde_json::json;

use super::script::{self, answering, ok};
use super::{Setting, momentary, setting, setting_with};
use crate::transport::{NoWait, seconds};

fn wait_for(setting: &Setting, snapshot: &Snapshot) -> Wait<Snapshot> {
    setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", &snapshot.id)
        .wait()
}

#[tokio::test]
async fn each_successful_poll_reports_progress_once() {
    let setting = setting();
    let snapshot = setting.take("orders").await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let see = {
        let seen = Arc::clone(&seen);
        move |snapshot: &Snapshot| {
            seen.lock()
                .unwrap()
                .push(snapshot.status.as_ref().unwrap().to_string())
        }
    };
    setting.atlas.faults().push(Fault::html_503());
    let done = wait_for(&setting, &snapshot)
        .on_progress(see)
        .await
        .unwrap();
    let seen = seen.lock().unwrap().clone();
    assert_eq!(
        (done.id, seen.last().map(|word| &**word)),
        (snapshot.id, Some("completed"))
    );
    let mut words = seen.clone();
    words.dedup();
    assert_eq!(words, ["queued", "inProgress", "completed"]);
    // One poll failed, and did not call the progress callback.
    assert_eq!(
        (setting.sent("GET"), setting.clock.waits().len()),
        (seen.len() + 1, seen.len())
    );
}

#[tokio::test]
async fn a_failed_job_is_an_error_with_the_job() {
    let setting = setting();
    setting.atlas.fail_next(Family::Snapshot);
    let snapshot = setting.take("orders").await;
    let error = wait_for(&setting, &snapshot).await.unwrap_err();
    assert_eq!(
        (error.ending(), error.job().map(|job| &job.id)),
        (Some(Ending::Failed), Some(&snapshot.id))
    );
    assert_eq!(
        error.to_string(),
        format!("getSnapshot {}: it failed: failed", snapshot.id)
    );
    assert_eq!(format!("{error:?}"), format!("WaitError({error})"));
}

#[tokio::test]
async fn a_deadline_error_holds_the_job_as_last_seen() {
    for deadline in [1, 5, 600, 3600].map(seconds) {
        let setting = setting();
        setting.atlas.hang_next(Family::Snapshot);
        let snapshot = setting.take("orders").await;
        let error = wait_for(&setting, &snapshot)
            .deadline(deadline)
            .await
            .unwrap_err();
        assert!(
            matches!(&error, WaitError::Deadline { waited, .. } if *waited == deadline),
            "{error:?}"
        );
        let status = error
            .job()
            .and_then(|job| job.status.as_ref())
            .map(ToString::to_string);
        assert_eq!(
            status.as_deref(),
            Some(if deadline < seconds(10) {
                "queued"
            } else {
                "inProgress"
            })
        );
        assert_eq!((error.ending(), setting.elapsed()), (None, deadline));
        let again = "it is in progress: wait for it again with get_snapshot(…).wait(), instead of creating another";
        assert_eq!(
            error.to_string(),
            format!(
                "getSnapshot {}: still in progress after {deadline:?}; {again}",
                snapshot.id
            )
        );
        // The client starts no poll without time left for it.
        assert_eq!(
            setting.atlas.server().handled_count("GET"),
            setting.clock.waits().len()
        );
    }
}

#[tokio::test]
async fn a_zero_deadline_ends_the_wait_at_once() {
    let setting = setting();
    let snapshot = setting.take("orders").await;
    let error = wait_for(&setting, &snapshot)
        .deadline(Duration::ZERO)
        .await
        .unwrap_err();
    assert!(matches!(error, WaitError::Deadline { .. }), "{error:?}");
    assert_eq!(setting.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn the_longest_possible_deadline_is_no_deadline() {
    let setting = setting();
    let snapshot = setting.take("orders").await;
    wait_for(&setting, &snapshot)
        .deadline(Duration::MAX)
        .await
        .unwrap();
}

#[tokio::test]
async fn polls_that_time_out_do_not_end_the_wait() {
    let setting = setting_with(FakeAtlasBuilder::without_authentication, |client| {
        client.attempt_timeout(Duration::from_millis(100))
    });
    let snapshot = setting.take("orders").await;
    for _ in 0..4 {
        setting.atlas.faults().push(Fault::silent());
    }
    wait_for(&setting, &snapshot).await.unwrap();
    assert_eq!(setting.atlas.faults().remaining(), 0);
}

#[tokio::test]
async fn a_transient_poll_failure_does_not_end_the_wait() {
    for fault in momentary() {
        let setting = setting();
        let snapshot = setting.take("orders").await;
        setting.atlas.faults().push(fault.clone());
        let done = wait_for(&setting, &snapshot).await;
        assert!(done.is_ok_and(|done| done.id == snapshot.id), "{fault:?}");
        assert_eq!(setting.atlas.faults().remaining(), 0, "{fault:?}");
    }
}

#[tokio::test]
async fn the_fifth_failure_in_a_row_ends_the_wait() {
    for fault in momentary()
        .into_iter()
        .chain([Fault::respond(HttpResponse::new(500))])
    {
        let setting = setting();
        let snapshot = setting.take("orders").await;
        let fail = |times| (0..times).for_each(|_| setting.atlas.faults().push(fault.clone()));
        // Four failures, a successful poll, and four failures again.
        fail(4);
        setting.atlas.faults().push(Fault::pass());
        fail(4);
        wait_for(&setting, &snapshot)
            .await
            .unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        let before = setting.sent("GET");
        fail(5);
        let error = wait_for(&setting, &snapshot).await.unwrap_err();
        assert!(
            matches!(error, WaitError::Call { .. }) && error.job().is_none(),
            "{fault:?}: {error:?}"
        );
        assert_eq!(
            (
                setting.sent("GET") - before,
                setting.atlas.faults().remaining()
            ),
            (5, 0),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn retries_within_a_call_count_as_one_failure() {
    let setting = setting_with(FakeAtlasBuilder::without_authentication, |client| {
        client.retry(RetryPolicy::new().max_attempts(3))
    });
    let snapshot = setting.take("orders").await;
    (0..12).for_each(|_| setting.atlas.faults().push(Fault::html_503()));
    wait_for(&setting, &snapshot).await.unwrap();
    let before = setting.sent("GET");
    (0..15).for_each(|_| setting.atlas.faults().push(Fault::html_503()));
    assert!(matches!(
        wait_for(&setting, &snapshot).await,
        Err(WaitError::Call { .. })
    ));
    assert_eq!(setting.sent("GET") - before, 15);
}

#[tokio::test]
async fn each_poll_uses_the_options_of_the_call() {
    let setting = setting();
    let snapshot = setting.take("orders").await;
    (0..5).for_each(|_| setting.atlas.faults().push(Fault::html_503()));
    let often = CallOptions::new().retry(RetryPolicy::new().max_attempts(6));
    // A deadline shorter than the timeout of a call changes nothing else about the call.
    let wait = setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", &snapshot.id)
        .options(often)
        .wait()
        .deadline(seconds(200));
    wait.await.unwrap();
    assert_eq!(setting.atlas.faults().remaining(), 0);
}

#[tokio::test]
async fn a_permanent_failure_ends_the_wait_at_once() {
    let refused = |name| Fault::respond(fake_atlas::error_response(name));
    for (fault, status) in [
        (refused("notFound"), 404),
        (Fault::unauthorized_latin_1(), 401),
        (refused("forbidden"), 403),
        (Fault::respond(HttpResponse::new(406)), 406),
        (Fault::redirect(302, "http://127.0.0.1:1/"), 302),
    ] {
        let setting = setting();
        let snapshot = setting.take("orders").await;
        setting.atlas.faults().push(fault);
        let error = wait_for(&setting, &snapshot).await.unwrap_err();
        let WaitError::Call { failure: error, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(
            error.status().map(|found| found.as_u16()),
            Some(status),
            "{error:?}"
        );
        assert_eq!(
            (setting.sent("GET"), setting.clock.waits().len()),
            (1, 0),
            "{status}"
        );
    }
    let setting = setting();
    let error = setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", "no id")
        .wait()
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            WaitError::Call {
                failure: Error::InvalidArgument(_),
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(setting.sent("GET"), 0);
}

#[tokio::test]
async fn an_unreadable_response_ends_the_wait_at_once() {
    let setting = setting();
    let snapshot = setting.take("orders").await;
    setting
        .atlas
        .faults()
        .push(Fault::respond(HttpResponse::json(
            200,
            "application/json",
            &serde_json::json!([]),
        )));
    assert!(matches!(
        wait_for(&setting, &snapshot).await,
        Err(WaitError::Call {
            failure: Error::Decode(_),
            ..
        })
    ));
    assert_eq!(setting.sent("GET"), 1);
}

#[tokio::test]
async fn a_dropped_wait_sends_nothing_more_and_the_job_continues() {
    let setting = setting();
    let snapshot = setting.take("orders").await;
    let gate = Gate::closed();
    for fault in [Fault::pass(), Fault::pass(), Fault::hold_until(&gate)] {
        setting.atlas.faults().push(fault);
    }
    tokio::select! {
        _ = wait_for(&setting, &snapshot).into_future() => panic!("the gate is closed"),
        () = gate.wait_for_arrivals(1) => {}
    }
    gate.open();
    setting.clock.servers().advance(seconds(60));
    let now = setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", &snapshot.id)
        .send()
        .await
        .unwrap();
    assert_eq!(
        now.status.as_ref().map(ToString::to_string).as_deref(),
        Some("completed")
    );
    assert_eq!((setting.sent("GET"), setting.clock.waits().len()), (4, 2));
}

#[tokio::test]
async fn a_deadline_error_holds_the_failure_if_no_poll_succeeded() {
    let setting = setting_with(
        |atlas| {
            atlas
                .without_authentication()
                .faults(&Faults::script((0..9).map(|_| Fault::close())))
        },
        |client| client,
    );
    let wait = setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", PROJECT)
        .wait();
    let error = wait.deadline(seconds(3)).await.unwrap_err();
    assert!(
        matches!(
            &error,
            WaitError::Deadline {
                job: None,
                failure: Some(_),
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        error.to_string().starts_with(&format!(
            "getSnapshot {PROJECT}: not known how far it is after 3s: "
        )),
        "{error}"
    );
}

#[tokio::test]
async fn extreme_poll_intervals_are_accepted() {
    for (first, longest) in [
        (Duration::ZERO, Duration::ZERO),
        (Duration::MAX, Duration::MAX),
        (seconds(1), Duration::MAX),
    ] {
        let answer = |status| {
            ok(&json!({"id": PROJECT, "status": status})).header("RateLimit-Remaining", "0")
        };
        let server = answering(["queued", "inProgress", "completed"].map(answer));
        let clock = NoWait::new();
        let wait = script::client(&server, &clock)
            .v2()
            .get_snapshot(PROJECT, "orders", PROJECT)
            .wait();
        let done = wait
            .poll_every(first, longest)
            .deadline(Duration::MAX)
            .await;
        assert!(done.is_ok(), "{first:?}, {longest:?}: {done:?}");
        assert!(
            clock
                .waits()
                .iter()
                .all(|wait| !wait.is_zero() && *wait <= seconds(30 * 3600)),
            "{:?}",
            clock.waits()
        );
    }
}
