//! Downloads that break and then resume or start again. They never mix two files in one.

use std::fs;
use std::time::Duration;

use atlas_backup_api::{Delivery as Wanted, DownloadError, RetryPolicy};
use atlas_backup_tests::fake_atlas::{
    App, DownloadFault, Fault, Faults, Gate, HostedFile, HttpResponse,
};

use super::{Setting, setting, setting_with};

const LENGTH: u64 = 2_000_003;

fn without_etag() -> DownloadFault {
    DownloadFault::Header("etag", String::new())
}

#[tokio::test]
async fn a_broken_download_resumes() {
    for mishap in [
        DownloadFault::Cut(1_000_000),
        DownloadFault::Reset(1_000_000),
    ] {
        let setting = setting();
        let offer = HostedFile::new(LENGTH, 1);
        setting.host.script([mishap.clone(), DownloadFault::None]);
        setting
            .fetch(&setting.host.add_file(offer.clone()))
            .await
            .unwrap();
        setting.assert_saved(&offer);
        let ranges = setting.host.ranges();
        assert!(
            ranges.len() == 2 && ranges[1].starts_with("bytes="),
            "{mishap:?}: {ranges:?}"
        );
        assert_eq!(setting.clock.waits().len(), 1);
        if let DownloadFault::Cut(after) = mishap {
            assert_eq!(ranges[1], format!("bytes={after}-"));
        }
        let asked = &setting.host.received_requests()[1];
        assert_eq!(
            asked.header("if-range"),
            Some("\"0000000000000001-1e8483\"")
        );
    }
}

