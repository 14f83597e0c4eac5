//! `atlas-backup save`: saves a snapshot as files on this machine, with a manifest.

#![allow(
    deprecated,
    reason = "kinds that Atlas has ended may still have snapshots"
)]

use atlas_backup_api::{ObjectId, SavedFile};

use super::Context;
use crate::args::Save;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::manifest::{self, Manifest};
use crate::records::File;
use crate::shell::quoted;
use crate::snapshots;
use crate::target::{Kind, Target};

pub async fn run(context: &Context, args: &Save) -> Result<(), Failure> {
    let target = context.target(&args.cluster).await?;
    let snapshot = snapshots::find(&context.client, &target, &args.snapshot).await?;
    let files = save(context, args, &target, &snapshot.snapshot)
        .await
        .map_err(|failure| failure.advise_if(Exit::NotFound, snapshots::lists(&target)))?;
    context.progress.clear();
    let manifest = Manifest::new(&target, context.project_name(), &snapshot, &files);
    let manifest = manifest.write(&args.into).map_err(|error| {
        let message = format!("all files are saved, but the manifest is not: {error}");
        Failure::new(Exit::Other, message).advise("run it again with --overwrite")
    })?;
    for file in &files {
        let file = File::new(&target, &snapshot.snapshot, file);
        context.output.show(&file)?;
    }
    let manifest = quoted(&manifest.display().to_string());
    context.progress.line(&format!(
        "`atlas-backup verify {manifest}` verifies the files"
    ));
    Ok(())
}

/// Saves the files of a snapshot. Each kind of cluster has a call of its own, and all of them return
/// the same.
async fn save(
    context: &Context,
    args: &Save,
    target: &Target,
    snapshot: &ObjectId,
) -> Result<Vec<SavedFile>, Failure> {
    let again = again(args, target, snapshot);
    context
        .progress
        .step(format!("asking for a download of snapshot {snapshot}"));
    context
        .interrupt
        .advise(format!("run `{again}` to continue"));
    macro_rules! save {
        ($call:ident) => {{
            let (job_progress, file_progress) =
                (context.progress.clone(), context.progress.clone());
            let overwrite = args.overwrite;
            context
                .client
                .v2()
                .$call(&target.project, &target.cluster, snapshot)
                .deadline(args.timeout)
                .renew_expired(true)
                .download(move |download| download.overwrite(overwrite).checksum(manifest::sha256))
                .on_job(move |job| {
                    job_progress.step(format!("job {} makes the download ready", job.id))
                })
                .on_download(move |download| file_progress.download(download))
                .into_directory(&args.into)
                .await
                .map_err(|error| Failure::of_save(&error, &again))
        }};
    }
    match target.kind {
        Kind::ReplicaSet | Kind::Sharded => save!(save_snapshot),
        Kind::Flex => save!(save_flex_snapshot),
        Kind::Tenant => save!(save_tenant_snapshot),
        Kind::Serverless => save!(save_serverless_snapshot),
    }
}

/// The command that continues.
fn again(args: &Save, target: &Target, snapshot: &ObjectId) -> String {
    let into = args.into.display().to_string();
    let overwrite = if args.overwrite { " --overwrite" } else { "" };
    target.command(
        "save",
        &format!("{snapshot} --into {}{overwrite}", quoted(&into)),
    )
}
