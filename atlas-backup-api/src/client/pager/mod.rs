//! Lists, item by item.

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
use crate::pipeline::retry;
use crate::wire::field::{Empty, Field, List, View, items};
use futures_core::Stream;

use fallback::Fallback;

/// What Atlas takes at most for one page.
const ITEMS_PER_PAGE: i64 = 500;

/// The items of a list, each once, fetched page by page as they are asked for.
///
/// Made by `stream` of a call that lists things:
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
/// It is a [`Stream`] too, for the combinators of the `futures` crate.
///
/// - A page has 500 items unless the call says otherwise, and is fetched when the one before is used up. Each is a call of its own,
///   with the retries and timeouts of the call. `page_num` says where to begin.
/// - An item that a page brings again, because new ones have come in before it, is left out. One that moves to an earlier page, because
///   others were deleted meanwhile, is missed: no paging by number can tell.
/// - It ends at a page whose links say that there is no `next`, or without items, whatever `totalCount` says, and after an error.
/// - Where Atlas takes too long to count the items of a large list (`TIMEOUT_WHILE_PAGING`), the list goes on uncounted.
#[must_use = "nothing is fetched before `next`"]
pub struct Items<T> {
    state: State,
    /// The items of a page as a list of any items: the code that reads pages is not generic.
    as_list: fn(&mut Vec<T>) -> &mut dyn List,
    /// What is left of the page that came last, from its end.
    ready: Vec<T>,
    /// The list to go on with, where this one may be the wrong one.
    other: Option<Box<Fallback<T>>>,
}

impl<T> Items<T> {
    pub(crate) fn new(pager: Box<Pager>) -> Self
    where
        T: Field + Empty,
    {
        Items::begin(State::Idle(pager))
    }

    fn begin(state: State) -> Self
    where
        T: Field + Empty,
    {
        Items {
            state,
            as_list: |items| items,
            ready: Vec::new(),
            other: None,
        }
    }

    /// A list that could not be asked for.
    #[cfg(feature = "v2")]
    pub(crate) fn failed(error: Error) -> Self
    where
        T: Field + Empty,
    {
        Items::begin(State::Failed(Box::new(error)))
    }

    /// Goes on with another list, unless an item of this one `settles` that this is the right one.
    #[cfg(feature = "v2")]
    pub(crate) fn or_fallback(self, other: Box<Pager>, settles: fn(&T) -> bool) -> Self {
        Items {
            other: Some(Box::new(Fallback::new(other, settles))),
            ..self
        }
    }

    /// For a caller who asks Atlas for something else next, and is told by that what is wrong: of two lists that have nothing, it need not
    /// know why.
    #[cfg(feature = "v2")]
    pub(crate) fn ignore_refusals(mut self) -> Self {
        self.other = self.other.map(|other| Box::new(other.ignore_refusals()));
        self
    }

    /// The next item; None after the last, and after an error.
    ///
    /// It may be dropped while it waits: nothing is lost, and the next call goes on.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// All items that are left.
    ///
    /// # Errors
    /// The first error, and with it none of the items.
    pub async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }

    /// Reads a page, and takes what is new in it.
    fn take(&mut self, mut pager: Box<Pager>, raw: RawResponse) -> Result<(), Error> {
        let mut page = Vec::new();
        let is_last = page::read(&pager.call.request, &raw, (self.as_list)(&mut page))?;
        let keys = keys((self.as_list)(&mut page));
        let mut is_new = keys.iter().map(|key| pager.seen.insert(key.clone()));
        page.retain(|_| is_new.next().unwrap_or(true));
        drop(is_new);
        page.reverse();
        self.ready = page;
        if self
            .other
            .as_mut()
            .is_some_and(|other| other.is_settled_by(&self.ready))
        {
            self.other = None;
        }
        if !is_last && pager.goes_on(keys) {
            self.state = State::Idle(pager);
        } else if let Some(other) = &mut self.other {
            other.first_ended(*pager);
        }
        Ok(())
    }

    /// Ends the list that failed. The error comes back where it is to be told.
    fn fail(&mut self, error: Error) -> Result<(), Error> {
        let told = match &mut self.other {
            Some(other) => other.refused(error),
            None => Err(error),
        };
        if told.is_err() {
            self.other = None;
        }
        told
    }
}

/// What tells each item from others: its id, or all of it if it has none.
fn keys(list: &dyn List) -> Vec<String> {
    let key = |item: View<'_>| match &item {
        View::Object(object) => object.identity().unwrap_or_else(|| item.to_json()),
        _ => item.to_json(),
    };
    items(list).map(|item| key(item.view())).collect()
}

/// Nothing in it is pinned.
impl<T> Unpin for Items<T> {}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

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
                State::Ended => match self.other.as_mut().and_then(|other| other.go_on()) {
                    Some(Ok(pager)) => self.state = State::Idle(pager),
                    ended => return Poll::Ready(ended.and_then(Result::err).map(Err)),
                },
            }
        }
    }
}

/// What it lists; no item.
impl<T> fmt::Debug for Items<T> {
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

/// Where in a list we are. Not generic: a client has some thirty lists.
pub(crate) struct Pager {
    call: Call,
    /// The page to fetch next, where pages have numbers.
    number: Option<i64>,
    /// Whether Atlas is asked to count all items.
    counted: bool,
    /// What tells the items so far from others.
    seen: HashSet<String>,
    /// The same, of the last page in its order.
    before: Vec<String>,
    /// How many times in a row the last page has come again.
    again: u32,
}

impl Pager {
    pub(crate) fn new(call: Call) -> Box<Self> {
        Box::new(Pager {
            call,
            number: None,
            counted: false,
            seen: HashSet::new(),
            before: Vec::new(),
            again: 0,
        })
    }

    /// The operation numbers its pages. Without it, the whole list is one page.
    pub(crate) fn numbered(mut self: Box<Self>) -> Box<Self> {
        self.number = Some(
            self.call
                .request
                .value("pageNum")
                .and_then(|number| number.parse().ok())
                .unwrap_or(1),
        );
        if self.call.request.value("itemsPerPage").is_none() {
            self.call.request.set_query("itemsPerPage", ITEMS_PER_PAGE);
        }
        self
    }

    /// The operation counts all items unless told not to.
    pub(crate) fn counted(mut self: Box<Self>) -> Box<Self> {
        self.counted = self.call.request.value("includeCount") != Some("false");
        self
    }

    async fn fetch(mut self: Box<Self>) -> Fetched {
        if let Some(number) = &mut self.number {
            self.call.request.set_query("pageNum", *number);
            *number += 1;
        }
        let mut page = self.page().await;
        if self.counted
            && page
                .as_ref()
                .is_err_and(|error| error.error_code() == Some("TIMEOUT_WHILE_PAGING"))
        {
            self.counted = false;
            self.call.request.set_query("includeCount", false);
            page = self.page().await;
        }
        (self, page)
    }

    async fn page(&self) -> Result<RawResponse, Error> {
        let Call { client, request } = &self.call;
        let raw = retry::send(client.context().clone(), request.clone()).await?;
        page::check(request, raw)
    }

    /// Whether there is a page after the one with these items. The very same page again means that as many new items have come in before
    /// it, or that its number is not heeded; the third time it is taken for the latter.
    fn goes_on(&mut self, keys: Vec<String>) -> bool {
        self.again = if keys == self.before {
            self.again + 1
        } else {
            0
        };
        self.before = keys;
        self.number.is_some() && !self.before.is_empty() && self.again < 2
    }
}
