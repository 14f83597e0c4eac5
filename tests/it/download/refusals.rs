//! The hosts that the client does not contact, the files that it refuses, and the secrets that it
//! does not send.

use std::time::Duration;

use atlas_backup_api::{Client, Credentials, Delivery as Wanted, DownloadError, RetryPolicy};
use atlas_backup_tests::fake_atlas::{
    App, DownloadFault, DownloadHost, Fault, Faults, HostedFile, HttpResponse, PRIVATE_KEY,
    PUBLIC_KEY,
};

use super::{setting, setting_with};

const LENGTH: u64 = 100_000;

fn redirect(to: &str) -> DownloadFault {
    DownloadFault::Respond(HttpResponse::new(307).header("Location", to))
}

#[tokio::test]
async fn an_expired_url_is_reported_and_the_partial_file_is_kept() {
    let setting = setting();
    let url = setting.host.add_file(HostedFile {
        expires_at: Some(Duration::from_secs(3600)),
        ..HostedFile::new(LENGTH, 1)
    });
    setting.host.script([
        DownloadFault::Cut(5000),
        DownloadFault::Respond(HttpResponse::new(503).header("Retry-After", "60")),
    ]);
    setting.clock.servers().advance(Duration::from_secs(3590));
    let error = setting.fetch(&url).await.unwrap_err();
    assert!(
        error.is_expired()
            && matches!(&error, DownloadError::Expired { status, .. } if status.as_u16() == 403),
        "{error:?}"
    );
    let message = "orders.tgz: the URL is refused (403 Forbidden), it has expired or was used up; ask Atlas for a new one";
    assert_eq!(
        (error.to_string().as_str(), setting.part()),
        (message, 5000)
    );
    let exchanges = setting.host.received_requests().len();
    assert!(setting.fetch(&url).await.unwrap_err().is_expired());
    assert_eq!(
        setting.host.received_requests().len(),
        exchanges + 1,
        "it is not asked twice"
    );

    let token = "<Error><Code>ExpiredToken</Code></Error>";
    for (answer, expired) in [
        (HttpResponse::new(404), true),
        (HttpResponse::new(410), true),
        (HttpResponse::new(400).body(token), true),
        (HttpResponse::new(400), false),
        (HttpResponse::new(401), false),
        (HttpResponse::new(204), false),
        (HttpResponse::new(304), false),
    ] {
        setting
            .host
            .script([DownloadFault::Respond(answer.clone())]);
        let error = setting
            .fetch_as(Wanted::new(
                "b",
                setting.host.add_file(HostedFile::new(LENGTH, 1)),
            ))
            .await
            .unwrap_err();
        assert_eq!(error.is_expired(), expired, "{answer:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_url_that_was_used_up_counts_as_expired() {
    let setting = setting();
    let url = setting.host.add_file(HostedFile {
        max_downloads: Some(1),
        ..HostedFile::new(LENGTH, 1)
    });
    setting.fetch(&url).await.unwrap();
    assert!(
        setting
            .fetch_as(Wanted::new("again.tgz", &url))
            .await
            .unwrap_err()
            .is_expired()
    );
}

#[tokio::test]
async fn a_client_of_an_https_atlas_only_downloads_over_https() {
    let setting = setting_with(|builder| builder.base_url("https://cloud.mongodb.com"));
    for url in [
        setting.host.add_file(HostedFile::new(LENGTH, 1)),
        "http://delivery.example/a?hunter2".into(),
        "file:///etc/passwd".into(),
    ] {
        let good = Wanted::new("good.tgz", "https://127.0.0.1:1/");
        let files = [good, Wanted::new("orders.tgz", url)];
        let error = setting
            .client
            .download()
            .files(files)
            .into_directory(setting.directory.path())
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "orders.tgz: not fetched: the URL is not https"
        );
    }
    assert_eq!(
        (
            setting.host.received_requests().len(),
            setting.names().len()
        ),
        (0, 0)
    );
}

#[tokio::test]
async fn redirects_are_followed_a_few_times_and_only_to_suitable_urls() {
    let setting = setting();
    let elsewhere = DownloadHost::start(setting.clock.servers());
    let offer = HostedFile::new(LENGTH, 1);
    let there = elsewhere.add_file(offer.clone());
    let url = setting.host.add_file(HostedFile::new(1, 9));
    let relative = setting.host.add_file(HostedFile::new(1, 9));
    let relative = relative.strip_prefix(&setting.host.server().url()).unwrap();
    setting.host.script([
        redirect(relative),
        redirect(relative),
        redirect(relative),
        redirect(relative),
        redirect(&there),
    ]);
    elsewhere.script([DownloadFault::Cut(5000)]);
    // The connection breaks after the redirects; when the download resumes, it follows them again.
    setting.host.script([redirect(&there)]);
    setting.fetch(&url).await.unwrap();
    setting.assert_saved(&offer);
    assert_eq!(elsewhere.ranges(), ["", "bytes=5000-"]);
    assert_eq!(setting.host.ranges().last().unwrap(), "bytes=5000-");

    let count = setting.host.received_requests().len();
    setting.host.script((0..6).map(|_| redirect(relative)));
    let error = setting.fetch_as(Wanted::new("b", &url)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "b: unusable response: it redirects too often"
    );
    assert_eq!(setting.host.received_requests().len(), count + 6);
    setting.host.script([
        redirect("ftp://127.0.0.1/"),
        redirect("file:///etc/passwd"),
        redirect("http://"),
        DownloadFault::Respond(HttpResponse::new(302)),
    ]);
    for fault in [
        "not https",
        "not https",
        "redirects to nowhere",
        "redirects to nowhere",
    ] {
        let error = setting.fetch_as(Wanted::new("b", &url)).await.unwrap_err();
        assert!(error.to_string().contains(fault), "{error}");
    }
}

#[tokio::test]
async fn a_header_goes_to_its_own_host_only() {
    let setting = setting();
    let elsewhere = DownloadHost::start(setting.clock.servers());
    let header = Some(("X-Mms-Auth".to_owned(), "not-a-real-value".to_owned()));
    let offer = HostedFile {
        required_header: header,
        ..HostedFile::new(LENGTH, 1)
    };
    let url = setting.host.add_file(offer.clone());
    let wanted = || Wanted::new("orders.tgz", &url).header("x-mms-auth", "not-a-real-value");
    setting.host.script([DownloadFault::Cut(5000)]);
    setting.fetch_as(wanted()).await.unwrap();
    setting.assert_saved(&offer);
    let unsigned = setting.fetch_as(Wanted::new("b", &url)).await.unwrap_err();
    assert!(
        matches!(&unsigned, DownloadError::Http { status, .. } if status.as_u16() == 401),
        "{unsigned:?}"
    );

    // A redirect to another host drops the header, and a redirect back does not restore it.
    let there = elsewhere.add_file(HostedFile::new(LENGTH, 1));
    setting.host.script([redirect(&url), redirect(&there)]);
    elsewhere.script([redirect(&url)]);
    let count = setting.host.received_requests().len();
    setting
        .client
        .download()
        .file(wanted())
        .overwrite(true)
        .into_directory(setting.directory.path())
        .await
        .unwrap_err();
    let has = |request: &atlas_backup_tests::fake_atlas::RecordedRequest| {
        request.header("x-mms-auth").is_some()
    };
    let here: Vec<_> = setting.host.received_requests()[count..]
        .iter()
        .map(has)
        .collect();
    assert_eq!(
        (
            here,
            elsewhere
                .received_requests()
                .iter()
                .map(has)
                .collect::<Vec<_>>()
        ),
        (vec![true, true, false], vec![false])
    );
}

#[tokio::test]
async fn no_credentials_of_the_client_reach_the_host() {
    let both = [
        Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY),
        Credentials::service_account("fake-id", "fake-secret"),
    ];
    for credentials in both {
        let setting = setting_with(|builder| {
            builder
                .credentials(credentials)
                .user_agent_suffix("nightly")
        });
        let offer = HostedFile::new(LENGTH, 1);
        setting.host.script([DownloadFault::Cut(5000)]);
        setting
            .fetch(&setting.host.add_file(offer.clone()))
            .await
            .unwrap();
        setting.assert_saved(&offer);
        assert_eq!(setting.host.credential_leaks(), 0);
        for request in setting.host.received_requests() {
            let mut names: Vec<_> = request
                .headers
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            names.retain(|name| !matches!(*name, "range" | "if-range"));
            names.sort_unstable();
            assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
        }
    }
}

