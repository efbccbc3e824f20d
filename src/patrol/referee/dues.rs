//! Everything that has to be done is done once or said to be missed, for a true reason.

use std::collections::{BTreeMap, BTreeSet};

use crate::patrol::plan::{Missed, MissedKind, MissedWhy, StopReason};
use crate::patrol::problem::StopFor;
use crate::patrol::referee::Referee;
use crate::patrol::referee::fault::Fault;
use crate::patrol::referee::places::Place;
use crate::patrol::referee::times::{drive_over, whole_second_after};

/// A post's name, and from when until when it is due, milliseconds.
type Due<'a> = (&'a str, i64, i64);

/// What some unit would have to do, milliseconds.
struct Errand {
    place: Place,
    /// The only unit that may.
    unit: Option<usize>,
    opens: i64,
    closes: i64,
    stay: i64,
}

/// Whether a point was missed without being in the problem at all.
fn is_beside(why: MissedWhy) -> bool {
    matches!(why, MissedWhy::NoRoad | MissedWhy::TooMany)
}

impl Referee<'_> {
    fn missed(&self, kind: MissedKind, (name, from, until): Due<'_>) -> Vec<MissedWhy> {
        let same = |missed: &&Missed| {
            missed.kind == kind
                && missed.name == name
                && self.millis(missed.due.start()) == from
                && self.millis(missed.due.end()) == until
        };
        let missed = self.plan.missed.iter().filter(same);
        missed.map(|missed| missed.why).collect()
    }

    /// Each due window is kept once or missed once. Posts of one name that are due at the
    /// same time are counted together: the plan names a missed one by its name.
    pub fn windows(&mut self) {
        let problem = self.problem;
        let mut accounts = BTreeMap::<Due<'_>, Vec<(usize, usize)>>::new();
        for (m, must) in problem.must_visits.iter().enumerate() {
            for (w, &(from, until)) in must.windows_ms.iter().enumerate() {
                let key = (must.name.as_str(), i64::from(from), i64::from(until));
                accounts.entry(key).or_default().push((m, w));
            }
        }
        for (due, places) in accounts {
            let times = |&(m, w): &(usize, usize)| self.times(0, Place::Window(m, w));
            let kept: usize = places.iter().map(times).sum();
            let twice = places.iter().any(|place| times(place) > 1);
            let missed = self.missed(MissedKind::MustVisit, due);
            // Posts too far from any road are missed without being in the problem.
            let beyond = missed
                .len()
                .saturating_sub(places.len() - kept.min(places.len()));
            let hopeless = missed.iter().filter(|w| {
                matches!(
                    w,
                    MissedWhy::NoUnitInTime | MissedWhy::NoRoad | MissedWhy::TooMany
                )
            });
            if twice || kept + missed.len() < places.len() || beyond > hopeless.count() {
                self.faults.push(Fault::Account {
                    name: due.0.to_owned(),
                    kept,
                    missed: missed.len(),
                });
            }
            if let ([(m, w)], [why], 0) = (&places[..], &missed[..], kept) {
                let can = self.somebody_can(&self.window_errand(*m, *w));
                self.reason_for(due.0, can, *why);
            }
        }
    }

    /// Each break is taken once or missed once.
    pub fn breaks(&mut self) {
        let problem = self.problem;
        for (u, unit) in problem.units.iter().enumerate() {
            for (b, rest) in unit.breaks.iter().enumerate() {
                let (from, until) = (i64::from(rest.window_ms.0), i64::from(rest.window_ms.1));
                let kept = self.times(u, Place::Break(b));
                let missed = self.missed(MissedKind::Break, (&unit.call_sign, from, until));
                let alike = unit.breaks.iter().filter(|o| o.window_ms == rest.window_ms);
                if kept > 1 || (kept == 0 && missed.is_empty()) || missed.len() > alike.count() {
                    self.faults.push(Fault::Account {
                        name: unit.call_sign.clone(),
                        kept,
                        missed: missed.len(),
                    });
                }
                if let ([why], 0) = (&missed[..], kept) {
                    let can = self.somebody_can(&Errand {
                        place: Place::Break(b),
                        unit: Some(u),
                        opens: from,
                        closes: until,
                        stay: i64::from(rest.length_ms),
                    });
                    self.reason_for(&unit.call_sign, can, *why);
                }
            }
        }
    }

    /// Each pinned candidate is stopped at as it was asked for or missed; a pinned
    /// must-visit, where it is kept, is kept as it was asked for; no other stop says that it
    /// was asked for.
    pub fn pins(&mut self) {
        let problem = self.problem;
        let windows = |m: usize| problem.must_visits[m].windows_ms.len();
        let mut asked = vec![false; self.seen.len()];
        for pin in &problem.pins {
            let window = (i64::from(pin.window_ms.0), i64::from(pin.window_ms.1));
            let (mut kept, mut otherwise) = (false, false);
            for (i, seen) in self.seen.iter().enumerate() {
                if !seen.place.is(pin.what, windows) {
                    continue;
                }
                let as_asked = pin.unit.is_none_or(|unit| unit == seen.unit)
                    && (window.0..window.1).contains(&seen.begins);
                asked[i] |= as_asked;
                kept |= as_asked;
                otherwise |= !as_asked;
            }
            let (name, good) = match pin.what {
                StopFor::Candidate(c) => {
                    let label = problem.candidates[c].label.as_str();
                    let missed = self.missed(MissedKind::Pin, (label, window.0, window.1));
                    (label, kept || !missed.is_empty())
                }
                // Several pins of one due are kept together or not at all.
                StopFor::MustVisit { must_visit, .. } => (
                    problem.must_visits[must_visit].name.as_str(),
                    kept || !otherwise,
                ),
                StopFor::Break(_) => ("", true),
            };
            if !good {
                self.faults.push(Fault::Pin { name: name.into() });
            }
        }
        for (seen, asked) in self.seen.iter().zip(asked) {
            if seen.stop.pinned != asked {
                self.faults.push(Fault::Pin {
                    name: seen.stop.label.clone(),
                });
            }
        }
    }

    /// Gaps between visits to a point with a frequency are short enough or said to be
    /// missed, and each visit says since when it was due. As with windows, points of one name
    /// are counted together, gap by gap; and some of that name may not be in the problem.
    pub fn frequencies(&mut self) {
        let problem = self.problem;
        let end = (problem.window.length().0.floor() as i64) * 1000;
        // Of each gap that is too long, for each point whether somebody could have come.
        let mut gaps = BTreeMap::<(bool, Due<'_>), Vec<bool>>::new();
        let mut bad = BTreeSet::<&str>::new();
        for (m, must) in problem.must_visits.iter().enumerate() {
            let Some(every) = must.every_ms else {
                continue;
            };
            let every = i64::from(every / 1000) * 1000;
            let first_by = self.first_visit_by(m, every);
            let visits = self.visits_to(m);
            // The begin of the visit before; none before the first.
            let mut before: Option<i64> = None;
            for (begins, reason) in visits.iter().copied().chain([(end, None)]) {
                if let Some(StopReason::MustVisit { from, until }) = reason {
                    let due = (self.millis(*from), self.millis(*until));
                    // Visits that begin in the same second were due since the same one.
                    let earlier = visits.iter().map(|v| v.0).filter(|&v| v < begins);
                    let good = match earlier.max() {
                        Some(since) => due == (since, since + every),
                        None => due == (0, first_by),
                    };
                    if !good {
                        bad.insert(&must.name);
                    }
                }
                let due_by = before.map_or(first_by, |before| before + every);
                if begins > due_by {
                    let gap = match before {
                        Some(before) => (false, (must.name.as_str(), before, begins)),
                        None => (true, (must.name.as_str(), 0, first_by + 1000)),
                    };
                    let can = self.somebody_could_come(m, before.unwrap_or(-1000), due_by);
                    gaps.entry(gap).or_default().push(can);
                }
                before = Some(begins);
            }
        }
        let mut told = BTreeMap::<&str, usize>::new();
        for ((is_first, due), could) in gaps {
            let kind = match is_first {
                true => MissedKind::FirstVisit,
                false => MissedKind::Frequency,
            };
            let mut missed = self.missed(kind, due);
            missed.retain(|why| !is_beside(*why));
            *told.entry(due.0).or_default() += missed.len();
            if missed.len() != could.len() {
                bad.insert(due.0);
                continue;
            }
            let crowded = missed.iter().filter(|why| **why == MissedWhy::Crowded);
            if crowded.count() != could.iter().filter(|can| **can).count() {
                self.faults.push(Fault::Why {
                    name: due.0.to_owned(),
                });
            }
        }
        // Nothing is said to be missed that is not.
        let of_frequency = [MissedKind::Frequency, MissedKind::FirstVisit];
        for must in problem.must_visits.iter().filter(|m| m.every_ms.is_some()) {
            let said = self.plan.missed.iter().filter(|missed| {
                of_frequency.contains(&missed.kind)
                    && missed.name == must.name
                    && !is_beside(missed.why)
            });
            if said.count() > told.get(must.name.as_str()).copied().unwrap_or(0) {
                bad.insert(&must.name);
            }
        }
        self.faults
            .extend(bad.into_iter().map(|name| Fault::Frequency {
                name: name.to_owned(),
            }));
    }

    /// When visits to a point begin, ascending, each with its reason where it was made for the
    /// point's frequency. One that was asked for besides has the point's id.
    fn visits_to(&self, m: usize) -> Vec<(i64, Option<&StopReason>)> {
        let musts = &self.problem.must_visits;
        let same = |of: usize| {
            of == m || (musts[of].id == musts[m].id && musts[of].position == musts[m].position)
        };
        let is_here =
            |place| matches!(place, Place::Window(of, _) | Place::Frequency(of) if same(of));
        let here = self.seen.iter().filter(|seen| is_here(seen.place));
        let mut visits: Vec<_> = here
            .map(|seen| {
                let by_frequency = matches!(seen.place, Place::Frequency(_));
                (seen.begins, by_frequency.then_some(&seen.stop.reason))
            })
            .collect();
        visits.sort_by_key(|visit| visit.0);
        visits
    }

    /// By when the first visit of the window has to begin, milliseconds; after its end, none
    /// has to. What is left of the time since the last visit, if that is known, but never less
    /// than a quarter of `every` or of the window; else as if the clock began with the window,
    /// and early enough to end the visit within it.
    fn first_visit_by(&self, m: usize, every: i64) -> i64 {
        let must = &self.problem.must_visits[m];
        let length = self.problem.window.length().0.floor() as i64;
        let (every, stay) = (
            every / 1000,
            whole_second_after(i64::from(must.dwell_ms)) / 1000,
        );
        let since = must
            .since_ms
            .map(|ms| whole_second_after(i64::from(ms)) / 1000);
        let seconds = match since {
            Some(since) => {
                let quarter = (if every < length { every } else { length }) / 4;
                if every - since > quarter {
                    every - since
                } else {
                    quarter
                }
            }
            None if every > length - stay => (length - stay).max(0),
            None => every,
        };
        seconds * 1000
    }

    fn reason_for(&mut self, name: &str, can: bool, why: MissedWhy) {
        if can != (why == MissedWhy::Crowded) {
            self.faults.push(Fault::Why {
                name: name.to_owned(),
            });
        }
    }

    /// A due window of a must-visit, as its pins leave it.
    fn window_errand(&self, m: usize, w: usize) -> Errand {
        let must = &self.problem.must_visits[m];
        let (from, until) = must.windows_ms[w];
        let mut errand = Errand {
            place: Place::Window(m, w),
            unit: None,
            opens: i64::from(from),
            closes: i64::from(until),
            stay: i64::from(must.dwell_ms),
        };
        for pin in &self.problem.pins {
            let windows = |m: usize| self.problem.must_visits[m].windows_ms.len();
            if errand.place.is(pin.what, windows) {
                errand.unit = pin.unit.or(errand.unit);
                errand.opens = errand.opens.max(i64::from(pin.window_ms.0));
                errand.closes = errand.closes.min(i64::from(pin.window_ms.1));
            }
        }
        errand
    }

    /// Whether some unit could run an errand if it did nothing else.
    fn somebody_can(&self, errand: &Errand) -> bool {
        let stay = whole_second_after(errand.stay);
        (0..self.problem.units.len()).any(|unit| {
            if errand.unit.is_some_and(|only| only != unit)
                || self.not_allowed(unit, errand.place).is_some()
            {
                return false;
            }
            let row = self.column(unit, errand.place);
            let Some(arrives) = self.arrives(unit, row) else {
                return false;
            };
            let begins = arrives.max(whole_second_after(errand.opens));
            let in_time = begins < errand.closes;
            in_time
                && match row {
                    Some(row) => self.home_in_time(unit, row, begins + stay),
                    // It may be taken on the way, and where the shift ends.
                    None => {
                        begins + stay <= i64::from(self.problem.units[unit].until_ms)
                            && self.home_in_time(unit, unit, arrives)
                    }
                }
        })
    }

    /// Whether some unit that does nothing else could come to a point after `since` and
    /// until a visit is due.
    fn somebody_could_come(&self, m: usize, since: i64, due_by: i64) -> bool {
        let stay = whole_second_after(i64::from(self.problem.must_visits[m].dwell_ms));
        (0..self.problem.units.len()).any(|unit| {
            let place = Place::Frequency(m);
            let (allowed, row) = (
                self.not_allowed(unit, place).is_none(),
                self.column(unit, place),
            );
            let arrives = self.arrives(unit, row).filter(|_| allowed);
            arrives.zip(row).is_some_and(|(arrives, row)| {
                let begins = arrives.max(since + 1000);
                arrives <= due_by && self.home_in_time(unit, row, begins + stay)
            })
        })
    }

    /// When a unit is at a row of the matrix if it drives there at once.
    fn arrives(&self, unit: usize, row: Option<usize>) -> Option<i64> {
        let ready = whole_second_after(i64::from(self.problem.units[unit].from_ms));
        match row {
            None => Some(ready),
            Some(row) => {
                let drive = self.problem.travel.millis(unit, row)?;
                let over = drive_over(self.problem, ready, i64::from(drive));
                Some(whole_second_after(over))
            }
        }
    }

    /// Whether a unit that leaves a row of the matrix then ends its shift as it has to.
    pub(in crate::patrol::referee) fn home_in_time(
        &self,
        unit: usize,
        row: usize,
        leaves: i64,
    ) -> bool {
        let problem = self.problem;
        let of = &problem.units[unit];
        let until = i64::from(of.until_ms) / 1000 * 1000;
        match of.end {
            None => leaves <= until,
            Some(end) => {
                let points = problem.units.len() + problem.candidates.len();
                let column = points + problem.must_visits.len() + end;
                problem
                    .travel
                    .millis(row, column)
                    .is_some_and(|drive| drive_over(problem, leaves, i64::from(drive)) <= until)
            }
        }
    }
}
