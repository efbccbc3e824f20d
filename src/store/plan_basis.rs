//! What plans were made on: deflated JSON, a tenth of its plain size.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use sqlx::SqliteConnection;

use crate::patrol::basis::PlanBasis;
use crate::store::error::StoreError;
use crate::store::fault::database_fault;

const TABLE: &str = "plan_bases";
/// No basis that a plan has is larger: 10,000 candidates over 40 days are about 200 MB.
const MOST_BYTES: u64 = 1 << 29;

/// Stores what a plan was made on; the plan is there already.
///
/// # Errors
/// [`StoreError`]; the caller's transaction should then be rolled back.
pub async fn write_basis(
    conn: &mut SqliteConnection,
    path: &str,
    plan: &str,
    basis: &PlanBasis,
) -> Result<(), StoreError> {
    sqlx::query("INSERT OR REPLACE INTO plan_bases (plan, basis) VALUES (?, ?)")
        .bind(plan)
        .bind(packed(basis)?)
        .execute(conn)
        .await
        .map_err(|e| database_fault(path, e))?;
    Ok(())
}

/// What a plan was made on; none where that was not kept.
///
/// # Errors
/// [`StoreError`].
pub async fn read_basis(
    conn: &mut SqliteConnection,
    path: &str,
    plan: &str,
) -> Result<Option<PlanBasis>, StoreError> {
    let row: Option<Vec<u8>> = sqlx::query_scalar("SELECT basis FROM plan_bases WHERE plan = ?")
        .bind(plan)
        .fetch_optional(conn)
        .await
        .map_err(|e| database_fault(path, e))?;
    row.map(|bytes| unpacked(&bytes)).transpose()
}

fn packed(basis: &PlanBasis) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(basis).map_err(damaged)?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&json).map_err(damaged)?;
    encoder.finish().map_err(damaged)
}

fn unpacked(bytes: &[u8]) -> Result<PlanBasis, StoreError> {
    let mut json = Vec::new();
    let mut decoder = DeflateDecoder::new(bytes).take(MOST_BYTES);
    decoder.read_to_end(&mut json).map_err(damaged)?;
    serde_json::from_slice(&json).map_err(damaged)
}

fn damaged(fault: impl ToString) -> StoreError {
    StoreError::Damaged {
        table: TABLE.into(),
        why: fault.to_string(),
    }
}
