//! A patrol problem: idle units, places worth a stop, must-visit points, travel times.
//!
//! Times are whole milliseconds since the window's start, so that plans are exact.

use thiserror::Error;

use crate::calendar::window::Window;
use crate::grid::cell::Cell;
use crate::place::feature::Unit;
use crate::place::id::Id;
use crate::place::position::Position;
use crate::roads::network::{Snap, TravelMatrix};

/// One idle unit for the window.
#[derive(Debug, Clone, PartialEq)]
pub struct PatrolUnit {
    /// Which.
    pub id: Id<Unit>,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Where it starts, on the road.
    pub start: Snap,
    /// First millisecond of work.
    pub from_ms: u32,
    /// Work ends: its last stop is left by then.
    pub until_ms: u32,
}

/// A cell worth a stop.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its hexagon.
    pub cell: Cell,
    /// Where a unit would stand, on the road.
    pub snap: Snap,
    /// Expected incidents in each hour of the window, from its start; the last hour may be
    /// a part of one.
    pub risk_by_hour: Vec<f64>,
    /// Its place among all cells of the surface in each of these hours, from 1.
    pub rank_by_hour: Vec<u32>,
    /// Where that is, in words: `"Beat 3, by pillar 12"`.
    pub label: String,
}

/// A point that must be visited.
#[derive(Debug, Clone, PartialEq)]
pub struct MustVisit {
    /// Its own id, e.g. a joint-duty post's.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where a unit would stand, on the road.
    pub snap: Snap,
    /// Its position.
    pub position: Position,
    /// Arrive within one of these `[from, until)`, milliseconds; one visit in each.
    pub windows_ms: Vec<(u32, u32)>,
    /// How long to stay, milliseconds.
    pub dwell_ms: u32,
}

/// The whole question.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanProblem {
    /// The shift.
    pub window: Window,
    /// Who drives.
    pub units: Vec<PatrolUnit>,
    /// Where risk is.
    pub candidates: Vec<Candidate>,
    /// Where one must go.
    pub must_visits: Vec<MustVisit>,
    /// Allowed dwell times at a candidate, milliseconds, ascending.
    pub dwell_options_ms: Vec<u32>,
    /// A stay of so long has 63 % (1 − 1/e) of the effect that an endless one would have,
    /// milliseconds.
    pub presence_ms: u32,
    /// After how long a visit's effect on a cell has halved, milliseconds.
    pub decay_half_life_ms: u32,
    /// Expected incidents over all cells and hours of the window.
    pub risk_total: f64,
    /// How many cells the surface has.
    pub surface_cells: u32,
    /// Milliseconds between points: rows and columns are units' starts, then candidates,
    /// then must-visits.
    pub travel: TravelMatrix,
    /// Seed of the search.
    pub seed: u64,
}

/// Why a problem can't be searched: its parts don't fit each other.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ProblemFault {
    /// The matrix has another number of rows or columns than there are points.
    #[error("the travel matrix is {rows} × {columns}, but there are {points} points")]
    Matrix {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
        /// Units, candidates and must-visits together.
        points: usize,
    },
    /// Risk of another number of hours than the window has, or a number that is no risk.
    #[error("candidate {cell} has no valid risk for each of the window's {hours} hours")]
    Risk {
        /// Its cell.
        cell: Cell,
        /// Hours of the window, the last part of one included.
        hours: usize,
    },
    /// Two candidates stand for one cell.
    #[error("cell {0} is a candidate twice")]
    TwiceACandidate(Cell),
    /// No dwell time, one of 0, or not ascending.
    #[error("dwell times must be positive and ascending")]
    Dwell,
    /// Half-life or presence of 0.
    #[error("the half-life and the presence time must be positive")]
    Decay,
    /// A unit's work ends before it starts, or goes on after the window.
    #[error("unit {0} does not work within the window")]
    Shift(String),
    /// A must-visit's window is empty or its dwell is 0.
    #[error("must-visit {0} has an empty window or no dwell")]
    MustVisit(String),
    /// More than the search can number.
    #[error("at most 60 000 units, and windows of at most 40 days, can be planned")]
    TooLarge,
}

impl PlanProblem {
    /// Row and column of a unit's start.
    pub fn unit_point(&self, unit: usize) -> usize {
        unit
    }

    /// Row and column of a candidate.
    pub fn candidate_point(&self, candidate: usize) -> usize {
        self.units.len() + candidate
    }

    /// Row and column of a must-visit.
    pub fn must_visit_point(&self, must_visit: usize) -> usize {
        self.units.len() + self.candidates.len() + must_visit
    }

    /// Length of the window in whole seconds, rounded down.
    pub fn window_s(&self) -> u64 {
        self.window.length().0.max(0.0) as u64
    }

    /// Hours of the window, the last part of one included.
    pub fn hours(&self) -> usize {
        self.window.length().0.div_euclid(3600.0) as usize
            + usize::from(self.window.length().0.rem_euclid(3600.0) > 0.0)
    }

    /// Checks that the parts fit each other.
    ///
    /// # Errors
    /// The first [`ProblemFault`] found.
    pub fn check(&self) -> Result<(), ProblemFault> {
        let points = self.must_visit_point(self.must_visits.len());
        let travel = &self.travel;
        if travel.sources != points
            || travel.targets != points
            || travel.millis.len() != points * points
        {
            return Err(ProblemFault::Matrix {
                rows: travel.sources,
                columns: travel.targets,
                points,
            });
        }
        if self.units.len() > 60_000 || self.window_s() > 40 * 86_400 {
            return Err(ProblemFault::TooLarge);
        }
        self.check_candidates()?;
        if self.dwell_options_ms.is_empty()
            || self.dwell_options_ms[0] == 0
            || self.dwell_options_ms.windows(2).any(|w| w[0] >= w[1])
        {
            return Err(ProblemFault::Dwell);
        }
        if self.decay_half_life_ms == 0 || self.presence_ms == 0 {
            return Err(ProblemFault::Decay);
        }
        let last_ms = self.window.end().as_millisecond() - self.window.start().as_millisecond();
        if let Some(unit) = self
            .units
            .iter()
            .find(|u| u.from_ms > u.until_ms || i64::from(u.until_ms) > last_ms)
        {
            return Err(ProblemFault::Shift(unit.call_sign.clone()));
        }
        let empty = |m: &&MustVisit| m.dwell_ms == 0 || m.windows_ms.iter().any(|w| w.0 >= w.1);
        match self.must_visits.iter().find(empty) {
            Some(must) => Err(ProblemFault::MustVisit(must.name.clone())),
            None => Ok(()),
        }
    }

    fn check_candidates(&self) -> Result<(), ProblemFault> {
        let hours = self.hours();
        for candidate in &self.candidates {
            let risks = &candidate.risk_by_hour;
            if risks.len() != hours
                || candidate.rank_by_hour.len() != hours
                || risks.iter().any(|r| !r.is_finite() || *r < 0.0)
            {
                return Err(ProblemFault::Risk {
                    cell: candidate.cell,
                    hours,
                });
            }
        }
        let mut cells: Vec<Cell> = self.candidates.iter().map(|c| c.cell).collect();
        cells.sort_unstable();
        match cells.windows(2).find(|w| w[0] == w[1]) {
            Some(twice) => Err(ProblemFault::TwiceACandidate(twice[0])),
            None => Ok(()),
        }
    }
}
