//! A file whose name says that it is gzip must begin so: an error page is not a snapshot.

use atlas_backup_api::{Delivery as Wanted, DownloadError};
use atlas_backup_tests::fake_atlas::{HttpResponse, StubServer};

use super::setting;

fn offering(body: &[u8], content_type: &str) -> StubServer {
    let mut response = HttpResponse::new(200).header("Content-Type", content_type);
    response.body = body.to_vec();
    StubServer::start(response).expect("the system has a port to give")
}

#[tokio::test]
async fn what_is_not_gzip_is_not_saved_under_a_name_that_says_so() {
    let page = b"<!doctype html><title>Log in</title>";
    for (body, content_type) in [
        (&b""[..], "application/gzip"),
        (b"\x1f", "application/gzip"),
        (b"\x8b\x1f\x08", "application/gzip"),
        (page, "text/html"),
    ] {
        for name in ["orders.tar.gz", "orders.tgz", "orders.TGZ"] {
            let (setting, server) = (setting(), offering(body, content_type));
            let error = setting.fetch_as(Wanted::new(name, server.url())).await;
            let error = error.unwrap_err();
            let fault = "it does not begin as a gzip file does, which its name says it is";
            assert_eq!(
                error.to_string(),
                format!("{name}: unusable response: {fault}")
            );
            assert!(matches!(error, DownloadError::Answer { .. }), "{error:?}");
            assert_eq!(setting.names(), [""; 0], "{body:?}");
            assert_eq!(server.received_requests().len(), 1);
        }
    }
}

#[tokio::test]
async fn other_names_say_nothing_about_the_first_bytes() {
    for name in ["orders.json", "orders", "orders.gz.txt"] {
        for body in [&b""[..], b"{}"] {
            let (setting, server) = (setting(), offering(body, "application/json"));
            let saved = setting.fetch_as(Wanted::new(name, server.url())).await;
            assert_eq!(saved.unwrap()[0].bytes, body.len() as u64);
        }
    }
}
