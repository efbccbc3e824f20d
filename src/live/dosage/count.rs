//! The log between two instants, event by event, into what was given and what was kept.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::calendar::window::Window;
use crate::grid::cell::Cell;
use crate::live::board::Board;
use crate::live::board_event::BoardEvent;
use crate::live::dosage::presence::{BeatOf, Presence};
use crate::live::dosage::report::{BeatCount, FollowUp, MissedStop, UnitCount};
use crate::live::dosage::stops::{self, Outcome};
use crate::live::event::{EventKind, LoggedEvent};
use crate::live::ground::Ground;
use crate::live::round::event::RoundEvent;
use crate::live::round::state::RoundStop;
use crate::live::step::step;
use crate::place::feature::Unit;
use crate::place::id::Id;

/// What is counted so far.
#[derive(Debug, Clone)]
pub struct Count {
    window: Window,
    resolution: u8,
    board: Board,
    presence: Presence,
    /// Stops of which all has become that will.
    over: Vec<(Id<Unit>, RoundStop, Outcome)>,
}

impl Count {
    /// From a board as it was at the beginning of a time.
    pub fn new(
        board: Board,
        ground: &Ground,
        window: Window,
        resolution: u8,
        beats: usize,
        beat_of: BeatOf<'_>,
    ) -> Self {
        let (from, until) = (window.start(), window.end());
        let mut presence = Presence::new(from, until, resolution, beats);
        for unit in ground.units() {
            presence.note(&board, ground, &unit.id, from, beat_of);
        }
        Self {
            window,
            resolution,
            board,
            presence,
            over: Vec::new(),
        }
    }

    /// Takes the next event; false where it is after the time that is looked at.
    pub fn take(&mut self, event: &LoggedEvent, ground: &Ground, beat_of: BeatOf<'_>) -> bool {
        if event.at >= self.window.end() {
            return false;
        }
        if let EventKind::Board(BoardEvent::Round(of_round)) = &event.event {
            self.close(of_round, event.at);
        }
        let touched = step(&mut self.board, event);
        for unit in &touched.units {
            self.presence
                .note(&self.board, ground, unit, event.at, beat_of);
        }
        true
    }

    /// All of it, as of an instant.
    pub fn finish(mut self, now: Timestamp, beat_of: BeatOf<'_>) -> FollowUp {
        let (from, until) = (self.window.start(), self.window.end().min(now));
        self.presence.finish(until, beat_of);
        let rounds = std::mem::take(&mut self.board.rounds);
        for (unit, round) in &rounds {
            for (stop, outcome) in stops::of_round(round, until) {
                self.over.push((unit.clone(), stop.clone(), outcome));
            }
        }
        let beats = self.presence.given.len() - 1;
        let mut rows: Vec<BeatCount> = (0..=beats).map(|b| self.presence.beat(b)).collect();
        let mut cells = std::mem::take(&mut self.presence.cells);
        let known = std::mem::take(&mut self.presence.units);
        let mut units: BTreeMap<Id<Unit>, UnitCount> = known
            .into_iter()
            .map(|(unit, (given, silent))| {
                let count = UnitCount {
                    given,
                    silent,
                    ..UnitCount::default()
                };
                (unit, count)
            })
            .collect();
        for (unit, stop, outcome) in &self.over {
            let place = stop.planned.position;
            let beat = beat_of(place);
            let row = &mut rows[beat.unwrap_or(beats)];
            let wanted = stops::wanted(stop, from, until);
            row.wanted.0 += wanted.0;
            if let Some(cell) = Cell::at(place, self.resolution).filter(|_| wanted.0 > 0.0) {
                let of_cell = cells.entry(cell).or_default();
                of_cell.wanted.0 += wanted.0;
                of_cell.beat = of_cell.beat.or(beat);
            }
            if self.window.contains(stop.planned.arrival) {
                let count = stops::counted(stop, *outcome);
                row.stops.add(&count);
                units.entry(unit.clone()).or_default().stops.add(&count);
            }
        }
        let missed = self.over.iter().filter_map(|(unit, stop, outcome)| {
            let due_until = stop.due_until().filter(|_| *outcome == Outcome::Missed)?;
            let missed = MissedStop {
                unit: unit.clone(),
                label: stop.planned.label.clone(),
                beat: beat_of(stop.planned.position),
                due_until,
            };
            Some(missed).filter(|_| self.window.contains(stop.planned.arrival))
        });
        let mut missed: Vec<MissedStop> = missed.collect();
        missed.sort_by(|a, b| (a.due_until, &a.unit).cmp(&(b.due_until, &b.unit)));
        let outside = rows.pop().unwrap_or_default();
        FollowUp {
            from,
            until: until.max(from),
            beats: rows,
            outside,
            cells,
            units,
            missed,
        }
    }

    /// Keeps what became of a round's stops before the round is no more.
    fn close(&mut self, event: &RoundEvent, at: Timestamp) {
        let Some(round) = self.board.rounds.get(event.unit()) else {
            return;
        };
        let unit = event.unit();
        let keep = |(stop, outcome): (&RoundStop, Outcome)| (unit.clone(), stop.clone(), outcome);
        let over: Vec<_> = match event {
            RoundEvent::PlanFollowed(next) => {
                stops::left_behind(round, next, at).map(keep).collect()
            }
            RoundEvent::RoundEnded { .. } => stops::over(round, at).map(keep).collect(),
            _ => return,
        };
        self.over.extend(over);
    }
}
