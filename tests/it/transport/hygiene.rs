//! Secrets appear in no output, no trace and no error message, and the traces say what happened.

use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::Once;

use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
use atlas_backup_api::{Client, Credentials, Error};
use atlas_backup_tests::fake_atlas::{
    App, CLIENT_SECRET, Digest, Fault, Faults, HttpResponse, OAuth, PRIVATE_KEY, PUBLIC_KEY,
};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::{NoWait, PROJECT, api_key, builder, built, create, message, read, service_account};

thread_local! {
    static TRACED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Records every trace event of every crate, at any level, separately for each thread. Each test
/// runs on a thread of its own.
///
/// It is the global subscriber, because a subscriber of one thread misses the trace points that
/// another thread reaches first.
pub struct Everything;

impl Everything {
    pub fn listen() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            tracing::subscriber::set_global_default(Everything).expect("nobody else sets one")
        });
        TRACED.take();
    }

    pub fn heard() -> String {
        TRACED.take()
    }

    fn note(&self, text: &str) {
        TRACED.with_borrow_mut(|all| {
            all.push_str(text);
            all.push('\n');
        });
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {}={value:?}", field.name()));
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(format!("span {}:", span.metadata().name()));
        span.record(&mut line);
        self.note(&line.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("record:".to_owned());
        values.record(&mut line);
        self.note(&line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(format!(
            "event {} {}:",
            event.metadata().target(),
            event.metadata().level()
        ));
        event.record(&mut line);
        self.note(&line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The secrets, and the values derived from them.
fn secrets() -> Vec<String> {
    let encoded = "mdb_sa_sk_fake%2Bsecret%3Awith%2Fodd%25letters";
    [
        PRIVATE_KEY,
        CLIENT_SECRET,
        encoded,
        "fake-token-",
        "hunter2",
        "Authorization: ",
        "response=\"",
        "cnonce=",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn assert_clean(what: &str, text: &str) {
    for secret in secrets() {
        assert!(!text.contains(&secret), "{what} holds {secret}:\n{text}");
    }
}

#[tokio::test]
async fn no_secret_is_traced_or_printed() {
    Everything::listen();
    let (digest, oauth) = (Digest::atlas(), OAuth::new());
    let mut sent = 0;
    for credentials in [api_key(), service_account()] {
        let faults = Faults::script([
            Fault::pass(),
            Fault::pass(),
            Fault::html_503(),
            Fault::reset(),
            Fault::rate_limited(Some(1)),
            Fault::stale_nonce(&digest),
            Fault::revoked_token(&oauth),
        ]);
        let server = App::examples()
            .layer(&digest)
            .layer(&oauth.clone().allow_digest())
            .layer(&faults)
            .start();
        let builder = builder(&server, &NoWait::new()).credentials(credentials);
        assert_clean("the builder", &format!("{builder:?} {builder:#?}"));
        let client = built(builder);
        assert_clean("the client", &format!("{client:?} {client:#?}"));
        for _ in 0..4 {
            read(&client).await.unwrap();
            let body = OnDemandSnapshotRequest {
                description: Some("hunter2".into()),
                ..Default::default()
            };
            let call = client
                .v2()
                .take_snapshot(PROJECT, "orders", body)
                .pretty(true);
            assert_clean("a request", &format!("{call:?} {call:#?}"));
            match call.send().await {
                Ok(response) => assert_clean("a response", &format!("{:?}", response.headers())),
                Err(error) => assert_clean("an error", &message(&error)),
            }
        }
        sent += server.request_count();
        assert!(
            server
                .received_requests()
                .iter()
                .any(|request| request.header("authorization").is_some())
        );
        assert!(server.handled_count("POST") <= 4, "no POST twice");
    }
    let text = Everything::heard();
    assert!(sent > 16 && text.lines().count() > 30, "{text}");
    assert_clean("the trace", &text);
    assert!(!text.contains("pretty"), "a query:\n{text}");
    assert!(!text.contains("bm9u"), "a nonce:\n{text}");
}

#[tokio::test]
async fn errors_of_all_kinds_hold_no_secret() {
    let token = HttpResponse::json(
        200,
        "application/json",
        &json!({"access_token": "fake-token-hunter2\n", "expires_in": 1}),
    );
    let odd = [
        token,
        HttpResponse::json(
            200,
            "application/json",
            &json!({"access_token": "fake-token-hunter2", "token_type": "MAC"}),
        ),
        HttpResponse::new(200).body("fake-token-hunter2"),
        HttpResponse::json(
            400,
            "application/json",
            &json!({"error": "fake-token-hunter2 and more"}),
        ),
        HttpResponse::new(403).body("<html>fake-token-hunter2</html>"),
    ];
    for answer in odd {
        let oauth = OAuth::new();
        oauth.respond_next(answer);
        let server = App::examples().layer(&oauth).start();
        let error = create(&built(
            builder(&server, &NoWait::new()).credentials(service_account()),
        ))
        .await
        .unwrap_err();
        assert!(matches!(error, Error::Auth(_)), "{error:?}");
        assert_clean("the error", &message(&error));
        assert_eq!(
            (server.request_count(), server.handled_count("POST")),
            (1, 0)
        );
    }
    for (public, private) in [
        ("", "hunter2"),
        (PUBLIC_KEY, "hunter2\r\n"),
        ("hunter2\u{0}", "hunter2"),
    ] {
        let error = Client::new(Credentials::api_key(public, private)).unwrap_err();
        assert_clean("the refusal", &message(&error));
    }
    assert_clean(
        "credentials",
        &format!("{:?} {:?}", api_key(), service_account()),
    );
}

#[tokio::test]
async fn a_span_records_each_attempt_and_the_result() {
    Everything::listen();
    let faults = Faults::script([Fault::rate_limited(Some(7))]);
    let server = App::examples().layer(&faults).start();
    create(&built(builder(&server, &NoWait::new())))
        .await
        .unwrap();
    let text = Everything::heard();
    let path = "/api/atlas/v2/groups/{groupId}/clusters/{clusterName}/backup/snapshots";
    for line in [
        &*format!(
            r#"span atlas_call: operation="takeSnapshot" method="POST" path="{path}" otel.name="takeSnapshot""#
        ),
        "record: attempt=1",
        "event atlas_backup_api DEBUG: message=attempt attempt=1 status=429 elapsed_ms=0",
        r#"event atlas_backup_api WARN: message=trying again attempt=1 failure="rate limited" delay_ms=7000"#,
        "record: attempt=2",
        "event atlas_backup_api DEBUG: message=attempt attempt=2 status=200 elapsed_ms=0",
        "record: status=200",
        "record: elapsed_ms=7000",
    ] {
        assert!(
            text.lines().any(|known| known == line),
            "no `{line}` in\n{text}"
        );
    }
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (2, 1)
    );
}
