//! Which calls a simulated town gets: as forecast, as the incidents of that time that the
//! forecast has not seen say, or as the sample's own process draws them.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::app::sample::district::SampleDistrict;
use crate::app::sample::truth;
use crate::app::simulate::error::SimulateError;
use crate::calendar::week::{HOURS, HourSet};
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::incident::record::{Incident, Priority};
use crate::patrol::hours;
use crate::patrol::simulator::handling::HandlingTime;
use crate::patrol::simulator::process::{CallProcess, Repeats, Stratum};
use crate::risk::hawkes::triggering::{RINGS, Triggering};
use crate::risk::inputs;
use crate::risk::kde::Kde;
use crate::risk::model::{RiskEvent, RiskQuestion};
use crate::risk::past::dates_only;
use crate::risk::rhythm::Rhythm;
use crate::risk::surface::RiskSurface;

/// How the hours of a period share its calls, by the rhythm of events in a stretch of time.
pub fn hour_shares(
    events: &[RiskEvent],
    learned_from: Window,
    period: Window,
    zone: &TimeZone,
) -> Vec<f64> {
    let clock = WeekClock::new(zone, learned_from);
    let seen = |event: &&RiskEvent| learned_from.contains(event.at);
    let mut counts = [0.0; HOURS];
    for event in events.iter().filter(seen) {
        counts[clock.hour_of_week(event.at)] += 1.0;
    }
    let exposure = clock.exposure_ms(learned_from, &HourSet::full());
    let rhythm = if dates_only(events, zone) {
        Rhythm::flat()
    } else {
        Rhythm::fit(&counts, &exposure.map(|ms| ms as f64))
    };
    hours::shares(period, zone, &HourSet::full(), |hour| rhythm.of(hour))
}

/// Calls as forecast, with what each triggers where the model says so.
pub fn as_forecast(
    forecast: &RiskSurface,
    hour_shares: &[f64],
    urgent: [f64; 2],
    handling: HandlingTime,
) -> CallProcess {
    CallProcess {
        strata: vec![Stratum {
            expected: forecast.expected.clone(),
            hour_shares: hour_shares.to_vec(),
            urgent,
        }],
        repeats: repeats(&forecast.provenance.parameters).map(|triggering| Repeats {
            triggering,
            grid: forecast.grid.clone(),
        }),
        handling,
    }
}

/// Calls as the incidents of the period itself say: a kernel surface and a rhythm of them.
///
/// # Errors
/// [`SimulateError::Risk`].
pub fn as_happened(
    forecast: &RiskSurface,
    events: &[RiskEvent],
    without: &[Window],
    period: Window,
    zone: &TimeZone,
    urgent: [f64; 2],
    handling: HandlingTime,
) -> Result<CallProcess, SimulateError> {
    let question = RiskQuestion {
        grid: &forecast.grid,
        look_back: period,
        window: period,
        hours: &HourSet::full(),
        zone,
        terrain: &[],
        without,
    };
    let kde = Kde {
        bandwidth_m: None,
        half_life_days: None,
    };
    let happened = inputs::surface(&kde, &question, events, &[])?;
    Ok(CallProcess {
        strata: vec![Stratum {
            expected: happened.expected,
            hour_shares: hour_shares(events, period, period, zone),
            urgent,
        }],
        repeats: None,
        handling,
    })
}

/// Calls of the process that the sample of a seed is drawn from. `known` are incidents of
/// the workspace, in order of time: they must be the sample's.
///
/// # Errors
/// [`SimulateError::NotTheSample`], [`SimulateError::Sample`].
pub fn as_generated(
    forecast: &RiskSurface,
    period: Window,
    known: &[RiskEvent],
    sample_seed: u64,
    handling: HandlingTime,
) -> Result<CallProcess, SimulateError> {
    let district = SampleDistrict::generate(sample_seed)?;
    let drawn = district.incidents.iter().map(|i| (i.at, i.position));
    let drawn: BTreeMap<_, _> = drawn.map(|(at, p)| (at, [p.lon(), p.lat()])).collect();
    let is_drawn = |event: &RiskEvent| {
        drawn.get(&event.at).is_some_and(|&[lon, lat]| {
            (lon - event.position.lon()).abs() < 1e-6 && (lat - event.position.lat()).abs() < 1e-6
        })
    };
    if known.is_empty() || !known.iter().take(50).any(is_drawn) {
        return Err(SimulateError::NotTheSample(sample_seed));
    }
    Ok(CallProcess {
        strata: truth::strata(&district.process, &forecast.grid, period),
        repeats: Some(truth::repeats(&district.process, &forecast.grid)),
        handling,
    })
}

/// Shares of priority 1 and 2; all are 3 where nothing is known.
pub fn urgency(incidents: &[Incident]) -> [f64; 2] {
    let of = |priority| incidents.iter().filter(|i| i.priority == priority).count() as f64;
    let all = (incidents.len() as f64).max(1.0);
    [of(Priority::One) / all, of(Priority::Two) / all]
}

/// What the self-exciting model says of itself in a surface's provenance.
fn repeats(parameters: &BTreeMap<String, String>) -> Option<Triggering> {
    let numbers: Vec<f64> = parameters
        .get("triggered_by_ring")?
        .split_whitespace()
        .map(|number| number.parse().ok())
        .collect::<Option<_>>()?;
    let by_ring: [f64; RINGS] = numbers.try_into().ok()?;
    let mean_days: f64 = parameters.get("trigger_mean_days")?.parse().ok()?;
    let triggering = Triggering {
        by_ring,
        decay: 1.0 / mean_days,
    };
    (mean_days > 0.0 && triggering.total() > 0.0).then_some(triggering)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_models_own_words_are_read_back() {
        let parameters = |by_ring: &str, days: &str| {
            BTreeMap::from([
                ("triggered_by_ring".to_owned(), by_ring.to_owned()),
                ("trigger_mean_days".to_owned(), days.to_owned()),
            ])
        };
        let found = repeats(&parameters("0.1000 0.0500 0.0200 0.0000", "4.000")).unwrap();
        assert_eq!(found.by_ring, [0.1, 0.05, 0.02, 0.0]);
        assert!((found.decay - 0.25).abs() < 1e-12);
        assert_eq!(repeats(&parameters("0 0 0 0", "4")), None);
        assert_eq!(repeats(&parameters("0.1 0.2", "4")), None);
        assert_eq!(repeats(&BTreeMap::new()), None);
    }
}
