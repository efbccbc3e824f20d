//! Draws two years of incidents from the process, by thinning: background events at the
//! highest rate, each kept with the probability that its hour and season have; then the
//! repeats of each event, and theirs.

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;

use crate::app::sample::chance::{Chance, by_weight, exponential, normal, poisson, stream};
use crate::app::sample::outline::Outline;
use crate::app::sample::plane::Spot;
use crate::app::sample::process::{OFF_STREET_M, Process, REPEAT_DAYS, REPEAT_M, Truth};
use crate::app::sample::rhythm::{at_hour, slow};
use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::place::feature::AlarmPillar;
use crate::place::id::Id;

/// People within this distance may use a pillar.
const PILLAR_M: f64 = 140.0;
const PILLAR_USED: f64 = 0.3;

struct Event {
    at: Timestamp,
    spot: Spot,
    kind: usize,
}

/// The incidents in the order of their true moments, and numbered so.
pub fn draw(
    seed: u64,
    process: &Process,
    outline: &Outline,
    pillars: &[AlarmPillar],
) -> Vec<Incident> {
    let mut events = Vec::new();
    for (kind, truth) in process.truths().iter().enumerate() {
        let mut chance = stream(seed, truth.kind.code);
        let background = background(&mut chance, process, truth, outline);
        let mut open: Vec<(Timestamp, Spot)> = background;
        while let Some((at, spot)) = open.pop() {
            open.extend(repeats(&mut chance, process, truth, outline, at, spot));
            events.push(Event { at, spot, kind });
        }
    }
    events.sort_by(|a, b| {
        let key = |e: &Event| (e.at, e.kind);
        key(a).cmp(&key(b)).then(a.spot.x.total_cmp(&b.spot.x))
    });
    let presses: Vec<Spot> = pillars.iter().map(|p| Spot::of(p.position)).collect();
    let mut chance = stream(seed, "reports");
    events
        .iter()
        .enumerate()
        .map(|(number, event)| report(&mut chance, process, &presses, number + 1, event))
        .collect()
}

fn background(
    chance: &mut Chance,
    process: &Process,
    truth: &Truth,
    outline: &Outline,
) -> Vec<(Timestamp, Spot)> {
    let year = &truth.kind.year;
    let busiest = truth.weekly.iter().copied().fold(0.0, f64::max);
    let fullest = (1.0 + year.swing) * year.per_year.powi(2).max(1.0);
    let gap_days = 1.0 / (truth.kind.per_day * busiest * fullest);
    let mut found = Vec::new();
    let mut at = process.start();
    loop {
        at = later(at, exponential(chance, gap_days));
        if !process.covers(at) {
            return found;
        }
        let share = at_hour(&truth.weekly, at, process.zone()) / busiest
            * slow(year, at, process.start(), process.zone())
            / fullest;
        if !chance.random_bool(share.clamp(0.0, 1.0)) {
            continue;
        }
        let piece = process.pieces().all[by_weight(chance, &truth.running)];
        let on_street = piece.a.towards(piece.b, chance.random());
        let spot = on_street.moved(normal(chance, OFF_STREET_M), normal(chance, OFF_STREET_M));
        if outline.contains(spot) {
            found.push((at, spot));
        }
    }
}

fn repeats(
    chance: &mut Chance,
    process: &Process,
    truth: &Truth,
    outline: &Outline,
    at: Timestamp,
    spot: Spot,
) -> Vec<(Timestamp, Spot)> {
    let busiest = truth.weekly.iter().copied().fold(0.0, f64::max);
    let mut found = Vec::new();
    for _ in 0..poisson(chance, truth.kind.repeats * busiest) {
        let then = later(at, exponential(chance, REPEAT_DAYS));
        let there = spot.moved(normal(chance, REPEAT_M), normal(chance, REPEAT_M));
        let share = at_hour(&truth.weekly, then, process.zone()) / busiest;
        if chance.random_bool(share.clamp(0.0, 1.0))
            && process.covers(then)
            && outline.contains(there)
        {
            found.push((then, there));
        }
    }
    found
}

/// To the whole second.
fn later(at: Timestamp, days: f64) -> Timestamp {
    let seconds = (days * 86_400.0).round().max(1.0) as i64;
    at.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

fn report(
    chance: &mut Chance,
    process: &Process,
    pillars: &[Spot],
    number: usize,
    event: &Event,
) -> Incident {
    let kind = &process.truths()[event.kind].kind;
    let pressed = kind.pillar
        && chance.random_bool(PILLAR_USED)
        && pillars.iter().any(|p| p.metres_to(event.spot) < PILLAR_M);
    let (counter, sensor, patrol) = kind.reported;
    let draw: f64 = chance.random();
    let origin = if draw < patrol {
        Origin::PatrolDiscovered
    } else if pressed {
        Origin::AlarmPillar
    } else if draw < patrol + sensor {
        Origin::Sensor
    } else if draw < patrol + sensor + counter {
        Origin::Counter
    } else {
        Origin::CitizenCall
    };
    let draw: f64 = chance.random();
    let priority = if draw < kind.urgent.0 {
        Priority::One
    } else if draw < kind.urgent.0 + kind.urgent.1 {
        Priority::Two
    } else {
        Priority::Three
    };
    let (at, until) = span(chance, process, kind.span_h, event.at);
    Incident {
        id: Id::new(format!("inc-{number:06}")),
        at,
        until,
        position: event.spot.position(),
        category: kind.code.into(),
        priority,
        origin,
        state: state(chance, process, event.at),
        source_id: None,
    }
}

/// The time span that is known, the true moment anywhere in it.
fn span(
    chance: &mut Chance,
    process: &Process,
    longest_h: f64,
    at: Timestamp,
) -> (Timestamp, Option<Timestamp>) {
    if longest_h <= 0.0 {
        return (at, None);
    }
    let span_s = chance.random_range(0.25..1.0) * longest_h * 3600.0;
    let before = (span_s * chance.random::<f64>()).round();
    let back = SignedDuration::from_secs(before as i64);
    let on = SignedDuration::from_secs((span_s - before).round() as i64 + 1);
    let from = at.saturating_sub(back).unwrap_or(at).max(process.start());
    let to = at.saturating_add(on).unwrap_or(at).min(process.end());
    (from, (to > from).then_some(to))
}

/// Closed, but for those of the last hours.
fn state(chance: &mut Chance, process: &Process, at: Timestamp) -> CallState {
    let minutes = (process.end().as_second() - at.as_second()) as f64 / 60.0;
    let pace = chance.random_range(0.6..1.6);
    match minutes / pace {
        m if m < 8.0 => CallState::Received,
        m if m < 20.0 => CallState::Dispatched,
        m if m < 40.0 => CallState::Arrived,
        m if m < 150.0 => CallState::Handling,
        _ => CallState::Closed,
    }
}
