//! Taking a snapshot at most once under a name, so that a program may be killed and started again.

use std::sync::{Arc, Mutex};

use atlas_backup_api::v2::types::{OnDemandSnapshotRequest, Snapshot, SnapshotStatus};
use atlas_backup_api::{SnapshotOnce, TakeError, TakeSnapshotOnce, WaitError};
use atlas_backup_tests::fake_atlas::{Family, Fault, Faults, HttpResponse, PROJECT};
use serde_json::{Value, json};

use super::script::{self, ok, replying};
use super::{Setting, setting, setting_with};
use crate::transport::{NoWait, seconds};

const NIGHT: &str = "2026-01-31";

fn body() -> OnDemandSnapshotRequest {
    OnDemandSnapshotRequest {
        description: Some("Nightly".to_owned()),
        ..OnDemandSnapshotRequest::default()
    }
}

fn once(setting: &Setting, cluster: &str, name: &str) -> TakeSnapshotOnce {
    let api = setting.client.v2();
    api.take_snapshot_once(PROJECT, cluster, name, body())
}

/// Starts a fake that applies these faults to the POST requests.
fn setting_where(faults: impl IntoIterator<Item = Fault>) -> Setting {
    let faults = Faults::script(faults).on_method("POST");
    setting_with(
        |atlas| atlas.without_authentication().faults(&faults),
        |client| client,
    )
}

/// What was returned, and how many snapshots Atlas has been asked for so far.
fn taken(setting: &Setting, once: Result<SnapshotOnce, TakeError>) -> (String, bool, usize) {
    let once = once.unwrap_or_else(|error| panic!("{error}"));
    let id = once.snapshot.id.to_string();
    (id, once.is_new, setting.sent("POST"))
}

#[tokio::test]
async fn the_second_call_with_a_name_finds_the_snapshot_of_the_first() {
    for cluster in ["orders", "events"] {
        let setting = setting();
        let (id, is_new, sent) = taken(&setting, once(&setting, cluster, NIGHT).await);
        assert_eq!((is_new, sent), (true, 1), "{cluster}");
        // While it is queued, while it is in progress, and when it is completed.
        for minutes in [0, 1, 60] {
            setting.atlas.clock().advance(seconds(30 * minutes));
            let again = taken(&setting, once(&setting, cluster, NIGHT).await);
            assert_eq!(again, (id.clone(), false, 1), "{cluster}");
        }
    }
}

#[tokio::test]
async fn the_request_has_the_name_in_its_description() {
    let setting = setting();
    let once = once(&setting, "orders", NIGHT).await.unwrap();
    assert_eq!(
        once.snapshot.description.as_deref(),
        Some("Nightly [atlas-backup-api once 2026-01-31]")
    );
}

#[tokio::test]
async fn another_name_takes_another_snapshot_after_the_first() {
    // The one name begins with the other.
    let setting = setting();
    let (first, ..) = taken(&setting, once(&setting, "orders", "night-10").await);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let see = {
        let seen = Arc::clone(&seen);
        move |snapshot: &Snapshot| seen.lock().unwrap().push(snapshot.id.to_string())
    };
    let other = once(&setting, "orders", "night-1").on_progress(see).await;
    let (second, is_new, sent) = taken(&setting, other);
    assert_eq!((is_new, sent), (true, 2));
    assert_ne!(first, second);
    let mut seen = seen.lock().unwrap().clone();
    seen.dedup();
    assert_eq!(seen, [first]);
}

