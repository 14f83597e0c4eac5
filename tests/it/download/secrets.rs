//! Secrets appear in no message, no trace and no file on the disk.

use atlas_backup_api::Delivery as Wanted;
use atlas_backup_tests::fake_atlas::{DownloadFault, HostedFile, HttpResponse};

use super::{setting, setting_with};
use crate::transport::hygiene::Everything;

const SECRETS: [&str; 3] = ["signature", "snapshot.tar", "not-a-real-value"];

fn assert_clean(what: &str, text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what} holds {secret}:\n{text}");
    }
}

fn message(error: &dyn std::error::Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = error.source();
    while let Some(deeper) = source {
        text.push_str(&format!("\n{deeper}\n{deeper:?}"));
        source = deeper.source();
    }
    text
}

#[tokio::test]
async fn urls_and_headers_stay_secret() {
    Everything::listen();
    let setting = setting();
    let offer = HostedFile {
        required_header: Some(("x-mms-auth".into(), "not-a-real-value".into())),
        ..HostedFile::new(100_000, 1)
    };
    let url = setting.host.add_file(offer.clone());
    let wanted = || Wanted::new("orders.tgz", &url).header("x-mms-auth", "not-a-real-value");
    let download = setting.client.download().file(wanted());
    assert_clean("the download", &format!("{download:?} {download:#?}"));
    let elsewhere = HttpResponse::new(307).header("Location", &url);
    let mishaps = [
        vec![
            DownloadFault::Cut(1000),
            DownloadFault::Respond(HttpResponse::new(403)),
        ],
        vec![
            DownloadFault::Respond(elsewhere),
            DownloadFault::Respond(HttpResponse::new(404)),
        ],
        vec![DownloadFault::Respond(
            HttpResponse::new(302).header("Location", "ftp://h/?signature"),
        )],
        (0..4)
            .map(|_| DownloadFault::Respond(HttpResponse::new(503).body(url.clone())))
            .collect(),
        (0..4).map(|_| DownloadFault::Reset(0)).collect(),
        vec![DownloadFault::Header("content-encoding", "br".into())],
    ];
    for mishaps in mishaps {
        setting.host.script(mishaps);
        assert_clean(
            "an error",
            &message(&setting.fetch_as(wanted()).await.unwrap_err()),
        );
        let left = setting
            .read("orders.tgz.part.json")
            .map(|record| String::from_utf8(record).unwrap());
        assert_clean("the record", &left.unwrap_or_default());
    }
    setting.fetch_as(wanted()).await.unwrap();
    setting.assert_saved(&offer);
    let text = Everything::heard();
    assert_clean("the trace", &text);
    for line in [
        "span atlas_download: file=\"orders.tgz\" host=",
        "message=answer status=200 from=0",
        "message=going on bytes=1000 delay_ms=",
    ] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
}

#[tokio::test]
async fn refused_urls_and_headers_stay_secret() {
    let setting = setting_with(|builder| builder.base_url("https://cloud.mongodb.com"));
    for url in [
        "http://h/snapshot.tar?signature",
        "signature",
        "https://127.0.0.1:1/snapshot.tar?signature",
    ] {
        let error = setting
            .fetch_as(Wanted::new("a", url).header("a", "not-a-real-value"))
            .await
            .unwrap_err();
        assert_clean(url, &message(&error));
    }
}
