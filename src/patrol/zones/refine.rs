//! A partition improved: cells at borders change zones as long as that evens the work out,
//! shortens borders or puts them on big roads.
//!
//! Annealing over single cells (Kirkpatrick 1983; for districts: D'Amico et al. 2002 on
//! police command boundaries). Each step costs a few sums; whether the zone that is left
//! stays in one piece is asked last and exactly. The cost is
//!
//!   (variance of work / mean²) + compactness · (border / border at first) + stability · moved
//!
//! where the first term is the imbalance of Zhu, Wang & Xie 2021 made free of its unit, and
//! borders along big roads weigh less. Deterministic by seed; steps are counted, not timed.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::patrol::zones::contiguity::Walk;
use crate::patrol::zones::ground::{ZoneFault, ZoneGround};
use crate::patrol::zones::partition::Partition;
use crate::patrol::zones::tally::{ZoneSums, tally};

/// Steps that are looked at to find out how much a step changes.
const PROBES: usize = 400;

/// The first temperature, in mean changes; the last one, in first ones.
const HOT: f64 = 0.5;
const COLD: f64 = 1e-3;

/// What may change, and what is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct RefineSettings {
    /// Zones that neither give nor take a cell.
    pub locked: Vec<usize>,
    /// At most this share of the cells may have another zone than at first, 0 to 1.
    pub most_moved: f64,
    /// What a border as long as at first is worth against the relative variance of work.
    pub compactness: f64,
    /// What a move of all cells is worth against it.
    pub stability: f64,
    /// How many steps are tried.
    pub steps: u64,
    /// Start of chance.
    pub seed: u64,
}

impl RefineSettings {
    /// The usual weights, and steps enough for that many cells.
    pub fn usual(cells: usize, seed: u64) -> Self {
        Self {
            locked: Vec::new(),
            most_moved: 1.0,
            compactness: 0.1,
            stability: 0.02,
            steps: (cells as u64)
                .saturating_mul(1_000)
                .clamp(30_000, 10_000_000),
            seed,
        }
    }
}

/// A better partition than `start` (or `start` itself, where none is found).
///
/// # Errors
/// [`ZoneFault`].
pub fn refine(
    ground: &ZoneGround,
    start: &Partition,
    settings: &RefineSettings,
) -> Result<Partition, ZoneFault> {
    if start.len() != ground.len() {
        return Err(ZoneFault::OtherGround {
            partition: start.len(),
            ground: ground.len(),
        });
    }
    if !(0.0..=1.0).contains(&settings.most_moved) {
        return Err(ZoneFault::MovedShare(settings.most_moved));
    }
    if start.zones() < 2 {
        return Err(ZoneFault::NothingToMove("there is only one zone"));
    }
    let open = (0..start.zones()).filter(|z| !settings.locked.contains(z));
    if open.count() < 2 {
        return Err(ZoneFault::NothingToMove(
            "all zones but one at most are locked",
        ));
    }
    Ok(Search::new(ground, start, settings).run())
}

struct Search<'a> {
    ground: &'a ZoneGround,
    start: &'a Partition,
    settings: &'a RefineSettings,
    rng: ChaCha8Rng,
    walk: Walk,
    locked: Vec<bool>,
    now: Partition,
    sums: Vec<ZoneSums>,
    work: Vec<f64>,
    /// Σ work and Σ work² of all zones.
    totals: [f64; 2],
    border: f64,
    first_border: f64,
    moved: usize,
    most_moved: usize,
    /// Cells with a neighbour in another zone, and where each is in that list.
    edge: Vec<u32>,
    place: Vec<u32>,
}

/// Not in the list of cells at a border.
const NOWHERE: u32 = u32::MAX;

/// One cell that goes to another zone, and what that changes.
struct Step {
    cell: usize,
    to: usize,
    cost: f64,
    from_sums: ZoneSums,
    to_sums: ZoneSums,
    border: f64,
}

impl<'a> Search<'a> {
    fn new(ground: &'a ZoneGround, start: &'a Partition, settings: &'a RefineSettings) -> Self {
        let sums = tally(ground, start);
        let work: Vec<f64> = sums.iter().map(|s| s.work_s(ground)).collect();
        let mut locked = vec![false; start.zones()];
        for &zone in &settings.locked {
            if let Some(lock) = locked.get_mut(zone) {
                *lock = true;
            }
        }
        let border = border(ground, start);
        let mut search = Self {
            ground,
            start,
            settings,
            rng: ChaCha8Rng::seed_from_u64(settings.seed),
            walk: Walk::default(),
            locked,
            now: start.clone(),
            totals: [work.iter().sum(), work.iter().map(|w| w * w).sum()],
            sums,
            work,
            border,
            first_border: border.max(1.0),
            moved: 0,
            most_moved: (settings.most_moved * ground.len() as f64).floor() as usize,
            edge: Vec::new(),
            place: vec![NOWHERE; ground.len()],
        };
        for cell in 0..ground.len() {
            search.list(cell);
        }
        search
    }

