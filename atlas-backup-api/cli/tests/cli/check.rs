//! `check` finds every violation of a policy, invents none, and never takes a call that was refused
//! as "no violation".

use std::io::Write;
use std::process::Command;
use std::time::{Duration, SystemTime};

use atlas_backup_api::ObjectId;
use atlas_backup_api::v2::types::{
    CloudProvider, CompliancePolicyUpdateRequest, CopySetting, ExportBucketRequest,
    ExportFrequency, ExportJobRequest, ExportPolicy, OnDemandSnapshotRequest,
    ScheduleUpdateRequest,
};
use atlas_backup_fake::{
    Clock, FakeAtlas, FakeAtlasBuilder, Family, Fault, Faults, HttpResponse, PROJECT,
};
use insta::assert_snapshot;
use tempfile::NamedTempFile;

use crate::{Ended, at_once, change, masked, program, run_program};

/// All rules, of which the violations are seeded below.
const POLICY: &str = r#"
compliance_policy = true

[[clusters]]
kinds = ["replicaSet", "sharded"]
except = ["legacy"]
max_age = "26h"
no_failed_within = "30d"
min_retention = { hourly = "2d", daily = "7d", weekly = "4 weeks" }
min_restore_window = "7d"
copies_in = ["US_WEST_2"]
auto_export = true
max_export_age = "32d"

[[clusters]]
kinds = ["flex", "tenant"]
max_age = "26h"
"#;

/// A fake Atlas that was started so many days ago, and whose clock stands still since. The newest
/// snapshots are six hours older.
fn days_ago(days: u64, atlas: FakeAtlasBuilder) -> FakeAtlas {
    let epoch = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    let since = SystemTime::now().duration_since(epoch);
    let since = since.expect("the clock of the fake starts with the year 2026");
    let clock = Clock::new();
    clock.advance(since.saturating_sub(Duration::from_secs(days * 86_400)));
    atlas.clock(&clock).start_blocking()
}

fn file(policy: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(policy.as_bytes())
        .expect("it can be written");
    file
}

fn command(atlas: &FakeAtlas, policy: &NamedTempFile, more: &[&str]) -> Command {
    let path = policy.path().to_str().expect("its name is text");
    program(
        atlas,
        &[&["check", "--policy", path, "--quiet"], more].concat(),
    )
}

fn check(atlas: &FakeAtlas, policy: &str) -> Ended {
    run_program(command(atlas, &file(policy), &[]))
}

/// What a user reads.
fn seen(atlas: &FakeAtlas, ended: &Ended) -> String {
    let code = ended.code.unwrap_or(-1);
    masked(
        atlas,
        &format!("{}{}exit code {code}\n", ended.out, ended.err),
    )
}

/// Makes everything as `POLICY` demands.
fn obey(atlas: &FakeAtlas) {
    for family in [Family::ExportJob, Family::CompliancePolicy] {
        atlas.set_job_duration(family, Duration::ZERO, Duration::ZERO);
    }
    change(atlas, async |client| {
        let api = client.v2();
        let role = "32b6e34b3d91647abb20e7ba".parse().expect("it is an id");
        let bucket = ExportBucketRequest {
            bucket_name: Some("backups".to_owned()),
            iam_role_id: Some(role),
            ..ExportBucketRequest::new(CloudProvider::Aws)
        };
        let bucket = api.create_export_bucket(PROJECT, bucket).send().await?;
        let bucket: ObjectId = bucket.id.clone();
        for cluster in ["orders", "events"] {
            let id = atlas.cluster_id(cluster).expect("it exists");
            let copy = CopySetting {
                cloud_provider: Some(CloudProvider::Aws),
                region_name: Some("US_WEST_2".to_owned()),
                zone_id: Some(id.parse().expect("it is an id")),
                ..CopySetting::default()
            };
            let export = ExportPolicy {
                export_bucket_id: Some(bucket.clone()),
                frequency_type: Some(ExportFrequency::Monthly),
                ..ExportPolicy::default()
            };
            let schedule = ScheduleUpdateRequest {
                copy_settings: Some(vec![copy]),
                auto_export_enabled: Some(true),
                export: Some(export),
                ..ScheduleUpdateRequest::default()
            };
            api.update_schedule(PROJECT, cluster, schedule)
                .send()
                .await?;
            let snapshot = crate::latest(atlas, (cluster, Family::Snapshot));
            let snapshot = snapshot.parse().expect("it is an id");
            let export = ExportJobRequest::new(bucket.clone(), snapshot);
            api.create_export_job(PROJECT, cluster, export)
                .send()
                .await?;
        }
        let policy = CompliancePolicyUpdateRequest::new("dba@example.com", "Ada", "Lovelace");
        api.update_compliance_policy(PROJECT, policy).send().await?;
        Ok(())
    });
}

