//! Encoded answers kept in memory: tiles and layers, by what they were made from.
//!
//! Bounded by bytes; the least used go first. The name says the version of the data, so
//! nothing has to be dropped when it changes: old names are no longer asked for.

use bytes::Bytes;
use metrics::counter;
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::app::session::snapshot::Edition;
use crate::place::id::hex;

/// Most bytes kept.
const MOST_BYTES: u64 = 128 * 1024 * 1024;

/// An encoded answer and the hash of its content.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// The bytes.
    pub bytes: Bytes,
    /// First 128 bits of their SHA-256, hexadecimal.
    pub hash: String,
}

impl Encoded {
    /// Hashes the bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        let hash = short_hash(&bytes);
        Self {
            bytes: bytes.into(),
            hash,
        }
    }
}

/// First 128 bits of the SHA-256, hexadecimal.
pub fn short_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..16])
}

/// What a body is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BodyName {
    /// A layer at a data version.
    Layer(Edition, &'static str),
    /// A tile of a layer at a data version.
    LayerTile(Edition, &'static str, u8, u32, u32),
    /// A tile of the basemap at a roads version.
    Base(Edition, u8, u32, u32),
    /// A tile of a surface.
    Risk(String, u8, u32, u32),
    /// A tile of incidents at a data version, of a filter (its text).
    Incidents(Edition, String, u8, u32, u32),
    /// Counts of incidents at a data version, of a filter (its text).
    Profile(Edition, String),
}

impl BodyName {
    fn kind(&self) -> &'static str {
        match self {
            Self::Layer(..) => "layer",
            Self::LayerTile(..) => "layer_tile",
            Self::Base(..) => "base_tile",
            Self::Risk(..) => "risk_tile",
            Self::Incidents(..) => "incident_tile",
            Self::Profile(..) => "incident_profile",
        }
    }
}

/// The cache.
#[derive(Debug)]
pub struct Bodies {
    cache: Cache<BodyName, Encoded>,
}

impl Default for Bodies {
    fn default() -> Self {
        Self::new()
    }
}

impl Bodies {
    /// Lets go of everything: it was made of another log.
    pub(super) fn forget(&self) {
        self.cache.invalidate_all();
    }

    /// An empty cache.
    pub fn new() -> Self {
        Self {
            cache: Cache::builder()
                .max_capacity(MOST_BYTES)
                .weigher(|_, body: &Encoded| {
                    u32::try_from(body.bytes.len() + 200).unwrap_or(u32::MAX)
                })
                .build(),
        }
    }

    /// The body of that name, where it is there.
    pub fn get(&self, name: &BodyName) -> Option<Encoded> {
        let found = self.cache.get(name);
        let outcome = if found.is_some() { "hit" } else { "miss" };
        counter!("frontbeat_cache_requests_total", "cache" => name.kind(), "outcome" => outcome)
            .increment(1);
        found
    }

    /// Keeps a body.
    pub fn put(&self, name: BodyName, body: Encoded) {
        self.cache.insert(name, body);
    }
}
