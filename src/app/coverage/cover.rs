//! What is reached within each ring, by whom, and where nobody comes in time.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::app::coverage::error::CoverageJobError;
use crate::app::coverage::ground::{Ground, Source};
use crate::app::coverage::report::{CoverageAbout, feature};
use crate::exchange::feature_geojson::{area_geometry, point_geometry};
use crate::exchange::risk_geojson::hexagon_geometry;
use crate::patrol::coverage::expected::ExpectedCoverage;
use crate::patrol::coverage::gap::gap_map;
use crate::roads::isochrone::Reached;
use crate::roads::network::{Snap, UNREACHABLE};
use crate::roads::reach_area::{ReachAreaError, STRIP, reach_area};

/// So many gap cells are listed; the map has them all.
const LISTED: usize = 20;

/// What some of those who answer calls reach.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SourceCover {
    /// `units`, `posts`, or `units_and_posts`.
    pub sources: String,
    /// How many.
    pub count: usize,
    /// By ring.
    pub rings: Vec<RingCover>,
}

/// What is reached within a ring.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RingCover {
    /// The ring.
    pub minutes: f64,
    /// Share of the expected calls that the nearest reaches in time, busy or not.
    pub reached_share: f64,
    /// Share that one who is free reaches in time: Σ d (1 − q^k), Daskin 1983.
    pub expected_share: f64,
    /// Streets reached, km.
    pub streets_km: f64,
}

/// Cells with demand that nobody reaches within a ring.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GapRing {
    /// The ring.
    pub minutes: f64,
    /// Such cells.
    pub cells: usize,
    /// Their share of the expected calls.
    pub share: f64,
}

/// A cell beyond the longest ring.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GapCell {
    /// Its hexagon.
    pub cell: String,
    /// Where it is, in words.
    pub label: String,
    /// Its centre.
    pub lon: f64,
    /// Its centre.
    pub lat: f64,
    /// Calls expected in the window.
    pub expected: f64,
}

/// What a unit's absence costs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnitCover {
    /// The unit.
    pub id: String,
    /// Its call sign.
    pub name: String,
    /// Where it is, in words.
    pub label: String,
    /// What each ring's expected share (of all units) loses once this one is sent away.
    pub loss: Vec<f64>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CoverReport {
    /// What it is about.
    pub about: CoverageAbout,
    /// Units, posts, both.
    pub cover: Vec<SourceCover>,
    /// What neither units nor posts reach.
    pub gaps: Vec<GapRing>,
    /// The cells beyond the longest ring where most is expected.
    pub worst_gaps: Vec<GapCell>,
    /// Units, the one that costs most to send away first.
    pub units: Vec<UnitCover>,
    /// What to beware of; empty where nothing.
    pub notes: Vec<String>,
    /// The map: isochrones, gap cells, sources.
    #[serde(skip)]
    pub features: Vec<Value>,
}

/// Answers.
///
/// # Errors
/// [`CoverageJobError`].
pub fn cover(mut ground: Ground) -> Result<CoverReport, CoverageJobError> {
    let mut notes = std::mem::take(&mut ground.notes);
    let both: Vec<Source> = ground.units.iter().chain(&ground.posts).cloned().collect();
    if both.is_empty() {
        return Err(CoverageJobError::NoSources);
    }
    let mut report = CoverReport {
        about: CoverageAbout::of(&ground),
        cover: Vec::new(),
        gaps: Vec::new(),
        worst_gaps: Vec::new(),
        units: Vec::new(),
        notes: Vec::new(),
        features: Vec::new(),
    };
    for (name, sources) in [
        ("units", &ground.units),
        ("posts", &ground.posts),
        ("units_and_posts", &both),
    ] {
        let snaps: Vec<Snap> = sources.iter().map(|s| s.snap).collect();
        let reached = ground.network.reached(&snaps, ground.longest_ms());
        let coverage = covering(&ground, &snaps)?;
        if name == "units" {
            report.units = losses(&ground, &coverage);
        }
        if name == "units_and_posts" {
            gaps(&ground, &reached, &mut report)?;
        } else {
            isochrones(&ground, name, &reached, &mut report.features, &mut notes);
        }
        let rings = ring_covers(&ground, &coverage, &reached);
        report.cover.push(SourceCover {
            sources: name.into(),
            count: sources.len(),
            rings,
        });
    }
    for (kind, sources) in [("unit", &ground.units), ("post", &ground.posts)] {
        for source in sources {
            let said = json!({ "name": source.name, "synthetic": ground.synthetic });
            let at = point_geometry(source.position);
            let id = format!("{kind}-{}", source.id);
            report.features.push(feature(id, kind, at, said));
        }
    }
    report.notes = notes;
    Ok(report)
}

