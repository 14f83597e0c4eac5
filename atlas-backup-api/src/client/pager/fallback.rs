//! A second list to go on with, where the first does not settle which of two lists has the items.

use http::StatusCode;

use super::Pager;
use crate::error::Error;

/// The list of the other kind of cluster, while it may still be needed.
pub(super) struct Fallback<T> {
    /// Its first page; None once it is being read.
    pager: Option<Box<Pager>>,
    /// Whether an item tells that the list which brought it is the right one.
    settles: fn(&T) -> bool,
    /// Whether the first list has brought an item that settles nothing.
    came: bool,
    /// How the first list was refused: told at the end, if the other one is empty.
    refusal: Option<Error>,
    /// See [`Items::ignore_refusals`](super::Items::ignore_refusals).
    ignore_refusals: bool,
}

impl<T> Fallback<T> {
    pub(super) fn new(pager: Box<Pager>, settles: fn(&T) -> bool) -> Self {
        Fallback {
            pager: Some(pager),
            settles,
            came: false,
            refusal: None,
            ignore_refusals: false,
        }
    }

    pub(super) fn ignore_refusals(self) -> Self {
        Fallback {
            ignore_refusals: true,
            ..self
        }
    }

    /// Takes notice of a page, and says whether the list it belongs to is known to be the right one.
    pub(super) fn is_settled_by(&mut self, items: &[T]) -> bool {
        self.came |= !items.is_empty();
        if self.pager.is_some() {
            items.iter().any(self.settles)
        } else {
            !items.is_empty()
        }
    }

    /// The first list has ended, with a page that this pager brought: the other one leaves out what has come already.
    pub(super) fn first_ended(&mut self, first: Pager) {
        if let Some(pager) = &mut self.pager {
            pager.seen = first.seen;
        }
    }

    /// Keeps a refusal to go on with the other list, or to end as if the list had been empty. Any other is handed back, to be told.
    pub(super) fn refused(&mut self, error: Error) -> Result<(), Error> {
        if self.pager.is_some() {
            // Once it has brought items, it cannot be the wrong list.
            if self.came || !is_wrong_kind(&error) {
                return Err(error);
            }
            self.refusal = Some(error);
            return Ok(());
        }
        // The first list was answered, so the cluster exists and may be read: what is refused is the list that it does not have.
        let is_explained =
            is_wrong_kind(&error) || self.ignore_refusals && is_bad_or_missing(&error);
        if self.refusal.is_none() && is_explained {
            Ok(())
        } else {
            Err(error)
        }
    }

    /// The other list, once; after it the refusal of the first one, if there is one to tell.
    pub(super) fn go_on(&mut self) -> Option<Result<Box<Pager>, Error>> {
        match self.pager.take() {
            Some(pager) => Some(Ok(pager)),
            None => self
                .refusal
                .take()
                .filter(|_| !self.ignore_refusals)
                .map(Err),
        }
    }
}

/// Whether Atlas says that the call is meant for clusters of another kind. `INCORRECT_BACKUP_API_ENDPOINT` is in Atlas's list of error codes
/// and names the right call; `CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API` and its like were seen in answers.
fn is_wrong_kind(error: &Error) -> bool {
    let is_one = |code: &str| {
        code == "INCORRECT_BACKUP_API_ENDPOINT"
            || code.starts_with("CANNOT_USE_") && code.ends_with("_API")
    };
    matches!(error, Error::Api(_)) && error.error_code().is_some_and(is_one)
}

/// Whether Atlas says in any words that there is no such list.
fn is_bad_or_missing(error: &Error) -> bool {
    let status = error.status();
    matches!(error, Error::Api(_))
        && !error.is_rate_limited()
        && matches!(
            status,
            Some(StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND)
        )
}
