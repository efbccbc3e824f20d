//! What an idle unit does next, by policy.

use std::collections::VecDeque;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::patrol::simulator::chance::{Subject, stream};
use crate::patrol::simulator::plans::{PlannedStop, ShiftPlan};
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::replan::{Means, PlaceIndex, Standing};
use crate::patrol::simulator::rest::Board;
use crate::patrol::simulator::settings::{ReplanMode, SimulationSettings};
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
    plans: Plans<'a>,
    policy: Policy,
    dwell_ms: u64,
    replan: ReplanMode,
    chance: ChaCha8Rng,
    /// Where each crew stands or goes to, and how many do at each place.
    headed: Vec<Option<u32>>,
    at_place: Vec<u16>,
    /// The next of the hottest cells.
    turn: usize,
    /// Each crew's rest of the round, of which shift, and its number in that.
    rest: Vec<VecDeque<PlannedStop>>,
    shift: Vec<Option<(usize, u32)>>,
    boards: Vec<Option<Board<'a>>>,
    standing: Vec<Option<Standing>>,
    fault: Option<String>,
}

/// The plans of the shifts, and where the town's places are.
#[derive(Debug, Clone, Copy)]
pub struct Plans<'a> {
    /// One a shift; none where the policy needs none.
    pub of_shift: &'a [ShiftPlan],
    /// The places; needed only where all units are replanned.
    pub places: &'a PlaceIndex,
}

/// A call that an idle unit is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Where, a place.
    pub place: u32,
    /// When it is thought to be free again.
    pub free_ms: u64,
}

impl<'a> Idling<'a> {
    /// Nobody is on duty yet.
    pub fn new(
        town: &'a Town,
        plans: Plans<'a>,
        policy: Policy,
        settings: &SimulationSettings,
        seed: u64,
    ) -> Self {
        let shifts = plans.of_shift.len();
        let crews = town.crews().len();
        Self {
            town,
            plans,
            policy,
            dwell_ms: settings.dwell_ms,
            replan: settings.replan,
            chance: stream(seed, Subject::Roaming),
            headed: vec![None; crews],
            at_place: vec![0; town.travel().places()],
            turn: 0,
            rest: vec![VecDeque::new(); crews],
            shift: vec![None; crews],
            boards: vec![None; shifts],
            standing: vec![None; shifts],
            fault: None,
        }
    }

    /// A crew's turn of duty begins: it gets its round of the shift's plan.
    pub fn begin_turn(&mut self, crew: usize, now_ms: u64) {
        if !self.policy.needs_plans() {
            return;
        }
        self.rest[crew].clear();
        self.shift[crew] = None;
        for (number, plan) in self.plans.of_shift.iter().enumerate() {
            let unit = plan.shift.crews.iter().position(|&c| c as usize == crew);
            if let Some(unit) = unit.filter(|_| plan.shift.stretch.contains(now_ms)) {
                // What the others' replanning has made of it, where there has been some.
                if self.standing[number].is_none() {
                    self.rest[crew].extend(&plan.rounds[unit]);
                }
                self.shift[crew] = Some((number, unit as u32));
            }
        }
    }

    /// A crew is idle no more: sent to a call, or off duty.
    pub fn leave(&mut self, crew: usize, now_ms: u64, sent: Option<Sent>) {
        self.head_for(crew, None);
        if self.policy != Policy::PlanReplan {
            return;
        }
        let (Some((shift, unit)), Some(sent)) = (self.shift[crew], sent) else {
            return;
        };
        match self.replan {
            ReplanMode::OneUnit => {
                let plan = &self.plans.of_shift[shift];
                let board = self.boards[shift].get_or_insert_with(|| Board::new(plan));
                board.give_up(plan, unit, now_ms);
                self.rest[crew].clear();
            }
            ReplanMode::AllUnits { iterations } => {
                self.stand_anew(shift, iterations, |standing, means| {
                    standing.sent(means, unit, now_ms, (sent.place, sent.free_ms))
                });
            }
        }
    }

    /// What went wrong in replanning: a fault of the program.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
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

    /// What is left of the shift for a crew that is back.
    fn plan_anew(&mut self, crew: usize, place: u32, now_ms: u64) {
        let Some((shift, unit)) = self.shift[crew] else {
            return;
        };
        let plan = &self.plans.of_shift[shift];
        if !plan.shift.stretch.contains(now_ms) {
            return;
        }
        match self.replan {
            ReplanMode::OneUnit => {
                let board = self.boards[shift].get_or_insert_with(|| Board::new(plan));
                let round = board.round_from(plan, self.town.travel(), unit, place, now_ms);
                self.rest[crew] = round.into();
            }
            ReplanMode::AllUnits { iterations } => {
                self.stand_anew(shift, iterations, |standing, means| {
                    standing.back(means, unit, now_ms, place)
                });
            }
        }
    }

    /// Replans a shift, and gives its units what is left of their rounds.
    fn stand_anew(
        &mut self,
        shift: usize,
        iterations: u64,
        change: impl FnOnce(&mut Standing, Means<'_>) -> Result<Vec<Vec<PlannedStop>>, String>,
    ) {
        let plan = &self.plans.of_shift[shift];
        let standing = self.standing[shift].get_or_insert_with(|| Standing::new(plan));
        let means = Means {
            plan,
            places: self.plans.places,
            travel: self.town.travel(),
            iterations,
        };
        match change(standing, means) {
            Ok(rounds) => {
                for (&crew, rest) in plan.shift.crews.iter().zip(rounds) {
                    self.rest[crew as usize] = rest.into();
                }
            }
            Err(fault) => self.fault = Some(fault),
        }
    }
}

#[cfg(test)]
#[path = "idle_tests.rs"]
mod tests;
