//! Reads a response body up to a limit.
//!
//! The server may not be Atlas, and may send without end. Memory is allocated for the bytes
//! received, not for the announced length.

use reqwest::Response;

/// A body, or the beginning of a body that is longer than the limit.
pub(crate) struct LimitedBody {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_complete: bool,
}

/// Reads at most `limit` bytes. It does not wait for further bytes: dropping the response closes
/// the connection.
pub(crate) async fn read(
    limit: usize,
    mut response: Response,
) -> Result<LimitedBody, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = limit - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            return Ok(LimitedBody {
                bytes,
                is_complete: false,
            });
        }
    }
    Ok(LimitedBody {
        bytes,
        is_complete: true,
    })
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
            let received = read(limit, reqwest::get(&server.url).await.unwrap())
                .await
                .unwrap();
            assert_eq!(
                (received.bytes.as_slice(), received.is_complete),
                (read_text.as_bytes(), is_complete),
                "{limit}"
            );
        }
        let server = Loopback::answering([answer("200 OK", "", "")]);
        assert!(
            read(0, reqwest::get(&server.url).await.unwrap())
                .await
                .unwrap()
                .is_complete,
            "nothing came"
        );
    }
}
