//! How soon calls are answered under a partition: each zone has units of its own that wait
//! in its middle; a call is answered by its zone's nearest idle unit, by the nearest of all
//! where there is none, and waits where all are busy.
//!
//! The day simulator runs the same calls (common random numbers) under each partition, on
//! the same places and drives, so that differences are those of the zones. A zone's middle
//! is the place of it from which its calls are reached soonest in the mean (its 1-median by
//! road). No policy moves the units: what zones are worth is seen without it.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::grid::hexgrid::HexGrid;
use crate::patrol::simulator::experiment::{Interval, interval};
use crate::patrol::simulator::handling::HandlingTime;
use crate::patrol::simulator::history::History;
use crate::patrol::simulator::idle::Plans;
use crate::patrol::simulator::places::{self, Places};
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::process::{Call, CallProcess, HOUR_MS, Stratum};
use crate::patrol::simulator::replan::PlaceIndex;
use crate::patrol::simulator::run::{Case, run};
use crate::patrol::simulator::settings::{SimulationSettings, WITHIN_S};
use crate::patrol::simulator::tally::{Figure, Tally};
use crate::patrol::simulator::town::{
    Crew, Grounds, SimulationFault, Stretch, Town, TownCell, TownParts,
};
use crate::patrol::simulator::travel::Travel;
use crate::patrol::zones::partition::Partition;
use crate::place::measure::Metres;
use crate::roads::network::RoadNetwork;

/// So many cells at most are places of their own.
const MOST_PLACES: usize = 2500;
/// A cell further from any road has no calls that could be driven to.
const OFF_ROAD: Metres = Metres(300.0);

/// What is simulated.
pub struct ZoneTown<'a> {
    /// The cells.
    pub grid: &'a HexGrid,
    /// Calls expected in each over all hours.
    pub expected: &'a [f64],
    /// How the hours share them; adds up to 1.
    pub hour_shares: &'a [f64],
    /// The roads.
    pub network: &'a RoadNetwork,
    /// Mean time that a call binds a unit that is there, seconds.
    pub handling_s: f64,
    /// Units of each zone.
    pub units: usize,
    /// Seeds of the calls.
    pub seeds: &'a [u64],
}

/// How calls are answered under a partition; means over seeds with 95 % intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneResponse {
    /// Mean from call to arrival, seconds.
    pub mean_s: Interval,
    /// Its 90th percentile, seconds.
    pub p90_s: Interval,
    /// Shares answered within 1, 3, 5 and 8 minutes.
    pub within: Vec<Interval>,
    /// Share of the calls that waited until a unit was free.
    pub queued: Interval,
    /// Share answered by a unit of their own zone.
    pub own: Interval,
    /// Of each zone, the share of its units' time spent on calls (drive and handling), mean
    /// over seeds.
    pub busy: Vec<f64>,
    /// How the calls of each zone are answered, by whomever.
    pub of_zone: Vec<ZoneAnswers>,
}

/// How the calls of one zone are answered, all seeds together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ZoneAnswers {
    /// Calls that came, of all seeds.
    pub calls: usize,
    /// Of which somebody answered.
    pub answered: usize,
    /// Of which within 1, 3, 5 and 8 minutes.
    pub within: [usize; WITHIN_S.len()],
    /// Mean from call to arrival of those that were answered, seconds.
    pub mean_s: f64,
}

impl ZoneAnswers {
    /// Share of the calls that were answered within 1, 3, 5 and 8 minutes; none without calls.
    pub fn shares(&self) -> Option<[f64; WITHIN_S.len()]> {
        let calls = (self.calls > 0).then_some(self.calls as f64)?;
        Some(self.within.map(|within| within as f64 / calls))
    }

    fn add(&mut self, other: &Self) {
        let answered = self.answered + other.answered;
        if answered > 0 {
            let sum = |a: &Self| a.mean_s * a.answered as f64;
            self.mean_s = (sum(self) + sum(other)) / answered as f64;
        }
        self.answered = answered;
        self.calls += other.calls;
        for (sum, more) in self.within.iter_mut().zip(other.within) {
            *sum += more;
        }
    }
}

/// Two partitions on the same calls.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseComparison {
    /// Under the one.
    pub before: ZoneResponse,
    /// Under the other.
    pub after: ZoneResponse,
    /// Mean response after less before, seed by seed, seconds.
    pub difference_s: Interval,
    /// Mean number of calls of a seed.
    pub calls: f64,
    /// Calls expected in cells that no road leads to, of all hours: they are left out.
    pub off_road: f64,
}

