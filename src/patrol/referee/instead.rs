//! What was dropped for a stop could really have stood in its place, and would have added what
//! is said; and where nothing could have, no candidate could. That none would have added more
//! than the one that is named is not tried here: a test does.

use crate::patrol::plan::Instead;
use crate::patrol::referee::Referee;
use crate::patrol::referee::fault::Fault;
use crate::patrol::referee::places::Place;
use crate::patrol::referee::times::{drive_over, whole_second_after};

/// Less than this is nothing: rounding.
const NOTHING: f64 = 1e-6;

impl Referee<'_> {
    /// Checks every stop's alternative.
    pub fn instead(&mut self) {
        let problem = self.problem;
        for unit in 0..problem.units.len() {
            let so_far = problem.units[unit].so_far.as_ref();
            let made = so_far.map_or(0, |so_far| so_far.stops.len());
            // Places and times of the unit's stops, in their order.
            let stops: Vec<(Place, i64, i64)> = self
                .seen
                .iter()
                .filter(|seen| seen.unit == unit)
                .map(|seen| (seen.place, seen.begins, self.millis(seen.stop.departure)))
                .collect();
            let (mut row, mut ready) = (
                unit,
                whole_second_after(i64::from(problem.units[unit].from_ms)),
            );
            for number in made..stops.len() {
                let said = self.plan.routes[unit].stops[number].instead.clone();
                let truth = |other| self.in_place_of(unit, (row, ready), &stops, number, other);
                let is_false = match said {
                    Some(Instead::Place { cell, label, gain }) => {
                        let mut candidates = problem.candidates.iter();
                        let other = candidates.position(|c| c.cell == cell && c.label == label);
                        let truth = other.and_then(truth);
                        if let Some(truth) = truth {
                            self.number(|| format!("gain instead at {label}"), truth, gain);
                        }
                        truth.is_none()
                    }
                    Some(Instead::Nothing) => (0..problem.candidates.len())
                        .any(|other| truth(other).is_some_and(|gain| gain > NOTHING)),
                    None => false,
                };
                if is_false {
                    self.faults.push(Fault::Instead {
                        unit: problem.units[unit].call_sign.clone(),
                        stop: number as u32 + 1,
                    });
                }
                row = self.column(unit, stops[number].0).unwrap_or(row);
                ready = stops[number].2;
            }
        }
    }

    /// What a candidate would add in the place of a stop, all other stops beginning when they
    /// do; none where that can't be.
    fn in_place_of(
        &self,
        unit: usize,
        (row, ready): (usize, i64),
        stops: &[(Place, i64, i64)],
        number: usize,
        other: usize,
    ) -> Option<f64> {
        let problem = self.problem;
        let place = Place::Candidate(other);
        let beside = [number.checked_sub(1), Some(number), Some(number + 1)];
        let mut beside = beside.into_iter().flatten().filter_map(|i| stops.get(i));
        if self.not_allowed(unit, place).is_some() || beside.any(|stop| stop.0 == place) {
            return None;
        }
        let column = self.column(unit, place)?;
        let drive = problem.travel.millis(row, column)?;
        let begins = whole_second_after(drive_over(problem, ready, i64::from(drive)));
        let mut dwells = problem.dwell_options_ms.iter().rev();
        let stay = dwells.find(|&&dwell| {
            let leaves = begins + whole_second_after(i64::from(dwell));
            self.can_go_on(unit, column, leaves, &stops[number + 1..])
        })?;
        let here = self.seen.iter().filter(|seen| seen.place == place);
        let mut visits: Vec<(i64, i64)> = here.map(|seen| (seen.begins, seen.stay)).collect();
        let without = self.covered_by(other, &mut visits);
        visits.push((begins, i64::from(*stay)));
        Some(self.covered_by(other, &mut visits) - without)
    }

    /// Whether a unit that leaves a row of the matrix then begins what follows when it does.
    fn can_go_on(&self, unit: usize, row: usize, leaves: i64, rest: &[(Place, i64, i64)]) -> bool {
        let problem = self.problem;
        let mut leaves = leaves;
        for &(place, begins, departs) in rest {
            let Some(column) = self.column(unit, place) else {
                // A break wherever the unit is.
                if leaves > begins {
                    return false;
                }
                leaves = departs;
                continue;
            };
            let drive = problem.travel.millis(row, column).map(i64::from);
            return drive.is_some_and(|drive| {
                whole_second_after(drive_over(problem, leaves, drive)) <= begins
            });
        }
        self.home_in_time(unit, row, leaves)
    }
}
