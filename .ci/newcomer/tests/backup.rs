//! `back_up` against a fake Atlas, without an account and without waiting.

use std::path::Path;
use std::time::{Duration, Instant};

use atlas_backup_api::v2::types::SnapshotStatus;
use atlas_backup_api::{Client, Clock, Credentials, FindError, Sleep};
use atlas_backup_fake::{FakeAtlas, PRIVATE_KEY, PROJECT, PROJECT_NAME, PUBLIC_KEY};
use newcomer::back_up;

/// Instead of waiting, advances the clock of the fake.
#[derive(Debug)]
struct TestClock(Instant, atlas_backup_fake::Clock);

impl Clock for TestClock {
    fn now(&self) -> Instant {
        self.0 + self.1.now()
    }
    fn sleep(&self, time: Duration) -> Sleep {
        self.1.advance(time);
        Box::pin(std::future::ready(()))
    }
}

fn client(atlas: &FakeAtlas) -> Client {
    Client::builder()
        .base_url(atlas.url())
        .credentials(Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY))
        .clock(TestClock(Instant::now(), atlas.clock().clone()))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_cluster_is_backed_up() {
    let atlas = FakeAtlas::start().await;
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("a_cluster_is_backed_up");
    let _ = std::fs::remove_dir_all(&directory);

    let backup = back_up(&client(&atlas), PROJECT_NAME, "orders", &directory)
        .await
        .unwrap();

    assert_eq!(backup.project.id, PROJECT);
    assert_eq!(backup.project.name.as_deref(), Some("Shop"));
    assert_eq!(
        Some(backup.cluster.id.to_string()),
        atlas.cluster_id("orders")
    );
    assert_eq!(backup.cluster.is_sharded(), Some(false));
    assert_eq!((backup.before, backup.after), (3, 4));
    assert_eq!(backup.snapshot.status, Some(SnapshotStatus::Completed));

    let [file] = &backup.files[..] else {
        panic!("{:?}", backup.files)
    };
    assert_eq!(file.name, format!("snapshot-{}.tar.gz", backup.snapshot.id));
    let hosted = atlas.download_host().files();
    assert_eq!(hosted.len(), 1);
    assert_eq!(std::fs::read(&file.path).unwrap(), hosted[0].bytes());
    assert_eq!(file.bytes, hosted[0].length);

    // A snapshot and a restore job (the download), each requested once.
    assert_eq!(atlas.server().handled_count("POST"), 2);
    assert_eq!(atlas.spec_violations(), [""; 0]);
}

#[tokio::test]
async fn a_missing_cluster_is_named() {
    let atlas = FakeAtlas::start().await;
    let error = back_up(&client(&atlas), PROJECT_NAME, "odrers", Path::new("unused"))
        .await
        .unwrap_err();
    let message = error.to_string();
    assert!(message.contains("odrers"), "{message}");
    assert!(message.contains("orders"), "{message}");
    assert!(!message.contains('\n'), "{message}");
    match error.downcast_ref() {
        Some(FindError::NotFound {
            name_or_id,
            others: Some(others),
            ..
        }) => {
            assert_eq!(name_or_id, "odrers");
            assert!(others.iter().any(|name| name == "orders"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(atlas.server().handled_count("POST"), 0);
    assert!(!Path::new("unused").exists());
}
