//! The manifests for Kubernetes, which runs a command again after a failure, and after a pod was
//! moved to another node.

const MANIFESTS: [&str; 2] = [
    include_str!("../../deploy/cronjob.yaml"),
    include_str!("../../deploy/cronjob-many.yaml"),
];

/// Without `--once`, another run takes a second snapshot.
#[test]
fn a_command_that_kubernetes_runs_again_takes_no_second_snapshot() {
    for manifest in MANIFESTS {
        let has = |line: &str| manifest.lines().any(|other| other.trim() == line);
        assert!(has("- take") && has("- --once=$(JOB_NAME)"), "{manifest}");
        assert!(has("- name: JOB_NAME"), "{manifest}");
        // After another failure, wrong usage, a refusal and a missing cluster, a person must look.
        assert!(has("values: [1, 2, 3, 4]"), "{manifest}");
    }
}
