//! Draft patrol zones from a workspace: from its beats (or its zones) with few cells moved,
//! or from nothing; set them beside what there is; give them out as areas with names.

mod areas;
mod draw;
pub mod error;
pub mod report;
mod response;

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::app::plan_ground::rhythm;
use crate::app::risk::{RiskRequest, learn, zone_of};
use crate::app::zones::areas::{OldArea, as_partition, beats, fixed, locked, patrol_zones};
use crate::app::zones::draw::{Old, draw};
use crate::app::zones::error::ZonesJobError;
use crate::app::zones::report::{ZonesAbout, ZonesReport};
use crate::patrol::hours;
use crate::patrol::zones::compare::compare;
use crate::patrol::zones::ground::{WorkSettings, ZoneFault, ZoneGround};
use crate::patrol::zones::grow::grow;
use crate::patrol::zones::refine::{RefineSettings, refine};
use crate::place::id::hex;
use crate::place::measure::Metres;
use crate::place::partition::part::Part;
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
    /// The patrol zones as they are drawn, set beside the beats: nothing is changed.
    AsDrawn,
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
    /// How soon calls are answered is simulated too; none: it is not.
    pub simulate: Option<ZonesSimulation>,
    /// A planner's draft, in place of the stored areas: what [`ZonesFrom::Beats`] starts
    /// from, or [`ZonesFrom::AsDrawn`] sets beside the beats.
    pub given: Option<GivenAreas>,
}

/// Areas of a planner's draft. Told apart by the hash of their content.
#[derive(Clone, PartialEq)]
pub struct GivenAreas {
    hash: String,
    parts: Arc<Vec<Part>>,
}

impl GivenAreas {
    /// These areas.
    pub fn new(parts: Vec<Part>) -> Self {
        let mut hasher = Sha256::new();
        for part in &parts {
            hasher.update(format!("{:?}\n{:?}\n", part.id, part.name));
            for [x, y] in part.area.to_rings().into_iter().flatten().flatten() {
                hasher.update(x.to_le_bytes());
                hasher.update(y.to_le_bytes());
            }
        }
        Self {
            hash: hex(&hasher.finalize()),
            parts: Arc::new(parts),
        }
    }

    fn old_areas(&self) -> Vec<OldArea> {
        self.parts.iter().map(OldArea::of_part).collect()
    }
}

impl fmt::Debug for GivenAreas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GivenAreas({})", self.hash)
    }
}

/// How the day simulator runs under zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZonesSimulation {
    /// Units of each zone, 1 to 50.
    pub units: usize,
    /// Draws of calls, 1 to 1000.
    pub seeds: u32,
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
    if let Some(asked) = request.simulate {
        response::refuse(asked)?;
    }
    if let ZonesFrom::Nothing(0) = request.from {
        return Err(ZonesJobError::Unfit(
            "no zone is asked for: ask for at least one with --count".into(),
        ));
    }
    let wanted = |areas: Vec<OldArea>, layer| match areas.is_empty() {
        true => Err(ZonesJobError::NoAreas(layer)),
        false => Ok(areas),
    };
    let given = request.given.as_ref().map(GivenAreas::old_areas);
    let old = match request.from {
        ZonesFrom::Beats if given.is_some() => wanted(given.clone().unwrap_or_default(), "beats")?,
        ZonesFrom::Beats | ZonesFrom::AsDrawn => wanted(beats(workspace).await?, "beats")?,
        ZonesFrom::Zones => wanted(patrol_zones(workspace).await?, "zones")?,
        // There may be none: then there is nothing to compare with.
        ZonesFrom::Nothing(_) => beats(workspace).await?,
    };
    let drawn = match request.from {
        ZonesFrom::AsDrawn => match given {
            Some(given) => wanted(given, "zones")?,
            None => wanted(patrol_zones(workspace).await?, "zones")?,
        },
        _ => Vec::new(),
    };
    let locked = locked(&old, &request.locked)?;
    let district = workspace.district().await?;
    let stored = match network {
        Some(_) => None,
        None => workspace.road_network().await?,
    };
    let learned = learn(workspace, &request.risk).await?;
    let zone = zone_of(&district)?;
    let rhythm = rhythm(&learned, &request.risk, &zone);
    let surface = learned.surface;
    let window = request.risk.window;
    let hour_shares = hours::shares(window, &zone, &request.risk.hours, |hour| rhythm.of(hour));
    let request = request.clone();
    let work = move || -> Result<ZonesReport, ZonesJobError> {
        let network = match (network, stored) {
            (Some(network), _) => Some(network),
            (None, Some(bytes)) => Some(Arc::new(RoadNetwork::from_bytes(&bytes)?)),
            (None, None) => None,
        };
        let mut about = ZonesAbout::of(&district, &surface, &request);
        let (ground, notes) = ground(&surface, network.as_deref(), &request, &mut about)?;
        let asked = Asked {
            surface: &surface,
            ground: &ground,
            request: &request,
            network: network.as_deref(),
            hour_shares: &hour_shares,
        };
        divide(&asked, [old, drawn], &locked, about, notes)
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ZonesJobError::BrokenOff)?
}

fn ground(
    surface: &RiskSurface,
    network: Option<&RoadNetwork>,
    request: &ZonesRequest,
    about: &mut ZonesAbout,
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

/// What is divided, and how.
struct Asked<'a> {
    surface: &'a RiskSurface,
    ground: &'a ZoneGround,
    request: &'a ZonesRequest,
    network: Option<&'a RoadNetwork>,
    /// How the hours of the window share its calls.
    hour_shares: &'a [f64],
}

fn divide(
    asked: &Asked<'_>,
    [mut old, mut drawn]: [Vec<OldArea>; 2],
    locked: &[usize],
    about: ZonesAbout,
    mut notes: Vec<String>,
) -> Result<ZonesReport, ZonesJobError> {
    let Asked {
        surface,
        ground,
        request,
        ..
    } = *asked;
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
        (ZonesFrom::AsDrawn, Some(before)) => {
            let none = &mut vec![false; drawn.len()];
            let after = as_partition(surface, ground, &mut drawn, none, &mut notes)?;
            (before, after.ok_or_else(no_cell)?, false)
        }
        (_, Some(before)) => {
            settings.locked = locked;
            let after = refine(ground, &before, &settings)?;
            (before, after, true)
        }
        (_, None) => {
            return Err(no_cell());
        }
    };
    let compared = compare(ground, &before, &after, same_zones);
    let response = response::simulated(asked, &before, &after, &mut notes)?;
    let old = Old {
        areas: &old,
        is_locked: &is_locked,
        carried_on: same_zones,
        drawn: &drawn,
        response: response.as_ref(),
    };
    let report = draw(surface, &after, compared, &old, about, notes)?;
    let both = response.as_ref().zip(request.simulate);
    Ok(ZonesReport {
        response: both.map(|(both, simulation)| response::change(both, simulation)),
        ..report
    })
}

fn no_cell() -> ZonesJobError {
    ZonesJobError::Unfit(
        "no cell of the grid lies in any of the areas: choose a finer --resolution".into(),
    )
}
