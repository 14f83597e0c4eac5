//! Calls of any path, for what this crate has no method for.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;

use http::{HeaderValue, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::client::Client;
use crate::client::call::Call;
use crate::client::pager::{Items, Pager};
use crate::config::call_options::CallOptions;
use crate::error::Error;
use crate::error::invalid_argument::InvalidArgument;
use crate::pipeline::decode;
use crate::pipeline::exchange::RawResponse;
use crate::pipeline::operation::Idempotency;
use crate::pipeline::request::Request;
use crate::pipeline::response::Response;
use crate::pipeline::retry;
use crate::pipeline::route::Route;

impl Client {
    /// Calls any path of the API, for what this crate has no method for.
    ///
    /// The call has the client's authentication, retries, timeouts, limits and errors. The path
    /// begins at the host of the base URL; its parameters stand in braces, as in the documentation
    /// of Atlas, and get their values from [`RawCall::path`].
    ///
    /// ```no_run
    /// use atlas_backup_api::{Client, Method, Value};
    ///
    /// # async fn run(client: Client) -> Result<(), atlas_backup_api::Error> {
    /// let access = client
    ///     .call(Method::GET, "/api/atlas/v2/groups/{groupId}/accessList/{entryValue}/status")
    ///     .version("2023-01-01")
    ///     .path("groupId", "32b6e34b3d91647abb20e7b8")
    ///     .path("entryValue", "192.0.2.0/24")
    ///     .send::<Value>()
    ///     .await?;
    /// println!("{}", access["STATUS"]);
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn call(&self, method: Method, path: impl Into<Cow<'static, str>>) -> RawCall {
        RawCall::new(self, method, path.into())
    }
}

/// A call of any path, not yet sent: see [`Client::call`]. `.await` of it does what
/// [`send::<Value>()`](Self::send) does.
///
/// Nothing is checked against a document. Of the rules for arguments, two hold: the path reaches
/// Atlas as it is written, and no value of a path parameter is empty, `.` or `..`.
///
/// A GET, HEAD or OPTIONS changes nothing, and a PUT or DELETE can be sent twice, so they are retried
/// after any transient failure. Any other method is taken for *creating* (see
/// [retries](crate::docs::retries)), unless [`idempotent`](Self::idempotent) says
/// otherwise.
#[derive(Clone)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct RawCall {
    call: Call,
    /// Whether the program has set a version.
    has_version: bool,
    /// Whether the program has set the header `Accept`, which a version does not replace.
    has_accept: bool,
}

impl RawCall {
    #[inline]
    fn new(client: &Client, method: Method, path: Cow<'static, str>) -> Self {
        let route = Route::raw(method, path);
        let path = route.check_path();
        let mut call = Call {
            client: client.clone(),
            request: Request::new(route),
        };
        call.request.check(path);
        RawCall {
            call,
            has_version: false,
            has_accept: false,
        }
    }

    /// Sets the version of the API: the date of the operation in the documentation of Atlas, such
    /// as `2024-08-05`, or `preview`. Each operation has dates of its own. Every call of API v2 needs one
    /// ([documentation](https://www.mongodb.com/docs/atlas/api/versioned-api-overview/)); API v1.0
    /// has none.
    #[inline]
    pub fn version(mut self, version: &str) -> Self {
        let accept = self.call.request.route.accept.clone();
        self.call = self.call.version(version);
        if self.has_accept {
            self.call.request.route.accept = accept;
        }
        self.has_version = true;
        self
    }

    /// Sets the header `Accept`, for a response that is not JSON:
    /// `application/vnd.atlas.2023-02-01+gzip`. It takes precedence over the version, whichever is
    /// set first. Read such a response with [`send_bytes`](Self::send_bytes).
    #[inline]
    pub fn accept(mut self, media_type: &str) -> Self {
        match HeaderValue::try_from(media_type) {
            Ok(value) => self.call.request.route.accept = value,
            Err(_) => self.refuse(InvalidArgument::new(
                "accept",
                format_args!("{media_type:?}"),
                "must be a media type",
            )),
        }
        self.has_accept = true;
        self
    }

    /// Sets a parameter of the path, such as `&project.id`. The value becomes one segment: slashes
    /// and other reserved characters in it are percent-encoded.
    #[inline]
    pub fn path(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.call.request.fill(name, &value.to_string());
        self
    }

