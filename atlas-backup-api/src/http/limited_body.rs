//! Reads a response body up to a limit.
//!
//! The server may not be Atlas, and may send without end. Memory is allocated for the bytes
//! received, not for the announced length.

use reqwest::Response;

/// What was received of a body.
pub(crate) struct LimitedBody {
    pub(crate) bytes: Vec<u8>,
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

/// Reads at most `limit` bytes. It does not wait for further bytes: dropping the response closes
/// the connection.
pub(crate) async fn read(limit: usize, mut response: Response) -> LimitedBody {
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
    LimitedBody { bytes, end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loopback::{Loopback, answer};

    #[tokio::test]
    async fn a_body_is_whole_up_to_the_limit_and_not_beyond() {
        for (limit, read_text, is_complete) in [
            (0, "", false),
            (3, "abc", false),
            (4, "abcd", true),
            (5, "abcd", true),
        ] {
            let server = Loopback::answering([answer("200 OK", "", "abcd")]);
            let received = read(limit, get(&server).await).await;
            assert_eq!(
                (
                    received.bytes.as_slice(),
                    matches!(received.end, End::Complete)
                ),
                (read_text.as_bytes(), is_complete),
                "{limit}"
            );
        }
        let server = Loopback::answering([answer("200 OK", "", "")]);
        let received = read(0, get(&server).await).await;
        assert!(matches!(received.end, End::Complete), "nothing came");
    }

    #[tokio::test]
    async fn what_came_of_a_broken_body_is_kept() {
        let server = Loopback::answering(["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabcd"]);
        let received = read(9, get(&server).await).await;
        assert!(matches!(received.end, End::Lost(_)));
        assert_eq!(received.bytes, b"abcd");
    }

    async fn get(server: &Loopback) -> Response {
        reqwest::get(&server.url).await.unwrap()
    }
}
