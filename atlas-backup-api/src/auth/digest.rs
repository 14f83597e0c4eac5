//! HTTP Digest (RFC 7616, 2617 and 2069) that reuses nonces.
//!
//! The client uses a nonce for one request after another with a rising count, which saves the
//! exchange that requests a new nonce. It never uses a nonce for two requests at the same time:
//! their counts could arrive out of order, and a strict server treats that as a replay. So each
//! request in progress owns its nonce, and N requests, at most P of them at the same time, cost at
//! most N + P exchanges.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use digest_auth::{AuthContext, HttpMethod, WwwAuthenticateHeader};
use http::{HeaderMap, HeaderValue, Method};
use secrecy::{ExposeSecret, SecretString};

use super::challenge;

/// The maximum number of idle nonces to keep. More would not be useful.
const MAX_IDLE: usize = 1024;

/// An API key, and the idle nonces: those that no request uses at the moment.
pub(crate) struct Digest {
    public_key: String,
    private_key: SecretString,
    /// A stack: the nonce that was used last is taken first. The others may be stale, which only a
    /// request can reveal.
    idle: Mutex<Vec<Nonce>>,
}

/// A nonce of a server, with the other fields of its challenge and the number of its uses.
pub(crate) struct Nonce(WwwAuthenticateHeader);

impl Nonce {
    /// Returns the nonce in the headers of a 401 response. `None` if they have no challenge that
    /// the client supports.
    pub(crate) fn offered(headers: &HeaderMap) -> Option<Self> {
        challenge::digest(headers).map(Nonce)
    }
}

impl Digest {
    pub(crate) fn new(public_key: String, private_key: SecretString) -> Self {
        Digest {
            public_key,
            private_key,
            idle: Mutex::default(),
        }
    }

    /// Takes an idle nonce for one request, which then owns it. Unless the request puts the nonce
    /// back, it is not used again.
    pub(crate) fn take(&self) -> Option<Nonce> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    /// Puts back a nonce that the server has accepted, for the next request.
    pub(crate) fn put_back(&self, nonce: Nonce) {
        // A nonce whose count would overflow is dropped. So is the nonce of a session (`-sess`):
        // the key depends on the nonces of the first request, but digest_auth computes it anew for
        // each request.
        if nonce.0.algorithm.sess || nonce.0.nc == u32::MAX {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE {
            idle.push(nonce);
        }
    }

    /// Returns the `Authorization` header of one request. `target` is the path and query exactly as
    /// they are sent. Increases the count of the nonce. `None` if the header cannot be written.
    pub(crate) fn sign(
        &self,
        nonce: &mut Nonce,
        method: &Method,
        target: &str,
    ) -> Option<HeaderValue> {
        self.sign_with(nonce, method, target, None)
    }

    /// Like `sign`, but `cnonce`, if it is `Some`, replaces the random client nonce. The examples
    /// of the RFCs need this.
    fn sign_with(
        &self,
        nonce: &mut Nonce,
        method: &Method,
        target: &str,
        cnonce: Option<&str>,
    ) -> Option<HeaderValue> {
        let method = HttpMethod(method.as_str().into());
        let body: Option<&[u8]> = None;
        let secret = self.private_key.expose_secret();
        let mut context =
            AuthContext::new_with_method(self.public_key.as_str(), secret, target, body, method);
        context.cnonce = cnonce.map(Into::into);
        let header = nonce.0.respond(&context).ok()?;
        let mut header = HeaderValue::try_from(header.to_string()).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(..)")
    }
}

#[cfg(test)]
mod tests {
    use http::header::WWW_AUTHENTICATE;

    use super::*;

    fn nonce(challenge: &'static str) -> Nonce {
        let mut headers = HeaderMap::new();
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        Nonce::offered(&headers).unwrap()
    }

    fn key() -> Digest {
        Digest::new("Mufasa".into(), "Circle Of Life".into())
    }

    /// Returns the value of a parameter in a header.
    fn value(header: &HeaderValue, name: &str) -> Option<String> {
        let text = header.to_str().unwrap();
        let (_, rest) = text.split_once(&format!(" {name}="))?;
        Some(rest.split(',').next().unwrap().trim_matches('"').to_owned())
    }

