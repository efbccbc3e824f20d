//! The plan while it is searched: rounds with times, the visits of each cell, and the
//! covered risk, kept up to date as rounds change.

use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::rules::due::DueFor;
use crate::patrol::rules::frequency::watch_of_each;
use crate::patrol::rules::gain::{CellVisit, GainRule};
use crate::patrol::search::aims::Aims;
use crate::patrol::search::familiar::Familiar;
use crate::patrol::search::foreseen::Foreseen;
use crate::patrol::search::route::{Errand, Fit, Ground, TimedStop};

/// How good a plan is: errands first, then points that are overdue, then the objective.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// Dues that no round keeps.
    pub missed: u32,
    /// Seconds by which points with a frequency are overdue.
    pub overdue: u64,
    /// The objective, in expected incidents.
    pub value: f64,
}

impl Worth {
    /// Whether it is better than another by more than rounding.
    pub fn beats(self, other: Self) -> bool {
        (self.missed, self.overdue) < (other.missed, other.overdue)
            || ((self.missed, self.overdue) == (other.missed, other.overdue)
                && self.value > other.value + 1e-12)
    }
}

/// Rounds, visits and value.
#[derive(Debug)]
pub struct State<'a> {
    /// Sizes and drives.
    pub ground: Ground<'a>,
    /// The formula.
    pub gain: GainRule,
    rounds: Vec<Vec<TimedStop>>,
    visits: Vec<Vec<CellVisit>>,
    value_of: Vec<f64>,
    /// How many rounds keep each due; two only while rounds exchange errands.
    keepers: Vec<u8>,
    missed: u32,
    /// Begins of visits of each point with a frequency, ascending.
    begins: Vec<Vec<u32>>,
    overdue_of: Vec<u64>,
    overdue: u64,
    /// Number of the point with a frequency, for each must-visit.
    watch_of: Vec<Option<u32>>,
    /// Covered incidents.
    covered: f64,
    /// What counts besides covered incidents, if anything does.
    aims: Option<Aims<'a>>,
    /// Stops that are better left as they were.
    familiar: Option<Familiar>,
    /// Visits that are better not made when they are expected.
    foreseen: Option<Foreseen>,
    touched: Vec<u32>,
    scratch: Vec<TimedStop>,
}

impl<'a> State<'a> {
    /// Rounds with nothing but what has been done, for a checked problem.
    pub fn new(problem: &'a PlanProblem) -> Self {
        let candidates = problem.candidates.len();
        let ground = Ground::new(problem);
        let watch_of = watch_of_each(problem, &ground.watches);
        let watches = ground.watches.len();
        let mut state = Self {
            gain: GainRule::new(problem),
            rounds: vec![Vec::new(); problem.units.len()],
            visits: vec![Vec::new(); candidates],
            value_of: vec![0.0; candidates],
            keepers: vec![0; ground.dues.len()],
            missed: ground.dues.len() as u32,
            begins: vec![Vec::new(); watches],
            overdue_of: vec![0; watches],
            overdue: 0,
            watch_of,
            covered: 0.0,
            aims: Aims::new(problem),
            familiar: None,
            foreseen: None,
            touched: Vec::new(),
            scratch: Vec::new(),
            ground,
        };
        state.replay(problem);
        for watch in 0..watches {
            state.overdue_of[watch] = state.ground.watches[watch].overdue(&state.begins[watch]);
        }
        state.overdue = state.overdue_of.iter().sum();
        state.settle();
        state
    }

    /// Enters the stops that have been made.
    fn replay(&mut self, problem: &PlanProblem) {
        for (unit, of) in problem.units.iter().enumerate() {
            for stop in of.so_far.iter().flat_map(|so_far| &so_far.stops) {
                if let StopFor::MustVisit { must_visit, .. } = stop.what {
                    self.begin_watch(must_visit as u32, stop.begin_s);
                }
                if let StopFor::Candidate(cell) = stop.what {
                    let option = self.gain.made(stop.leave_s - stop.begin_s);
                    self.insert_visit(
                        cell as u32,
                        CellVisit {
                            at: stop.begin_s,
                            unit: unit as u32,
                            option,
                        },
                    );
                }
                if let Some(due) = self.due_of(stop.what, unit, stop.begin_s) {
                    self.keep(due);
                }
            }
        }
    }

    /// The due that a stop keeps, if there is one that nobody keeps so far.
    pub fn due_of(&self, what: StopFor, unit: usize, begin: u32) -> Option<u32> {
        self.dues_of(what, unit, begin).next()
    }

