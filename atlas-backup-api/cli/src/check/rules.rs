//! The rules. Each compares what Atlas says with what the policy demands.

use atlas_backup_api::Timestamp;
use atlas_backup_api::v2::types::{
    self, CompliancePolicyState, RetentionUnit, Schedule, SchedulePolicyItem,
};

use super::Outcome;
use super::facts::{Facts, Snapshots, Subject};
use crate::failure::Failure;
use crate::policy::{DAY, Frequency, MONTH, Period, Section, WEEK, YEAR};

/// Checks all rules of a section for a cluster. Returns each with its name in the policy.
pub fn rules(
    section: &Section,
    subject: &Subject,
    facts: &Facts,
    now: Timestamp,
) -> Vec<(&'static str, Outcome)> {
    let mut all = Vec::new();
    if let Some(age) = &section.max_age {
        all.push((
            "max_age",
            with(&facts.snapshots, |seen| max_age(seen, age, now)),
        ));
    }
    if let Some(window) = &section.no_failed_within {
        let outcome = with(&facts.snapshots, |seen| no_failed_within(seen, window, now));
        all.push(("no_failed_within", outcome));
    }
    for (frequency, period) in section.min_retention.iter().flatten() {
        let outcome = with(&facts.schedule, |schedule| {
            min_retention(schedule, *frequency, period)
        });
        all.push(("min_retention", outcome));
    }
    if let Some(window) = &section.min_restore_window {
        let outcome = with(&facts.schedule, |schedule| {
            min_restore_window(schedule, subject.pit, window)
        });
        all.push(("min_restore_window", outcome));
    }
    for region in section.copies_in.iter().flatten() {
        let outcome = with(&facts.schedule, |schedule| {
            copies_in(schedule, subject, region)
        });
        all.push(("copies_in", outcome));
    }
    if section.auto_export {
        all.push(("auto_export", with(&facts.schedule, auto_export)));
    }
    if let Some(age) = &section.max_export_age {
        let outcome = with(&facts.last_export, |last| max_export_age(*last, age, now));
        all.push(("max_export_age", outcome));
    }
    // If the schedule could not be read, this is the same for each of its frequencies or regions.
    all.dedup();
    all
}

/// Checks a rule if what it needs could be read.
fn with<F>(fact: &Option<Result<F, Failure>>, rule: impl FnOnce(&F) -> Outcome) -> Outcome {
    match fact {
        Some(Ok(fact)) => rule(fact),
        Some(Err(failure)) => Outcome::from(failure),
        None => Outcome::unsaid("it, because it was not asked"),
    }
}

fn is_longer_ago(time: Timestamp, period: &Period, now: Timestamp) -> bool {
    now.as_second().saturating_sub(time.as_second()) > period.seconds
}

fn max_age(seen: &Snapshots, age: &Period, now: Timestamp) -> Outcome {
    let newest = seen.newest.as_ref();
    let newest = newest.and_then(|newest| Some((newest, newest.created?)));
    match (newest, &seen.undated) {
        (Some((_, created)), _) if !is_longer_ago(created, age, now) => Outcome::Kept,
        (_, Some(undated)) => {
            Outcome::unsaid(&format!("when snapshot {} was taken", undated.snapshot))
        }
        (Some((newest, created)), None) => Outcome::Violation(format!(
            "the newest good snapshot, {}, was taken at {created}, more than {} ago",
            newest.snapshot, age.text
        )),
        (None, None) => Outcome::Violation(match seen.last_expired {
            Some(expired) => {
                format!("no snapshot can be restored: the last completed one expired at {expired}")
            }
            None => "no snapshot can be restored: none is completed".to_owned(),
        }),
    }
}

fn no_failed_within(seen: &Snapshots, window: &Period, now: Timestamp) -> Outcome {
    let mut unsaid = None;
    let mut failed = Vec::new();
    for snapshot in &seen.failed {
        match snapshot.created {
            Some(created) if is_longer_ago(created, window, now) => {}
            Some(_) => failed.push(snapshot.snapshot.as_str()),
            None => unsaid = Some(&snapshot.snapshot),
        }
    }
    match (failed.len(), unsaid) {
        (0, None) => Outcome::Kept,
        (0, Some(id)) => Outcome::unsaid(&format!("when the failed snapshot {id} was taken")),
        (1, _) => Outcome::Violation(format!(
            "snapshot {} failed in the last {}",
            failed[0], window.text
        )),
        (count, _) => Outcome::Violation(format!(
            "{count} snapshots failed in the last {}, one of them {}",
            window.text, failed[0]
        )),
    }
}

