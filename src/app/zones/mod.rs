//! Draft patrol zones from a workspace: from its beats (or its zones) with few cells moved,
//! or from nothing; set them beside what there is; give them out as areas with names.

pub mod draw;
pub mod error;
pub mod report;

use std::sync::Arc;

use crate::app::risk::{RiskRequest, risk_surface};
use crate::app::zones::draw::{Old, draw};
use crate::app::zones::error::ZonesJobError;
use crate::app::zones::report::{About, ZonesReport};
use crate::index::areas::AreaIndex;
use crate::patrol::zones::compare::compare;
use crate::patrol::zones::ground::{WorkSettings, ZoneFault, ZoneGround};
use crate::patrol::zones::grow::grow;
use crate::patrol::zones::partition::Partition;
use crate::patrol::zones::refine::{RefineSettings, refine};
use crate::place::area::Area;
use crate::place::measure::Metres;
use crate::risk::surface::RiskSurface;
use crate::roads::network::{RoadNetwork, Snap};
use crate::store::workspace::Workspace;

/// Streets driven at this speed or more are big roads, km/h: secondary ones and up in the
/// usual table of speeds.
const BIG_ROAD_KMH: f64 = 38.0;

/// The pace is the median over pairs of so many places, at least so far apart, metres.
const PACE_PLACES: usize = 60;
const PACE_APART_M: f64 = 500.0;
/// A cell further from any road takes no part in that.
const PACE_OFF_ROAD: Metres = Metres(300.0);

/// What to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZonesFrom {
    /// The beats.
    Beats,
    /// The patrol zones.
    Zones,
    /// Nothing: so many zones.
    Nothing(usize),
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ZonesRequest {
    /// Where calls are expected; its window is the time whose work is balanced.
    pub risk: RiskRequest,
    /// What to start from.
    pub from: ZonesFrom,
    /// Ids or names of beats (or zones) that keep their ground.
    pub locked: Vec<String>,
    /// At most this share of the cells may change, 0 to 1; drafts from nothing may all.
    pub most_moved: f64,
    /// How long a call binds a unit that is there, seconds.
    pub handling_s: f64,
    /// What short borders are worth against even work; none: as usual.
    pub compactness: Option<f64>,
    /// Start of chance.
    pub seed: u64,
}

/// Drafts; heavy work runs off the async threads. `network` is the workspace's network
/// where the caller keeps it open; without roads, distances are as the crow flies.
///
/// # Errors
/// [`ZonesJobError`].
pub async fn draft(
    workspace: &Workspace,
    network: Option<Arc<RoadNetwork>>,
    request: &ZonesRequest,
) -> Result<ZonesReport, ZonesJobError> {
    if !(0.0..=1.0).contains(&request.most_moved) {
        return Err(ZoneFault::MovedShare(request.most_moved).into());
    }
    if let ZonesFrom::Nothing(0) = request.from {
        return Err(ZonesJobError::Unfit(
            "no zone is asked for: ask for at least one with --count".into(),
        ));
    }
    let old = old_areas(workspace, request.from).await?;
    let locked = locked(&old, &request.locked)?;
    let district = workspace.district().await?;
    let stored = match network {
        Some(_) => None,
        None => workspace.road_network().await?,
    };
    let surface = risk_surface(workspace, &request.risk).await?;
    let request = request.clone();
    let work = move || -> Result<ZonesReport, ZonesJobError> {
        let network = match (network, stored) {
            (Some(network), _) => Some(network),
            (None, Some(bytes)) => Some(Arc::new(RoadNetwork::from_bytes(&bytes)?)),
            (None, None) => None,
        };
        let mut about = About::of(&district, &surface, &request);
        let (ground, notes) = ground(&surface, network.as_deref(), &request, &mut about)?;
        divide(&surface, &ground, old, &locked, &request, about, notes)
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ZonesJobError::BrokenOff)?
}

/// A beat or zone as it is.
pub(crate) struct OldArea {
    /// Its id.
    pub id: String,
    /// Its name, or its id where it has none.
    pub name: String,
    /// The station responsible for it.
    pub station: Option<String>,
    /// Its ground.
    pub area: Area,
}

