//! Taking a snapshot and waiting for it: the client sends one create request, whatever happens to
//! that request.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use atlas_backup_api::v2::types::{OnDemandSnapshotRequest, Snapshot};
use atlas_backup_api::{Ending, Error, RetryPolicy, TakeError, TakeSnapshotAndWait, WaitError};
use atlas_backup_tests::fake_atlas::{
    self, Family, Fault, Faults, Gate, HttpResponse, PROJECT, Server,
};
use serde_json::{Value, json};

use super::script::{self, ok, replying};
use super::{Setting, setting, setting_with};
use crate::transport::{NoWait, seconds};

/// Starts a fake that applies these faults to the POST requests.
fn setting_where(faults: impl IntoIterator<Item = Fault>) -> Setting {
    let faults = Faults::script(faults).on_method("POST");
    setting_with(
        |atlas| atlas.without_authentication().faults(&faults),
        |client| client,
    )
}

fn body(description: Option<&str>) -> OnDemandSnapshotRequest {
    OnDemandSnapshotRequest {
        description: description.map(str::to_owned),
        retention_in_days: Some(5),
    }
}

fn take(setting: &Setting, cluster: &str) -> TakeSnapshotAndWait {
    setting
        .client
        .v2()
        .take_snapshot_and_wait(PROJECT, cluster, body(Some("Before the upgrade")))
}

fn json_of(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("what asks for a snapshot is JSON")
}

/// Returns the bodies of the POST requests, as the server received them.
fn asked(setting: &Setting) -> Vec<Value> {
    let received = setting.atlas.server().received_requests().into_iter();
    received
        .filter(|request| request.method == "POST")
        .map(|request| json_of(&request.body))
        .collect()
}

fn status(snapshot: &Snapshot) -> Option<&str> {
    snapshot.status.as_ref().map(|status| status.as_str())
}

/// Faults that lose the response, so that the client does not know whether Atlas processed the
/// request.
fn lost() -> Vec<Fault> {
    vec![
        Fault::reset(),
        Fault::close(),
        Fault::empty_502(),
        Fault::html_503(),
        Fault::gateway_timeout_504(),
        Fault::respond(HttpResponse::new(500)),
    ]
}

#[tokio::test]
async fn a_snapshot_is_taken_and_waited_for() {
    for cluster in ["orders", "events"] {
        let setting = setting();
        let snapshot = take(&setting, cluster).await.unwrap();
        assert_eq!(
            (status(&snapshot), snapshot.shards().count() > 1),
            (Some("completed"), cluster == "events"),
            "{cluster}"
        );
        let [asked] = &asked(&setting)[..] else {
            panic!("more or less than one request")
        };
        assert_eq!(asked["retentionInDays"], 5);
        let description = asked["description"].as_str().unwrap();
        let marker = description
            .strip_prefix("Before the upgrade [atlas-backup-api ")
            .and_then(|rest| rest.strip_suffix(']'));
        assert!(
            marker.is_some_and(|marker| marker.len() == 16),
            "{description}"
        );
        assert_eq!(snapshot.description.as_deref(), Some(description));
        let polls = setting
            .targets("GET")
            .into_iter()
            .filter(|target| target.contains(snapshot.id.as_str()));
        assert!(
            polls
                .clone()
                .all(|target| target.contains("/shardedCluster/") == (cluster == "events"))
                && polls.count() > 3
        );
    }
}

