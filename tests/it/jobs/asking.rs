//! How few requests taking a snapshot needs, and how it treats a refused list.

use std::sync::{Arc, Mutex, PoisonError};

use atlas_backup_api::v2::types::{OnDemandSnapshotRequest, Snapshot};
use atlas_backup_api::{TakeError, TakeSnapshotAndWait};
use atlas_backup_tests::fake_atlas::{HttpResponse, PROJECT, Server};
use serde_json::{Value, json};

use super::either_kind::{is_sharded, page, refusal, wrong_kind};
use super::script::{client, ok, replying};
use super::setting;
use crate::transport::NoWait;

const OURS: &str = "32b6e34b3d91647abb20e7b9";
const OTHER: &str = "32b6e34b3d91647abb20e7ba";

/// Starts a server that returns these responses for its two lists. The snapshot that it takes is
/// complete at the second poll.
fn taking(replica_set: HttpResponse, sharded: HttpResponse, made: Value) -> Server {
    let polls = Arc::new(Mutex::new(0));
    replying(move |call, _| match call {
        call if call.starts_with("POST") => ok(&made),
        call if call.ends_with(OURS) => {
            let mut polls = polls.lock().unwrap_or_else(PoisonError::into_inner);
            *polls += 1;
            ok(&json!({"id": OURS, "status": if *polls < 2 { "inProgress" } else { "completed" }}))
        }
        call if call.ends_with(OTHER) => ok(&json!({"id": OTHER, "status": "completed"})),
        call if is_sharded(call) => sharded.clone(),
        _ => replica_set.clone(),
    })
}

fn made(kind: Option<&str>) -> Value {
    json!({"id": OURS, "status": "queued", "type": kind})
}

fn take(server: &Server) -> TakeSnapshotAndWait {
    client(server, &NoWait::new()).v2().take_snapshot_and_wait(
        PROJECT,
        "orders",
        OnDemandSnapshotRequest::default(),
    )
}

/// Returns one word for each request: the list by its kind, `take`, and the poll by the kind of its
/// call.
fn asked(server: &Server) -> Vec<&'static str> {
    let word = |method: &str, target: &str| match target {
        _ if method == "POST" => "take",
        target if is_sharded(target) => "sharded list",
        target if target.contains("/shardedCluster/") => "sharded poll",
        target if target.contains("/snapshots?") => "list",
        _ => "poll",
    };
    server
        .received_requests()
        .iter()
        .map(|request| word(&request.method, &request.target))
        .collect()
}

/// A list that shows another snapshot in progress. The list may lag behind: that snapshot may have
/// ended.
fn busy(kind: &str) -> HttpResponse {
    let other =
        json!({"id": OTHER, "type": kind, "status": "inProgress", "snapshotType": "onDemand"});
    ok(&json!({"links": [{"rel": "self"}], "results": [other]}))
}

#[tokio::test]
async fn taking_on_an_idle_cluster_sends_one_list_one_create_and_the_polls() {
    for (cluster, poll) in [("orders", "poll"), ("events", "sharded poll")] {
        let setting = setting();
        let taken: Snapshot = setting
            .client
            .v2()
            .take_snapshot_and_wait(PROJECT, cluster, OnDemandSnapshotRequest::default())
            .await
            .unwrap();
        let asked = asked(setting.atlas.server());
        assert_eq!(asked[..3], ["list", "take", poll], "{cluster}");
        assert!(
            asked[2..].iter().all(|word| *word == poll),
            "{cluster}: {asked:?}, {taken:?}"
        );
    }
}

