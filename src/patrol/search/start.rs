//! What a search starts from: nothing, or the rounds of a plan that is changed.

use crate::patrol::problem::StopFor;
use crate::patrol::search::foreseen::EarlierVisit;
use crate::patrol::search::rounds::RoundStop;
use crate::patrol::search::route::Errand;
use crate::patrol::search::state::State;

/// Temperature of a search that starts from nothing, in average gains of a stop.
const HOT: f64 = 0.3;

/// Where a search begins.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// For each unit, the stops that it was going to make; none where the slice is empty.
    pub rounds: &'a [&'a [RoundStop]],
    /// What each of these stops is worth for staying, in expected incidents; 0: change is
    /// free.
    pub price: f64,
    /// Temperature at the beginning, in average gains of a stop: how freely the rounds are
    /// taken apart.
    pub hot: f64,
    /// Draw one of the near-best plans by this seed; none: the best.
    pub draw: Option<u64>,
    /// Visits of the nights before, the last one first: a plan that is drawn is one that they
    /// foretell least.
    pub earlier: &'a [Vec<EarlierVisit>],
}

impl Start<'_> {
    /// From nothing.
    pub fn nothing() -> Self {
        Self {
            rounds: &[],
            price: 0.0,
            hot: HOT,
            draw: None,
            earlier: &[],
        }
    }
}

/// Puts the rounds into a state that has none, without the stops that don't fit any more;
/// answers what each unit was going to do, those stops included.
pub fn put_in(state: &mut State<'_>, start: &Start<'_>) -> Vec<Vec<Errand>> {
    let units = state.units();
    let mut wanted = vec![Vec::new(); units];
    for (unit, round) in start.rounds.iter().take(units).enumerate() {
        let mut errands: Vec<Errand> = Vec::with_capacity(round.len());
        for stop in *round {
            let Some(errand) = errand_of(state, unit, stop, &wanted) else {
                continue;
            };
            wanted[unit].push(errand);
            errands.push(errand);
        }
        if state.set_round(unit, &errands) {
            continue;
        }
        // One by one: what doesn't fit behind those before it is left out.
        let mut fitting: Vec<Errand> = Vec::with_capacity(errands.len());
        for errand in errands {
            fitting.push(errand);
            if !state.set_round(unit, &fitting) {
                fitting.pop();
            }
        }
    }
    wanted
}

/// What a stop is for the search; none where the problem has it no more.
fn errand_of(
    state: &State<'_>,
    unit: usize,
    stop: &RoundStop,
    wanted: &[Vec<Errand>],
) -> Option<Errand> {
    let mut dues = state
        .dues_of(stop.what, unit, stop.begin_s)
        .map(Errand::Due);
    let taken = |errand: &Errand| wanted.iter().flatten().any(|other| other == errand);
    // Of two stops at a pinned cell the one that stays as long as was asked for is meant.
    let stay = stop.leave_s - stop.begin_s;
    let other_stay = |errand: &Errand| {
        matches!((stop.what, errand), (StopFor::Candidate(_), Errand::Due(due))
            if state.ground.dues[*due as usize].stay != stay)
    };
    if let Some(due) = dues.find(|due| !taken(due) && !other_stay(due)) {
        return Some(due);
    }
    match stop.what {
        StopFor::Candidate(cell) => {
            let dwells = state.ground.dwells.iter().enumerate();
            let (option, _) = dwells.min_by_key(|(_, dwell)| dwell.abs_diff(stay))?;
            Some(Errand::Cell {
                cell: cell as u32,
                option: option as u8,
            })
        }
        StopFor::MustVisit { must_visit, .. } => {
            let mut watches = state.ground.watches.iter();
            let watch = watches.position(|w| w.must_visit as usize == must_visit)?;
            Some(Errand::Watch(watch as u32))
        }
        StopFor::Break(_) => None,
    }
}
