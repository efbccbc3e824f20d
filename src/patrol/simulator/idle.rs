//! What an idle unit does next, by policy.

use std::collections::VecDeque;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::patrol::simulator::chance::{Subject, stream};
use crate::patrol::simulator::plans::{PlannedStop, ShiftPlan};
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::rest::Board;
use crate::patrol::simulator::town::Town;

/// Where to go, and until when to stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextStop {
    /// A place.
    pub place: u32,
    /// When to ask again.
    pub leave: Leave,
}

/// When a unit that stands asks what is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// So many milliseconds after it has come.
    After(u64),
    /// At a time.
    At(u64),
    /// When it comes back from a call.
    Never,
}

/// The idle units of one history.
#[derive(Debug)]
pub struct Idling<'a> {
    town: &'a Town,
    plans: &'a [ShiftPlan],
    policy: Policy,
    dwell_ms: u64,
    chance: ChaCha8Rng,
    /// Where each crew stands or goes to, and how many do at each place.
    headed: Vec<Option<u32>>,
    at_place: Vec<u16>,
    /// The next of the hottest cells.
    turn: usize,
    /// Each crew's rest of the round, of which shift, and its number in that.
    rest: Vec<VecDeque<PlannedStop>>,
    shift: Vec<Option<(usize, u32)>>,
    boards: Vec<Option<Board>>,
}

impl<'a> Idling<'a> {
    /// Nobody is on duty yet.
    pub fn new(
        town: &'a Town,
        plans: &'a [ShiftPlan],
        policy: Policy,
        dwell_ms: u64,
        seed: u64,
    ) -> Self {
        let crews = town.crews().len();
        Self {
            town,
            plans,
            policy,
            dwell_ms,
            chance: stream(seed, Subject::Roaming),
            headed: vec![None; crews],
            at_place: vec![0; town.travel().places()],
            turn: 0,
            rest: vec![VecDeque::new(); crews],
            shift: vec![None; crews],
            boards: plans.iter().map(|_| None).collect(),
        }
    }

    /// A crew's turn of duty begins: it gets its round of the shift's plan.
    pub fn begin_turn(&mut self, crew: usize, now_ms: u64) {
        if !self.policy.needs_plans() {
            return;
        }
        self.rest[crew].clear();
        self.shift[crew] = None;
        for (number, plan) in self.plans.iter().enumerate() {
            let unit = plan.shift.crews.iter().position(|&c| c as usize == crew);
            if let Some(unit) = unit.filter(|_| plan.shift.stretch.contains(now_ms)) {
                self.rest[crew].extend(&plan.rounds[unit]);
                self.shift[crew] = Some((number, unit as u32));
            }
        }
    }

    /// A crew is idle no more: sent to a call, or off duty.
    pub fn leave(&mut self, crew: usize, now_ms: u64) {
        self.head_for(crew, None);
        if self.policy == Policy::PlanReplan
            && let Some((shift, unit)) = self.shift[crew]
        {
            let plan = &self.plans[shift];
            let board = self.boards[shift].get_or_insert_with(|| Board::new(plan));
            board.give_up(plan, unit, now_ms);
            self.rest[crew].clear();
        }
    }

    /// Where an idle crew goes next from a place; `back` where it comes from a call.
    pub fn next(&mut self, crew: usize, place: u32, now_ms: u64, back: bool) -> NextStop {
        let stop = match self.policy {
            Policy::Station => NextStop {
                place: self.town.crews()[crew].base,
                leave: Leave::Never,
            },
            Policy::Random => NextStop {
                place: self.town.at_share_of_area(self.chance.random()),
                leave: Leave::After(self.dwell_ms),
            },
            Policy::Hottest => self.hottest(crew, place),
            Policy::Plan => self.planned(crew, place, now_ms),
            Policy::PlanReplan => {
                if back {
                    self.plan_anew(crew, place, now_ms);
                }
                self.planned(crew, place, now_ms)
            }
        };
        self.head_for(crew, Some(stop.place));
        stop
    }

    fn head_for(&mut self, crew: usize, place: Option<u32>) {
        if let Some(before) = std::mem::replace(&mut self.headed[crew], place) {
            self.at_place[before as usize] -= 1;
        }
        if let Some(place) = place {
            self.at_place[place as usize] += 1;
        }
    }

    /// The next in the order of heat where nobody is or goes to.
    fn hottest(&mut self, crew: usize, here: u32) -> NextStop {
        self.head_for(crew, None);
        let hot = self.town.hot_by_forecast();
        let free = |&offset: &usize| {
            let place = hot[(self.turn + offset) % hot.len()];
            self.at_place[place as usize] == 0
        };
        let place = match (0..hot.len()).find(free) {
            Some(offset) => {
                self.turn = (self.turn + offset) % hot.len();
                let place = hot[self.turn];
                self.turn = (self.turn + 1) % hot.len();
                place
            }
            None => here,
        };
        NextStop {
            place,
            leave: Leave::After(self.dwell_ms),
        }
    }

    /// The next stop of the round that can be reached in time for half of its stay at
    /// least; earlier ones are dropped. After the last it stays where it is.
    fn planned(&mut self, crew: usize, place: u32, now_ms: u64) -> NextStop {
        while let Some(stop) = self.rest[crew].pop_front() {
            let Some(drive_ms) = self.town.travel().millis(place, stop.place) else {
                continue;
            };
            let half = (stop.leave_ms - stop.begin_ms).div_ceil(2);
            if now_ms + u64::from(drive_ms) + half <= stop.leave_ms {
                return NextStop {
                    place: stop.place,
                    leave: Leave::At(stop.leave_ms),
                };
            }
        }
        NextStop {
            place,
            leave: Leave::Never,
        }
    }

    fn plan_anew(&mut self, crew: usize, place: u32, now_ms: u64) {
        let Some((shift, unit)) = self.shift[crew] else {
            return;
        };
        let plan = &self.plans[shift];
        if !plan.shift.stretch.contains(now_ms) {
            return;
        }
        let board = self.boards[shift].get_or_insert_with(|| Board::new(plan));
        let round = board.round_from(plan, self.town.travel(), unit, place, now_ms);
        self.rest[crew] = round.into();
    }
}

#[cfg(test)]
#[path = "idle_tests.rs"]
mod tests;