#[tokio::test]
async fn a_known_kind_of_cluster_is_not_looked_up_again() {
    let (replica_set, sharded) = (Some("replicaSet"), Some("shardedCluster"));
    let items = |kind| page(&[("1", kind)]);
    let refused = || wrong_kind().remove(0);
    for (name, server, expected) in [
        (
            "its list tells",
            taking(items(replica_set), HttpResponse::new(500), made(None)),
            vec!["list", "take", "poll", "poll"],
        ),
        (
            "Atlas says that it is sharded",
            taking(refused(), items(sharded), made(None)),
            vec![
                "list",
                "sharded list",
                "take",
                "sharded poll",
                "sharded poll",
            ],
        ),
        (
            "the answer tells",
            taking(items(None), items(None), made(sharded)),
            vec![
                "list",
                "sharded list",
                "take",
                "sharded poll",
                "sharded poll",
            ],
        ),
        (
            "another one is under way",
            taking(busy("replicaSet"), HttpResponse::new(500), made(None)),
            vec!["list", "poll", "list", "take", "poll", "poll"],
        ),
        (
            "another one is under way in a sharded cluster",
            taking(refused(), busy("shardedCluster"), made(None)),
            vec![
                "list",
                "sharded list",
                "sharded poll",
                "sharded list",
                "take",
                "sharded poll",
                "sharded poll",
            ],
        ),
    ] {
        let taken = take(&server).await;
        assert_eq!(
            (
                taken
                    .map(|taken| taken.id.to_string())
                    .map_err(|error| error.to_string()),
                asked(&server)
            ),
            (Ok(OURS.into()), expected),
            "{name}"
        );
    }
}

/// The first snapshot of a cluster. What Atlas returns for the other list in this case has not been
/// observed, so the test tries several responses.
#[tokio::test]
async fn a_cluster_without_snapshots_gets_its_first() {
    let not_found = || refusal(404, "RESOURCE_NOT_FOUND");
    for second in
        wrong_kind()
            .into_iter()
            .chain([page(&[]), not_found(), refusal(400, "UNEXPECTED_ERROR")])
    {
        let server = taking(page(&[]), second, made(Some("replicaSet")));
        take(&server).await.unwrap();
        assert_eq!(
            asked(&server),
            ["list", "sharded list", "take", "poll", "poll"]
        );
    }
    for words in wrong_kind() {
        let server = taking(words, page(&[]), made(Some("shardedCluster")));
        take(&server).await.unwrap();
        assert_eq!(
            asked(&server),
            [
                "list",
                "sharded list",
                "take",
                "sharded poll",
                "sharded poll"
            ]
        );
    }
}

#[tokio::test]
async fn a_refused_list_is_an_error_and_no_snapshot_is_requested() {
    let refusals = || {
        [
            (HttpResponse::new(401), 401),
            (refusal(403, "USER_UNAUTHORIZED"), 403),
            (refusal(429, "RATE_LIMITED"), 429),
            (HttpResponse::new(503), 503),
        ]
    };
    let missing = [
        (refusal(404, "GROUP_NOT_FOUND"), 404),
        (refusal(404, "CLUSTER_NOT_FOUND"), 404),
        (refusal(400, "INVALID_QUERY_PARAMETER"), 400),
    ];
    let assert_refused = async |server: Server, status: u16, expected: &[&str]| {
        let error = take(&server).await.unwrap_err();
        assert!(
            matches!(&error, TakeError::Call(error) if error.status().is_some_and(|found| found == status)),
            "{status}: {error:?}"
        );
        assert_eq!(asked(&server), expected, "{status}");
    };
    for (answer, status) in refusals().into_iter().chain(missing) {
        assert_refused(taking(answer, page(&[]), made(None)), status, &["list"]).await;
    }
    for (answer, status) in refusals() {
        assert_refused(
            taking(page(&[]), answer.clone(), made(None)),
            status,
            &["list", "sharded list"],
        )
        .await;
        assert_refused(
            taking(wrong_kind().remove(0), answer, made(None)),
            status,
            &["list", "sharded list"],
        )
        .await;
    }
    // Both lists refuse the cluster as the wrong kind.
    let words = wrong_kind().remove(1);
    assert_refused(
        taking(words.clone(), words, made(None)),
        400,
        &["list", "sharded list"],
    )
    .await;
}