    #[test]
    fn the_example_of_rfc_2069() {
        // The `response` printed in the RFC is wrong; this one is from erratum 749.
        let mut nonce = nonce(
            r#"Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
        );
        let key = Digest::new("Mufasa".into(), "CircleOfLife".into());
        let header = key
            .sign(&mut nonce, &Method::GET, "/dir/index.html")
            .unwrap();
        assert_eq!(
            value(&header, "response").unwrap(),
            "1949323746fe6a43ef61f9606e7febea"
        );
        assert_eq!(
            value(&header, "opaque").unwrap(),
            "5ccc069c403ebaf9f0171e9517f40e41"
        );
        assert_eq!(
            (
                value(&header, "nc"),
                value(&header, "cnonce"),
                value(&header, "qop")
            ),
            (None, None, None)
        );
    }

    #[test]
    fn the_examples_of_rfc_7616() {
        let key = Digest::new("Mufasa".into(), "Circle of Life".into());
        let cnonce = Some("f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
        for (challenge, response) in [
            (
                r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#,
                "8ca523f5e9506fed4657c9700eebdbec",
            ),
            (
                r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#,
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
        ] {
            let header = key
                .sign_with(
                    &mut nonce(challenge),
                    &Method::GET,
                    "/dir/index.html",
                    cnonce,
                )
                .unwrap();
            assert_eq!(value(&header, "response").unwrap(), response);
            assert_eq!(value(&header, "qop").unwrap(), "auth");
        }
    }

    #[test]
    fn counts_rise_from_one_and_nothing_repeats() {
        let mut nonce = nonce(r#"Digest realm="r", nonce="n", qop="auth""#);
        let headers = [(); 3].map(|()| key().sign(&mut nonce, &Method::GET, "/").unwrap());
        let counts = headers
            .each_ref()
            .map(|header| value(header, "nc").unwrap());
        assert_eq!(counts, ["00000001", "00000002", "00000003"]);
        assert_ne!(value(&headers[0], "cnonce"), value(&headers[1], "cnonce"));
        assert!(
            headers
                .iter()
                .all(|header| value(header, "qop").unwrap() == "auth")
        );
    }

    #[test]
    fn what_is_signed_is_what_is_sent() {
        let target = "/api/a%2Fb?x=1%202&y=,";
        let mut nonce = nonce(r#"Digest realm="r", nonce="n", qop="auth""#);
        let header = key().sign(&mut nonce, &Method::GET, target).unwrap();
        assert!(
            header
                .to_str()
                .unwrap()
                .contains(&format!(r#"uri="{target}""#))
        );
        let other = |method, target| {
            let mut nonce = super::tests::nonce(r#"Digest realm="r", nonce="n""#);
            value(&key().sign(&mut nonce, method, target).unwrap(), "response")
        };
        assert_ne!(other(&Method::GET, "/a"), other(&Method::GET, "/a?b"));
        assert_ne!(other(&Method::GET, "/a"), other(&Method::POST, "/a"));
    }

    #[test]
    fn a_nonce_belongs_to_one_at_a_time() {
        let key = key();
        assert!(key.take().is_none());
        for text in [
            r#"Digest realm="r", nonce="a""#,
            r#"Digest realm="r", nonce="b""#,
        ] {
            key.put_back(nonce(text));
        }
        assert_eq!(key.take().unwrap().0.nonce, "b", "the last one used");
        assert_eq!(key.take().unwrap().0.nonce, "a");
        assert!(key.take().is_none());
        key.put_back(nonce(
            r#"Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth""#,
        ));
        assert!(key.take().is_none(), "a session is not kept");
        for _ in 0..=MAX_IDLE {
            key.put_back(nonce(r#"Digest realm="r", nonce="a""#));
        }
        assert_eq!(std::iter::from_fn(|| key.take()).count(), MAX_IDLE);
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let key = Digest::new("public".into(), "hunter2".into());
        let mut nonce = nonce(r#"Digest realm="r", nonce="n", qop="auth""#);
        let header = key.sign(&mut nonce, &Method::GET, "/").unwrap();
        assert!(header.is_sensitive() && !header.to_str().unwrap().contains("hunter2"));
        assert_eq!(format!("{key:?} {header:?}"), "Digest(..) Sensitive");
    }
}
