//! What a link says, signed (HMAC-SHA256, RFC 2104), as text for an address.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// Longest link that is looked at.
const LONGEST: usize = 1_000;

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Id of the unit.
    pub unit: String,
    /// Until when it holds.
    pub until: Timestamp,
    /// Names the link.
    pub link: String,
}

impl Claim {
    /// A link: what it says, a dot, the signature.
    pub fn signed(&self, key: &[u8]) -> String {
        let said = format!("{}\n{}\n{}", self.link, self.until.as_second(), self.unit);
        let said = BASE64.encode(said);
        let signature = BASE64.encode(mac(key, &said).finalize().into_bytes());
        format!("{said}.{signature}")
    }

    /// What a link says; none where the signature is not by this key.
    pub fn read(token: &str, key: &[u8]) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (said, signature) = token.split_once('.')?;
        let signature = BASE64.decode(signature).ok()?;
        // In constant time.
        mac(key, said).verify_slice(&signature).ok()?;
        let text = String::from_utf8(BASE64.decode(said).ok()?).ok()?;
        let mut parts = text.splitn(3, '\n');
        let (link, until, unit) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            unit: unit.to_owned(),
            until: Timestamp::from_second(until.parse().ok()?).ok()?,
            link: link.to_owned(),
        })
    }
}

fn mac(key: &[u8], said: &str) -> Hmac<Sha256> {
    // HMAC takes keys of any length: there is no other fault.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&[0; 64].into()));
    mac.update(said.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_was_signed_and_nothing_else_passes() {
        let claim = Claim {
            unit: "u-7 东".into(),
            until: "2026-11-27T06:00:00Z".parse().unwrap(),
            link: "l12".into(),
        };
        let token = claim.signed(b"key");
        assert!(
            token
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        );
        assert_eq!(Claim::read(&token, b"key"), Some(claim.clone()));
        assert_eq!(Claim::read(&token, b"another key"), None);
        // A single letter changed anywhere.
        for at in 0..token.len() {
            let mut letters: Vec<char> = token.chars().collect();
            letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
            let changed: String = letters.into_iter().collect();
            let read = Claim::read(&changed, b"key");
            // The last letter of a signature holds two bits that mean nothing.
            assert!(read.is_none() || read == Some(claim.clone()), "{at}");
        }
        for bad in ["", ".", "a.b", "é.é", &"x".repeat(2_000)] {
            assert_eq!(Claim::read(bad, b"key"), None, "{bad}");
        }
        let later = Claim {
            until: "2027-11-27T06:00:00Z".parse().unwrap(),
            ..claim.clone()
        };
        let (said, _) = later
            .signed(b"key")
            .split_once('.')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        let (_, signature) = token.split_once('.').unwrap();
        assert_eq!(Claim::read(&format!("{said}.{signature}"), b"key"), None);
    }
}