    /// Every due that a stop could keep and nobody keeps so far: a cell may be pinned twice.
    pub fn dues_of(&self, what: StopFor, unit: usize, begin: u32) -> impl Iterator<Item = u32> {
        let is_for = move |due: &DueFor| match (*due, what) {
            (DueFor::MustVisit { must_visit, window }, StopFor::MustVisit { .. }) => {
                what == StopFor::MustVisit {
                    must_visit: must_visit as usize,
                    window: window as usize,
                }
            }
            (DueFor::Pin { cell, .. }, StopFor::Candidate(candidate)) => cell as usize == candidate,
            (DueFor::Break { unit: of, number }, StopFor::Break(which)) => {
                of as usize == unit && number as usize == which
            }
            _ => false,
        };
        let dues = self.ground.dues.iter().enumerate();
        let could = dues.filter(move |(number, due)| {
            is_for(&due.what)
                && self.keepers[*number] == 0
                && due.unit.is_none_or(|only| only == unit as u32)
                && (due.opens..=due.closes).contains(&begin)
        });
        could.map(|(number, _)| number as u32)
    }

    /// Stops that are better left as they were: each that is, is worth `price`.
    pub fn prefer(&mut self, familiar: Familiar) {
        let mut familiar = familiar;
        for (unit, round) in self.rounds.iter().enumerate() {
            for stop in round {
                familiar.came(unit, stop.errand);
            }
        }
        self.familiar = Some(familiar);
    }

    /// Visits that are better not made when they are expected: each costs by how much it is.
    pub fn avoid(&mut self, foreseen: Foreseen) {
        let mut foreseen = foreseen;
        for stop in self.rounds.iter().flatten() {
            if let Some((cell, _)) = self.ground.cell_of(stop.errand) {
                foreseen.came(cell, stop);
            }
        }
        self.foreseen = Some(foreseen);
    }

    /// How many units there are.
    pub fn units(&self) -> usize {
        self.rounds.len()
    }

    /// One unit's stops, without those that have been made.
    pub fn round(&self, unit: usize) -> &[TimedStop] {
        &self.rounds[unit]
    }

    /// A cell's visits, in order of time.
    pub fn visits(&self, cell: u32) -> &[CellVisit] {
        &self.visits[cell as usize]
    }

    /// Where a visit is in its unit's round; none where it has been made.
    pub fn place_of(&self, visit: CellVisit) -> Option<(usize, usize)> {
        let unit = visit.unit as usize;
        let round = &self.rounds[unit];
        let place = round.partition_point(|s| s.begin < visit.at);
        let stop = round.get(place)?;
        (stop.begin == visit.at).then_some((unit, place))
    }

    /// Whether a round keeps the due.
    pub fn is_kept(&self, due: u32) -> bool {
        self.keepers[due as usize] > 0
    }

    /// The most overdue gap of a point with a frequency.
    pub fn worst_gap(&self, watch: u32) -> Option<(i64, i64)> {
        self.ground.watches[watch as usize].worst(&self.begins[watch as usize])
    }

    /// Every gap of a point with a frequency that is overdue.
    pub fn begins(&self, watch: u32) -> &[u32] {
        &self.begins[watch as usize]
    }

    /// How good it is now.
    pub fn worth(&self) -> Worth {
        let plain = self.plain_worth();
        let costs = self.foreseen.as_ref().map_or(0.0, Foreseen::costs);
        Worth {
            value: plain.value - costs,
            ..plain
        }
    }

    /// How good it is, whether or not it is expected.
    pub fn plain_worth(&self) -> Worth {
        Worth {
            missed: self.missed,
            overdue: self.overdue,
            value: self.objective() + self.familiar.as_ref().map_or(0.0, Familiar::bonus),
        }
    }

    /// Covered incidents.
    pub fn covered(&self) -> f64 {
        self.covered
    }

    fn objective(&self) -> f64 {
        match &self.aims {
            Some(aims) => aims.value(self.covered),
            None => self.covered,
        }
    }

    /// What one more stop at a cell would cover, later stops staying when they are.
    pub fn marginal(&self, cell: u32, at: u32, option: u8) -> f64 {
        self.gain
            .marginal(cell, self.visits(cell), at, u16::from(option))
    }

    /// What one more stop at a cell would add to the objective, as it fits.
    pub fn added(&self, unit: usize, cell: u32, option: u8, fit: &Fit) -> f64 {
        let errand = Errand::Cell { cell, option };
        let familiar = self.familiar.as_ref();
        let foreseen = self.foreseen.as_ref();
        let bonus = familiar.map_or(0.0, |f| f.of(unit, errand))
            - foreseen.map_or(0.0, |f| f.cost(cell, fit.begin));
        let covered = self.marginal(cell, fit.begin, option);
        match &self.aims {
            Some(aims) => aims.added(&self.ground, (cell, option), fit, covered) + bonus,
            None => covered + bonus,
        }
    }

    /// Replaces a unit's round where the new one keeps all times; else changes nothing.
    pub fn set_round(&mut self, unit: usize, errands: &[Errand]) -> bool {
        let mut timed = std::mem::take(&mut self.scratch);
        let fits = self.ground.timed(unit, errands, &mut timed);
        if fits {
            self.swap_round(unit, &mut timed);
        }
        self.scratch = timed;
        fits
    }

    /// Puts a round back that `round` gave before.
    pub fn restore(&mut self, unit: usize, round: &[TimedStop]) {
        let mut timed = std::mem::take(&mut self.scratch);
        timed.clear();
        timed.extend_from_slice(round);
        self.swap_round(unit, &mut timed);
        self.scratch = timed;
    }

