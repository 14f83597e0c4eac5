//! One call: a client and the request that it sends. Generated code reaches the rest of the crate
//! through it alone.

use std::fmt;

use crate::client::Client;
use crate::client::sending::Sending;
use crate::config::call_options::CallOptions;
use crate::error::invalid_argument::InvalidArgument;
use crate::pipeline::operation::Operation;
use crate::pipeline::path::PathValue;
use crate::pipeline::query::QueryValue;
use crate::pipeline::request::Request;
use crate::validate::body::Body;
use crate::wire::opaque::Opaque;

/// A request, and the client that sends it.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) client: Client,
    pub(crate) request: Opaque<Request>,
}

impl Call {
    /// Creates a call of an operation.
    pub(crate) fn new(client: &Client, operation: &'static Operation) -> Self {
        Call {
            client: client.clone(),
            request: Request::new(operation.into()),
        }
    }

    /// Sets a path parameter. `T` is its type on the wire.
    pub(crate) fn path<T: PathValue>(
        mut self,
        name: &'static str,
        value: impl TryInto<T, Error: fmt::Display>,
    ) -> Self {
        match value.try_into() {
            Ok(value) => self.request.fill(name, &value.text()),
            Err(error) => self.request.refuse_value(name, &error),
        }
        self
    }

    /// Sets a query parameter; a later value replaces an earlier one.
    pub(crate) fn query(mut self, name: &'static str, value: impl QueryValue) -> Self {
        self.request.set(name.into(), value.texts());
        self
    }

