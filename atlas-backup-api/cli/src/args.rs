//! The command line.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use atlas_backup_api::ObjectId;
use clap::builder::NonEmptyStringValueParser;
use clap::{Parser, Subcommand};
use jiff::SignedDuration;

use crate::exit::EXIT_CODES;
use crate::fleet::Shard;
use crate::policy::Period;

/// Takes, lists, saves, verifies, restores and checks the backups of MongoDB Atlas clusters.
///
/// Results are on standard output, progress and messages on standard error.
#[derive(Parser)]
#[command(
    name = "atlas-backup",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_long_help = after_help(&[
        "atlas-backup take --project Payments orders --retention-days 5 --wait",
        "atlas-backup save --project Payments orders latest --into backups",
        "atlas-backup restore --project Payments orders latest --to orders-copy",
    ]),
)]
pub struct Args {
    #[command(flatten)]
    pub global: Global,

    #[command(subcommand)]
    pub command: Command,
}

/// The options of every command.
#[derive(clap::Args)]
pub struct Global {
    /// The project: its name or its id; by default that of the environment
    #[arg(long, short, global = true, value_parser = NonEmptyStringValueParser::new())]
    pub project: Option<String>,

    /// Print each result as one JSON object on a line, instead of a table
    #[arg(long, global = true)]
    pub json: bool,

    /// Show no progress
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Subcommand)]
pub enum Command {
    Take(Take),
    List(List),
    Save(Save),
    Verify(Verify),
    Restore(Restore),
    Drill(Drill),
    Wait(Wait),
    #[command(subcommand)]
    Schedule(Schedule),
    Check(Check),
    Clusters(Clusters),
    Completions(Completions),
    Man(Man),
}

/// Take a snapshot of a cluster, or of many.
///
/// Returns when Atlas has accepted the request or, with --wait, when the snapshot is completed. With
/// --wait or --once, the program first waits for another on-demand snapshot of the cluster that is
/// in progress, and finds out what happened if the response to the request is lost: it never takes
/// two.
///
/// Many clusters need --once. With the same name, the same command can be run again at any time,
/// also after it was killed: it takes only what is missing. Each cluster has one result. The exit
/// code is 0 if every snapshot was requested or, with --wait, is completed; otherwise it is that of the clusters for which
/// another run can help (10, 5, 7, 8, 6, in this order), or else of the others (1, 2, 3, 4).
#[derive(clap::Args)]
#[command(
    group = clap::ArgGroup::new("which").required(true).args(["clusters", "all", "all_projects"]),
    group = clap::ArgGroup::new("waits").multiple(true).args(["wait", "once"]),
    after_long_help = after_help(&[
        "atlas-backup take --project Payments orders --retention-days 5 --wait",
        "atlas-backup take --all-projects --tag backup=nightly --once 2026-01-31 --wait --json",
        "atlas-backup clusters --project Payments --json | atlas-backup take - --once 2026-01-31",
    ]),
)]
pub struct Take {
    /// The cluster, by name or id; or many, each as CLUSTER or PROJECT/CLUSTER; or `-` to read them
    /// from standard input, one a line, also as lines of `clusters --json`
    #[arg(value_name = "CLUSTER")]
    pub clusters: Vec<String>,

    /// All replica sets and sharded clusters of the project that have backups
    #[arg(long)]
    pub all: bool,

    /// Those of all projects that the credentials can read
    #[arg(long, conflicts_with = "project")]
    pub all_projects: bool,

    /// Of all, only those with this tag; given more than once, those with all of these tags
    #[arg(long, value_name = "KEY=VALUE", value_parser = tag, conflicts_with = "clusters")]
    pub tag: Vec<(String, String)>,

    /// Of all, not the one with this name or id; may be given more than once
    #[arg(long, value_name = "CLUSTER", conflicts_with = "clusters")]
    pub except: Vec<String>,

