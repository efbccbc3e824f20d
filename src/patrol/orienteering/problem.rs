//! A team orienteering problem: a start, an end, points with profits, and a number of routes
//! that each end within a limit; each point is visited at most once.
//!
//! Lengths are whole ticks, so that sums are exact and two machines agree. Chao, Golden &
//! Wasil, *The team orienteering problem*, EJOR 88 (1996); with one route it is the
//! orienteering problem of Tsiligirides (1984).

use thiserror::Error;

/// The longest limit of a route, ticks: three lengths can be added in 32 bits.
pub const MOST_TICKS: u32 = 1 << 29;
/// The most points: lengths between all of them then take 200 MiB while they are searched.
pub const MOST_POINTS: usize = 4096;

/// The whole question. Point 0 is the start, the last point the end (they may lie at one place).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamProblem {
    profits: Vec<u32>,
    ticks: Vec<u32>,
    limit: u32,
    routes: usize,
}

/// Why a problem can't be solved: its parts don't fit each other.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum TeamFault {
    /// No start and end.
    #[error("there are {0} points, but a start and an end are needed")]
    NoEnds(usize),
    /// More than can be numbered.
    #[error("there are {0} points; at most {MOST_POINTS} can be planned")]
    TooManyPoints(usize),
    /// Not a square of points.
    #[error("there are {found} travel lengths, but {points} points need {points} × {points}")]
    Matrix {
        /// Lengths given.
        found: usize,
        /// Points given.
        points: usize,
    },
    /// A limit that does not leave room for sums.
    #[error("the limit of {0} ticks is over {MOST_TICKS}")]
    Limit(u32),
    /// A coordinate or limit that is no finite number, or a negative limit.
    #[error("{0} is no length or coordinate")]
    NotFinite(f64),
}

impl TeamProblem {
    /// A problem from travel lengths in ticks, row by row: `ticks[from * points + to]`.
    /// A length over the limit stands for "no way".
    ///
    /// # Errors
    /// [`TeamFault`] where the parts don't fit each other.
    pub fn new(
        profits: Vec<u32>,
        ticks: Vec<u32>,
        limit: u32,
        routes: usize,
    ) -> Result<Self, TeamFault> {
        let points = profits.len();
        if points < 2 {
            return Err(TeamFault::NoEnds(points));
        }
        if points > MOST_POINTS {
            return Err(TeamFault::TooManyPoints(points));
        }
        if ticks.len() != points * points {
            return Err(TeamFault::Matrix {
                found: ticks.len(),
                points,
            });
        }
        if limit > MOST_TICKS {
            return Err(TeamFault::Limit(limit));
        }
        Ok(Self {
            profits,
            ticks,
            limit,
            routes,
        })
    }

    /// How many points there are, start and end among them.
    pub fn points(&self) -> usize {
        self.profits.len()
    }

    /// What a visit of a point is worth.
    pub fn profit(&self, point: usize) -> u32 {
        self.profits[point]
    }

    /// Ticks from one point to another.
    pub fn ticks(&self, from: usize, to: usize) -> u32 {
        self.ticks[from * self.profits.len() + to]
    }

    /// The most ticks of a route.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// How many routes there are.
    pub fn routes(&self) -> usize {
        self.routes
    }

    /// Number of the end point; the start is 0.
    pub fn end(&self) -> usize {
        self.profits.len() - 1
    }
}
