//! Each stop of a unit in its turn: the past is as it was, and from there on every time
//! follows from the one before.

use crate::patrol::plan::Stop;
use crate::patrol::problem::StopFor;
use crate::patrol::referee::fault::Fault;
use crate::patrol::referee::places::Place;
use crate::patrol::referee::times::{drive_over, whole_second_after};
use crate::patrol::referee::{Referee, Seen};

/// Where a unit is, and since when it is free.
struct Turn {
    row: usize,
    ready: i64,
    before: Option<usize>,
}

impl<'a> Referee<'a> {
    /// Checks one unit's stops.
    pub fn route(&mut self, number: usize) {
        let (problem, plan) = (self.problem, self.plan);
        let (route, unit) = (&plan.routes[number], &problem.units[number]);
        let past = unit.so_far.as_ref().map_or(&[][..], |s| &s.stops);
        if route.stops.len() < past.len() {
            self.faults.push(Fault::Past {
                unit: unit.call_sign.clone(),
                stop: route.stops.len() as u32 + 1,
            });
            return;
        }
        let mut here = route.start;
        for (i, stop) in route.stops[..past.len()].iter().enumerate() {
            let place = self.place(number, stop, here);
            let Some(place) = place.filter(|_| self.is_as_it_was(number, i, stop, place)) else {
                self.faults.push(Fault::Past {
                    unit: unit.call_sign.clone(),
                    stop: i as u32 + 1,
                });
                return;
            };
            here = stop.position;
            self.count(number, place);
            self.seen.push(Seen {
                unit: number,
                place,
                begins: i64::from(past[i].begin_s) * 1000,
                stay: i64::from(past[i].leave_s - past[i].begin_s) * 1000,
                stop,
            });
        }
        let mut turn = Turn {
            row: number,
            ready: whole_second_after(i64::from(unit.from_ms)),
            before: None,
        };
        here = unit.start.position;
        for (expected, stop) in (past.len() as u32 + 1..).zip(&route.stops[past.len()..]) {
            let place = self.place(number, stop, here);
            let Some(place) = place.filter(|_| stop.number == expected) else {
                self.faults.push(Fault::UnknownPlace {
                    unit: unit.call_sign.clone(),
                    stop: expected,
                });
                return;
            };
            if !self.stop(number, &mut turn, expected, stop, place) {
                return;
            }
            here = stop.position;
        }
        self.end(number, &turn, route.stops.len() > past.len());
    }

    fn is_as_it_was(&self, unit: usize, i: usize, stop: &Stop, place: Option<Place>) -> bool {
        let so_far = self.problem.units[unit].so_far.as_ref();
        let Some((made, place)) = so_far.and_then(|s| s.stops.get(i)).zip(place) else {
            return false;
        };
        let windows = |m: usize| self.problem.must_visits[m].windows_ms.len();
        let before = i.checked_sub(1).and_then(|b| so_far?.stops.get(b));
        let in_order = before.is_none_or(|before| before.leave_s <= made.arrive_s);
        stop.number as usize == i + 1
            && in_order
            && place.is(made.what, windows)
            && made.arrive_s <= made.begin_s
            && made.begin_s <= made.leave_s
            && self.millis(stop.arrival) == i64::from(made.arrive_s) * 1000
            && self.millis(stop.begins.unwrap_or(stop.arrival)) == i64::from(made.begin_s) * 1000
            && self.millis(stop.departure) == i64::from(made.leave_s) * 1000
            && (stop.drive.0 * 1000.0).round() as i64 == i64::from(made.drive_ms)
    }

