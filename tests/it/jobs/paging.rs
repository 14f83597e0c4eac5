//! Lists as streams of items, also when the list changes during the reading.

use std::collections::BTreeSet;
use std::fs;
use std::pin::pin;

use atlas_backup_api::v2::types::Snapshot;
use atlas_backup_api::{Error, Items, RetryPolicy};
use atlas_backup_tests::entries;
use atlas_backup_tests::fake_atlas::{
    FakeAtlasBuilder, Fault, Faults, Gate, HttpResponse, PROJECT, Server,
};
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value, json};

use super::script::{answering, client, ok};
use super::{Setting, momentary, setting, setting_with};
use crate::repository::{apis, root, spec};
use crate::transport::NoWait;

/// Starts a fake in which `orders` has `count` snapshots.
fn listing(count: usize) -> Setting {
    setting_with(
        |atlas| atlas.without_authentication().snapshots("orders", count),
        |builder| builder,
    )
}

fn snapshots(setting: &Setting) -> Items<Snapshot> {
    setting
        .client
        .v2()
        .list_snapshots(PROJECT, "orders")
        .stream()
}

/// Returns all ids, and asserts that none comes twice.
async fn ids(items: Items<Snapshot>) -> Vec<String> {
    let ids: Vec<_> = items
        .all()
        .await
        .expect("a list")
        .iter()
        .map(|snapshot| snapshot.id.to_string())
        .collect();
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len(),
        ids.len(),
        "some came twice"
    );
    ids
}

/// Returns the query of each request.
fn queries(server: &Server) -> Vec<String> {
    let query = |target: String| {
        target
            .split_once('?')
            .map(|(_, query)| query.to_owned())
            .unwrap_or_default()
    };
    server
        .received_requests()
        .into_iter()
        .map(|request| query(request.target))
        .collect()
}

#[tokio::test]
async fn pages_are_fetched_as_they_are_needed() {
    let setting = listing(1001);
    let mut items = snapshots(&setting);
    assert_eq!(setting.sent("GET"), 0);
    for (count, pages) in [(500, 1), (1, 2), (499, 2), (1, 3)] {
        for _ in 0..count {
            items.next().await.unwrap().unwrap();
        }
        assert_eq!(setting.sent("GET"), pages);
    }
    assert!(items.next().await.is_none() && items.next().await.is_none());
    let expected = [1, 2, 3].map(|page| format!("itemsPerPage=500&pageNum={page}"));
    assert_eq!(queries(setting.atlas.server()), expected);
}

#[tokio::test]
async fn a_stream_works_with_the_futures_combinators() {
    let setting = listing(7);
    let found: Vec<_> = snapshots(&setting)
        .take(2)
        .map(|item| item.unwrap().id)
        .collect()
        .await;
    assert_eq!((found.len(), setting.sent("GET")), (2, 1));
}

#[tokio::test]
async fn a_stream_keeps_the_page_settings_of_its_call() {
    let setting = listing(7);
    let call = setting
        .client
        .v2()
        .list_snapshots(PROJECT, "orders")
        .items_per_page(2)
        .page_num(3)
        .include_count(false);
    assert_eq!(ids(call.stream()).await.len(), 3);
    let expected = [3, 4].map(|page| format!("itemsPerPage=2&includeCount=false&pageNum={page}"));
    assert_eq!(queries(setting.atlas.server()), expected);
}

#[tokio::test]
async fn a_wrong_total_count_does_not_end_a_list() {
    for miscount in [-1000, -3, 1, 1000] {
        let setting = listing(600);
        setting.atlas.set_count_offset(miscount);
        assert_eq!(ids(snapshots(&setting)).await.len(), 600, "{miscount}");
        assert_eq!(setting.sent("GET"), 2, "{miscount}");
    }
}

#[tokio::test]
async fn an_empty_list_costs_one_request() {
    let setting = listing(0);
    assert!(ids(snapshots(&setting)).await.is_empty());
    assert_eq!(setting.sent("GET"), 1);
}

#[tokio::test]
async fn items_created_between_pages_neither_repeat_nor_hide_others() {
    for appearing in [1, 7, 499] {
        let setting = listing(1200);
        let before = ids(snapshots(&setting)).await;
        setting.atlas.add_snapshots_between_pages(appearing);
        let mut items = snapshots(&setting);
        let mut found = BTreeSet::new();
        while let Some(item) = items.next().await {
            assert!(
                found.insert(item.unwrap().id.to_string()),
                "{appearing}: one came twice"
            );
            // Snapshots appear three times. A list that grows as fast as the client reads it would
            // never end.
            if setting.sent("GET") > 6 {
                setting.atlas.add_snapshots_between_pages(0);
            }
        }
        assert!(
            before.iter().all(|id| found.contains(id)),
            "{appearing}: some are missing"
        );
    }
}

