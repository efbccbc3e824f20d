//! Areas of a draft or of a published version: deflated JSON.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use crate::place::partition::part::Part;
use crate::store::error::StoreError;
use crate::store::statement::Value;

/// No draft that was let in is larger.
const MOST_BYTES: u64 = 1 << 28;

/// Areas as they are stored.
///
/// # Errors
/// [`StoreError::Damaged`].
pub fn packed(table: &str, parts: &[Part]) -> Result<Value, StoreError> {
    let fault = |fault: String| damaged(table, fault);
    let json = serde_json::to_vec(parts).map_err(|e| fault(e.to_string()))?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&json).map_err(|e| fault(e.to_string()))?;
    let bytes = encoder.finish().map_err(|e| fault(e.to_string()))?;
    Ok(Value::Blob(Some(bytes)))
}

/// What [`packed`] stored.
///
/// # Errors
/// [`StoreError::Damaged`].
pub fn unpacked(table: &str, bytes: &[u8]) -> Result<Vec<Part>, StoreError> {
    let mut json = Vec::new();
    let mut decoder = DeflateDecoder::new(bytes).take(MOST_BYTES);
    let read = decoder.read_to_end(&mut json);
    read.map_err(|e| damaged(table, e.to_string()))?;
    serde_json::from_slice(&json).map_err(|e| damaged(table, e.to_string()))
}

fn damaged(table: &str, why: String) -> StoreError {
    StoreError::Damaged {
        table: table.into(),
        why,
    }
}
