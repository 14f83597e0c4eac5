//! A restore overwrites a cluster: its request must name the target cluster, and cannot be confused
//! with a download.

use atlas_backup_api::v2::types::{
    CloudProvider, CopyPolicyItem, ExportBucketRequest, LegacyRestoreDeliveryRequest,
    LegacyRestoreJobRequest, LegacyRestoreMethod, RestoreDeliveryType, RestoreJobRequest,
    ServerlessRestoreJobRequest,
};
use atlas_backup_api::{Client, ClusterName, ObjectId, Timestamp, v1, v2};
use atlas_backup_tests::fake_atlas::{HttpResponse, StubServer};
use serde_json::{Value, json};

const ID: &str = "32b6e34b3d91647abb20e7b8";

fn request(kind: RestoreDeliveryType) -> RestoreJobRequest {
    RestoreJobRequest {
        snapshot_id: Some(ID.parse().expect("an id")),
        ..RestoreJobRequest::new(kind)
    }
}

fn id() -> ObjectId {
    ID.parse().expect("an id")
}

fn orders() -> ClusterName {
    "orders".parse().expect("a name")
}

fn message(outcome: Result<(), atlas_backup_api::InvalidArgument>) -> String {
    outcome.map_or_else(|error| error.to_string(), |()| "accepted".into())
}

fn with_target(mut request: RestoreJobRequest) -> RestoreJobRequest {
    request.target_cluster_name = Some("orders".parse().expect("a name"));
    request.target_group_id = Some(ID.parse().expect("an id"));
    request
}

#[test]
fn allowed_combinations_pass_validation() {
    let at = |request| RestoreJobRequest {
        point_in_time_utc_seconds: Some(1_746_351_720),
        ..request
    };
    let combined = [
        request(RestoreDeliveryType::Download),
        with_target(request(RestoreDeliveryType::Automated)),
        at(with_target(RestoreJobRequest::new(
            RestoreDeliveryType::PointInTime,
        ))),
        // No source says that Atlas refuses these combinations; official tools send a target with
        // every delivery type.
        at(with_target(request(RestoreDeliveryType::PointInTime))),
        at(with_target(request(RestoreDeliveryType::Download))),
        at(with_target(request(RestoreDeliveryType::Automated))),
        RestoreJobRequest::new(RestoreDeliveryType::from("sideways")),
    ];
    for request in combined {
        assert_eq!(request.validate(), Ok(()), "{request:?}");
    }
}

