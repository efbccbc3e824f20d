//! What plans were made on: deflated JSON, a tenth of its plain size.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use crate::patrol::basis::PlanBasis;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::row::Reader;
use crate::store::statement::{Statement, Value};
use crate::store::tables::is_there;

const TABLE: &str = "plan_bases";
/// No basis that a plan has is larger: 10,000 candidates over 40 days are about 200 MB.
const MOST_BYTES: u64 = 1 << 29;

/// Stores what a plan was made on; the plan is there already, and was not before.
///
/// # Errors
/// [`StoreError`]; the caller's transaction should then be rolled back.
pub async fn write_basis(
    conn: &mut Connection,
    plan: &str,
    basis: &PlanBasis,
) -> Result<(), StoreError> {
    let statement = Statement::new("INSERT INTO plan_bases (plan, basis) VALUES (?, ?)");
    let packed = Value::Blob(Some(packed(basis)?));
    conn.execute(statement.bind(plan).bind(packed)).await?;
    Ok(())
}

/// What a plan was made on; none where that was not kept.
///
/// # Errors
/// [`StoreError`].
pub async fn read_basis(
    conn: &mut Connection,
    plan: &str,
) -> Result<Option<PlanBasis>, StoreError> {
    // A file of an older version that is opened for reading has no such table.
    if !is_there(conn, TABLE).await? {
        return Ok(None);
    }
    let statement = Statement::new("SELECT basis FROM plan_bases WHERE plan = ?").bind(plan);
    let Some(row) = conn.row(statement).await? else {
        return Ok(None);
    };
    let bytes: Vec<u8> = Reader::new(&row, TABLE).get("basis")?;
    unpacked(&bytes).map(Some)
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
