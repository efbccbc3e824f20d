//! One history of the town, event by event.
//!
//! Calls come when they come, whatever units do. The first unit by the dispatching rule is
//! sent at once, from where it stands or can turn off; where all are busy the call waits,
//! the most urgent first, then the oldest, for the first unit that has a way. A unit drives
//! there, handles the call and is idle again where the call was; then it takes the next
//! waiting call or does what the policy says. When its turn of duty ends it goes home if it
//! is idle, or else ends its call first. Calls that still wait when the town closes are left
//! unanswered and counted.
//!
//! Times are whole milliseconds, and events of the same one have an order: the history of a
//! seed is the same on every machine.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::incident::record::Priority;
use crate::patrol::coverage::expected::ExpectedCoverage;
use crate::patrol::dispatch::offer::{Offer, When};
use crate::patrol::dispatch::rank::rank;
use crate::patrol::dispatch::rule::Rule;
use crate::patrol::simulator::chance::{Subject, stream};
use crate::patrol::simulator::history::{Answer, History, Leg};
use crate::patrol::simulator::idle::{Idling, Leave, Plans, Sent};
use crate::patrol::simulator::movement::{Movement, What};
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::process::Call;
use crate::patrol::simulator::settings::SimulationSettings;
use crate::patrol::simulator::town::{SimulationFault, Town};

/// So many legs are kept to be measured.
const LEGS: usize = 64;

/// What a history is made of besides the town.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The town.
    pub town: &'a Town,
    /// Plans of its shifts.
    pub plans: Plans<'a>,
    /// What idle units do.
    pub policy: Policy,
    /// Settings, checked.
    pub settings: &'a SimulationSettings,
    /// The calls, in order of time.
    pub calls: &'a [Call],
    /// Seed of what is drawn besides the calls.
    pub seed: u64,
}

/// Runs it; `watch` sees each piece of the units' time.
///
/// # Errors
/// [`SimulationFault::Settings`] where the coverage can't be counted,
/// [`SimulationFault::Plan`] where a plan can't be replanned.
pub fn run(case: &Case<'_>, watch: &mut dyn FnMut(Movement)) -> Result<History, SimulationFault> {
    let demand = case.town.demand();
    let cover = ExpectedCoverage::new(demand, case.settings.rings.clone());
    let crews = case.town.crews().len();
    let mut simulation = Simulation {
        case: *case,
        idling: Idling::new(case.town, case.plans, case.policy, case.settings, case.seed),
        doing: vec![Doing::Off; crews],
        stamp: vec![0; crews],
        events: BinaryHeap::new(),
        waiting: Vec::new(),
        cover: cover.map_err(|_| SimulationFault::Settings)?,
        history: History {
            covered: vec![0.0; case.settings.rings.len()],
            ..History::default()
        },
        chance: stream(case.seed, Subject::Legs),
        legs: 0,
        watch,
    };
    simulation.schedule();
    while let Some(Reverse((now, event))) = simulation.events.pop() {
        simulation.happens(now, event);
    }
    if let Some(fault) = simulation.idling.fault() {
        return Err(SimulationFault::Plan(fault.to_owned()));
    }
    let mut history = simulation.history;
    if history.looks > 0 {
        for share in &mut history.covered {
            *share /= f64::from(history.looks);
        }
    }
    Ok(history)
}

/// Events of the same millisecond come in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    TurnEnds(u32),
    TurnBegins(u32),
    /// The unit is through with what it does, if that is still what it did.
    Done {
        crew: u32,
        stamp: u32,
    },
    Call(u32),
    Look,
    Closes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Off,
    Stands {
        place: u32,
        since_ms: u64,
    },
    /// Leaves `from` at `depart_ms`, which may be still to come.
    Drives {
        from: u32,
        to: u32,
        depart_ms: u64,
        leave: Leave,
    },
    DrivesTo {
        call: u32,
        place: u32,
    },
    Handles {
        place: u32,
    },
}

struct Simulation<'a> {
    case: Case<'a>,
    idling: Idling<'a>,
    doing: Vec<Doing>,
    stamp: Vec<u32>,
    events: BinaryHeap<Reverse<(u64, Event)>>,
    /// Calls in the order in which they are answered.
    waiting: Vec<u32>,
    cover: ExpectedCoverage,
    history: History,
    chance: ChaCha8Rng,
    /// Whole legs so far.
    legs: u64,
    watch: &'a mut dyn FnMut(Movement),
}

