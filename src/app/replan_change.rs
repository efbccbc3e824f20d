//! What has happened in mid-shift, by the names that people use, and what it is in a plan's
//! problem.

use jiff::Timestamp;
use thiserror::Error;

use crate::app::place_names::PlaceNames;
use crate::grid::cell::Cell;
use crate::patrol::pose::PatrolSettings;
use crate::patrol::problem::{Candidate, MustVisit, PlanProblem};
use crate::patrol::replan::change::{Change, FreeAgain};
use crate::place::feature::AlarmPillar;
use crate::place::measure::Seconds;
use crate::place::position::Position;
use crate::roads::network::{RoadNetwork, Snap};

/// One change, by name.
#[derive(Debug, Clone, PartialEq)]
pub enum ChangeRequest {
    /// A unit is sent to a call.
    SentToCall {
        /// Id or call sign.
        unit: String,
        /// Where and when it is thought to be free again; none: it is not counted on.
        back: Option<(Position, Timestamp)>,
    },
    /// A unit is free again.
    Back {
        /// Id or call sign.
        unit: String,
        /// Where it is.
        at: Position,
    },
    /// An alarm pillar is pressed: somebody goes there.
    PillarPressed {
        /// Its id.
        pillar: String,
        /// Somebody has to be there within this.
        within: Seconds,
    },
    /// More is expected somewhere than was planned for.
    NewHotspot {
        /// Where.
        at: Position,
        /// Additional incidents expected there, per hour.
        expected_per_hour: f64,
        /// For how long from now on.
        lasts: Seconds,
    },
    /// A unit makes no more stops in this shift.
    DropsOut {
        /// Id or call sign.
        unit: String,
    },
    /// Nothing but time has passed.
    TimePassed,
}

/// Why a change can't be taken.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ChangeFault {
    /// The plan has no such unit.
    #[error("the plan has no unit {name:?}; its units are {known}")]
    UnknownUnit {
        /// As it was asked for.
        name: String,
        /// The call signs there are.
        known: String,
    },
    /// The workspace has no such pillar.
    #[error("no alarm pillar has the id {0:?}")]
    UnknownPillar(String),
    /// Too far from the roads.
    #[error("{what} is more than {most_m:.0} m from any imported road: check its position")]
    OffRoad {
        /// What.
        what: String,
        /// How far it may be.
        most_m: f64,
    },
    /// Free before it was sent.
    #[error("a unit is free again after now, not before: give a later time")]
    BackInThePast,
    /// A number out of its range.
    #[error("{0}")]
    Number(&'static str),
}

/// What a change is resolved with.
pub struct Means<'a> {
    /// The roads.
    pub network: &'a RoadNetwork,
    /// What places are called.
    pub names: &'a PlaceNames,
    /// The pillars of the workspace.
    pub pillars: &'a [AlarmPillar],
    /// H3 resolution of the plan's surface.
    pub resolution: u8,
    /// Second since the window's start.
    pub now_s: u32,
}

impl ChangeRequest {
    /// What it is in a plan's problem.
    ///
    /// # Errors
    /// [`ChangeFault`].
    pub fn resolve(&self, problem: &PlanProblem, means: &Means<'_>) -> Result<Change, ChangeFault> {
        Ok(match self {
            Self::SentToCall { unit, back } => Change::SentToCall {
                unit: unit_of(problem, unit)?,
                back: match back {
                    Some((at, when)) => Some(means.free_again(problem, *at, *when)?),
                    None => None,
                },
            },
            Self::Back { unit, at } => Change::Back {
                unit: unit_of(problem, unit)?,
                at: means.snap(*at, "where the unit is free")?,
            },
            Self::PillarPressed { pillar, within } => {
                Change::PillarPressed(means.pressed(problem, pillar, *within)?)
            }
            Self::NewHotspot {
                at,
                expected_per_hour,
                lasts,
            } => Change::NewHotspot(means.hotspot(problem, *at, *expected_per_hour, *lasts)?),
            Self::DropsOut { unit } => Change::DropsOut {
                unit: unit_of(problem, unit)?,
            },
            Self::TimePassed => Change::TimePassed,
        })
    }
}

fn unit_of(problem: &PlanProblem, name: &str) -> Result<usize, ChangeFault> {
    let units = &problem.units;
    let by_id = units.iter().position(|unit| unit.id.as_str() == name);
    by_id
        .or_else(|| units.iter().position(|unit| unit.call_sign == name))
        .ok_or_else(|| {
            let known: Vec<&str> = units.iter().map(|u| u.call_sign.as_str()).collect();
            ChangeFault::UnknownUnit {
                name: name.to_owned(),
                known: known.join(", "),
            }
        })
}

