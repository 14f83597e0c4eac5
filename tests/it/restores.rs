//! A restore overwrites a cluster: it must name its target, and cannot be confused with a download.

use atlas_backup_api::v2::types::{RestoreDeliveryType, RestoreJobRequest};

const ID: &str = "32b6e34b3d91647abb20e7b8";

fn request(kind: RestoreDeliveryType) -> RestoreJobRequest {
    RestoreJobRequest { snapshot_id: Some(ID.parse().expect("an id")), ..RestoreJobRequest::new(kind) }
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
    let messages = refused.map(|request| request.validate().map_or_else(|error| error.to_string(), |()| "accepted".into()));
    insta::assert_snapshot!(messages.join("\n"));
}
