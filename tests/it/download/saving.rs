//! Which files a download saves, where, and under which names.

use std::fs;
use std::sync::{Arc, Mutex};

use atlas_backup_api::{Delivery as Wanted, DownloadError, DownloadProgress};
use atlas_backup_tests::fake_atlas::{DownloadFault, HostedFile};

use super::{names, setting};

const LENGTH: u64 = 3_000_001;

#[tokio::test]
async fn a_file_is_saved_and_nothing_else() {
    let setting = setting();
    for (length, seed) in [(LENGTH, 1), (3, 2), (2, 3)] {
        let offer = HostedFile::new(length, seed);
        let saved = setting
            .fetch(&setting.host.add_file(offer.clone()))
            .await
            .unwrap();
        assert_eq!(
            (saved.len(), saved[0].bytes, &saved[0].path),
            (1, length, &setting.path("orders.tgz"))
        );
        setting.assert_saved(&offer);
        fs::remove_file(setting.path("orders.tgz")).unwrap();
    }
    assert_eq!(
        (
            setting.host.received_requests().len(),
            setting.host.credential_leaks()
        ),
        (3, 0)
    );
    assert_eq!(
        setting.host.received_requests()[0].header("accept-encoding"),
        Some("identity")
    );
}

#[tokio::test]
async fn a_file_name_never_leaves_the_directory_and_never_comes_from_the_host() {
    let setting = setting();
    setting.host.always(DownloadFault::Header(
        "content-disposition",
        "attachment; filename=\"../../evil.sh\"".into(),
    ));
    for (name, saved) in [
        ("../../up.tgz", "up.tgz"),
        (".hidden", "hidden"),
        ("/etc/a b\0c", "etcabc"),
        ("..\\..\\w", "w"),
    ] {
        let files = setting
            .fetch_as(Wanted::new(
                name,
                setting.host.add_file(HostedFile::new(10, 1)),
            ))
            .await
            .unwrap();
        assert_eq!(files[0].path, setting.path(saved), "{name:?}");
        assert_eq!(setting.names(), [saved]);
        fs::remove_file(setting.path(saved)).unwrap();
    }
    let sent = setting.host.received_requests().len();
    for name in ["", "..", "/", "\u{fc}", "a.part", "A.Part.JSON"] {
        let error = setting
            .fetch_as(Wanted::new(
                name,
                setting.host.add_file(HostedFile::new(10, 1)),
            ))
            .await
            .unwrap_err();
        assert!(
            matches!(error, DownloadError::Invalid { .. }),
            "{name:?}: {error:?}"
        );
    }
    let same =
        ["a/b", "AB"].map(|name| Wanted::new(name, setting.host.add_file(HostedFile::new(10, 1))));
    let error = setting
        .client
        .download()
        .files(same)
        .into_directory(setting.directory.path())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"AB\": not fetched: another file has the same name"
    );
    assert_eq!(
        (
            setting.names().len(),
            setting.host.received_requests().len()
        ),
        (0, sent)
    );
}

#[tokio::test]
async fn one_file_per_shard_is_saved_in_a_new_directory() {
    let setting = setting();
    let offers: Vec<_> = (0..3)
        .map(|shard| HostedFile::new(LENGTH / 3 + shard, shard))
        .collect();
    let urls: Vec<_> = offers
        .iter()
        .map(|offer| setting.host.add_file(offer.clone()))
        .collect();
    let wanted = urls
        .iter()
        .enumerate()
        .map(|(shard, url)| Wanted::new(format!("shard-{shard}.tgz"), url));
    let directory = setting.path("new/and/deep");
    let saved = setting
        .client
        .download()
        .files(wanted)
        .into_directory(&directory)
        .await
        .unwrap();
    assert_eq!(
        names(&directory),
        ["shard-0.tgz", "shard-1.tgz", "shard-2.tgz"]
    );
    for (saved, offer) in saved.iter().zip(&offers) {
        assert!(fs::read(&saved.path).unwrap() == offer.bytes());
    }
    let none = setting
        .client
        .download()
        .into_directory(&directory)
        .await
        .unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn an_existing_file_stays_unless_overwrite_is_set() {
    let setting = setting();
    let offer = HostedFile::new(LENGTH, 1);
    let urls: Vec<_> = (0..2)
        .map(|_| setting.host.add_file(offer.clone()))
        .collect();
    fs::write(setting.path("orders.tgz"), "precious").unwrap();
    let files = || {
        ["first.tgz", "orders.tgz"]
            .into_iter()
            .zip(&urls)
            .map(|(name, url)| Wanted::new(name, url))
    };
    let error = setting
        .client
        .download()
        .files(files())
        .into_directory(setting.directory.path())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, DownloadError::Exists { path, .. } if *path == setting.path("orders.tgz")),
        "{error:?}"
    );
    assert_eq!(
        (setting.host.received_requests().len(), setting.names()),
        (0, vec!["orders.tgz".to_owned()])
    );
    assert_eq!(setting.read("orders.tgz").unwrap(), b"precious");

    // The old file stays until the new one is complete, and also if the download fails.
    setting
        .host
        .script([DownloadFault::None, DownloadFault::None]);
    let spoilt = Wanted::new("orders.tgz", &urls[0]).sha1("0".repeat(40));
    let download = || setting.client.download().overwrite(true);
    let error = download()
        .file(spoilt)
        .into_directory(setting.directory.path())
        .await
        .unwrap_err();
    assert!(matches!(error, DownloadError::Hash { .. }), "{error:?}");
    assert_eq!(setting.read("orders.tgz").unwrap(), b"precious");
    download()
        .file(Wanted::new("orders.tgz", &urls[0]))
        .into_directory(setting.directory.path())
        .await
        .unwrap();
    setting.assert_saved(&offer);
}

