//! One page of a list, read straight into the items.

use std::fmt;

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::links;
use crate::error::Error;
use crate::error::decode::DecodeError;
use crate::pipeline::decode;
use crate::pipeline::exchange::RawResponse;
use crate::pipeline::request::Request;
use crate::wire::extra::Extra;
use crate::wire::field::{Empty, Field, List, Slot, View, items};
use crate::wire::object::{Member, Object, Shape};

/// Decodes a page: a function of its own for each type of items.
pub(super) type Decode<T> = fn(&Request, &RawResponse) -> Result<(Vec<T>, Facts), Error>;

/// What is known of any page besides its items.
pub(super) struct Facts {
    /// The key of each item: its id, or the whole item as JSON if it has no id.
    pub(super) keys: Vec<String>,
    /// Whether the links of the page say that it is the last one.
    pub(super) is_last: bool,
}

/// Decodes a page of items of this crate's types.
#[inline]
pub(super) fn decode<T: Field + Empty>(
    request: &Request,
    raw: &RawResponse,
) -> Result<(Vec<T>, Facts), Error> {
    let mut items = Vec::new();
    let facts = read(request, raw, &mut items)?;
    Ok((items, facts))
}

/// Decodes a page of items of a type that the program brings.
#[inline]
pub(super) fn decode_raw<T: DeserializeOwned>(
    request: &Request,
    raw: &RawResponse,
) -> Result<(Vec<T>, Facts), Error> {
    let (values, facts) = decode::<Value>(request, raw)?;
    let items = values.into_iter().enumerate().map(|(index, value)| {
        T::deserialize(value).map_err(|error| {
            let path = format!("results[{index}]");
            DecodeError::of_type::<T>(request.route.name.clone(), raw.status, path, &error).into()
        })
    });
    Ok((items.collect::<Result<_, Error>>()?, facts))
}

/// Adds the items of a page to `items`. This is the part that is not generic.
///
/// A page without `results` is an error: it does not say that there are no items.
#[inline]
fn read(request: &Request, raw: &RawResponse, items: &mut dyn List) -> Result<Facts, Error> {
    let mut page = Page {
        results: Results(items),
        links: Value::Null,
        extra: Extra::NONE,
    };
    decode::content(&request.route.name, request.enveloped(), raw, &mut page)?;
    Ok(Facts {
        keys: keys(page.results.0),
        is_last: links::is_last_page(Some(&page.links)),
    })
}

#[inline]
fn keys(list: &dyn List) -> Vec<String> {
    let id = |item: &View<'_>| match item {
        View::Object(object) => object.identity(),
        View::Any(value) => value["id"].as_str().map(str::to_owned),
        _ => None,
    };
    let views = items(list).map(|item| item.view());
    views
        .map(|view| id(&view).unwrap_or_else(|| view.to_json()))
        .collect()
}

/// Fails if a response is a failure. Its items are not read.
#[inline]
pub(super) fn check(request: &Request, raw: RawResponse) -> Result<RawResponse, Error> {
    let (name, enveloped) = (&request.route.name, request.enveloped());
    if decode::status(name, enveloped, &raw) < StatusCode::MULTIPLE_CHOICES {
        return Ok(raw);
    }
    decode::nothing(name, enveloped, &raw).map(|_| raw)
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
