//! Where should the idle units stand now? The most expected coverage with at most k moves,
//! and what the moves cost.
//!
//! The maximum expected covering location problem with relocation (Daskin 1983; Gendreau,
//! Laporte & Semet 2006): each unit stays where it is or drives to a place. Few moves give
//! most of the gain (van Barneveld, Bhulai & van der Mei 2016), so the answer is a curve
//! over 0, 1, … k moves.
//!
//! Local search first: the best single move, a better place for a moved unit, another unit
//! instead of a moved one. Then, where there are few enough ways to choose who moves, each
//! of them by branch and bound. Who of the movers goes where is an assignment of least
//! total driving time, exact.

use crate::patrol::coverage::assignment::assign;
use crate::patrol::coverage::expected::CoverCounts;
use crate::patrol::coverage::picks::{Choice, Picks, TIE, Work, branch_and_bound, upper_bound};
use crate::patrol::coverage::rings::{CoverageFault, Reach};

/// More ways than this to choose who moves are not gone through one by one.
const MOST_WAYS: u64 = 20_000;

/// What is asked.
pub struct StandQuestion<'a> {
    /// Demand, rings, and whoever stands besides and does not move.
    pub others: &'a CoverCounts,
    /// What each unit reaches from where it is.
    pub units: &'a [Reach],
    /// What a unit reaches from each place it could go to.
    pub places: &'a [Reach],
    /// Milliseconds from a unit to a place; none where it can't or must not go there.
    pub travel: &'a dyn Fn(usize, usize) -> Option<u32>,
    /// At most so many units move.
    pub moves: usize,
    /// Demand points that the search may look at, for each number of moves.
    pub work: u64,
}

/// One unit's move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandMove {
    /// Which unit.
    pub unit: usize,
    /// Where to.
    pub place: usize,
    /// Driving time, milliseconds.
    pub travel_ms: u32,
}

/// Where units stand after at most so many moves.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    /// Who moves where, by unit; the others stay.
    pub moves: Vec<StandMove>,
    /// Expected share of each ring.
    pub shares: Vec<f64>,
    /// The shares weighed to one number.
    pub score: f64,
    /// Driving time of all moves together, milliseconds.
    pub travel_ms: u64,
    /// No answer with so many moves scores more than this.
    pub bound: f64,
    /// Whether it is proved that none scores more than this one.
    pub proved: bool,
}

/// The answers for at most 0, 1, … `moves` moves.
///
/// # Errors
/// [`CoverageFault::Row`] where a unit or place is one of other demand points.
pub fn stand(question: &StandQuestion<'_>) -> Result<Vec<Stand>, CoverageFault> {
    let mut board = Board::new(question)?;
    let most = question.moves.min(question.units.len());
    let mut curve = vec![board.stand(true)];
    for moves in 1..=most {
        let before = curve[moves - 1].clone();
        let mut work = Work::new(question.work);
        board.improve(moves, &mut work)?;
        board.assign_cheaply();
        let mut proved = before.proved && ways(question.units.len(), moves) <= MOST_WAYS;
        if proved {
            proved = board.search_all(moves, &mut work)?;
            board.assign_cheaply();
        }
        let mut stand = board.stand(proved);
        if !proved {
            // Whatever is chosen reaches no more than all who are here and the moved too.
            let choice = Choice {
                places: question.places,
                most: moves,
                again: true,
                cost: &|_| Some(0),
            };
            stand.bound = upper_bound(&board.at_first, &choice).clamp(stand.score, 1.0);
        }
        curve.push(stand);
    }
    Ok(curve)
}

/// How many ways there are to choose who moves.
fn ways(units: usize, moves: usize) -> u64 {
    (0..moves as u64).fold(1u64, |ways, i| {
        (ways.saturating_mul((units as u64).saturating_sub(i))) / (i + 1)
    })
}

/// Where everybody is.
struct Board<'a> {
    question: &'a StandQuestion<'a>,
    counts: CoverCounts,
    /// The place each unit has moved to.
    at: Vec<Option<usize>>,
    /// Everybody where they are now.
    at_first: CoverCounts,
    /// For each unit, the earlier ones that it can stand in for: they are at one spot.
    copies: Vec<Vec<usize>>,
}

