//! Sends a request and reads its response, up to a limit.
//!
//! The server may not be Atlas, and may send without end. Memory is allocated for the bytes
//! received, not for the announced length.

use std::pin::Pin;

use http::{HeaderMap, StatusCode};
use reqwest::{RequestBuilder, Response};

/// A response, with what was received of its body.
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
}

/// How a body ended.
pub(crate) enum End {
    /// All of it was received.
    Complete,
    /// It is longer than the limit.
    TooLong,
    /// The connection broke, or the time was over.
    Lost(reqwest::Error),
}

/// The maximum number of bytes that are read of a body.
pub(crate) struct Limits {
    /// Of a response with a success status. Nothing is read of one that announces more.
    pub(crate) success: usize,
    /// Of any other response, of which the beginning is enough.
    pub(crate) failure: usize,
}

/// A future behind a pointer. What holds it neither embeds it nor compiles how its parts are dropped.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends a request and reads its response. It is an error if none began.
///
/// The future is boxed: it is 7 KB long.
pub(crate) fn send(
    request: RequestBuilder,
    limits: Limits,
) -> Boxed<'static, Result<Received, reqwest::Error>> {
    Box::pin(async move {
        let mut response = request.send().await?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let (body, end) = if !status.is_success() {
            read(limits.failure, response).await
        } else if announces_more(&response, limits.success) {
            (Vec::new(), End::TooLong)
        } else {
            read(limits.success, response).await
        };
        Ok(Received {
            status,
            headers,
            body,
            end,
        })
    })
}

fn announces_more(response: &Response, limit: usize) -> bool {
    let length = response.content_length();
    length.is_some_and(|length| length > limit as u64)
}

/// Reads at most `limit` bytes. It does not wait for further bytes: dropping the response closes
/// the connection.
async fn read(limit: usize, mut response: Response) -> (Vec<u8>, End) {
    let mut bytes = Vec::new();
    let end = loop {
        let chunk = match response.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break End::Complete,
            Err(error) => break End::Lost(error),
        };
        let room = limit - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            break End::TooLong;
        }
    };
    (bytes, end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loopback::{Loopback, answer};

    async fn received(status: &str, body: &str, limits: Limits) -> (String, End) {
        let server = Loopback::answering([answer(status, "", body)]);
        let request = reqwest::Client::new().get(&server.url);
        let received = send(request, limits).await.unwrap();
        (String::from_utf8(received.body).unwrap(), received.end)
    }

    #[tokio::test]
    async fn a_body_is_whole_up_to_the_limit_and_not_beyond() {
        for (limit, text, is_complete) in [
            (0, "", false),
            (3, "abc", false),
            (4, "abcd", true),
            (5, "abcd", true),
        ] {
            let limits = Limits {
                success: 9,
                failure: limit,
            };
            let (body, end) = received("400 Bad Request", "abcd", limits).await;
            let is_complete_body = matches!(end, End::Complete);
            assert_eq!((&*body, is_complete_body), (text, is_complete), "{limit}");
        }
        let limits = Limits {
            success: 0,
            failure: 9,
        };
        let (_, end) = received("200 OK", "", limits).await;
        assert!(matches!(end, End::Complete), "nothing came");
    }

    #[tokio::test]
    async fn nothing_is_read_of_a_success_that_announces_more_than_the_limit() {
        let limits = Limits {
            success: 3,
            failure: 9,
        };
        let (body, end) = received("200 OK", "abcd", limits).await;
        assert!(body.is_empty() && matches!(end, End::TooLong));
    }

    #[tokio::test]
    async fn what_came_of_a_broken_body_is_kept() {
        for limit in [9, 90] {
            let server = Loopback::answering(["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabcd"]);
            let limits = Limits {
                success: limit,
                failure: 0,
            };
            let request = reqwest::Client::new().get(&server.url);
            let received = send(request, limits).await.unwrap();
            assert!(matches!(received.end, End::Lost(_)));
            assert_eq!(received.body, b"abcd");
        }
    }
}
