//! Points that must be visited, as parts of a problem: posts with a period, visits that were
//! asked for, points that must be visited so often.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::calendar::window::Window;
use crate::patrol::plan::{Missed, MissedKind, MissedWhy};
use crate::patrol::point_visits::last_visit;
use crate::patrol::pose::{Layers, PatrolSettings, PoseError};
use crate::patrol::pose_wishes::{cut, overlap};
use crate::patrol::problem::{MustVisit, PatrolUnit};
use crate::patrol::wishes::PlaceWish;
use crate::place::position::Position;

/// Points are visited at most this often, whatever their setting: a visit takes 10 minutes,
/// and the way to it.
pub const SHORTEST_PERIOD_MS: f64 = 900_000.0;

/// So many points are never too many, whatever the units could visit.
const POINTS_AT_LEAST: usize = 400;

/// And so many are too many, however many units there are: the matrix grows with their square.
const POINTS_AT_MOST: usize = 2000;

/// How many points are searched for of a kind: twice as many as the units could visit if they
/// did nothing else, within bounds. Ten thousand points make a matrix that takes seconds before
/// a search has begun, and no plan could keep them.
pub fn most_points(units: &[PatrolUnit], settings: &PatrolSettings) -> usize {
    let work_ms = units
        .iter()
        .map(|u| u64::from(u.until_ms.saturating_sub(u.from_ms)));
    let visits = work_ms.sum::<u64>() / u64::from(settings.must_visit_dwell_ms.max(1));
    (2 * visits as usize).clamp(POINTS_AT_LEAST, POINTS_AT_MOST)
}

/// Of things that are due at these times, whether each is among the first so many; of those due
/// at one time the earlier in the list.
fn due_first<T: Ord>(due: &[Option<T>], most: usize) -> Vec<bool> {
    let mut order: Vec<usize> = (0..due.len()).filter(|&i| due[i].is_some()).collect();
    order.sort_by(|&a, &b| due[a].cmp(&due[b]));
    let mut first = vec![false; due.len()];
    order.into_iter().take(most).for_each(|i| first[i] = true);
    first
}

/// Posts with a period, each due once in every period of the window; a rest of less than
/// half a period asks for no visit of its own. A period longer than the window is a frequency,
/// which goes by the visits of earlier shifts.
///
/// # Errors
/// [`PoseError::Window`].
pub fn posts(
    layers: &Layers<'_>,
    settings: &PatrolSettings,
    window: Window,
    length_ms: u32,
    most: usize,
    missed: &mut Vec<Missed>,
) -> Result<Vec<MustVisit>, PoseError> {
    let mut musts = Vec::new();
    // What is asked of the post itself takes the place of its period.
    let wishes = layers.wishes.every.iter();
    let asked: BTreeSet<&str> = wishes.map(|wish| wish.id.as_str()).collect();
    let with_period = layers.joint_duty_posts.iter().filter_map(|post| {
        let every = post.visit_every.filter(|every| every.0 > 0.0)?;
        let period = (every.0 * 1000.0).max(SHORTEST_PERIOD_MS);
        let snap = layers.network.snap(post.position, settings.post_off_road);
        (!asked.contains(post.id.as_str())).then_some((post, period, snap))
    });
    let with_period: Vec<_> = with_period.collect();
    // What is left of the time since the last visit, where that is known and it matters.
    let many = with_period.len() > most;
    let due = with_period.iter().map(|(post, period, snap)| {
        let snap = snap.as_ref()?;
        let since = match many {
            true => since_ms(layers, &post.name, snap.position),
            false => None,
        };
        Some((*period as u64).saturating_sub(since.map_or(0, u64::from)))
    });
    let first = due_first(&due.collect::<Vec<_>>(), most);
    for ((post, period, snap), is_first) in with_period.into_iter().zip(first) {
        // A period longer than the shift can't be cut into windows of it.
        let by_gap = layers.wishes.max_gap || period > f64::from(length_ms);
        let windows_ms = match by_gap {
            true => Vec::new(),
            false => periods(period, length_ms),
        };
        let why_not = match snap {
            None => MissedWhy::NoRoad,
            Some(_) => MissedWhy::TooMany,
        };
        match snap.filter(|_| is_first) {
            Some(snap) => musts.push(MustVisit {
                id: post.id.as_str().to_owned(),
                name: post.name.clone(),
                snap,
                position: post.position,
                windows_ms,
                dwell_ms: settings.must_visit_dwell_ms,
                every_ms: by_gap.then_some(period as u32),
                since_ms: since_ms(layers, &post.name, snap.position),
                beat: (layers.beat_at)(post.position).map(|beat| beat as u32),
                needs: Vec::new(),
            }),
            None => {
                if by_gap {
                    missed.push(Missed {
                        name: post.name.clone(),
                        due: window,
                        why: why_not,
                        kind: MissedKind::Frequency,
                        unit: None,
                    });
                }
                for (from, until) in windows_ms {
                    let at = |ms| window.start() + jiff::SignedDuration::from_millis(i64::from(ms));
                    missed.push(Missed {
                        name: post.name.clone(),
                        due: Window::new(at(from), at(until))?,
                        why: why_not,
                        kind: MissedKind::MustVisit,
                        unit: None,
                    });
                }
            }
        }
    }
    Ok(musts)
}

