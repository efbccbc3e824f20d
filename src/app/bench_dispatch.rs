//! Suggestions on random boards, against the plain way: from each unit a search of its own
//! over all streets (no hierarchy), coverage counted point by point with and without the
//! unit, and the rule written out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;
use thiserror::Error;

use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::workspace::Address;
use crate::calendar::shift::ShiftError;
use crate::calendar::window::Window;
use crate::incident::record::Priority;
use crate::live::board::Board;
use crate::live::board_event::BoardEvent;
use crate::live::event::LoggedEvent;
use crate::live::ground::Ground;
use crate::live::step::step;
use crate::live::suggestion::{Demand, SuggestedUnit, Suggester, Suggestion};
use crate::place::feature::{Unit, UnitKind, UnitStatus};
use crate::place::id::Id;
use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::roads::network::{RoadNetwork, Snap};

/// As the suggester has it.
const OFF_ROAD: Metres = Metres(500.0);

/// How much later a patient dispatcher takes a unit that is missed less, milliseconds.
const PATIENCE_MS: u32 = 60_000;

/// Shares of coverage that differ by less are the same.
const SAME: f64 = 1e-9;

/// What is measured.
#[derive(Debug, Clone)]
pub struct DispatchRequest {
    /// A workspace with roads and incidents.
    pub workspace: Address,
    /// How many boards.
    pub boards: u32,
    /// Units on each.
    pub units: u16,
    /// Seed of the boards.
    pub seed: u64,
}

/// Why nothing was measured.
#[derive(Debug, Error)]
pub enum DispatchBenchError {
    /// The workspace.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// No streets, or no place to stand.
    #[error("the workspace has no roads: import some with --as roads")]
    NoRoads,
    /// No shift today.
    #[error("the workspace's shift table has no shift")]
    NoShift,
    /// The shift table.
    #[error(transparent)]
    Shift(#[from] ShiftError),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DispatchFigures {
    /// Boards looked at.
    pub boards: usize,
    /// Units that could come, over all boards.
    pub choices: usize,
    /// Boards on which a time of arrival, or the order by it, was another one.
    pub other_arrivals: usize,
    /// Boards on which what a choice costs in coverage was another one.
    pub other_losses: usize,
    /// Boards on which another unit came first.
    pub other_first: usize,
    /// How long each answer took, ascending.
    pub took: Vec<Duration>,
}

/// Draws boards, asks, and goes the plain way.
///
/// # Errors
/// [`DispatchBenchError`].
pub async fn bench_dispatch(
    request: &DispatchRequest,
) -> Result<DispatchFigures, DispatchBenchError> {
    let session = Session::open(&request.workspace, true).await?;
    let snapshot = session.snapshot();
    let shift = snapshot.shifts.first().ok_or(DispatchBenchError::NoShift)?;
    let window = shift.window_on(snapshot.today(), &snapshot.zone)?;
    let suggester = suggester(&session, window).await?;
    let mut figures = DispatchFigures::default();
    for number in 0..request.boards {
        let mut rng = ChaCha8Rng::seed_from_u64(request.seed ^ (u64::from(number) << 20));
        let drawn = Drawn::draw(&suggester, request.units, window.start(), &mut rng);
        drawn.compare(suggester.clone(), &mut figures);
    }
    figures.took.sort_unstable();
    session.close().await;
    Ok(figures)
}

async fn suggester(
    session: &Arc<Session>,
    window: Window,
) -> Result<Suggester, DispatchBenchError> {
    let made = session.suggester_for(window).await?;
    made.filter(|made| !made.demand().is_empty())
        .ok_or(DispatchBenchError::NoRoads)
}

/// A board and a call on it.
struct Drawn {
    board: Board,
    ground: Ground,
    now: Timestamp,
    place: Position,
    priority: Priority,
}

impl Drawn {
    /// Two thirds of the units are idle; positions are up to seven minutes old (five is old).
    fn draw(suggester: &Suggester, units: u16, now: Timestamp, rng: &mut ChaCha8Rng) -> Self {
        let somewhere = |rng: &mut ChaCha8Rng| {
            let demand = suggester.demand();
            let cell = demand.choose(rng).map(|cell| cell.snap);
            let at = cell.map(|snap| snap.position);
            let off = |rng: &mut ChaCha8Rng| rng.random_range(-0.002..0.002);
            at.map(|at| Position::wrapped(at.lon() + off(rng), at.lat() + off(rng)))
        };
        let statuses = [
            UnitStatus::Idle,
            UnitStatus::Idle,
            UnitStatus::Idle,
            UnitStatus::Idle,
            UnitStatus::Break,
            UnitStatus::OffDuty,
        ];
        let mut board = Board::default();
        let mut rows = Vec::new();
        let mut events = Vec::new();
        for number in 0..units {
            let Some(position) = somewhere(rng) else {
                continue;
            };
            let id: Id<Unit> = Id::new(format!("u{number:03}"));
            let measured_at = now - SignedDuration::from_secs(rng.random_range(0..420));
            rows.push(Unit {
                id: id.clone(),
                call_sign: number.to_string(),
                kind: UnitKind::Car,
                station: None,
                position,
                status: statuses.choose(rng).copied().unwrap_or(UnitStatus::Idle),
            });
            if rng.random_bool(0.8)
                && let Some(position) = somewhere(rng)
            {
                events.push(BoardEvent::UnitMoved {
                    unit: id,
                    position,
                    heading_deg: None,
                    measured_at,
                });
            }
        }
        for (event, sequence) in events.into_iter().zip(1..) {
            let logged = LoggedEvent {
                sequence,
                at: now,
                event: event.into(),
            };
            step(&mut board, &logged);
        }
        let priorities = [Priority::One, Priority::Two, Priority::Three];
        Self {
            place: somewhere(rng).unwrap_or(Position::wrapped(0.0, 0.0)),
            priority: priorities.choose(rng).copied().unwrap_or(Priority::Two),
            ground: Ground::new(rows, []),
            board,
            now,
        }
    }

