//! Tiles of the basemap, of layers, of surfaces and of incidents: from memory, or made off the async
//! threads. A tile never waits for a computation: a surface that isn't ready has none.

use std::sync::Arc;

use crate::app::session::Session;
use crate::app::session::bodies::{BodyName, Encoded};
use crate::app::session::error::SessionError;
use crate::app::session::incident_points::PointFilter;
use crate::app::session::layer_shapes::LayerShapes;
use crate::app::session::layers::LayerKind;
use crate::app::session::prepared::PreparedSurface;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::map_layers::names_layer;
use crate::exchange::risk_tile::risk_tile;
use crate::exchange::tile::{self, TileError, TileId};

impl Session {
    /// A tile of the basemap.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn base_tile(
        &self,
        snapshot: &Snapshot,
        id: TileId,
    ) -> Result<Encoded, SessionError> {
        let name = BodyName::Base(snapshot.roads_edition(), id.z(), id.x(), id.y());
        if let Some(body) = self.bodies.get(&name) {
            return Ok(body);
        }
        let basemap = snapshot.basemap(self.workspace()).await?;
        self.encode(name, move || basemap.tile(id)).await
    }

    /// A tile of a surface.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn risk_tile(
        &self,
        surface: Arc<PreparedSurface>,
        id: TileId,
    ) -> Result<Encoded, SessionError> {
        let name = BodyName::Risk(surface.id.clone(), id.z(), id.x(), id.y());
        if let Some(body) = self.bodies.get(&name) {
            return Ok(body);
        }
        let draw = move || {
            let hexagons = surface.level(id.z()).hexagons_in(tile::bounds(id));
            risk_tile(id, &hexagons)
        };
        self.encode(name, draw).await
    }

    /// A tile of a layer of the district.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn layer_tile(
        &self,
        snapshot: &Arc<Snapshot>,
        kind: LayerKind,
        id: TileId,
    ) -> Result<Encoded, SessionError> {
        let version = snapshot.data();
        let name = BodyName::LayerTile(version, kind.name(), id.z(), id.x(), id.y());
        if let Some(body) = self.bodies.get(&name) {
            return Ok(body);
        }
        let made = snapshot.clone();
        let shapes = move || match made.shapes[kind.number()].get() {
            Some(_) => Ok(()),
            None => LayerShapes::new(made.layer_features(kind)).map(|shapes| {
                // Another request may have been first; both made the same.
                let _ = made.shapes[kind.number()].set(shapes);
            }),
        };
        tokio::task::spawn_blocking(shapes)
            .await
            .map_err(|_| SessionError::BrokenOff)?
            .map_err(|fault| SessionError::Tile(fault.to_string()))?;
        let snapshot = snapshot.clone();
        self.encode(name, move || match snapshot.shapes[kind.number()].get() {
            Some(shapes) => shapes.tile(id, kind.name(), names_layer(kind.name()).as_deref()),
            None => Ok(Vec::new()),
        })
        .await
    }

    /// A tile of incidents.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn incident_tile(
        &self,
        snapshot: &Snapshot,
        id: TileId,
        filter: PointFilter,
    ) -> Result<Encoded, SessionError> {
        let text = format!("{filter:?}");
        let name = BodyName::Incidents(snapshot.content(), text, id.z(), id.x(), id.y());
        if let Some(body) = self.bodies.get(&name) {
            return Ok(body);
        }
        let points = snapshot.incident_points(self.workspace()).await?;
        self.encode(name, move || points.tile(id, &filter)).await
    }

    /// A tile of the whole map: the basemap, what stands in the district, the incidents. A
    /// tile of tiles is a tile, since each layer has a name of its own.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn map_tile(
        &self,
        snapshot: &Arc<Snapshot>,
        id: TileId,
    ) -> Result<Encoded, SessionError> {
        let mut all = self.base_tile(snapshot, id).await?.bytes.to_vec();
        for kind in LayerKind::all() {
            all.extend_from_slice(&self.layer_tile(snapshot, kind, id).await?.bytes);
        }
        let incidents = self.incident_tile(snapshot, id, PointFilter::default());
        all.extend_from_slice(&incidents.await?.bytes);
        Ok(Encoded::new(all))
    }

    async fn encode(
        &self,
        name: BodyName,
        draw: impl FnOnce() -> Result<Vec<u8>, TileError> + Send + 'static,
    ) -> Result<Encoded, SessionError> {
        let bytes = tokio::task::spawn_blocking(draw)
            .await
            .map_err(|_| SessionError::BrokenOff)?
            .map_err(|fault| SessionError::Tile(fault.to_string()))?;
        let body = Encoded::new(bytes);
        self.bodies.put(name, body.clone());
        Ok(body)
    }
}
