//! The whole map as one PMTiles file: every tile that holds something, packed, with what the
//! layers are.
//!
//! Tiles are made one after the other and wait, packed, in a scratch file of which only the
//! directory is in memory; it is written on a thread of its own.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::sync::Arc;

use pmtiles::{PmTilesStreamWriter, PmTilesWriter, TileCoord, TileType};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::app::export::error::ExportError;
use crate::app::session::Session;
use crate::app::session::bodies::Encoded;
use crate::app::session::error::SessionError;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::map_layers::{DEEPEST_ZOOM, DRAWN, LEAST_ZOOM, MapAbout, about_tiles};
use crate::exchange::tile::{TileId, range};
use crate::exchange::write::fault::WriteFault;

const FORMAT: &str = "PMTiles";

/// The ending of its files.
pub const ENDING: &str = "pmtiles";

/// Its media type.
pub const MEDIA_TYPE: &str = "application/vnd.pmtiles";

/// Tiles looked at; a district that needs more is cut out less deep.
const MOST_TILES: u64 = 20_000;

/// Tiles made at a time: others who ask for tiles get theirs in between.
const AT_ONCE: usize = 4;

/// Tiles that may wait to be written.
const AHEAD: usize = 64;

/// Incidents are kept up to 5 km outside the boundary: degrees of latitude, rounded up.
const OUTSIDE_DEG: f64 = 0.05;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapFile {
    /// Tiles that hold something.
    pub tiles: u64,
    /// The deepest zoom.
    pub deepest: u8,
}

impl Snapshot {
    /// Where anything of the district may be: the boundary and a margin; west, south, east,
    /// north, degrees. The whole Earth where no boundary is set.
    pub fn map_bounds(&self) -> [f64; 4] {
        let [west, south, east, north] = match &self.district.boundary {
            Some(area) => area.bbox(),
            None => [-180.0, -90.0, 180.0, 90.0],
        };
        let aside = OUTSIDE_DEG / south.abs().max(north.abs()).min(85.0).to_radians().cos();
        [
            (west - aside).max(-180.0),
            (south - OUTSIDE_DEG).max(-90.0),
            (east + aside).min(180.0),
            (north + OUTSIDE_DEG).min(90.0),
        ]
    }

    /// The map's name; says where it is made up.
    pub fn map_name(&self) -> String {
        match self.district.synthetic {
            true => format!("{} · SYNTHETIC 模拟数据", self.district.name),
            false => self.district.name.clone(),
        }
    }
}

impl Session {
    /// Writes the map to `out`, when an export's turn comes.
    ///
    /// # Errors
    /// [`SessionError`]; what was written so far is no whole file.
    pub async fn export_map(
        self: &Arc<Self>,
        out: Box<dyn Write + Send>,
    ) -> Result<MapFile, SessionError> {
        let _turn = self.exports.turn().await?;
        let snapshot = self.snapshot();
        let bounds = snapshot.map_bounds();
        let deepest = deepest_zoom(bounds);
        let about = MapAbout {
            name: snapshot.map_name(),
            attribution: snapshot.attribution.clone(),
            bounds,
        };
        let (give, tiles) = mpsc::channel(AHEAD);
        let writing = tokio::task::spawn_blocking(move || write(&about, deepest, tiles, out));
        let cut = self.cut(&snapshot, bounds, deepest, give).await;
        let written = writing.await.map_err(|_| SessionError::BrokenOff)?;
        cut?;
        let tiles = written?.ok_or(SessionError::BrokenOff)?;
        Ok(MapFile { tiles, deepest })
    }

    /// Gives out all tiles that hold something, and says so at the end; stops where nobody
    /// takes them any more.
    async fn cut(
        self: &Arc<Self>,
        snapshot: &Arc<Snapshot>,
        bounds: [f64; 4],
        deepest: u8,
        give: mpsc::Sender<Given>,
    ) -> Result<(), SessionError> {
        for zoom in LEAST_ZOOM..=deepest {
            let [columns, rows] = range(bounds, zoom);
            for x in columns {
                let rows: Vec<u32> = rows.clone().collect();
                for some in rows.chunks(AT_ONCE) {
                    for (y, tile) in self.column(snapshot, zoom, x, some).await? {
                        let place = TileCoord::new(zoom, x, y).map_err(fault)?;
                        if give.send(Given::Tile(place, tile)).await.is_err() {
                            return Ok(());
                        }
                    }
                }
            }
        }
        // Where nobody takes it, the writer says why.
        let _ = give.send(Given::All).await;
        Ok(())
    }

