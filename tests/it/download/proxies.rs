//! Downloads through the caller's own HTTP client and through proxies.

use atlas_backup_api::{Client, Delivery as Wanted, reqwest};
use atlas_backup_tests::fake_atlas::{HttpResponse, StubServer};

use super::{names, setting};

const URL: &str = "http://delivery.example/a?b";

/// A proxy for plain HTTP receives the request that the host would receive, with the whole URL as
/// target.
fn proxy() -> StubServer {
    let answer = HttpResponse {
        status: 200,
        headers: Vec::new(),
        body: b"file".to_vec(),
    };
    StubServer::start(answer).expect("the system has a port to give")
}

#[tokio::test]
async fn a_custom_http_client_is_used_and_follows_no_redirects() {
    let (setting, proxy) = (setting(), proxy());
    let http = reqwest::Client::builder()
        .proxy(reqwest::Proxy::http(proxy.url()).unwrap())
        .user_agent("mine");
    let http = http.redirect(reqwest::redirect::Policy::limited(9));
    let download = setting
        .client
        .download()
        .http(http)
        .file(Wanted::new("a", URL));
    download
        .into_directory(setting.directory.path())
        .await
        .unwrap();
    let received = proxy.received_requests();
    assert_eq!(
        (&*received[0].line(), received[0].header("user-agent")),
        ("GET http://delivery.example/a?b HTTP/1.1", Some("mine"))
    );
    assert_eq!(setting.read("a").unwrap(), b"file");

    proxy.set_response(HttpResponse {
        status: 302,
        headers: vec![("Location".into(), "ftp://h/".into())],
        body: Vec::new(),
    });
    let http = reqwest::Client::builder().proxy(reqwest::Proxy::http(proxy.url()).unwrap());
    let http = http.redirect(reqwest::redirect::Policy::limited(9));
    let download = setting
        .client
        .download()
        .http(http)
        .file(Wanted::new("b", URL));
    let error = download
        .into_directory(setting.directory.path())
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "b: not fetched: the URL is not https");
}

/// The environment is read in a process of its own: the child process runs this test again and
/// downloads.
#[tokio::test]
async fn a_proxy_from_the_environment_is_used() {
    const DIRECTORY: &str = "ATLAS_TEST_PROXY_DIRECTORY";
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        let client = Client::builder()
            .base_url("http://127.0.0.1")
            .build()
            .unwrap();
        client
            .download()
            .file(Wanted::new("a", URL))
            .into_directory(directory)
            .await
            .unwrap();
        return;
    }
    let (directory, proxy) = (tempfile::tempdir().unwrap(), proxy());
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "download::proxies::a_proxy_from_the_environment_is_used",
        ])
        .env(DIRECTORY, directory.path())
        .env("http_proxy", proxy.url())
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .unwrap();
    assert!(
        child.status.success(),
        "{}",
        String::from_utf8_lossy(&child.stdout)
    );
    assert_eq!(
        (proxy.received_requests().len(), names(directory.path())),
        (1, vec!["a".to_owned()])
    );
}
