//! One attempt: an exchange with the API, signed, and a second one where the first was asked for other credentials.

use std::pin::Pin;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

#[cfg(feature = "digest")]
use crate::api_error::ApiError;
use crate::auth::{Auth, ServiceAccount};
#[cfg(feature = "digest")]
use crate::auth::{AuthError, Digest, Nonce};
use crate::client::Shared;
use crate::connection_error::ConnectionError;
use crate::deadline::Deadline;
use crate::decode_error::DecodeError;
use crate::error::Error;
use crate::rate_limit::RateLimit;
use crate::receive;
use crate::request::Request;
use crate::transport::Answer;

/// How much is read of an answer that is no success. An error of Atlas is a few hundred bytes, and of anything longer no more than an
/// excerpt is told.
const LONGEST_FAILURE: usize = 256 * 1024;

/// What came of an attempt.
pub(crate) struct Attempted {
    pub(crate) outcome: Result<Answer, Error>,
    /// Whether it ended with a request that was not signed, although the client has an API key, as no challenge had come yet. Atlas lets
    /// none of these in, so that nothing was done, whatever became of the answer.
    pub(crate) unsigned: bool,
}

impl Attempted {
    fn signed(outcome: Result<Answer, Error>) -> Self {
        Attempted {
            outcome,
            unsigned: false,
        }
    }
}

/// Sends a request once, whatever it takes to be let in.
pub(crate) async fn attempt(client: &Shared, request: &Request, deadline: Deadline) -> Attempted {
    let attempt = Attempt {
        client,
        request,
        deadline,
        target: request.target(),
    };
    // A place is given back between attempts: a call that waits keeps nobody from calling.
    let _place = match &client.places {
        Some(places) => match attempt
            .wait_for("place among the calls under way", places.acquire())
            .await
        {
            Ok(place) => Some(place),
            Err(error) => return Attempted::signed(Err(error)),
        },
        None => None,
    };
    match &client.auth {
        Auth::Nothing => Attempted::signed(attempt.exchange(None).await.map_err(Error::from)),
        #[cfg(feature = "digest")]
        Auth::Digest(key) => attempt.with_digest(key).await,
        Auth::ServiceAccount(account) => Attempted::signed(attempt.with_token(account).await),
        Auth::Token(token) => Attempted::signed(
            attempt
                .exchange(Some(token.clone()))
                .await
                .map_err(Error::from),
        ),
    }
}

/// Why an exchange brought no answer.
struct Broken {
    error: Error,
    /// Whether the answer had begun as a success: whoever sent that has let the request in.
    #[cfg_attr(
        not(feature = "digest"),
        allow(
            dead_code,
            reason = "only what is sent unsigned first may not be let in"
        )
    )]
    let_in: bool,
}

impl From<Broken> for Error {
    fn from(broken: Broken) -> Self {
        broken.error
    }
}

struct Attempt<'a> {
    client: &'a Shared,
    request: &'a Request,
    deadline: Deadline,
    /// Path and query, escaped: what is signed, and what is sent. Parsing it as part of a URL changes nothing in it.
    target: String,
}