#[test]
fn forbidden_combinations_are_refused() {
    let mut half = request(RestoreDeliveryType::Automated);
    half.target_cluster_name = Some("orders".parse().expect("a name"));
    let refused = [
        request(RestoreDeliveryType::Automated),
        half,
        with_target(RestoreJobRequest::new(RestoreDeliveryType::Automated)),
        with_target(RestoreJobRequest::new(RestoreDeliveryType::Download)),
        RestoreJobRequest::new(RestoreDeliveryType::PointInTime),
    ];
    let messages = refused.map(|request| message(request.validate()));
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_point_in_time_must_be_given_once_and_completely() {
    let point = |seconds, second, position| RestoreJobRequest {
        point_in_time_utc_seconds: seconds,
        oplog_ts: second,
        oplog_inc: position,
        ..with_target(RestoreJobRequest::new(RestoreDeliveryType::PointInTime))
    };
    let second = Some(1_746_351_720);
    assert_eq!(point(second, None, None).validate(), Ok(()));
    assert_eq!(point(None, second, Some(1)).validate(), Ok(()));
    let refused = [
        point(None, None, None),
        point(second, second, Some(1)),
        point(None, second, None),
        point(second, None, Some(1)),
    ];
    let messages = refused.map(|request| message(request.validate()));
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_legacy_job_must_name_one_restore_point() {
    let job = |snapshot_id, millis, oplog_ts, oplog_inc| LegacyRestoreJobRequest {
        snapshot_id,
        point_in_time_utc_millis: millis,
        oplog_ts,
        oplog_inc,
        ..LegacyRestoreJobRequest::new(LegacyRestoreDeliveryRequest::new(LegacyRestoreMethod::Http))
    };
    let (millis, second) = (Some(1_746_351_720_000), Some(Timestamp::UNIX_EPOCH));
    let checkpoint = LegacyRestoreJobRequest {
        checkpoint_id: Some(id()),
        ..job(None, None, None, None)
    };
    for sound in [
        job(Some(id()), None, None, None),
        job(None, millis, None, None),
        job(None, None, second, Some(1)),
        checkpoint.clone(),
    ] {
        assert_eq!(sound.validate(), Ok(()), "{sound:?}");
    }
    let refused = [
        job(None, None, None, None),
        job(Some(id()), millis, None, None),
        LegacyRestoreJobRequest {
            snapshot_id: Some(id()),
            ..checkpoint
        },
        job(None, None, second, None),
    ];
    let messages = refused.map(|request| message(request.validate()));
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_legacy_target_needs_a_name_or_an_id() {
    let automated = |name, id| LegacyRestoreDeliveryRequest {
        target_group_id: Some(ID.parse().expect("an id")),
        target_cluster_name: name,
        target_cluster_id: id,
        ..LegacyRestoreDeliveryRequest::new(LegacyRestoreMethod::AutomatedRestore)
    };
    for sound in [
        automated(Some(orders()), None),
        automated(None, Some(id())),
        automated(Some(orders()), Some(id())),
    ] {
        assert_eq!(sound.validate(), Ok(()), "{sound:?}");
    }
    let nowhere = LegacyRestoreDeliveryRequest {
        target_group_id: None,
        ..automated(Some(orders()), None)
    };
    let messages = [automated(None, None), nowhere].map(|delivery| message(delivery.validate()));
    insta::assert_snapshot!(messages.join("\n"));
    let job = LegacyRestoreJobRequest {
        snapshot_id: Some(id()),
        ..LegacyRestoreJobRequest::new(automated(None, None))
    };
    assert!(
        message(job.validate()).starts_with("invalid argument delivery.target_cluster_name (delivery.targetClusterName): must be given, or"),
        "the path is told"
    );
    // A download needs no target. If the caller gives one, Atlas decides whether to accept it.
    let download = LegacyRestoreDeliveryRequest {
        method_name: LegacyRestoreMethod::Http,
        ..automated(Some(orders()), None)
    };
    assert_eq!(download.validate(), Ok(()));
}

/// The same rule applies to several values; the message names the value that was given.
#[test]
fn the_copy_of_a_scheduled_snapshot_needs_a_retention() {
    let item = |frequency: &str| CopyPolicyItem {
        frequency_type: Some(frequency.into()),
        ..CopyPolicyItem::default()
    };
    for frequency in ["hourly", "daily", "weekly", "monthly", "yearly"] {
        let message = message(item(frequency).validate());
        let start = format!(
            "invalid argument retention_unit (retentionUnit): must be given where frequencyType is {frequency} ("
        );
        assert!(message.starts_with(&start), "{message}");
        let whole = CopyPolicyItem {
            retention_unit: Some("days".into()),
            retention_value: Some(7),
            ..item(frequency)
        };
        assert_eq!(whole.validate(), Ok(()), "{frequency}");
    }
    // Items to which the rule does not apply: `ondemand` with and without a retention, and a
    // frequency that no document has. Programs write a schedule back as Atlas returned it.
    let kept = CopyPolicyItem {
        retention_unit: Some("days".into()),
        retention_value: Some(7),
        ..item("ondemand")
    };
    for sound in [item("ondemand"), kept, item("lunar")] {
        assert_eq!(sound.validate(), Ok(()), "{sound:?}");
    }
}

/// Returns the request body that a call sends.
macro_rules! sent {
    ($call:expr) => {{
        let server = StubServer::start(HttpResponse::json(200, "application/json", &json!({"id": ID, "results": []}))).expect("a port is free");
        let client = Client::builder().base_url(server.url()).build().expect("the address is a base URL");
        #[allow(deprecated)]
        $call(client).await.unwrap_or_else(|error| panic!("{error}"));
        let received = server.received_requests();
        serde_json::from_slice::<Value>(&received[0].body).expect("it is JSON")
    }};
}

/// Terraform's provider always sends the snapshot.
#[tokio::test]
async fn a_restore_to_a_point_in_time_may_name_a_snapshot() {
    let body = json!({
        "deliveryType": "pointInTime", "pointInTimeUTCSeconds": 1_746_351_720, "snapshotId": ID, "targetClusterName": "orders",
        "targetGroupId": ID,
    });
    macro_rules! goes_through {
        ($api:ident, $request:ident, $call:ident) => {
            let request = $api::types::$request {
                snapshot_id: Some(id()),
                ..$api::types::$request::point_in_time(
                    id(),
                    orders(),
                    "2025-05-04T09:42:00Z".parse().expect("a date"),
                )
            };
            let sent = sent!(async |client: Client| client
                .$api()
                .$call(ID, "orders", request)
                .send()
                .await
                .map(drop));
            assert_eq!(sent, body);
        };
    }
    goes_through!(v1, RestoreJobRequest, create_restore_job);
    goes_through!(v2, RestoreJobRequest, create_restore_job);
    goes_through!(
        v1,
        ServerlessRestoreJobRequest,
        create_serverless_restore_job
    );
    goes_through!(
        v2,
        ServerlessRestoreJobRequest,
        create_serverless_restore_job
    );
}

#[tokio::test]
async fn a_legacy_restore_by_the_id_of_its_target_goes_through() {
    let expected = json!({
        "snapshotId": ID,
        "delivery": {"methodName": "AUTOMATED_RESTORE", "targetClusterId": ID, "targetGroupId": ID},
    });
    macro_rules! goes_through {
        ($api:ident) => {
            let delivery = $api::types::LegacyRestoreDeliveryRequest {
                target_group_id: Some(id()),
                target_cluster_id: Some(id()),
                ..$api::types::LegacyRestoreDeliveryRequest::new(
                    $api::types::LegacyRestoreMethod::AutomatedRestore,
                )
            };
            let job = $api::types::LegacyRestoreJobRequest {
                snapshot_id: Some(id()),
                ..$api::types::LegacyRestoreJobRequest::new(delivery)
            };
            let sent = sent!(async |client: Client| client
                .$api()
                .create_legacy_restore_job(ID, "orders", job)
                .send()
                .await
                .map(drop));
            assert_eq!(sent, expected);
        };
    }
    goes_through!(v1);
    goes_through!(v2);
}

#[test]
fn constructors_make_valid_requests() {
    let point: Timestamp = "2025-05-04T09:42:00.9Z".parse().expect("a date");
    let made = [
        RestoreJobRequest::download(id()),
        RestoreJobRequest::automated(id(), id(), orders()),
        RestoreJobRequest::point_in_time(id(), orders(), point),
    ];
    let by_hand = [
        request(RestoreDeliveryType::Download),
        with_target(request(RestoreDeliveryType::Automated)),
        RestoreJobRequest {
            point_in_time_utc_seconds: Some(1_746_351_720),
            ..with_target(RestoreJobRequest::new(RestoreDeliveryType::PointInTime))
        },
    ];
    assert_eq!(made, by_hand);
    assert!(made.iter().all(|request| request.validate() == Ok(())));
    for request in [
        ServerlessRestoreJobRequest::download(id()),
        ServerlessRestoreJobRequest::automated(id(), id(), orders()),
        ServerlessRestoreJobRequest::point_in_time(id(), orders(), point),
    ] {
        assert_eq!(request.validate(), Ok(()), "{request:?}");
    }
    assert_eq!(
        v1::types::RestoreJobRequest::automated(id(), id(), orders()).validate(),
        Ok(())
    );
}

#[test]
fn legacy_constructors_make_valid_requests() {
    let point: Timestamp = "2025-05-04T09:42:00.9Z".parse().expect("a date");
    let download = LegacyRestoreJobRequest::download(id());
    assert_eq!(
        download.delivery,
        LegacyRestoreDeliveryRequest::new(LegacyRestoreMethod::Http)
    );
    let automated = LegacyRestoreJobRequest::automated(id(), id(), orders());
    let target = (
        automated.delivery.target_group_id.clone(),
        automated.delivery.target_cluster_name.clone(),
    );
    assert_eq!(target, (Some(id()), Some(orders())));
    let point = LegacyRestoreJobRequest::point_in_time(id(), orders(), point);
    assert_eq!(
        (point.point_in_time_utc_millis, &point.snapshot_id),
        (Some(1_746_351_720_900), &None)
    );
    for request in [download, automated, point] {
        assert_eq!(request.validate(), Ok(()), "{request:?}");
    }
}

#[test]
fn a_bucket_needs_the_members_of_its_provider() {
    let url = "https://ordersbackups.blob.core.windows.net";
    let made = [
        (
            ExportBucketRequest::aws("orders-exports", id()),
            CloudProvider::Aws,
        ),
        (ExportBucketRequest::azure(url, id()), CloudProvider::Azure),
        (
            ExportBucketRequest::gcp("orders-exports", id()),
            CloudProvider::Gcp,
        ),
    ];
    for (request, provider) in made {
        assert_eq!(
            (request.validate(), &request.cloud_provider),
            (Ok(()), &provider),
            "{request:?}"
        );
        let bare = ExportBucketRequest::new(provider);
        assert!(bare.validate().is_err(), "{bare:?}");
    }
    // That one provider requires a member does not mean that Atlas refuses the member for another
    // provider.
    let tenant = Some("4297fc77-1592-4de8-a6d5-a8c32401df87".to_owned());
    let all = ExportBucketRequest {
        role_id: Some(id()),
        tenant_id: tenant,
        ..ExportBucketRequest::aws("orders-exports", id())
    };
    assert_eq!(all.validate(), Ok(()));
}
