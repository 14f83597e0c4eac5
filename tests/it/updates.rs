//! Reading a resource, changing one member and writing it back loses nothing, not even members and
//! values that this version does not know.

use atlas_backup_api::v2::types::{
    CompliancePolicy, CompliancePolicyUpdateRequest, Schedule, ScheduleUpdateRequest, Snapshot,
    SnapshotFrequency, SnapshotStatus,
};
use atlas_backup_tests::conform::same::same;
use serde_json::{Value, json};

fn schedule() -> Value {
    json!({
        "clusterId": "32b6e34b3d91647abb20e7b8",
        "clusterName": "orders",
        "autoExportEnabled": false,
        "copySettings": [],
        "links": [],
        "nextSnapshot": "2025-05-04T09:42:00Z",
        "policies": [{
            "id": "60915d9cef8ca80cd31646e5",
            "policyItems": [
                {"frequencyInterval": 6, "frequencyType": "hourly", "retentionUnit": "fortnights", "retentionValue": 2, "id": "60915d9cef8ca80cd31646e6"},
                {"frequencyType": "lunar", "phase": {"of": "the moon"}, "id": null},
            ],
            "owner": "newer",
        }],
        "referenceHourOfDay": 12,
        "restoreWindowDays": 7,
        "windDownDays": 3,
    })
}

/// Changes one typed member; the rest must stay as received.
#[test]
fn a_response_keeps_unknown_members_and_values() {
    let sent = json!({
        "id": "a", "status": "dreaming", "policyItems": [], "createdAt": "soon", "storageSizeBytes": 9_007_199_254_740_993_i64,
        "links": [{"href": "h", "title": "t"}], "newer": {"deep": [1, null]},
    });
    let mut snapshot: Snapshot = serde_json::from_value(sent.clone()).expect("it is read");
    assert_eq!(snapshot.status, Some(SnapshotStatus::from("dreaming")));
    snapshot.description = Some("changed".into());
    let mut expected = sent;
    expected["description"] = json!("changed");
    assert_eq!(
        same(
            &expected,
            &serde_json::to_value(&snapshot).expect("it is written")
        ),
        Ok(())
    );
}

#[test]
fn a_schedule_is_written_back_with_what_a_newer_atlas_added() {
    let schedule_read: Schedule = serde_json::from_value(schedule()).expect("it is read");
    let mut update = ScheduleUpdateRequest::from(schedule_read);
    update.restore_window_days = Some(14);
    let items = update
        .policies
        .as_mut()
        .and_then(|policies| policies[0].policy_items.as_mut())
        .expect("the policy has items");
    assert_eq!(
        items[1].frequency_type,
        Some(SnapshotFrequency::from("lunar"))
    );
    items[0].retention_value = Some(3);
    let written = serde_json::to_value(&update).expect("it is written");
    let mut expected = schedule();
    // Members that only a response has are not sent.
    for only_read in ["clusterId", "clusterName", "links", "nextSnapshot"] {
        expected
            .as_object_mut()
            .expect("an object")
            .remove(only_read);
    }
    expected["restoreWindowDays"] = json!(14);
    expected["policies"][0]["policyItems"][0]["retentionValue"] = json!(3);
    assert_eq!(same(&expected, &written), Ok(()), "{written:#}");
}

/// Atlas keeps what an update does not mention, so the update must contain a list that the program
/// emptied.
#[test]
fn a_list_that_is_cleared_is_cleared_at_atlas() {
    let mut answer: Schedule = serde_json::from_value(schedule()).expect("it is read");
    answer.policies.clear();
    let answer_written = serde_json::to_value(&answer).expect("it is written");
    assert_eq!(answer_written["policies"], json!([]));
    let update = ScheduleUpdateRequest::from(answer);
    assert_eq!(update.policies, Some(vec![]));
    let written = serde_json::to_value(&update).expect("it is written");
    assert_eq!(written["policies"], json!([]));
}

#[test]
fn an_empty_list_is_sent_only_if_atlas_sent_one() {
    let answer: Schedule = serde_json::from_value(schedule()).expect("it is read");
    assert!(
        !format!("{answer:?}").contains("copySettings"),
        "an empty list is nothing extra: {answer:?}"
    );
    let mut update = ScheduleUpdateRequest::from(answer);
    assert_eq!(
        (&update.copy_settings, &update.extra_retention_settings),
        (&Some(vec![]), &None)
    );
    let written = serde_json::to_value(&update).expect("it is written");
    assert_eq!(
        (
            written.get("copySettings"),
            written.get("extraRetentionSettings")
        ),
        (Some(&json!([])), None)
    );
    // A member that the program removes from the update is not sent.
    update.copy_settings = None;
    let written = serde_json::to_value(&update).expect("it is written");
    assert_eq!(written.get("copySettings"), None);
}

#[test]
fn an_update_from_a_response_without_a_required_member_is_refused() {
    let policy: CompliancePolicy =
        serde_json::from_value(json!({"authorizedEmail": "a@example.com"})).expect("it is read");
    let update = CompliancePolicyUpdateRequest::from(policy);
    let error = update.validate().expect_err("it has no name").to_string();
    assert!(error.contains("authorizedUserFirstName"), "{error}");
}
