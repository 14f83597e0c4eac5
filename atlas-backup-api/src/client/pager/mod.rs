//! Streams the items of a list.

#[cfg_attr(not(feature = "v2"), allow(dead_code))]
mod fallback;
mod links;
mod page;

use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::client::call::Call;
use crate::error::Error;
use crate::pipeline::exchange::RawResponse;
use crate::pipeline::query::QueryValue;
use crate::pipeline::retry;
use crate::wire::field::{Empty, Field};
use futures_core::Stream;
use serde::de::DeserializeOwned;

use fallback::Fallback;
use page::{Decode, Facts};

/// The largest page size that Atlas accepts.
const ITEMS_PER_PAGE: i64 = 500;

/// The items of a list, each returned once, fetched page by page as the caller reads them.
///
/// Created by the `stream` method of a call that lists things:
///
#[cfg_attr(feature = "v2", doc = "```no_run")]
#[cfg_attr(not(feature = "v2"), doc = "```ignore")]
/// # async fn run(client: atlas_backup_api::Client, project: &str) -> Result<(), atlas_backup_api::Error> {
/// let mut snapshots = client.v2().list_snapshots(project, "orders").stream();
/// while let Some(snapshot) = snapshots.next().await {
///     println!("{}", snapshot?.id);
/// }
/// # Ok(())
/// # }
/// ```
///
/// It also implements [`Stream`], for the combinators of the `futures` crate.
///
/// - A page has 500 items unless the call sets another size, and is fetched when the previous page
///   is used up. Each page is a request of its own, with the retries and timeouts of the call.
///   `page_num` sets the first page.
/// - An item that appears again on a later page, because new items have been inserted before it, is
///   skipped. An item that moves to an earlier page, because others were deleted meanwhile, is
///   missed: paging by number cannot detect this.
/// - The stream ends at a page whose links have no `next`, at a page without items (whatever
///   `totalCount` says), and after an error.
/// - If Atlas takes too long to count the items of a large list (`TIMEOUT_WHILE_PAGING`), the
///   stream continues without the count.
#[must_use = "nothing is fetched before `next`"]
pub struct Items<T> {
    state: State,
    decode: Decode<T>,
    /// The unread items of the last page, in reverse order.
    ready: Vec<T>,
    /// The list to continue with, if this one may be the wrong one.
    fallback: Option<Box<Fallback<T>>>,
}

impl<T> Items<T> {
    #[inline]
    pub(crate) fn new(pager: Box<Pager>) -> Self
    where
        T: Field + Empty,
    {
        Items::begin(State::Idle(pager), page::decode)
    }

    /// The items of a list that this crate does not know.
    #[inline]
    pub(crate) fn of_raw_call(pager: Box<Pager>) -> Self
    where
        T: DeserializeOwned,
    {
        Items::begin(State::Idle(pager), page::decode_raw)
    }

    #[inline]
    fn begin(state: State, decode: Decode<T>) -> Self {
        Items {
            state,
            decode,
            ready: Vec::new(),
            fallback: None,
        }
    }

    /// A list whose request could not be built.
    #[cfg(feature = "v2")]
    #[inline]
    pub(crate) fn failed(error: Error) -> Self
    where
        T: Field + Empty,
    {
        Items::begin(State::Failed(Box::new(error)), page::decode)
    }

    /// Continues with another list, unless an item of this one `settles` that this is the right
    /// list.
    #[cfg(feature = "v2")]
    #[inline]
    pub(crate) fn or_fallback(self, fallback: Box<Pager>, settles: fn(&T) -> bool) -> Self {
        Items {
            fallback: Some(Box::new(Fallback::new(fallback, settles))),
            ..self
        }
    }

    /// Does not report why two empty lists were refused. For a caller whose next request to Atlas
    /// reports the problem anyway.
    #[cfg(feature = "v2")]
    #[inline]
    pub(crate) fn ignore_refusals(mut self) -> Self {
        self.fallback = self
            .fallback
            .map(|fallback| Box::new(fallback.ignore_refusals()));
        self
    }

    /// Returns the next item, or `None` after the last item and after an error.
    ///
    /// The future may be dropped while it is pending: no item is lost, and the next call continues.
    #[inline]
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Returns all remaining items.
    ///
    /// # Errors
    ///
    /// Returns the first error, and then none of the items.
    #[inline]
    pub async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }

    /// Decodes a page and keeps its new items.
    #[inline]
    fn take(&mut self, mut pager: Box<Pager>, raw: RawResponse) -> Result<(), Error> {
        let (mut page, Facts { keys, is_last }) = (self.decode)(&pager.call.request, &raw)?;
        let is_empty = keys.is_empty();
        let mut is_new = pager.note(keys).into_iter();
        page.retain(|_| is_new.next().unwrap_or(true));
        page.reverse();
        self.ready = page;
        if self
            .fallback
            .as_mut()
            .is_some_and(|fallback| fallback.is_decided_by(&self.ready))
        {
            self.fallback = None;
        }
        if !is_last && !is_empty && pager.has_next_page() {
            self.state = State::Idle(pager);
        } else if let Some(fallback) = &mut self.fallback {
            fallback.first_ended(*pager);
        }
        Ok(())
    }

    /// Ends the list that failed. Returns the error if it must be reported.
    #[inline]
    fn fail(&mut self, error: Error) -> Result<(), Error> {
        let told = match &mut self.fallback {
            Some(fallback) => fallback.refused(error),
            None => Err(error),
        };
        if told.is_err() {
            self.fallback = None;
        }
        told
    }
}

