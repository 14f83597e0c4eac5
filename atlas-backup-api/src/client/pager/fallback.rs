//! A second list to read if the first does not settle which of two lists has the items.

use super::Pager;
use crate::error::Error;

/// The list for the other kind of cluster, while it may still be needed.
pub(super) struct Fallback<T> {
    /// The pager of the other list; `None` once that list is being read.
    pager: Option<Box<Pager>>,
    /// Whether an item proves that the list which returned it is the right one.
    decides: fn(&T) -> bool,
    /// Whether the first list has returned an item that does not settle the question.
    had_items: bool,
    /// The error with which Atlas refused the first list. It is returned at the end if the other
    /// list is empty.
    refusal: Option<Error>,
    /// See [`Items::ignore_refusals`](super::Items::ignore_refusals).
    ignore_refusals: bool,
}

impl<T> Fallback<T> {
    #[inline]
    pub(super) fn new(pager: Box<Pager>, decides: fn(&T) -> bool) -> Self {
        Fallback {
            pager: Some(pager),
            decides,
            had_items: false,
            refusal: None,
            ignore_refusals: false,
        }
    }

    #[inline]
    pub(super) fn ignore_refusals(self) -> Self {
        Fallback {
            ignore_refusals: true,
            ..self
        }
    }

    /// Records the items of a page, and returns whether its list is now known to be the right one.
    #[inline]
    pub(super) fn is_decided_by(&mut self, items: &[T]) -> bool {
        self.had_items |= !items.is_empty();
        if self.pager.is_some() {
            items.iter().any(self.decides)
        } else {
            !items.is_empty()
        }
    }

    /// Passes on the items seen in the first list, which ended with this pager, so that the other
    /// list skips them.
    #[inline]
    pub(super) fn first_ended(&mut self, first: Pager) {
        if let Some(pager) = &mut self.pager {
            pager.seen_elsewhere = first.seen;
        }
    }

    /// Records a refusal, so that reading continues with the other list or ends as if the list were
    /// empty. Returns any other error to the caller.
    #[inline]
    pub(super) fn refused(&mut self, error: Error) -> Result<(), Error> {
        if self.pager.is_some() {
            // A list that has returned items cannot be the wrong one.
            if self.had_items || !is_wrong_kind(&error) {
                return Err(error);
            }
            self.refusal = Some(error);
            return Ok(());
        }
        // Atlas returned the first list, so the cluster exists and may be read: the cluster only
        // lacks the list that is refused.
        let is_explained =
            is_wrong_kind(&error) || self.ignore_refusals && error.is_bad_or_missing();
        if self.refusal.is_none() && is_explained {
            Ok(())
        } else {
            Err(error)
        }
    }

    /// Returns the other list, once; then the refusal of the first list, if it must be reported.
    #[inline]
    pub(super) fn next_pager(&mut self) -> Option<Result<Box<Pager>, Error>> {
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

/// Whether Atlas says that the call is meant for another kind of cluster.
/// `INCORRECT_BACKUP_API_ENDPOINT` is in Atlas's list of error codes and names the right call;
/// `CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API` and similar codes were seen in responses.
#[inline]
fn is_wrong_kind(error: &Error) -> bool {
    let is_one = |code: &str| {
        code == "INCORRECT_BACKUP_API_ENDPOINT"
            || code.starts_with("CANNOT_USE_") && code.ends_with("_API")
    };
    matches!(error, Error::Api(_)) && error.error_code().is_some_and(is_one)
}