/// Takes a snapshot that fails.
fn fail_a_snapshot(atlas: &FakeAtlas, cluster: &str) {
    atlas.set_job_duration(Family::Snapshot, Duration::ZERO, Duration::ZERO);
    atlas.fail_next(Family::Snapshot);
    change(atlas, async |client| {
        let body = OnDemandSnapshotRequest::default();
        client
            .v2()
            .take_snapshot(PROJECT, cluster, body)
            .send()
            .await?;
        Ok(())
    });
}

#[test]
fn backups_that_keep_the_policy_have_no_violations() {
    let atlas = days_ago(0, FakeAtlas::builder());
    obey(&atlas);
    let ended = check(&atlas, POLICY);
    let seen = (ended.code, ended.out.as_str(), ended.err.as_str());
    assert_eq!(seen, (Some(0), "", ""));
}

#[test]
fn every_violation_is_found() {
    let atlas = days_ago(10, FakeAtlas::builder());
    fail_a_snapshot(&atlas, "orders");
    let policy = POLICY
        .replace("\"2d\"", "\"8d\"")
        .replace("weekly", "monthly")
        .replace("restore_window = \"7d\"", "restore_window = \"8d\"");
    let ended = check(&atlas, &policy);
    assert_snapshot!(seen(&atlas, &ended));
}

/// Each change alone breaks one rule of backups that keep all others.
#[test]
fn one_violation_is_found_alone() {
    let all = at_once(
        [
            ("max_age = \"26h\"", "max_age = \"5h\""),
            ("daily = \"7d\"", "daily = \"8d\""),
            ("weekly = \"4 weeks\"", "weekly = \"1 month\""),
            ("restore_window = \"7d\"", "restore_window = \"1 year\""),
            ("US_WEST_2", "EU_WEST_1"),
        ],
        |(from, to)| {
            let atlas = days_ago(0, FakeAtlas::builder());
            obey(&atlas);
            let policy = POLICY.replacen(from, to, 1);
            format!("{to}:\n{}\n", seen(&atlas, &check(&atlas, &policy)))
        },
    );
    assert_snapshot!(all.concat());
}

#[test]
fn clusters_are_chosen_by_name_and_what_does_not_exist_is_not_good() {
    let atlas = days_ago(10, FakeAtlas::builder());
    let id = atlas.cluster_id("events").expect("it exists");
    let policy = |names: &str| format!("[[clusters]]\nnames = [{names}]\nmax_age = \"26h\"\n");
    let both = check(&atlas, &policy(&format!("\"orders\", \"{id}\"")));
    assert_eq!(both.code, Some(9), "{}", both.err);
    assert_eq!(both.out.lines().count(), 3, "{}", both.out);
    // Atlas does not list serverless instances.
    let serverless = check(&atlas, &policy("\"serverless\""));
    assert_eq!(serverless.code, Some(9), "{}", serverless.err);
    let nowhere = check(&atlas, &policy("\"nowhere\""));
    assert_snapshot!(seen(&atlas, &nowhere));
}

/// What the user may have misspelt is warned of, although `--quiet` was given.
#[test]
fn what_selects_or_leaves_out_nothing_is_warned_of() {
    let atlas = days_ago(0, FakeAtlas::builder());
    let id = atlas.cluster_id("events").expect("it exists");
    let policy = format!(
        r#"[[clusters]]
except = ["nobody", "{id}", "legacy"]
kinds = ["replicaSet", "sharded"]
max_age = "26h"

# Atlas does not list them.
[[clusters]]
except = ["events"]
kinds = ["serverless"]
max_age = "26h"

[[clusters]]
except = ["orders"]
names = ["orders"]
max_age = "26h"
"#
    );
    let policy = file(&policy);
    let ended = run_program(command(&atlas, &policy, &[]));
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(0), ""),
        "{}",
        ended.err
    );
    let path = policy.path().to_str().expect("its name is text");
    assert_snapshot!(ended.err.replace(path, "POLICY"));
}

/// A cluster that has become a sharded one, for example.
#[test]
fn a_named_cluster_of_a_kind_that_is_left_out_is_not_good() {
    let atlas = days_ago(0, FakeAtlas::builder());
    let policy = "[[clusters]]\nnames = [\"orders\"]\nkinds = [\"flex\"]\nmax_age = \"26h\"";
    assert_snapshot!(seen(&atlas, &check(&atlas, policy)));
}

#[test]
fn what_could_not_be_listed_is_not_called_unknown() {
    let faults = Faults::always(refusal())
        .with_authorization()
        .on_path(&format!("/api/atlas/v2/groups/{PROJECT}/flexClusters"));
    let atlas = days_ago(0, FakeAtlas::builder().faults(&faults));
    let ended = check(
        &atlas,
        "[[clusters]]\nkinds = [\"flex\"]\nexcept = [\"scratch\"]\nmax_age = \"26h\"",
    );
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(!ended.err.contains("warning"), "{}", ended.err);
    // Nor is what is reported as not found.
    let atlas = days_ago(0, FakeAtlas::builder());
    let ended = check(
        &atlas,
        "[[clusters]]\nnames = [\"nowhere\"]\nmax_age = \"26h\"",
    );
    assert_eq!(ended.code, Some(4), "{}", ended.err);
    assert!(!ended.err.contains("warning"), "{}", ended.err);
}

