//! What every question about coverage needs: where calls are expected, who stands where,
//! and how long each takes to each place.

use std::sync::Arc;

use jiff::tz::TimeZone;
use rayon::prelude::*;

use crate::app::clock;
use crate::app::coverage::error::CoverageJobError;
use crate::app::risk::{RiskRequest, risk_surface, zone_of};
use crate::app::units_now::{UnitsNow, units_for};
use crate::calendar::manned::{is_not_understood, manned_share};
use crate::index::areas::AreaIndex;
use crate::patrol::coverage::rings::{CoverageFault, Reach, Rings};
use crate::patrol::pose::{PatrolSettings, choose_units};
use crate::patrol::units_from::UnitsFrom;
use crate::place::feature::{Beat, Unit, UnitKind, UnitStatus};
use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::risk::surface::RiskSurface;
use crate::roads::network::{RoadNetwork, Snap, UNREACHABLE};
use crate::store::workspace::Workspace;

/// A unit is bound so long by a call once it is there, seconds: with the calls expected
/// and the number of units it gives the busy fraction where none is asked for.
pub const HANDLING_S: f64 = 1800.0;

/// The busy fraction is not estimated to be more than this: a district where it is has
/// other troubles than where to stand.
const MOST_BUSY: f64 = 0.9;

/// A post that is manned for less than this share of the window does not count.
const MANNED: f64 = 0.5;

/// Longest ring, minutes.
const LONGEST_RING_MINUTES: f64 = 120.0;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverageRequest {
    /// Where calls are expected.
    pub risk: RiskRequest,
    /// The rings, minutes, ascending.
    pub minutes: Vec<f64>,
    /// How many idle units, spread over the stations as plans do; none: all.
    pub units: Option<usize>,
    /// Only these units, by id or call sign; empty: any.
    pub named: Vec<String>,
    /// The busy fraction; none: estimated.
    pub busy: Option<f64>,
}

/// Someone or something that answers calls from where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// Its name or call sign.
    pub name: String,
    /// Where it is.
    pub position: Position,
    /// Where it drives off.
    pub snap: Snap,
}

/// What a caller has in memory already.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The workspace's network.
    pub network: Option<Arc<RoadNetwork>>,
    /// The surface that the request asks for.
    pub surface: Option<RiskSurface>,
    /// The units for the window that the request is about.
    pub units: Option<UnitsNow>,
}

/// Everything, ready.
pub struct Ground {
    /// The district's name.
    pub district: String,
    /// Whether everything is made up.
    pub synthetic: bool,
    /// The district's clock.
    pub zone: TimeZone,
    /// Where calls are expected.
    pub surface: RiskSurface,
    /// The roads.
    pub network: Arc<RoadNetwork>,
    /// Where each cell is driven to; none where no road is near.
    pub cell_snaps: Vec<Option<Snap>>,
    /// Idle units.
    pub units: Vec<Source>,
    /// Where they were taken from.
    pub units_from: UnitsFrom,
    /// Police posts and joint-duty posts that are manned for most of the window, or whose
    /// hours are not known.
    pub posts: Vec<Source>,
    /// Those that are shut: they answer no call, but a unit may stand there.
    pub shut_posts: Vec<Source>,
    /// Alarm pillars and where they stand.
    pub pillars: Vec<(String, String, Position)>,
    /// What does not count, and why.
    pub notes: Vec<String>,
    /// Rings and busy fraction.
    pub rings: Rings,
    /// Whether the busy fraction was estimated.
    pub busy_estimated: bool,
    beats: Vec<Beat>,
    beat_index: AreaIndex,
}