#[tokio::test]
async fn transient_errors_of_the_host_are_retried() {
    let setting = setting();
    let offer = HostedFile::new(LENGTH, 1);
    let limited = HttpResponse::new(429).header("Retry-After", "7");
    setting.host.script([
        DownloadFault::Respond(HttpResponse::new(503)),
        DownloadFault::Respond(limited),
        DownloadFault::Respond(HttpResponse::new(500)),
    ]);
    setting
        .fetch(&setting.host.add_file(offer.clone()))
        .await
        .unwrap();
    setting.assert_saved(&offer);
    assert!(
        setting.clock.waits().len() == 3 && setting.clock.waits()[1] == Duration::from_secs(7),
        "{:?}",
        setting.clock.waits()
    );

    let url = setting.host.add_file(HostedFile::new(LENGTH, 2));
    setting.host.server().down();
    let error = setting
        .fetch_as(Wanted::new("other.tgz", &url))
        .await
        .unwrap_err();
    assert!(
        matches!(error, DownloadError::Connection { .. }),
        "{error:?}"
    );
    assert_eq!(
        setting.clock.waits().len(),
        6,
        "as often as the policy says"
    );
    setting.host.server().up();
    setting
        .fetch_as(Wanted::new("other.tgz", &url))
        .await
        .unwrap();

    setting
        .host
        .always(DownloadFault::Respond(HttpResponse::new(503)));
    let error = setting
        .fetch_as(Wanted::new("third.tgz", &url))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, DownloadError::Http { status, .. } if status.as_u16() == 503),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_retry_after_beyond_the_maximum_ends_the_download_and_is_reported() {
    let setting = setting();
    let offer = HostedFile::new(LENGTH, 1);
    let url = setting.host.add_file(offer.clone());
    setting.host.script([
        DownloadFault::Cut(1_000_000),
        DownloadFault::Respond(HttpResponse::new(503).header("Retry-After", "61")),
    ]);
    let error = setting.fetch(&url).await.unwrap_err();
    assert!(matches!(error, DownloadError::Http { .. }), "{error:?}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(61)));
    assert_eq!(
        error.to_string(),
        "orders.tgz: the host responded with 503 Service Unavailable; retry after 61 s"
    );
    assert_eq!(
        (
            setting.host.received_requests().len(),
            setting.clock.waits().len(),
            setting.part()
        ),
        (2, 1, 1_000_000)
    );
    setting.fetch(&url).await.unwrap();
    setting.assert_saved(&offer);
}

#[tokio::test]
async fn progress_resets_the_count_of_attempts() {
    let setting = setting_with(|builder| builder.retry(RetryPolicy::new().max_attempts(2)));
    let offer = HostedFile::new(LENGTH, 1);
    // Ten breaks in a row, each after some bytes: more breaks than the policy allows attempts.
    setting
        .host
        .script((0..10).map(|_| DownloadFault::Cut(100_000)));
    setting
        .fetch(&setting.host.add_file(offer.clone()))
        .await
        .unwrap();
    setting.assert_saved(&offer);
}

#[tokio::test]
async fn a_host_that_always_restarts_is_given_up() {
    let setting = setting();
    setting.host.always(DownloadFault::IgnoreRange);
    setting.host.always(DownloadFault::Cut(1000));
    let error = setting
        .fetch(&setting.host.add_file(HostedFile::new(LENGTH, 1)))
        .await
        .unwrap_err();
    assert!(
        matches!(error, DownloadError::Connection { .. }),
        "{error:?}"
    );
    // The policy counts attempts since the last new bytes, which came with the first attempt.
    assert_eq!(setting.host.received_requests().len(), 4);
}

#[tokio::test]
async fn silence_ends_an_attempt_and_not_the_download() {
    let setting = setting();
    let offer = HostedFile::new(LENGTH, 1);
    let url = setting.host.add_file(offer.clone());
    let closed = Gate::closed();
    let hurried = || {
        setting
            .client
            .download()
            .idle_timeout(Duration::from_millis(100))
    };
    setting
        .host
        .script([DownloadFault::Stall(1_000_000, closed.clone())]);
    hurried()
        .file(Wanted::new("orders.tgz", &url))
        .into_directory(setting.directory.path())
        .await
        .unwrap();
    setting.assert_saved(&offer);
    // On a slow machine there may be more attempts.
    assert!(
        setting.host.ranges().len() >= 2
            && setting.host.ranges()[1..]
                .iter()
                .any(|range| range == "bytes=1000000-")
    );

    setting.host.always(DownloadFault::Stall(0, closed));
    let error = hurried()
        .file(Wanted::new("other.tgz", &url))
        .into_directory(setting.directory.path())
        .await
        .unwrap_err();
    assert!(matches!(error, DownloadError::Timeout { .. }), "{error:?}");
    assert!(error.to_string().contains("in time"), "{error}");

    // The timeout also applies before the response begins.
    let server = App::examples()
        .layer(&Faults::always(Fault::silent()))
        .start();
    let silent = Wanted::new("third.tgz", format!("{}/a", server.url()));
    let error = hurried()
        .file(silent)
        .into_directory(setting.directory.path())
        .await
        .unwrap_err();
    assert!(matches!(error, DownloadError::Timeout { .. }), "{error:?}");
    assert_eq!(server.request_count(), 4);
}

/// Starts a download that fails after its first million bytes are on the disk.
async fn broken(setting: &Setting, url: &str, more: impl IntoIterator<Item = DownloadFault>) {
    setting.host.script([
        DownloadFault::Cut(1_000_000),
        DownloadFault::Respond(HttpResponse::new(404)),
    ]);
    let error = setting.fetch(url).await.expect_err("it was told to fail");
    assert!(error.is_expired(), "{error:?}");
    assert_eq!((setting.part(), setting.names().len()), (1_000_000, 2));
    setting.host.script(more);
}

#[tokio::test]
async fn the_next_download_resumes_even_with_a_new_signature() {
    let setting = setting();
    let offer = HostedFile::new(LENGTH, 1);
    let url = setting.host.add_file(offer.clone());
    broken(&setting, &url, []).await;
    let again = setting.host.add_url(&url);
    assert_ne!(again, url);
    setting.fetch(&again).await.unwrap();
    setting.assert_saved(&offer);
    assert_eq!(setting.host.ranges().last().unwrap(), "bytes=1000000-");
}

#[tokio::test]
async fn another_path_is_another_file_unless_the_program_says_otherwise() {
    let setting = setting();
    let offer = HostedFile::new(LENGTH, 1);
    broken(&setting, &setting.host.add_file(offer.clone()), []).await;
    setting
        .fetch(&setting.host.add_file(offer.clone()))
        .await
        .unwrap();
    setting.assert_saved(&offer);
    assert_eq!(setting.host.ranges().last().unwrap(), "", "begun anew");

    for (second, last) in [("snapshot 1", "bytes=1000000-"), ("snapshot 2", "")] {
        let setting = self::setting();
        let [first, other] =
            [1, 1].map(|seed| setting.host.add_file(HostedFile::new(LENGTH, seed)));
        setting.host.script([
            DownloadFault::Cut(1_000_000),
            DownloadFault::Respond(HttpResponse::new(404)),
        ]);
        setting
            .fetch_as(Wanted::new("orders.tgz", first).identity("snapshot 1"))
            .await
            .unwrap_err();
        setting
            .fetch_as(Wanted::new("orders.tgz", other).identity(second))
            .await
            .unwrap();
        setting.assert_saved(&offer);
        assert_eq!(setting.host.ranges().last().unwrap(), last);
    }
}

#[tokio::test]
async fn a_file_that_has_changed_is_fetched_anew() {
    let changed = HostedFile::new(LENGTH, 2);
    // The client notices the change whether or not the host evaluates `If-Range`, and also when it
    // resumes within one download.
    for mishaps in [&[][..], &[DownloadFault::IgnoreCondition]] {
        let setting = setting();
        let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
        broken(&setting, &url, []).await;
        for mishap in mishaps {
            setting.host.always(mishap.clone());
        }
        setting.host.script([DownloadFault::Change(2)]);
        setting.fetch(&url).await.unwrap();
        setting.assert_saved(&changed);
    }
    let setting = setting();
    setting.host.script([
        DownloadFault::Cut(1_000_000),
        DownloadFault::Change(2),
        DownloadFault::None,
    ]);
    setting
        .fetch(&setting.host.add_file(HostedFile::new(LENGTH, 1)))
        .await
        .unwrap();
    assert_eq!(setting.host.received_requests().len(), 2);
    setting.host.script([]);
    assert!(setting.read("orders.tgz") == Some(changed.bytes()));
}

#[tokio::test]
async fn responses_that_do_not_match_the_requested_range_are_not_used() {
    for mishap in [
        DownloadFault::IgnoreRange,
        DownloadFault::WrongRange,
        DownloadFault::Unsatisfiable,
        without_etag(),
        content_range("bytes 1000000-2000002/*"),
    ] {
        let setting = setting();
        let offer = HostedFile::new(LENGTH, 1);
        let url = setting.host.add_file(offer.clone());
        broken(&setting, &url, [mishap.clone()]).await;
        setting
            .fetch(&url)
            .await
            .unwrap_or_else(|error| panic!("{mishap:?}: {error}"));
        setting.assert_saved(&offer);
        assert!(
            setting.host.ranges().contains(&"bytes=1000000-".to_owned()),
            "{mishap:?}"
        );
    }
}

fn content_range(value: &str) -> DownloadFault {
    DownloadFault::Header("content-range", value.to_owned())
}

#[tokio::test]
async fn without_a_strong_etag_the_date_decides_and_without_both_nothing_resumes() {
    let no_date = DownloadFault::Header("last-modified", String::new());
    let weak = DownloadFault::Header("etag", "W/\"weak\"".into());
    for (mishaps, range) in [
        (vec![without_etag()], "bytes=1000000-"),
        (vec![weak.clone()], "bytes=1000000-"),
        (vec![weak, no_date.clone()], ""),
        (vec![without_etag(), no_date], ""),
    ] {
        let setting = setting();
        let offer = HostedFile::new(LENGTH, 1);
        mishaps
            .iter()
            .for_each(|mishap| setting.host.always(mishap.clone()));
        setting
            .host
            .script([DownloadFault::Cut(1_000_000), DownloadFault::None]);
        setting
            .fetch(&setting.host.add_file(offer.clone()))
            .await
            .unwrap();
        setting.assert_saved(&offer);
        assert_eq!(setting.host.ranges(), ["", range], "{mishaps:?}");
    }
}

#[tokio::test]
async fn a_partial_file_is_resumed_only_if_its_origin_is_known() {
    let offer = HostedFile::new(LENGTH, 1);
    type Spoil = fn(&Setting);
    let cases: [(&str, Spoil, &str); 6] = [
        (
            "complete already",
            |setting| {
                fs::write(
                    setting.path("orders.tgz.part"),
                    HostedFile::new(LENGTH, 1).bytes(),
                )
                .unwrap()
            },
            "bytes=2000002-",
        ),
        (
            "empty",
            |setting| fs::write(setting.path("orders.tgz.part"), "").unwrap(),
            "",
        ),
        (
            "too long",
            |setting| fs::write(setting.path("orders.tgz.part"), vec![0; 2_000_004]).unwrap(),
            "",
        ),
        (
            "no record",
            |setting| fs::remove_file(setting.path("orders.tgz.part.json")).unwrap(),
            "",
        ),
        (
            "half a record",
            |setting| fs::write(setting.path("orders.tgz.part.json"), "{\"etag\":").unwrap(),
            "",
        ),
        (
            "no bytes",
            |setting| fs::remove_file(setting.path("orders.tgz.part")).unwrap(),
            "",
        ),
    ];
    for (name, spoil, range) in cases {
        let setting = setting();
        let url = setting.host.add_file(offer.clone());
        broken(&setting, &url, []).await;
        spoil(&setting);
        setting
            .fetch(&url)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        setting.assert_saved(&offer);
        assert_eq!(setting.host.ranges().last().unwrap(), range, "{name}");
    }
}

#[tokio::test]
async fn a_finished_file_is_not_written_to_through_its_partial_name() {
    // This is the state after a process is killed between giving the file its final name and
    // removing the other name.
    let setting = setting();
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    fs::write(setting.path("orders.tgz"), "precious").unwrap();
    fs::hard_link(setting.path("orders.tgz"), setting.path("orders.tgz.part")).unwrap();
    setting.host.script([
        DownloadFault::Cut(1000),
        DownloadFault::Respond(HttpResponse::new(403)),
    ]);
    let download = setting
        .client
        .download()
        .overwrite(true)
        .file(Wanted::new("orders.tgz", url));
    download
        .into_directory(setting.directory.path())
        .await
        .unwrap_err();
    assert_eq!(setting.read("orders.tgz").unwrap(), b"precious");
}
