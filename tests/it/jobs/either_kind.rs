//! Snapshots of a cluster when the caller does not say whether it is sharded: which of the two
//! lists the client requests, and how it treats a refusal.

use atlas_backup_api::Error;
use atlas_backup_tests::fake_atlas::{self, HttpResponse, PROJECT, Server};
use serde_json::{Value, json};

use super::script::{client, ok, replying};
use super::setting;
use crate::transport::NoWait;

/// Starts a server that returns these responses for its two lists.
fn lists(replica_set: &HttpResponse, sharded: &HttpResponse) -> Server {
    let (replica_set, sharded) = (replica_set.clone(), sharded.clone());
    replying(move |call, _| {
        if is_sharded(call) {
            sharded.clone()
        } else {
            replica_set.clone()
        }
    })
}

pub fn is_sharded(target: &str) -> bool {
    target.contains("/shardedClusters")
}

/// Builds a list that fits on one page.
pub fn page(items: &[(&str, Option<&str>)]) -> HttpResponse {
    let items: Vec<Value> = items
        .iter()
        .map(|(id, kind)| json!({"id": id, "type": kind}))
        .collect();
    ok(&json!({"links": [{"rel": "self", "href": "https://cloud.mongodb.com/"}], "results": items}))
}

pub fn refusal(status: u16, code: &str) -> HttpResponse {
    HttpResponse::json(
        status,
        "application/json",
        &json!({"error": status, "errorCode": code, "detail": "No."}),
    )
}

/// The errors that Atlas returns for the wrong kind of cluster.
pub fn wrong_kind() -> Vec<HttpResponse> {
    [
        "INCORRECT_BACKUP_API_ENDPOINT",
        "CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API",
    ]
    .map(|code| refusal(400, code))
    .into()
}

/// Returns the ids, or the message of the error that ended the list, and the number of requests for
/// each list.
async fn listed(server: &Server) -> (Result<Vec<String>, String>, [usize; 2]) {
    let mut items = client(server, &NoWait::new())
        .v2()
        .list_cluster_snapshots(PROJECT, "orders");
    let mut ids = Ok(Vec::new());
    while let Some(item) = items.next().await {
        ids = ids.and_then(|mut ids: Vec<String>| {
            ids.push(item.map_err(|error| error.to_string())?.id.to_string());
            Ok(ids)
        });
    }
    assert!(items.next().await.is_none(), "it had ended");
    let asked = server.received_requests();
    let sharded = asked
        .iter()
        .filter(|request| is_sharded(&request.target))
        .count();
    // For a list without links, the client also requests the second, empty page. That request is
    // not counted.
    let first = asked
        .iter()
        .filter(|request| request.target.contains("pageNum=1"))
        .count();
    (ids, [first, sharded])
}

#[tokio::test]
async fn the_second_list_is_requested_only_if_the_first_does_not_show_the_kind() {
    let (replica_set, sharded) = (Some("replicaSet"), Some("shardedCluster"));
    for (name, first, second, ids, asked) in [
        (
            "a replica set",
            page(&[("1", replica_set)]),
            page(&[("9", sharded)]),
            vec!["1"],
            [1, 0],
        ),
        (
            "a sharded cluster in the list of all",
            page(&[("1", sharded)]),
            page(&[("1", sharded)]),
            vec!["1"],
            [1, 0],
        ),
        (
            "one item tells",
            page(&[("1", None), ("2", replica_set)]),
            page(&[("9", None)]),
            vec!["1", "2"],
            [1, 0],
        ),
        (
            "no item tells",
            page(&[("1", None)]),
            page(&[("1", None), ("2", None)]),
            vec!["1", "2"],
            [1, 1],
        ),
        (
            "a kind that is new",
            page(&[("1", Some("mesh"))]),
            page(&[]),
            vec!["1"],
            [1, 1],
        ),
        (
            "an empty list",
            page(&[]),
            page(&[("1", sharded)]),
            vec!["1"],
            [1, 1],
        ),
        ("two empty lists", page(&[]), page(&[]), vec![], [1, 1]),
    ] {
        let (found, counted) = listed(&lists(&first, &second)).await;
        assert_eq!(
            (found.as_deref(), counted),
            (
                Ok(&ids.into_iter().map(str::to_owned).collect::<Vec<_>>()[..]),
                asked
            ),
            "{name}"
        );
    }
}

