//! The client refuses invalid arguments before it sends anything.

use atlas_backup_api::v2::types::{LegacySnapshotRetentionRequest, OnDemandSnapshotRequest};
use atlas_backup_api::{Client, Error, Timestamp, v1};
use atlas_backup_tests::fake_atlas::{HttpResponse, StubServer};
use serde_json::json;

const PROJECT: &str = "32b6e34b3d91647abb20e7b8";

/// Returns the error message of a call that must fail before it reaches the server.
async fn refused<T: std::fmt::Debug>(call: impl AsyncFnOnce(Client) -> Result<T, Error>) -> String {
    let server = StubServer::start(HttpResponse::json(
        200,
        "application/json",
        &json!({"id": PROJECT}),
    ))
    .expect("a port is free");
    let client = Client::builder()
        .base_url(server.url())
        .build()
        .expect("the address is a base URL");
    let error = call(client).await.expect_err("the call was accepted");
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    assert_eq!(server.received_requests(), [], "something was sent");
    error.to_string()
}

fn five_days() -> OnDemandSnapshotRequest {
    OnDemandSnapshotRequest {
        retention_in_days: Some(5),
        ..Default::default()
    }
}

#[tokio::test]
async fn invalid_ids_and_names_are_refused() {
    let mut messages = Vec::new();
    for project in [
        "",
        "xyz",
        "32B6E34B3D91647ABB20E7B8",
        "32b6e34b3d91647abb20e7b",
        "..",
    ] {
        messages.push(
            refused(async |client: Client| {
                client
                    .v2()
                    .take_snapshot(project, "orders", five_days())
                    .send()
                    .await
            })
            .await,
        );
    }
    for cluster in ["", ".", "..", "-orders", "or/ders", "orders?x=1", "ördèrs"] {
        messages.push(
            refused(async |client: Client| {
                client
                    .v2()
                    .take_snapshot(PROJECT, cluster, five_days())
                    .send()
                    .await
            })
            .await,
        );
    }
    insta::assert_snapshot!(messages.join("\n"));
}

#[tokio::test]
async fn invalid_bodies_are_refused() {
    let mut messages = Vec::new();
    for days in [0, -1] {
        let body = OnDemandSnapshotRequest {
            retention_in_days: Some(days),
            ..Default::default()
        };
        messages.push(
            refused(async |client: Client| {
                client
                    .v2()
                    .take_snapshot(PROJECT, "orders", body)
                    .send()
                    .await
            })
            .await,
        );
    }
    let body = v1::types::OnDemandSnapshotRequest::new("Before the upgrade", 0);
    messages.push(
        refused(
            #[allow(deprecated)]
            async |client: Client| {
                client
                    .v1()
                    .take_snapshot(PROJECT, "orders", body)
                    .send()
                    .await
            },
        )
        .await,
    );
    let kept_and_expiring = LegacySnapshotRetentionRequest {
        do_not_delete: Some(true),
        expires: Some(Timestamp::UNIX_EPOCH),
    };
    messages.push(
        refused(
            #[allow(deprecated)]
            async |client: Client| {
                client
                    .v2()
                    .update_legacy_snapshot_retention(PROJECT, "orders", PROJECT, kept_and_expiring)
                    .send()
                    .await
            },
        )
        .await,
    );
    insta::assert_snapshot!(messages.join("\n"));
}

#[tokio::test]
async fn an_id_copied_from_a_response_cannot_climb_the_path() {
    let mut messages = Vec::new();
    for id in ["", ".", ".."] {
        let link: atlas_backup_api::ObjectId =
            serde_json::from_value(json!(id)).expect("an answer keeps whatever came");
        messages.push(
            refused(
                #[allow(deprecated)]
                async |client: Client| {
                    client
                        .v2()
                        .get_legacy_snapshot(PROJECT, "orders", link)
                        .send()
                        .await
                },
            )
            .await,
        );
    }
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn invalid_base_urls_are_refused() {
    let mut messages = Vec::new();
    for url in [
        "",
        "cloud.mongodb.com",
        "ftp://cloud.mongodb.com",
        "https://a:b@cloud.mongodb.com",
        "https://cloud.mongodb.com/api",
        "https://cloud.mongodb.com?x=1",
    ] {
        messages.push(match Client::builder().base_url(url).build() {
            Ok(_) => panic!("`{url}` was accepted"),
            Err(error) => error.to_string(),
        });
    }
    insta::assert_snapshot!(messages.join("\n"));
}

#[tokio::test]
async fn errors_of_workflows_name_the_call_that_was_not_sent() {
    let client = Client::builder()
        .base_url("http://127.0.0.1:1")
        .build()
        .expect("it is a base URL");
    let api = client.v2();
    let days = |days| OnDemandSnapshotRequest {
        retention_in_days: Some(days),
        ..Default::default()
    };
    let assert_message = |error: &dyn std::fmt::Display, start: &str| {
        assert!(error.to_string().starts_with(start), "{error}")
    };
    let error = api
        .take_snapshot_and_wait("xyz", "orders", days(5))
        .await
        .unwrap_err();
    assert_message(
        &error,
        "takeSnapshot: invalid argument group_id (groupId): ",
    );
    let error = api
        .take_snapshot_and_wait(PROJECT, "orders", days(0))
        .await
        .unwrap_err();
    assert_message(
        &error,
        "takeSnapshot: invalid argument retention_in_days (retentionInDays) = 0: ",
    );
    let nowhere = "no/such/directory";
    let error = api
        .save_snapshot(PROJECT, "orders", "xyz")
        .into_directory(nowhere)
        .await
        .unwrap_err();
    assert_message(
        &error,
        "createRestoreJob: invalid argument snapshot_id (snapshotId): ",
    );
    let error = api
        .save_flex_snapshot(PROJECT, "a b", PROJECT)
        .into_directory(nowhere)
        .await
        .unwrap_err();
    assert_message(
        &error,
        "downloadFlexSnapshot: invalid argument cluster_name (clusterName): ",
    );
}