    /// Take no snapshot of a cluster that has one which was taken under the same name. Each night
    /// needs a name of its own, such as its date: with the name of last night, nothing is taken. It
    /// has letters, digits, `-`, `.`, `_` and `:`
    #[arg(long, value_name = "NAME", value_parser = once)]
    pub once: Option<String>,

    /// Of many clusters, only those of one part, such as 2/5 on the second of five machines. The
    /// parts are about equal if there are many; a cluster is always in the same one. 0/5 is 5/5
    #[arg(long, value_name = "I/N", requires = "once")]
    pub shard: Option<Shard>,

    /// How many clusters to work on at the same time; by default 200
    #[arg(long, value_name = "NUMBER", requires = "once",
        value_parser = clap::value_parser!(u16).range(1..))]
    pub at_once: Option<u16>,

    /// For how many days Atlas keeps the snapshot
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    pub retention_days: i64,

    /// A text to recognise the snapshot by; --wait and --once add a marker to it
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,

    /// Wait until the snapshot is completed
    #[arg(long)]
    pub wait: bool,

    /// How long to wait at most, for each cluster, such as 90s, 45m, 2h or 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration, requires = "waits")]
    pub timeout: Duration,
}

/// How many clusters `take` works on at the same time by default.
pub const AT_ONCE: u16 = 200;

impl Take {
    /// The cluster, if there is only one, and no option that is for many.
    pub fn single(&self) -> Option<&str> {
        let is_for_many = self.shard.is_some() || self.at_once.is_some();
        match &self.clusters[..] {
            [one] if one != "-" && !is_for_many => Some(one),
            _ => None,
        }
    }
}

/// List the snapshots of a cluster.
#[derive(clap::Args)]
#[command(after_long_help = after_help(&[
    "atlas-backup list --project Payments orders",
    "atlas-backup list --project Payments orders --json | jq -r .snapshot",
]))]
pub struct List {
    /// The cluster: its name or its id
    pub cluster: String,
}

/// Save a snapshot as files on this machine.
///
/// One file for a replica set or a flex cluster, one for each shard and the config servers of a
/// sharded cluster. Run again after an interruption, it continues. It changes no cluster. A manifest
/// beside the files has their hashes: `verify` reads it.
#[derive(clap::Args)]
#[command(after_long_help = after_help(&[
    "atlas-backup save --project Payments orders latest --into backups",
]))]
pub struct Save {
    /// The cluster: its name or its id
    pub cluster: String,

    /// The id of the snapshot, or `latest` for the newest completed one
    pub snapshot: Snapshot,

    /// The directory for the files; it is created if need be
    #[arg(long, value_name = "DIRECTORY", default_value = ".")]
    pub into: PathBuf,

    /// Replace files of the same names
    #[arg(long)]
    pub overwrite: bool,

    /// How long to wait at most until Atlas has made the download ready, such as 90s, 45m, 2h or 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration)]
    pub timeout: Duration,
}

/// Verify that saved files are as they were saved.
///
/// Compares each file with the manifest that `save` has written beside it: its length and its
/// SHA-256. It needs neither credentials nor a network. Each finding is a line; without findings,
/// the exit code is 0, and otherwise 9.
#[derive(clap::Args)]
#[command(after_long_help = after_help(&[
    "atlas-backup verify backups",
    "atlas-backup verify backups/snapshot-65f0a1b2c3d4e5f6a7b8c9d0.manifest.json",
]))]
pub struct Verify {
    /// A manifest, or a directory: then all manifests in it, and no file may be without one
    #[arg(value_name = "MANIFEST|DIRECTORY")]
    pub path: PathBuf,
}

/// Restore a snapshot to a cluster. All data of that cluster is overwritten.
///
/// On a terminal, the name of the cluster to overwrite must be typed once more. Elsewhere it must be
/// given with --yes-overwrite. The program waits until the restore has ended, and says how and why.
#[derive(clap::Args)]
#[command(after_long_help = after_help(&[
    "atlas-backup restore --project Payments orders latest --to orders-copy",
    "atlas-backup restore orders latest --to orders --to-project Staging --yes-overwrite orders",
]))]
pub struct Restore {
    /// The cluster that the snapshot is of: its name or its id
    pub cluster: String,