/// Adds the visits that were asked for. One that a post's period asks for too is due once.
///
/// # Errors
/// [`PoseError::Window`].
pub fn asked_visits(
    layers: &Layers<'_>,
    settings: &PatrolSettings,
    shift: Window,
    most: usize,
    musts: &mut Vec<MustVisit>,
    missed: &mut Vec<Missed>,
) -> Result<(), PoseError> {
    let mut of_id: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, must) in musts.iter().enumerate() {
        of_id.entry(must.id.clone()).or_default().push(number);
    }
    let mut in_order: Vec<_> = layers.asked_visits.iter().collect();
    if in_order.len() > most {
        in_order.sort_by_key(|asked| asked.due.end());
    }
    let most = musts.len() + most;
    for asked in in_order {
        let mut miss = |due, why| {
            missed.push(Missed {
                name: asked.name.clone(),
                due,
                why,
                kind: MissedKind::MustVisit,
                unit: None,
            });
        };
        let from = asked.due.start().max(shift.start());
        let until = asked.due.end().min(shift.end());
        let ms = |at: Timestamp| at.duration_since(shift.start()).as_millis() as u32;
        if from >= until || ms(from) >= ms(until) {
            miss(asked.due, MissedWhy::OutsideShift);
            continue;
        }
        if musts.len() >= most {
            miss(Window::new(from, until)?, MissedWhy::TooMany);
            continue;
        }
        let snap = layers.network.snap(asked.position, settings.post_off_road);
        let Some(snap) = snap else {
            miss(Window::new(from, until)?, MissedWhy::NoRoad);
            continue;
        };
        let due_ms = (ms(from), ms(until));
        let dwell_ms = asked.dwell_ms.unwrap_or(settings.must_visit_dwell_ms);
        let same = of_id.entry(asked.id.clone()).or_default();
        for &number in same.iter() {
            musts[number]
                .windows_ms
                .retain(|&window_ms| window_ms != due_ms);
        }
        same.push(musts.len());
        musts.push(MustVisit {
            id: asked.id.clone(),
            name: asked.name.clone(),
            snap,
            position: asked.position,
            windows_ms: vec![due_ms],
            dwell_ms,
            every_ms: None,
            since_ms: None,
            beat: (layers.beat_at)(asked.position).map(|beat| beat as u32),
            needs: Vec::new(),
        });
    }
    musts.retain(|must| !must.windows_ms.is_empty() || must.every_ms.is_some());
    Ok(())
}

/// Points that must be visited so often; visits that were asked for besides count too.
///
/// # Errors
/// [`PoseError::Window`].
pub fn every_visits(
    layers: &Layers<'_>,
    settings: &PatrolSettings,
    most: usize,
    musts: &mut Vec<MustVisit>,
    missed: &mut Vec<Missed>,
) -> Result<(), PoseError> {
    let window = layers.surface.provenance.window;
    let mut in_order: Vec<_> = layers.wishes.every.iter().collect();
    if in_order.len() > most {
        in_order.sort_by_key(|wish| wish.every_ms);
    }
    let most = musts.len() + most;
    for wish in in_order {
        if let Some(must) = musts.iter_mut().find(|must| must.id == wish.id) {
            let every = must.every_ms.unwrap_or(u32::MAX).min(wish.every_ms);
            must.every_ms = Some(every);
            must.since_ms = since_ms(layers, &wish.point.name, must.snap.position);
            continue;
        }
        let position = wish.point.position;
        let (snap, why) = match musts.len() < most {
            true => (
                layers.network.snap(position, settings.post_off_road),
                MissedWhy::NoRoad,
            ),
            false => (None, MissedWhy::TooMany),
        };
        let Some(snap) = snap else {
            missed.push(Missed {
                name: wish.point.name.clone(),
                due: window,
                why,
                kind: MissedKind::Frequency,
                unit: None,
            });
            continue;
        };
        musts.push(MustVisit {
            id: wish.id.clone(),
            name: wish.point.name.clone(),
            snap,
            position,
            windows_ms: Vec::new(),
            dwell_ms: wish.dwell_ms.unwrap_or(settings.must_visit_dwell_ms),
            every_ms: Some(wish.every_ms.max(1000)),
            since_ms: since_ms(layers, &wish.point.name, snap.position),
            beat: (layers.beat_at)(position).map(|beat| beat as u32),
            needs: Vec::new(),
        });
    }
    Ok(())
}