    fn run(mut self) -> Partition {
        let first = self.cost();
        let mut best = (first, self.now.clone());
        let changes: Vec<f64> = (0..PROBES)
            .filter_map(|_| self.propose())
            .map(|step| (step.cost - first).abs())
            .collect();
        if changes.is_empty() {
            return best.1;
        }
        let hot = HOT * changes.iter().sum::<f64>() / changes.len() as f64;
        let mut cost = first;
        let mut unsaved = false;
        for n in 0..self.settings.steps {
            let temperature = hot * COLD.powf(n as f64 / self.settings.steps as f64);
            let Some(step) = self.propose() else { continue };
            let rise = step.cost - cost;
            let takes =
                rise <= 0.0 || self.rng.random_range(0.0..1.0) < (-rise / temperature).exp();
            if !takes || !self.walk.may_leave(self.ground, &self.now, step.cell) {
                continue;
            }
            // The best is kept when it is about to be left: a copy a time, not a copy a step.
            if rise > 0.0 && unsaved {
                best = (cost, self.now.clone());
            }
            self.take(&step);
            cost = step.cost;
            unsaved = cost < best.0 - 1e-12;
        }
        if unsaved {
            best = (cost, self.now);
        }
        best.1
    }

    fn cost(&self) -> f64 {
        self.cost_of(self.totals, self.border, self.moved)
    }

    fn cost_of(&self, [sum, squares]: [f64; 2], border: f64, moved: usize) -> f64 {
        let zones = self.work.len() as f64;
        let mean = sum / zones;
        let relative = if mean > 0.0 {
            squares / zones / (mean * mean) - 1.0
        } else {
            0.0
        };
        let share = moved as f64 / self.ground.len() as f64;
        relative
            + self.settings.compactness * border / self.first_border
            + self.settings.stability * share
    }

    /// A random cell at a border, to a random one of the zones beside it; none where that
    /// may not be.
    fn propose(&mut self) -> Option<Step> {
        if self.edge.is_empty() {
            return None;
        }
        let cell = self.edge[self.rng.random_range(0..self.edge.len())] as usize;
        let from = self.now.zone(cell);
        let beside = self.ground.neighbours(cell);
        let other = beside[self.rng.random_range(0..beside.len())] as usize;
        let to = self.now.zone(other);
        if to == from || self.locked[from] || self.locked[to] || self.sums[from].cells < 2 {
            return None;
        }
        let moved = self.moved_after(cell, to);
        if moved > self.most_moved && moved > self.moved {
            return None;
        }
        let from_sums = self.sums[from].changed(self.ground, cell, false);
        let to_sums = self.sums[to].changed(self.ground, cell, true);
        let works = [from_sums, to_sums].map(|s| s.work_s(self.ground));
        let before = [self.work[from], self.work[to]];
        let square = |w: [f64; 2]| w[0] * w[0] + w[1] * w[1];
        let totals = [
            self.totals[0] + works[0] + works[1] - before[0] - before[1],
            self.totals[1] + square(works) - square(before),
        ];
        let mut border = self.border;
        for (next, weight) in self.ground.borders(cell) {
            let zone = self.now.zone(next);
            border +=
                weight * (f64::from(u8::from(zone != to)) - f64::from(u8::from(zone != from)));
        }
        Some(Step {
            cell,
            to,
            cost: self.cost_of(totals, border, moved),
            from_sums,
            to_sums,
            border,
        })
    }

    fn moved_after(&self, cell: usize, to: usize) -> usize {
        let home = self.start.zone(cell);
        let away = usize::from(self.now.zone(cell) != home);
        self.moved - away + usize::from(to != home)
    }

    fn take(&mut self, step: &Step) {
        let from = self.now.zone(step.cell);
        self.moved = self.moved_after(step.cell, step.to);
        self.now.give(step.cell, step.to);
        for (zone, sums) in [(from, step.from_sums), (step.to, step.to_sums)] {
            let (before, after) = (self.work[zone], sums.work_s(self.ground));
            self.totals[0] += after - before;
            self.totals[1] += after * after - before * before;
            (self.sums[zone], self.work[zone]) = (sums, after);
        }
        self.border = step.border;
        self.list(step.cell);
        for i in 0..self.ground.neighbours(step.cell).len() {
            self.list(self.ground.neighbours(step.cell)[i] as usize);
        }
    }

    /// Puts a cell into the list of those at a border, or takes it out.
    fn list(&mut self, cell: usize) {
        let zone = self.now.zone(cell);
        let beside = self.ground.neighbours(cell);
        let at_border = beside.iter().any(|&c| self.now.zone(c as usize) != zone);
        match (at_border, self.place[cell]) {
            (true, NOWHERE) => {
                self.place[cell] = self.edge.len() as u32;
                self.edge.push(cell as u32);
            }
            (false, place) if place != NOWHERE => {
                self.edge.swap_remove(place as usize);
                if let Some(&swapped) = self.edge.get(place as usize) {
                    self.place[swapped as usize] = place;
                }
                self.place[cell] = NOWHERE;
            }
            _ => {}
        }
    }
}

/// Weighed length of all borders between zones, in cell sides.
pub fn border(ground: &ZoneGround, partition: &Partition) -> f64 {
    let mut border = 0.0;
    for cell in 0..ground.len() {
        for (other, weight) in ground.borders(cell).filter(|&(other, _)| other > cell) {
            if partition.zone(cell) != partition.zone(other) {
                border += weight;
            }
        }
    }
    border
}

#[cfg(test)]
#[path = "refine_tests.rs"]
mod tests;