    /// The id of the snapshot, or `latest` for the newest completed one
    pub snapshot: Snapshot,

    /// The cluster to overwrite: its name or its id
    #[arg(long, value_name = "CLUSTER")]
    pub to: String,

    /// The project of the cluster to overwrite: its name or its id; by default the same project
    #[arg(long, value_name = "PROJECT")]
    pub to_project: Option<String>,

    /// Confirm the name of the cluster to overwrite, instead of typing it
    #[arg(long, value_name = "NAME")]
    pub yes_overwrite: Option<String>,

    /// Return as soon as Atlas has accepted the request
    #[arg(long)]
    pub no_wait: bool,

    /// How long to wait at most, such as 90s, 45m, 2h or 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration, conflicts_with = "no_wait")]
    pub timeout: Duration,
}

/// Prove that a snapshot is good: restore it to a scratch cluster, and probe the data.
///
/// All data of the scratch cluster is overwritten. The cluster that the snapshot is of is never
/// overwritten. When the restore has ended, the program after `--` is run, without a shell. It
/// finds what to look at in ATLAS_BACKUP_CLUSTER, ATLAS_BACKUP_CLUSTER_ID, ATLAS_BACKUP_PROJECT,
/// ATLAS_BACKUP_SNAPSHOT and ATLAS_BACKUP_SNAPSHOT_CREATED, and not the credentials of Atlas. If it
/// ends with another exit code than 0, the drill has failed, with exit code 9. Each drill writes a
/// report, however it ends, as JSON and as Markdown. It has the arguments of the probe and the last
/// 4 KiB of what it printed, so pass it passwords in its environment.
#[derive(clap::Args)]
#[command(after_long_help = after_help(&[
    "atlas-backup drill --project Payments orders --to orders-drill --report reports -- ./probe.sh",
    "atlas-backup drill orders --to drill --report reports --max-rto 2h --max-rpo 26h -- ./probe.sh",
    "atlas-backup drill orders --to drill --yes-overwrite drill --report reports -- ./probe.sh",
]))]
pub struct Drill {
    /// The cluster that the snapshot is of: its name or its id
    pub cluster: String,

    /// The id of the snapshot, or `latest` for the newest completed one
    #[arg(default_value = "latest", value_parser = drilled)]
    pub snapshot: Snapshot,

    /// The scratch cluster, which is overwritten: its name or its id; it must exist, and be another
    /// cluster than the one that the snapshot is of
    #[arg(long, value_name = "SCRATCH")]
    pub to: String,

    /// The project of the scratch cluster: its name or its id; by default the same project
    #[arg(long, value_name = "PROJECT")]
    pub to_project: Option<String>,

    /// The directory for the report; it must exist
    #[arg(long, value_name = "DIR")]
    pub report: PathBuf,

    /// Confirm the name of the scratch cluster, instead of typing it; required where there is no
    /// terminal
    #[arg(long, value_name = "NAME")]
    pub yes_overwrite: Option<String>,

    /// How long to wait at most until the restore has ended
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration)]
    pub timeout: Duration,

    /// How long the probe may run; then it is killed
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = duration)]
    pub probe_timeout: Duration,

    /// Fail with exit code 9 if it takes longer from the request of the restore to the end of the probe
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub max_rto: Option<Duration>,

    /// Fail with exit code 9 if the snapshot is older when the drill starts
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub max_rpo: Option<Duration>,

    /// The program that looks at the restored data, with its arguments
    #[arg(last = true, required = true, value_name = "PROBE")]
    pub probe: Vec<OsString>,
}