async fn old_areas(workspace: &Workspace, from: ZonesFrom) -> Result<Vec<OldArea>, ZonesJobError> {
    let named = |id: String, name: String, station: Option<String>, area| OldArea {
        name: if name.is_empty() { id.clone() } else { name },
        id,
        station,
        area,
    };
    let beats = || async {
        let beats = workspace.beats().await?.into_iter();
        let old = beats.map(|b| {
            let station = b.station.map(|s| s.to_string());
            named(b.id.to_string(), b.name, station, b.area)
        });
        Ok::<Vec<OldArea>, ZonesJobError>(old.collect())
    };
    let (old, what) = match from {
        ZonesFrom::Beats => (beats().await?, "beats"),
        ZonesFrom::Zones => {
            let zones = workspace.zones().await?.into_iter();
            let old = zones.map(|z| named(z.id.to_string(), z.name, None, z.area));
            (old.collect(), "zones")
        }
        // There may be none: then there is nothing to compare with.
        ZonesFrom::Nothing(_) => return beats().await,
    };
    if old.is_empty() {
        return Err(ZonesJobError::NoAreas(what));
    }
    Ok(old)
}

/// Places in the list of those that are locked.
fn locked(old: &[OldArea], wanted: &[String]) -> Result<Vec<usize>, ZonesJobError> {
    let mut locked = Vec::new();
    for name in wanted {
        let found: Vec<usize> = (0..old.len())
            .filter(|&i| old[i].id == *name || old[i].name == *name)
            .collect();
        if found.is_empty() {
            let known: Vec<&str> = old.iter().take(12).map(|o| o.name.as_str()).collect();
            return Err(ZonesJobError::UnknownLock {
                name: name.clone(),
                known: known.join(", "),
            });
        }
        locked.extend(found);
    }
    locked.sort_unstable();
    locked.dedup();
    Ok(locked)
}

fn ground(
    surface: &RiskSurface,
    network: Option<&RoadNetwork>,
    request: &ZonesRequest,
    about: &mut About,
) -> Result<(ZoneGround, Vec<String>), ZonesJobError> {
    let mut notes = Vec::new();
    let mut work = WorkSettings {
        handling_s: request.handling_s,
        ..WorkSettings::default()
    };
    let mut big_roads = Vec::new();
    match network {
        Some(network) => {
            big_roads = network.big_roads(BIG_ROAD_KMH);
            match pace(surface, network) {
                Some(pace) => work.pace_s_per_m = pace,
                None => notes.push("too few cells have a road near: the pace is a guess".into()),
            }
        }
        None => notes.push(
            "the workspace has no roads: the pace is a guess, and borders know no big roads".into(),
        ),
    }
    about.pace_min_per_km = work.pace_s_per_m * 1000.0 / 60.0;
    // A day's calls: figures are then hours a day.
    let days = surface.provenance.window.length().0 / 86_400.0;
    let calls: Vec<f64> = surface.expected.iter().map(|e| e / days).collect();
    Ok((
        ZoneGround::new(&surface.grid, &calls, work, &big_roads)?,
        notes,
    ))
}

/// Seconds to drive a metre as the crow flies: the median over pairs of cells spread over
/// the grid.
fn pace(surface: &RiskSurface, network: &RoadNetwork) -> Option<f64> {
    let centres = surface.grid.centres();
    let stride = (centres.len() / PACE_PLACES).max(1);
    let snaps: Vec<Snap> = centres
        .iter()
        .step_by(stride)
        .filter_map(|&centre| network.snap(centre, PACE_OFF_ROAD))
        .collect();
    let times = network.matrix(&snaps, &snaps);
    let mut paces: Vec<f64> = Vec::new();
    for (i, from) in snaps.iter().enumerate() {
        for (j, to) in snaps.iter().enumerate() {
            let metres = from.position.metres_to(to.position).0;
            if let Some(millis) = times.millis(i, j).filter(|_| metres >= PACE_APART_M) {
                paces.push(f64::from(millis) / 1000.0 / metres);
            }
        }
    }
    paces.sort_by(f64::total_cmp);
    paces.get(paces.len() / 2).copied()
}