    /// Adds up the value afresh, so that rounding does not pile up.
    pub fn settle(&mut self) {
        for cell in 0..self.visits.len() {
            self.value_of[cell] = self.gain.value(cell as u32, &self.visits[cell]);
        }
        self.covered = self.value_of.iter().sum();
        if let Some(aims) = &mut self.aims {
            aims.settle();
        }
    }

    fn swap_round(&mut self, unit: usize, new: &mut Vec<TimedStop>) {
        let old = std::mem::take(&mut self.rounds[unit]);
        let same = |(a, b): &(&TimedStop, &TimedStop)| {
            a.errand == b.errand && a.begin == b.begin && a.depart == b.depart
        };
        let kept = old.iter().zip(new.iter()).take_while(same).count();
        for stop in &old[kept..] {
            self.take_out(unit, stop);
        }
        for stop in &new[kept..] {
            self.put_in(unit, stop);
        }
        self.rounds[unit] = std::mem::replace(new, old);
        while let Some(cell) = self.touched.pop() {
            let value = self.gain.value(cell, &self.visits[cell as usize]);
            self.covered += value - self.value_of[cell as usize];
            self.value_of[cell as usize] = value;
        }
    }

    fn take_out(&mut self, unit: usize, stop: &TimedStop) {
        if let Some((cell, _)) = self.ground.cell_of(stop.errand) {
            let visits = &mut self.visits[cell as usize];
            let visit = visits
                .iter()
                .position(|v| v.unit == unit as u32 && v.at == stop.begin);
            if let Some(i) = visit {
                visits.remove(i);
            }
            self.touched.push(cell);
            if let Some(foreseen) = &mut self.foreseen {
                foreseen.went(cell, stop);
            }
        }
        if let Errand::Due(due) = stop.errand {
            let keepers = &mut self.keepers[due as usize];
            *keepers -= 1;
            self.missed += u32::from(*keepers == 0);
        }
        if let Some(must_visit) = self.must_visit_of(stop.errand) {
            self.end_watch(must_visit, stop.begin);
        }
        if let Some(aims) = &mut self.aims {
            aims.went(&self.ground, stop);
        }
        if let Some(familiar) = &mut self.familiar {
            familiar.went(unit, stop.errand);
        }
    }

    fn put_in(&mut self, unit: usize, stop: &TimedStop) {
        if let Some((cell, option)) = self.ground.cell_of(stop.errand) {
            self.insert_visit(
                cell,
                CellVisit {
                    at: stop.begin,
                    unit: unit as u32,
                    option: u16::from(option),
                },
            );
            self.touched.push(cell);
            if let Some(foreseen) = &mut self.foreseen {
                foreseen.came(cell, stop);
            }
        }
        if let Errand::Due(due) = stop.errand {
            self.keep(due);
        }
        if let Some(must_visit) = self.must_visit_of(stop.errand) {
            self.begin_watch(must_visit, stop.begin);
        }
        if let Some(aims) = &mut self.aims {
            aims.came(&self.ground, stop);
        }
        if let Some(familiar) = &mut self.familiar {
            familiar.came(unit, stop.errand);
        }
    }

    fn insert_visit(&mut self, cell: u32, visit: CellVisit) {
        let visits = &mut self.visits[cell as usize];
        let place = visits.partition_point(|v| (v.at, v.unit) < (visit.at, visit.unit));
        visits.insert(place, visit);
    }

    fn keep(&mut self, due: u32) {
        let keepers = &mut self.keepers[due as usize];
        self.missed -= u32::from(*keepers == 0);
        *keepers += 1;
    }

    fn must_visit_of(&self, errand: Errand) -> Option<u32> {
        match errand {
            Errand::Cell { .. } => None,
            Errand::Watch(watch) => Some(self.ground.watches[watch as usize].must_visit),
            Errand::Due(due) => match self.ground.dues[due as usize].what {
                DueFor::MustVisit { must_visit, .. } => Some(must_visit),
                DueFor::Pin { .. } | DueFor::Break { .. } => None,
            },
        }
    }

    fn begin_watch(&mut self, must_visit: u32, begin: u32) {
        if let Some(watch) = self.watch_of[must_visit as usize] {
            let begins = &mut self.begins[watch as usize];
            let place = begins.partition_point(|&b| b < begin);
            begins.insert(place, begin);
            self.count_overdue(watch as usize);
        }
    }

    fn end_watch(&mut self, must_visit: u32, begin: u32) {
        if let Some(watch) = self.watch_of[must_visit as usize] {
            let begins = &mut self.begins[watch as usize];
            if let Ok(place) = begins.binary_search(&begin) {
                begins.remove(place);
            }
            self.count_overdue(watch as usize);
        }
    }

    fn count_overdue(&mut self, watch: usize) {
        let now = self.ground.watches[watch].overdue(&self.begins[watch]);
        self.overdue = self.overdue - self.overdue_of[watch] + now;
        self.overdue_of[watch] = now;
    }
}
