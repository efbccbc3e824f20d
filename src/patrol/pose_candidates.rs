//! Which cells are worth a stop: the hottest ones, but so that every beat has some, and every
//! unit enough of its own. A unit that is bound to quiet beats would else have nowhere to go
//! among the hottest cells of the whole area.

use std::collections::{BTreeMap, BTreeSet};

use crate::grid::cell::Cell;
use crate::patrol::lasting::left_of;
use crate::patrol::pose::{Layers, PatrolSettings};
use crate::patrol::problem::{Candidate, PatrolUnit};
use crate::patrol::rules::beat;
use crate::patrol::wishes::PlaceWish;
use crate::roads::network::Snap;

/// So many cells are enough for a unit: a shift of eight hours has room for some thirty stops,
/// and a cell is worth another one after an hour or two.
const ENOUGH_FOR_A_UNIT: usize = 24;

/// Each set of beats that units are bound to has so many before any has more, where it has
/// them: a stop an hour.
const LEAST_FOR_A_SET: usize = 8;

/// For the sake of sets there are no more than so many: each is a row of the matrix.
const MOST_FOR_SETS: usize = 2000;

/// Whether nobody is to stop in a cell.
pub fn is_not_wanted(layers: &Layers<'_>, cell: Cell) -> bool {
    layers.wishes.not_these.contains(&PlaceWish::Cell(cell))
}

/// The cells worth a stop. What is pinned comes first; then, for each set of beats that units
/// are bound to, the hottest cells in them, some for each set and then as many as these units
/// need (many sets may make it more than [`PatrolSettings::candidates`]); of what is left, half
/// are the hottest of each beat, the rest the hottest anywhere. Where no unit may stop nothing
/// is chosen. Ascending by cell.
pub fn candidates(
    layers: &Layers<'_>,
    settings: &PatrolSettings,
    units: &[PatrolUnit],
) -> Vec<Candidate> {
    let mut choice = Choice::new(layers, settings);
    choice.pinned();
    choice.leave_out_what_is_closed(units);
    choice.of_bound_units(units);
    choice.of_beats_and_anywhere();
    choice.made()
}

/// How many cells each of so many sets has before any has more.
fn least_for_each(sets: usize) -> usize {
    LEAST_FOR_A_SET.min(MOST_FOR_SETS / sets.max(1)).max(1)
}

/// Gives each set of beats its least, then what it needs; each time the hottest cells first,
/// and a cell that several may stop in to the one that wants most. `take` answers whether a
/// cell can be had.
fn hottest_for_sets(
    by_risk: &[(usize, Option<u32>)],
    sets: &[(&[u32], usize)],
    least: usize,
    mut take: impl FnMut(usize) -> bool,
) {
    let mut given = vec![0; sets.len()];
    let mut gone = BTreeSet::new();
    for in_full in [false, true] {
        for &(cell, in_beat) in by_risk {
            let wants = |number: usize| {
                let wants = if in_full { sets[number].1 } else { least };
                wants - given[number].min(wants)
            };
            let may = (0..sets.len())
                .filter(|&number| wants(number) > 0 && beat::allows(Some(sets[number].0), in_beat));
            if !gone.contains(&cell)
                && let Some(number) = may.max_by_key(|&number| wants(number))
                && take(cell)
            {
                given[number] += 1;
                gone.insert(cell);
            }
        }
    }
}

/// Cells by risk, and those chosen so far.
struct Choice<'a, 'b> {
    layers: &'a Layers<'b>,
    settings: &'a PatrolSettings,
    /// Cells where something is expected, hottest first, each with its beat.
    by_risk: Vec<(usize, Option<u32>)>,
    /// The numbers of what is chosen, and where a unit would stand.
    chosen: BTreeMap<usize, Snap>,
    /// So many may be chosen.
    most: usize,
    /// What has been looked at and can't be stopped at.
    unusable: BTreeSet<usize>,
}

impl<'a, 'b> Choice<'a, 'b> {
    fn new(layers: &'a Layers<'b>, settings: &'a PatrolSettings) -> Self {
        let surface = layers.surface;
        let expected = &surface.expected;
        let mut by_risk: Vec<usize> = (0..expected.len()).filter(|&i| expected[i] > 0.0).collect();
        by_risk.sort_by(|&a, &b| expected[b].total_cmp(&expected[a]).then(a.cmp(&b)));
        let beat_of = |i| (layers.beat_at)(surface.grid.centre(i)).map(|beat| beat as u32);
        Self {
            layers,
            settings,
            by_risk: by_risk.into_iter().map(|i| (i, beat_of(i))).collect(),
            chosen: BTreeMap::new(),
            most: settings.candidates,
            unusable: BTreeSet::new(),
        }
    }

    fn snap(&self, cell: usize) -> Option<Snap> {
        let centre = self.layers.surface.grid.centre(cell);
        self.layers
            .network
            .snap(centre, self.settings.cell_off_road)
    }

    /// What is asked for, also where nobody may stop: that is named before the search.
    fn pinned(&mut self) {
        let surface = self.layers.surface;
        let mut asked = 0;
        for pin in &self.layers.wishes.pins {
            if let PlaceWish::Cell(cell) = pin.place
                && let Some(cell) = surface.grid.index_of(cell)
            {
                asked += 1;
                if let Some(snap) = self.snap(cell) {
                    self.chosen.insert(cell, snap);
                }
            }
        }
        self.most = self.most.max(asked);
    }

    /// Where nobody stops leaves room for others.
    fn leave_out_what_is_closed(&mut self, units: &[PatrolUnit]) {
        let layers = self.layers;
        let somebody_may = |in_beat| {
            units.is_empty()
                || units
                    .iter()
                    .any(|u| beat::allows(u.beats.as_deref(), in_beat))
        };
        self.by_risk.retain(|&(cell, in_beat)| {
            somebody_may(in_beat) && !is_not_wanted(layers, layers.surface.grid.cells()[cell])
        });
    }