/// Simulates both; `stop` is asked between histories.
///
/// # Errors
/// [`SimulationFault`].
pub fn compare_response(
    town: &ZoneTown<'_>,
    before: &Partition,
    after: &Partition,
    stop: &AtomicBool,
) -> Result<ResponseComparison, SimulationFault> {
    if town.seeds.is_empty() {
        return Err(SimulationFault::NothingToRun);
    }
    if town.units == 0 {
        return Err(SimulationFault::NoUnits);
    }
    let on_road = |position| town.network.snap(position, OFF_ROAD);
    let places = places::choose(town.grid, town.expected, &[], MOST_PLACES, &on_road);
    let travel = Travel::new(town.network.matrix(&places.snaps, &places.snaps))?;
    let [before, after] = [before, after].map(|partition| posed(town, &places, &travel, partition));
    let towns = [before?, after?];
    let settings = SimulationSettings::default();
    let (none, index) = (Vec::new(), PlaceIndex::none());
    let plans = Plans {
        of_shift: &none,
        places: &index,
    };
    let by_seed: Vec<Result<[Outcome; 2], SimulationFault>> = town
        .seeds
        .par_iter()
        .with_max_len(1)
        .map(|&seed| {
            let parts = towns[0].parts();
            let mut calls = parts.process.draw(seed, &parts.open)?;
            calls.retain(|call| parts.cells[call.cell as usize].place.is_some());
            let one = |town: &Town| {
                if stop.load(Ordering::Relaxed) {
                    return Err(SimulationFault::BrokenOff);
                }
                let case = Case {
                    town,
                    plans,
                    policy: Policy::Station,
                    settings: &settings,
                    calls: &calls,
                    seed,
                };
                Ok(Outcome::of(town, &calls, &run(&case, &mut |_| {})?))
            };
            Ok([one(&towns[0])?, one(&towns[1])?])
        })
        .collect();
    let outcomes = by_seed.into_iter().collect::<Result<Vec<_>, _>>()?;
    let of = |side: usize| outcomes.iter().map(|pair| &pair[side]).collect::<Vec<_>>();
    let [before, after] = [of(0), of(1)];
    let mean = |outcome: &Outcome| outcome.tally.figure(Figure::MeanResponse);
    // A seed without a call says nothing.
    let pairs = before.iter().zip(&after);
    let differences = pairs.filter_map(|(before, after)| Some(mean(after)? - mean(before)?));
    let calls = outcomes.iter().map(|pair| pair[0].tally.calls as f64);
    Ok(ResponseComparison {
        difference_s: over_seeds(differences)?,
        calls: calls.sum::<f64>() / outcomes.len() as f64,
        off_road: towns[0].off_road(),
        before: response(&before)?,
        after: response(&after)?,
    })
}

/// What came of one history.
struct Outcome {
    tally: Tally,
    own: f64,
    busy: Vec<f64>,
    of_zone: Vec<ZoneAnswers>,
}

impl Outcome {
    fn of(town: &Town, calls: &[Call], history: &History) -> Self {
        let (mut own, mut busy, mut of_zone) = (0usize, Vec::new(), Vec::new());
        if let Some(grounds) = &town.parts().grounds {
            of_zone = answered_by_zone(grounds, calls, history);
            let zones = grounds.of_crew.iter().max().map_or(0, |&z| z as usize + 1);
            let mut spent = vec![0u64; zones];
            let mut units = vec![0u64; zones];
            for &zone in &grounds.of_crew {
                units[zone as usize] += 1;
            }
            for answer in &history.answers {
                let zone = grounds.of_crew[answer.crew as usize];
                let cell = calls[answer.call as usize].cell;
                own += usize::from(grounds.of_cell[cell as usize] == zone);
                spent[zone as usize] += answer.cleared_ms - answer.sent_ms;
            }
            let share = |(spent, units): (u64, u64)| match units {
                0 => 0.0,
                units => spent as f64 / (units * town.end_ms()) as f64,
            };
            busy = spent.into_iter().zip(units).map(share).collect();
        }
        Self {
            tally: Tally::new(calls, history, &|_| None),
            own: own as f64 / history.answers.len().max(1) as f64,
            busy,
            of_zone,
        }
    }
}

/// The calls of each zone, as they were answered.
fn answered_by_zone(grounds: &Grounds, calls: &[Call], history: &History) -> Vec<ZoneAnswers> {
    let zones = grounds.of_cell.iter().max().map_or(0, |&z| z as usize + 1);
    let mut of_zone = vec![ZoneAnswers::default(); zones];
    let zone = |call: &Call| grounds.of_cell[call.cell as usize] as usize;
    for call in calls {
        of_zone[zone(call)].calls += 1;
    }
    for answer in &history.answers {
        let call = &calls[answer.call as usize];
        let response_ms = answer.arrived_ms - call.at_ms;
        let in_time = |limit_s: u32| usize::from(response_ms <= u64::from(limit_s) * 1000);
        of_zone[zone(call)].add(&ZoneAnswers {
            calls: 0,
            answered: 1,
            within: WITHIN_S.map(in_time),
            mean_s: response_ms as f64 / 1000.0,
        });
    }
    of_zone
}