fn min_retention(schedule: &Schedule, frequency: Frequency, least: &Period) -> Outcome {
    let word = frequency.word();
    let items = schedule.policies.iter();
    let items = items
        .flat_map(|policy| policy.policy_items.iter().flatten())
        .filter(|item| {
            let found = item.frequency_type.as_ref();
            found.is_some_and(|found| found.as_str() == word)
        });
    // Each item takes snapshots of its own, on another day of the week for example.
    let mut shortest: Option<(i64, &SchedulePolicyItem)> = None;
    for item in items {
        let Some(seconds) = retention(item) else {
            return Outcome::unsaid(&format!("for how long it keeps {word} snapshots"));
        };
        if shortest.is_none_or(|(shortest, _)| seconds < shortest) {
            shortest = Some((seconds, item));
        }
    }
    match shortest {
        Some((seconds, _)) if seconds + extra_retention(schedule, word) >= least.seconds => {
            Outcome::Kept
        }
        Some((_, item)) => {
            let value = item.retention_value.unwrap_or_default();
            let unit = item.retention_unit.as_ref();
            let unit = unit.map_or_else(String::new, ToString::to_string);
            let least = &least.text;
            Outcome::Violation(format!(
                "{word} snapshots are kept for {value} {unit}, less than {least}"
            ))
        }
        None => Outcome::Violation(format!("the schedule takes no {word} snapshots")),
    }
}

/// For how many seconds snapshots are kept; none if Atlas does not say it.
fn retention(item: &SchedulePolicyItem) -> Option<i64> {
    let length = match item.retention_unit.as_ref()? {
        RetentionUnit::Days => DAY,
        RetentionUnit::Weeks => WEEK,
        RetentionUnit::Months => MONTH,
        RetentionUnit::Years => YEAR,
        _ => return None,
    };
    item.retention_value?.checked_mul(length)
}

/// For how many seconds longer than the policy item says.
fn extra_retention(schedule: &Schedule, word: &str) -> i64 {
    let extra = schedule.extra_retention_settings.iter().filter(|extra| {
        // In this list, Atlas writes the frequencies in capitals.
        let found = extra.frequency_type.as_ref();
        found.is_some_and(|found| found.as_str().eq_ignore_ascii_case(word))
    });
    let days = extra.filter_map(|extra| extra.retention_days).max();
    days.unwrap_or_default().saturating_mul(DAY)
}

fn min_restore_window(schedule: &Schedule, pit: Option<bool>, least: &Period) -> Outcome {
    match (pit, schedule.restore_window_days) {
        (Some(false), _) => {
            Outcome::Violation("the cluster cannot be restored to a point in time".to_owned())
        }
        (None, _) => Outcome::unsaid("whether the cluster can be restored to a point in time"),
        (_, None) => Outcome::unsaid("how many days back the cluster can be restored"),
        (_, Some(days)) if days.saturating_mul(DAY) >= least.seconds => Outcome::Kept,
        (_, Some(days)) => Outcome::Violation(format!(
            "the cluster can be restored to a point in time of the last {days} days, less than {}",
            least.text
        )),
    }
}

/// Each zone of the cluster must be copied to the region. A copy setting without a zone is for all.
fn copies_in(schedule: &Schedule, subject: &Subject, region: &str) -> Outcome {
    let copies: Vec<&types::CopySetting> = schedule
        .copy_settings
        .iter()
        .filter(|copy| copy.region_name.as_deref() == Some(region))
        .collect();
    if copies.is_empty() {
        return Outcome::Violation(format!("no snapshots are copied to {region}"));
    }
    let is_copied = |zone| {
        let mut copies = copies.iter();
        copies.any(|copy| copy.zone_id.is_none() || copy.zone_id.as_ref() == Some(zone))
    };
    match subject.zones.iter().find(|zone| !is_copied(zone)) {
        None if !subject.zones_are_complete && copies.iter().all(|copy| copy.zone_id.is_some()) => {
            Outcome::unsaid("in which zones all parts of the cluster are")
        }
        None => Outcome::Kept,
        Some(zone) => Outcome::Violation(format!(
            "no snapshots of the zone {zone} are copied to {region}"
        )),
    }
}

fn auto_export(schedule: &Schedule) -> Outcome {
    match schedule.auto_export_enabled {
        Some(true) => Outcome::Kept,
        Some(false) => Outcome::Violation("the schedule exports no snapshots".to_owned()),
        None => Outcome::unsaid("whether the schedule exports snapshots"),
    }
}

