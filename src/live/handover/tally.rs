//! The fold of a shift: begins with the board as it was, takes the events of the shift in
//! one after the other, and notes what became of calls, alarms, pillars and units. What has
//! left the board since (calls that ended long ago) is kept here.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::calendar::window::Window;
use crate::incident::record::{CallState, Incident};
use crate::live::alarm::Alarm;
use crate::live::board::Board;
use crate::live::board_event::BoardEvent;
use crate::live::call::Call;
use crate::live::event::{EventKind, LoggedEvent};
use crate::live::ground::Ground;
use crate::live::handover::figures::{
    AlarmFigures, CallFigures, Escalations, Handover, PillarTime, Response, STATUSES, Stand,
    UnitTime, between, slot,
};
use crate::live::handover::spread::Spread;
use crate::live::step::{Touched, step};
use crate::place::feature::{AlarmPillar, PillarState, Station, Unit, UnitStatus};
use crate::place::id::Id;
use crate::place::measure::Seconds;
use crate::place::position::Position;

/// What is asked about.
pub struct Scope<'a> {
    /// The units and pillars there are.
    pub ground: &'a Ground,
    /// One station, or all.
    pub station: Option<&'a Id<Station>>,
    /// The station whose beat holds a place.
    pub station_at: &'a dyn Fn(Position) -> Option<Id<Station>>,
}

impl Scope<'_> {
    fn has_place(&self, position: Position) -> bool {
        let of = |station| (self.station_at)(position).as_ref() == Some(station);
        self.station.is_none_or(of)
    }

    fn has_pillar(&self, id: &Id<AlarmPillar>) -> bool {
        let pillar = self.ground.pillar(id);
        // One that was taken away since stands nowhere.
        pillar.map_or(self.station.is_none(), |it| self.has_place(it.position))
    }

    fn has_unit(&self, unit: &Unit) -> bool {
        let of = |station: &Id<Station>| unit.station.as_ref() == Some(station);
        self.station.is_none_or(of)
    }
}

/// A shift that is being told.
pub struct Tally<'a> {
    scope: Scope<'a>,
    window: Window,
    board: Board,
    calls: BTreeMap<Id<Incident>, Told>,
    figures: CallFigures,
    alarms: BTreeMap<u64, Alarm>,
    presses: usize,
    escalations: Escalations,
    pillars: BTreeMap<Id<AlarmPillar>, PillarTime>,
    pillars_seen: HashMap<Id<AlarmPillar>, Timestamp>,
    units: BTreeMap<Id<Unit>, UnitTime>,
    units_seen: HashMap<Id<Unit>, (UnitStatus, Timestamp)>,
}

/// A call as it was last seen.
struct Told {
    call: Call,
    received_here: bool,
    taken_over: bool,
}

impl<'a> Tally<'a> {
    /// Begins with the board as of the window's beginning.
    pub fn new(board: Board, window: Window, scope: Scope<'a>) -> Self {
        let mut tally = Self {
            scope,
            window,
            calls: BTreeMap::new(),
            figures: CallFigures::default(),
            alarms: BTreeMap::new(),
            presses: 0,
            escalations: Escalations::default(),
            pillars: BTreeMap::new(),
            pillars_seen: HashMap::new(),
            units: BTreeMap::new(),
            units_seen: HashMap::new(),
            board,
        };
        tally.begin();
        tally
    }

