//! A restore overwrites a cluster: it must name its target, and cannot be confused with a download.

use atlas_backup_api::v2::types::{
    CloudProvider, CollectionRestoreJobRequest, ExportBucketRequest, IndexStrategy, LegacyRestoreDeliveryRequest, LegacyRestoreJobRequest,
    LegacyRestoreMethod, RestoreDeliveryType, RestoreJobRequest, ServerlessRestoreJobRequest, WriteStrategy,
};
use atlas_backup_api::{ClusterName, ObjectId, Timestamp, v1};

const ID: &str = "32b6e34b3d91647abb20e7b8";

fn request(kind: RestoreDeliveryType) -> RestoreJobRequest {
    RestoreJobRequest { snapshot_id: Some(ID.parse().expect("an id")), ..RestoreJobRequest::new(kind) }
}

fn id() -> ObjectId {
    ID.parse().expect("an id")
}

fn orders() -> ClusterName {
    "orders".parse().expect("a name")
}

fn told(outcome: Result<(), atlas_backup_api::InvalidArgument>) -> String {
    outcome.map_or_else(|error| error.to_string(), |()| "accepted".into())
}

fn with_target(mut request: RestoreJobRequest) -> RestoreJobRequest {
    request.target_cluster_name = Some("orders".parse().expect("a name"));
    request.target_group_id = Some(ID.parse().expect("an id"));
    request
}

#[test]
fn what_may_be_combined() {
    let mut point_in_time = with_target(RestoreJobRequest::new(RestoreDeliveryType::PointInTime));
    point_in_time.point_in_time_utc_seconds = Some(1_746_351_720);
    for request in [request(RestoreDeliveryType::Download), with_target(request(RestoreDeliveryType::Automated)), point_in_time] {
        assert_eq!(request.validate(), Ok(()), "{request:?}");
    }
}

#[test]
fn what_may_not() {
    let mut half = request(RestoreDeliveryType::Automated);
    half.target_cluster_name = Some("orders".parse().expect("a name"));
    let refused = [
        request(RestoreDeliveryType::Automated),
        half,
        with_target(request(RestoreDeliveryType::Download)),
        RestoreJobRequest::new(RestoreDeliveryType::PointInTime),
        // A kind that the rules do not know would pass them all.
        with_target(request(RestoreDeliveryType::from("sideways"))),
    ];
    let messages = refused.map(|request| told(request.validate()));
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_point_in_time_is_given_once_and_whole() {
    let point = |seconds, second, position| RestoreJobRequest {
        point_in_time_utc_seconds: seconds,
        oplog_ts: second,
        oplog_inc: position,
        ..with_target(RestoreJobRequest::new(RestoreDeliveryType::PointInTime))
    };
    let second = Some(1_746_351_720);
    assert_eq!(point(second, None, None).validate(), Ok(()));
    assert_eq!(point(None, second, Some(1)).validate(), Ok(()));
    let refused = [point(None, None, None), point(second, second, Some(1)), point(None, second, None), point(second, None, Some(1))];
    let messages = refused.map(|request| told(request.validate()));
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_legacy_job_names_one_restore_point() {
    let job = |snapshot_id, millis, oplog_ts, oplog_inc| LegacyRestoreJobRequest {
        snapshot_id,
        point_in_time_utc_millis: millis,
        oplog_ts,
        oplog_inc,
        ..LegacyRestoreJobRequest::new(LegacyRestoreDeliveryRequest::new(LegacyRestoreMethod::Http))
    };
    let (millis, second) = (Some(1_746_351_720_000), Some(Timestamp::UNIX_EPOCH));
    let checkpoint = LegacyRestoreJobRequest { checkpoint_id: Some(id()), ..job(None, None, None, None) };
    for sound in [job(Some(id()), None, None, None), job(None, millis, None, None), job(None, None, second, Some(1)), checkpoint.clone()] {
        assert_eq!(sound.validate(), Ok(()), "{sound:?}");
    }
    let refused = [
        job(None, None, None, None),
        job(Some(id()), millis, None, None),
        LegacyRestoreJobRequest { snapshot_id: Some(id()), ..checkpoint },
        job(None, None, second, None),
    ];
    let messages = refused.map(|request| told(request.validate()));
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn collections_are_restored_to_a_whole_place_in_the_oplog() {
    let request = CollectionRestoreJobRequest {
        oplog_ts: Some(1_746_351_720),
        ..CollectionRestoreJobRequest::new(IndexStrategy::All, "orders".parse().expect("a name"), id(), WriteStrategy::CreateNew)
    };
    assert_eq!(CollectionRestoreJobRequest { oplog_inc: Some(1), ..request.clone() }.validate(), Ok(()));
    let told = told(request.validate());
    assert!(told.starts_with("invalid argument oplogInc: must be given together with oplogTs ("), "{told}");
}

#[test]
fn a_constructor_makes_what_the_rules_accept() {
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
    assert_eq!(v1::types::RestoreJobRequest::automated(id(), id(), orders()).validate(), Ok(()));
}

#[test]
fn a_legacy_constructor_makes_what_the_rules_accept() {
    let point: Timestamp = "2025-05-04T09:42:00.9Z".parse().expect("a date");
    let download = LegacyRestoreJobRequest::download(id());
    assert_eq!(download.delivery, LegacyRestoreDeliveryRequest::new(LegacyRestoreMethod::Http));
    let automated = LegacyRestoreJobRequest::automated(id(), id(), orders());
    let target = (automated.delivery.target_group_id.clone(), automated.delivery.target_cluster_name.clone());
    assert_eq!(target, (Some(id()), Some(orders())));
    let point = LegacyRestoreJobRequest::point_in_time(id(), orders(), point);
    assert_eq!((point.point_in_time_utc_millis, &point.snapshot_id), (Some(1_746_351_720_900), &None));
    for request in [download, automated, point] {
        assert_eq!(request.validate(), Ok(()), "{request:?}");
    }
}

#[test]
fn a_bucket_has_what_its_provider_needs() {
    let url = "https://ordersbackups.blob.core.windows.net";
    let made = [
        (ExportBucketRequest::aws("orders-exports", id()), CloudProvider::Aws),
        (ExportBucketRequest::azure(url, id()), CloudProvider::Azure),
        (ExportBucketRequest::gcp("orders-exports", id()), CloudProvider::Gcp),
    ];
    for (request, provider) in made {
        assert_eq!((request.validate(), &request.cloud_provider), (Ok(()), &provider), "{request:?}");
    }
}
