//! `atlas-backup check`: compares the backups of clusters with a policy.

use std::path::Path;

use atlas_backup_api::v2::types;
use atlas_backup_api::{ClusterName, ObjectId, Timestamp};

use super::Context;
use crate::args::Check;
use crate::check::{self, Facts, Outcome, Subject};
use crate::except;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, count};
use crate::policy::{Policy, Section};
use crate::records;
use crate::target::{Kind, Target};

pub async fn run(context: &Context, args: &Check) -> Result<(), Failure> {
    let policy = Policy::read(&args.policy)?;
    let project = context.project().await?;
    let mut report = Report {
        output: &context.output,
        project: &project,
        violations: 0,
        unchecked: Vec::new(),
    };
    if policy.compliance_policy {
        context.progress.step("reading the compliance policy");
        let read = context.client.v2().get_compliance_policy(&project).send();
        let outcome = match read.await {
            Ok(found) => check::compliance_policy(&found),
            Err(error) => Outcome::from(&Failure::from(error)),
        };
        report.add(None, "compliance_policy", outcome)?;
    }
    let sections: Vec<&Section> = policy.sections().collect();
    let subjects = if sections.is_empty() {
        Vec::new()
    } else {
        let mut all = Vec::new();
        let is_complete = find_clusters(context, &sections, &mut all, &mut report).await?;
        if is_complete {
            warn_of_mistakes(context, &args.policy, &sections, &all);
        }
        all.retain(|subject| sections.iter().any(|it| it.selects(&subject.target)));
        all
    };
    for subject in &subjects {
        check_cluster(context, subject, &sections, &mut report).await?;
    }
    context.progress.clear();
    context
        .progress
        .line(&format!("{} checked", count(subjects.len(), "cluster")));
    report.end()
}

/// Checks the rules of all sections that select this cluster.
async fn check_cluster(
    context: &Context,
    subject: &Subject,
    sections: &[&Section],
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let target = &subject.target;
    let mine: Vec<&Section> = sections
        .iter()
        .copied()
        .filter(|section| section.selects(target))
        .collect();
    context
        .progress
        .step(format!("checking {}", target.cluster));
    let now = Timestamp::now();
    let facts = Facts::read(&context.client, subject, &mine, now).await;
    for section in mine {
        for (rule, outcome) in check::rules(section, subject, &facts, now) {
            report.add(Some(target.cluster.as_str()), rule, outcome)?;
        }
    }
    Ok(())
}

/// Adds all clusters of the project, and those that a section names. What cannot be found is
/// reported. Returns whether all could be listed.
async fn find_clusters(
    context: &Context,
    sections: &[&Section],
    all: &mut Vec<Subject>,
    report: &mut Report<'_>,
) -> Result<bool, Failure> {
    let mut is_complete = true;
    for listed in [
        dedicated(context, report.project, all).await,
        flex(context, report.project, all).await,
    ] {
        if let Err(failure) = listed {
            is_complete = false;
            report.add(None, "clusters", Outcome::from(&failure))?;
        }
    }
    for section in sections {
        for name in section.names.iter().flatten() {
            find_named(context, section, name, all, report).await?;
        }
    }
    Ok(is_complete)
}

/// Adds a cluster that a section names, if Atlas does not list it: a serverless instance, or one that
/// was deleted. A cluster of a kind that the section leaves out is reported: it may have become
/// one, and nobody would notice that it is not checked any more.
async fn find_named(
    context: &Context,
    section: &Section,
    name: &str,
    all: &mut Vec<Subject>,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    if !is_there(all, name) {
        match Target::find(&context.client, report.project.clone(), name).await {
            Ok(target) => all.push(Subject::new(target)),
            Err(failure) => return report.add(Some(name), "clusters", Outcome::from(&failure)),
        }
    }
    let mut targets = all.iter().map(|subject| &subject.target);
    let named = targets.find(|target| target.is_called(name));
    match named.filter(|target| !section.is_for_kind_of(target)) {
        Some(target) => {
            let kind = target.kind.word();
            let message = format!("its kind is {kind}, which `kinds` leaves out");
            report.add(
                Some(name),
                "kinds",
                Outcome::Unchecked(Exit::Refused, message),
            )
        }
        None => Ok(()),
    }
}

fn is_there(all: &[Subject], name: &str) -> bool {
    all.iter().any(|subject| subject.target.is_called(name))
}