#[tokio::test]
async fn a_challenge_is_not_answered() {
    let faults = Faults::always(Fault::respond(HttpResponse::new(401).header(
        "WWW-Authenticate",
        "Digest realm=\"a\", nonce=\"b\", qop=\"auth\"",
    )));
    let server = App::examples().layer(&faults).start();
    let setting =
        setting_with(|builder| builder.credentials(Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY)));
    setting
        .fetch(&format!("{}/a", server.url()))
        .await
        .unwrap_err();
    assert_eq!(
        (
            server.request_count(),
            server.received_requests()[0].header("authorization")
        ),
        (1, None)
    );
}

#[tokio::test]
async fn a_partial_response_that_was_not_requested_is_not_saved() {
    let setting = setting_with(|builder| builder.retry(RetryPolicy::never()));
    let server = atlas_backup_tests::fake_atlas::StubServer::start(
        atlas_backup_tests::fake_atlas::HttpResponse {
            status: 206,
            headers: vec![("Content-Range".into(), "bytes 0-3/8".into())],
            body: b"half".to_vec(),
        },
    );
    let error = setting
        .fetch_as(Wanted::new("b", server.unwrap().url()))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "b: unusable response: it is a part of the file, which was not requested"
    );
}

#[tokio::test]
async fn the_future_can_be_sent_and_dropped() {
    fn sent<T: Send>(future: T) -> T {
        future
    }
    let client = Client::builder().build().unwrap();
    drop(sent(
        client
            .download()
            .on_progress(|_| {})
            .file(Wanted::new("a", "https://h"))
            .into_directory("nowhere"),
    ));
    assert!(!std::path::Path::new("nowhere").exists());
}