impl<'a> Board<'a> {
    fn new(question: &'a StandQuestion<'a>) -> Result<Self, CoverageFault> {
        let mut counts = question.others.clone();
        for unit in question.units {
            counts.add(unit)?;
        }
        Ok(Self {
            question,
            at_first: counts.clone(),
            counts,
            at: vec![None; question.units.len()],
            copies: copies(question),
        })
    }

    fn stand(&self, proved: bool) -> Stand {
        let moves: Vec<StandMove> = self
            .at
            .iter()
            .enumerate()
            .filter_map(|(unit, place)| {
                let place = (*place)?;
                let travel_ms = (self.question.travel)(unit, place)?;
                Some(StandMove {
                    unit,
                    place,
                    travel_ms,
                })
            })
            .collect();
        let score = self.counts.score();
        Stand {
            travel_ms: moves.iter().map(|m| u64::from(m.travel_ms)).sum(),
            moves,
            shares: self.counts.shares(),
            score,
            bound: score,
            proved,
        }
    }

    fn reach(&self, unit: usize) -> &'a Reach {
        match self.at[unit] {
            Some(place) => &self.question.places[place],
            None => &self.question.units[unit],
        }
    }

    fn put(&mut self, unit: usize, place: Option<usize>) -> Result<(), CoverageFault> {
        self.counts.remove(self.reach(unit))?;
        self.at[unit] = place;
        self.counts.add(self.reach(unit))
    }

    /// The best place for a unit that has been taken off the board: its gain.
    fn best_place(&self, unit: usize, work: &mut Work) -> Option<(f64, usize)> {
        let mut best: Option<(f64, usize)> = None;
        for (place, reach) in self.question.places.iter().enumerate() {
            if !work.take(reach.points().len()) {
                break;
            }
            let gain = self.counts.gain(reach);
            if best.is_none_or(|b| gain > b.0 + TIE)
                && (self.question.travel)(unit, place).is_some()
            {
                best = Some((gain, place));
            }
        }
        best
    }

    /// The best move of a unit from where it is now, and what it changes.
    fn best_move(
        &mut self,
        unit: usize,
        work: &mut Work,
    ) -> Result<Option<(f64, usize)>, CoverageFault> {
        let here = self.reach(unit);
        self.counts.remove(here)?;
        let stays = self.counts.gain(here);
        let best = self.best_place(unit, work);
        self.counts.add(here)?;
        Ok(best.map(|(gain, place)| (gain - stays, place)))
    }

    fn moved(&self) -> Vec<usize> {
        let units = 0..self.at.len();
        units.filter(|&unit| self.at[unit].is_some()).collect()
    }

    /// Moves on until no single change of the plan raises the score.
    fn improve(&mut self, moves: usize, work: &mut Work) -> Result<(), CoverageFault> {
        while !work.is_spent_up() {
            let raised = self.another_place(work)?
                || (self.moved().len() < moves && self.another_move(work)?)
                || self.another_mover(work)?;
            if !raised {
                break;
            }
        }
        Ok(())
    }

    /// A better place for a unit that has moved.
    fn another_place(&mut self, work: &mut Work) -> Result<bool, CoverageFault> {
        for unit in self.moved() {
            if let Some((change, place)) = self.best_move(unit, work)?
                && change > TIE
            {
                self.put(unit, Some(place))?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// One move more: the one that raises the score most.
    fn another_move(&mut self, work: &mut Work) -> Result<bool, CoverageFault> {
        let mut best: Option<(f64, usize, usize)> = None;
        for unit in (0..self.at.len())
            .filter(|&u| self.at[u].is_none())
            .collect::<Vec<_>>()
        {
            if let Some((change, place)) = self.best_move(unit, work)?
                && change > best.map_or(0.0, |b| b.0) + TIE
            {
                best = Some((change, unit, place));
            }
        }
        match best {
            Some((_, unit, place)) => self.put(unit, Some(place)).map(|()| true),
            None => Ok(false),
        }
    }

    /// Another unit moves, wherever is best for it, and one that had moved stays.
    fn another_mover(&mut self, work: &mut Work) -> Result<bool, CoverageFault> {
        let score = self.counts.score();
        for unit in self.moved() {
            let place = self.at[unit];
            self.put(unit, None)?;
            let other = (0..self.at.len()).filter(|&u| u != unit && self.at[u].is_none());
            for other in other.collect::<Vec<_>>() {
                if let Some((change, to)) = self.best_move(other, work)?
                    && self.counts.score() + change > score + TIE
                {
                    self.put(other, Some(to))?;
                    return Ok(true);
                }
            }
            self.put(unit, place)?;
        }
        Ok(false)
    }

    /// The same places and movers, assigned for the least driving time.
    fn assign_cheaply(&mut self) {
        let movers = self.moved();
        let places: Vec<usize> = self.at.iter().flatten().copied().collect();
        let cost = |m: usize, p: usize| (self.question.travel)(movers[m], places[p]).map(u64::from);
        if let Some(assigned) = assign(movers.len(), places.len(), cost) {
            for (&unit, to) in movers.iter().zip(assigned) {
                self.at[unit] = Some(places[to]);
            }
        }
    }

    /// All ways to choose exactly so many movers, each by branch and bound. Returns whether
    /// all were gone through; the best found is on the board.
    fn search_all(&mut self, moves: usize, work: &mut Work) -> Result<bool, CoverageFault> {
        let question = self.question;
        let mut best = Picks {
            places: Vec::new(),
            score: self.counts.score(),
            cost: 0,
        };
        let mut best_movers: Option<Vec<usize>> = None;
        let mut movers: Vec<usize> = (0..moves).collect();
        loop {
            if !self.is_a_copy(&movers) {
                let mut counts = self.at_first.clone();
                for &unit in &movers {
                    counts.remove(&question.units[unit])?;
                }
                let cost = |places: &[usize]| least_travel(question, &movers, places);
                let choice = Choice {
                    places: question.places,
                    most: moves,
                    again: true,
                    cost: &cost,
                };
                let before = best.score;
                branch_and_bound(&mut counts, &choice, &mut best, work)?;
                if best.score > before {
                    best_movers = Some(movers.clone());
                }
                if work.is_spent_up() {
                    break;
                }
            }
            if !next_combination(&mut movers, question.units.len()) {
                break;
            }
        }
        if let Some(movers) = best_movers {
            for unit in self.moved() {
                self.put(unit, None)?;
            }
            // The order of the places is put right by `assign_cheaply`.
            for (&unit, &place) in movers.iter().zip(&best.places) {
                self.put(unit, Some(place))?;
            }
        }
        Ok(!work.is_spent_up())
    }

    /// Whether an earlier unit, that stays, could move instead of one of these with the
    /// same effect.
    fn is_a_copy(&self, movers: &[usize]) -> bool {
        let stays = |earlier: &usize| !movers.contains(earlier);
        movers
            .iter()
            .any(|&mover| self.copies[mover].iter().any(stays))
    }
}

fn copies(question: &StandQuestion<'_>) -> Vec<Vec<usize>> {
    let same = |a: usize, b: usize| {
        question.units[a] == question.units[b]
            && (0..question.places.len())
                .all(|place| (question.travel)(a, place) == (question.travel)(b, place))
    };
    (0..question.units.len())
        .map(|unit| (0..unit).filter(|&earlier| same(earlier, unit)).collect())
        .collect()
}

fn least_travel(question: &StandQuestion<'_>, movers: &[usize], places: &[usize]) -> Option<u64> {
    if places.len() != movers.len() {
        return None;
    }
    let cost = |m: usize, p: usize| (question.travel)(movers[m], places[p]).map(u64::from);
    let assigned = assign(movers.len(), places.len(), cost)?;
    assigned.iter().enumerate().map(|(m, &p)| cost(m, p)).sum()
}

/// The next choice of as many out of `n`, in order; false after the last.
fn next_combination(chosen: &mut [usize], n: usize) -> bool {
    let k = chosen.len();
    let Some(slot) = (0..k).rev().find(|&i| chosen[i] + k - i < n) else {
        return false;
    };
    chosen[slot] += 1;
    for i in slot + 1..k {
        chosen[i] = chosen[i - 1] + 1;
    }
    true
}

#[cfg(test)]
#[path = "stand_tests.rs"]
mod tests;
