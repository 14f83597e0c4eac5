//! Files that the host sends with a `Content-Encoding`, although the client asked for the plain
//! file.

use atlas_backup_api::{Delivery as Wanted, RetryPolicy};
use atlas_backup_tests::fake_atlas::{DownloadFault, HostedFile};
use atlas_backup_tests::fake_atlas::{HttpResponse, StubServer};

use super::{setting, setting_with};

const LENGTH: u64 = 2_000_003;

fn encoded(encoding: &str) -> DownloadFault {
    DownloadFault::Header("content-encoding", encoding.to_owned())
}

/// Some hosts set this header when the file is stored; it only repeats what the file name says.
#[tokio::test]
async fn a_gzip_encoded_tar_gz_is_stored_unchanged() {
    for encoding in ["gzip", "GZip", "x-gzip", "identity"] {
        let setting = setting();
        let offer = HostedFile::new(LENGTH, 1);
        let url = setting.host.add_file(offer.clone());
        setting.host.always(encoded(encoding));
        // Resuming works too, because lengths and ranges count the encoded bytes.
        setting
            .host
            .script([DownloadFault::Cut(1_000_000), DownloadFault::None]);
        let wanted = Wanted::new("orders.tgz", &url)
            .size(LENGTH)
            .sha1(offer.sha1());
        setting
            .fetch_as(wanted)
            .await
            .unwrap_or_else(|error| panic!("{encoding}: {error}"));
        setting.assert_saved(&offer);
        assert_eq!(setting.host.ranges(), ["", "bytes=1000000-"], "{encoding}");
    }
}

#[tokio::test]
async fn other_content_encodings_are_refused() {
    let setting = setting_with(|builder| builder.retry(RetryPolicy::never()));
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    for encoding in [
        "br",
        "zstd",
        "deflate",
        "gzip, gzip",
        "gzip,br",
        "aws-chunked",
    ] {
        setting.host.script([encoded(encoding)]);
        let error = setting.fetch(&url).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "orders.tgz: unusable response: it is encoded, which was not requested",
            "{encoding}"
        );
        assert!(setting.names().is_empty(), "{encoding}");
    }
}

#[tokio::test]
async fn gzip_encoding_of_any_other_file_is_refused() {
    let setting = setting_with(|builder| builder.retry(RetryPolicy::never()));
    let headers = vec![("Content-Encoding".to_owned(), "gzip".to_owned())];
    let server = StubServer::start(HttpResponse {
        status: 200,
        headers,
        body: b"\x1f\x8babc".to_vec(),
    })
    .unwrap();
    for (name, path, is_saved) in [
        ("orders.json", "/orders.json", false),
        ("orders", "/", false),
        ("orders.json", "/a.tar.gz?b", true),
        ("orders.TGZ", "/", true),
    ] {
        let saved = setting
            .fetch_as(Wanted::new(name, format!("{}{path}", server.url())))
            .await;
        assert_eq!(saved.is_ok(), is_saved, "{name} {path}: {saved:?}");
        saved
            .map(|files| std::fs::remove_file(&files[0].path).unwrap())
            .unwrap_or_default();
    }
}
