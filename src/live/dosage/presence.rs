//! Where units on patrol are from one instant to the next: along the straight line between
//! two positions, so that positions a minute apart still give each cell on the way its time.
//! A position is believed for as long as the board counts on it; after that nobody knows.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::grid::cell::Cell;
use crate::live::board::Board;
use crate::live::dosage::report::{BeatCount, CellCount, minutes};
use crate::live::ground::Ground;
use crate::live::round::state::Round;
use crate::live::unit_now::Fix;
use crate::patrol::plan::StopReason;
use crate::place::feature::{Unit, UnitStatus};
use crate::place::id::Id;
use crate::place::measure::Seconds;
use crate::place::position::Position;

/// A way is looked at in steps of about so many metres, and not in more than so many.
const STEP_M: f64 = 40.0;
const MOST_STEPS: f64 = 200.0;

/// Which beat a position is in.
pub type BeatOf<'a> = &'a (dyn Fn(Position) -> Option<usize> + Sync);

/// The time that was given.
#[derive(Debug, Clone)]
pub struct Presence {
    from: Timestamp,
    until: Timestamp,
    resolution: u8,
    marks: BTreeMap<Id<Unit>, Mark>,
    /// By beat, the last one for what is in none: a bit a minute.
    seen: Vec<Vec<u64>>,
    /// By beat, the last one for what is in none.
    pub given: Vec<Seconds>,
    /// By cell.
    pub cells: BTreeMap<Cell, CellCount>,
    /// By unit: where one knows, and where not.
    pub units: BTreeMap<Id<Unit>, (Seconds, Seconds)>,
}

/// Up to where a unit's time has been counted.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: Timestamp,
    /// Its last position; none where it told none so far.
    fix: Option<Fix>,
    /// Until when that is believed.
    believed: Timestamp,
    on_patrol: bool,
}

impl Presence {
    /// Nothing so far.
    pub fn new(from: Timestamp, until: Timestamp, resolution: u8, beats: usize) -> Self {
        let words = minutes(from, until).div_ceil(64) as usize;
        Self {
            from,
            until,
            resolution,
            marks: BTreeMap::new(),
            seen: vec![vec![0; words]; beats + 1],
            given: vec![Seconds(0.0); beats + 1],
            cells: BTreeMap::new(),
            units: BTreeMap::new(),
        }
    }

    /// A unit is, or does, something else than before; the board knows of it already.
    pub fn note(
        &mut self,
        board: &Board,
        ground: &Ground,
        unit: &Id<Unit>,
        at: Timestamp,
        beat_of: BeatOf<'_>,
    ) {
        let fix = board.unit(unit).fix;
        let before = self.marks.get(unit).copied();
        // A position may be told late, but its time is never counted twice.
        let new = fix.filter(|fix| before.is_none_or(|mark| mark.fix != Some(*fix)));
        let on_patrol = is_on_patrol(board, ground, unit);
        if new.is_none() && before.is_some_and(|mark| mark.on_patrol == on_patrol) {
            // Nothing that counts: positions may still come of the time until now.
            return;
        }
        let earliest = before.map_or(Timestamp::MIN, |mark| mark.at);
        let when = new.map_or(at, |fix| fix.at.max(earliest).min(at));
        if let Some(mark) = before {
            self.count(unit, mark, when, new.map(|fix| fix.position), beat_of);
        }
        let longest = SignedDuration::from_secs_f64(board.settings.position_is_old.0);
        let believed = fix.and_then(|fix| fix.at.checked_add(longest).ok());
        let mark = Mark {
            at: when,
            fix,
            // Of one that never told where it is nothing is known.
            believed: believed.unwrap_or(Timestamp::MIN),
            on_patrol,
        };
        self.marks.insert(unit.clone(), mark);
    }

    /// Nothing more comes.
    pub fn finish(&mut self, until: Timestamp, beat_of: BeatOf<'_>) {
        for (unit, mark) in std::mem::take(&mut self.marks) {
            self.count(&unit, mark, until, None, beat_of);
        }
    }

    /// What a beat was given; its number of beats for what is in none.
    pub fn beat(&self, beat: usize) -> BeatCount {
        BeatCount {
            given: self.given[beat],
            seen_minutes: self.seen[beat].iter().map(|word| word.count_ones()).sum(),
            ..BeatCount::default()
        }
    }

    fn count(
        &mut self,
        unit: &Id<Unit>,
        mark: Mark,
        at: Timestamp,
        to: Option<Position>,
        beat_of: BeatOf<'_>,
    ) {
        let (from, until) = (mark.at.max(self.from), at.min(self.until));
        if !mark.on_patrol || from >= until {
            return;
        }
        let known = until.min(mark.believed).max(from);
        let seconds = |a: Timestamp, b: Timestamp| b.duration_since(a).as_secs_f64();
        let of_unit = self.units.entry(unit.clone()).or_default();
        of_unit.0.0 += seconds(from, known);
        of_unit.1.0 += seconds(known, until);
        let Some(fix) = mark.fix.filter(|_| from < known) else {
            return;
        };
        // Of a way that took longer than a position is believed, only the beginning is known.
        let start = fix.position;
        let to = to.filter(|_| known == until).unwrap_or(start);
        let metres = start.metres_to(to).0;
        let steps = (metres / STEP_M).ceil().clamp(1.0, MOST_STEPS);
        let step_s = seconds(from, known) / steps;
        for step in 0..steps as u32 {
            let done = (f64::from(step) + 0.5) / steps;
            let between = |a: f64, b: f64| a + (b - a) * done;
            let place = Position::wrapped(
                between(start.lon(), to.lon()),
                between(start.lat(), to.lat()),
            );
            let begun_s = seconds(self.from, from) + f64::from(step) * step_s;
            self.add(place, begun_s, step_s, beat_of);
        }
    }

    fn add(&mut self, place: Position, begun_s: f64, length_s: f64, beat_of: BeatOf<'_>) {
        let beat = beat_of(place);
        let row = beat.unwrap_or(self.given.len() - 1);
        self.given[row].0 += length_s;
        let first = (begun_s / 60.0) as usize;
        let last = ((begun_s + length_s) / 60.0).ceil() as usize;
        for minute in first..last.max(first + 1) {
            if let Some(word) = self.seen[row].get_mut(minute / 64) {
                *word |= 1 << (minute % 64);
            }
        }
        if let Some(cell) = Cell::at(place, self.resolution) {
            let of_cell = self.cells.entry(cell).or_default();
            of_cell.given.0 += length_s;
            of_cell.beat = of_cell.beat.or(beat);
        }
    }
}

/// Idle, or at a stop of its round that is no break.
fn is_on_patrol(board: &Board, ground: &Ground, unit: &Id<Unit>) -> bool {
    match board.rounds.get(unit).and_then(Round::here) {
        Some(stop) => !matches!(stop.planned.reason, StopReason::Break { .. }),
        None => ground.status(board, unit) == Some(UnitStatus::Idle),
    }
}
