//! Downloads of several files at the same time.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};

use atlas_backup_api::{Delivery as Wanted, Download, DownloadError, DownloadProgress, reqwest};
use atlas_backup_tests::fake_atlas::{App, DownloadFault, Fault, Faults, Gate, HostedFile};

use super::{Setting, setting};

const LENGTH: u64 = 1_500_000;

fn name(number: u64) -> String {
    format!("shard-{number}.tgz")
}

/// Builds `count` files, each with a different length.
fn offers(count: u64) -> Vec<HostedFile> {
    (0..count)
        .map(|number| HostedFile::new(LENGTH + number, number))
        .collect()
}

fn wanted(setting: &Setting, offers: &[HostedFile]) -> Vec<Wanted> {
    (0..)
        .zip(offers)
        .map(|(number, offer)| Wanted::new(name(number), setting.host.add_file(offer.clone())))
        .collect()
}

fn assert_saved(setting: &Setting, offers: &[HostedFile]) {
    assert_eq!(
        setting.names(),
        (0..offers.len() as u64).map(name).collect::<Vec<_>>()
    );
    for (number, offer) in (0..).zip(offers) {
        assert!(
            setting.read(&name(number)) == Some(offer.bytes()),
            "{number}"
        );
    }
}

#[tokio::test]
async fn no_more_files_are_fetched_at_once_than_max_concurrency_and_in_order() {
    type Change = fn(Download) -> Download;
    let cases: [(Change, usize); 4] = [
        (|download| download, 4),
        (|download| download.max_concurrency(1), 1),
        (|download| download.max_concurrency(2), 2),
        (|download| download.max_concurrency(100), 6),
    ];
    for (change, most) in cases {
        let (setting, offers, gate) = (setting(), offers(6), Gate::closed());
        setting
            .host
            .always(DownloadFault::Stall(1000, gate.clone()));
        let download = change(setting.client.download().files(wanted(&setting, &offers)));
        let opened = async {
            gate.wait_for_arrivals(most).await;
            // This unrelated download from the same host completes, which gives one more file the
            // time to start if the client allowed that.
            let unrelated = setting.host.add_file(HostedFile::new(1, 9));
            setting
                .client
                .download()
                .file(Wanted::new("one", unrelated))
                .into_directory(setting.path("else"))
                .await
                .unwrap();
            let begun = setting.host.received_requests().len() - 1;
            gate.open();
            begun
        };
        let (saved, begun) =
            tokio::join!(download.into_directory(setting.directory.path()), opened);
        assert_eq!(begun, most);
        let files: Vec<_> = saved
            .unwrap()
            .into_iter()
            .map(|file| (file.path, file.bytes))
            .collect();
        let expected: Vec<_> = (0..6)
            .map(|number| (setting.path(&name(number)), LENGTH + number))
            .collect();
        assert_eq!(files, expected);
        fs::remove_dir_all(setting.path("else")).unwrap();
        assert_saved(&setting, &offers);
    }
}

#[tokio::test]
async fn a_max_concurrency_of_zero_is_refused() {
    let setting = setting();
    let error = setting
        .client
        .download()
        .max_concurrency(0)
        .into_directory(setting.path("new"))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "configuration: max concurrency: must be more than zero"
    );
    assert!(setting.names().is_empty());
}

#[tokio::test]
async fn overall_progress_covers_all_files() {
    let (setting, offers) = (setting(), offers(6));
    let whole: u64 = offers.iter().map(|offer| offer.length).sum();
    setting.host.script([
        DownloadFault::Cut(500_000),
        DownloadFault::None,
        DownloadFault::Reset(700_000),
    ]);
    let heard = Arc::new(Mutex::new(Vec::<DownloadProgress>::new()));
    let listener = {
        let heard = Arc::clone(&heard);
        // `try_lock` fails if two callbacks run at the same time.
        move |progress: &DownloadProgress| heard.try_lock().unwrap().push(progress.clone())
    };
    // The caller states the length of the last file, so it is known before the download starts.
    let mut files = wanted(&setting, &offers);
    files[5] = files[5].clone().size(offers[5].length);
    setting
        .client
        .download()
        .files(files)
        .on_progress(listener)
        .into_directory(setting.directory.path())
        .await
        .unwrap();
    assert_saved(&setting, &offers);
    let heard = heard.lock().unwrap();
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    for progress in heard.iter() {
        last.insert(&progress.file, progress.bytes);
        assert_eq!(
            (progress.files, progress.overall_bytes),
            (6, last.values().sum())
        );
        assert!(
            progress.overall_total.is_none_or(|total| total == whole),
            "{progress:?}"
        );
        assert!(
            progress.overall_total.is_none() || last.len() >= 5,
            "nobody has told the lengths of files not asked for"
        );
    }
    assert!(
        heard.is_sorted_by_key(|progress| progress.files_complete)
            && heard.is_sorted_by_key(|progress| progress.overall_bytes)
    );
    let end = heard.last().unwrap();
    assert_eq!(
        (end.overall_bytes, end.overall_total, end.files_complete),
        (whole, Some(whole), 6)
    );
}