/// The town of a partition.
fn posed(
    town: &ZoneTown<'_>,
    places: &Places,
    travel: &Travel,
    partition: &Partition,
) -> Result<Town, SimulationFault> {
    let hours = town.hour_shares.len();
    let whole = Stretch {
        from_ms: 0,
        until_ms: hours as u64 * HOUR_MS,
    };
    let (mut crews, mut of_crew) = (Vec::new(), Vec::new());
    for (zone, base) in middles(town, places, travel, partition)
        .into_iter()
        .enumerate()
    {
        // A zone that no road leads to has nobody: others answer for it.
        let Some(base) = base else { continue };
        for _ in 0..town.units {
            crews.push(Crew {
                base,
                works: vec![whole],
            });
            of_crew.push(zone as u32);
        }
    }
    let cells = (0..town.grid.len()).map(|cell| TownCell {
        place: places.of_cell[cell],
        km2: town.grid.area_km2()[cell],
        forecast: town.expected[cell],
    });
    Town::new(TownParts {
        travel: travel.clone(),
        own_cell: places.own_cell.clone(),
        cells: cells.collect(),
        process: CallProcess {
            strata: vec![Stratum {
                expected: town.expected.to_vec(),
                hour_shares: town.hour_shares.to_vec(),
                // The nearest is sent to all of them, so that urgency makes no difference.
                urgent: [0.0, 1.0],
            }],
            repeats: None,
            handling: HandlingTime::LogNormal {
                mean_s: town.handling_s,
                variation: 1.0,
            },
        },
        hours,
        open: vec![whole],
        crews,
        grounds: Some(Grounds {
            of_cell: partition.zone_of().to_vec(),
            of_crew,
        }),
    })
}

/// Of each zone the place in it from which its calls are reached soonest in the mean; none
/// where it has no place.
fn middles(
    town: &ZoneTown<'_>,
    places: &Places,
    travel: &Travel,
    partition: &Partition,
) -> Vec<Option<u32>> {
    let mut demand = vec![vec![]; partition.zones()];
    for cell in 0..town.grid.len() {
        if let Some(place) = places.of_cell[cell].filter(|_| town.expected[cell] > 0.0) {
            demand[partition.zone(cell)].push((place, town.expected[cell]));
        }
    }
    let mut own = vec![vec![]; partition.zones()];
    for (place, cell) in (0u32..).zip(&places.own_cell) {
        if let Some(cell) = cell {
            own[partition.zone(*cell as usize)].push(place);
        }
    }
    let worst = f64::from(u32::MAX);
    own.iter()
        .zip(&demand)
        .map(|(own, demand)| {
            let cost = |&from: &u32| -> f64 {
                let drives = demand
                    .iter()
                    .map(|&(to, calls)| calls * travel.millis(from, to).map_or(worst, f64::from));
                drives.sum()
            };
            let mut best: Option<(f64, u32)> = None;
            for place in own {
                let cost = cost(place);
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, *place));
                }
            }
            best.map(|(_, place)| place)
        })
        .collect()
}

fn response(outcomes: &[&Outcome]) -> Result<ZoneResponse, SimulationFault> {
    let figure =
        |figure: Figure| over_seeds(outcomes.iter().filter_map(|o| o.tally.figure(figure)));
    let answered = |o: &&&Outcome| o.tally.figure(Figure::MeanResponse).is_some();
    let zones = outcomes.first().map_or(0, |o| o.busy.len());
    let busy = (0..zones).map(|zone| {
        let sum: f64 = outcomes.iter().map(|o| o.busy[zone]).sum();
        sum / outcomes.len() as f64
    });
    let within = (0..WITHIN_S.len()).map(|i| figure(Figure::Within(i)));
    let parts = outcomes.first().map_or(0, |o| o.of_zone.len());
    let mut of_zone = vec![ZoneAnswers::default(); parts];
    for outcome in outcomes {
        for (sum, more) in of_zone.iter_mut().zip(&outcome.of_zone) {
            sum.add(more);
        }
    }
    Ok(ZoneResponse {
        of_zone,
        mean_s: figure(Figure::MeanResponse)?,
        p90_s: figure(Figure::P90Response)?,
        within: within.collect::<Result<_, _>>()?,
        queued: figure(Figure::Queued)?,
        own: over_seeds(outcomes.iter().filter(answered).map(|o| o.own))?,
        busy: busy.collect(),
    })
}

/// Mean and interval; there must be a value.
fn over_seeds(values: impl Iterator<Item = f64>) -> Result<Interval, SimulationFault> {
    let values: Vec<f64> = values.collect();
    interval(&values).ok_or(SimulationFault::NoCalls)
}

#[cfg(test)]
#[path = "response_tests.rs"]
mod tests;