/// Wait until a snapshot or a restore has ended, and say how.
#[derive(clap::Args)]
#[command(
    group = clap::ArgGroup::new("job").required(true).args(["snapshot", "restore"]),
    after_long_help = after_help(&[
        "atlas-backup wait --project Payments orders --snapshot 65f0a1b2c3d4e5f6a7b8c9d0 --timeout 2h",
        "atlas-backup wait --project Payments orders --restore 65f0a1b2c3d4e5f6a7b8c9d1",
    ]),
)]
pub struct Wait {
    /// The cluster that the snapshot is of: its name or its id
    pub cluster: String,

    /// The id of the snapshot to wait for
    #[arg(long, value_name = "ID", value_parser = id)]
    pub snapshot: Option<ObjectId>,

    /// The id of the restore job to wait for
    #[arg(long, value_name = "ID", value_parser = id)]
    pub restore: Option<ObjectId>,

    /// How long to wait at most, such as 90s, 45m, 2h or 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration)]
    pub timeout: Duration,
}

/// Show when Atlas takes snapshots of a cluster by itself.
#[derive(Subcommand)]
pub enum Schedule {
    Show(ShowSchedule),
}

/// Show the backup schedule of a cluster.
#[derive(clap::Args)]
#[command(after_long_help = after_help(&["atlas-backup schedule show --project Payments orders"]))]
pub struct ShowSchedule {
    /// The cluster: its name or its id
    pub cluster: String,
}

/// Check the backups of clusters against a policy.
///
/// The policy is a file in TOML, as below. Each rule that is broken, and each that could not be
/// checked, is a line. The exit code is 9 if a rule is broken. Otherwise, if a rule could not be
/// checked, it is that of the call that was refused or failed. It changes nothing. Serverless
/// instances are checked only if they are named, because Atlas does not list them.
#[derive(clap::Args)]
#[command(after_long_help = format!(
    "A policy, with every rule that there is:\n  {}\n\n{}",
    crate::policy::EXAMPLE.trim_end().replace('\n', "\n  "),
    after_help(&["atlas-backup check --project Payments --policy policy.toml"]),
))]
pub struct Check {
    /// The policy file
    #[arg(long, value_name = "FILE")]
    pub policy: PathBuf,
}

/// List the clusters of a project.
///
/// Atlas does not list serverless instances: the other commands find them by their names.
#[derive(clap::Args)]
#[command(after_long_help = after_help(&["atlas-backup clusters --project Payments"]))]
pub struct Clusters {}

/// Print the script that completes arguments in a shell.
#[derive(clap::Args)]
#[command(after_long_help = after_help(&[
    "atlas-backup completions bash > ~/.local/share/bash-completion/completions/atlas-backup",
]))]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Write the manual pages.
#[derive(clap::Args)]
#[command(after_long_help = after_help(&["atlas-backup man ~/.local/share/man/man1"]))]
pub struct Man {
    /// The directory for the pages; it must exist
    pub directory: PathBuf,
}

/// Which snapshot of a cluster.
#[derive(Clone, Debug, PartialEq)]
pub enum Snapshot {
    /// The newest completed one.
    Latest,
    Id(ObjectId),
}

impl fmt::Display for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Snapshot::Latest => formatter.write_str("latest"),
            Snapshot::Id(id) => formatter.write_str(id.as_str()),
        }
    }
}

impl FromStr for Snapshot {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "latest" => Ok(Snapshot::Latest),
            text => match text.parse() {
                Ok(id) => Ok(Snapshot::Id(id)),
                Err(_) => Err(
                    "expected `latest`, or an id of 24 lower-case hexadecimal digits".to_owned(),
                ),
            },
        }
    }
}

/// Reads the snapshot of a drill. A probe without `--` before it stands in its place.
fn drilled(text: &str) -> Result<Snapshot, String> {
    let snapshot = text.parse();
    snapshot.map_err(|error: String| format!("{error}; the probe goes after `--`"))
}

/// Reads the name of a night, by the rule of the client, before anything is sent.
fn once(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    if (1..=100).contains(&text.len()) && text.bytes().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("expected 1 to 100 letters, digits, `-`, `.`, `_` and `:`".to_owned())
}

