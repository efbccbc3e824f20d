//! What a hook's messages are signed with: 32 random bytes, shown once as `whsec_…`, as Standard
//! Webhooks writes them. To sign, the bytes themselves are needed: a hash would not do. So they
//! lie in the workspace, in a table that readers are not shown and copies do not have.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use rand::Rng;
use sha2::Sha256;

use crate::place::id::hex;

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// Random bytes: as many as the hash has; the specification wants 24 to 64.
const BYTES: usize = 32;

/// Bytes of a message's id: nobody meets two alike.
const ID_BYTES: usize = 16;

/// A hook's secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new one.
    pub fn random() -> Self {
        let mut bytes = vec![0; BYTES];
        rand::rng().fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// One that is kept.
    pub fn of(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// To be kept.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// To be shown, once.
    pub fn shown(&self) -> String {
        format!("{PREFIX}{}", BASE64.encode(&self.0))
    }

    /// The header `webhook-signature` of a message that is sent at an instant, seconds.
    pub fn signature(&self, message: &str, at_s: i64, body: &str) -> String {
        let signed = self.mac(&[message, ".", &at_s.to_string(), ".", body]);
        format!("v1,{}", BASE64.encode(signed))
    }

    /// The id of the message about an event: always the same, and nobody else's. Hooks are
    /// numbered anew in each workspace, secrets are not. A number of the log may come to mean
    /// another event (a standby without the last ones was promoted, an older copy restored), so
    /// when it was and what it says is in it too: a receiver throws away what it knows.
    pub fn message_id(&self, hook: &str, sequence: u64, at: Timestamp, content: &str) -> String {
        let (sequence, at_ms) = (sequence.to_string(), at.as_millisecond().to_string());
        let made = self.mac(&["message ", hook, " ", &sequence, " ", &at_ms, " ", content]);
        format!("msg_{}", hex(&made[..ID_BYTES]))
    }

    fn mac(&self, parts: &[&str]) -> Vec<u8> {
        // HMAC takes keys of any length: there is no other fault.
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).unwrap_or_else(|_| Hmac::new(&[0; 64].into()));
        for part in parts {
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn the_specification_s_own_example_is_signed_alike() {
        let secret = BASE64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = Secret::of(secret).signature(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn ids_are_those_of_hook_and_event_and_secrets_do_not_show() {
        let (one, other) = (Secret::random(), Secret::random());
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        let id = |hook, sequence, ms, content| one.message_id(hook, sequence, at(ms), content);
        assert_eq!(id("h1", 7, 1, "a"), id("h1", 7, 1, "a"));
        let ids = [
            id("h1", 7, 1, "a"),
            id("h1", 8, 1, "a"),
            id("h17", 7, 1, "a"),
            // The same number after a failover that lost the first event of it.
            id("h1", 7, 2, "a"),
            id("h1", 7, 1, "b"),
            other.message_id("h1", 7, at(1), "a"),
        ];
        let different: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(different.len(), ids.len());
        assert!(
            !ids[0].contains('.'),
            "the signature's parts are told apart by dots"
        );
        assert_eq!(format!("{one:?}"), "Secret(…)");
        assert_eq!(one.shown().len(), PREFIX.len() + 44);
    }
}
