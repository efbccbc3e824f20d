//! Surfaces that were shown a moment ago, for the services that share a workspace: the tiles
//! of one can be asked for at any of them. They are no part of the workspace: the table is made
//! by the first service, may be emptied at any time, and is not written ahead.

use jiff::Timestamp;

use crate::store::error::StoreError;
use crate::store::row::Reader;
use crate::store::statement::{Statement, Value};
use crate::store::tables::is_there;
use crate::store::workspace::Workspace;

const TABLE: &str = "shown_surfaces";

/// Makes the table where it is not there.
const MAKE: &str = "CREATE UNLOGGED TABLE IF NOT EXISTS shown_surfaces (
         id text PRIMARY KEY, shown_at timestamptz NOT NULL, document bytea NOT NULL);
     COMMENT ON TABLE shown_surfaces IS
         'Surfaces shown a moment ago, for all services of the workspace; may be emptied';
     COMMENT ON COLUMN shown_surfaces.id IS 'As in the address of its tiles';
     COMMENT ON COLUMN shown_surfaces.shown_at IS 'When it was made';
     COMMENT ON COLUMN shown_surfaces.document IS 'The surface, in the program''s own form'";

impl Workspace {
    /// Makes room for surfaces that are shown, where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn make_shelf(&self) -> Result<(), StoreError> {
        if is_there(&mut self.reader().await?, TABLE).await? {
            return Ok(());
        }
        // In a turn, once: two that make a table of one name at once get in each other's way.
        let mut conn = self.begin().await?;
        conn.script(MAKE).await?;
        conn.commit().await
    }

    /// Puts a surface there, and takes away what was put there before an instant. Waits for
    /// nobody, and keeps nobody waiting: whoever looks at a map takes no writer's turn.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn shelve(
        &self,
        id: &str,
        document: Vec<u8>,
        at: Timestamp,
        before: Timestamp,
    ) -> Result<(), StoreError> {
        let mut conn = self.begin_aside().await?;
        let add = Statement::new(
            "INSERT INTO shown_surfaces (id, shown_at, document) VALUES (?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET shown_at = excluded.shown_at",
        );
        let add = add.bind(id).bind(at).bind(Value::Blob(Some(document)));
        conn.execute(add).await?;
        // What another service has in hand it takes away itself, or the next one does.
        let old = Statement::new(
            "DELETE FROM shown_surfaces WHERE id IN (
                 SELECT id FROM shown_surfaces WHERE shown_at < ? FOR UPDATE SKIP LOCKED)",
        );
        conn.execute(old.bind(before)).await?;
        conn.commit().await
    }

    /// The surface of that id; none where it is not there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn shelved(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let of = Statement::new("SELECT document FROM shown_surfaces WHERE id = ?");
        let row = self.reader().await?.row(of.bind(id)).await?;
        row.map(|row| Reader::new(&row, TABLE).get("document"))
            .transpose()
    }
}
