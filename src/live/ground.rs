//! What the board stands on and the log does not tell: which units and pillars there are.

use std::collections::HashMap;

use jiff::Timestamp;

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

    /// Every unit as it is now, by id: what it does, and where it was last if that is not
    /// old; of what the log does not tell, as its layer says.
    pub fn units_now(&self, board: &Board, now: Timestamp) -> Vec<Unit> {
        let is_old = board.settings.position_is_old.0;
        let as_now = |unit: &Unit| {
            let known = board.unit(&unit.id);
            let fix = known.fix.as_ref();
            let fresh = fix.filter(|fix| now.duration_since(fix.at).as_secs_f64() <= is_old);
            Unit {
                status: known.status.unwrap_or(unit.status),
                position: fresh.map_or(unit.position, |fix| fix.position),
                ..unit.clone()
            }
        };
        let mut units: Vec<Unit> = self.units.values().map(as_now).collect();
        units.sort_by(|a, b| a.id.cmp(&b.id));
        units
    }

    /// Where a unit is, as far as one knows; none where there is no such unit.
    pub fn position(&self, board: &Board, id: &Id<Unit>) -> Option<Position> {
        let unit = self.unit(id)?;
        Some(board.unit(id).fix.map_or(unit.position, |fix| fix.position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::unit_now::{Fix, UnitNow};
    use crate::place::feature::UnitKind;

    #[test]
    fn units_are_where_they_were_last_unless_that_is_old() {
        let unit = |id: &str| Unit {
            id: Id::new(id),
            call_sign: id.into(),
            kind: UnitKind::Car,
            station: None,
            position: Position::wrapped(1.0, 1.0),
            status: UnitStatus::Idle,
        };
        let now: Timestamp = "2026-10-31T14:00:00Z".parse().unwrap();
        let fix = |at: &str| {
            Some(Fix {
                position: Position::wrapped(2.0, 2.0),
                heading_deg: None,
                at: at.parse().unwrap(),
            })
        };
        let mut board = Board::default();
        for (id, status, fix) in [
            ("fresh", None, fix("2026-10-31T13:56:00Z")),
            ("old", None, fix("2026-10-31T13:54:00Z")),
            ("sent", Some(UnitStatus::Dispatched), None),
        ] {
            let known = UnitNow {
                status,
                fix,
                ..UnitNow::UNKNOWN
            };
            board.units.insert(Id::new(id), known);
        }
        let ground = Ground::new(["unheard", "sent", "old", "fresh"].map(unit), []);
        let found = ground.units_now(&board, now);
        let told: Vec<_> = found
            .iter()
            .map(|u| (u.id.as_str(), u.status, u.position.lon()))
            .collect();
        assert_eq!(
            told,
            [
                ("fresh", UnitStatus::Idle, 2.0),
                ("old", UnitStatus::Idle, 1.0),
                ("sent", UnitStatus::Dispatched, 1.0),
                ("unheard", UnitStatus::Idle, 1.0),
            ]
        );
    }
}