    /// Sets a parameter of the query; a later value replaces an earlier one.
    #[inline]
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl fmt::Display) -> Self {
        self.call.request.set(name.into(), vec![value.to_string()]);
        self
    }

    /// Sets a parameter of the query to a list: one `name=value` for each item.
    #[inline]
    pub fn query_list<V: fmt::Display>(
        mut self,
        name: impl Into<Cow<'static, str>>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(|value| value.to_string());
        self.call.request.set(name.into(), values.collect());
        self
    }

    /// Sets the body. The rules of a request type of this crate are not checked: call its
    /// `validate` first.
    #[inline]
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => self.call.request.body = Some(json.into()),
            Err(error) => self.refuse(InvalidArgument::refused("body", &error)),
        }
        self
    }

    /// States that sending the request twice has the same effect as sending it once, so that it is
    /// retried like a PUT. Say so only of an operation that is documented like that.
    #[inline]
    pub fn idempotent(mut self) -> Self {
        let idempotency = &mut self.call.request.route.idempotency;
        if *idempotency == Idempotency::NotIdempotent {
            *idempotency = Idempotency::Idempotent;
        }
        self
    }

    /// Sets options for this call alone: how often it is retried, and how long it may take.
    #[inline]
    pub fn options(mut self, options: CallOptions) -> Self {
        self.call = self.call.options(options);
        self
    }

    /// Sends the request and decodes the response, into [`Value`], a type of this crate, or any type
    /// of the program that serde can deserialize. `()` accepts every response body.
    ///
    /// # Errors
    ///
    /// Fails as every call does. If the response does not fit `T`, the error ([`Error::Decode`])
    /// says where and what was expected, but no value of the response.
    #[inline]
    pub async fn send<T: DeserializeOwned + 'static>(self) -> Result<Response<T>, Error> {
        let call = self.ready();
        let (name, enveloped) = (call.request.route.name.clone(), call.request.enveloped());
        let raw = exchange(call).await?;
        let (status, value) = decode::raw(&name, enveloped, &raw)?;
        Ok(Response::of(status, raw.headers, value))
    }

    /// Sends the request and returns the body of the response as it came.
    ///
    /// # Errors
    ///
    /// Fails as every call does. A body longer than
    /// [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes) is an error.
    #[inline]
    pub async fn send_bytes(self) -> Result<Response<Vec<u8>>, Error> {
        let call = self.ready();
        let (name, enveloped) = (call.request.route.name.clone(), call.request.enveloped());
        let raw = exchange(call).await?;
        let status = decode::nothing(&name, enveloped, &raw)?;
        Ok(Response::of(status, raw.headers, raw.body))
    }

    /// Returns a stream of all items of a list, fetched page by page: see [`Items`]. The response
    /// must be an object with a list `results`, as all lists of Atlas that have pages.
    ///
    /// Items with the same `id`, or without one and equal, are taken for the same item, also on one
    /// page: only the first is returned. `null` is no item.
    ///
    /// Each page is a request, so a call that is not safe to send twice is an error
    /// ([`Error::InvalidArgument`]).
    #[inline]
    pub fn stream<T: DeserializeOwned>(mut self) -> Items<T> {
        if self.call.request.route.idempotency == Idempotency::NotIdempotent {
            self.refuse(InvalidArgument::without_value(
                "method",
                "a list takes a request for each page: use GET, or say that the call is `idempotent`",
            ));
        }
        Items::of_raw_call(Pager::new(self.ready()).numbered().counted())
    }

    #[inline]
    fn refuse(&mut self, error: InvalidArgument) {
        self.call.request.check(Err(error));
    }

    /// Checks what can only be checked once everything is set.
    #[inline]
    fn ready(mut self) -> Call {
        let request = &self.call.request;
        let missing = if let Some(name) = request.unfilled() {
            Some(InvalidArgument::without_value(
                name,
                "has no value: set it with `path`",
            ))
        } else if is_versioned(&request.route.path) && !self.has_version && !self.has_accept {
            Some(InvalidArgument::without_value(
                "version",
                "is not set: every call of API v2 has a version, such as 2024-08-05",
            ))
        } else {
            None
        };
        if let Some(error) = missing {
            self.refuse(error);
        }
        self.call
    }
}

/// Whether the path is one of API v2, each operation of which has versions.
#[inline]
fn is_versioned(path: &str) -> bool {
    let rest = path.strip_prefix("/api/atlas/v2");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[inline]
async fn exchange(call: Call) -> Result<RawResponse, Error> {
    retry::send(call.client.context().clone(), call.request).await
}

/// Awaiting the call sends it and decodes the response into a [`Value`].
impl IntoFuture for RawCall {
    type Output = Result<Response<Value>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// Prints the method and the path, but neither query nor body.
impl fmt::Debug for RawCall {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}
