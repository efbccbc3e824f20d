//! Obstacles of what did not even make it into a problem, and many of one kind in one line:
//! who imports ten thousand posts into a district without roads there reads one sentence.

use std::collections::BTreeSet;
use std::mem::discriminant;

use crate::patrol::feasible::{Many, Obstacle, ObstacleWhy, obstacles};
use crate::patrol::idle_units::idle_units;
use crate::patrol::plan::{Missed, MissedKind, MissedWhy};
use crate::patrol::problem::PlanProblem;
use crate::patrol::search::rounds::RoundStop;

/// So many of one kind and reason are told one by one.
const ONE_BY_ONE: usize = 5;

/// So many of a sum are named.
const NAMED: usize = 3;

/// Everything that can't be met of what was asked: in a checked problem, and beside it;
/// summed up.
pub fn all_obstacles(problem: &PlanProblem, not_posed: &[Missed]) -> Vec<Obstacle> {
    of_search(problem, not_posed, &[])
}

/// The same once the search is over: units without a stop are named too.
pub fn all_found(
    problem: &PlanProblem,
    not_posed: &[Missed],
    rounds: &[Vec<RoundStop>],
) -> Vec<Obstacle> {
    of_search(problem, not_posed, &idle_units(problem, rounds))
}

fn of_search(problem: &PlanProblem, not_posed: &[Missed], idle: &[Obstacle]) -> Vec<Obstacle> {
    let mut all = obstacles(problem);
    all.extend(idle.iter().cloned());
    let beside = not_posed.iter().filter_map(of_missed);
    all.extend(beside);
    let names = |kinds: &[MissedKind]| {
        let of_kind = not_posed.iter().filter(|m| kinds.contains(&m.kind));
        of_kind.map(|m| m.name.as_str()).collect::<BTreeSet<_>>()
    };
    let breaks: usize = problem.units.iter().map(|u| u.breaks.len()).sum();
    let of = |many: Many| match many {
        Many::NoShift | Many::NowhereToStop | Many::EndTooFar | Many::Idle => problem.units.len(),
        Many::MustVisit | Many::Frequency => {
            let posed = problem.must_visits.iter().map(|m| m.name.as_str());
            let mut points = names(&[MissedKind::MustVisit, MissedKind::Frequency]);
            points.extend(posed);
            points.len()
        }
        Many::Break => breaks + names(&[MissedKind::Break]).len(),
        Many::Pin => problem.pins.len() + names(&[MissedKind::Pin]).len(),
    };
    summed_up(all, of)
}

/// What is missed without having been searched for, as an obstacle.
fn of_missed(missed: &Missed) -> Option<Obstacle> {
    let why = match missed.why {
        MissedWhy::NoRoad => ObstacleWhy::NoRoad,
        MissedWhy::OutsideShift => ObstacleWhy::OutsideShift,
        MissedWhy::TooMany => ObstacleWhy::TooMany,
        // As plans said that were made before there was a word for it.
        MissedWhy::NoUnitInTime => ObstacleWhy::NoWay,
        MissedWhy::Crowded => return None,
    };
    let (name, until) = (missed.name.clone(), missed.due.end());
    Some(match missed.kind {
        MissedKind::MustVisit => Obstacle::MustVisit { name, until, why },
        MissedKind::Frequency | MissedKind::FirstVisit => Obstacle::Frequency { name, until, why },
        MissedKind::Break => Obstacle::Break {
            unit: name,
            until,
            why,
        },
        MissedKind::Pin => Obstacle::Pin {
            name,
            unit: missed.unit.clone(),
            until,
            why,
        },
    })
}

/// Which sum an obstacle may go into, its reason, and whom it is about.
fn of_kind(obstacle: &Obstacle) -> Option<(Many, Option<ObstacleWhy>, &str)> {
    Some(match obstacle {
        Obstacle::NoShift { unit } => (Many::NoShift, None, unit),
        Obstacle::NowhereToStop { unit } => (Many::NowhereToStop, None, unit),
        Obstacle::EndTooFar { unit, .. } => (Many::EndTooFar, None, unit),
        Obstacle::MustVisit { name, why, .. } => (Many::MustVisit, Some(*why), name),
        Obstacle::Frequency { name, why, .. } => (Many::Frequency, Some(*why), name),
        Obstacle::Break { unit, why, .. } => (Many::Break, Some(*why), unit),
        Obstacle::Pin { name, why, .. } => (Many::Pin, Some(*why), name),
        Obstacle::Idle { unit, why } => (Many::Idle, Some(*why), unit),
        Obstacle::NoUnits
        | Obstacle::NoStops
        | Obstacle::Candidates { .. }
        | Obstacle::NothingExpected
        | Obstacle::Many { .. } => return None,
    })
}