#[tokio::test]
async fn instead_of_one_that_has_failed_another_is_taken() {
    let setting = setting();
    setting.atlas.fail_next(Family::Snapshot);
    let (first, ..) = taken(&setting, once(&setting, "orders", NIGHT).await);
    setting.atlas.clock().advance(seconds(3600));
    let (second, is_new, sent) = taken(&setting, once(&setting, "orders", NIGHT).await);
    assert_eq!((is_new, sent), (true, 2));
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_lost_response_is_looked_for_and_not_requested_again() {
    for fault in [
        Fault::reset().after_handling(),
        Fault::gateway_timeout_504().after_handling(),
        Fault::reset_mid_body(),
        Fault::cut_short(),
    ] {
        let setting = setting_where([fault.clone()]);
        let (_, is_new, sent) = taken(&setting, once(&setting, "orders", NIGHT).await);
        assert_eq!((is_new, sent), (true, 1), "{fault:?}");
    }
}

#[tokio::test]
async fn a_lost_request_is_ambiguous_and_may_be_repeated() {
    for fault in [Fault::reset(), Fault::html_503()] {
        let setting = setting_where([fault.clone()]);
        let error = once(&setting, "orders", NIGHT).await.unwrap_err();
        assert!(matches!(error, TakeError::Ambiguous { .. }), "{error:?}");
        assert!(
            error
                .to_string()
                .contains("[atlas-backup-api once 2026-01-31]"),
            "{error}"
        );
        let (_, is_new, sent) = taken(&setting, once(&setting, "orders", NIGHT).await);
        assert_eq!((is_new, sent), (true, 2), "{fault:?}");
    }
}

#[tokio::test]
async fn a_response_that_was_lost_at_the_deadline_is_looked_for() {
    let clock = NoWait::new();
    let servers = clock.servers().clone();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let server = replying(move |call, body| {
        let mut asked = asked.lock().unwrap();
        if call.starts_with("POST") {
            servers.advance(seconds(4));
            let body: Value = serde_json::from_slice(body).unwrap();
            asked.push(json!({"id": PROJECT, "description": body["description"]}));
            return HttpResponse::new(504);
        }
        ok(&json!({"results": *asked}))
    });
    let client = script::client(&server, &clock);
    let api = client.v2();
    let once = api.take_snapshot_once(PROJECT, "orders", NIGHT, body());
    let once = once.deadline(seconds(4)).await.unwrap();
    assert_eq!((once.snapshot.id.as_str(), once.is_new), (PROJECT, true));
    assert_eq!(server.handled_count("POST"), 1);
}

/// Atlas refuses a snapshot while another is in progress, which its list may not show yet.
#[tokio::test]
async fn after_a_conflict_the_list_is_looked_at_again() {
    let conflict = || Fault::respond(HttpResponse::new(409));
    let setting = setting_where([conflict(), conflict()]);
    let (_, is_new, sent) = taken(&setting, once(&setting, "orders", NIGHT).await);
    assert_eq!((is_new, sent, setting.clock.waits().len()), (true, 3, 2));

    // The snapshot that is in progress may be the one that an earlier run has requested.
    let setting = setting_where([conflict().after_handling()]);
    let (_, is_new, sent) = taken(&setting, once(&setting, "orders", NIGHT).await);
    assert_eq!((is_new, sent), (false, 1));

    let faults = Faults::always(conflict()).on_method("POST");
    let setting = setting_with(
        |atlas| atlas.without_authentication().faults(&faults),
        |client| client,
    );
    let error = once(&setting, "orders", NIGHT).await.unwrap_err();
    assert!(
        matches!(&error, TakeError::Call(error) if error.status().is_some_and(|status| status == 409))
    );
    assert_eq!(setting.sent("POST"), 6);
}

#[tokio::test]
async fn the_deadline_includes_the_wait_for_another_snapshot() {
    let setting = setting();
    setting.atlas.hang_next(Family::Snapshot);
    let other = setting.take("orders").await;
    let once = once(&setting, "orders", NIGHT).deadline(seconds(600));
    let error = once.await.unwrap_err();
    assert!(
        matches!(&error, TakeError::Busy(WaitError::Deadline { job: Some(job), .. }) if job.id == other.id),
        "{error:?}"
    );
    assert_eq!((setting.sent("POST"), setting.elapsed()), (1, seconds(600)));
}

/// The list lags behind: it shows in progress what has ended.
#[tokio::test]
async fn a_stale_list_causes_no_endless_requests() {
    const OTHER: &str = "32b6e34b3d91647abb20e7b9";
    let server = replying(|call, _| match call {
        call if call.starts_with("POST") => ok(&json!({"id": PROJECT, "status": "queued"})),
        call if call.ends_with(OTHER) => ok(&json!({"id": OTHER, "status": "completed"})),
        _ => ok(&json!({"results": [
            {"id": OTHER, "status": "inProgress", "snapshotType": "onDemand"},
            {"id": "a", "status": "completed", "description": "[atlas-backup-api once 2026-01-3]"},
        ]})),
    });
    let client = script::client(&server, &NoWait::new());
    let api = client.v2();
    let once = api.take_snapshot_once(PROJECT, "orders", NIGHT, body());
    let once = once.await.unwrap();
    assert_eq!((once.snapshot.id.as_str(), once.is_new), (PROJECT, true));
    assert_eq!(once.snapshot.status, Some(SnapshotStatus::Queued));
    assert_eq!(server.handled_count("POST"), 1);
}

#[tokio::test]
async fn a_name_that_could_be_mistaken_for_another_is_refused() {
    let setting = setting();
    let long = "n".repeat(101);
    for name in ["", "a b", "a]", "[a", "ä", "a\n", &long] {
        let error = once(&setting, "orders", name).await.unwrap_err();
        let message = error.to_string();
        assert!(
            message.starts_with("takeSnapshot: invalid argument name = ")
                && message.contains("1 to 100 ASCII"),
            "{message}"
        );
    }
    assert_eq!(setting.atlas.server().request_count(), 0);
    once(&setting, "orders", &long[1..]).await.unwrap();
}

#[tokio::test]
async fn other_refusals_are_errors_of_the_call() {
    let forbidden = Fault::respond(HttpResponse::new(403));
    let setting = setting_where([forbidden]);
    let error = once(&setting, "orders", NIGHT).await.unwrap_err();
    assert!(
        matches!(&error, TakeError::Call(error) if error.status().is_some_and(|status| status == 403))
    );
    assert_eq!(setting.sent("POST"), 1);
}
