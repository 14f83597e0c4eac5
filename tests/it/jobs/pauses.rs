//! The pauses between the polls of a wait.

use std::time::Duration;

use atlas_backup_api::{Client, RetryPolicy, WaitError};
use atlas_backup_tests::fake_atlas::{FakeAtlasBuilder, Family, Fault, PROJECT};
use serde_json::json;

use super::script::{answering, client, ok};
use super::{Setting, setting, setting_with};
use crate::transport::{NoWait, seconds};

/// Returns the pauses of a wait that reaches its deadline, without the last two, which the deadline
/// shortens.
async fn pauses(setting: &Setting, deadline: Duration) -> Vec<Duration> {
    setting.atlas.hang_next(Family::Snapshot);
    let snapshot = setting.take("orders").await;
    let before = setting.clock.waits().len();
    let wait = setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", &snapshot.id)
        .wait()
        .deadline(deadline);
    assert!(matches!(wait.await, Err(WaitError::Deadline { .. })));
    let mut waits = setting.clock.waits().split_off(before);
    waits.truncate(waits.len().saturating_sub(2));
    waits
}

/// Whether a pause differs from the usual one by at most a fifth.
fn is_about(pause: Duration, usual: f64) -> bool {
    let ratio = pause.as_secs_f64() / usual;
    (0.8..=1.2).contains(&ratio)
}

#[tokio::test]
async fn pauses_grow_by_half_up_to_thirty_seconds_with_jitter() {
    let mut ratios = Vec::new();
    for _ in 0..5 {
        let pauses = pauses(&setting(), seconds(3600)).await;
        assert!(pauses.len() > 100, "{pauses:?}");
        for (index, pause) in (0..).zip(&pauses) {
            let usual = (2.0 * 1.5_f64.powi(index)).min(30.0);
            assert!(
                is_about(*pause, usual),
                "pause {index}: {pause:?}, and not about {usual}"
            );
            ratios.push(pause.as_secs_f64() / usual);
        }
    }
    // The random factor uses both ends of its range. The chance that none of 500 picks falls into a
    // given tenth of the range is 0.9 to the power of 500.
    assert!(ratios.iter().any(|ratio| *ratio < 0.84) && ratios.iter().any(|ratio| *ratio > 1.16));
}

#[tokio::test]
async fn poll_every_sets_the_pauses() {
    let setting = setting();
    setting.atlas.hang_next(Family::Snapshot);
    let snapshot = setting.take("orders").await;
    let wait = || {
        setting
            .client
            .v2()
            .get_snapshot(PROJECT, "orders", &snapshot.id)
            .wait()
            .deadline(seconds(100))
    };
    for (first, longest) in [(10, 15), (20, 10)] {
        let before = setting.clock.waits().len();
        drop(wait().poll_every(seconds(first), seconds(longest)).await);
        let pauses = setting.clock.waits().split_off(before);
        assert!(is_about(pauses[0], first.min(longest) as f64), "{pauses:?}");
        assert!(
            pauses[1..pauses.len() - 2]
                .iter()
                .all(|pause| is_about(*pause, longest as f64)),
            "{pauses:?}"
        );
    }
}

#[tokio::test]
async fn the_last_poll_is_shortly_before_the_deadline() {
    let setting = setting();
    setting
        .atlas
        .set_job_duration(Family::Snapshot, seconds(0), seconds(90));
    let snapshot = setting.take("orders").await;
    let wait = setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", &snapshot.id)
        .wait();
    let job = wait
        .deadline(seconds(100))
        .poll_every(seconds(70), seconds(70))
        .await;
    assert!(
        job.is_ok(),
        "it ended while the last pause would have lasted: {job:?}"
    );
}

#[tokio::test]
async fn retry_after_sets_the_next_pause() {
    for (fault, asked) in [
        (Fault::rate_limited(Some(45)), 45),
        (Fault::rate_limited(Some(3600)), 3600),
    ] {
        let setting = setting();
        let snapshot = setting.take("orders").await;
        setting.atlas.faults().push(fault);
        setting
            .client
            .v2()
            .get_snapshot(PROJECT, "orders", &snapshot.id)
            .wait()
            .await
            .unwrap();
        let waits = setting.clock.waits();
        assert_eq!(waits[0], seconds(asked));
        // The requested pause applies once; the following pauses have their usual length.
        assert!(
            waits[1..].iter().all(|wait| *wait < seconds(37)),
            "{waits:?}"
        );
    }
    // A requested pause that is shorter than the usual one does not make the client poll sooner.
    let setting = setting();
    let snapshot = setting.take("orders").await;
    setting.atlas.faults().push(Fault::rate_limited(Some(0)));
    setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", &snapshot.id)
        .wait()
        .await
        .unwrap();
    assert!(is_about(setting.clock.waits()[0], 2.0));
}

