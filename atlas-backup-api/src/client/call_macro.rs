//! The macro that defines the request struct of every operation.

/// Defines the request struct of an operation: a setter for each optional argument, and `send`.
///
/// `#[response(…)]` names the type of the response body, the method that makes the call and the
/// version of the operation, if it has one; `#[items(…)]` the type of the list's items, `#[body(…)]`
/// that of an optional body, and `#[query("…")]` the parameter's name on the wire with the rules for
/// its value. Documentation before them says what the response is. It is a macro so that over a
/// hundred operations do not repeat 30 lines each.
macro_rules! request {
    ($(#[doc = $docs:literal])* #[response($answer:ty, $method:ident $(, $version:literal)?)] $(#[items($item:ty $(, $page:ident)*)])? $(#[body($body:ty)])? pub struct $name:ident {
        $($(#[doc = $about:literal])* #[query($wire:literal $(, $rule:ident($($bound:literal)?))*)] $setter:ident: $type:ty),* $(,)?
    }) => {
        #[doc = concat!("A call of [`", stringify!($method), "`](Api::", stringify!($method), "), not yet sent: set optional arguments, then [`send`](Self::send) or `.await` it.")]
        $(#[doc = $docs])*
        #[derive(Debug)]
        #[must_use = "nothing is sent before `send` or `.await`"]
        pub struct $name(pub(crate) Call);

        impl ::core::convert::From<Call> for $name {
            #[inline]
            fn from(call: Call) -> Self {
                $name(call)
            }
        }

        impl $name {
            $($(#[doc = $about])*
            #[inline]
            pub fn $setter(self, $setter: $type) -> Self {
                $name(self.0 $(.check($crate::client::call_macro::rule!($rule $wire $setter $($bound)?)))* .query($wire, $setter))
            })*

            $(
                /// Sets the body, which Atlas does not require.
                #[inline]
                pub fn body(self, body: $body) -> Self {
                    $name(self.0.body(&body))
                }
            )?

            $(
                #[doc = concat!("Asks for another version of the operation than `", $version, "`: an older date, or `preview`.")]
                ///
                /// The request and the response stay the same types: the body is sent as this
                /// version of the crate writes it, and members of another type are in `extra`.
                #[inline]
                pub fn version(self, version: &str) -> Self {
                    $name(self.0.version(version))
                }
            )?

            /// Sets options for this call alone: how often it is retried, and how long it may take.
            #[inline]
            pub fn options(self, options: CallOptions) -> Self {
                $name(self.0.options(options))
            }

            $(
                /// Returns a stream of all items of the list, fetched page by page: see [`Items`].
                #[inline]
                pub fn stream(self) -> Items<$item> {
                    Items::new($crate::client::pager::Pager::new(self.0)$(.$page())*)
                }
            )?

            /// Validates the arguments, sends the request and decodes the response.
            ///
            /// # Errors
            ///
            /// Returns [`Error::InvalidArgument`] if an argument breaks a rule (then nothing was
            /// sent), and [`Error::Api`] if Atlas refuses the request. See [`Error`] for the
            /// others.
            #[inline]
            pub fn send(self) -> $crate::Sending<$answer> {
                self.0.send()
            }
        }

        /// Awaiting the call sends it, as [`send`](Self::send) does.
        impl ::core::future::IntoFuture for $name {
            type Output = ::core::result::Result<Response<$answer>, Error>;
            type IntoFuture = $crate::Sending<$answer>;

            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                self.0.send()
            }
        }
    };
}

/// Applies one validation rule to the value of a setter.
macro_rules! rule {
    (minimum $wire:literal $value:ident $bound:literal) => {
        $crate::validate::minimum($wire, $value, $bound)
    };
    (maximum $wire:literal $value:ident $bound:literal) => {
        $crate::validate::maximum($wire, $value, $bound)
    };
    (min_length $wire:literal $value:ident $bound:literal) => {
        $crate::validate::min_length($wire, $value, $bound)
    };
    (max_length $wire:literal $value:ident $bound:literal) => {
        $crate::validate::max_length($wire, $value, $bound)
    };
    (int32 $wire:literal $value:ident) => {
        $crate::validate::int32($wire, &$value)
    };
    (finite $wire:literal $value:ident) => {
        $crate::validate::finite($wire, &$value)
    };
    ($form:ident $wire:literal $value:ident) => {
        $crate::validate::pattern::$form($wire, $value)
    };
}

pub(crate) use {request, rule};

#[cfg(test)]
mod tests {
    #[test]
    fn rules_of_text() {
        let outcomes = |name: &str| {
            [
                rule!(min_length "name" name 2),
                rule!(max_length "name" name 3),
                rule!(deployment_item_name "name" name),
            ]
            .map(|kept| kept.is_ok())
        };
        assert_eq!(outcomes("abc"), [true; 3]);
        assert_eq!(outcomes("a"), [false, true, true]);
        assert_eq!(outcomes("a/bc"), [true, false, false]);
    }
}