#[tokio::test]
async fn an_error_about_the_wrong_kind_leads_to_the_other_list() {
    for words in wrong_kind() {
        let (found, asked) = listed(&lists(
            &words,
            &page(&[("1", Some("shardedCluster")), ("2", None)]),
        ))
        .await;
        assert_eq!(
            (found, asked),
            (Ok(vec!["1".to_owned(), "2".to_owned()]), [1, 1])
        );
        // A replica set without snapshots, for which the other list is refused.
        assert_eq!(
            listed(&lists(&page(&[]), &words)).await,
            (Ok(vec![]), [1, 1])
        );
        assert_eq!(
            listed(&lists(&page(&[("1", None)]), &words)).await,
            (Ok(vec!["1".to_owned()]), [1, 1])
        );
    }
}

#[tokio::test]
async fn an_empty_second_list_after_a_refusal_is_an_error() {
    for words in wrong_kind() {
        for second in [page(&[]), words.clone()] {
            let (found, asked) = listed(&lists(&words, &second)).await;
            let error = found.expect_err("nothing was listed");
            assert!(
                error.contains("400 Bad Request") && asked == [1, 1],
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn any_other_refusal_is_returned_at_once() {
    let refusals = [
        (refusal(400, "INVALID_QUERY_PARAMETER"), 400),
        (HttpResponse::new(401), 401),
        (fake_atlas::error_response("forbidden"), 403),
        (refusal(403, "CANNOT_USE_THIS"), 403),
        (fake_atlas::error_response("notFound"), 404),
        (refusal(404, "GROUP_NOT_FOUND"), 404),
        (refusal(404, "CLUSTER_NOT_FOUND"), 404),
        (refusal(429, "RATE_LIMITED"), 429),
        (HttpResponse::new(503), 503),
    ];
    for (answer, status) in refusals {
        let snapshots = page(&[("1", Some("shardedCluster"))]);
        let (found, asked) = listed(&lists(&answer, &snapshots)).await;
        assert!(
            found
                .as_ref()
                .is_err_and(|error| error.contains(&status.to_string())),
            "{status}: {found:?}"
        );
        assert_eq!(asked, [1, 0], "{status}");
        // The same holds if the other list is refused, also after an empty first list.
        for first in [page(&[]), wrong_kind().remove(0)] {
            let (found, asked) = listed(&lists(&first, &answer)).await;
            assert!(
                found
                    .as_ref()
                    .is_err_and(|error| error.contains(&status.to_string())),
                "{status}: {found:?}"
            );
            assert_eq!(asked, [1, 1], "{status}");
        }
    }
}

#[tokio::test]
async fn a_list_that_returned_items_is_not_replaced_by_the_other() {
    let words = wrong_kind().remove(0);
    let server = replying(move |call, _| match call {
        call if is_sharded(call) => page(&[("2", None)]),
        call if call.contains("pageNum=1&") || call.ends_with("pageNum=1") => {
            ok(&json!({"results": [{"id": "1"}]}))
        }
        _ => words.clone(),
    });
    let (found, asked) = listed(&server).await;
    assert!(found.is_err() && asked == [1, 0], "{found:?}");
}

#[tokio::test]
async fn clusters_of_both_kinds_are_listed_in_the_same_way() {
    for cluster in ["orders", "events"] {
        let setting = setting();
        let found = setting
            .client
            .v2()
            .list_cluster_snapshots(PROJECT, cluster)
            .all()
            .await
            .unwrap();
        assert_eq!(found.len(), 3, "{cluster}");
        assert!(
            found
                .iter()
                .all(|snapshot| (snapshot.shards().count() > 1) == (cluster == "events")),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn a_wrong_argument_is_told_and_nothing_is_sent() {
    let setting = setting();
    for (project, cluster, argument) in [
        ("no id", "orders", "groupId"),
        (PROJECT, "or ders", "clusterName"),
    ] {
        let items = setting.client.v2().list_cluster_snapshots(project, cluster);
        assert!(format!("{items:?}").contains(argument), "{items:?}");
        let error = items.all().await.unwrap_err();
        assert!(
            matches!(&error, Error::InvalidArgument(_)) && error.to_string().contains(argument),
            "{error:?}"
        );
    }
    assert_eq!(setting.sent("GET"), 0);
}