/// Sums up what there is many of; a sum stands where its first one stood. `of` says of how
/// many a kind is.
fn summed_up(all: Vec<Obstacle>, of: impl Fn(Many) -> usize) -> Vec<Obstacle> {
    let key = |obstacle: &Obstacle| {
        of_kind(obstacle).map(|(many, why, _)| (many, why.as_ref().map(discriminant)))
    };
    let mut groups: Vec<(_, Vec<usize>)> = Vec::new();
    for (i, obstacle) in all.iter().enumerate() {
        let Some(key) = key(obstacle) else {
            continue;
        };
        match groups.iter_mut().find(|group| group.0 == key) {
            Some(group) => group.1.push(i),
            None => groups.push((key, vec![i])),
        }
    }
    let mut sums: Vec<Option<Obstacle>> = vec![None; all.len()];
    let mut goes = vec![false; all.len()];
    for (_, members) in groups.iter().filter(|group| group.1.len() > ONE_BY_ONE) {
        members.iter().for_each(|&i| goes[i] = true);
        let Some((what, why, _)) = of_kind(&all[members[0]]) else {
            continue;
        };
        let (mut seen, mut first) = (BTreeSet::new(), Vec::new());
        for (_, _, name) in members.iter().filter_map(|&i| of_kind(&all[i])) {
            if seen.insert(name) && first.len() < NAMED {
                first.push(name.to_owned());
            }
        }
        sums[members[0]] = Some(Obstacle::Many {
            what,
            why,
            times: members.len(),
            count: seen.len(),
            of: of(what).max(seen.len()),
            names: first,
        });
    }
    let one = all.into_iter().zip(sums).zip(goes);
    one.filter_map(|((obstacle, sum), goes)| match goes {
        true => sum,
        false => Some(obstacle),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::patrol::feasible_words::{cause, remedy};
    use crate::patrol::made_up::{TownSize, town};
    use crate::patrol::reason::Language;

    fn problem() -> PlanProblem {
        let size = TownSize {
            units: 2,
            candidates: 9,
            must_visits: 1,
            hours: 2.0,
            side_m: 4000.0,
        };
        town(size, 4).unwrap()
    }

    fn missed(problem: &PlanProblem, name: &str, kind: MissedKind, why: MissedWhy) -> Missed {
        Missed {
            name: name.into(),
            due: problem.window,
            why,
            kind,
            unit: None,
        }
    }

    #[test]
    fn what_is_not_posed_is_named() {
        let problem = problem();
        let not_posed = [
            missed(&problem, "P0", MissedKind::MustVisit, MissedWhy::NoRoad),
            missed(&problem, "U1", MissedKind::Break, MissedWhy::OutsideShift),
            missed(&problem, "Cell", MissedKind::Pin, MissedWhy::OutsideShift),
        ];
        let found = all_obstacles(&problem, &not_posed);
        let words: Vec<String> = found
            .iter()
            .map(|o| cause(o, &TimeZone::UTC, Language::English))
            .collect();
        assert_eq!(words.len(), 3, "{words:?}");
        assert!(words[0].starts_with("P0, due until "), "{words:?}");
        assert!(words[0].ends_with("has no road near"), "{words:?}");
        assert!(words[1].ends_with("lies outside the shift"), "{words:?}");
        assert!(words[2].contains("Cell"), "{words:?}");
        assert!(remedy(&found[0], Language::English).contains("position"));
    }

    #[test]
    fn many_of_a_kind_are_one_line() {
        let problem = problem();
        let mut not_posed = Vec::new();
        for post in 0..30 {
            for _ in 0..4 {
                let name = format!("P{post}");
                let miss = missed(&problem, &name, MissedKind::MustVisit, MissedWhy::NoRoad);
                not_posed.push(miss);
            }
        }
        let outside = MissedWhy::OutsideShift;
        not_posed.push(missed(&problem, "Q", MissedKind::MustVisit, outside));
        let found = all_obstacles(&problem, &not_posed);
        let words: Vec<String> = found
            .iter()
            .map(|o| cause(o, &TimeZone::UTC, Language::English))
            .collect();
        assert_eq!(words.len(), 2, "{words:?}");
        assert_eq!(
            words[0],
            "30 of 32 points to visit (120 visits) have no road near: P0, P1, P2, …"
        );
        let zh = cause(&found[0], &TimeZone::UTC, Language::Chinese);
        assert!(zh.contains("32 个必巡点中 30 个"), "{zh}");
    }
}
