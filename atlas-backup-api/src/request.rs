//! One call in the making: the only seam between generated code and the rest.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::body::Body;
use crate::call_options::CallOptions;
use crate::client::Client;
use crate::error::Error;
use crate::invalid_argument::InvalidArgument;
use crate::object::{Blank, Member};
use crate::operation::Operation;
use crate::query::QueryValue;
use crate::read;
use crate::response::Response;
use crate::transport::{self, Answer};

/// An operation with its arguments. The first argument that is refused is kept, and reported instead of sending.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) client: Client,
    pub(crate) operation: &'static Operation,
    /// The operation's path, filled in as far as arguments came.
    path: String,
    query: Vec<(&'static str, String)>,
    /// Shared between attempts.
    pub(crate) body: Option<Bytes>,
    pub(crate) options: CallOptions,
    refused: Option<InvalidArgument>,
}

impl Request {
    pub(crate) fn new(client: &Client, operation: &'static Operation) -> Self {
        Request {
            client: client.clone(),
            operation,
            path: operation.path.to_owned(),
            query: Vec::new(),
            body: None,
            options: CallOptions::default(),
            refused: None,
        }
    }

    /// Fills in a path parameter. `T` is the type it has on the wire.
    pub(crate) fn path<T: AsRef<str>>(
        mut self,
        name: &'static str,
        value: impl TryInto<T, Error: fmt::Display>,
    ) -> Self {
        match value.try_into() {
            Ok(value) => self.fill(name, value.as_ref()),
            Err(error) => self.refuse(InvalidArgument::refused(name, &error)),
        }
        self
    }

    /// Sets a query parameter; a later value replaces an earlier one. A list is written as one `name=value` for each item.
    pub(crate) fn query(mut self, name: &'static str, value: impl QueryValue) -> Self {
        self.set_query(name, value);
        self
    }

    /// The same, in place.
    pub(crate) fn set_query(&mut self, name: &'static str, value: impl QueryValue) {
        self.set(name, value.texts());
    }

    /// The value of a query parameter, where it is set.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(set, _)| *set == name)
            .map(|(_, value)| value.as_str())
    }

    /// Takes the outcome of a rule on an argument: `.check(check::minimum("pageNum", value, 1))`.
    #[allow(
        dead_code,
        reason = "only where the documents have a bound on a parameter"
    )]
    pub(crate) fn check(mut self, outcome: Result<(), InvalidArgument>) -> Self {
        if let Err(error) = outcome {
            self.refuse(error);
        }
        self
    }

    /// Checks the body and writes it.
    pub(crate) fn body(mut self, body: &impl Body) -> Self {
        self.carry(body);
        self
    }

    /// What this call does differently from others.
    pub(crate) fn options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// Sends it, and reads the answer as a `T`.
    pub(crate) async fn send<T: Content>(self) -> Result<Response<T>, Error> {
        let (operation, enveloped) = (self.operation, self.enveloped());
        let answer = transport::execute(self).await?;
        let (status, value) = T::read(operation, enveloped, &answer)?;
        Ok(Response::new(status, answer.headers, value))
    }

    /// The argument that keeps this from being sent.
    pub(crate) fn take_refusal(&mut self) -> Option<InvalidArgument> {
        self.refused.take()
    }

    /// What comes after scheme, host and port.
    pub(crate) fn target(&self) -> String {
        let mut target = self.path.clone();
        for (index, (name, value)) in self.query.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.extend([encode(name), "=".into(), encode(value)]);
        }
        target
    }

    fn fill(&mut self, name: &'static str, value: &str) {
        // None of these can be sent as one segment: the first vanishes, and URL parsers let the others climb the path,
        // escaped or not. An id copied from an answer is no exception.
        if matches!(value, "" | "." | "..") {
            self.refuse(InvalidArgument::new(
                name,
                format_args!("{value:?}"),
                r#"must not be empty, "." or "..""#,
            ));
            return;
        }
        let place = format!("{{{name}}}");
        debug_assert!(
            self.path.contains(&place),
            "{} has no path parameter {name}",
            self.operation.id
        );
        self.path = self.path.replacen(&place, &encode(value), 1);
    }

    fn set(&mut self, name: &'static str, values: Vec<String>) {
        self.query.retain(|(set, _)| *set != name);
        self.query
            .extend(values.into_iter().map(|value| (name, value)));
    }

    fn carry(&mut self, body: &dyn Body) {
        match body.validate() {
            Ok(()) => self.body = Some(body.value().to_string().into()),
            Err(error) => self.refuse(error),
        }
    }

    fn refuse(&mut self, error: InvalidArgument) {
        self.refused.get_or_insert(error);
    }

    /// Whether the status of the answer was asked to be put into its body.
    pub(crate) fn enveloped(&self) -> bool {
        self.value("envelope") == Some("true")
    }
}