fn covering(ground: &Ground, snaps: &[Snap]) -> Result<ExpectedCoverage, CoverageJobError> {
    let mut coverage = ExpectedCoverage::new(&ground.surface.expected, ground.rings.clone())?;
    for (unit, &snap) in snaps.iter().enumerate() {
        let reached = ground.network.reached(&[snap], ground.longest_ms());
        let to = |cell: &Option<Snap>| cell.and_then(|cell| reached.millis_to(cell));
        let cells = ground.cell_snaps.iter();
        let row: Vec<u32> = cells.map(|cell| to(cell).unwrap_or(UNREACHABLE)).collect();
        coverage.put(unit, &row)?;
    }
    Ok(coverage)
}

fn ring_covers(
    ground: &Ground,
    coverage: &ExpectedCoverage,
    reached: &Reached<'_>,
) -> Vec<RingCover> {
    let (shares, reach) = (coverage.counts().shares(), coverage.counts().reached());
    let limits_ms = ground.rings.limits_ms().iter();
    limits_ms
        .zip(shares.into_iter().zip(reach))
        .map(|(&ms, (expected_share, reached_share))| RingCover {
            minutes: f64::from(ms) / 60_000.0,
            reached_share,
            expected_share,
            streets_km: reached.length(ms).0 / 1000.0,
        })
        .collect()
}

fn losses(ground: &Ground, coverage: &ExpectedCoverage) -> Vec<UnitCover> {
    let mut units: Vec<(f64, UnitCover)> = ground
        .units
        .iter()
        .enumerate()
        .map(|(number, unit)| {
            let cover = UnitCover {
                id: unit.id.clone(),
                name: unit.name.clone(),
                label: ground.label(unit.snap),
                loss: coverage.losses(number),
            };
            (coverage.loss(number), cover)
        })
        .collect();
    units.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    units.into_iter().map(|u| u.1).collect()
}

fn isochrones(
    ground: &Ground,
    sources: &str,
    reached: &Reached<'_>,
    features: &mut Vec<Value>,
    notes: &mut Vec<String>,
) {
    // The widest first, so that the narrower ones are drawn over it.
    for &ms in ground.rings.limits_ms().iter().rev() {
        let minutes = f64::from(ms) / 60_000.0;
        match reach_area(reached, ms, STRIP) {
            Ok(area) => {
                let said = json!({
                    "sources": sources,
                    "minutes": minutes,
                    "streets_km": reached.length(ms).0 / 1000.0,
                    "km2": area.km2(),
                    "synthetic": ground.synthetic,
                });
                let id = format!("isochrone-{sources}-{minutes}");
                features.push(feature(id, "isochrone", area_geometry(&area), said));
            }
            Err(ReachAreaError::Nothing) => {}
            Err(fault) => {
                tracing::warn!(%fault, sources, minutes, "an isochrone can't be drawn");
                notes.push(format!(
                    "the isochrone of {minutes} minutes from {sources} can't be drawn: {fault}"
                ));
            }
        }
    }
}

fn gaps(
    ground: &Ground,
    reached: &Reached<'_>,
    report: &mut CoverReport,
) -> Result<(), CoverageJobError> {
    let surface = &ground.surface;
    let nearest: Vec<Option<u32>> = ground
        .cell_snaps
        .iter()
        .map(|cell| cell.and_then(|cell| reached.millis_to(cell)))
        .collect();
    let gaps = gap_map(&surface.expected, &nearest, &ground.rings)?;
    report.gaps = (0..ground.rings.len())
        .map(|ring| GapRing {
            minutes: report.about.minutes[ring],
            cells: gaps.points_beyond[ring],
            share: gaps.share_beyond[ring],
        })
        .collect();
    let mut beyond: Vec<usize> = (0..surface.expected.len())
        .filter(|&c| gaps.ring_of[c] == ground.rings.len() && surface.expected[c] > 0.0)
        .collect();
    beyond.sort_by(|&a, &b| {
        surface.expected[b]
            .total_cmp(&surface.expected[a])
            .then(a.cmp(&b))
    });
    for &cell in beyond.iter().take(LISTED) {
        let centre = surface.grid.centre(cell);
        let label = match ground.cell_snaps[cell] {
            Some(snap) => ground.label(snap),
            None => "no road near".into(),
        };
        report.worst_gaps.push(GapCell {
            cell: surface.grid.cells()[cell].to_string(),
            label,
            lon: centre.lon(),
            lat: centre.lat(),
            expected: surface.expected[cell],
        });
    }
    for (cell, nearest_ms) in nearest.iter().enumerate() {
        // Those in the innermost ring are no gap.
        if gaps.ring_of[cell] == 0 || surface.expected[cell] <= 0.0 {
            continue;
        }
        let id = surface.grid.cells()[cell].to_string();
        let said = json!({
            "beyond_minutes": report.about.minutes[gaps.ring_of[cell] - 1],
            "nearest_minutes": nearest_ms.map(|ms| f64::from(ms) / 60_000.0),
            "expected": surface.expected[cell],
            "road_near": ground.cell_snaps[cell].is_some(),
            "synthetic": ground.synthetic,
        });
        let hexagon = hexagon_geometry(&surface.grid, cell);
        report.features.push(feature(id, "gap", hexagon, said));
    }
    Ok(())
}
