//! Simulates a night: the program takes a snapshot of each of many clusters while a part of the
//! requests goes wrong, is killed again and again, and is started again.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use atlas_backup_fake::{Clock, FakeAtlas, Family, Fault, Faults, PRIVATE_KEY, PUBLIC_KEY};
use serde_json::Value;

pub struct Night {
    /// The number of projects.
    pub projects: usize,
    /// The number of clusters of each.
    pub clusters: usize,
    pub at_once: usize,
    /// Of a hundred requests, how many go wrong.
    pub fault_percent: u8,
    /// How many snapshots fail.
    pub failing: usize,
    /// How often the program is killed.
    pub kills: usize,
    /// How often it is started again after the last kill, as a scheduler does: if all clusters are
    /// done earlier, it is not.
    pub runs: usize,
    pub seed: u64,
}

/// What a night was like. The benchmark prints all of it.
#[derive(Debug)]
#[allow(dead_code, reason = "the test does not read all of it")]
pub struct Report {
    /// How many clusters have exactly one good snapshot at the end. All others are named by the last
    /// run, with a reason.
    pub done: usize,
    pub requests: usize,
    pub faults: usize,
    /// The largest resident memory of a run, in kibibytes; zero where the system does not say it.
    pub peak_kib: u64,
}

/// Everything that may go wrong with a request, but for servers that never respond.
pub fn faults() -> Vec<Fault> {
    vec![
        Fault::rate_limited(Some(1)),
        Fault::rate_limited(None),
        Fault::rate_limited_as_400(),
        Fault::html_503(),
        Fault::html_503().after_handling(),
        Fault::empty_502(),
        Fault::gateway_timeout_504().after_handling(),
        Fault::respond(atlas_backup_fake::HttpResponse::new(500)).after_handling(),
        Fault::unauthorized_latin_1(),
        Fault::reset(),
        Fault::reset().after_handling(),
        Fault::close().after_handling(),
        Fault::reset_mid_body(),
        Fault::cut_short(),
    ]
}

impl Night {
    fn all(&self) -> usize {
        self.projects * self.clusters
    }

    /// Runs the program until each cluster has its snapshot, and checks after each run that is not
    /// killed that every cluster has its result.
    pub fn simulate(&self, program: &str, faults: Vec<Fault>) -> Report {
        let at_random = Faults::none().at_random(self.fault_percent, self.seed, faults);
        let mut atlas = FakeAtlas::builder()
            .without_clusters()
            .faults(&at_random)
            .clock(&Clock::running(200.0));
        for number in 1..=self.projects {
            atlas = atlas.project_of(&format!("Project {number}"), self.clusters);
        }
        let atlas = atlas.start_blocking();
        for _ in 0..self.failing {
            atlas.fail_next(Family::Snapshot);
        }
        let mut random = fastrand::Rng::with_seed(self.seed);
        let mut kills = 0;
        while kills < self.kills {
            // Each run has to look at each cluster, so it is killed before it ends, unless it fails.
            let after = random.usize(1..=self.all());
            kills += usize::from(self.run_and_kill(&atlas, program, after));
        }
        let (mut done, mut peak_kib) = (0, 0);
        for _ in 0..self.runs {
            let run = self.run(&atlas, program);
            peak_kib = peak_kib.max(run.peak_kib);
            done = self.check(&atlas, &run);
            if run.code == Some(0) {
                break;
            }
        }
        assert_eq!(atlas.spec_violations(), [""; 0]);
        Report {
            done,
            requests: atlas.server().request_count(),
            faults: at_random.triggered().len(),
            peak_kib,
        }
    }

