//! How soon calls are answered under the zones of a draft and under what there was.

use std::sync::atomic::AtomicBool;

use crate::app::zones::error::ZonesJobError;
use crate::app::zones::report::{Estimated, Response, ResponseChange, ZoneRowResponse};
use crate::app::zones::{Asked, ZonesSimulation};
use crate::patrol::simulator::experiment::Interval;
use crate::patrol::zones::partition::Partition;
use crate::patrol::zones::response::{
    ResponseComparison, ZoneAnswers, ZoneResponse, ZoneTown, compare_response,
};

const MOST_UNITS: usize = 50;
const MOST_SEEDS: u32 = 1000;
/// With as many of both a simulation takes about a minute.
const MOST_CREWS: usize = 2_000;
const MOST_CALLS: f64 = 500_000.0;

/// Numbers that can't be simulated.
///
/// # Errors
/// [`ZonesJobError::Unfit`].
pub fn refuse(asked: ZonesSimulation) -> Result<(), ZonesJobError> {
    if !(1..=MOST_UNITS).contains(&asked.units) {
        let units = asked.units;
        let why = format!("a zone has 1 to {MOST_UNITS} units, not {units}");
        return Err(ZonesJobError::Unfit(why));
    }
    if !(1..=MOST_SEEDS).contains(&asked.seeds) {
        let seeds = asked.seeds;
        let why = format!("calls are drawn 1 to {MOST_SEEDS} times, not {seeds}");
        return Err(ZonesJobError::Unfit(why));
    }
    Ok(())
}

/// Simulates both where that is asked for and there are roads.
///
/// # Errors
/// [`ZonesJobError::Simulation`].
pub fn simulated(
    asked: &Asked<'_>,
    before: &Partition,
    after: &Partition,
    notes: &mut Vec<String>,
) -> Result<Option<ResponseComparison>, ZonesJobError> {
    let Some(simulation) = asked.request.simulate else {
        return Ok(None);
    };
    let Some(network) = asked.network else {
        notes.push("without roads no response can be simulated".into());
        return Ok(None);
    };
    let crews = before.zones().max(after.zones()) * simulation.units;
    let calls = asked.surface.total() * f64::from(simulation.seeds);
    if crews > MOST_CREWS || calls > MOST_CALLS {
        let why = format!(
            "{crews} units and {calls:.0} calls over all draws are too many to simulate: at most {MOST_CREWS} units and {MOST_CALLS:.0} calls; ask for fewer draws, units or days"
        );
        return Err(ZonesJobError::Unfit(why));
    }
    if before.zones() != after.zones() {
        notes.push(format!(
            "{} zones have {} units, {} have {}: that alone changes the response",
            before.zones(),
            before.zones() * simulation.units,
            after.zones(),
            after.zones() * simulation.units,
        ));
    }
    let first = asked.request.seed;
    let seeds: Vec<u64> = (0..u64::from(simulation.seeds))
        .map(|n| first.wrapping_add(n))
        .collect();
    let town = ZoneTown {
        grid: &asked.surface.grid,
        expected: &asked.surface.expected,
        hour_shares: asked.hour_shares,
        network,
        handling_s: asked.request.handling_s,
        units: simulation.units,
        seeds: &seeds,
    };
    let never = AtomicBool::new(false);
    let compared = compare_response(&town, before, after, &never)?;
    if compared.off_road > 0.0 {
        notes.push(format!(
            "{:.1} expected calls lie more than 300 m from any road: they are not simulated",
            compared.off_road
        ));
    }
    Ok(Some(compared))
}

/// The whole of both, as it is reported.
pub fn change(compared: &ResponseComparison, simulation: ZonesSimulation) -> ResponseChange {
    ResponseChange {
        before: response(&compared.before),
        after: response(&compared.after),
        difference_s: estimated(&compared.difference_s),
        units: simulation.units,
        seeds: simulation.seeds,
        calls: compared.calls,
    }
}

/// One zone of one side; none where no call came.
pub fn of_zone(answers: &ZoneAnswers) -> Option<ZoneRowResponse> {
    Some(ZoneRowResponse {
        calls: answers.calls,
        mean_s: (answers.answered > 0).then_some(answers.mean_s),
        within: answers.shares()?.to_vec(),
    })
}

fn response(of: &ZoneResponse) -> Response {
    let busy = of.busy.iter().copied();
    Response {
        mean_s: estimated(&of.mean_s),
        p90_s: estimated(&of.p90_s),
        within: of.within.iter().map(estimated).collect(),
        queued: estimated(&of.queued),
        own: estimated(&of.own),
        busiest: busy.clone().fold(0.0, f64::max),
        least_busy: busy.fold(1.0, f64::min),
    }
}

fn estimated(interval: &Interval) -> Estimated {
    let end = |value: f64| value.is_finite().then_some(value);
    Estimated {
        mean: interval.mean,
        low: end(interval.low),
        high: end(interval.high),
    }
}