/// No field is structurally pinned.
impl<T> Unpin for Items<T> {}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.ready.pop() {
                return Poll::Ready(Some(Ok(item)));
            }
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Idle(pager) => self.state = State::Fetching(Box::pin(pager.fetch())),
                State::Fetching(mut fetch) => {
                    let Poll::Ready((pager, page)) = fetch.as_mut().poll(context) else {
                        self.state = State::Fetching(fetch);
                        return Poll::Pending;
                    };
                    if let Err(error) = page
                        .and_then(|page| self.take(pager, page))
                        .or_else(|error| self.fail(error))
                    {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                State::Failed(error) => return Poll::Ready(Some(Err(*error))),
                State::Ended => match self
                    .fallback
                    .as_mut()
                    .and_then(|fallback| fallback.next_pager())
                {
                    Some(Ok(pager)) => self.state = State::Idle(pager),
                    ended => return Poll::Ready(ended.and_then(Result::err).map(Err)),
                },
            }
        }
    }
}

/// Prints the request or the state, but no items.
impl<T> fmt::Debug for Items<T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Idle(pager) => {
                return f
                    .debug_struct("Items")
                    .field("request", &pager.call)
                    .finish_non_exhaustive();
            }
            State::Fetching(_) => "fetching",
            State::Failed(error) => return write!(f, "Items {{ {error}, .. }}"),
            State::Ended => "ended",
        };
        write!(f, "Items {{ {state}, .. }}")
    }
}

enum State {
    Idle(Box<Pager>),
    Fetching(Pin<Box<dyn Future<Output = Fetched> + Send>>),
    #[cfg_attr(not(feature = "v2"), allow(dead_code))]
    Failed(Box<Error>),
    Ended,
}

type Fetched = (Box<Pager>, Result<RawResponse, Error>);

/// The position in a list. It is not generic, since a client has some thirty lists.
pub(crate) struct Pager {
    call: Call,
    /// The number of the next page, if the operation numbers its pages.
    number: Option<i64>,
    /// Whether Atlas counts all items for each page.
    counted: bool,
    /// The keys of all items so far.
    seen: HashSet<String>,
    /// The keys of the items that another list has returned.
    seen_elsewhere: HashSet<String>,
    /// How many of the last pages, in a row, had only items that were seen.
    repetitions: u32,
}

impl Pager {
    #[inline]
    pub(crate) fn new(call: Call) -> Box<Self> {
        Box::new(Pager {
            call,
            number: None,
            counted: false,
            seen: HashSet::new(),
            seen_elsewhere: HashSet::new(),
            repetitions: 0,
        })
    }

    /// Marks an operation that numbers its pages. For others, the whole list is one page.
    #[inline]
    pub(crate) fn numbered(mut self: Box<Self>) -> Box<Self> {
        self.number = Some(
            self.call
                .request
                .value("pageNum")
                .and_then(|number| number.parse().ok())
                .unwrap_or(1),
        );
        if self.call.request.value("itemsPerPage").is_none() {
            self.call
                .request
                .set("itemsPerPage".into(), ITEMS_PER_PAGE.texts());
        }
        self
    }

    /// Marks an operation that counts all items unless the request turns it off.
    #[inline]
    pub(crate) fn counted(mut self: Box<Self>) -> Box<Self> {
        self.counted = self.call.request.value("includeCount") != Some("false");
        self
    }

    #[inline]
    async fn fetch(mut self: Box<Self>) -> Fetched {
        if let Some(number) = &mut self.number {
            self.call.request.set("pageNum".into(), number.texts());
            *number += 1;
        }
        let mut page = self.page().await;
        if self.counted
            && page
                .as_ref()
                .is_err_and(|error| error.error_code() == Some("TIMEOUT_WHILE_PAGING"))
        {
            self.counted = false;
            self.call.request.set("includeCount".into(), false.texts());
            page = self.page().await;
        }
        (self, page)
    }

    #[inline]
    async fn page(&self) -> Result<RawResponse, Error> {
        let Call { client, request } = &self.call;
        let raw = retry::send(client.context().clone(), request.clone()).await?;
        page::check(request, raw)
    }

    /// Takes note of the items of a page, and returns for each whether it is returned to the caller.
    #[inline]
    fn note(&mut self, keys: Vec<String>) -> Vec<bool> {
        let before = self.seen.len();
        let mut are_new = Vec::new();
        for key in keys {
            let is_elsewhere = self.seen_elsewhere.contains(&key);
            are_new.push(self.seen.insert(key) && !is_elsewhere);
        }
        self.repetitions = if self.seen.len() == before {
            self.repetitions + 1
        } else {
            0
        };
        are_new
    }

    /// Whether there may be a page after the last one. A page of items that were seen means either
    /// that as many new items were inserted before it, or that Atlas ignores the page number; the
    /// second time in a row it is taken for the latter.
    #[inline]
    fn has_next_page(&self) -> bool {
        self.number.is_some() && self.repetitions < 2
    }
}