impl Attempt<'_> {
    /// The nonce that served last is tried first. What a 401 offers is used once: a stale nonce is replaced unseen, and wrong
    /// keys are refused twice, not for ever. Each request in flight owns its nonce, and one that is lost on the way is gone.
    #[cfg(feature = "digest")]
    async fn with_digest(&self, key: &Digest) -> Attempted {
        let mut nonce = key.take();
        let signed = nonce.as_mut().and_then(|nonce| self.sign(key, nonce));
        let unsigned = signed.is_none();
        let answer = match self.exchange(signed).await {
            Err(broken) => {
                return Attempted {
                    outcome: Err(broken.error),
                    unsigned: unsigned && !broken.let_in,
                };
            }
            Ok(answer) if answer.status == StatusCode::UNAUTHORIZED => {
                return Attempted::signed(self.meet_challenge(key, answer).await);
            }
            Ok(answer) => answer,
        };
        if let Some(nonce) = nonce {
            key.put_back(nonce);
        }
        Attempted {
            unsigned: unsigned && !answer.status.is_success(),
            outcome: Ok(answer),
        }
    }

    #[cfg(feature = "digest")]
    async fn meet_challenge(&self, key: &Digest, refusal: Answer) -> Result<Answer, Error> {
        let offered = Nonce::offered(&refusal.headers);
        let signed =
            offered.and_then(|mut nonce| self.sign(key, &mut nonce).map(|signed| (nonce, signed)));
        let Some((nonce, signed)) = signed else {
            let operation = self.request.operation;
            let refusal = ApiError::of(operation, refusal.status, &refusal.headers, &refusal.body);
            let hint =
                "the client has an API key, and the answer holds no Digest challenge it can meet";
            return Err(AuthError::refused(operation, refusal, hint).into());
        };
        let answer = self.exchange(Some(signed)).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            key.put_back(nonce);
        }
        Ok(answer)
    }

    #[cfg(feature = "digest")]
    fn sign(&self, key: &Digest, nonce: &mut Nonce) -> Option<HeaderValue> {
        key.sign(nonce, &self.request.operation.method, &self.target)
    }

    /// A token that is refused is replaced once: it may have been revoked.
    async fn with_token(&self, account: &ServiceAccount) -> Result<Answer, Error> {
        let token = self.token(account, None).await?;
        let answer = self.exchange(Some(token.clone())).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let token = self.token(account, Some(&token)).await?;
        Ok(self.exchange(Some(token)).await?)
    }

    async fn token(
        &self,
        account: &ServiceAccount,
        refused: Option<&HeaderValue>,
    ) -> Result<HeaderValue, Error> {
        let token = Box::pin(account.token(self.client, self.deadline, refused));
        Ok(self
            .wait_for("token", token)
            .await?
            .map_err(|error| error.of(self.request.operation))?)
    }

    /// Waits for others in this process, and no longer than the whole call may take.
    async fn wait_for<T>(
        &self,
        what: &'static str,
        work: impl Future<Output = T>,
    ) -> Result<T, Error> {
        let outcome = self.deadline.bound(&*self.client.clock, work).await;
        outcome.map_err(|_passed| ConnectionError::waited_for(what, self.request.operation).into())
    }

    /// One exchange with the server. Boxed, as each place that waits for one would otherwise make room for its own: 7 KB
    /// altogether, which costs more to set aside for every call than this does.
    fn exchange(
        &self,
        authorization: Option<HeaderValue>,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Broken>> + Send + '_>> {
        let (client, operation) = (self.client, self.request.operation);
        let url = format!("{}{}", client.base_url.as_str(), self.target);
        let mut http = client
            .http
            .request(operation.method.clone(), url)
            .header(ACCEPT, operation.accept);
        if let Some(body) = &self.request.body {
            http = http
                .header(
                    CONTENT_TYPE,
                    operation.content_type.unwrap_or("application/json"),
                )
                .body(body.clone());
        }
        // The URL is the base URL's, and redirects are not followed: this goes nowhere else.
        if let Some(authorization) = authorization {
            http = http.header(AUTHORIZATION, authorization);
        }
        // Set here and not for the whole pool: one call may have another than the client.
        let timeout = self
            .request
            .options
            .attempt_timeout
            .unwrap_or(client.attempt_timeout);
        let http = http.timeout(timeout.min(self.deadline.left(&*client.clock)));
        let limit = self
            .request
            .options
            .max_response_bytes
            .unwrap_or(client.max_response_bytes);
        Box::pin(async move {
            let lost = |let_in| {
                move |error| Broken {
                    error: ConnectionError::new(operation, error).into(),
                    let_in,
                }
            };
            let mut response = http.send().await.map_err(lost(false))?;
            let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
            client.note_rate_limit(RateLimit::read(operation.id, status, &headers));
            if !status.is_success() {
                let body = receive::up_to(LONGEST_FAILURE, response)
                    .await
                    .map_err(lost(false))?
                    .bytes;
                return Ok(Answer {
                    status,
                    headers,
                    body,
                });
            }
            let too_long = || Broken {
                error: DecodeError::too_long(operation, status, limit).into(),
                let_in: true,
            };
            if response
                .content_length()
                .is_some_and(|announced| announced > limit as u64)
            {
                return Err(too_long());
            }
            let received = receive::up_to(limit, response).await.map_err(lost(true))?;
            if received.is_whole {
                Ok(Answer {
                    status,
                    headers,
                    body: received.bytes,
                })
            } else {
                Err(too_long())
            }
        })
    }
}
