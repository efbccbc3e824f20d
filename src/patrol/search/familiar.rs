//! Stops that are better left as they were: a plan that is changed in mid-shift is worth
//! more the fewer of its stops change.
//!
//! A stop is the same if the same unit goes for the same thing, whenever and for how long.

use crate::patrol::search::route::Errand;

/// Which stops there were, and which of them there are.
#[derive(Debug, Clone)]
pub struct Familiar {
    /// For each unit, ascending by goal: how many stops for it there were, and are.
    goals: Vec<Vec<(Errand, u16, u16)>>,
    price: f64,
    kept: u32,
}

impl Familiar {
    /// The stops that there were; each that stays is worth `price`, in incidents.
    pub fn new<'a>(rounds: impl Iterator<Item = &'a [Errand]>, price: f64) -> Self {
        let goals = rounds.map(|errands| {
            let mut goals: Vec<(Errand, u16, u16)> = Vec::with_capacity(errands.len());
            let mut sorted: Vec<Errand> = errands.iter().map(|&e| goal(e)).collect();
            sorted.sort_unstable();
            for goal in sorted {
                match goals.last_mut() {
                    Some((same, before, _)) if *same == goal => *before += 1,
                    _ => goals.push((goal, 1, 0)),
                }
            }
            goals
        });
        Self {
            goals: goals.collect(),
            price,
            kept: 0,
        }
    }

    /// What the stops that stay are worth.
    pub fn bonus(&self) -> f64 {
        self.price * f64::from(self.kept)
    }

    /// What one more stop of the unit would be worth for being there before.
    pub fn of(&self, unit: usize, errand: Errand) -> f64 {
        let goals = &self.goals[unit];
        match goals.binary_search_by_key(&goal(errand), |g| g.0) {
            Ok(i) if goals[i].2 < goals[i].1 => self.price,
            _ => 0.0,
        }
    }

    /// A stop is in the unit's round.
    pub fn came(&mut self, unit: usize, errand: Errand) {
        if let Some((_, before, now)) = self.find(unit, errand) {
            *now += 1;
            let counts = *now <= *before;
            self.kept += u32::from(counts);
        }
    }

    /// A stop is in it no more.
    pub fn went(&mut self, unit: usize, errand: Errand) {
        if let Some((_, before, now)) = self.find(unit, errand) {
            let counted = *now <= *before;
            *now -= 1;
            self.kept -= u32::from(counted);
        }
    }

    fn find(&mut self, unit: usize, errand: Errand) -> Option<&mut (Errand, u16, u16)> {
        let goals = &mut self.goals[unit];
        let found = goals.binary_search_by_key(&goal(errand), |g| g.0);
        found.ok().map(|i| &mut goals[i])
    }
}

/// The same for every length of stay.
fn goal(errand: Errand) -> Errand {
    match errand {
        Errand::Cell { cell, .. } => Errand::Cell { cell, option: 0 },
        other => other,
    }
}