    fn begin(&mut self) {
        let (ground, start) = (self.scope.ground, self.window.start());
        for call in self.board.open_calls() {
            if self.scope.has_place(call.position) {
                let told = Told {
                    call: call.clone(),
                    received_here: false,
                    taken_over: true,
                };
                self.calls.insert(call.id.clone(), told);
            }
        }
        for alarm in self.board.open_alarms() {
            if self.scope.has_pillar(&alarm.pillar) {
                self.alarms.insert(alarm.number, alarm.clone());
            }
        }
        for pillar in ground
            .pillars()
            .filter(|p| self.scope.has_place(p.position))
        {
            let now = self.board.pillars.get(&pillar.id);
            let time = PillarTime {
                id: pillar.id.clone(),
                online: now.map_or(pillar.state != PillarState::Offline, |now| now.online),
                since: now.map(|now| now.since),
                silences: 0,
                silent: Seconds(0.0),
            };
            self.pillars.insert(pillar.id.clone(), time);
            self.pillars_seen.insert(pillar.id.clone(), start);
        }
        for unit in ground.units().filter(|unit| self.scope.has_unit(unit)) {
            let status = self.board.unit(&unit.id).status.unwrap_or(unit.status);
            let time = UnitTime {
                id: unit.id.clone(),
                seconds: [Seconds(0.0); 5],
                sent: 0,
                reached: 0,
            };
            self.units.insert(unit.id.clone(), time);
            self.units_seen.insert(unit.id.clone(), (status, start));
        }
    }

    /// Takes the next event in.
    pub fn take(&mut self, logged: &LoggedEvent) {
        let touched = step(&mut self.board, logged);
        if let EventKind::Board(event) = &logged.event {
            self.note(event, &touched);
        }
        for id in &touched.calls {
            if let (Some(told), Some(call)) = (self.calls.get_mut(id), self.board.calls.get(id)) {
                told.call = call.clone();
            }
        }
        for number in &touched.alarms {
            if let (Some(told), Some(alarm)) =
                (self.alarms.get_mut(number), self.board.alarms.get(number))
            {
                *told = alarm.clone();
            }
        }
        for pillar in &touched.pillars {
            self.pillar_changed(pillar, logged.at);
        }
        for unit in &touched.units {
            self.unit_changed(unit, logged.at);
        }
    }

    /// What only the event itself tells.
    fn note(&mut self, event: &BoardEvent, touched: &Touched) {
        // An event of a call that the board does not have has touched nothing.
        let is_meant = |tally: &Self, id: &Id<Incident>| {
            let call = tally
                .board
                .calls
                .get(id)
                .filter(|_| touched.calls.contains(id));
            call.is_some_and(|call| tally.scope.has_place(call.position))
        };
        match event {
            BoardEvent::IncidentReceived(received) => {
                if !self.scope.has_place(received.position) {
                    return;
                }
                if received.state == CallState::Closed {
                    self.figures.noted += 1;
                } else if is_meant(self, &received.id) {
                    let call = self.board.calls[&received.id].clone();
                    self.figures.received += 1;
                    let told = Told {
                        call,
                        received_here: true,
                        taken_over: false,
                    };
                    self.calls.insert(received.id.clone(), told);
                }
            }
            BoardEvent::CallReopened { call } if is_meant(self, call) => {
                self.figures.reopened += 1;
                let told = Told {
                    call: self.board.calls[call].clone(),
                    received_here: false,
                    taken_over: false,
                };
                self.calls.entry(call.clone()).or_insert(told);
            }
            BoardEvent::CallMerged { call, .. } if is_meant(self, call) => {
                self.figures.merged += 1;
            }
            BoardEvent::CallCancelled { call, reason } if is_meant(self, call) => {
                self.figures.count_cancelled(*reason);
            }
            BoardEvent::CallReclassified { call, .. } if is_meant(self, call) => {
                self.figures.reclassified += 1;
            }
            BoardEvent::CallsKeptApart { call, .. } if is_meant(self, call) => {
                self.figures.kept_apart += 1;
            }
            BoardEvent::UnitAssigned { unit, .. } => {
                if let Some(time) = self.units.get_mut(unit) {
                    time.sent += 1;
                }
            }
            BoardEvent::UnitArrived { unit, .. } => {
                if let Some(time) = self.units.get_mut(unit) {
                    time.reached += 1;
                }
            }
            BoardEvent::PillarPressed { pillar, alarm } if self.scope.has_pillar(pillar) => {
                self.presses += 1;
                if let Some(rings) = self.board.alarms.get(alarm) {
                    let rings = rings.clone();
                    self.alarms.entry(*alarm).or_insert(rings);
                }
            }
            BoardEvent::AlarmEscalated { alarm, level } if self.alarms.contains_key(alarm) => {
                self.escalations.note(*level);
            }
            _ => {}
        }
    }