/// The newer API knows nothing of the backups of a cluster that still has legacy backups.
#[test]
fn backups_that_cannot_be_seen_are_not_good() {
    let atlas = days_ago(0, FakeAtlas::builder());
    let policy = "[[clusters]]\nkinds = [\"replicaSet\"]\nmax_age = \"26h\"";
    assert_snapshot!(seen(&atlas, &check(&atlas, policy)));
}

#[test]
fn a_kind_without_a_schedule_cannot_be_checked_for_one() {
    let atlas = days_ago(0, FakeAtlas::builder());
    let policy = "[[clusters]]\nkinds = [\"flex\"]\nauto_export = true\nmax_export_age = \"1d\"";
    assert_snapshot!(seen(&atlas, &check(&atlas, policy)));
}

/// The calls of `check`, by path.
const CALLS: [&str; 7] = [
    "backupCompliancePolicy",
    "clusters",
    "flexClusters",
    "clusters/orders/backup/snapshots",
    "clusters/events/backup/snapshots",
    "clusters/orders/backup/schedule",
    "clusters/events/backup/exports",
];

/// Runs `check` while one call is answered with a fault, whose exit code is expected.
fn with_a_fault(days: u64, call: &str, fault: Fault) -> (String, Ended) {
    // Changing the fake must still work.
    let faults = Faults::always(fault)
        .with_authorization()
        .on_method("GET")
        .on_path(&format!("/api/atlas/v2/groups/{PROJECT}/{call}"));
    let atlas = days_ago(days, FakeAtlas::builder().faults(&faults));
    obey(&atlas);
    let ended = check(&atlas, POLICY);
    let seen = seen(&atlas, &ended);
    assert!(seen.contains("\nunchecked "), "{call}: {seen}");
    (format!("{call}:\n{seen}\n"), ended)
}

fn refusal() -> Fault {
    let body = serde_json::json!({"error": 403, "errorCode": "USER_UNAUTHORIZED"});
    Fault::respond(HttpResponse::json(403, "application/json", &body))
}

#[test]
fn a_call_that_was_refused_is_never_no_violation() {
    let all = at_once(CALLS, |call| {
        let (seen, ended) = with_a_fault(0, call, refusal());
        assert_eq!(ended.code, Some(3), "{seen}");
        seen
    });
    assert_snapshot!(all.concat());
}

#[test]
fn a_call_that_has_failed_is_never_no_violation() {
    at_once(CALLS, |call| {
        let (seen, ended) = with_a_fault(0, call, Fault::rate_limited(Some(0)));
        assert_eq!(ended.code, Some(5), "{seen}");
        let (seen, ended) = with_a_fault(0, call, Fault::empty_502().retry_after(0));
        assert_eq!(ended.code, Some(10), "{seen}");
    });
}

#[test]
fn a_violation_decides_the_exit_code() {
    let (seen, ended) = with_a_fault(10, "clusters/orders/backup/schedule", refusal());
    assert_eq!(ended.code, Some(9), "{seen}");
    assert!(seen.contains("\nviolation  "), "{seen}");
}

#[test]
fn a_policy_that_is_wrong_is_wrong_usage() {
    let policy = file("[[clusters]]\nmax_age = \"26h\"\nmax_ages = \"26h\"\n");
    let path = policy.path().to_str().expect("its name is text");
    let atlas = days_ago(0, FakeAtlas::builder());
    let ended = run_program(command(&atlas, &policy, &[]));
    assert_eq!(ended.code, Some(2));
    let place = format!("error: {path}:3:1: unknown field `max_ages`");
    assert!(ended.err.starts_with(&place), "{}", ended.err);
    assert_eq!(atlas.server().handled_count("GET"), 0);
}

#[test]
fn a_policy_file_that_does_not_exist_is_an_error() {
    let atlas = days_ago(0, FakeAtlas::builder());
    let ended = run_program(program(&atlas, &["check", "--policy", "/nowhere.toml"]));
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.starts_with("error: /nowhere.toml cannot be read"));
}

/// The policy in the README must be accepted.
#[test]
fn the_example_in_the_readme_is_a_policy() {
    let readme = include_str!("../../README.md");
    let (_, example) = readme.split_once("```toml\n").expect("it has an example");
    let (example, _) = example.split_once("```").expect("it has an end");
    let atlas = days_ago(0, FakeAtlas::builder());
    let ended = check(&atlas, example);
    assert_ne!(ended.code, Some(2), "{}", ended.err);
}

#[test]
fn violations_have_the_documented_members() {
    let atlas = days_ago(10, FakeAtlas::builder());
    let ended = run_program(command(&atlas, &file(POLICY), &["--json"]));
    assert_eq!(ended.code, Some(9), "{}", ended.err);
    crate::json::check("A violation", &ended.out);
}
