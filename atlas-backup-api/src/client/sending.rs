//! The future of a call.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use crate::client::call::Call;
use crate::error::{Error, OperationName};
use crate::pipeline::decode::Content;
use crate::pipeline::exchange::RawResponse;
use crate::pipeline::response::Response;
use crate::pipeline::retry;

/// A call that is being sent. Its output is the response, or why there is none.
///
/// Nothing is sent before it is polled, for example by `.await`. Dropping it gives the call up:
/// what Atlas has received by then it may still carry out.
//
// A type of its own rather than an `async fn`: the compiler proves once that it may move between
// threads, and not for each operation.
#[must_use = "nothing is sent before `.await`"]
pub struct Sending<T> {
    answer: Pin<Box<dyn Future<Output = Result<RawResponse, Error>> + Send>>,
    operation: OperationName,
    enveloped: bool,
    content: PhantomData<fn() -> T>,
}

impl<T> Sending<T> {
    pub(crate) fn new(call: Call) -> Self {
        Sending {
            operation: call.request.route.name.clone(),
            enveloped: call.request.enveloped(),
            answer: retry::send(call.client.context().clone(), call.request),
            content: PhantomData,
        }
    }
}

#[allow(private_bounds, reason = "only generated code makes such a future")]
impl<T: Content> Future for Sending<T> {
    type Output = Result<Response<T>, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(self.answer.as_mut().poll(context))?;
        let (status, content) = T::read(&self.operation, self.enveloped, &answer)?;
        Poll::Ready(Ok(Response::of(status, answer.headers, content)))
    }
}

/// Prints the operation.
impl<T> fmt::Debug for Sending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sending").field(&self.operation).finish()
    }
}