/// Warns of what is most likely a mistake in the policy: a section that checks nothing, and names
/// that leave out nothing.
fn warn_of_mistakes(context: &Context, file: &Path, sections: &[&Section], all: &[Subject]) {
    let progress = &context.progress;
    for section in sections {
        let place = format!("{}:{}:", file.display(), section.line);
        let is_known = |name: &str| {
            let mut called = all.iter().map(|it| &it.target);
            called.any(|target| target.is_called(name) && section.would_select(target))
        };
        except::warn_of_unknown(
            progress,
            &format!("{place} except"),
            &section.except,
            is_known,
        );
        // What a section names and is not there, or is of another kind, is a result already.
        let is_reported = |name: &String| {
            let mut targets = all.iter().map(|it| &it.target);
            !targets.any(|target| target.is_called(name) && section.is_for_kind_of(target))
        };
        let mut names = section.names.iter().flatten();
        if !names.any(is_reported) && !all.iter().any(|it| section.selects(&it.target)) {
            let warning = format!("{place} these rules are for no cluster, and check nothing");
            progress.warn(&warning);
        }
    }
}

/// Adds the clusters of a project, except flex clusters.
async fn dedicated(
    context: &Context,
    project: &ObjectId,
    all: &mut Vec<Subject>,
) -> Result<(), Failure> {
    let mut clusters = context.client.v2().list_clusters(project).stream();
    while let Some(cluster) = clusters.next().await {
        let cluster: types::Cluster = cluster?;
        let name = name_of(cluster.name.as_ref(), &cluster.id)?;
        let target = match Kind::of(&cluster) {
            Some(kind) => Target {
                project: project.clone(),
                cluster: name,
                id: Some(cluster.id.clone()),
                kind,
            },
            None => Target::find(&context.client, project.clone(), name.as_str()).await?,
        };
        all.push(Subject::of(target, &cluster));
    }
    Ok(())
}

/// Adds the flex clusters of a project, which have a list of their own.
async fn flex(
    context: &Context,
    project: &ObjectId,
    all: &mut Vec<Subject>,
) -> Result<(), Failure> {
    let mut clusters = context.client.v2().list_flex_clusters(project).stream();
    while let Some(cluster) = clusters.next().await {
        let cluster = cluster?;
        all.push(Subject::new(Target {
            project: project.clone(),
            cluster: name_of(cluster.name.as_ref(), &cluster.id)?,
            id: Some(cluster.id),
            kind: Kind::Flex,
        }));
    }
    Ok(())
}

fn name_of(name: Option<&ClusterName>, id: &ObjectId) -> Result<ClusterName, Failure> {
    name.cloned().ok_or_else(|| {
        let message = format!("Atlas does not say the name of the cluster {id}");
        Failure::new(Exit::Other, message)
    })
}

/// Prints what is not known to be kept, and counts it.
struct Report<'a> {
    output: &'a Output,
    project: &'a ObjectId,
    violations: usize,
    /// The exit code of each rule that could not be checked.
    unchecked: Vec<Exit>,
}

impl Report<'_> {
    fn add(
        &mut self,
        cluster: Option<&str>,
        rule: &'static str,
        outcome: Outcome,
    ) -> Result<(), Failure> {
        let (outcome, message) = match outcome {
            Outcome::Kept => return Ok(()),
            Outcome::Violation(message) => {
                self.violations += 1;
                ("violation", message)
            }
            Outcome::Unchecked(exit, message) => {
                self.unchecked.push(exit);
                ("unchecked", message)
            }
        };
        Ok(self.output.show(&records::Check {
            project: self.project.to_string(),
            cluster: cluster.map(str::to_owned),
            rule,
            outcome,
            message,
        })?)
    }

    /// A violation decides the exit code; otherwise, why something could not be checked.
    fn end(self) -> Result<(), Failure> {
        let again = |exit: &&Exit| matches!(exit, Exit::RateLimited | Exit::Unavailable);
        // What another run does not change comes first.
        let mut unchecked = self.unchecked.iter();
        let first = unchecked
            .find(|exit| !again(exit))
            .or(self.unchecked.first());
        let exit = match (self.violations, first) {
            (0, None) => return Ok(()),
            (0, Some(exit)) => *exit,
            _ => Exit::Violation,
        };
        let violations = count(self.violations, "violation");
        let unchecked = count(self.unchecked.len(), "rule");
        let message = match (self.violations, self.unchecked.len()) {
            (_, 0) => violations,
            (0, _) => format!("{unchecked} could not be checked"),
            _ => format!("{violations}, and {unchecked} could not be checked"),
        };
        Err(Failure::new(exit, message))
    }
}
