//! The guard of a drill: what it overwrites is never the cluster that the snapshot is of.

use atlas_backup_api::{Client, Error, ObjectId};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::records::Restore;
use crate::restores;
use crate::target::{Kind, Target};

/// A cluster that a drill may overwrite with a snapshot of another one. Only `new` makes one, so
/// whoever has one knows that the two clusters are not the same.
pub struct ScratchCluster {
    /// The cluster that the snapshot is of.
    source: Target,
    target: Target,
}

impl ScratchCluster {
    /// Fails if `target` is `source` or could be, or if it cannot take the restore.
    pub fn new(source: Target, target: Target) -> Result<Self, Failure> {
        match refusal(&source, &target) {
            None => Ok(ScratchCluster { source, target }),
            Some(why) => Err(Failure::new(
                Exit::Refused,
                format!(
                    "{} cannot be the scratch cluster: {why}; nothing was restored",
                    target.cluster
                ),
            )),
        }
    }

    pub fn source(&self) -> &Target {
        &self.source
    }

    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Requests the restore of a snapshot of the source. All data of the scratch cluster is
    /// overwritten.
    pub async fn restore(&self, client: &Client, snapshot: &ObjectId) -> Result<Restore, Error> {
        restores::create(client, &self.source, snapshot, &self.target).await
    }
}

/// Why a drill must not overwrite the target with a snapshot of the source.
fn refusal(source: &Target, target: &Target) -> Option<String> {
    if is_same(source, target) {
        return Some("it is the cluster that the snapshot is of".to_owned());
    }
    if is_unnamed(source) || is_unnamed(target) {
        return Some(format!(
            "it is not known whether it is the cluster that the snapshot is of, because Atlas does not say which clusters {} and {} are",
            source.cluster, target.cluster
        ));
    }
    if target.id.is_none() && target.kind != Kind::Serverless {
        return Some("it no longer exists, only its snapshots do".to_owned());
    }
    // These two rules are those of Atlas's documentation on restoring from a snapshot.
    match (source.kind, target.kind) {
        (Kind::Sharded, kind) if kind != Kind::Sharded => {
            Some("a snapshot of a sharded cluster needs another sharded cluster".to_owned())
        }
        (kind, Kind::Serverless) if kind != Kind::Serverless => {
            Some("a serverless instance takes only snapshots of serverless instances".to_owned())
        }
        _ => None,
    }
}

/// Whether both are the same cluster. Within a project, a cluster is known by its name; that letters
/// may differ in case is to be on the safe side.
fn is_same(source: &Target, target: &Target) -> bool {
    let is_same_id = source.id.is_some() && source.id == target.id;
    let [source_name, target_name] = [&source.cluster, &target.cluster].map(|name| name.as_str());
    let is_same_name =
        source.project == target.project && source_name.eq_ignore_ascii_case(target_name);
    is_same_id || is_same_name
}

/// Whether it is not known which cluster this is: Atlas has not returned it, and what the user has
/// typed as its name may be an id.
fn is_unnamed(target: &Target) -> bool {
    let name = target.cluster.as_str();
    let is_like_an_id = name.len() == 24 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    target.id.is_none() && is_like_an_id
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "32b6e34b3d91647abb20e7b8";
    const STAGING: &str = "5e2211c17a3e5a48f5497de3";
    const ONE: &str = "65f0a1b2c3d4e5f6a7b8c9d0";
    const TWO: &str = "65f0a1b2c3d4e5f6a7b8c9d1";

    fn target(project: &str, name: &str, id: Option<&str>, kind: Kind) -> Target {
        Target {
            project: project.parse().expect("an id"),
            cluster: name.parse().expect("a name"),
            id: id.map(|id| id.parse().expect("an id")),
            kind,
        }
    }

    /// A replica set.
    fn set(project: &str, name: &str, id: Option<&str>) -> Target {
        target(project, name, id, Kind::ReplicaSet)
    }

    fn why(source: Target, target: Target) -> Option<String> {
        let failure = ScratchCluster::new(source, target).err()?;
        assert_eq!(failure.exit, Exit::Refused);
        Some(failure.message)
    }

    #[test]
    fn another_cluster_is_a_scratch_cluster() {
        let source = set(SHOP, "orders", Some(ONE));
        for other in [
            set(SHOP, "scratch", Some(TWO)),
            set(STAGING, "orders", Some(TWO)),
            target(SHOP, "sharded", Some(TWO), Kind::Sharded),
        ] {
            assert_eq!(why(source.clone(), other.clone()), None, "{other:?}");
        }
    }

    /// The restore that a drill requests is between exactly the two clusters that were compared.
    #[test]
    fn the_two_clusters_stay_what_they_were() {
        let (source, other) = (
            set(SHOP, "orders", Some(ONE)),
            set(SHOP, "scratch", Some(TWO)),
        );
        let Ok(scratch) = ScratchCluster::new(source, other) else {
            panic!("they are different");
        };
        assert_eq!(scratch.source().cluster.as_str(), "orders");
        assert_eq!(scratch.target().cluster.as_str(), "scratch");
    }

    #[test]
    fn the_source_is_no_scratch_cluster_however_it_is_known() {
        let source = set(SHOP, "orders", Some(ONE));
        for same in [
            // By all, by the id alone, and by the name alone.
            set(SHOP, "orders", Some(ONE)),
            set(STAGING, "renamed", Some(ONE)),
            set(SHOP, "orders", Some(TWO)),
            set(SHOP, "Orders", Some(TWO)),
            set(SHOP, "orders", None),
        ] {
            let message = why(source.clone(), same.clone());
            let message = message.unwrap_or_else(|| panic!("{same:?} was accepted"));
            assert!(message.contains("it is the cluster that the snapshot is of"));
        }
    }

    /// Serverless instances have no id.
    #[test]
    fn without_ids_the_project_and_the_name_decide() {
        let instance = |project, name| target(project, name, None, Kind::Serverless);
        let source = instance(SHOP, "events");
        assert!(why(source.clone(), instance(SHOP, "events")).is_some());
        assert_eq!(why(source.clone(), instance(SHOP, "scratch")), None);
        assert_eq!(why(source, instance(STAGING, "events")), None);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let [unnamed, named] =
            [ONE, "events"].map(|name| target(SHOP, name, None, Kind::Serverless));
        for (source, other) in [
            (unnamed.clone(), named.clone()),
            (named, unnamed.clone()),
            (set(SHOP, "orders", Some(TWO)), unnamed),
        ] {
            let message = why(source, other).expect("it is not known");
            assert!(message.contains("it is not known whether"), "{message}");
        }
    }

    #[test]
    fn a_cluster_that_cannot_take_the_restore_is_refused() {
        let replica_set = set(SHOP, "orders", Some(ONE));
        let sharded = target(SHOP, "events", Some(ONE), Kind::Sharded);
        for (source, other, expected) in [
            (&replica_set, set(SHOP, "gone", None), "no longer exists"),
            (
                &sharded,
                set(SHOP, "scratch", Some(TWO)),
                "needs another sharded cluster",
            ),
            (
                &sharded,
                target(SHOP, "flex", Some(TWO), Kind::Flex),
                "needs another sharded cluster",
            ),
            (
                &replica_set,
                target(SHOP, "instance", None, Kind::Serverless),
                "takes only snapshots of serverless instances",
            ),
        ] {
            let message = why(source.clone(), other).expect("it is refused");
            assert!(message.contains(expected), "{message}");
        }
    }
}
