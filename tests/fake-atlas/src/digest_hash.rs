//! The hash of digest authentication: RFC 7616, and RFC 2069 for challenges without `qop`.

use md5::Md5;
use sha2::{Digest as _, Sha256};

/// A hash algorithm of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// `MD5`, which Atlas uses.
    Md5,
    /// `SHA-256`.
    Sha256,
}

impl Algorithm {
    /// The name in headers.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    /// The hash in lower-case hexadecimal.
    fn hash(self, text: &str) -> String {
        let bytes = match self {
            Algorithm::Md5 => Md5::digest(text).to_vec(),
            Algorithm::Sha256 => Sha256::digest(text).to_vec(),
        };
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The values that the `response` parameter is computed from.
#[derive(Clone, Copy, Debug)]
pub struct DigestInput<'a> {
    /// User name and password.
    pub credentials: (&'a str, &'a str),
    /// The realm of the challenge.
    pub realm: &'a str,
    /// The nonce of the challenge.
    pub nonce: &'a str,
    /// The HTTP method, in capitals.
    pub method: &'a str,
    /// Path and query, byte for byte.
    pub uri: &'a str,
    /// `nc` as sent (eight digits) and `cnonce`, if the challenge offers `qop="auth"`.
    pub nc_and_cnonce: Option<(&'a str, &'a str)>,
}

impl DigestInput<'_> {
    /// Computes the `response` parameter that a client must send.
    pub fn response(&self, algorithm: Algorithm) -> String {
        let DigestInput {
            credentials: (user, password),
            realm,
            nonce,
            method,
            uri,
            nc_and_cnonce,
        } = self;
        let who = algorithm.hash(&format!("{user}:{realm}:{password}"));
        let what = algorithm.hash(&format!("{method}:{uri}"));
        algorithm.hash(&match nc_and_cnonce {
            Some((nc, cnonce)) => format!("{who}:{nonce}:{nc}:{cnonce}:auth:{what}"),
            None => format!("{who}:{nonce}:{what}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7616, section 3.9.1.
    const RFC_7616: DigestInput<'_> = DigestInput {
        credentials: ("Mufasa", "Circle of Life"),
        realm: "http-auth@example.org",
        nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        method: "GET",
        uri: "/dir/index.html",
        nc_and_cnonce: Some(("00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")),
    };

    #[test]
    fn rfc_7616_md5() {
        assert_eq!(
            RFC_7616.response(Algorithm::Md5),
            "8ca523f5e9506fed4657c9700eebdbec"
        );
    }

    #[test]
    fn rfc_7616_sha_256() {
        let response = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
        assert_eq!(RFC_7616.response(Algorithm::Sha256), response);
    }

    /// RFC 2069, section 2.4, with the response of its erratum 749: the printed one belongs to
    /// another password.
    #[test]
    fn rfc_2069() {
        let signed = DigestInput {
            credentials: ("Mufasa", "CircleOfLife"),
            realm: "testrealm@host.com",
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            method: "GET",
            uri: "/dir/index.html",
            nc_and_cnonce: None,
        };
        assert_eq!(
            signed.response(Algorithm::Md5),
            "1949323746fe6a43ef61f9606e7febea"
        );
    }

    /// RFC 2617, section 3.5: the same example with `qop`.
    #[test]
    fn rfc_2617() {
        let signed = DigestInput {
            credentials: ("Mufasa", "Circle Of Life"),
            realm: "testrealm@host.com",
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            method: "GET",
            uri: "/dir/index.html",
            nc_and_cnonce: Some(("00000001", "0a4f113b")),
        };
        assert_eq!(
            signed.response(Algorithm::Md5),
            "6629fae49393a05397450978507c4ef1"
        );
    }
}