    fn pillar_changed(&mut self, id: &Id<AlarmPillar>, at: Timestamp) {
        let (Some(time), Some(seen), Some(now)) = (
            self.pillars.get_mut(id),
            self.pillars_seen.get_mut(id),
            self.board.pillars.get(id),
        ) else {
            return;
        };
        if !time.online {
            time.silent.0 += between(*seen, at).0;
        }
        if time.online && !now.online {
            time.silences += 1;
        }
        *seen = at;
        time.online = now.online;
        time.since = Some(now.since);
    }

    fn unit_changed(&mut self, id: &Id<Unit>, at: Timestamp) {
        let (Some(time), Some(seen)) = (self.units.get_mut(id), self.units_seen.get_mut(id)) else {
            return;
        };
        let (status, since) = *seen;
        let now = self.board.unit(id).status.unwrap_or(status);
        spend(time, status, since, at);
        *seen = (now, at);
    }

    /// The figures, as of the window's end.
    pub fn finish(mut self) -> Handover {
        let end = self.window.end();
        for (id, time) in &mut self.pillars {
            if !time.online {
                time.silent.0 += between(self.pillars_seen[id], end).0;
            }
        }
        for (id, time) in &mut self.units {
            let (status, since) = self.units_seen[id];
            spend(time, status, since, end);
        }
        let received = || {
            let here = self.calls.values().filter(|told| told.received_here);
            here.map(|told| &told.call)
        };
        let of = |slot_of: usize| received().filter(move |call| slot(call.priority) == slot_of);
        let response = [
            Response::of(received()),
            Response::of(of(0)),
            Response::of(of(1)),
            Response::of(of(2)),
        ];
        let mut figures = self.figures.clone();
        for told in self.calls.values() {
            let is_open = told.call.is_open();
            figures.open += usize::from(is_open);
            figures.taken_over += usize::from(told.taken_over);
            figures.still_open += usize::from(told.taken_over && is_open);
            if told.received_here {
                figures.by_priority[slot(told.call.priority)] += 1;
                let category = told.call.category.clone();
                let of = figures.by_category.entry(category).or_default();
                of.0 += 1;
                of.1 += usize::from(is_open);
                *figures.by_state.entry(Stand::of(&told.call)).or_default() += 1;
            }
        }
        let open = self.calls.values().filter(|told| told.call.is_open());
        let mut open: Vec<Call> = open.map(|told| told.call.clone()).collect();
        open.sort_by_key(|call| (slot(call.priority), call.times.received, call.number));
        Handover {
            window: self.window,
            sequence: self.board.sequence,
            calls: figures,
            response,
            open,
            alarms: self.alarm_figures(),
            pillars: self
                .pillars
                .into_values()
                .filter(|time| !time.online || time.silences > 0 || time.silent.0 > 0.0)
                .collect(),
            units: self.units.into_values().collect(),
        }
    }

    fn alarm_figures(&self) -> AlarmFigures {
        let here = |alarm: &&Alarm| self.window.contains(alarm.pressed_at);
        let rung: Vec<&Alarm> = self.alarms.values().filter(here).collect();
        let spread = |to: fn(&Alarm) -> Option<Timestamp>| {
            let wait = |alarm: &&Alarm| Some(between(alarm.pressed_at, to(alarm)?));
            Spread::of(rung.iter().filter_map(wait))
        };
        AlarmFigures {
            rung: rung.len(),
            presses: self.presses,
            acknowledged: spread(|alarm| alarm.acknowledged_at),
            answered: spread(|alarm| alarm.answered_at),
            unacknowledged: self.escalations.unacknowledged,
            unanswered: self.escalations.unanswered,
            calls: rung.iter().filter(|alarm| alarm.call.is_some()).count(),
            all: self.alarms.values().cloned().collect(),
        }
    }
}

fn spend(time: &mut UnitTime, status: UnitStatus, from: Timestamp, to: Timestamp) {
    if let Some(slot) = STATUSES.iter().position(|of| *of == status) {
        time.seconds[slot].0 += between(from, to).0;
    }
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