/// Points that a stop is pinned at and that are no must-visits: they become one, due within
/// the pin's time.
///
/// # Errors
/// [`PoseError::Window`].
pub fn pinned_visits(
    layers: &Layers<'_>,
    settings: &PatrolSettings,
    musts: &mut Vec<MustVisit>,
    missed: &mut Vec<Missed>,
) -> Result<(), PoseError> {
    let shift = layers.surface.provenance.window;
    for pin in &layers.wishes.pins {
        let (PlaceWish::Point(id), Some(point)) = (&pin.place, &pin.point) else {
            continue;
        };
        let due = pin.window.unwrap_or(shift);
        let mut miss = |due, why| {
            missed.push(Missed {
                name: point.name.clone(),
                due,
                why,
                kind: MissedKind::Pin,
                unit: None,
            });
        };
        let Some(window_ms) = cut(shift, due) else {
            miss(due, MissedWhy::OutsideShift);
            continue;
        };
        // Its own windows are what the unit and the time are bound to.
        let mut of_id = musts.iter().filter(|m| m.id == *id);
        if of_id.any(|m| m.windows_ms.iter().any(|&own| overlap(own, window_ms))) {
            continue;
        }
        let Some(snap) = layers.network.snap(point.position, settings.post_off_road) else {
            miss(due, MissedWhy::NoRoad);
            continue;
        };
        musts.push(MustVisit {
            id: id.clone(),
            name: point.name.clone(),
            snap,
            position: point.position,
            windows_ms: vec![window_ms],
            dwell_ms: settings.must_visit_dwell_ms,
            every_ms: None,
            since_ms: None,
            beat: (layers.beat_at)(point.position).map(|beat| beat as u32),
            needs: Vec::new(),
        });
    }
    Ok(())
}

/// How long before the shift a stored plan last visited the point for which a unit stands
/// there, if one did.
fn since_ms(layers: &Layers<'_>, name: &str, stands: Position) -> Option<u32> {
    let start = layers.surface.provenance.window.start();
    let last = last_visit(layers.visited, name, stands, start)?;
    u32::try_from(start.duration_since(last).as_millis()).ok()
}

fn periods(period_ms: f64, length_ms: u32) -> Vec<(u32, u32)> {
    let length = f64::from(length_ms);
    let mut windows = Vec::new();
    let mut from = 0.0;
    while length - from >= period_ms / 2.0 {
        let until = (from + period_ms).min(length);
        windows.push((from as u32, until as u32));
        from += period_ms;
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patrol::made_up::{TownSize, town};

    #[test]
    fn of_too_many_points_those_due_first_are_taken() {
        let due = [Some(30), None, Some(10), Some(20), Some(10), Some(40)];
        let taken = |most| -> Vec<usize> {
            let first = due_first(&due, most).into_iter().enumerate();
            first.filter(|(_, is)| *is).map(|(i, _)| i).collect()
        };
        assert_eq!(taken(1), [2]);
        assert_eq!(taken(3), [2, 3, 4]);
        // What can't be visited takes nobody's place.
        assert_eq!(taken(9), [0, 2, 3, 4, 5]);
    }

    #[test]
    fn there_are_never_more_points_than_a_matrix_holds() {
        let size = TownSize {
            units: 150,
            candidates: 1,
            must_visits: 1,
            hours: 8.0,
            side_m: 2000.0,
        };
        let problem = town(size, 1).unwrap();
        let settings = PatrolSettings::default();
        let most = |units: usize| most_points(&problem.units[..units], &settings);
        assert_eq!([1, 10, 150].map(most), [400, 960, 2000]);
    }

    #[test]
    fn each_period_of_the_window_is_due_once() {
        let hours = |h: f64| h * 3_600_000.0;
        assert_eq!(periods(hours(2.0), 28_800_000).len(), 4);
        assert_eq!(
            periods(hours(2.0), 25_200_000).last(),
            Some(&(21_600_000, 25_200_000))
        );
        assert_eq!(periods(hours(2.0), 24_000_000).len(), 3);
        assert!(periods(hours(24.0), 28_800_000).is_empty());
    }
}