impl Means<'_> {
    fn snap(&self, at: Position, what: &str) -> Result<Snap, ChangeFault> {
        let most = PatrolSettings::default().unit_off_road;
        self.network
            .snap(at, most)
            .ok_or_else(|| ChangeFault::OffRoad {
                what: what.to_owned(),
                most_m: most.0,
            })
    }

    fn free_again(
        &self,
        problem: &PlanProblem,
        at: Position,
        when: Timestamp,
    ) -> Result<FreeAgain, ChangeFault> {
        let seconds = when.duration_since(problem.window.start()).as_secs();
        if seconds < i64::from(self.now_s) {
            return Err(ChangeFault::BackInThePast);
        }
        // Free after the shift is the same as at its end.
        let second = seconds.min(problem.window_s() as i64) as u32;
        let at = self.snap(at, "where the unit is free again")?;
        Ok(FreeAgain { at, second })
    }

    /// A must-visit that is due from now on. What is due after the shift's end is cut off.
    fn pressed(
        &self,
        problem: &PlanProblem,
        pillar: &str,
        within: Seconds,
    ) -> Result<MustVisit, ChangeFault> {
        if !(60.0..=14_400.0).contains(&within.0) {
            let why = "a pressed pillar is gone to within 1 minute to 4 hours";
            return Err(ChangeFault::Number(why));
        }
        let mut pillars = self.pillars.iter();
        let of = pillars.find(|p| p.id.as_str() == pillar);
        let of = of.ok_or_else(|| ChangeFault::UnknownPillar(pillar.to_owned()))?;
        let name = if of.name.is_empty() { pillar } else { &of.name };
        let from_ms = self.now_s.saturating_mul(1000);
        let until_ms = u64::from(from_ms) + (within.0 * 1000.0) as u64;
        let until_ms = until_ms.min(problem.window_s() * 1000) as u32;
        Ok(MustVisit {
            id: of.id.to_string(),
            name: name.to_owned(),
            snap: self.snap(of.position, name)?,
            position: of.position,
            windows_ms: vec![(from_ms, until_ms.max(from_ms + 1))],
            dwell_ms: PatrolSettings::default().must_visit_dwell_ms,
            every_ms: None,
            since_ms: None,
            beat: self.names.beat_at(of.position).map(|beat| beat as u32),
            needs: Vec::new(),
        })
    }

    /// The cell there, with what is expected besides in the hours that it lasts.
    fn hotspot(
        &self,
        problem: &PlanProblem,
        at: Position,
        expected_per_hour: f64,
        lasts: Seconds,
    ) -> Result<Candidate, ChangeFault> {
        if !(expected_per_hour > 0.0 && expected_per_hour <= 1000.0) {
            let why = "a hot spot has more than 0 and at most 1000 incidents per hour";
            return Err(ChangeFault::Number(why));
        }
        if !(lasts.0 >= 60.0 && lasts.0 <= 40.0 * 86_400.0) {
            let why = "a hot spot lasts from a minute to 40 days";
            return Err(ChangeFault::Number(why));
        }
        let Some(cell) = Cell::at(at, self.resolution) else {
            return Err(ChangeFault::Number("there is no hexagon at that position"));
        };
        let mut hotspot = match problem.candidates.iter().find(|c| c.cell == cell) {
            Some(known) => known.clone(),
            None => self.new_candidate(problem, cell, at)?,
        };
        let from = f64::from(self.now_s);
        let until = from + lasts.0;
        for (hour, risk) in hotspot.risk_by_hour.iter_mut().enumerate() {
            let begins = hour as f64 * 3600.0;
            let overlap = (until.min(begins + 3600.0) - from.max(begins)).max(0.0);
            *risk += expected_per_hour * overlap / 3600.0;
        }
        for (hour, rank) in hotspot.rank_by_hour.iter_mut().enumerate() {
            let risk = hotspot.risk_by_hour[hour];
            let others = problem.candidates.iter().filter(|c| c.cell != cell);
            let hotter = others.filter(|c| c.risk_by_hour[hour] > risk).count();
            *rank = (hotter as u32 + 1).min(*rank);
        }
        Ok(hotspot)
    }

    fn new_candidate(
        &self,
        problem: &PlanProblem,
        cell: Cell,
        at: Position,
    ) -> Result<Candidate, ChangeFault> {
        let snap = self.snap(at, "the new hot spot")?;
        Ok(Candidate {
            cell,
            snap,
            risk_by_hour: vec![0.0; problem.hours()],
            rank_by_hour: vec![problem.surface_cells; problem.hours()],
            label: self.names.label(self.network, snap),
            beat: self.names.beat_at(at).map(|beat| beat as u32),
            needs: Vec::new(),
            protected: 0.0,
        })
    }
}