    /// Takes a cell, if a unit can stand there; answers whether it is among those chosen.
    fn take(&mut self, cell: usize) -> bool {
        if self.chosen.contains_key(&cell) {
            return true;
        }
        if self.unusable.contains(&cell) {
            return false;
        }
        let mut forbidden = self.layers.wishes.forbidden.iter();
        match self.snap(cell) {
            Some(snap) if !forbidden.any(|f| f.area.covers(snap.position)) => {
                self.chosen.insert(cell, snap);
                true
            }
            _ => {
                self.unusable.insert(cell);
                false
            }
        }
    }

    /// For each set of beats that units are bound to, the hottest cells that they may stop in.
    /// All sets together get no more than their units' part of all units, but each its least.
    fn of_bound_units(&mut self, units: &[PatrolUnit]) {
        let mut sets: BTreeMap<&[u32], usize> = BTreeMap::new();
        for beats in units.iter().filter_map(|unit| unit.beats.as_deref()) {
            *sets.entry(beats).or_default() += 1;
        }
        let bound: usize = sets.values().sum();
        if bound == 0 {
            return;
        }
        let room = self.most * bound / units.len();
        let a_unit = ENOUGH_FOR_A_UNIT.min(room / bound).max(1);
        let least = least_for_each(sets.len());
        let needed = self.chosen.len() + (sets.len() * least).min(MOST_FOR_SETS);
        self.most += needed.saturating_sub(room);
        let enough = |n: usize| (n * a_unit).max(least);
        let sets: Vec<_> = sets.into_iter().map(|(set, n)| (set, enough(n))).collect();
        let by_risk = std::mem::take(&mut self.by_risk);
        hottest_for_sets(&by_risk, &sets, least, |cell| {
            self.chosen.len() < self.most && self.take(cell)
        });
        self.by_risk = by_risk;
    }

    fn of_beats_and_anywhere(&mut self) {
        let beats = self.layers.beats.len();
        let quota = self.most / 2 / beats.max(1);
        let mut taken_in = vec![0; beats];
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for &(cell, in_beat) in &self.by_risk {
            match in_beat.and_then(|beat| taken_in.get_mut(beat as usize)) {
                Some(taken) if *taken < quota => {
                    *taken += 1;
                    first.push(cell);
                }
                _ => second.push(cell),
            }
        }
        for cell in first.into_iter().chain(second) {
            if self.chosen.len() >= self.most {
                break;
            }
            self.take(cell);
        }
    }

    fn made(self) -> Vec<Candidate> {
        let (layers, settings) = (self.layers, self.settings);
        let surface = layers.surface;
        let expected = &surface.expected;
        let (presence, half_life) = (settings.presence_ms, settings.decay_half_life_ms);
        let start = surface.provenance.window.start();
        let before = layers.before;
        let left = before.map(|plan| left_of(plan, start, presence, half_life));
        let left = left.unwrap_or_default();
        let mut hottest: Vec<f64> = expected.iter().copied().filter(|&e| e > 0.0).collect();
        hottest.sort_by(|a, b| b.total_cmp(a));
        let shares = layers.hour_shares;
        let of_cell = |(i, snap): (usize, Snap)| {
            // The rhythm is the same for all cells, and so is the order of cells in each hour.
            let hotter = hottest.partition_point(|&e| e > expected[i]);
            let cell = surface.grid.cells()[i];
            Candidate {
                cell,
                snap,
                risk_by_hour: shares.iter().map(|share| share * expected[i]).collect(),
                rank_by_hour: vec![hotter as u32 + 1; shares.len()],
                label: (layers.label_at)(snap),
                beat: (layers.beat_at)(surface.grid.centre(i)).map(|beat| beat as u32),
                needs: Vec::new(),
                protected: left.get(&cell).copied().unwrap_or(0.0),
            }
        };
        self.chosen.into_iter().map(of_cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many beats of forty cells, each of a unit of its own; the first beats are the
    /// hottest, cell by cell.
    fn given(beats: u32, room: usize) -> Vec<usize> {
        let by_risk: Vec<(usize, Option<u32>)> = (0..beats * 40)
            .map(|cell| (cell as usize, Some(cell / 40)))
            .collect();
        let own: Vec<[u32; 1]> = (0..beats).map(|beat| [beat]).collect();
        let sets: Vec<(&[u32], usize)> = own
            .iter()
            .map(|beat| (beat.as_slice(), ENOUGH_FOR_A_UNIT))
            .collect();
        let mut of_beat = vec![0; beats as usize];
        let mut left = room;
        hottest_for_sets(&by_risk, &sets, least_for_each(sets.len()), |cell| {
            of_beat[cell / 40] += usize::from(left > 0);
            left > 0 && {
                left -= 1;
                true
            }
        });
        of_beat
    }

    #[test]
    fn every_set_has_its_least_before_any_has_more() {
        for (sets, least) in [(20, 8), (250, 8), (500, 4), (3000, 1)] {
            assert_eq!(least_for_each(sets), least);
        }
        let of_beat = given(50, 400);
        assert_eq!(of_beat, vec![8; 50]);
        let of_beat = given(500, 2000);
        assert_eq!(of_beat, vec![4; 500]);
        // What is left goes to the hottest, up to what is enough.
        let of_beat = given(20, 200);
        assert!(
            of_beat
                .iter()
                .all(|&n| (8..=ENOUGH_FOR_A_UNIT).contains(&n))
        );
        assert_eq!(of_beat[0], ENOUGH_FOR_A_UNIT);
        assert_eq!(of_beat.iter().sum::<usize>(), 200);
    }
}