    fn compare(&self, mut suggester: Suggester, figures: &mut DispatchFigures) {
        suggester.follow(&self.board, &self.ground, self.now, usize::MAX);
        let begun = Instant::now();
        let found = suggester.suggest(
            &self.board,
            &self.ground,
            self.place,
            self.priority,
            self.now,
        );
        figures.took.push(begun.elapsed());
        figures.boards += 1;
        figures.choices += found.choices.len();
        let plain = self.plain(&suggester);
        let mut by_arrival: Vec<&SuggestedUnit> = found.choices.iter().collect();
        by_arrival.sort_by_key(|choice| (choice.eta_ms, choice.unit.clone()));
        let arrivals = |choice: &&SuggestedUnit| (choice.unit.clone(), choice.eta_ms);
        let found_arrivals: Vec<(Id<Unit>, u32)> = by_arrival.iter().map(arrivals).collect();
        let wanted: Vec<(Id<Unit>, u32)> = (plain.iter())
            .map(|it| (it.unit.clone(), it.eta_ms))
            .collect();
        if found_arrivals != wanted {
            figures.other_arrivals += 1;
            return;
        }
        let losses_differ = by_arrival.iter().zip(&plain).any(|(found, plain)| {
            let pairs = found.lost.iter().zip(&plain.lost);
            pairs.into_iter().any(|(a, b)| (a - b).abs() > SAME)
        });
        figures.other_losses += usize::from(losses_differ);
        figures.other_first += usize::from(!self.is_first_right(&suggester, &found, &plain));
    }

    /// Whether the first is the one that the rule names; of two that cost the same, either.
    fn is_first_right(
        &self,
        suggester: &Suggester,
        found: &Suggestion,
        plain: &[PlainChoice],
    ) -> bool {
        let (Some(first), Some(nearest)) = (found.choices.first(), plain.first()) else {
            return found.choices.is_empty() && plain.is_empty();
        };
        if self.priority == Priority::One {
            return first.unit == nearest.unit;
        }
        let limits = suggester.rings_ms();
        let ring = |eta_ms: u32| limits.iter().position(|&limit| eta_ms <= limit);
        let price = |it: &PlainChoice| suggester.weigh(&it.lost);
        let rivals: Vec<&PlainChoice> = (plain.iter())
            .filter(|it| it.eta_ms <= nearest.eta_ms + PATIENCE_MS)
            .filter(|it| ring(it.eta_ms) == ring(nearest.eta_ms))
            .collect();
        let least = rivals
            .iter()
            .map(|it| price(it))
            .fold(f64::INFINITY, f64::min);
        let chosen = rivals.iter().find(|it| it.unit == first.unit);
        chosen.is_some_and(|it| price(it) <= least + SAME)
    }

