//! What the documents say of servers, security and rate limits is what the client does: these are
//! constants of the client, which are not generated.

use std::collections::BTreeSet;

use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
use atlas_backup_api::{Client, ClientBuilder, Credentials, RetryPolicy};
use atlas_backup_document::load;
use atlas_backup_tests::fake_atlas::{HttpResponse, StubServer};
use serde_json::{Value, json};

use crate::repository::{apis, document};

const PROJECT: &str = "32b6e34b3d91647abb20e7b8";

fn documents() -> impl Iterator<Item = (&'static str, Value)> {
    apis().map(|api| {
        let document = document(api);
        let loaded = load(&document).unwrap_or_else(|error| panic!("{error}"));
        (api, loaded.value)
    })
}

/// The client after one call to a server that always answers in the same way, and that server.
async fn after_one_call(
    response: HttpResponse,
    change: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> (Client, StubServer) {
    let server = StubServer::start(response).expect("a port is free");
    let builder = Client::builder()
        .base_url(server.url())
        .retry(RetryPolicy::never());
    let client = change(builder).build().expect("the address is a base URL");
    let request = OnDemandSnapshotRequest::default();
    let call = client.v2().take_snapshot(PROJECT, "orders", request);
    let _refused = call.send().await;
    (client, server)
}

#[test]
fn the_first_server_is_the_default_base_url() {
    let client = Client::builder()
        .build()
        .expect("the default is a base URL");
    for (api, document) in documents() {
        let url = &document["servers"][0]["url"];
        let expected = format!("base_url: {url}");
        assert!(
            format!("{client:?}").contains(&expected),
            "{api}: {expected}"
        );
    }
}

#[test]
fn every_server_is_a_base_url() {
    for (api, document) in documents() {
        let servers = document["servers"].as_array().expect("there are servers");
        for server in servers {
            let url = server["url"].as_str().expect("a server has a URL");
            let client = Client::builder().base_url(url).build();
            let client = client.unwrap_or_else(|error| panic!("{api}: {url}: {error}"));
            assert!(format!("{client:?}").contains(&format!("base_url: \"{url}\"")));
        }
    }
}

#[tokio::test]
async fn a_service_account_asks_the_documented_url_for_its_token() {
    let refusal = HttpResponse::json(401, "application/json", &json!({"error": "invalid_client"}));
    let (_, server) = after_one_call(refusal, |builder| {
        builder.credentials(Credentials::service_account("id", "secret"))
    })
    .await;
    let requests = server.received_requests();
    let token = requests.first().expect("a token was asked for");
    for (api, document) in documents() {
        let scheme = &document["components"]["securitySchemes"]["ServiceAccounts"];
        assert_eq!(scheme["type"], "oauth2", "{api}");
        let url = scheme["flows"]["clientCredentials"]["tokenUrl"].as_str();
        let server = document["servers"][0]["url"].as_str().expect("a server");
        let path = url.and_then(|url| url.strip_prefix(server));
        assert_eq!(path, Some(token.path()), "{api}");
    }
}

#[tokio::test]
async fn an_api_key_answers_a_challenge_of_the_documented_scheme() {
    for (api, document) in documents() {
        let scheme = &document["components"]["securitySchemes"]["DigestAuth"];
        assert_eq!(scheme["type"], "http", "{api}");
        let challenge = document["components"]["headers"]["WWW-Authenticate"]["example"]
            .as_str()
            .expect("the header has an example");
        let name = scheme["scheme"].as_str().expect("a name");
        let begins = challenge.to_lowercase().starts_with(&format!("{name} "));
        assert!(begins, "{api}: {name}: {challenge}");
        let refusal = HttpResponse::json(401, "application/json", &json!({"error": 401}))
            .header("www-authenticate", challenge);
        let (_, server) = after_one_call(refusal, |builder| {
            builder.credentials(Credentials::api_key("public", "private"))
        })
        .await;
        let requests = server.received_requests();
        let signed = requests.iter().filter_map(|it| it.header("authorization"));
        let signatures: Vec<String> = signed.map(str::to_lowercase).collect();
        assert!(
            signatures
                .iter()
                .any(|it| it.starts_with(&format!("{name} "))),
            "{api}: {signatures:?}"
        );
    }
}

/// The names of the headers of a response of `takeSnapshot`.
fn headers(document: &Value, status: &str) -> BTreeSet<String> {
    let operations = document["paths"].as_object().into_iter().flatten();
    let operation = operations
        .flat_map(|(_, item)| item.as_object())
        .flatten()
        .map(|(_, operation)| operation)
        .find(|operation| operation["operationId"] == "takeSnapshot");
    let response = &operation.expect("it is documented")["responses"][status];
    let response = match response["$ref"].as_str() {
        Some(target) => document.pointer(&target[1..]).expect("it is defined"),
        None => response,
    };
    let headers = response["headers"].as_object().into_iter().flatten();
    headers.map(|(name, _)| name.clone()).collect()
}

/// The client reads the two headers of success responses, and nothing else that v2 documents.
#[tokio::test]
async fn the_client_reads_the_documented_headers_of_rate_limits() {
    let (_, document) = documents()
        .find(|(api, _)| *api == "v2")
        .expect("v2 is shipped");
    let documented = headers(&document, "200");
    let mut read = BTreeSet::new();
    for name in &documented {
        let response = HttpResponse::json(200, "application/json", &json!({"id": PROJECT}))
            .header(&name.to_lowercase(), "1200");
        let (client, _server) = after_one_call(response, |builder| builder).await;
        if client.rate_limit().is_some() {
            read.insert(name.clone());
        }
    }
    assert_eq!(read, documented);
    assert_eq!(read.len(), 2, "{read:?}");
    let of_429 = headers(&document, "429");
    let others: Vec<_> = of_429.difference(&documented).collect();
    assert_eq!(
        others,
        ["Retry-After"],
        "the retries read it: see `transport::retries`"
    );
}