/// What the content of a success is read as: a type of the wire, or `()` where none is expected.
pub(crate) trait Content: Sized {
    fn read(
        operation: &Operation,
        enveloped: bool,
        answer: &Answer,
    ) -> Result<(StatusCode, Self), Error>;
}

impl<T: Member + Blank> Content for T {
    fn read(
        operation: &Operation,
        enveloped: bool,
        answer: &Answer,
    ) -> Result<(StatusCode, Self), Error> {
        let mut value = T::BLANK;
        read::content(operation, enveloped, answer, &mut value).map(|status| (status, value))
    }
}

impl Content for () {
    fn read(
        operation: &Operation,
        enveloped: bool,
        answer: &Answer,
    ) -> Result<(StatusCode, Self), Error> {
        read::nothing(operation, enveloped, answer).map(|status| (status, ()))
    }
}

/// The operation and its path: not the body, nor the query, which are nobody's business but the caller's.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.id)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Everything but the characters that never need escaping (RFC 3986, section 2.3).
fn encode(text: &str) -> Cow<'_, str> {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    // Most texts have none, and stay as they are.
    utf8_percent_encode(text, RESERVED).into()
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::{Value, json};

    use super::*;
    use crate::check;
    use crate::cluster_name::ClusterName;
    use crate::loopback::{Loopback, answer};
    use crate::object_id::ObjectId;
    use crate::objects::body;
    use crate::operation::Effect;

    const ID: &str = "32b6e34b3d91647abb20e7b8";

    static TAKE: Operation = Operation {
        id: "take",
        method: Method::POST,
        path: "/api/groups/{groupId}/clusters/{clusterName}/snapshots/{label}",
        accept: "application/vnd.atlas.2023-01-01+json",
        content_type: Some("application/vnd.atlas.2024-08-05+json"),
        effect: Effect::Create,
    };

    static LIST: Operation = Operation {
        id: "list",
        method: Method::GET,
        path: "/api/list",
        accept: "application/json",
        content_type: None,
        effect: Effect::Read,
    };

    body! {
        /// What to take.
        #[derive(Default)]
        pub struct Ask {
            /// Days.
            #[wire("days")]
            pub days: Option<i64>,
        }
    }

    impl Ask {
        /// One rule.
        pub fn validate(&self) -> Result<(), InvalidArgument> {
            check::minimum("days", self.days, 1)
        }
    }

    fn client(url: &str) -> Client {
        Client::builder().base_url(url).build().unwrap()
    }

    fn take(client: &Client) -> Request {
        Request::new(client, &TAKE)
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
        Request::new(&client(&server.url), &LIST)
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
        assert!(request.target().ends_with("/snapshots/a"));
        let request = Request::new(&client, &TAKE)
            .path::<String>("label", "a/b?c#d%2e {groupId}é~-._")
            .query("q", "a&b=c d+é/?");
        assert!(request.target().ends_with(
            "/a%2Fb%3Fc%23d%252e%20%7BgroupId%7D%C3%A9~-._?q=a%26b%3Dc%20d%2B%C3%A9%2F%3F"
        ));
    }

    #[test]
    fn query_parameters_are_set_not_piled_up() {
        let request = Request::new(&client("http://127.0.0.1:1"), &LIST);
        assert_eq!(request.target(), "/api/list");
        let request = request
            .query("a", 1)
            .query("b", true)
            .query("a", 2)
            .query("c", &["x", "y"][..]);
        assert_eq!(request.target(), "/api/list?b=true&a=2&c=x&c=y");
        assert_eq!(
            request.query("c", &[] as &[i64]).target(),
            "/api/list?b=true&a=2"
        );
    }

    #[tokio::test]
    async fn a_refused_argument_is_told_and_nothing_is_sent() {
        let server = Loopback::json("200 OK", "1");
        let client = client(&server.url);
        let start = || Request::new(&client, &TAKE);
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
                start().check(check::maximum("pageNum", 9, 1)),
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
        let list = || Request::new(&client, &LIST);
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
        let response = Request::new(&client, &LIST).send::<()>().await.unwrap();
        assert_eq!(
            (
                response.status().as_u16(),
                response.headers()["x-id"].to_str().unwrap()
            ),
            (204, "7")
        );
        for status in [202, 200] {
            assert_eq!(
                Request::new(&client, &LIST)
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
        let place = |request: &Request| request.body.as_ref().map(|body| body.as_ptr());
        assert!(place(&request).is_some());
        assert_eq!(place(&request.clone()), place(&request));
    }

    #[test]
    fn a_call_can_be_spawned() {
        fn check(_: impl Future<Output = Result<Response<Value>, Error>> + Send + 'static) {}
        check(Request::new(&client("http://127.0.0.1:1"), &LIST).send::<Value>());
    }
}