fn divide(
    surface: &RiskSurface,
    ground: &ZoneGround,
    mut old: Vec<OldArea>,
    locked: &[usize],
    request: &ZonesRequest,
    about: About,
    mut notes: Vec<String>,
) -> Result<ZonesReport, ZonesJobError> {
    let mut is_locked = vec![false; old.len()];
    for &lock in locked {
        is_locked[lock] = true;
    }
    let before = as_partition(surface, ground, &mut old, &mut is_locked, &mut notes)?;
    let mut settings = RefineSettings::usual(ground.len(), request.seed);
    settings.most_moved = request.most_moved;
    settings.compactness = request.compactness.unwrap_or(settings.compactness);
    let locked: Vec<usize> = (0..old.len()).filter(|&i| is_locked[i]).collect();
    let (before, after, same_zones) = match (request.from, before) {
        (ZonesFrom::Nothing(count), before) => {
            let fixed = fixed(ground, before.as_ref(), &locked);
            let grown = grow(ground, count, &fixed, request.seed)?;
            settings.locked = (0..locked.len()).collect();
            settings.most_moved = 1.0;
            settings.stability = 0.0;
            let after = match refine(ground, &grown, &settings) {
                // One zone, or all locked but one: the draft is all there can be.
                Err(ZoneFault::NothingToMove(_)) => grown,
                refined => refined?,
            };
            let compared = before.unwrap_or_else(|| after.clone());
            (compared, after, false)
        }
        (_, Some(before)) => {
            settings.locked = locked;
            let after = refine(ground, &before, &settings)?;
            (before, after, true)
        }
        (_, None) => {
            return Err(ZonesJobError::Unfit(
                "no cell of the grid lies in any of the beats: choose a finer --resolution".into(),
            ));
        }
    };
    let compared = compare(ground, &before, &after, same_zones);
    let old = Old {
        areas: &old,
        is_locked: &is_locked,
        carried_on: same_zones,
    };
    draw(surface, &after, compared, &old, about, notes)
}

/// The old areas as a partition of the cells: each cell is in the one that covers its
/// centre, the rest join the nearest. Areas without a cell are taken out of the list. None
/// where no area has one.
fn as_partition(
    surface: &RiskSurface,
    ground: &ZoneGround,
    old: &mut Vec<OldArea>,
    is_locked: &mut Vec<bool>,
    notes: &mut Vec<String>,
) -> Result<Option<Partition>, ZonesJobError> {
    let index = AreaIndex::new(old.iter().map(|o| o.area.clone()).collect());
    let known: Vec<Option<usize>> = surface
        .grid
        .centres()
        .iter()
        .map(|&c| index.at(c))
        .collect();
    let mut has_cells = vec![false; old.len()];
    for &area in known.iter().flatten() {
        has_cells[area] = true;
    }
    let mut number = vec![None; old.len()];
    let mut next = 0u32;
    for (area, has) in has_cells.iter().enumerate() {
        match has {
            true => {
                number[area] = Some(next);
                next += 1;
            }
            false => notes.push(format!(
                "{} is smaller than a cell and has none: it is left out; a finer --resolution shows it",
                old[area].name
            )),
        }
    }
    let mut keep = has_cells.iter();
    is_locked.retain(|_| *keep.next().unwrap_or(&false));
    let mut keep = has_cells.iter();
    old.retain(|_| *keep.next().unwrap_or(&false));
    if next == 0 {
        return Ok(None);
    }
    let known: Vec<Option<u32>> = known
        .iter()
        .map(|area| area.and_then(|a| number[a]))
        .collect();
    let (partition, joined) = Partition::filled(ground, &known, next as usize)?;
    if joined > 0 {
        notes.push(format!(
            "{joined} of {} cells have their centre in no beat: they count as of the nearest",
            ground.len()
        ));
    }
    Ok(Some(partition))
}

/// Locked areas' cells with the locks' numbers, the rest free.
fn fixed(ground: &ZoneGround, before: Option<&Partition>, locked: &[usize]) -> Vec<Option<u32>> {
    let of = |cell: usize| {
        let zone = before?.zone(cell);
        let place = locked.iter().position(|&l| l == zone)?;
        Some(place as u32)
    };
    (0..ground.len()).map(of).collect()
}
