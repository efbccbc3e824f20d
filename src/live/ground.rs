//! What the board stands on and the log does not tell: which units and pillars there are.

use std::collections::HashMap;

use crate::live::board::Board;
use crate::place::feature::{AlarmPillar, Unit, UnitStatus};
use crate::place::id::Id;
use crate::place::position::Position;

/// The units and pillars of the district, as their layers say.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    units: HashMap<Id<Unit>, Unit>,
    pillars: HashMap<Id<AlarmPillar>, AlarmPillar>,
}

impl Ground {
    /// From the layers.
    pub fn new(
        units: impl IntoIterator<Item = Unit>,
        pillars: impl IntoIterator<Item = AlarmPillar>,
    ) -> Self {
        Self {
            units: units.into_iter().map(|u| (u.id.clone(), u)).collect(),
            pillars: pillars.into_iter().map(|p| (p.id.clone(), p)).collect(),
        }
    }

    /// A unit's row.
    pub fn unit(&self, id: &Id<Unit>) -> Option<&Unit> {
        self.units.get(id)
    }

    /// A pillar's row.
    pub fn pillar(&self, id: &Id<AlarmPillar>) -> Option<&AlarmPillar> {
        self.pillars.get(id)
    }

    /// All units, in no order.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// All pillars, in no order.
    pub fn pillars(&self) -> impl Iterator<Item = &AlarmPillar> {
        self.pillars.values()
    }

    /// What a unit does now; none where there is no such unit.
    pub fn status(&self, board: &Board, id: &Id<Unit>) -> Option<UnitStatus> {
        let unit = self.unit(id)?;
        Some(board.unit(id).status.unwrap_or(unit.status))
    }

    /// Where a unit is, as far as one knows; none where there is no such unit.
    pub fn position(&self, board: &Board, id: &Id<Unit>) -> Option<Position> {
        let unit = self.unit(id)?;
        Some(board.unit(id).fix.map_or(unit.position, |fix| fix.position))
    }
}