#[tokio::test]
async fn a_missing_description_becomes_a_unique_marker() {
    let setting = setting();
    for _ in 0..2 {
        setting
            .client
            .v2()
            .take_snapshot_and_wait(PROJECT, "orders", body(None))
            .await
            .unwrap();
    }
    let markers: Vec<_> = asked(&setting)
        .into_iter()
        .map(|asked| asked["description"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        markers
            .iter()
            .all(|marker| marker.starts_with("[atlas-backup-api "))
            && markers[0] != markers[1],
        "{markers:?}"
    );
}

#[tokio::test]
async fn a_snapshot_in_progress_is_waited_for_first() {
    for cluster in ["orders", "events"] {
        for fails in [false, true] {
            let setting = setting();
            if fails {
                setting.atlas.fail_next(Family::Snapshot);
            }
            let other = setting.take(cluster).await;
            let seen = Arc::new(Mutex::new(Vec::new()));
            let see = {
                let seen = Arc::clone(&seen);
                move |snapshot: &Snapshot| seen.lock().unwrap().push(snapshot.id.clone())
            };
            let snapshot = take(&setting, cluster).on_progress(see).await.unwrap();
            assert_eq!(
                (status(&snapshot), setting.sent("POST")),
                (Some("completed"), 2),
                "{cluster} {fails}"
            );
            let mut seen = seen.lock().unwrap().clone();
            seen.dedup();
            assert_eq!(seen, [other.id, snapshot.id], "{cluster} {fails}");
        }
    }
}

#[tokio::test]
async fn a_snapshot_in_progress_that_never_ends_is_an_error_and_none_is_requested() {
    let setting = setting();
    setting.atlas.hang_next(Family::Snapshot);
    let other = setting.take("orders").await;
    let error = take(&setting, "orders")
        .deadline(seconds(600))
        .await
        .unwrap_err();
    let TakeError::Busy(waited) = &error else {
        panic!("{error:?}")
    };
    assert!(
        matches!(waited, WaitError::Deadline { .. })
            && waited.job().is_some_and(|job| job.id == other.id),
        "{waited:?}"
    );
    let waiting = format!(
        "getSnapshot {}: still in progress after 600s; wait for that one first with get_snapshot(…).wait()",
        other.id
    );
    assert_eq!(
        error.to_string(),
        format!("no snapshot was requested, because another one is in progress: {waiting}")
    );
    assert_eq!((setting.sent("POST"), setting.elapsed()), (1, seconds(600)));
}

/// The deadline applies to all steps together.
#[tokio::test]
async fn the_deadline_includes_the_wait_for_another_snapshot() {
    let setting = setting();
    setting.take("orders").await;
    setting.atlas.hang_next(Family::Snapshot);
    let error = take(&setting, "orders")
        .deadline(seconds(300))
        .await
        .unwrap_err();
    assert!(
        matches!(
            &error,
            TakeError::Snapshot {
                failure: WaitError::Deadline { job: Some(_), .. },
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!((setting.sent("POST"), setting.elapsed()), (2, seconds(300)));
}

#[tokio::test]
async fn a_failed_snapshot_is_an_error() {
    let setting = setting();
    setting.atlas.fail_next(Family::Snapshot);
    let error = take(&setting, "orders").await.unwrap_err();
    let TakeError::Snapshot { failure: ended, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (ended.ending(), setting.sent("POST")),
        (Some(Ending::Failed), 1)
    );
    assert!(
        error.to_string().ends_with(": it failed: failed"),
        "{error}"
    );
}

#[tokio::test]
async fn a_snapshot_whose_response_was_lost_is_found_by_its_marker() {
    for cluster in ["orders", "events"] {
        for fault in lost()
            .into_iter()
            .map(Fault::after_handling)
            .chain([Fault::reset_mid_body(), Fault::cut_short()])
        {
            let setting = setting_where([fault.clone()]);
            let snapshot = take(&setting, cluster)
                .await
                .unwrap_or_else(|error| panic!("{cluster}: {fault:?}: {error}"));
            assert_eq!(
                snapshot.description.as_deref(),
                asked(&setting)[0]["description"].as_str(),
                "{cluster}: {fault:?}"
            );
            assert_eq!(
                (
                    setting.sent("POST"),
                    setting.atlas.server().handled_count("POST")
                ),
                (1, 1),
                "{cluster}: {fault:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_decoded_is_still_a_success() {
    let spoilt = HttpResponse::json(200, "application/json", &json!(["what is this?"]));
    let setting = setting_where([Fault::respond(spoilt).after_handling()]);
    let snapshot = take(&setting, "orders").await.unwrap();
    assert_eq!(
        (status(&snapshot), setting.sent("POST")),
        (Some("completed"), 1)
    );
}

#[tokio::test]
async fn a_snapshot_that_is_not_found_is_not_requested_again() {
    for fault in lost() {
        let setting = setting_where([fault.clone()]);
        let error = take(&setting, "orders").await.unwrap_err();
        let TakeError::Ambiguous {
            marker, failure, ..
        } = &error
        else {
            panic!("{fault:?}: {error:?}")
        };
        assert!(failure.is_ambiguous(), "{fault:?}: {failure:?}");
        assert!(
            asked(&setting)[0]["description"]
                .as_str()
                .unwrap()
                .contains(marker)
                && error.to_string().contains(marker),
            "{error}"
        );
        assert_eq!(
            (
                setting.sent("POST"),
                setting.atlas.server().handled_count("POST")
            ),
            (1, 0),
            "{fault:?}"
        );
        // The client looks for the snapshot five times, with pauses in between.
        let lists = |targets: Vec<String>| {
            targets
                .iter()
                .filter(|target| target.contains("pageNum=1"))
                .count()
        };
        assert_eq!(
            (lists(setting.targets("GET")), setting.clock.waits().len()),
            (1 + 5, 4),
            "{fault:?}"
        );
    }
}

/// Starts a server that fails the POST request with 504, but shows the snapshot at the third
/// request for the list.
fn late() -> Server {
    let state = Arc::new(Mutex::new((json!(null), 0)));
    replying(move |call, body| {
        let (asked, looks) = &mut *state.lock().unwrap_or_else(PoisonError::into_inner);
        if call.starts_with("POST") {
            (*asked, *looks) = (json_of(body), 0);
            return HttpResponse::new(504);
        }
        if call.ends_with(PROJECT) {
            return ok(
                &json!({"id": PROJECT, "status": "completed", "description": asked["description"]}),
            );
        }
        *looks += usize::from(call.contains("pageNum=1"));
        let is_there = *looks >= 3 && call.contains("pageNum=1");
        let others = json!([{"id": "a", "description": null}, {"id": "b", "description": "[atlas-backup-api 0123456789abcdef]"}]);
        let all =
            json!([others[0], others[1], {"id": PROJECT, "description": asked["description"]}]);
        ok(&json!({"results": if is_there { all } else { others }}))
    })
}

#[tokio::test]
async fn a_snapshot_that_appears_late_is_found() {
    let (server, clock) = (late(), NoWait::new());
    let client = script::client(&server, &clock);
    let taken = client
        .v2()
        .take_snapshot_and_wait(PROJECT, "orders", body(None))
        .await
        .unwrap();
    assert_eq!(
        (
            taken.id.as_str(),
            server.handled_count("POST"),
            clock.waits().len()
        ),
        (PROJECT, 1, 2)
    );
}

/// The list lags behind: a snapshot that it shows in progress has ended or is gone.
#[tokio::test]
async fn a_stale_list_causes_no_endless_requests() {
    const OURS: &str = "32b6e34b3d91647abb20e7b9";
    for gone in [false, true] {
        let requests = Arc::new(AtomicUsize::new(0));
        let server = replying(move |call, _| match call {
            _ if requests.fetch_add(1, Ordering::SeqCst) > 20 => HttpResponse::new(418),
            call if call.starts_with("POST") => ok(&json!({"id": OURS, "status": "queued"})),
            call if call.ends_with(OURS) => ok(&json!({"id": OURS, "status": "completed"})),
            call if call.ends_with(PROJECT) && gone => fake_atlas::error_response("notFound"),
            call if call.ends_with(PROJECT) => ok(&json!({"id": PROJECT, "status": "completed"})),
            _ => ok(
                &json!({"results": [{"id": PROJECT, "status": "inProgress", "snapshotType": "onDemand"}]}),
            ),
        });
        let client = script::client(&server, &NoWait::new());
        let taken = client
            .v2()
            .take_snapshot_and_wait(PROJECT, "orders", body(None))
            .await
            .unwrap();
        assert_eq!(
            (taken.id.as_str(), server.handled_count("POST")),
            (OURS, 1),
            "{gone}"
        );
    }
}

#[tokio::test]
async fn a_list_that_fails_is_retried_only_after_a_transient_failure() {
    for (fault, found) in [
        (Fault::empty_502(), true),
        (Fault::reset(), true),
        (Fault::unauthorized_latin_1(), false),
    ] {
        let setting = setting();
        // The first request, which looks for snapshots in progress, passes.
        for fault in [
            Fault::pass(),
            Fault::html_503().after_handling(),
            fault.clone(),
        ] {
            setting.atlas.faults().push(fault);
        }
        let taken = take(&setting, "orders").await;
        assert_eq!(
            (
                taken.is_ok(),
                setting.sent("POST"),
                setting.atlas.faults().remaining()
            ),
            (found, 1, 0),
            "{fault:?}"
        );
        assert!(
            found || matches!(taken, Err(TakeError::Ambiguous { .. })),
            "{taken:?}"
        );
    }
}

/// What could not be looked for is not said to be missing.
#[tokio::test]
async fn a_search_that_fails_says_so() {
    let refused = || Fault::respond(fake_atlas::error_response("forbidden"));
    let too_late = || Fault::rate_limited(Some(3 * 24 * 3600));
    for (fault, lookups, status) in [
        (Fault::reset().after_handling(), vec![refused()], Some(403)),
        (Fault::reset(), vec![too_late()], Some(429)),
        (Fault::reset(), vec![Fault::empty_502(); 5], Some(502)),
        (Fault::reset(), vec![Fault::pass(), refused()], Some(403)),
        // The last lookup has read the list.
        (Fault::reset(), vec![Fault::empty_502()], None),
    ] {
        let setting = setting();
        // The first request, which looks for snapshots in progress, passes.
        for fault in [Fault::pass(), fault.clone()].into_iter().chain(lookups) {
            setting.atlas.faults().push(fault);
        }
        let error = take(&setting, "orders").await.unwrap_err();
        let message = error.to_string();
        let TakeError::Ambiguous {
            marker,
            failure,
            search_failure,
            ..
        } = error
        else {
            panic!("{fault:?}: {error:?}")
        };
        let found = search_failure.as_ref().and_then(Error::status);
        assert_eq!(
            (found.map(|status| status.as_u16()), setting.sent("POST")),
            (status, 1),
            "{message}"
        );
        assert_eq!(setting.atlas.faults().remaining(), 0, "{message}");
        let expected = match search_failure {
            Some(search) => format!(
                "a snapshot may have been requested: {failure}; it could not be looked for: {search}; look for one whose description contains {marker:?} before taking another"
            ),
            None => format!(
                "no snapshot was found whose description contains {marker:?}: {failure}; look again before taking another"
            ),
        };
        assert_eq!(message, expected);
    }
}

/// The search has one minute, the time of one attempt, which a delay and two lookups fill.
#[tokio::test]
async fn a_search_that_fails_until_its_end_says_so() {
    let setting = setting();
    let lookups = [Fault::empty_502(), Fault::empty_502()];
    for fault in [Fault::pass(), Fault::reset()].into_iter().chain(lookups) {
        setting.atlas.faults().push(fault);
    }
    let error = take(&setting, "orders")
        .deadline(seconds(10))
        .poll_every(seconds(100), seconds(100))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, TakeError::Ambiguous { search_failure: Some(search), .. }
            if search.status().is_some_and(|status| status == 502)),
        "{error:?}"
    );
    assert_eq!(
        (setting.atlas.faults().remaining(), setting.elapsed()),
        (0, seconds(60))
    );
}

/// A server whose response to the POST request is lost at the deadline of four seconds. The snapshot
/// is in the list from then on if Atlas has taken it.
fn lost_at_the_deadline(clock: &NoWait, is_taken: bool) -> Server {
    let servers = clock.servers().clone();
    let asked = Arc::new(Mutex::new(None));
    replying(move |call, body| {
        let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        if call.starts_with("POST") {
            servers.advance(seconds(4));
            *asked = Some(json_of(body)["description"].clone());
            return HttpResponse::new(504);
        }
        let ours = asked.as_ref().filter(|_| is_taken);
        let ours = ours.map(|text| json!({"id": PROJECT, "status": "queued", "description": text}));
        match ours {
            // With no time left, a poll may still have its response before it is given up.
            Some(ours) if call.contains(&format!("/snapshots/{PROJECT}")) => ok(&ours),
            ours => ok(&json!({"results": ours.as_slice()})),
        }
    })
}

#[tokio::test]
async fn a_snapshot_whose_response_was_lost_at_the_deadline_is_looked_for() {
    for is_taken in [true, false] {
        let clock = NoWait::new();
        let server = lost_at_the_deadline(&clock, is_taken);
        let requested = Arc::new(Mutex::new(None));
        let see = {
            let requested = Arc::clone(&requested);
            move |snapshot: &Snapshot| *requested.lock().unwrap() = Some(snapshot.id.clone())
        };
        let error = script::client(&server, &clock)
            .v2()
            .take_snapshot_and_wait(PROJECT, "orders", body(None))
            .deadline(seconds(4))
            .on_requested(see)
            .await
            .unwrap_err();
        let received = server.received_requests();
        let mut after = received.iter().skip_while(|it| it.method != "POST").skip(1);
        assert!(
            after.any(|it| it.path().ends_with("/snapshots")),
            "{is_taken}"
        );
        assert_eq!(server.handled_count("POST"), 1, "{is_taken}");
        if is_taken {
            assert!(
                matches!(&error, TakeError::Snapshot { snapshot, failure: WaitError::Deadline { waited, .. }, .. }
                    if snapshot.id == PROJECT && *waited == seconds(4)),
                "{error:?}"
            );
            assert!(
                requested
                    .lock()
                    .unwrap()
                    .as_ref()
                    .is_some_and(|id| *id == PROJECT)
            );
        } else {
            assert!(
                matches!(
                    &error,
                    TakeError::Ambiguous {
                        search_failure: None,
                        ..
                    }
                ),
                "{error:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_rate_limited_request_is_sent_again() {
    let faults = Faults::script([Fault::rate_limited(Some(7)), Fault::rate_limited_as_400()])
        .on_method("POST");
    let setting = setting_with(
        |atlas| atlas.without_authentication().faults(&faults),
        |client| client.retry(RetryPolicy::new()),
    );
    let snapshot = take(&setting, "orders").await.unwrap();
    assert_eq!(
        (
            status(&snapshot),
            setting.sent("POST"),
            setting.atlas.server().handled_count("POST")
        ),
        (Some("completed"), 3, 1)
    );
}

#[tokio::test]
async fn a_refusal_is_final() {
    for (fault, status) in [
        (Fault::respond(fake_atlas::error_response("forbidden")), 403),
        (Fault::unauthorized_latin_1(), 401),
        (Fault::rate_limited(None), 429),
        (Fault::redirect(307, "http://127.0.0.1:1/"), 307),
    ] {
        let setting = setting_where([fault]);
        let error = take(&setting, "orders").await.unwrap_err();
        assert!(
            matches!(&error, TakeError::Call(error) if error.status().is_some_and(|found| found == status)),
            "{error:?}"
        );
        assert_eq!(
            (setting.sent("POST"), setting.clock.waits().len()),
            (1, 0),
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_conflict_with_a_concurrent_snapshot_is_an_error() {
    let setting = setting();
    let gate = Gate::closed();
    // The request for snapshots in progress is held until another caller has taken a snapshot.
    setting.atlas.faults().push(Fault::hold_until(&gate));
    let others = async {
        gate.wait_for_arrivals(1).await;
        setting.take("orders").await;
        gate.open();
    };
    let (taken, ()) = tokio::join!(take(&setting, "orders").into_future(), others);
    let error = taken.unwrap_err();
    assert!(
        matches!(&error, TakeError::Call(error) if error.status().is_some_and(|found| found == 409)),
        "{error:?}"
    );
    assert_eq!(setting.sent("POST"), 2);
}

#[tokio::test]
async fn invalid_arguments_are_refused_before_anything_is_sent() {
    let setting = setting();
    let v2 = setting.client.v2();
    let none = OnDemandSnapshotRequest {
        retention_in_days: Some(0),
        ..body(None)
    };
    let beyond_32_bits = OnDemandSnapshotRequest {
        retention_in_days: Some(5_000_000_000),
        ..body(None)
    };
    for (call, argument) in [
        (
            v2.take_snapshot_and_wait(PROJECT, "orders", none),
            "retentionInDays",
        ),
        (
            v2.take_snapshot_and_wait(PROJECT, "orders", beyond_32_bits),
            "retentionInDays",
        ),
        (
            v2.take_snapshot_and_wait("no id", "orders", body(None)),
            "groupId",
        ),
        (
            v2.take_snapshot_and_wait(PROJECT, "or ders", body(None)),
            "clusterName",
        ),
    ] {
        let error = call.await.unwrap_err();
        assert!(
            matches!(&error, TakeError::Call(Error::InvalidArgument(_)))
                && error.to_string().contains(argument),
            "{error:?}"
        );
    }
    drop(take(&setting, "orders"));
    assert_eq!(setting.atlas.server().request_count(), 0);
    // A cluster that does not exist has no list, so the client does not request the other list.
    let error = take(&setting, "nowhere").await.unwrap_err();
    assert!(
        matches!(&error, TakeError::Call(error) if error.is_not_found()),
        "{error:?}"
    );
    assert_eq!((setting.sent("GET"), setting.sent("POST")), (1, 0));
}

#[tokio::test]
async fn a_dropped_take_sends_nothing_more() {
    let setting = setting();
    setting.take("orders").await;
    let gate = Gate::closed();
    for fault in [Fault::pass(), Fault::pass(), Fault::hold_until(&gate)] {
        setting.atlas.faults().push(fault);
    }
    tokio::select! {
        _ = take(&setting, "orders").into_future() => panic!("the gate is closed"),
        () = gate.wait_for_arrivals(1) => {}
    }
    gate.open();
    setting
        .client
        .v2()
        .list_restore_jobs(PROJECT, "orders")
        .send()
        .await
        .unwrap();
    assert_eq!((setting.sent("GET"), setting.sent("POST")), (4, 1));
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_polled_is_named_in_the_error() {
    let refused = HttpResponse::json(
        403,
        "application/json",
        &json!({"error": 403, "errorCode": "USER_UNAUTHORIZED"}),
    );
    let server = replying(move |call, _| match call {
        call if call.starts_with("POST") => ok(&json!({"id": PROJECT, "status": "queued"})),
        call if call.contains("/snapshots/3") => refused.clone(),
        _ => ok(&json!({"results": []})),
    });
    let client = script::client(&server, &NoWait::new());
    let error = client
        .v2()
        .take_snapshot_and_wait(PROJECT, "orders", body(None))
        .await
        .unwrap_err();
    let again = "wait for it with get_snapshot(…).wait(), do not take another";
    assert_eq!(
        error.to_string(),
        format!(
            "snapshot {PROJECT} was requested and is in progress: getSnapshot: 403 Forbidden (USER_UNAUTHORIZED); {again}"
        )
    );
    assert!(
        matches!(&error, TakeError::Snapshot { snapshot, .. } if snapshot.id == PROJECT),
        "{error:?}"
    );
}

#[tokio::test]
async fn retry_after_holds_while_a_lost_snapshot_is_searched_for() {
    let limited = HttpResponse::new(429).header("Retry-After", "100");
    let was_asked = Arc::new(Mutex::new(false));
    let server = replying(move |call, _| {
        let mut was_asked = was_asked.lock().unwrap();
        match call {
            call if call.starts_with("POST") => {
                *was_asked = true;
                HttpResponse::new(503)
            }
            _ if std::mem::take(&mut *was_asked) => limited.clone(),
            _ => ok(&json!({"results": []})),
        }
    });
    let clock = NoWait::new();
    let client = script::client(&server, &clock);
    let error = client
        .v2()
        .take_snapshot_and_wait(PROJECT, "orders", body(None))
        .await
        .unwrap_err();
    assert!(matches!(error, TakeError::Ambiguous { .. }), "{error:?}");
    assert_eq!(clock.waits()[0], seconds(100));
}

/// A program that is told so knows at each moment whether there may be a snapshot.
#[tokio::test]
async fn the_callbacks_are_called_just_before_and_just_after_the_request() {
    const OURS: &str = "32b6e34b3d91647abb20e7b9";
    let happened = Arc::new(Mutex::new(Vec::new()));
    let note = |what: &'static str| {
        let happened = Arc::clone(&happened);
        move || happened.lock().unwrap().push(what)
    };
    let note_request = note("request");
    // Another snapshot is in progress, and is deleted while the call waits for it.
    let server = replying(move |call, _| match call {
        call if call.starts_with("POST") => {
            note_request();
            ok(&json!({"id": OURS, "status": "queued"}))
        }
        call if call.ends_with(OURS) => ok(&json!({"id": OURS, "status": "completed"})),
        call if call.ends_with(PROJECT) => fake_atlas::error_response("notFound"),
        _ => ok(
            &json!({"results": [{"id": PROJECT, "status": "inProgress", "snapshotType": "onDemand"}]}),
        ),
    });
    let (requested, progress) = (note("requested"), note("progress"));
    script::client(&server, &NoWait::new())
        .v2()
        .take_snapshot_and_wait(PROJECT, "orders", body(None))
        .before_request(note("before"))
        .on_requested(move |_| requested())
        .on_progress(move |_| progress())
        .await
        .unwrap();
    assert_eq!(
        *happened.lock().unwrap(),
        ["before", "request", "requested", "progress"]
    );
}

#[tokio::test]
async fn nothing_is_requested_after_the_deadline() {
    let setting = setting();
    let error = take(&setting, "orders")
        .before_request(|| panic!("nothing is sent"))
        .deadline(seconds(0))
        .await
        .unwrap_err();
    assert!(matches!(error, TakeError::Deadline { .. }), "{error:?}");
    assert_eq!(error.to_string(), "no snapshot was requested within 0ns");

    // The requests for the lists last until the deadline.
    let clock = NoWait::new();
    let servers = clock.servers().clone();
    let server = replying(move |_, _| {
        servers.advance(seconds(4));
        ok(&json!({"results": []}))
    });
    let client = script::client(&server, &clock);
    let error = client
        .v2()
        .take_snapshot_and_wait(PROJECT, "orders", body(None))
        .before_request(|| panic!("nothing is sent"))
        .deadline(seconds(4))
        .await
        .unwrap_err();
    assert!(matches!(error, TakeError::Deadline { .. }), "{error:?}");
    assert!(
        server
            .received_requests()
            .iter()
            .all(|request| request.method == "GET")
    );
}
