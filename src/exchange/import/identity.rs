//! Stable ids for rows whose source gives none: a SHA-256 of what the row is, so that
//! the same file imported twice adds nothing.
//!
//! Rows that are identical within one file are told apart by their order (first,
//! second, …): two thefts at one address on one day are two, and remain two.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

/// Hands out ids.
#[derive(Debug, Default)]
pub struct Identities {
    seen: HashMap<[u8; 16], u32>,
}

/// What a row is, as bytes: fields with their lengths, so that no two rows run together.
#[derive(Debug, Default)]
pub struct Content {
    hash: Sha256,
}

impl Content {
    /// Starts with the layer's name.
    pub fn of(layer: &str) -> Self {
        Self::default().text(layer)
    }

    /// Adds a text.
    pub fn text(mut self, text: &str) -> Self {
        self.hash.update((text.len() as u64).to_le_bytes());
        self.hash.update(text.as_bytes());
        self
    }

    /// Adds a whole number.
    pub fn integer(mut self, number: i64) -> Self {
        self.hash.update(number.to_le_bytes());
        self
    }

    /// Adds a coordinate, rounded to 1e-7° (a centimetre).
    pub fn degrees(self, degrees: f64) -> Self {
        self.integer((degrees * 1e7).round() as i64)
    }

    /// The first half of the hash: 128 bits.
    pub fn key(self) -> [u8; 16] {
        let digest = self.hash.finalize();
        let mut key = [0u8; 16];
        key.copy_from_slice(&digest[..16]);
        key
    }
}

impl Identities {
    /// The id of the next row with this key.
    pub fn next(&mut self, key: [u8; 16]) -> String {
        let count = self.seen.entry(key).or_insert(0);
        *count += 1;
        if *count == 1 {
            return hex(key);
        }
        let again = Content::default()
            .text(&hex(key))
            .integer(i64::from(*count))
            .key();
        hex(again)
    }
}

/// An id with the name of its source before it, where one is given.
pub fn prefixed(source: Option<&str>, id: String) -> String {
    match source {
        Some(source) => format!("{source}:{id}"),
        None => id,
    }
}

/// A key as an id.
pub fn hex(key: [u8; 16]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(34);
    text.push_str("h-");
    for byte in key {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::exchange::import::identity::{Content, Identities};

    #[test]
    fn identical_rows_differ_by_order_and_repeat_across_files() {
        let key = || {
            Content::of("incidents")
                .degrees(1.0)
                .integer(7)
                .text("theft")
                .key()
        };
        let mut first = Identities::default();
        let ids = [first.next(key()), first.next(key()), first.next(key())];
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
        let mut second = Identities::default();
        assert_eq!(
            ids,
            [second.next(key()), second.next(key()), second.next(key())]
        );
    }

    #[test]
    fn a_centimetre_counts_and_fields_do_not_run_together() {
        let at = |lon: f64| Content::of("x").degrees(lon).key();
        assert_eq!(at(1.0), at(1.000_000_01));
        assert_ne!(at(1.0), at(1.000_000_1));
        assert_ne!(
            Content::of("x").text("ab").text("c").key(),
            Content::of("x").text("a").text("bc").key()
        );
    }
}