impl Ground {
    /// Reads and computes what every question needs and is not kept.
    ///
    /// # Errors
    /// [`CoverageJobError`].
    pub async fn read(
        workspace: &Workspace,
        kept: Kept,
        request: &CoverageRequest,
    ) -> Result<Self, CoverageJobError> {
        // Wrong numbers first: nobody waits for a surface to hear of them.
        rings(&request.minutes, request.busy.unwrap_or(0.0))?;
        let network = match kept.network {
            Some(network) => network,
            None => open_network(workspace).await?,
        };
        let district = workspace.district().await?;
        let zone = zone_of(&district)?;
        let all_units = match kept.units {
            Some(units) => units,
            None => units_for(workspace, request.risk.window, clock::now()).await?,
        };
        if let Some(name) = request.unknown_unit(&all_units.units) {
            return Err(CoverageJobError::UnknownUnit(name.to_owned()));
        }
        let window = request.risk.window;
        let mut notes = Vec::new();
        let mut posts: Vec<(String, String, Position)> = Vec::new();
        let mut shut: Vec<(String, String, Position)> = Vec::new();
        let mut not_understood = Vec::new();
        for post in workspace.posts().await? {
            let share = manned_share(&post.hours, window, &zone);
            notes.extend(share.and_then(|share| when_manned(&post.name, &post.hours, share)));
            if is_not_understood(&post.hours) {
                not_understood.push(format!("{} ({})", post.name, post.hours.trim()));
            }
            let of = match share.is_some_and(|share| share < MANNED) {
                true => &mut shut,
                false => &mut posts,
            };
            of.push((post.id.to_string(), post.name, post.position));
        }
        notes.extend(hours_not_understood(&not_understood));
        for post in workspace.joint_duty_posts().await? {
            posts.push((post.id.to_string(), post.name, post.position));
        }
        let pillars = workspace.pillars().await?.into_iter();
        let pillars = pillars
            .map(|p| (p.id.to_string(), p.name, p.position))
            .collect();
        let beats = workspace.beats().await?;
        let surface = match kept.surface {
            Some(surface) => surface,
            None => risk_surface(workspace, &request.risk).await?,
        };
        let request = request.clone();
        let work = move || -> Result<Self, CoverageJobError> {
            let settings = PatrolSettings::default();
            let units = idle_units(&all_units.units, &request, &network, &settings, &mut notes);
            let posts = by_road(posts, &network, settings.post_off_road, &mut notes);
            let shut_posts = by_road(shut, &network, settings.post_off_road, &mut notes);
            if surface.total() <= 0.0 {
                return Err(CoverageJobError::NoDemand);
            }
            let centres = surface.grid.centres();
            let cell_snaps: Vec<Option<Snap>> = centres
                .par_iter()
                .map(|&centre| network.snap(centre, settings.cell_off_road))
                .collect();
            let driven =
                |(snap, expected): (&Option<Snap>, &f64)| snap.is_some() && *expected > 0.0;
            if !cell_snaps.iter().zip(&surface.expected).any(driven) {
                return Err(CoverageJobError::AllOffRoad(
                    settings.cell_off_road.0 as u32,
                ));
            }
            let busy = request
                .busy
                .unwrap_or_else(|| busy_of(&surface, units.len()));
            Ok(Self {
                district: district.name,
                synthetic: district.synthetic,
                zone,
                rings: rings(&request.minutes, busy)?,
                busy_estimated: request.busy.is_none(),
                surface,
                network,
                cell_snaps,
                units,
                units_from: all_units.from,
                posts,
                shut_posts,
                pillars,
                notes,
                beat_index: AreaIndex::new(beats.iter().map(|b| b.area.clone()).collect()),
                beats,
            })
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| CoverageJobError::BrokenOff)?
    }

    /// The longest ring, milliseconds.
    pub fn longest_ms(&self) -> u32 {
        self.rings.limits_ms().iter().copied().max().unwrap_or(0)
    }

    /// What each source reaches of the cells.
    pub fn reaches(&self, sources: &[Snap]) -> Vec<Reach> {
        let longest = self.longest_ms();
        sources
            .par_iter()
            .map(|&source| {
                let reached = self.network.reached(&[source], longest);
                let to = |snap: &Option<Snap>| snap.and_then(|snap| reached.millis_to(snap));
                let row: Vec<u32> = self
                    .cell_snaps
                    .iter()
                    .map(|snap| to(snap).unwrap_or(UNREACHABLE))
                    .collect();
                self.rings.reach(&row)
            })
            .collect()
    }

    /// Where a place is, in words: its beat and street, or else its coordinates.
    pub fn label(&self, snap: Snap) -> String {
        let beat = self.beat_index.at(snap.position);
        let beat = beat.map(|b| self.beats[b].name.as_str());
        let street = self.network.street(snap);
        let known: Vec<&str> = beat
            .into_iter()
            .chain(street)
            .filter(|n| !n.is_empty())
            .collect();
        match known.is_empty() {
            false => known.join(" · "),
            true => format!("{:.5}, {:.5}", snap.position.lat(), snap.position.lon()),
        }
    }

    /// Expected calls in cells that no road comes near, and how many cells these are.
    pub fn off_road(&self) -> (usize, f64) {
        let cells = self.cell_snaps.iter().zip(&self.surface.expected);
        cells
            .filter(|(snap, expected)| snap.is_none() && **expected > 0.0)
            .fold((0, 0.0), |(n, sum), (_, expected)| (n + 1, sum + expected))
    }
}

async fn open_network(workspace: &Workspace) -> Result<Arc<RoadNetwork>, CoverageJobError> {
    let stored = workspace.road_network().await?;
    let bytes = stored.ok_or(CoverageJobError::NoRoads)?;
    let opened = tokio::task::spawn_blocking(move || RoadNetwork::from_bytes(&bytes))
        .await
        .map_err(|_| CoverageJobError::BrokenOff)?;
    Ok(Arc::new(opened?))
}

/// Rings from minutes as people write them.
///
/// # Errors
/// [`CoverageFault`].
pub fn rings(minutes: &[f64], busy: f64) -> Result<Rings, CoverageFault> {
    let valid = |m: &f64| m.is_finite() && *m > 0.0 && *m <= LONGEST_RING_MINUTES;
    if !minutes.iter().all(valid) {
        return Err(CoverageFault::Rings);
    }
    let limits_ms = minutes.iter().map(|m| (m * 60_000.0).round() as u32);
    Rings::new(limits_ms.collect(), busy)
}