    /// Checks one stop; false where nothing can be said of those after it.
    fn stop(
        &mut self,
        number: usize,
        turn: &mut Turn,
        expected: u32,
        stop: &'a Stop,
        place: Place,
    ) -> bool {
        let problem = self.problem;
        let unit = &problem.units[number];
        let at = || (unit.call_sign.clone(), expected);
        if let Some(rule) = self.not_allowed(number, place) {
            let (unit, stop) = at();
            self.faults.push(Fault::Access { unit, stop, rule });
        }
        let (arrival, departure) = (self.millis(stop.arrival), self.millis(stop.departure));
        let (opens, closes, stay) = match place {
            Place::Candidate(c) => {
                if turn.before == Some(c) {
                    let (unit, stop) = at();
                    self.faults.push(Fault::SameCell { unit, stop });
                }
                let opens = self.pin_opens(number, c, stop);
                (opens, i64::MAX, departure - arrival.max(opens))
            }
            Place::Window(m, w) => {
                let must = &problem.must_visits[m];
                let (from, until) = must.windows_ms[w];
                let stay = whole_second_after(i64::from(must.dwell_ms));
                (i64::from(from), i64::from(until), stay)
            }
            Place::Frequency(m) => {
                let stay = whole_second_after(i64::from(problem.must_visits[m].dwell_ms));
                (i64::MIN, i64::MAX, stay)
            }
            Place::Break(b) => {
                let rest = &unit.breaks[b];
                let stay = whole_second_after(i64::from(rest.length_ms));
                (
                    i64::from(rest.window_ms.0),
                    i64::from(rest.window_ms.1),
                    stay,
                )
            }
        };
        turn.before = match place {
            Place::Candidate(c) => Some(c),
            _ => None,
        };
        let over = match self.column(number, place) {
            None => turn.ready,
            Some(column) => {
                let Some(drive) = problem.travel.millis(turn.row, column) else {
                    let (unit, stop) = at();
                    self.faults.push(Fault::NoWay { unit, stop });
                    return false;
                };
                turn.row = column;
                drive_over(problem, turn.ready, i64::from(drive))
            }
        };
        let opens = match opens {
            i64::MIN => opens,
            opens => whole_second_after(opens),
        };
        let arrives = whole_second_after(over);
        let begins = arrives.max(opens);
        let drive = (stop.drive.0 * 1000.0).round() as i64;
        let begun = stop.begins.map_or(arrival, |at| self.millis(at));
        for (what, expected_ms, found) in [
            ("drive", over - turn.ready, drive),
            ("arrival", arrives, arrival),
            ("begin", begins, begun),
            ("departure", begins + stay, departure),
        ] {
            if expected_ms != found {
                let (unit, stop) = at();
                self.faults.push(Fault::Time {
                    unit,
                    stop,
                    what,
                    expected: expected_ms,
                    found,
                });
            }
        }
        if departure > i64::from(unit.until_ms) || arrival < i64::from(unit.from_ms) {
            let (unit, stop) = at();
            self.faults.push(Fault::Shift { unit, stop });
        }
        if begins >= closes {
            let (unit, stop) = at();
            self.faults.push(Fault::Due { unit, stop });
        }
        self.enter(number, expected, stop, place, begins, stay);
        turn.ready = departure;
        true
    }

    /// From when on a stop at a candidate counts: only one that was asked for waits for its
    /// time.
    fn pin_opens(&self, unit: usize, candidate: usize, stop: &Stop) -> i64 {
        let Some(begins) = stop.begins else {
            return i64::MIN;
        };
        let begins = self.millis(begins);
        let pins = self.problem.pins.iter().filter(|pin| {
            pin.what == StopFor::Candidate(candidate) && pin.unit.is_none_or(|u| u == unit)
        });
        let mut opens = pins.map(|pin| whole_second_after(i64::from(pin.window_ms.0)));
        opens.find(|&opens| opens == begins).unwrap_or(i64::MIN)
    }

    fn enter(
        &mut self,
        number: usize,
        expected: u32,
        stop: &'a Stop,
        place: Place,
        begins: i64,
        stay: i64,
    ) {
        let mut stay = stay;
        if let Place::Candidate(_) = place {
            let mut dwells = self.problem.dwell_options_ms.iter();
            match dwells.find(|&&d| whole_second_after(i64::from(d)) == stay) {
                Some(&dwell) => stay = i64::from(dwell),
                None => {
                    self.faults.push(Fault::Time {
                        unit: self.problem.units[number].call_sign.clone(),
                        stop: expected,
                        what: "dwell",
                        expected: i64::from(self.problem.dwell_options_ms[0]),
                        found: stay,
                    });
                    return;
                }
            }
        }
        self.count(number, place);
        self.seen.push(Seen {
            unit: number,
            place,
            begins,
            stay,
            stop,
        });
    }

    /// Whether the shift ends where it has to, by when it has to. A unit that makes no stop
    /// goes there too, but may be late: no plan could help that.
    fn end(&mut self, number: usize, turn: &Turn, made_stops: bool) {
        let (problem, plan) = (self.problem, self.plan);
        let (unit, route) = (&problem.units[number], &plan.routes[number]);
        let place = unit.end.map(|end| {
            let row = problem.units.len() + problem.candidates.len() + problem.must_visits.len();
            (end, problem.travel.millis(turn.row, row + end))
        });
        let as_said = match (place, &route.finish) {
            (None | Some((_, None)), None) => place.is_none() || !made_stops,
            (Some((end, Some(drive))), Some(finish)) => {
                let over = drive_over(problem, turn.ready, i64::from(drive));
                let arrives = whole_second_after(over);
                finish.position == problem.places[end].snap.position
                    && self.millis(finish.arrival) == arrives
                    && (finish.drive.0 * 1000.0).round() as i64 == over - turn.ready
                    && (arrives <= i64::from(unit.until_ms) || !made_stops)
            }
            _ => false,
        };
        if !as_said {
            self.faults.push(Fault::End {
                unit: unit.call_sign.clone(),
            });
        }
    }
}