impl Simulation<'_> {
    fn schedule(&mut self) {
        let mut add = |at_ms, event| self.events.push(Reverse((at_ms, event)));
        for (number, crew) in (0u32..).zip(self.case.town.crews()) {
            for work in &crew.works {
                add(work.from_ms, Event::TurnBegins(number));
                add(work.until_ms, Event::TurnEnds(number));
                self.history.duty_ms += work.length_ms();
            }
        }
        for (number, call) in (0u32..).zip(self.case.calls) {
            add(call.at_ms, Event::Call(number));
        }
        for open in &self.case.town.parts().open {
            add(open.until_ms, Event::Closes);
            let mut at_ms = open.from_ms;
            while at_ms < open.until_ms {
                add(at_ms, Event::Look);
                at_ms += self.case.settings.look_every_ms;
            }
        }
    }

    fn happens(&mut self, now: u64, event: Event) {
        match event {
            Event::TurnBegins(crew) => {
                let crew = crew as usize;
                self.idling.begin_turn(crew, now);
                if self.doing[crew] == Doing::Off {
                    let base = self.case.town.crews()[crew].base;
                    self.free(crew, base, now, false);
                }
            }
            Event::TurnEnds(crew) => {
                let crew = crew as usize;
                if self.ready(crew, now).is_some() {
                    self.stop_idling(crew, now);
                    self.idling.leave(crew, now, None);
                    self.does(crew, Doing::Off, None);
                }
            }
            Event::Done { crew, stamp } => {
                if self.stamp[crew as usize] == stamp {
                    self.done(crew as usize, now);
                }
            }
            Event::Call(call) => self.call(call, now),
            Event::Look => self.look(now),
            Event::Closes => self.history.left.append(&mut self.waiting),
        }
    }

    fn call(&mut self, call: u32, now: u64) {
        match self.choose(call, now) {
            Some(offer) => self.send(offer, call, now),
            None => {
                let urgency = |c: &u32| self.case.calls[*c as usize].priority;
                let own = urgency(&call);
                let place = self.waiting.partition_point(|c| urgency(c) <= own);
                self.waiting.insert(place, call);
            }
        }
    }

    /// The unit to be sent, by the rule; none where no idle unit has a way.
    fn choose(&mut self, call: u32, now: u64) -> Option<Offer> {
        let target = self.target(call)?;
        let travel = self.case.town.travel();
        let mut offers = Vec::new();
        let mut stand = Vec::new();
        for crew in 0..self.doing.len() {
            let Some((place, ready_ms)) = self.ready(crew, now) else {
                continue;
            };
            stand.push((crew, place, ready_ms));
            let drive_ms = travel.millis(place, target);
            if let Some(eta_ms) = drive_ms.and_then(|drive_ms| drive_ms.checked_add(ready_ms)) {
                offers.push(Offer {
                    unit: crew,
                    when: When::Now,
                    eta_ms,
                });
            }
        }
        if let Some(own) = self.own_ground(call, &offers) {
            return Some(own);
        }
        let urgent = self.case.calls[call as usize].priority == Priority::One;
        if self.case.settings.rule == Rule::Nearest || urgent {
            return offers.into_iter().min_by_key(|o| (o.eta_ms, o.unit));
        }
        for &(crew, place, ready_ms) in &stand {
            let from = travel.from(place);
            let row: Vec<u32> = from.iter().map(|&t| t.saturating_add(ready_ms)).collect();
            // As many times as there are places: it can't be refused.
            let _ = self.cover.put(crew, &row);
        }
        let ranking = rank(&offers, &self.cover, self.case.settings.rule, urgent);
        for (crew, ..) in stand {
            self.cover.take(crew);
        }
        ranking.choices.first().map(|choice| choice.offer)
    }

    /// The nearest idle unit of the zone that a call is in, where zones have units.
    fn own_ground(&self, call: u32, offers: &[Offer]) -> Option<Offer> {
        let grounds = self.case.town.parts().grounds.as_ref()?;
        let cell = self.case.calls[call as usize].cell as usize;
        let own = offers.iter().copied();
        own.filter(|offer| grounds.of_crew[offer.unit] == grounds.of_cell[cell])
            .min_by_key(|offer| (offer.eta_ms, offer.unit))
    }

    fn send(&mut self, offer: Offer, call: u32, now: u64) {
        let crew = offer.unit;
        let Some(((from, ready_ms), place)) = self.ready(crew, now).zip(self.target(call)) else {
            return;
        };
        self.stop_idling(crew, now);
        let parts = self.case.town.parts();
        let arrived_ms = now + u64::from(offer.eta_ms);
        let mean_ms = (parts.process.handling.mean_s() * 1000.0) as u64;
        let sent = Sent {
            place,
            free_ms: arrived_ms + mean_ms,
        };
        self.idling.leave(crew, now, Some(sent));
        let cleared_ms = arrived_ms + self.case.calls[call as usize].handling_ms;
        self.history.answers.push(Answer {
            call,
            crew: crew as u32,
            sent_ms: now,
            arrived_ms,
            cleared_ms,
        });
        let millis = offer.eta_ms - ready_ms;
        self.history.to_calls_ms += u64::from(millis);
        self.keep_leg(from, place, millis);
        let what = |what, from, from_ms, until_ms| Movement {
            crew: crew as u32,
            what,
            from,
            to: place,
            from_ms,
            until_ms,
        };
        let depart_ms = now + u64::from(ready_ms);
        (self.watch)(what(What::DrivesTo(call), from, depart_ms, arrived_ms));
        (self.watch)(what(What::Handles(call), place, arrived_ms, cleared_ms));
        self.does(crew, Doing::DrivesTo { call, place }, Some(arrived_ms));
    }

    fn done(&mut self, crew: usize, now: u64) {
        match self.doing[crew] {
            Doing::Off => {}
            Doing::Stands { place, .. } => {
                self.stop_idling(crew, now);
                self.go_on(crew, place, now, false);
            }
            Doing::Drives {
                to: place,
                leave,
                from,
                depart_ms,
            } => {
                self.stop_idling(crew, now);
                self.keep_leg(from, place, (now - depart_ms) as u32);
                self.stand(crew, place, leave, now);
            }
            Doing::DrivesTo { call, place } => {
                let until_ms = now + self.case.calls[call as usize].handling_ms;
                self.does(crew, Doing::Handles { place }, Some(until_ms));
            }
            Doing::Handles { place } => self.free(crew, place, now, true),
        }
    }

    /// A unit that has nothing to do takes the first waiting call that it has a way to, or
    /// goes where the policy says; off duty, it goes home.
    fn free(&mut self, crew: usize, place: u32, now: u64, back: bool) {
        let works = &self.case.town.crews()[crew].works;
        if !works.iter().any(|work| work.contains(now)) {
            self.does(crew, Doing::Off, None);
            return;
        }
        self.doing[crew] = Doing::Stands {
            place,
            since_ms: now,
        };
        let travel = self.case.town.travel();
        let first = (0..self.waiting.len()).find_map(|i| {
            let target = self.target(self.waiting[i])?;
            Some((i, travel.millis(place, target)?))
        });
        match first {
            Some((i, eta_ms)) => {
                let call = self.waiting.remove(i);
                let offer = Offer {
                    unit: crew,
                    when: When::Now,
                    eta_ms,
                };
                self.send(offer, call, now);
            }
            None => self.go_on(crew, place, now, back),
        }
    }

    fn go_on(&mut self, crew: usize, place: u32, now: u64, back: bool) {
        let next = self.idling.next(crew, place, now, back);
        let drive_ms = match self.case.town.travel().millis(place, next.place) {
            Some(0) => return self.stand(crew, place, next.leave, now),
            Some(drive_ms) => drive_ms,
            // It can't get there: it stays and is asked again.
            None => {
                let leave = Leave::After(self.case.settings.dwell_ms);
                return self.stand(crew, place, leave, now);
            }
        };
        let drives = Doing::Drives {
            from: place,
            to: next.place,
            depart_ms: now,
            leave: next.leave,
        };
        self.does(crew, drives, Some(now + u64::from(drive_ms)));
    }

    fn stand(&mut self, crew: usize, place: u32, leave: Leave, now: u64) {
        let until_ms = match leave {
            Leave::After(stay_ms) => Some(now + stay_ms),
            Leave::At(at_ms) => Some(at_ms.max(now)),
            Leave::Never => None,
        };
        let stands = Doing::Stands {
            place,
            since_ms: now,
        };
        self.does(crew, stands, until_ms);
    }

    fn does(&mut self, crew: usize, doing: Doing, until_ms: Option<u64>) {
        self.doing[crew] = doing;
        self.stamp[crew] += 1;
        if let Some(until_ms) = until_ms {
            let done = Event::Done {
                crew: crew as u32,
                stamp: self.stamp[crew],
            };
            self.events.push(Reverse((until_ms, done)));
        }
    }

    /// Where an idle unit can drive off, and in how many milliseconds; none where it is busy
    /// or off duty.
    fn ready(&self, crew: usize, now: u64) -> Option<(u32, u32)> {
        match self.doing[crew] {
            Doing::Stands { place, .. } => Some((place, 0)),
            Doing::Drives {
                from,
                to,
                depart_ms,
                ..
            } => {
                let driven_ms = (now - depart_ms) as u32;
                let travel = self.case.town.travel();
                let (place, at_ms) = travel.next_on_way(from, to, driven_ms);
                Some((place, at_ms - driven_ms))
            }
            Doing::Off | Doing::DrivesTo { .. } | Doing::Handles { .. } => None,
        }
    }

    /// Counts the piece of idle time that ends now, on a leg at the next place to turn off.
    fn stop_idling(&mut self, crew: usize, now: u64) {
        let piece = |what, from, to, from_ms, until_ms| Movement {
            crew: crew as u32,
            what,
            from,
            to,
            from_ms,
            until_ms,
        };
        match self.doing[crew] {
            Doing::Stands { place, since_ms } => {
                let stood_ms = now - since_ms;
                self.history.stood_ms += stood_ms;
                if self.case.town.is_hot(place) {
                    self.history.stood_hot_ms += stood_ms;
                }
                if stood_ms > 0 {
                    (self.watch)(piece(What::Stands, place, place, since_ms, now));
                }
            }
            Doing::Drives {
                from, depart_ms, ..
            } => {
                if let Some((place, ready_ms)) = self.ready(crew, now) {
                    let until_ms = now + u64::from(ready_ms);
                    self.history.patrolled_ms += until_ms - depart_ms;
                    (self.watch)(piece(What::Patrols, from, place, depart_ms, until_ms));
                }
            }
            Doing::Off | Doing::DrivesTo { .. } | Doing::Handles { .. } => {}
        }
        self.stamp[crew] += 1;
    }

    fn target(&self, call: u32) -> Option<u32> {
        let cell = self.case.calls[call as usize].cell;
        self.case.town.parts().cells.get(cell as usize)?.place
    }

    /// Looks who covers what.
    fn look(&mut self, now: u64) {
        let town = self.case.town;
        let mut soonest = vec![u32::MAX; town.travel().places()];
        for crew in 0..self.doing.len() {
            if let Some((place, ready_ms)) = self.ready(crew, now) {
                for (soonest, &time) in soonest.iter_mut().zip(town.travel().from(place)) {
                    *soonest = (*soonest).min(time.saturating_add(ready_ms));
                }
            }
        }
        let total: f64 = town.demand().iter().sum();
        let limits = self.case.settings.rings.limits_ms();
        for (covered, &limit) in self.history.covered.iter_mut().zip(limits) {
            let within = town.demand().iter().zip(&soonest);
            let within = within.filter(|&(_, &time)| time <= limit);
            *covered += within.map(|(demand, _)| demand).sum::<f64>() / total;
        }
        self.history.looks += 1;
    }

    /// Keeps some of the legs, each with the same chance.
    fn keep_leg(&mut self, from: u32, to: u32, millis: u32) {
        let leg = Leg { from, to, millis };
        self.legs += 1;
        if self.history.legs.len() < LEGS {
            self.history.legs.push(leg);
        } else {
            let slot = self.chance.random_range(0..self.legs) as usize;
            if slot < LEGS {
                self.history.legs[slot] = leg;
            }
        }
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