/// Calls an hour × the hours that one takes, over the units; 0 where there are none.
fn busy_of(surface: &RiskSurface, units: usize) -> f64 {
    let hours = surface.provenance.window.length().0 / 3600.0;
    if units == 0 || hours <= 0.0 {
        return 0.0;
    }
    (surface.total() / hours * HANDLING_S / 3600.0 / units as f64).clamp(0.0, MOST_BUSY)
}

fn idle_units(
    units: &[Unit],
    request: &CoverageRequest,
    network: &RoadNetwork,
    settings: &PatrolSettings,
    notes: &mut Vec<String>,
) -> Vec<Source> {
    let on_foot = |u: &&Unit| u.status == UnitStatus::Idle && u.kind == UnitKind::Foot;
    let teams = units.iter().filter(on_foot).count();
    if teams > 0 {
        notes.push(format!(
            "{teams} idle foot teams do not count: coverage is by road"
        ));
    }
    let chosen = choose_units(units, None).units;
    let wanted = chosen.into_iter().filter(|unit| request.is_wanted(unit));
    let named = wanted.map(|u| (u.id.to_string(), u.call_sign, u.position));
    let most = request.units.unwrap_or(usize::MAX);
    // Who stands far from any road is replaced by the next.
    let mut found = Vec::new();
    for one in named {
        if found.len() >= most {
            break;
        }
        found.extend(by_road(vec![one], network, settings.unit_off_road, notes));
    }
    if let Some(asked) = request.units.filter(|&asked| asked > found.len()) {
        notes.push(format!(
            "{asked} units are asked for, {} are idle, drive and stand by a road",
            found.len()
        ));
    }
    for name in &request.named {
        let is = |source: &Source| source.id == *name || source.name == *name;
        let idle = units.iter().any(|u| {
            u.status == UnitStatus::Idle && (u.id.as_str() == name || u.call_sign == *name)
        });
        if !idle && !found.iter().any(is) {
            notes.push(format!("{name} does not count: it is not idle"));
        }
    }
    found
}

impl CoverageRequest {
    fn is_wanted(&self, unit: &Unit) -> bool {
        let is = |name: &String| unit.id.as_str() == name || unit.call_sign == *name;
        self.named.is_empty() || self.named.iter().any(is)
    }

    /// The first name that no unit has.
    fn unknown_unit(&self, units: &[Unit]) -> Option<&str> {
        let is = |name: &str, unit: &Unit| unit.id.as_str() == name || unit.call_sign == name;
        let mut names = self.named.iter().map(String::as_str);
        names.find(|name| !units.iter().any(|unit| is(name, unit)))
    }
}

/// That a post does not count, or counts though it is not manned all the time; none where it is.
fn when_manned(name: &str, hours: &str, share: f64) -> Option<String> {
    if share >= 1.0 {
        return None;
    }
    let counts = match share < MANNED {
        true => "does not count",
        false => "counts all the same",
    };
    Some(format!(
        "{name} is manned {hours}, for {:.0} % of the window: it {counts}",
        100.0 * share
    ))
}

/// Which posts' hours can't be read: they count as if they were always manned.
fn hours_not_understood(posts: &[String]) -> Option<String> {
    let (first, more) = posts.split_at(posts.len().min(3));
    let and_more = match more.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!first.is_empty()).then(|| {
        let first = first.join(", ");
        format!(
            "hours that are not understood, as if manned all the time: {first}{and_more}; \
             write them as 06:00-22:00"
        )
    })
}

fn by_road(
    sources: Vec<(String, String, Position)>,
    network: &RoadNetwork,
    most: Metres,
    notes: &mut Vec<String>,
) -> Vec<Source> {
    let mut found = Vec::with_capacity(sources.len());
    for (id, name, position) in sources {
        let name = if name.is_empty() { id.clone() } else { name };
        match network.snap(position, most) {
            Some(snap) => found.push(Source {
                id,
                name,
                position,
                snap,
            }),
            None => notes.push(format!(
                "{name} does not count: no road within {:.0} m",
                most.0
            )),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_whose_hours_are_not_understood_are_named() {
        assert_eq!(hours_not_understood(&[]), None);
        let posts: Vec<String> = (0..5).map(|i| format!("Post {i} (by day)")).collect();
        let note = hours_not_understood(&posts).unwrap();
        assert!(note.contains("Post 0 (by day), Post 1 (by day), Post 2 (by day) and 2 more"));
    }

    #[test]
    fn minutes_become_rings() {
        let found = rings(&[1.0, 2.5], 0.2).unwrap();
        assert_eq!(found.limits_ms(), [60_000, 150_000]);
        for wrong in [&[][..], &[0.0], &[3.0, 1.0], &[f64::NAN], &[1e9], &[-1.0]] {
            assert_eq!(rings(wrong, 0.2), Err(CoverageFault::Rings), "{wrong:?}");
        }
        assert_eq!(rings(&[1.0], 2.0), Err(CoverageFault::Busy(2.0)));
    }
}
