//! Snapshots of many clusters in one run.

mod simulation;

use std::io::Write;
use std::process::Stdio;

use atlas_backup_fake::{ClusterKind, FakeAtlas, FakeAtlasBuilder, Family, Fault, Faults, PROJECT};
use serde_json::Value;

use crate::{Ended, ended, fast, printed, program, run, start, still};
use simulation::Night;

const ONCE: [&str; 2] = ["--once", "2026-01-01"];

/// Each line of the results, as cluster, outcome and code, in the order of the clusters.
fn outcomes(ended: &Ended) -> Vec<(String, String, i64)> {
    let mut all: Vec<_> = lines(ended)
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            let code = line["code"].as_i64().expect("a number");
            (text("cluster"), text("outcome"), code)
        })
        .collect();
    all.sort();
    all
}

fn lines(ended: &Ended) -> Vec<Value> {
    let lines = ended.out.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect()
}

fn outcome(cluster: &str, outcome: &str, code: i64) -> (String, String, i64) {
    (cluster.to_owned(), outcome.to_owned(), code)
}

/// Runs `take --json --once` with these arguments.
fn take(atlas: &FakeAtlas, arguments: &[&str]) -> Ended {
    run(atlas, &[&["take", "--json"], arguments, &ONCE].concat())
}

/// The same with a list on standard input.
fn take_listed(atlas: &FakeAtlas, list: &str) -> Ended {
    take_shard(atlas, list, "1/1")
}

fn take_shard(atlas: &FakeAtlas, list: &str, shard: &str) -> Ended {
    let arguments = ["take", "-", "--json", "--shard", shard];
    let mut program = program(atlas, &[&arguments[..], &ONCE].concat());
    program.stdin(Stdio::piped());
    let mut child = start(program);
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(list.as_bytes()).expect("it is read");
    drop(stdin);
    ended(child.wait_with_output().expect("it was started"))
}

/// Two projects with clusters, besides the usual one without any.
fn two_projects() -> FakeAtlasBuilder {
    let atlas = FakeAtlas::builder().without_clusters();
    atlas.project_of("Shop A", 3).project_of("Shop B", 2)
}

#[test]
fn a_night_with_faults_and_kills_takes_each_cluster_once() {
    let night = Night {
        projects: 6,
        clusters: 20,
        at_once: 40,
        fault_percent: 5,
        failing: 3,
        kills: 5,
        runs: 3,
        seed: 16,
    };
    let report = night.simulate(env!("CARGO_BIN_EXE_atlas-backup"), simulation::faults());
    // Whatever the last run has seen, all clusters are done by now.
    assert!(report.faults > 10 && report.done == 120, "{report:?}");
}

#[test]
fn all_clusters_of_a_project_are_taken_once_or_are_named_with_a_reason() {
    let atlas = fast(FakeAtlas::builder());
    let first = take(&atlas, &["--all", "--except", "legacy"]);
    assert_eq!(first.code, Some(0), "{}", first.err);
    assert_eq!(
        outcomes(&first),
        [
            outcome("events", "taken", 0),
            outcome("orders", "taken", 0),
            outcome("tenant", "skipped", 0),
        ]
    );
    let last = "3 results: 2 taken, 1 skipped\n2 snapshots not completed yet: run the same command again with --wait to know that they are good\n";
    assert!(first.err.ends_with(last), "{}", first.err);
    let second = take(
        &atlas,
        &["--all", "--except", "orders", "--except", "legacy"],
    );
    assert_eq!(
        outcomes(&second),
        [
            outcome("events", "present", 0),
            outcome("tenant", "skipped", 0),
        ]
    );
}