#[tokio::test]
async fn a_retry_after_beyond_the_deadline_ends_the_wait_at_once() {
    let setting = setting();
    let snapshot = setting.take("orders").await;
    let exchanges = setting.atlas.server().request_count();
    setting.atlas.faults().push(Fault::rate_limited(Some(100)));
    let wait = setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", &snapshot.id)
        .wait()
        .deadline(seconds(100));
    let error = wait.await.unwrap_err();
    let WaitError::Call { failure, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(failure.retry_after(), Some(seconds(100)));
    assert!(
        error.to_string().starts_with("getSnapshot: 429 ")
            && error.to_string().contains("; retry after 100 s; "),
        "{error}"
    );
    assert_eq!(
        (
            setting.atlas.server().request_count() - exchanges,
            setting.clock.waits().len()
        ),
        (1, 0)
    );

    // The requested pause is a little shorter than the remaining time: the client polls when it
    // ends, also if the last poll was due earlier.
    setting.atlas.faults().push(Fault::rate_limited(Some(98)));
    let wait = setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", &snapshot.id)
        .wait()
        .deadline(seconds(100));
    wait.poll_every(seconds(500), seconds(500)).await.unwrap();
    assert_eq!(setting.clock.waits(), [seconds(98)]);
}

#[tokio::test]
async fn a_rate_limit_is_first_retried_within_the_call() {
    let setting = setting_with(FakeAtlasBuilder::without_authentication, |client| {
        client.retry(RetryPolicy::new())
    });
    let snapshot = setting.take("orders").await;
    setting.atlas.faults().push(Fault::rate_limited(Some(20)));
    setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", &snapshot.id)
        .wait()
        .await
        .unwrap();
    let waits = setting.clock.waits();
    assert_eq!(waits[0], seconds(20));
    assert!(is_about(waits[1], 2.0), "{waits:?}");
}

/// Returns the first pause after a response with these rate limit headers.
async fn first_pause(limit: &str, remaining: &str) -> Duration {
    let snapshot = |status: &str| ok(&json!({"id": PROJECT, "status": status}));
    let with_rate_limit = |answer: atlas_backup_tests::fake_atlas::HttpResponse| {
        let answer = if limit.is_empty() {
            answer
        } else {
            answer.header("RateLimit-Limit", limit)
        };
        answer.header("RateLimit-Remaining", remaining)
    };
    let server = answering(["queued", "completed"].map(|status| with_rate_limit(snapshot(status))));
    let clock = NoWait::new();
    let client: Client = client(&server, &clock);
    client
        .v2()
        .get_snapshot(PROJECT, "orders", PROJECT)
        .wait()
        .await
        .expect("it ends well");
    let waits = clock.waits();
    assert_eq!((waits.len(), server.request_count()), (1, 2));
    waits[0]
}

#[tokio::test]
async fn pauses_are_longest_while_little_of_the_rate_limit_remains() {
    for (limit, remaining, usual) in [
        ("1200", "1199", 2.0),
        ("1200", "120", 2.0),
        ("1200", "119", 30.0),
        ("1200", "0", 30.0),
        ("", "0", 30.0),
        ("1200", "?", 2.0),
    ] {
        let pause = first_pause(limit, remaining).await;
        assert!(is_about(pause, usual), "{remaining} of {limit}: {pause:?}");
    }
}

#[tokio::test]
async fn clients_that_share_a_rate_limit_all_finish() {
    let setting = setting();
    setting.atlas.set_rate_limit(Some(20));
    let snapshot = setting.take("orders").await;
    let wait = || {
        setting
            .client
            .v2()
            .get_snapshot(PROJECT, "orders", &snapshot.id)
            .wait()
    };
    let done = futures_util::future::join_all((0..10).map(|_| wait().into_future())).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
}
