//! From a workspace's layers to a town that can be simulated, and the shifts to plan in it.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::calendar::window::Window;
use crate::patrol::objective::weights::Weights;
use crate::patrol::plan::LeftOut;
use crate::patrol::pose::{Layers, PatrolSettings, PoseError, pose};
use crate::patrol::problem::PlanProblem;
use crate::patrol::simulator::places::{self, Places};
use crate::patrol::simulator::plans::ShiftToPlan;
use crate::patrol::simulator::process::{CallProcess, HOUR_MS};
use crate::patrol::simulator::town::{Crew, SimulationFault, Stretch, Town, TownCell, TownParts};
use crate::patrol::simulator::travel::Travel;
use crate::patrol::wishes::{UnitWish, Wishes};
use crate::place::feature::{Beat, Unit};
use crate::place::position::Position;
use crate::risk::surface::RiskSurface;
use crate::roads::network::{RoadNetwork, Snap};

/// So many cells at most are places of their own, before the fewer that stand for the rest:
/// a matrix of 16 million drives, 64 MB, kept by origin and by destination.
const MOST_PLACES: usize = 3000;

/// A shift of the simulated time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShiftTime {
    /// Which shift of the day: each has units of its own.
    pub kind: usize,
    /// When.
    pub window: Window,
}

/// What a town is made of.
pub struct TownLayers<'a> {
    /// The simulated time; its start is the zero of all times.
    pub period: Window,
    /// Its shifts, in order.
    pub shifts: &'a [ShiftTime],
    /// Calls forecast over the period: what policies and plans go by.
    pub forecast: &'a RiskSurface,
    /// How the period's hours share them; adds up to 1.
    pub hour_shares: &'a [f64],
    /// Which calls come; its cells are the forecast's, its hours the period's.
    pub process: CallProcess,
    /// Units of each shift; their position is where they begin it.
    pub units: &'a [Unit],
    /// The beats that each of them is bound to when it patrols, by number; none: all.
    pub bound_to: &'a [Option<Vec<u32>>],
    /// The roads.
    pub network: &'a RoadNetwork,
    /// Which beat holds a position, by its place in the list of beats.
    pub beat_at: &'a dyn Fn(Position) -> Option<usize>,
    /// The beats.
    pub beats: &'a [Beat],
    /// The district's time zone.
    pub zone: &'a TimeZone,
    /// What counts how much in plans.
    pub weights: Weights,
    /// Whether plans are needed.
    pub with_plans: bool,
    /// Seed of the plans; each shift's is its own.
    pub seed: u64,
}

/// A town and its shifts.
#[derive(Debug)]
pub struct PosedTown {
    /// The town.
    pub town: Town,
    /// What to plan; empty where no plans are needed.
    pub shifts: Vec<ShiftToPlan>,
    /// Where each place of the town is.
    pub places: Vec<Snap>,
    /// Units without a road.
    pub left_out: Vec<LeftOut>,
}

