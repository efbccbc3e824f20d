//! Which place of the problem a stop is at, and who may stop there.

use crate::patrol::plan::{Stop, StopReason};
use crate::patrol::problem::StopFor;
use crate::patrol::referee::Referee;
use crate::patrol::referee::times::whole_second_after;
use crate::place::position::Position;

/// What a stop is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A candidate.
    Candidate(usize),
    /// A window of a must-visit.
    Window(usize, usize),
    /// A must-visit, for its frequency alone.
    Frequency(usize),
    /// A break of the unit.
    Break(usize),
}

impl Place {
    /// Whether the problem calls it that too.
    pub fn is(self, what: StopFor, windows: impl Fn(usize) -> usize) -> bool {
        match (self, what) {
            (Self::Candidate(a), StopFor::Candidate(b)) | (Self::Break(a), StopFor::Break(b)) => {
                a == b
            }
            (Self::Window(m, w), StopFor::MustVisit { must_visit, window }) => {
                (m, w) == (must_visit, window)
            }
            (Self::Frequency(m), StopFor::MustVisit { must_visit, window }) => {
                m == must_visit && window == windows(m)
            }
            _ => false,
        }
    }
}

impl Referee<'_> {
    /// Which place of the problem a unit's stop is at; `here` is where it was before.
    pub fn place(&self, unit: usize, stop: &Stop, here: Position) -> Option<Place> {
        match (&stop.reason, stop.cell) {
            (StopReason::Risk { .. }, Some(cell)) => self
                .problem
                .candidates
                .iter()
                .position(|c| c.cell == cell && c.snap.position == stop.position)
                .map(Place::Candidate),
            (StopReason::MustVisit { from, until }, None) => {
                let due = (self.millis(*from), self.millis(*until));
                self.window(unit, stop, due).or_else(|| {
                    let mut musts = self.problem.must_visits.iter();
                    let frequent = musts.position(|m| {
                        m.snap.position == stop.position
                            && m.name == stop.label
                            && m.every_ms.is_some()
                    });
                    frequent.map(Place::Frequency)
                })
            }
            (StopReason::Break { from, until }, None) => {
                let due = (self.millis(*from), self.millis(*until));
                let breaks = self.problem.units[unit].breaks.iter().enumerate();
                breaks
                    .filter(|(_, b)| {
                        let at = b.place.map(|p| self.problem.places[p].snap.position);
                        let window = (i64::from(b.window_ms.0), i64::from(b.window_ms.1));
                        at.unwrap_or(here) == stop.position && window == due
                    })
                    .map(|(number, _)| (self.times(unit, Place::Break(number)), number))
                    .min()
                    .map(|(_, number)| Place::Break(number))
            }
            _ => None,
        }
    }

    /// Points of one name at one place may be due at the same time: each stop is for one of
    /// them that is not kept so far, by preference.
    fn window(&self, unit: usize, stop: &Stop, due: (i64, i64)) -> Option<Place> {
        let begins = self.millis(stop.arrival).max(whole_second_after(due.0));
        let stay = self.millis(stop.departure) - begins;
        let musts = self.problem.must_visits.iter().enumerate();
        musts
            .filter(|(_, m)| m.snap.position == stop.position && m.name == stop.label)
            .filter_map(|(i, m)| {
                let mut windows = m.windows_ms.iter();
                let window = windows.position(|w| (i64::from(w.0), i64::from(w.1)) == due)?;
                let dwells = whole_second_after(i64::from(m.dwell_ms)) == stay;
                let kept = self.times(unit, Place::Window(i, window)) > 0;
                Some((!dwells, kept, i, window))
            })
            .min()
            .map(|(_, _, i, window)| Place::Window(i, window))
    }

    /// How often a place has been stopped for so far: a break by its unit, else by anyone.
    pub fn times(&self, unit: usize, place: Place) -> usize {
        let whose = match place {
            Place::Break(_) => unit,
            _ => 0,
        };
        self.kept.get(&(whose, place)).copied().unwrap_or(0)
    }

    /// One more stop for a place.
    pub fn count(&mut self, unit: usize, place: Place) {
        let whose = match place {
            Place::Break(_) => unit,
            _ => 0,
        };
        *self.kept.entry((whose, place)).or_default() += 1;
    }

    /// The rule that a unit breaks by stopping at a place, if any.
    pub fn not_allowed(&self, unit: usize, place: Place) -> Option<&'static str> {
        let unit = &self.problem.units[unit];
        let (needs, beat, position) = match place {
            Place::Candidate(c) => {
                if self.problem.not_these.contains(&c) {
                    return Some("it is a place that is not wanted");
                }
                let candidate = &self.problem.candidates[c];
                (&candidate.needs, candidate.beat, candidate.snap.position)
            }
            Place::Window(m, _) | Place::Frequency(m) => {
                let must = &self.problem.must_visits[m];
                (&must.needs, must.beat, must.snap.position)
            }
            Place::Break(_) => return None,
        };
        if needs.iter().any(|need| !unit.skills.contains(need)) {
            return Some("the unit lacks a skill for it");
        }
        if let (Some(beats), Some(beat)) = (&unit.beats, beat)
            && !beats.contains(&beat)
        {
            return Some("the unit may not stop in its beat");
        }
        let forbidden = self.problem.forbidden.iter();
        if forbidden.clone().any(|f| f.area.covers(position)) {
            return Some("it lies in a forbidden area");
        }
        None
    }

    /// Row of a place in the matrix; none: wherever the unit is.
    pub fn column(&self, unit: usize, place: Place) -> Option<usize> {
        let problem = self.problem;
        let musts = problem.units.len() + problem.candidates.len();
        match place {
            Place::Candidate(c) => Some(problem.units.len() + c),
            Place::Window(m, _) | Place::Frequency(m) => Some(musts + m),
            Place::Break(b) => problem.units[unit].breaks[b]
                .place
                .map(|place| musts + problem.must_visits.len() + place),
        }
    }
}
