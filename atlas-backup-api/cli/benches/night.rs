//! Simulates a night with 10,000 clusters on a fake Atlas, and prints how much memory the program
//! took: `cargo bench --package atlas-backup-cli --bench night`. It fails if a cluster has more
//! than one snapshot of the night, or has none and is not named with a reason.

#[path = "../tests/cli/night/simulation.rs"]
mod simulation;

use std::time::Instant;

use simulation::Night;

fn main() {
    // `cargo test --benches` passes no `--bench`: it only checks that the benchmark runs.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let sizes: &[(usize, usize)] = if is_bench {
        &[(10, 100), (50, 200)]
    } else {
        &[(2, 5)]
    };
    println!("clusters  projects    done  requests  faults  peak memory     time");
    for &(projects, clusters) in sizes {
        let night = Night {
            projects,
            clusters,
            at_once: 200,
            fault_percent: 5,
            failing: projects,
            kills: 5,
            runs: 3,
            seed: 16,
        };
        let began = Instant::now();
        let report = night.simulate(env!("CARGO_BIN_EXE_atlas-backup"), simulation::faults());
        println!(
            "{:8}  {projects:8}  {:6}  {:8}  {:6}  {:7} MiB  {:5.0} s",
            projects * clusters,
            report.done,
            report.requests,
            report.faults,
            report.peak_kib / 1024,
            began.elapsed().as_secs_f64()
        );
    }
}