#[tokio::test]
async fn a_file_created_during_the_download_stays() {
    let setting = setting();
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    let path = setting.path("orders.tgz");
    let meanwhile = move |progress: &DownloadProgress| {
        if progress.bytes > LENGTH / 2 {
            fs::write(&path, "precious").unwrap();
        }
    };
    let download = setting
        .client
        .download()
        .on_progress(meanwhile)
        .file(Wanted::new("orders.tgz", url));
    let error = download
        .into_directory(setting.directory.path())
        .await
        .unwrap_err();
    assert!(matches!(error, DownloadError::Exists { .. }), "{error:?}");
    assert_eq!(setting.read("orders.tgz").unwrap(), b"precious");
}

/// Another process starts the same file: it deletes the existing part and has written half of its
/// own when this process finishes.
#[cfg(unix)]
#[tokio::test]
async fn a_file_that_another_process_restarted_is_not_finished() {
    let setting = setting();
    let offer = HostedFile::new(LENGTH, 1);
    let url = setting.host.add_file(offer.clone());
    for wanted in [
        Wanted::new("orders.tgz", &url),
        Wanted::new("orders.tgz", &url).sha1(offer.sha1()),
    ] {
        let path = setting.path("orders.tgz.part");
        let other = move |progress: &DownloadProgress| {
            if progress.bytes == LENGTH {
                fs::remove_file(&path).unwrap();
                fs::write(&path, "half").unwrap();
            }
        };
        let error = setting
            .client
            .download()
            .on_progress(other)
            .file(wanted)
            .into_directory(setting.directory.path())
            .await
            .unwrap_err();
        assert!(
            matches!(&error, DownloadError::OtherProcess { path, .. } if *path == setting.path("orders.tgz.part")),
            "{error:?}"
        );
        assert_eq!(
            (setting.read("orders.tgz"), setting.read("orders.tgz.part")),
            (None, Some(b"half".to_vec()))
        );
        assert!(
            setting.names().contains(&"orders.tgz.part.json".to_owned()),
            "the record is the other one's"
        );
        fs::remove_file(setting.path("orders.tgz.part")).unwrap();
    }
}

#[tokio::test]
async fn length_and_hash_are_checked() {
    let setting = setting();
    let offer = HostedFile::new(LENGTH, 1);
    let url = setting.host.add_file(offer.clone());
    let wanted = || Wanted::new("orders.tgz", &url);
    let error = setting
        .fetch_as(wanted().size(LENGTH + 1))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "orders.tgz: 3000002 bytes were stated, and 3000001 came"
    );
    // If the host announces no length, the client only knows it at the end.
    setting.host.script([DownloadFault::Chunked]);
    let error = setting
        .fetch_as(wanted().size(LENGTH - 1))
        .await
        .unwrap_err();
    assert!(
        matches!(error, DownloadError::Length { found: LENGTH, .. }),
        "{error:?}"
    );
    let error = setting
        .fetch_as(wanted().sha1(HostedFile::new(LENGTH, 2).sha1()))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, DownloadError::Hash { found, .. } if *found == offer.sha1()),
        "{error:?}"
    );
    assert!(
        setting.names().is_empty(),
        "nothing is kept of what is wrong: {:?}",
        setting.names()
    );
    setting
        .fetch_as(wanted().size(LENGTH).sha1(offer.sha1().to_uppercase()))
        .await
        .unwrap();
    setting.assert_saved(&offer);
}

#[tokio::test]
async fn a_file_of_unknown_length_is_saved_once_its_end_arrives() {
    let setting = setting();
    let offer = HostedFile::new(LENGTH, 1);
    setting.host.script([DownloadFault::Chunked]);
    setting
        .fetch(&setting.host.add_file(offer.clone()))
        .await
        .unwrap();
    setting.assert_saved(&offer);
}

#[tokio::test]
async fn progress_is_reported_to_the_end() {
    let setting = setting();
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    setting.host.script([DownloadFault::Cut(LENGTH / 2)]);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let heard = Arc::clone(&heard);
        move |progress: &DownloadProgress| heard.lock().unwrap().push(progress.clone())
    };
    let download = setting
        .client
        .download()
        .on_progress(listener)
        .file(Wanted::new("orders.tgz", url));
    download
        .into_directory(setting.directory.path())
        .await
        .unwrap();
    let heard = heard.lock().unwrap();
    assert!(
        heard
            .iter()
            .all(|progress| progress.file == "orders.tgz" && progress.total == Some(LENGTH))
    );
    assert!(
        heard.is_sorted_by_key(|progress| progress.bytes),
        "it never goes back: it went on from the break"
    );
    assert_eq!((heard[0].bytes, heard.last().unwrap().bytes), (0, LENGTH));
}

#[tokio::test]
async fn the_client_counts_the_bytes_that_were_downloaded() {
    let setting = setting();
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    setting
        .host
        .script([DownloadFault::Cut(LENGTH / 3), DownloadFault::IgnoreRange]);
    setting.fetch(&url).await.unwrap();
    let counted = setting.client.statistics();
    assert_eq!(counted.bytes_downloaded, LENGTH / 3 + LENGTH);
    assert_eq!((counted.calls, counted.requests), (0, 0));
}