    /// Records the result of validating an argument:
    /// `.check(validate::minimum("pageNum", value, 1))`.
    #[allow(
        dead_code,
        reason = "only where the documents have a bound on a parameter"
    )]
    pub(crate) fn check(mut self, outcome: Result<(), InvalidArgument>) -> Self {
        self.request.check(outcome);
        self
    }

    /// Validates the body and serializes it.
    pub(crate) fn body(mut self, body: &impl Body) -> Self {
        self.request.set_body(body);
        self
    }

    /// Asks for another version of the operation.
    pub(crate) fn version(mut self, version: &str) -> Self {
        let outcome = self.request.route.set_version(version);
        self.request.check(outcome);
        self
    }

    /// Sets the options of this call, which override the client's.
    pub(crate) fn options(mut self, options: CallOptions) -> Self {
        self.request.options = options;
        self
    }

    /// Sends the request and decodes the response into a `T`.
    pub(crate) fn send<T>(self) -> Sending<T> {
        Sending::new(self)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.request.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::{Value, json};

    use super::*;
    use crate::error::Error;
    use crate::loopback::{Loopback, answer};
    use crate::pipeline::operation::Idempotency;
    use crate::pipeline::response::Response;
    use crate::validate;
    use crate::validate::request_macros::request_body;
    use crate::wire::cluster_name::ClusterName;
    use crate::wire::object_id::ObjectId;

    const ID: &str = "32b6e34b3d91647abb20e7b8";

    static TAKE: Operation = Operation {
        id: "take",
        method: Method::POST,
        path: "/api/groups/{groupId}/clusters/{clusterName}/snapshots/{label}",
        accept: "application/vnd.atlas.2023-01-01+json",
        content_type: Some("application/vnd.atlas.2024-08-05+json"),
        idempotency: Idempotency::NotIdempotent,
    };

    static LIST: Operation = Operation {
        id: "list",
        method: Method::GET,
        path: "/api/list",
        accept: "application/json",
        content_type: None,
        idempotency: Idempotency::Safe,
    };

    request_body! {
        /// A request body with one member.
        #[derive(Default)]
        pub struct Ask {
            /// Days.
            #[wire("days")]
            pub days: Option<i64>,
        }
    }

    impl Ask {
        /// Validates the one rule of this body.
        pub fn validate(&self) -> Result<(), InvalidArgument> {
            validate::minimum("days", self.days, 1)
        }
    }

    fn client(url: &str) -> Client {
        Client::builder().base_url(url).build().unwrap()
    }

    fn take(client: &Client) -> Call {
        Call::new(client, &TAKE)
            .path::<ObjectId>("groupId", ID)
            .path::<ClusterName>("clusterName", "orders")
            .path::<String>("label", "a")
    }

    #[tokio::test]
    async fn what_goes_over_the_wire() {
        let server = Loopback::json("200 OK", r#""done""#);
        let ask = Ask { days: Some(5) };
        let request = take(&client(&server.url)).query("pretty", true).body(&ask);
        let response = request.send::<String>().await.unwrap();
        assert_eq!(*response, "done");
        let sent = server.request().unwrap();
        let (head, body) = sent.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let path =
            format!("POST /api/groups/{ID}/clusters/orders/snapshots/a?pretty=true HTTP/1.1");
        assert_eq!(lines.next(), Some(path.as_str()));
        let headers: Vec<&str> = lines.filter(|line| !line.starts_with("host: ")).collect();
        let agent = format!("user-agent: atlas-backup-api/{}", env!("CARGO_PKG_VERSION"));
        assert_eq!(
            headers,
            [
                "accept: application/vnd.atlas.2023-01-01+json",
                "content-type: application/vnd.atlas.2024-08-05+json",
                agent.as_str(),
                "content-length: 10",
            ]
        );
        assert_eq!(body, r#"{"days":5}"#);
    }

    #[tokio::test]
    async fn without_a_body_there_is_no_content_type() {
        let server = Loopback::json("200 OK", "1");
        Call::new(&client(&server.url), &LIST)
            .send::<i64>()
            .await
            .unwrap();
        let sent = server.request().unwrap();
        assert!(sent.starts_with("GET /api/list HTTP/1.1\r\n"), "{sent}");
        assert!(!sent.contains("content-"), "{sent}");
    }

    #[test]
    fn everything_reserved_is_escaped() {
        let client = client("http://127.0.0.1:1");
        let request = take(&client);
        assert!(request.request.target().ends_with("/snapshots/a"));
        let request = Call::new(&client, &TAKE)
            .path::<String>("label", "a/b?c#d%2e {groupId}é~-._")
            .query("q", "a&b=c d+é/?");
        assert!(request.request.target().ends_with(
            "/a%2Fb%3Fc%23d%252e%20%7BgroupId%7D%C3%A9~-._?q=a%26b%3Dc%20d%2B%C3%A9%2F%3F"
        ));
    }

    #[test]
    fn query_parameters_are_set_not_piled_up() {
        let request = Call::new(&client("http://127.0.0.1:1"), &LIST);
        assert_eq!(request.request.target(), "/api/list");
        let request = request
            .query("a", 1)
            .query("b", true)
            .query("a", 2)
            .query("c", &["x", "y"][..]);
        assert_eq!(request.request.target(), "/api/list?b=true&a=2&c=x&c=y");
        assert_eq!(
            request.query("c", &[] as &[i64]).request.target(),
            "/api/list?b=true&a=2"
        );
    }

    #[tokio::test]
    async fn a_refused_argument_is_told_and_nothing_is_sent() {
        let server = Loopback::json("200 OK", "1");
        let client = client(&server.url);
        let start = || Call::new(&client, &TAKE);
        let refused = [
            (
                start().path::<ObjectId>("groupId", "xyz"),
                r#"take: invalid argument group_id (groupId): "xyz" is not an ObjectId: expected 24 lower-case hexadecimal digits"#,
            ),
            (
                start().path::<String>("label", ""),
                r#"take: invalid argument label = "": must not be empty, "." or "..""#,
            ),
            (
                start().path::<String>("label", "."),
                r#"take: invalid argument label = ".": must not be empty, "." or "..""#,
            ),
            (
                start().path::<String>("label", ".."),
                r#"take: invalid argument label = "..": must not be empty, "." or "..""#,
            ),
            (
                start().path::<ObjectId>("groupId", ObjectId::default()),
                r#"take: invalid argument group_id (groupId) = "": must not be empty, "." or "..""#,
            ),
            (
                start().body(&Ask { days: Some(0) }),
                "take: invalid argument days = 0: must be at least 1",
            ),
            (
                start().check(validate::maximum("pageNum", 9, 1)),
                "take: invalid argument page_num (pageNum) = 9: must be at most 1",
            ),
            (
                start()
                    .path::<ClusterName>("clusterName", "a b")
                    .body(&Ask { days: Some(0) }),
                r#"take: invalid argument cluster_name (clusterName): "a b" is not a ClusterName: expected letters, digits and hyphens, not starting with a hyphen"#,
            ),
        ];
        for (request, message) in refused {
            let error = request.send::<Value>().await.unwrap_err();
            assert!(matches!(error, Error::InvalidArgument(_)));
            assert_eq!(error.to_string(), message);
        }
        assert!(
            start()
                .path::<String>("label", "..")
                .send::<()>()
                .await
                .is_err()
        );
        assert_eq!(server.request(), None);
    }

    #[tokio::test]
    async fn the_envelope_is_opened_only_where_it_was_asked_for() {
        let body = r#"{"status": 201, "envelope": {"a": 1}}"#;
        let server = Loopback::answering([0; 3].map(|_| answer("200 OK", "", body)));
        let client = client(&server.url);
        let list = || Call::new(&client, &LIST);
        let opened = list()
            .query("envelope", true)
            .send::<Value>()
            .await
            .unwrap();
        assert_eq!(
            (opened.status().as_u16(), opened.into_inner()),
            (201, json!({"a": 1}))
        );
        for request in [
            list(),
            list().query("envelope", true).query("envelope", false),
        ] {
            let plain = request.send::<Value>().await.unwrap();
            assert_eq!(
                (plain.status().as_u16(), plain["status"].clone()),
                (200, json!(201))
            );
        }
    }

    #[tokio::test]
    async fn no_content_is_needed_where_none_is_expected() {
        let answers = [
            answer("204 No Content", "x-id: 7\r\n", ""),
            answer("202 Accepted", "", "<html>"),
            answer("200 OK", "", "{}"),
        ];
        let server = Loopback::answering(answers);
        let client = client(&server.url);
        let response = Call::new(&client, &LIST).send::<()>().await.unwrap();
        assert_eq!(
            (
                response.status().as_u16(),
                response.headers()["x-id"].to_str().unwrap()
            ),
            (204, "7")
        );
        for status in [202, 200] {
            assert_eq!(
                Call::new(&client, &LIST)
                    .send::<()>()
                    .await
                    .unwrap()
                    .status(),
                status
            );
        }
    }

    #[test]
    fn debug_shows_neither_body_nor_query() {
        let request = take(&client("http://127.0.0.1:1"))
            .query("token", "hunter2")
            .body(&Ask { days: Some(5) });
        let path = format!("/api/groups/{ID}/clusters/orders/snapshots/a");
        assert_eq!(
            format!("{request:?}"),
            format!(r#"Request {{ operation: "take", path: "{path}", .. }}"#)
        );
    }

    #[test]
    fn a_body_is_shared_and_not_copied() {
        let request = take(&client("http://127.0.0.1:1")).body(&Ask { days: Some(5) });
        let address = |call: &Call| call.request.body.as_ref().map(|body| body.as_ptr());
        assert!(address(&request).is_some());
        assert_eq!(address(&request.clone()), address(&request));
    }

    #[test]
    fn a_call_can_be_spawned() {
        fn check(_: impl Future<Output = Result<Response<Value>, Error>> + Send + 'static) {}
        check(Call::new(&client("http://127.0.0.1:1"), &LIST).send::<Value>());
    }
}