/// Reads a tag.
fn tag(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected a tag such as backup=nightly".to_owned()),
    }
}

/// Reads the id of a snapshot or a job.
fn id(text: &str) -> Result<ObjectId, String> {
    text.parse()
        .map_err(|_| "expected 24 lower-case hexadecimal digits".to_owned())
}

/// Examples, the environment and the exit codes: the end of every `--help`.
fn after_help(examples: &[&str]) -> String {
    let examples: String = examples.iter().map(|line| format!("  {line}\n")).collect();
    format!("Examples:\n{examples}\n{ENVIRONMENT}\n\n{EXIT_CODES}")
}

const ENVIRONMENT: &str = "\
Environment:
  MONGODB_ATLAS_PROJECT          the project, if --project is not given; MONGODB_ATLAS_PROJECT_ID
                                 is read too
  MONGODB_ATLAS_CLIENT_ID        service account: its id
  MONGODB_ATLAS_CLIENT_SECRET    service account: its secret
  MONGODB_ATLAS_PUBLIC_API_KEY   API key, instead of a service account: its public part
  MONGODB_ATLAS_PRIVATE_API_KEY  API key: its private part
  MONGODB_ATLAS_ACCESS_TOKEN     access token, instead of either
  MONGODB_ATLAS_BASE_URL         another Atlas, such as https://cloud.mongodbgov.com
  NO_COLOR                       if it is set, progress is shown without colour";

/// Reads a duration such as `90m`, `2h` or `1h 30m`, or one of days and weeks, as in a policy.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("expected a time such as 90s, 45m, 2h or 7d, found {text:?}");
    if let Ok(duration) = text.parse::<SignedDuration>() {
        let is_positive = duration.is_positive();
        return is_positive
            .then(|| duration.unsigned_abs())
            .ok_or_else(wrong);
    }
    let seconds = Period::parse(text).and_then(|period| u64::try_from(period.seconds).ok());
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}

/// Writes a duration as the user would: `1h 30m`.
pub fn duration_text(duration: Duration) -> String {
    match SignedDuration::try_from(duration) {
        Ok(duration) => format!("{duration:#}"),
        Err(_) => format!("{}s", duration.as_secs()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }

    /// The client has the same rule, and would refuse the name later, once for each cluster.
    #[test]
    fn the_name_of_a_night_is_what_the_client_takes() {
        use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
        use atlas_backup_api::{Client, Error, RetryPolicy, TakeError};

        let client = Client::builder().base_url("http://127.0.0.1:1");
        let client = client
            .retry(RetryPolicy::never())
            .build()
            .expect("it is valid");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.expect("the system has a thread to give");
        let ascii = (0..128).map(|code| format!("a{}", char::from(code)));
        let lengths = [0, 100, 101].map(|length| "n".repeat(length));
        for name in ascii.chain(lengths).chain(["ä".to_owned()]) {
            let project = "32b6e34b3d91647abb20e7b8";
            let body = OnDemandSnapshotRequest::default();
            let taking = client
                .v2()
                .take_snapshot_once(project, "orders", &*name, body);
            let error = runtime
                .block_on(taking.into_future())
                .expect_err("nobody listens");
            let is_refused = matches!(error, TakeError::Call(Error::InvalidArgument(_)));
            assert_eq!(once(&name).is_err(), is_refused, "{name:?}");
        }
    }

    #[test]
    fn durations_are_read_and_written_as_people_do() {
        for (text, seconds) in [
            ("90s", 90),
            ("45m", 2700),
            ("2h", 7200),
            ("1h 30m", 5400),
            ("1h30m", 5400),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(duration("7d"), Ok(Duration::from_secs(7 * 24 * 3600)));
        for text in ["", "90", "-2h", "0s", "soon", "2 fortnights"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(duration_text(Duration::from_secs(5400)), "1h 30m");
        assert_eq!(duration_text(Duration::MAX), format!("{}s", u64::MAX));
    }
}