#[tokio::test]
async fn the_first_error_ends_the_other_downloads_and_partial_files_are_kept() {
    const BEGUN: u64 = 3;
    const CAME: u64 = 1_000_000;
    let (setting, answered) = (setting(), Gate::closed());
    let refusing = App::examples()
        .layer(&Faults::always(Fault::hold_until(&answered)))
        .start();
    // When the first file is complete and the host has sent as much of all others as it may, the
    // last file's URL turns out to have expired.
    let mut offers = vec![HostedFile::new(1000, 0)];
    offers.extend((1..=BEGUN + 1).map(|number| HostedFile::new(CAME + number, number)));
    let (last, mut files) = (BEGUN as usize + 1, wanted(&setting, &offers));
    let expired = Wanted::new(name(BEGUN + 1), format!("{}/gone", refusing.url()));
    let renewed = std::mem::replace(&mut files[last], expired);
    setting
        .host
        .always(DownloadFault::Stall(CAME, Gate::closed()));
    let listener = move |progress: &DownloadProgress| {
        if progress.files_complete == 1 && progress.overall_bytes == 1000 + BEGUN * CAME {
            answered.open();
        }
    };
    let download = setting
        .client
        .download()
        .files(files.clone())
        .on_progress(listener)
        .max_concurrency(files.len());
    let error = download
        .into_directory(setting.directory.path())
        .await
        .unwrap_err();
    let kept: Vec<_> = (1..=BEGUN)
        .map(|number| {
            fs::metadata(setting.path(&format!("{}.part", name(number))))
                .map_or(0, |part| part.len())
        })
        .collect();
    assert_eq!(kept, [CAME; BEGUN as usize]);
    assert!(
        matches!(&error, DownloadError::Expired { file, .. } if *file == name(BEGUN + 1)),
        "{error:?}"
    );
    assert!(
        setting.names().contains(&name(0)) && setting.names().len() == 1 + 2 * BEGUN as usize,
        "{:?}",
        setting.names()
    );

    // They resume from there, with a new URL for the last file.
    files[last] = renewed;
    drop(files.remove(0));
    let before = setting.host.received_requests().len();
    setting.host.clear_always();
    setting
        .client
        .download()
        .files(files)
        .into_directory(setting.directory.path())
        .await
        .unwrap();
    let mut ranges = setting.host.ranges().split_off(before);
    ranges.sort();
    let mut expected = vec!["bytes=1000000-"; BEGUN as usize];
    expected.insert(0, "");
    assert_eq!(ranges, expected);
    for (number, offer) in (0..).zip(&offers) {
        assert!(
            fs::read(setting.path(&name(number))).unwrap() == offer.bytes(),
            "{number}"
        );
    }
}

/// The only thread for file I/O is busy from the first progress callback on, so that all received
/// bytes wait to be written.
#[test]
fn an_error_is_returned_after_all_received_bytes_are_written() {
    const CAME: u64 = 20_000;
    let one_thread = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap();
    one_thread.block_on(async {
        let (setting, answered) = (setting(), Gate::closed());
        let refusing = App::examples()
            .layer(&Faults::script([Fault::hold_until(&answered)]))
            .start();
        let mut files = wanted(&setting, &offers(1));
        files.push(Wanted::new(name(1), format!("{}/gone", refusing.url())));
        setting
            .host
            .always(DownloadFault::Stall(CAME, Gate::closed()));
        let (release, released) = std::sync::mpsc::channel::<()>();
        let mut released = Some(released);
        let listener = {
            let answered = answered.clone();
            move |progress: &DownloadProgress| {
                if let Some(released) = released.take() {
                    tokio::task::spawn_blocking(move || released.recv());
                }
                if progress.bytes == CAME {
                    answered.open();
                }
            }
        };
        let download = setting.client.download().files(files).on_progress(listener);
        let fetched = async {
            let error = download
                .into_directory(setting.directory.path())
                .await
                .unwrap_err();
            let kept = fs::metadata(setting.path(&format!("{}.part", name(0))))
                .unwrap()
                .len();
            (error, kept)
        };
        let release = async {
            answered.wait_for_arrivals(1).await;
            answered.pass().await;
            // Without waiting for the writes, the client would return its error within this time.
            for _ in 0..3 {
                reqwest::get(refusing.url()).await.unwrap();
            }
            release.send(()).unwrap();
        };
        let ((error, kept), ()) = tokio::join!(fetched, release);
        assert!(error.is_expired(), "{error:?}");
        assert_eq!(kept, CAME);
    });
}

#[tokio::test]
async fn dropped_downloads_all_end_and_resume_later() {
    let (setting, offers, gate) = (setting(), offers(3), Gate::closed());
    let files = wanted(&setting, &offers);
    setting.host.always(DownloadFault::Stall(1_000_000, gate));
    let came = Arc::new(tokio::sync::Notify::new());
    let listener = {
        let came = Arc::clone(&came);
        move |progress: &DownloadProgress| {
            if progress.overall_bytes == 3_000_000 {
                came.notify_one();
            }
        }
    };
    let download = setting
        .client
        .download()
        .files(files.clone())
        .on_progress(listener);
    tokio::select! {
        () = came.notified() => {}
        saved = download.into_directory(setting.directory.path()) => panic!("it is done: {saved:?}"),
    }
    setting.host.clear_always();
    setting
        .client
        .download()
        .files(files)
        .into_directory(setting.directory.path())
        .await
        .unwrap();
    assert_saved(&setting, &offers);
    assert_eq!(
        setting.host.ranges()[3..],
        ["bytes=1000000-"; 3],
        "the next one has waited for what was still being written"
    );
}
