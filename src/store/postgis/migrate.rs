//! The way from one version of a schema's tables to the next, in the caller's transaction.

use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::schema::Migration;
use crate::store::statement::Statement;

/// Runs the steps after a version.
///
/// # Errors
/// [`StoreError`]; the caller's transaction should then be rolled back.
pub async fn migrate(
    conn: &mut Connection,
    before: i64,
    steps: &[Migration],
) -> Result<(), StoreError> {
    for step in steps.iter().filter(|s| s.version > before) {
        for script in step.scripts {
            conn.script(*script).await?;
        }
        let note = Statement::new("INSERT INTO frontbeat_schema (version) VALUES (?)");
        conn.execute(note.bind(step.version)).await?;
    }
    Ok(())
}
