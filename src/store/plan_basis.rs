//! What plans were made on.

use crate::patrol::basis::PlanBasis;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::packed_json::{packed, unpacked};
use crate::store::row::Reader;
use crate::store::statement::{Statement, Value};
use crate::store::tables::is_there;

const TABLE: &str = "plan_bases";

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
    let packed = Value::Blob(Some(packed(TABLE, basis)?));
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
    unpacked(TABLE, &bytes).map(Some)
}