    /// Tiles of a column that hold something, made at once and given back by their rows, so
    /// that the same map is the same file.
    async fn column(
        self: &Arc<Self>,
        snapshot: &Arc<Snapshot>,
        zoom: u8,
        x: u32,
        rows: &[u32],
    ) -> Result<Vec<(u32, Encoded)>, SessionError> {
        let mut making = JoinSet::new();
        for y in rows.iter().copied() {
            let Ok(id) = TileId::new(zoom, x, y) else {
                continue;
            };
            let (session, snapshot) = (Arc::clone(self), Arc::clone(snapshot));
            making.spawn(async move { (y, session.map_tile(&snapshot, id).await) });
        }
        let mut made = Vec::with_capacity(rows.len());
        while let Some(done) = making.join_next().await {
            let (y, tile) = done.map_err(|_| SessionError::BrokenOff)?;
            let tile = tile?;
            if !tile.bytes.is_empty() {
                made.push((y, tile));
            }
        }
        made.sort_by_key(|(y, _)| *y);
        Ok(made)
    }
}

/// What is given to the writer.
enum Given {
    Tile(TileCoord, Encoded),
    /// That were all.
    All,
}

/// Writes what is given, on a thread where waiting for the disk holds nobody up; how many
/// tiles, or none where they broke off: `out` then has nothing of it.
fn write(
    about: &MapAbout,
    deepest: u8,
    mut tiles: mpsc::Receiver<Given>,
    mut out: Box<dyn Write + Send>,
) -> Result<Option<u64>, ExportError> {
    let (mut writer, mut file) = open(about, deepest)?;
    let mut count = 0;
    loop {
        match tiles.blocking_recv() {
            Some(Given::Tile(place, tile)) => {
                writer.add_tile(place, &tile.bytes).map_err(fault)?;
                count += 1;
            }
            Some(Given::All) => break,
            None => return Ok(None),
        }
    }
    writer.finalize().map_err(fault)?;
    let passed = file.rewind().and_then(|()| io::copy(&mut file, &mut out));
    let passed = passed.and_then(|_| out.flush());
    passed.map_err(|fault| ExportError::Write(fault.into()))?;
    Ok(Some(count))
}

/// A scratch file to be written, and another handle of it.
fn open(about: &MapAbout, deepest: u8) -> Result<(PmTilesStreamWriter<File>, File), ExportError> {
    let metadata = serde_json::Value::Object(about_tiles(about, &DRAWN, true));
    let [west, south, east, north] = about.bounds;
    let file = tempfile::tempfile().map_err(WriteFault::from)?;
    let other = file.try_clone().map_err(WriteFault::from)?;
    let writer = PmTilesWriter::new(TileType::Mvt)
        .min_zoom(LEAST_ZOOM)
        .max_zoom(deepest)
        .bounds(west, south, east, north)
        .center(f64::midpoint(west, east), f64::midpoint(south, north))
        .center_zoom(12.min(deepest))
        .metadata(metadata.to_string())
        .create(file)
        .map_err(fault)?;
    Ok((writer, other))
}

/// The deepest zoom that does not make too many tiles.
fn deepest_zoom(bounds: [f64; 4]) -> u8 {
    let mut all = 0;
    let fits = |zoom: &u8| {
        let [columns, rows] = range(bounds, *zoom);
        all += columns.count() as u64 * rows.count() as u64;
        all <= MOST_TILES
    };
    let deepest = (LEAST_ZOOM..=DEEPEST_ZOOM).take_while(fits).last();
    deepest.unwrap_or(LEAST_ZOOM)
}

fn fault(fault: pmtiles::PmtError) -> ExportError {
    ExportError::Write(WriteFault::library(FORMAT, fault))
}

#[cfg(test)]
mod tests {
    use crate::app::session::map_file::deepest_zoom;

    #[test]
    fn a_district_is_cut_deep_and_the_earth_is_not() {
        assert_eq!(deepest_zoom([123.4, 41.7, 123.6, 41.9]), 16);
        assert_eq!(deepest_zoom([-180.0, -85.0, 180.0, 85.0]), 8);
    }
}