fn max_export_age(last: Option<Timestamp>, age: &Period, now: Timestamp) -> Outcome {
    match last {
        Some(last) if !is_longer_ago(last, age, now) => Outcome::Kept,
        Some(last) => Outcome::Violation(format!(
            "the newest successful export was finished at {last}, more than {} ago",
            age.text
        )),
        None => Outcome::Violation("there is no successful export".to_owned()),
    }
}

/// Checks that the compliance policy of the project is in force. Atlas responds with an empty object
/// if there is none.
pub fn compliance_policy(policy: &types::CompliancePolicy) -> Outcome {
    match &policy.state {
        // While it is changed, its former rules are in force.
        Some(CompliancePolicyState::Active | CompliancePolicyState::Updating) => Outcome::Kept,
        Some(state) => Outcome::Violation(format!(
            "the compliance policy is not in force: its state is {state}"
        )),
        None => Outcome::Violation("the project has no compliance policy".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use atlas_backup_api::ObjectId;
    use atlas_backup_api::v2::types::{
        CopySetting, ExtraRetention, SchedulePolicy, SnapshotFrequency, SnapshotKind,
    };

    use super::*;
    use crate::records::Snapshot;
    use crate::target::{Kind, Target};

    const NOW: &str = "2026-06-10T12:00:00Z";

    fn time(text: &str) -> Timestamp {
        text.parse().expect("it is a time")
    }

    fn id(last: u8) -> ObjectId {
        let text = format!("65f0a1b2c3d4e5f6a7b8c9d{last}");
        text.parse().expect("it is an id")
    }

    fn days(days: i64) -> Period {
        Period {
            text: format!("{days}d"),
            seconds: days * DAY,
        }
    }

    fn snapshot(last: u8, status: &str, created: Option<&str>) -> Snapshot {
        Snapshot {
            project: id(0),
            cluster: "orders".parse().expect("it is a name"),
            snapshot: id(last),
            status: status.to_owned(),
            reason: None,
            created: created.map(time),
            expires: Some(time("2027-01-01T00:00:00Z")),
            bytes: None,
            mongodb: None,
            description: None,
        }
    }

    fn seen(snapshots: impl IntoIterator<Item = Snapshot>) -> Snapshots {
        let mut seen = Snapshots::default();
        for snapshot in snapshots {
            seen.see(snapshot, time(NOW));
        }
        seen
    }

    fn is_violation(outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Violation(_))
    }

    fn is_unchecked(outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Unchecked(..))
    }

    #[test]
    fn only_snapshots_that_can_be_restored_are_good() {
        let check = |snapshots: Vec<Snapshot>| max_age(&seen(snapshots), &days(1), time(NOW));
        let recent = Some("2026-06-10T06:00:00Z");
        let exact = Some("2026-06-09T12:00:00Z");
        let old = snapshot(1, "completed", Some("2026-06-09T11:59:59Z"));
        let expired = Snapshot {
            expires: Some(time("2026-06-10T11:00:00Z")),
            ..snapshot(2, "completed", recent)
        };
        assert_eq!(check(vec![snapshot(2, "completed", recent)]), Outcome::Kept);
        assert_eq!(check(vec![snapshot(2, "completed", exact)]), Outcome::Kept);
        assert!(is_violation(&check(vec![])));
        assert!(is_violation(&check(vec![old.clone()])));
        assert!(is_violation(&check(vec![expired])));
        for status in ["failed", "running", "queued", "paused"] {
            let outcome = check(vec![snapshot(2, status, recent), old.clone()]);
            assert!(is_violation(&outcome), "{status}");
        }
        // It may be recent.
        let outcome = check(vec![old.clone(), snapshot(2, "completed", None)]);
        assert!(is_unchecked(&outcome));
        let both = vec![
            snapshot(2, "completed", None),
            snapshot(3, "completed", recent),
            old,
        ];
        assert_eq!(check(both), Outcome::Kept);
    }

    #[test]
    fn only_failures_in_the_window_count() {
        let check = |created| {
            let failed = snapshot(1, "failed", created);
            no_failed_within(&seen([failed]), &days(1), time(NOW))
        };
        assert_eq!(check(Some("2026-06-09T11:59:59Z")), Outcome::Kept);
        assert!(is_violation(&check(Some("2026-06-09T12:00:00Z"))));
        assert!(is_unchecked(&check(None)));
    }

    fn schedule() -> Schedule {
        let item = SchedulePolicyItem {
            frequency_type: Some(SnapshotFrequency::Daily),
            retention_unit: Some(RetentionUnit::Days),
            retention_value: Some(7),
            ..SchedulePolicyItem::default()
        };
        let policy = SchedulePolicy {
            policy_items: Some(vec![item]),
            ..SchedulePolicy::default()
        };
        let mut schedule = Schedule::default();
        schedule.policies = vec![policy];
        schedule.restore_window_days = Some(7);
        schedule
    }

    #[test]
    fn extra_retention_counts_and_a_retention_that_is_not_said_is_not_kept() {
        let mut schedule = schedule();
        let check =
            |schedule: &Schedule, least| min_retention(schedule, Frequency::Daily, &days(least));
        assert_eq!(check(&schedule, 7), Outcome::Kept);
        assert!(is_violation(&check(&schedule, 8)));
        schedule.extra_retention_settings = vec![ExtraRetention {
            frequency_type: Some(SnapshotKind::Daily),
            retention_days: Some(3),
            ..ExtraRetention::default()
        }];
        assert_eq!(check(&schedule, 10), Outcome::Kept);
        assert!(is_violation(&check(&schedule, 11)));
        let items = schedule.policies[0].policy_items.as_mut();
        let items = items.expect("it has some");
        let mut other = items[0].clone();
        other.retention_value = Some(1);
        items.push(other);
        assert!(is_violation(&check(&schedule, 10)), "one is kept for less");
        let items = schedule.policies[0].policy_items.as_mut();
        items.expect("it has some")[0].retention_unit = None;
        assert!(is_unchecked(&check(&schedule, 4)));
    }

    #[test]
    fn a_restore_window_is_none_without_continuous_backups() {
        let schedule = schedule();
        let check = |schedule, pit| min_restore_window(schedule, pit, &days(7));
        assert_eq!(check(&schedule, Some(true)), Outcome::Kept);
        assert!(is_violation(&check(&schedule, Some(false))));
        assert!(is_unchecked(&check(&schedule, None)));
        assert!(is_unchecked(&check(&Schedule::default(), Some(true))));
    }

    #[test]
    fn every_zone_must_be_copied() {
        let subject = Subject {
            zones: vec![id(1), id(2)],
            ..Subject::new(Target {
                project: id(0),
                cluster: "orders".parse().expect("it is a name"),
                id: None,
                kind: Kind::Sharded,
            })
        };
        let partly_known = Subject {
            zones: vec![id(1)],
            zones_are_complete: false,
            ..Subject::new(subject.target.clone())
        };
        let check_of = |subject: &Subject, zones: &[Option<u8>]| {
            let mut schedule = schedule();
            let copies = zones.iter().map(|zone| CopySetting {
                region_name: Some("US_WEST_2".to_owned()),
                zone_id: zone.map(id),
                ..CopySetting::default()
            });
            schedule.copy_settings = copies.collect();
            copies_in(&schedule, subject, "US_WEST_2")
        };
        let check = |zones: &[Option<u8>]| check_of(&subject, zones);
        assert_eq!(check(&[Some(1), Some(2)]), Outcome::Kept);
        assert_eq!(check(&[None]), Outcome::Kept);
        assert!(is_violation(&check(&[Some(1)])));
        assert!(is_unchecked(&check_of(&partly_known, &[Some(1)])));
        assert!(is_violation(&check_of(&partly_known, &[Some(2)])));
        assert_eq!(check_of(&partly_known, &[None]), Outcome::Kept);
        assert!(is_violation(&check(&[])));
    }

    #[test]
    fn exports_must_be_on_and_recent() {
        let mut schedule = schedule();
        assert!(is_unchecked(&auto_export(&schedule)));
        schedule.auto_export_enabled = Some(false);
        assert!(is_violation(&auto_export(&schedule)));
        schedule.auto_export_enabled = Some(true);
        assert_eq!(auto_export(&schedule), Outcome::Kept);
        let check = |last: Option<&str>| max_export_age(last.map(time), &days(1), time(NOW));
        assert_eq!(check(Some("2026-06-09T12:00:00Z")), Outcome::Kept);
        assert!(is_violation(&check(Some("2026-06-09T11:59:59Z"))));
        assert!(is_violation(&check(None)));
    }

    #[test]
    fn a_compliance_policy_is_in_force_while_it_is_active_or_updated() {
        for (state, is_in_force) in [
            (Some(CompliancePolicyState::Active), true),
            (Some(CompliancePolicyState::Updating), true),
            (Some(CompliancePolicyState::Enabling), false),
            (Some(CompliancePolicyState::Disabling), false),
            (None, false),
        ] {
            let mut policy = types::CompliancePolicy::default();
            policy.state = state.clone();
            let outcome = compliance_policy(&policy);
            assert_eq!(outcome == Outcome::Kept, is_in_force, "{state:?}");
        }
    }
}
