//! Rows of any layer into a workspace, with the event of it: all in one transaction, or
//! incidents step by step where somebody else has to write in between.

use crate::live::event::EventKind;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::incidents::write::{MANY, write_incidents};
use crate::store::layers::write_layer;
use crate::store::log;
use crate::store::made_up::mark_all;
use crate::store::record::{ImportSource, LayerRows, WriteOutcome};
use crate::store::roads::write_roads;
use crate::store::statement::Dialect;
use crate::store::tables::{mark, read_district, write_boundary};
use crate::store::workspace::Workspace;

/// Incidents written in one transaction where somebody else waits: some 30 ms.
const STEP: usize = 2_000;

/// A rough look does for the whole. Whoever holds a partition is not waited for long: SKIP_LOCKED
/// alone waits where rows of partitions are read.
const LOOK: &str = "SET LOCAL default_statistics_target TO 10; SET LOCAL lock_timeout TO '2s';
     ANALYZE (SKIP_LOCKED) incidents, incident_ids";

impl Workspace {
    /// Writes rows and the event of it, in one transaction: all or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; the workspace is then unchanged.
    pub async fn write(
        &self,
        rows: LayerRows,
        source: &ImportSource,
    ) -> Result<WriteOutcome, StoreError> {
        let (_, outcome) = self.write_part(rows, source, source.refused, None).await?;
        if outcome.added >= MANY as u64 {
            self.look_at_many().await;
        }
        Ok(outcome)
    }

    /// Has a server look again at the incidents after many were added: it looks after the
    /// partitions by itself some time later, and never after the whole. Nothing is lost where it
    /// can't, or where somebody else holds them.
    async fn look_at_many(&self) {
        let looked = async {
            let mut conn = self.begin_aside().await?;
            if conn.dialect() == Dialect::Postgis {
                conn.script(LOOK).await?;
            }
            conn.commit().await
        };
        if let Err(fault) = looked.await {
            tracing::debug!(%fault, "the server keeps what it knew of the incidents");
        }
    }

    /// Writes rows in one transaction, with their event: that of an import, or of a further
    /// part of the one whose first event this is the number of. The number of the import's.
    async fn write_part(
        &self,
        rows: LayerRows,
        source: &ImportSource,
        refused: u64,
        part_of: Option<u64>,
    ) -> Result<(u64, WriteOutcome), StoreError> {
        let layer = layer_name(&rows);
        let mut conn = self.begin().await?;
        // The event is written last, in this transaction: its number is known now.
        let import = match part_of {
            Some(first) => first,
            None => log::last(&mut conn).await? + 1,
        };
        let outcome = write_rows(&mut conn, rows, source, import).await?;
        let event = EventKind::Imported {
            layer: layer.into(),
            file: source.file.clone(),
            added: outcome.added,
            refused: refused + outcome.in_use.len() as u64,
            part_of,
            marks_synthetic: outcome.marked_synthetic,
        };
        log::append(&mut conn, event, source.at).await?;
        conn.commit().await?;
        Ok((import, outcome))
    }

    /// The same, but of many incidents only a step in each transaction, so that the board's
    /// writer waits for one step at most. All of them belong to the first step's event, as
    /// one import. Where it breaks off, whole steps stay: the same file adds the rest.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn write_in_steps(
        &self,
        rows: LayerRows,
        source: &ImportSource,
        told: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<WriteOutcome, StoreError> {
        let LayerRows::Incidents {
            incidents,
            categories,
            derived_boundary,
        } = rows
        else {
            return self.write(rows, source).await;
        };
        let mut first = Some((categories, derived_boundary));
        let mut outcome = WriteOutcome::default();
        let mut import = None;
        for (step, part) in incidents.chunks(STEP).enumerate() {
            let (categories, derived_boundary) = first.take().unwrap_or_default();
            let rows = LayerRows::Incidents {
                incidents: part.to_vec(),
                categories,
                derived_boundary,
            };
            let refused = if import.is_none() { source.refused } else { 0 };
            let (number, written) = self.write_part(rows, source, refused, import).await?;
            import = Some(number);
            outcome.add(written, step * STEP);
            told(part.len() as u64);
        }
        if outcome.added >= MANY as u64 {
            self.look_at_many().await;
        }
        Ok(outcome)
    }
}

async fn write_rows(
    conn: &mut Connection,
    rows: LayerRows,
    source: &ImportSource,
    batch: u64,
) -> Result<WriteOutcome, StoreError> {
    let mut district = read_district(conn).await?;
    let at = source.at;
    let marks = source.marks_synthetic && !district.synthetic;
    if marks {
        mark_all(conn, at).await?;
        district.synthetic = true;
    }
    let synthetic = mark(district.synthetic);
    let outcome = match rows {
        LayerRows::Boundary(area) => write_boundary(conn, &area, &district, at).await,
        LayerRows::Stations(rows) => write_layer(conn, rows, synthetic, at).await,
        LayerRows::Beats(rows) => write_layer(conn, rows, synthetic, at).await,
        LayerRows::Zones(rows) => write_layer(conn, rows, synthetic, at).await,
        LayerRows::Posts(rows) => write_layer(conn, rows, synthetic, at).await,
        LayerRows::JointDutyPosts(rows) => write_layer(conn, rows, synthetic, at).await,
        LayerRows::CommercialDistricts(rows) => write_layer(conn, rows, synthetic, at).await,
        LayerRows::Pillars(rows) => write_layer(conn, rows, synthetic, at).await,
        LayerRows::Cameras(rows) => write_layer(conn, rows, synthetic, at).await,
        LayerRows::Places(rows) => write_layer(conn, rows, synthetic, at).await,
        LayerRows::Units(rows) => write_layer(conn, rows, synthetic, at).await,
        LayerRows::Incidents {
            incidents,
            categories,
            derived_boundary,
        } => {
            if let (None, Some(area)) = (&district.boundary, derived_boundary) {
                write_boundary(conn, &area, &district, at).await?;
            }
            write_incidents(conn, &incidents, categories, synthetic, batch, at).await
        }
        LayerRows::Roads(roads) => write_roads(conn, &roads, synthetic, at).await,
    }?;
    Ok(WriteOutcome {
        marked_synthetic: marks,
        ..outcome
    })
}

/// A layer's name as the API has it.
fn layer_name(rows: &LayerRows) -> &'static str {
    match rows {
        LayerRows::Boundary(_) => "boundary",
        LayerRows::Stations(_) => "stations",
        LayerRows::Beats(_) => "beats",
        LayerRows::Zones(_) => "zones",
        LayerRows::Posts(_) => "posts",
        LayerRows::JointDutyPosts(_) => "joint_duty_posts",
        LayerRows::CommercialDistricts(_) => "commercial_districts",
        LayerRows::Pillars(_) => "pillars",
        LayerRows::Cameras(_) => "cameras",
        LayerRows::Places(_) => "places",
        LayerRows::Units(_) => "units",
        LayerRows::Incidents { .. } => "incidents",
        LayerRows::Roads(_) => "roads",
    }
}