#[tokio::test]
async fn a_page_of_repeated_items_does_not_end_a_list() {
    let setting = listing(6);
    let mut items = setting
        .client
        .v2()
        .list_snapshots(PROJECT, "orders")
        .items_per_page(2)
        .stream();
    setting.atlas.add_snapshots_between_pages(2);
    items.next().await.unwrap().unwrap();
    setting.atlas.add_snapshots_between_pages(0);
    assert_eq!(items.all().await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_list_too_long_to_count_is_read_without_counting() {
    let setting = listing(1200);
    setting.atlas.set_max_countable(1000);
    assert_eq!(ids(snapshots(&setting)).await.len(), 1200);
    let uncounted = |page| format!("itemsPerPage=500&pageNum={page}&includeCount=false");
    let first = "itemsPerPage=500&pageNum=1".to_owned();
    let sent = queries(setting.atlas.server());
    assert_eq!(sent.len(), 4);
    assert_eq!(sent[..2], [first, uncounted(1)]);
    assert!(
        sent[2..]
            .iter()
            .all(|query| query.contains("includeCount=false")),
        "{sent:?}"
    );
}

#[tokio::test]
async fn a_list_that_grows_too_long_to_count_loses_no_page() {
    let setting = listing(600);
    setting.atlas.set_max_countable(600);
    setting.atlas.add_snapshots_between_pages(1);
    let mut items = snapshots(&setting);
    items.next().await.unwrap().unwrap();
    setting.atlas.add_snapshots_between_pages(0);
    assert_eq!(items.all().await.unwrap().len(), 599);
    assert_eq!(setting.sent("GET"), 3);
}

#[tokio::test]
async fn a_paging_timeout_without_counting_is_an_error() {
    let page = ok(&json!({"results": [{"id": "1"}]}));
    let error = json!({"error": 500, "errorCode": "TIMEOUT_WHILE_PAGING"});
    let server = answering([
        HttpResponse::json(500, "application/json", &error),
        page,
        HttpResponse::json(500, "application/json", &error),
    ]);
    let mut items = client(&server, &NoWait::new())
        .v2()
        .list_snapshots(PROJECT, "orders")
        .stream();
    items.next().await.unwrap().unwrap();
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!(
        (error.error_code(), server.request_count()),
        (Some("TIMEOUT_WHILE_PAGING"), 3)
    );
}

#[tokio::test]
async fn each_page_request_is_retried() {
    for fault in momentary() {
        let atlas = |atlas: FakeAtlasBuilder| {
            atlas
                .without_authentication()
                .snapshots("orders", 600)
                .faults(&Faults::none().at(1, fault.clone()))
        };
        let setting = setting_with(atlas, |client| client.retry(RetryPolicy::new()));
        assert_eq!(
            (ids(snapshots(&setting)).await.len(), setting.sent("GET")),
            (600, 3),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn an_enveloped_list_yields_the_same_items() {
    let setting = listing(3);
    let list = || setting.client.v2().list_snapshots(PROJECT, "orders");
    assert_eq!(
        ids(list().envelope(true).stream()).await,
        ids(list().stream()).await
    );
    let error = setting
        .client
        .v2()
        .list_snapshots(PROJECT, "nowhere")
        .envelope(true)
        .stream()
        .all()
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
}

#[tokio::test]
async fn a_stream_ends_after_an_error() {
    let setting = listing(600);
    let mut items = snapshots(&setting);
    for _ in 0..500 {
        items.next().await.unwrap().unwrap();
    }
    setting.atlas.faults().push(Fault::respond(
        atlas_backup_tests::fake_atlas::error_response("notFound"),
    ));
    assert!(items.next().await.unwrap().unwrap_err().is_not_found());
    assert!(items.next().await.is_none());
    let refused = setting
        .client
        .v2()
        .list_snapshots(PROJECT, "a b")
        .stream()
        .all()
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::InvalidArgument(_)), "{refused:?}");
    assert_eq!(setting.sent("GET"), 2);
}

#[tokio::test]
async fn dropping_a_pending_next_loses_no_item() {
    let gate = Gate::closed();
    let faults = Faults::script([Fault::hold_until(&gate)]);
    let setting = setting_with(
        |atlas| atlas.without_authentication().faults(&faults),
        |builder| builder,
    );
    let mut items = snapshots(&setting);
    {
        let mut next = pin!(items.next());
        assert!((&mut next).now_or_never().is_none());
        tokio::select! {
            _ = next => panic!("the gate is closed"),
            () = gate.wait_for_arrivals(1) => {}
        }
    }
    gate.open();
    assert_eq!(
        (items.all().await.unwrap().len(), setting.sent("GET")),
        (3, 1)
    );
}

/// Responses that Atlas has not been seen to send. None of them may make the client request pages
/// for ever.
#[tokio::test]
async fn odd_sequences_of_pages_still_end() {
    let page = |ids: &[&str]| json!({"results": ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()});
    let (two, one, none) = (page(&["1", "2"]), page(&["3"]), page(&[]));
    let null_between =
        json!({"results": [{"id": "1"}, null, {"id": "2"}, {"id": "1"}], "totalCount": null});
    for (name, pages, items, requests) in [
        ("page numbers are not heeded", vec![two.clone()], 2, 3),
        (
            "nor is there an order",
            vec![
                two.clone(),
                page(&["2", "1"]),
                two.clone(),
                page(&["2", "1"]),
                none.clone(),
            ],
            2,
            3,
        ),
        (
            "an empty page is the end",
            vec![two.clone(), none.clone(), one.clone()],
            2,
            2,
        ),
        ("a short page is not", vec![one, two, none.clone()], 3, 3),
        (
            "null among them, and one twice",
            vec![null_between, none],
            2,
            2,
        ),
    ] {
        let server = answering(pages.iter().map(ok));
        let found = client(&server, &NoWait::new())
            .v2()
            .list_snapshots(PROJECT, "orders")
            .stream()
            .all()
            .await;
        assert_eq!(
            (
                found
                    .map(|found| found.len())
                    .map_err(|error| error.to_string()),
                server.request_count()
            ),
            (Ok(items), requests),
            "{name}"
        );
    }
}

/// Of three pages, the second is the last one with items.
#[tokio::test]
async fn links_without_next_end_a_list_but_missing_links_do_not() {
    let rels = |rels: &[&str]| {
        rels.iter()
            .map(|rel| json!({"rel": rel, "href": "https://cloud.mongodb.com/"}))
            .collect::<Value>()
    };
    let next = rels(&["self", "next"]);
    for (links, requests) in [
        (rels(&["self"]), 2),
        (rels(&["self", "previous"]), 2),
        (
            rels(&[
                "http://mms.mongodb.com/self",
                "http://mms.mongodb.com/previous",
            ]),
            2,
        ),
        // `next` leads to an empty page, which always ends the list.
        (rels(&["self", "next"]), 3),
        (
            rels(&["http://mms.mongodb.com/next", "http://mms.mongodb.com/self"]),
            3,
        ),
        // These links say nothing about pages.
        (rels(&["http://mms.mongodb.com/cluster"]), 3),
        (json!([]), 3),
        (json!(null), 3),
        (json!({"self": "https://cloud.mongodb.com/"}), 3),
        (
            json!([{"rel": "self"}, {"href": "https://cloud.mongodb.com/"}]),
            3,
        ),
    ] {
        let pages = [("1", &next), ("2", &links)]
            .map(|(id, links)| ok(&json!({"links": links, "results": [{"id": id}]})));
        let server = answering(
            pages
                .into_iter()
                .chain([ok(&json!({"links": next, "results": []}))]),
        );
        let v2 = client(&server, &NoWait::new()).v2();
        assert_eq!(
            (
                v2.list_snapshots(PROJECT, "orders")
                    .stream()
                    .all()
                    .await
                    .unwrap()
                    .len(),
                server.request_count()
            ),
            (2, requests),
            "{links}"
        );
        // The pages of v1.0 have the same shape.
        let server = answering([
            ok(&json!({"links": links, "results": [{"id": "1"}]})),
            ok(&json!({"results": []})),
        ]);
        let jobs = client(&server, &NoWait::new())
            .v1()
            .list_restore_jobs(PROJECT, "orders")
            .stream()
            .all()
            .await
            .unwrap();
        assert_eq!(
            (jobs.len(), server.request_count()),
            (1, requests - 1),
            "{links}"
        );
    }
}

#[tokio::test]
async fn a_page_that_is_not_a_list_is_an_error_with_its_path() {
    for (page, place) in [
        (
            json!({"results": {"id": "1"}}),
            "results: expected a list, found an object",
        ),
        (json!([{"id": "1"}]), "expected an object, found a list"),
        (
            json!({"results": [{"id": "1"}, 7]}),
            "results[1]: expected an object, found a number",
        ),
        (
            json!({"results": [{"id": "1"}, {"status": "queued"}]}),
            "results[1].id: expected text, but it is missing",
        ),
        (
            json!({"results": null, "totalCount": 3}),
            "results: expected a list, found null",
        ),
        (
            json!({"message": "maintenance"}),
            "results: expected a list, but it is missing",
        ),
        (json!({}), "results: expected a list, but it is missing"),
    ] {
        let server = answering([ok(&page)]);
        let client = client(&server, &NoWait::new());
        let streamed = client
            .v2()
            .list_snapshots(PROJECT, "orders")
            .stream()
            .all()
            .await
            .unwrap_err();
        let sent = client
            .v2()
            .list_snapshots(PROJECT, "orders")
            .send()
            .await
            .unwrap_err();
        for error in [streamed, sent] {
            assert!(
                matches!(error, Error::Decode(_)) && error.to_string().contains(place),
                "{page}: {error}"
            );
        }
    }
}

/// A page without `results` does not end the list either.
#[tokio::test]
async fn a_later_page_without_results_is_an_error() {
    let server = answering([
        ok(&json!({"results": [{"id": "1"}]})),
        ok(&json!({"links": []})),
    ]);
    let mut items = client(&server, &NoWait::new())
        .v2()
        .list_snapshots(PROJECT, "orders")
        .stream();
    assert!(items.next().await.is_some_and(|item| item.is_ok()));
    assert!(matches!(items.next().await, Some(Err(Error::Decode(_)))));
    assert!(items.next().await.is_none());
}

/// The client keeps a member of an unexpected type, and neither its item nor the other items are
/// lost.
#[tokio::test]
async fn an_odd_member_of_one_item_is_kept() {
    let page = json!({"results": [{"id": "1"}, {"id": "2", "storageSizeBytes": {"bytes": 1}, "createdAt": 7, "links": {}}]});
    let server = answering([ok(&page), ok(&json!({"results": []}))]);
    let found = client(&server, &NoWait::new())
        .v2()
        .list_snapshots(PROJECT, "orders")
        .stream()
        .all()
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[1]
            .extra
            .iter()
            .map(|(name, _)| name)
            .collect::<Vec<_>>(),
        ["createdAt", "links", "storageSizeBytes"]
    );
    assert_eq!(serde_json::to_value(&found).unwrap(), page["results"]);
}

/// The stream identifies items without an id by all their members.
#[tokio::test]
async fn items_without_an_id_are_compared_by_their_content() {
    let setting = setting();
    let v2 = setting.client.v2();
    let snapshot = ids(snapshots(&setting)).await.remove(0);
    let databases = v2
        .list_snapshot_databases(PROJECT, "orders", &*snapshot)
        .items_per_page(1)
        .stream()
        .all()
        .await
        .unwrap();
    assert_eq!(databases.len(), 2);
}

/// The client requests a list without pages once.
#[tokio::test]
async fn a_list_without_pages_is_read_completely() {
    let setting = setting();
    let (v1, v2) = (setting.client.v1(), setting.client.v2());
    assert_eq!(
        v2.list_sharded_snapshots(PROJECT, "events")
            .stream()
            .all()
            .await
            .unwrap()
            .len(),
        3
    );
    assert_eq!(
        v1.list_tenant_snapshots(PROJECT, "tenant")
            .stream()
            .all()
            .await
            .unwrap()
            .len(),
        3
    );
    assert_eq!(
        v1.list_snapshots(PROJECT, "orders")
            .stream()
            .all()
            .await
            .unwrap()
            .len(),
        3
    );
    assert_eq!(
        queries(setting.atlas.server()),
        ["", "", "itemsPerPage=500&pageNum=1"]
    );
}

/// Each stream has its own type, so this test reads the generated code: every operation whose
/// response has `results` must have a stream, with the paging parameters that the spec documents.
#[test]
fn every_list_has_a_stream() {
    let mut lists = 0;
    for api in apis() {
        let folder = root().join("atlas-backup-api/src/generated").join(api);
        let files = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| path.is_file());
        let code: String = files
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        for entry in entries().filter(|entry| entry.api == api && entry.method == "GET") {
            let spec = spec(api);
            let is_list = spec.answers(entry).iter().any(|answer| {
                answer.status == spec.success_status(entry)
                    && answer.value["results"] != Value::Null
            });
            let name = format!("{}{}", entry.id[..1].to_uppercase(), &entry.id[1..]);
            let (before, _) = code
                .split_once(&format!("pub struct {name} {{"))
                .unwrap_or_else(|| panic!("no {name}"));
            let marks = before.rsplit("request! {").next().unwrap_or_default();
            assert_eq!(marks.contains("#[items("), is_list, "{api}/{name}");
            for (parameter, mark) in [("pageNum", "numbered"), ("includeCount", "counted")] {
                assert_eq!(
                    marks.contains(&format!(", {mark}")),
                    is_list && spec.parameter(entry, parameter).is_some(),
                    "{api}/{name}"
                );
            }
            lists += usize::from(is_list);
        }
    }
    assert!(lists > 25, "{lists}");
}