/// Why there is no town.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum TownError {
    /// Its parts.
    #[error(transparent)]
    Fault(#[from] SimulationFault),
    /// A shift's problem.
    #[error(transparent)]
    Pose(#[from] PoseError),
}

/// Makes the town.
///
/// # Errors
/// [`TownError`].
pub fn pose_town(layers: TownLayers<'_>) -> Result<PosedTown, TownError> {
    let settings = PatrolSettings::default();
    let (problems, left_out) = problems(&layers, &settings)?;
    let grid = &layers.forecast.grid;
    let mut wanted: Vec<u32> = problems
        .iter()
        .flat_map(|(_, problem)| &problem.candidates)
        .filter_map(|candidate| grid.index_of(candidate.cell).map(|i| i as u32))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    // Both what is forecast and what is true make a cell worth a place of its own.
    let (forecast, truth) = (&layers.forecast.expected, layers.process.expected());
    let scale = |values: &[f64]| values.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let (of_forecast, of_truth) = (scale(forecast), scale(&truth));
    let demand: Vec<f64> = forecast
        .iter()
        .zip(&truth)
        .map(|(f, t)| f / of_forecast + t / of_truth)
        .collect();
    let on_road = |position| layers.network.snap(position, settings.cell_off_road);
    let mut places = places::choose(grid, &demand, &wanted, MOST_PLACES, &on_road);
    let (crews, crew_of) = crews(&layers, &settings, &mut places);
    let shifts = problems
        .into_iter()
        .map(|(shift, problem)| ShiftToPlan {
            stretch: stretch(layers.period, shift.window),
            crews: problem
                .units
                .iter()
                .filter_map(|unit| {
                    let number = layers.units.iter().position(|u| u.id == unit.id)?;
                    crew_of[shift.kind][number]
                })
                .collect(),
            candidates: problem
                .candidates
                .iter()
                .filter_map(|c| places.of_cell[grid.index_of(c.cell)?])
                .collect(),
            must_visits: Vec::new(),
            problem,
        })
        .collect();
    let travel = Travel::new(layers.network.matrix(&places.snaps, &places.snaps))?;
    let cells = (0..grid.len()).map(|cell| TownCell {
        place: places.of_cell[cell],
        km2: grid.area_km2()[cell],
        forecast: forecast[cell],
    });
    let town = Town::new(TownParts {
        travel,
        own_cell: places.own_cell,
        cells: cells.collect(),
        process: layers.process,
        hours: layers.hour_shares.len(),
        open: open(layers.period, layers.shifts),
        crews,
        grounds: None,
    })?;
    Ok(PosedTown {
        town,
        shifts,
        places: places.snaps,
        left_out,
    })
}

type Problems = Vec<(ShiftTime, PlanProblem)>;

/// The patrol problem of each shift.
fn problems(
    layers: &TownLayers<'_>,
    settings: &PatrolSettings,
) -> Result<(Problems, Vec<LeftOut>), PoseError> {
    let (mut problems, mut left_out) = (Vec::new(), Vec::new());
    if !layers.with_plans {
        return Ok((problems, left_out));
    }
    let bound = layers.units.iter().zip(layers.bound_to);
    let bound = bound.filter(|(_, beats)| beats.is_some());
    let wishes = Wishes {
        units: bound
            .map(|(unit, beats)| UnitWish {
                unit: unit.id.to_string(),
                beats: beats.clone(),
                ..UnitWish::default()
            })
            .collect(),
        weights: layers.weights,
        ..Wishes::default()
    };
    let mut surface = layers.forecast.clone();
    for (number, &shift) in layers.shifts.iter().enumerate() {
        let whole = stretch(layers.period, shift.window);
        let share = |from_ms, until_ms| share_between(layers.hour_shares, from_ms, until_ms);
        let all = share(whole.from_ms, whole.until_ms);
        for (now, whole) in surface.expected.iter_mut().zip(&layers.forecast.expected) {
            *now = whole * all;
        }
        surface.provenance.window = shift.window;
        let hours = whole.length_ms().div_ceil(HOUR_MS);
        let hour_shares: Vec<f64> = (0..hours)
            .map(|hour| {
                let from_ms = whole.from_ms + hour * HOUR_MS;
                let of_hour = share(from_ms, (from_ms + HOUR_MS).min(whole.until_ms));
                if all > 0.0 { of_hour / all } else { 0.0 }
            })
            .collect();
        let posed = pose(
            &Layers {
                surface: &surface,
                hour_shares: &hour_shares,
                units: layers.units,
                joint_duty_posts: &[],
                asked_visits: &[],
                network: layers.network,
                beat_at: layers.beat_at,
                beats: layers.beats,
                // What each is bound to is a wish.
                stations: &[],
                most_units: None,
                // Shifts are planned side by side, none after another.
                before: None,
                visited: &[],
                wishes: &wishes,
                zone: layers.zone,
                label_at: &|_| String::new(),
            },
            settings,
            layers.seed.wrapping_add(number as u64),
        )?;
        left_out = posed.left_out;
        problems.push((shift, posed.problem));
    }
    Ok((problems, left_out))
}

/// A crew a unit and kind of shift, and the number of each.
fn crews(
    layers: &TownLayers<'_>,
    settings: &PatrolSettings,
    places: &mut Places,
) -> (Vec<Crew>, Vec<Vec<Option<u32>>>) {
    let kinds = layers.shifts.iter().map(|s| s.kind + 1).max().unwrap_or(0);
    let (mut crews, mut numbers) = (Vec::new(), vec![vec![None; layers.units.len()]; kinds]);
    let bases: Vec<Option<u32>> = layers
        .units
        .iter()
        .map(|unit| {
            let snap = layers.network.snap(unit.position, settings.unit_off_road)?;
            Some(places.add_base(snap))
        })
        .collect();
    for (kind, of_kind) in numbers.iter_mut().enumerate() {
        let works: Vec<Stretch> = layers
            .shifts
            .iter()
            .filter(|shift| shift.kind == kind)
            .map(|shift| stretch(layers.period, shift.window))
            .collect();
        for (number, base) in of_kind.iter_mut().zip(&bases) {
            if let Some(base) = *base {
                *number = Some(crews.len() as u32);
                crews.push(Crew {
                    base,
                    works: works.clone(),
                });
            }
        }
    }
    (crews, numbers)
}

/// When someone is on duty, shifts that follow one another being one stretch.
fn open(period: Window, shifts: &[ShiftTime]) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = shifts.iter().map(|s| stretch(period, s.window)).collect();
    all.sort_by_key(|s| (s.from_ms, s.until_ms));
    let mut open: Vec<Stretch> = Vec::new();
    for next in all {
        match open.last_mut() {
            Some(last) if next.from_ms <= last.until_ms => {
                last.until_ms = last.until_ms.max(next.until_ms);
            }
            _ => open.push(next),
        }
    }
    open
}

/// A window as milliseconds of the period; what lies outside is cut off.
fn stretch(period: Window, window: Window) -> Stretch {
    let length_ms = period.end().duration_since(period.start()).as_millis();
    let ms = |since: SignedDuration| since.as_millis().clamp(0, length_ms) as u64;
    Stretch {
        from_ms: ms(window.start().duration_since(period.start())),
        until_ms: ms(window.end().duration_since(period.start())),
    }
}

/// What hours share between two times, parts of hours by their length.
fn share_between(hour_shares: &[f64], from_ms: u64, until_ms: u64) -> f64 {
    let first = (from_ms / HOUR_MS) as usize;
    let mut sum = 0.0;
    for (hour, share) in hour_shares.iter().enumerate().skip(first) {
        let start_ms = hour as u64 * HOUR_MS;
        if start_ms >= until_ms {
            break;
        }
        let within = (start_ms + HOUR_MS).min(until_ms) - start_ms.max(from_ms);
        sum += share * within as f64 / HOUR_MS as f64;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_hours_share_by_their_length() {
        let shares = [0.1, 0.2, 0.4, 0.3];
        let of = |from: f64, until: f64| {
            let ms = |hours: f64| (hours * HOUR_MS as f64) as u64;
            share_between(&shares, ms(from), ms(until))
        };
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(near(of(0.0, 4.0), 1.0));
        assert!(near(of(0.5, 2.25), 0.05 + 0.2 + 0.1));
        assert!(near(of(1.25, 1.5), 0.05));
        assert!(near(of(3.0, 9.0), 0.3));
        assert!(near(of(2.0, 2.0), 0.0));
    }
}