    fn command(&self, atlas: &FakeAtlas, program: &str) -> Command {
        let at_once = self.at_once.to_string();
        let mut command = Command::new(program);
        command
            .args(["take", "--all-projects", "--once", "2026-01-01"])
            .args(["--wait", "--json", "--quiet", "--at-once", &at_once])
            .env_clear()
            .env("MONGODB_ATLAS_BASE_URL", atlas.url())
            .env("MONGODB_ATLAS_PUBLIC_API_KEY", PUBLIC_KEY)
            .env("MONGODB_ATLAS_PRIVATE_API_KEY", PRIVATE_KEY)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Kills the program when this number of requests has arrived. False if it has ended before.
    fn run_and_kill(&self, atlas: &FakeAtlas, program: &str, after: usize) -> bool {
        let arrived = atlas.server().request_count();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let killed = async {
            let command = self.command(atlas, program);
            let child = tokio::process::Command::from(command).spawn();
            let mut child = child.expect("it was built with this test");
            tokio::select! {
                () = atlas.server().wait_for_requests(arrived + after) => {}
                _ended = child.wait() => return false,
            }
            child.kill().await.expect("it is a child");
            true
        };
        runtime
            .expect("the system has a thread to give")
            .block_on(killed)
    }

    fn run(&self, atlas: &FakeAtlas, program: &str) -> Run {
        let mut command = self.command(atlas, program);
        let child = command.stdout(Stdio::piped()).spawn();
        let mut child = child.expect("it was built with this test");
        let (mut results, mut peak_kib) = (Vec::new(), 0);
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        for line in out.lines() {
            let line = line.expect("it is text");
            results.push(serde_json::from_str(&line).expect("each line is JSON"));
            peak_kib = peak_kib.max(peak_memory(child.id()).unwrap_or(0));
        }
        let code = child.wait().expect("it was started").code();
        Run {
            results,
            code,
            peak_kib,
        }
    }

    /// Each cluster has one result: exactly one good snapshot of this night, or a reason. The reason
    /// may be that the clusters of its project, or all projects, could not be listed. Returns how many
    /// clusters have a snapshot, whether this run knows it or not.
    fn check(&self, atlas: &FakeAtlas, run: &Run) -> usize {
        let mut snapshots = BTreeMap::new();
        for project in atlas.project_ids() {
            for (cluster, descriptions) in atlas.snapshot_descriptions(&project) {
                let of_night = |text: &&String| text.contains("[atlas-backup-api once 2026-01-01]");
                let count = descriptions.iter().filter(of_night).count();
                snapshots.insert((project.clone(), cluster), count);
            }
        }
        assert_eq!(snapshots.len(), self.all());
        let done = snapshots.values().filter(|count| **count == 1).count();
        let (of_projects, of_clusters): (Vec<_>, Vec<_>) = run
            .results
            .iter()
            .partition(|result| result["cluster"].is_null());
        for result in of_clusters {
            let text = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
            let cluster = (text("project"), text("cluster"));
            let count = snapshots.remove(&cluster);
            let count = count.unwrap_or_else(|| panic!("not a cluster, or the second: {result}"));
            match text("outcome").as_str() {
                "taken" | "present" => {
                    assert_eq!((count, result["status"].as_str()), (1, Some("completed")));
                }
                _ => {
                    assert!(count <= 1, "{count}: {result}");
                    assert!(
                        !text("message").is_empty() && result["code"] != 0,
                        "{result}"
                    );
                }
            }
        }
        for result in of_projects {
            let project = result["project"].as_str().expect("an id");
            assert!(is_reason(result), "{result}");
            snapshots.retain(|(of, _), count| of != project || *count > 1);
        }
        if !run.results.is_empty() {
            assert_eq!(snapshots, BTreeMap::new(), "these have no result");
        }
        let failed = run.results.iter().filter(|result| result["code"] != 0);
        let is_done = failed.count() == 0 && !run.results.is_empty();
        assert_eq!(run.code == Some(0), is_done, "{:?}", run.code);
        done
    }
}

fn is_reason(result: &Value) -> bool {
    let message = result["message"].as_str();
    result["code"] != 0 && message.is_some_and(|message| !message.is_empty())
}

/// A run that was not killed.
struct Run {
    results: Vec<Value>,
    code: Option<i32>,
    peak_kib: u64,
}

/// The largest resident memory that a process has had so far.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