    /// Idle units with a fresh position and a way there, by arrival: each by a search over
    /// all streets.
    fn plain(&self, suggester: &Suggester) -> Vec<PlainChoice> {
        let network = suggester.network();
        let Some(call) = network.snap(self.place, OFF_ROAD) else {
            return Vec::new();
        };
        let units: Vec<&Unit> = self.ground.units().collect();
        let mut standing: Vec<(Id<Unit>, Vec<u32>, Option<u32>)> = units
            .into_par_iter()
            .filter_map(|unit| {
                let from = self.stands(unit, network)?;
                let reached = network.reached(&[from], u32::MAX - 1);
                let to = |point: &Demand| reached.millis_to(point.snap).unwrap_or(u32::MAX);
                let row = suggester.demand().iter().map(to).collect();
                Some((unit.id.clone(), row, reached.millis_to(call)))
            })
            .collect();
        standing.sort_by(|a, b| a.0.cmp(&b.0));
        let rows: Vec<&[u32]> = standing.iter().map(|(_, row, _)| row.as_slice()).collect();
        let coverage = Coverage::of(suggester, &rows);
        let mut choices: Vec<PlainChoice> = (standing.iter().enumerate())
            .filter_map(|(number, (unit, _, eta_ms))| {
                Some(PlainChoice {
                    unit: unit.clone(),
                    eta_ms: (*eta_ms)?,
                    lost: coverage.lost(suggester, rows[number]),
                })
            })
            .collect();
        choices.sort_by_key(|choice| (choice.eta_ms, choice.unit.clone()));
        choices
    }

    /// Where an idle unit with a fresh position stands.
    fn stands(&self, unit: &Unit, network: &RoadNetwork) -> Option<Snap> {
        let fix = self.board.unit(&unit.id).fix;
        let old_s = self.board.settings.position_is_old.0;
        let old = fix.is_some_and(|fix| self.now.duration_since(fix.at).as_secs_f64() > old_s);
        let idle = self.ground.status(&self.board, &unit.id) == Some(UnitStatus::Idle);
        let here = self.ground.position(&self.board, &unit.id)?;
        (idle && !old)
            .then(|| network.snap(here, OFF_ROAD))
            .flatten()
    }
}

/// A unit by the plain way.
struct PlainChoice {
    unit: Id<Unit>,
    eta_ms: u32,
    lost: Vec<f64>,
}

/// How many units reach each point within each ring.
struct Coverage {
    counts: Vec<Vec<u32>>,
}

impl Coverage {
    fn of(suggester: &Suggester, rows: &[&[u32]]) -> Self {
        let within = |limit: u32| {
            let points = 0..suggester.demand().len();
            points
                .map(|point| rows.iter().filter(|row| row[point] <= limit).count() as u32)
                .collect()
        };
        Self {
            counts: suggester.rings_ms().iter().copied().map(within).collect(),
        }
    }

    /// By how much the expected share within each ring falls without a unit: of a point that
    /// `k` reach, `q^(k − 1) (1 − q)`.
    fn lost(&self, suggester: &Suggester, row: &[u32]) -> Vec<f64> {
        let total: f64 = suggester.demand().iter().map(|point| point.expected).sum();
        let busy = suggester.busy();
        let rings = suggester.rings_ms().iter().zip(&self.counts);
        rings
            .map(|(&limit, counts)| {
                let points = suggester.demand().iter().zip(counts).zip(row);
                let lost: f64 = points
                    .filter(|(_, ms)| **ms <= limit)
                    .map(|((point, &k), _)| point.expected * busy.powi(k as i32 - 1) * (1.0 - busy))
                    .sum();
                lost / total
            })
            .collect()
    }
}