#[test]
fn all_projects_are_taken_and_shards_share_them() {
    let atlas = fast(two_projects());
    let mut seen = Vec::new();
    for shard in ["1/2", "2/2"] {
        let ended = take(&atlas, &["--all-projects", "--shard", shard]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let results = lines(&ended);
        assert!(results.iter().all(|line| line["outcome"] == "taken"));
        seen.extend(results.iter().map(|line| {
            (
                line["project"].as_str().expect("an id").to_owned(),
                line["cluster"].as_str().expect("a name").to_owned(),
            )
        }));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert_eq!(atlas.server().handled_count("POST"), 5);
}

#[test]
fn a_list_may_have_names_ids_projects_and_lines_of_clusters() {
    let atlas = fast(two_projects().cluster("orders", ClusterKind::ReplicaSet));
    let events = fast(two_projects().cluster("orders", ClusterKind::Sharded));
    for atlas in [atlas, events] {
        let clusters = printed(&atlas, &["clusters", "--json", "--project", "Shop B"]);
        let id = atlas.cluster_id("orders").expect("it exists");
        let list = format!(
            "# of three projects\norders\n\nShop A/cluster-001\n  Shop A / cluster-002\n{PROJECT}/orders\n{clusters}{id}\n"
        );
        let ended = take_listed(&atlas, &list);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let mut names: Vec<String> = outcomes(&ended).into_iter().map(|one| one.0).collect();
        names.dedup();
        assert_eq!(names, ["cluster-001", "cluster-002", "orders"]);
        // The cluster that is listed three times has one result, and is taken once.
        assert_eq!(lines(&ended).len(), 5, "{}", ended.out);
        assert_eq!(atlas.server().handled_count("POST"), 5);
    }
}

#[test]
fn clusters_are_selected_by_tag_and_left_out_by_name_or_id() {
    let atlas = fast(FakeAtlas::builder().clusters(3));
    for name in ["cluster-001", "cluster-002", "cluster-003", "orders"] {
        atlas.tag_cluster(name, "backup", "nightly");
    }
    atlas.tag_cluster("cluster-002", "team", "shop");
    atlas.tag_cluster("events", "backup", "weekly");
    let id = atlas.cluster_id("cluster-003").expect("it exists");
    let tags = ["--all", "--tag", "backup=nightly"];
    let ended = take(
        &atlas,
        &[&tags[..], &["--except", "orders", "--except", &id]].concat(),
    );
    let taken = |name| outcome(name, "taken", 0);
    assert_eq!(
        outcomes(&ended),
        [taken("cluster-001"), taken("cluster-002")]
    );
    assert!(!ended.err.contains("warning"), "{}", ended.err);

    let ended = take(&atlas, &[&tags[..], &["--tag", "team=shop"]].concat());
    assert_eq!(outcomes(&ended), [outcome("cluster-002", "present", 0)]);

    for quiet in [&[][..], &["--quiet"]] {
        let except = ["--except", "ordres", "--except", "orders"];
        let ended = take(&atlas, &[&tags[..], &except, quiet].concat());
        let warning = "warning: --except ordres: no selected cluster has this name or id";
        let mut warnings = ended.err.lines().filter(|line| line.starts_with("warning"));
        assert_eq!(warnings.next(), Some(warning), "{}", ended.err);
        assert_eq!(warnings.next(), None, "{}", ended.err);
    }
}

#[test]
fn what_has_no_backups_is_skipped_with_its_reason_however_it_is_selected() {
    let atlas = fast(FakeAtlas::builder().clusters(2));
    atlas.set_backups("cluster-001", false);
    atlas.set_paused("cluster-002", true);
    let clusters = printed(&atlas, &["clusters", "--json"]);
    let skipped = |name| outcome(name, "skipped", 0);
    for (ended, is_listed) in [
        (take(&atlas, &["--all", "--except", "legacy"]), false),
        (take_listed(&atlas, &without(&clusters, "legacy")), true),
    ] {
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let mut outcomes = outcomes(&ended);
        outcomes.retain(|one| one.1 == "skipped");
        let mut expected = vec![skipped("cluster-001"), skipped("cluster-002")];
        // A list of flex clusters is not read for `--all`.
        expected.extend(is_listed.then(|| skipped("flex")));
        expected.push(skipped("tenant"));
        assert_eq!(outcomes, expected);
        let has_reason =
            |line: &Value| line["message"].is_string() == (line["outcome"] == "skipped");
        assert!(lines(&ended).iter().all(has_reason), "{}", ended.out);
    }
}

fn without(lines: &str, name: &str) -> String {
    let kept = lines.lines().filter(|line| !line.contains(name));
    kept.map(|line| format!("{line}\n")).collect()
}

/// Atlas may need a moment before it shows a new snapshot.
#[test]
fn a_snapshot_that_is_not_shown_yet_is_waited_for() {
    for clusters in [&["orders"][..], &["orders", "events"]] {
        let not_found = Fault::respond(atlas_backup_fake::error_response("notFound"));
        // One 404 for each cluster, but not by its path: the ids of the snapshots are not known yet.
        // If the first cluster gets both, the second one is shown at once, which is right as well.
        let faults = Faults::script(vec![not_found; clusters.len()]).on_polls();
        let atlas = FakeAtlas::builder().without_authentication();
        let atlas = fast(atlas.faults(&faults));
        let ended = run(&atlas, &[&["take", "--wait"], clusters, &ONCE].concat());
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        assert_eq!(faults.remaining(), 0);
    }
}

/// The ids by which a list is divided are not in it, so they are looked up.
#[test]
fn shards_share_a_list_as_well() {
    let atlas = fast(FakeAtlas::builder().clusters(12));
    let names: Vec<String> = (1..=12)
        .map(|number| format!("cluster-{number:03}"))
        .collect();
    let sizes = ["0/3", "1/3", "2/3"].map(|shard| {
        let ended = take_shard(&atlas, &names.join("\n"), shard);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(outcomes(&ended).iter().all(|one| one.1 == "taken"));
        outcomes(&ended).len()
    });
    assert_eq!(sizes.iter().sum::<usize>(), 12);
    assert!(sizes.iter().all(|size| *size > 0), "{sizes:?}");

    // What does not exist is named by one of them, and so is what is skipped.
    let clusters = printed(&atlas, &["clusters", "--json"]);
    let list = without(&clusters, "legacy") + "nowhere\nNo such project/orders\n";
    let ended = ["1/2", "2/2"].map(|shard| take_shard(&atlas, &list, shard));
    let all: Vec<_> = ended.iter().flat_map(outcomes).collect();
    assert_eq!(all.len(), 12 + 4 + 2, "{all:?}");
}

#[test]
fn every_failure_is_named_and_the_code_says_whether_another_run_helps() {
    let atlas = fast(FakeAtlas::builder());
    let list = "orders\nflex\nnowhere\nNo such project/orders\n";
    let ended = take_listed(&atlas, list);
    assert_eq!(
        outcomes(&ended),
        [
            outcome("flex", "failed", 3),
            outcome("nowhere", "failed", 4),
            outcome("orders", "failed", 4),
            outcome("orders", "taken", 0),
        ]
    );
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    let last = ended.err.lines().last();
    let expected =
        "error: 4 results: 1 taken, 3 failed; their lines say why; another run does not change it";
    assert_eq!(last, Some(expected));

    // As long as one of them can be helped by another run, the code says that.
    let faults = Faults::always(Fault::html_503()).on_method("POST");
    let atlas = fast(FakeAtlas::builder().faults(&faults));
    let ended = take_listed(&atlas, list);
    let of_orders = outcome("orders", "failed", 8);
    assert!(outcomes(&ended).contains(&of_orders), "{}", ended.out);
    assert_eq!(ended.code, Some(8), "{}", ended.err);
}

#[test]
fn a_project_that_cannot_be_read_does_not_keep_the_others_from_being_taken() {
    let atlas = two_projects().start_blocking();
    let ids = atlas.project_ids();
    drop(atlas);
    // The ids count up, so they are the same in the next fake.
    let path = format!("/api/atlas/v2/groups/{}/clusters", ids[1]);
    let forbidden = Fault::respond(atlas_backup_fake::HttpResponse::new(403));
    let faults = Faults::always(forbidden).on_path(&path);
    let atlas = fast(two_projects().faults(&faults));
    let ended = take(&atlas, &["--all-projects"]);
    assert_eq!(
        outcomes(&ended),
        [
            outcome("", "failed", 3),
            outcome("cluster-001", "taken", 0),
            outcome("cluster-002", "taken", 0),
        ]
    );
    assert_eq!(ended.code, Some(3), "{}", ended.err);
}

#[test]
fn a_snapshot_that_fails_is_taken_again_by_the_next_run() {
    let atlas = fast(FakeAtlas::builder());
    atlas.fail_next(Family::Snapshot);
    let arguments = ["orders", "events", "--wait"];
    let first = take(&atlas, &arguments);
    assert_eq!(first.code, Some(6), "{}", first.err);
    // The one that has failed is named by its id.
    assert!(
        lines(&first)
            .iter()
            .all(|line| line["snapshot"].is_string())
    );
    let second = take(&atlas, &arguments);
    assert_eq!(second.code, Some(0), "{}", second.err);
    let mut codes: Vec<String> = outcomes(&second).into_iter().map(|one| one.1).collect();
    codes.sort();
    assert_eq!(codes, ["present", "taken"]);
}

#[test]
fn one_cluster_may_be_taken_once_as_well() {
    let atlas = fast(FakeAtlas::builder());
    for cluster in ["orders", "Shop/orders"] {
        printed(&atlas, &["take", cluster, "--once", "2026-01-01", "--wait"]);
    }
    assert_eq!(atlas.server().handled_count("POST"), 1);
    printed(&atlas, &["take", "orders", "--once", "2026-01-02"]);
    assert_eq!(atlas.server().handled_count("POST"), 2);
}

#[test]
fn wrong_usage_is_refused_before_anything_is_taken() {
    let atlas = still(FakeAtlas::builder());
    let refused = |arguments: &[&str], part: &str| {
        let ended = run(&atlas, &[&["take"], arguments].concat());
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(part), "{arguments:?}: {}", ended.err);
    };
    refused(&["orders", "events"], "needs --once NAME");
    refused(&["--all"], "needs --once NAME");
    refused(&[], "required");
    refused(&["orders", "--all", "--once", "a"], "cannot be used with");
    refused(&["--all", "--once", "a", "--shard", "3/2"], "such as 1/3");
    refused(&["--all", "--once", "a", "--at-once", "0"], "at-once");
    refused(&["--all", "--once", "a night"], "1 to 100 letters");
    refused(&["orders", "my_cluster", "--once", "a"], "my_cluster");
    refused(
        &["--all", "--once", "a", "--tag", "nightly"],
        "backup=nightly",
    );
    refused(&["orders", "--timeout", "1h"], "--wait");
    let ended = take_listed(&atlas, "orders\n/events\n");
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(
        ended.err.contains("standard input, line 2"),
        "{}",
        ended.err
    );
    assert_eq!(atlas.server().request_count(), 0);
}

#[test]
fn no_cluster_at_all_is_not_success() {
    let atlas = still(FakeAtlas::builder().without_clusters());
    for ended in [
        take(&atlas, &["--all"]),
        take(&atlas, &["--all-projects"]),
        take(&atlas, &["--all", "--tag", "backup=nightly"]),
        take_listed(&atlas, "\n# none\n"),
    ] {
        assert_eq!(ended.code, Some(4), "{}", ended.err);
        assert!(
            ended.err.contains("no cluster was selected"),
            "{}",
            ended.err
        );
    }
}
