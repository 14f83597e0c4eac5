//! One page of a list, read straight into the items.

use std::fmt;

use http::StatusCode;
use serde_json::Value;

use super::links;
use crate::error::Error;
use crate::pipeline::decode;
use crate::pipeline::exchange::RawResponse;
use crate::pipeline::request::Request;
use crate::wire::extra::Extra;
use crate::wire::field::{Field, List, Slot, View};
use crate::wire::object::{Member, Object, Shape};

/// Adds the items of a page to `items`. Returns whether its links say that it is the last one.
///
/// A page without `results` is an error: it does not say that there are no items.
#[inline]
pub(super) fn read(
    request: &Request,
    raw: &RawResponse,
    items: &mut dyn List,
) -> Result<bool, Error> {
    let mut page = Page {
        results: Results(items),
        links: Value::Null,
        extra: Extra::NONE,
    };
    decode::content(request.operation, request.enveloped(), raw, &mut page)?;
    Ok(links::is_last_page(Some(&page.links)))
}

/// Fails if a response is a failure. Its items are not read.
#[inline]
pub(super) fn check(request: &Request, raw: RawResponse) -> Result<RawResponse, Error> {
    let (operation, enveloped) = (request.operation, request.enveloped());
    if decode::status(operation, enveloped, &raw) < StatusCode::MULTIPLE_CHOICES {
        return Ok(raw);
    }
    decode::nothing(operation, enveloped, &raw).map(|_| raw)
}

/// What is read of any page. It is not generic: a client has some thirty lists.
#[derive(Debug)]
struct Page<'a> {
    results: Results<'a>,
    links: Value,
    /// What else a page has. It is not used.
    extra: Extra,
}

impl Object for Page<'_> {
    #[inline]
    fn shape(&self) -> &'static Shape {
        static SHAPE: Shape = Shape::new(
            "Page",
            &[
                Member::new("results", "results").required(),
                Member::new("links", "links"),
            ],
        );
        &SHAPE
    }

    #[inline]
    fn field(&self, index: usize) -> &dyn Field {
        if index == 0 {
            &self.results
        } else {
            &self.links
        }
    }

    #[inline]
    fn field_mut(&mut self, index: usize) -> &mut dyn Field {
        if index == 0 {
            &mut self.results
        } else {
            &mut self.links
        }
    }

    #[inline]
    fn extra(&self) -> Option<&Extra> {
        Some(&self.extra)
    }

    #[inline]
    fn extra_mut(&mut self) -> Option<&mut Extra> {
        Some(&mut self.extra)
    }
}

impl Field for Page<'_> {
    #[inline]
    fn view(&self) -> View<'_> {
        View::Object(self)
    }

    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::Object(self)
    }

    #[inline]
    fn clear(&mut self) {
        self.results.clear();
        self.links = Value::Null;
    }
}

/// The caller's list of items.
struct Results<'a>(&'a mut dyn List);

impl Field for Results<'_> {
    #[inline]
    fn view(&self) -> View<'_> {
        View::List(self.0)
    }

    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        Slot::List(self.0)
    }

    #[inline]
    fn clear(&mut self) {
        while self.0.item(0).is_some() {
            self.0.pop();
        }
    }
}

impl fmt::Debug for Results<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[..]")
    }
}
