//! The stated process that the sample's incidents are drawn from, as pure functions: a
//! model that learns from the sample can be held against the truth.
//!
//! The conditional intensity of kind k at place x and time t, given what happened before:
//!
//! ```text
//! λ_k(x, t) = ν_k(hour of week) · [ r_k · s_k(t) · f_k(x)  +  Σ_i θ_k · g(t − t_i) · h(x − x_i) ]
//!             rhythm                background                 repeats of events i of kind k before t
//! ```
//!
//! - f_k, a density over the district: a piece of street (≤ 60 m) is chosen by weight
//!   `metres · urbanity · (main or inner + shops·Σ pull·exp(−d²/2σ²) + clusters·Σ height·exp(−d²/2σ²))`
//!   at its middle, a spot on it uniformly, moved by a Gaussian of [`OFF_STREET_M`].
//! - ν_k with mean 1, s_k season and trend (`rhythm`); r_k a day (`kind`).
//! - g exponential with mean [`REPEAT_DAYS`], h Gaussian with σ [`REPEAT_M`].
//!
//! What falls outside the outline is not drawn (under 0.1 % of the background), and there
//! is no event before [`start`]. Who reported an event, and its priority, are drawn apart
//! from where and when.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil, tz::TimeZone};
use rand::RngExt;

use crate::app::sample::centre::Centre;
use crate::app::sample::chance::{running, stream};
use crate::app::sample::fault::SampleError;
use crate::app::sample::kind::{KINDS, Kind, Theme};
use crate::app::sample::piece::{Piece, Pieces};
use crate::app::sample::plane::Spot;
use crate::app::sample::rhythm::{at_hour, slow, weekly};
use crate::app::sample::street::Class;
use crate::app::sample::terrain::urbanity;
use crate::place::position::Position;

/// The sample's time zone.
pub const ZONE: &str = "Asia/Shanghai";
/// Deviation of a background event from its street, metres, in each direction.
pub const OFF_STREET_M: f64 = 9.0;
/// Mean delay of a repeat, days.
pub const REPEAT_DAYS: f64 = 7.0;
/// Deviation of a repeat from its event, metres, in each direction.
pub const REPEAT_M: f64 = 80.0;
const SHOPS_M: f64 = 210.0;

/// The process of one seed.
#[derive(Debug, Clone)]
pub struct Process {
    zone: TimeZone,
    start: Timestamp,
    end: Timestamp,
    pieces: Pieces,
    truths: Vec<Truth>,
}

/// One kind with its weights on the pieces.
#[derive(Debug, Clone)]
pub struct Truth {
    /// Its parameters.
    pub kind: Kind,
    /// ν for each hour of the week.
    pub weekly: Vec<f64>,
    /// Running sums of the pieces' weights.
    pub running: Vec<f64>,
}

/// A Gaussian hill of risk.
#[derive(Debug, Clone, Copy)]
struct Cluster {
    middle: Spot,
    deviation_m: f64,
    height: f64,
}

impl Process {
    /// Sets up the process on a seed's streets and commercial districts.
    ///
    /// # Errors
    /// [`SampleError::Seed`] where the calendar fails.
    pub fn new(seed: u64, pieces: Pieces, centres: &[Centre]) -> Result<Self, SampleError> {
        let zone = TimeZone::get(ZONE).map_err(|e| SampleError::Seed(e.to_string()))?;
        let instant = |year| {
            zone.to_timestamp(civil::date(year, 11, 1).to_datetime(civil::Time::midnight()))
                .map_err(|e| SampleError::Seed(e.to_string()))
        };
        let (start, end) = (instant(2024)?, instant(2026)?);
        let clusters = clusters(seed, &pieces);
        let truths = KINDS
            .iter()
            .map(|&kind| Truth {
                kind,
                weekly: weekly(&kind.week),
                running: running(
                    pieces
                        .all
                        .iter()
                        .map(|piece| weight(&kind, piece, centres, &clusters[&kind.place.theme])),
                ),
            })
            .collect();
        Ok(Self {
            zone,
            start,
            end,
            pieces,
            truths,
        })
    }

    /// The first instant of the two years.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// The first instant after them.
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// The district's time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The streets' pieces.
    pub fn pieces(&self) -> &Pieces {
        &self.pieces
    }

    /// The kinds with their weights.
    pub fn truths(&self) -> &[Truth] {
        &self.truths
    }

    /// The true background intensity of a category (a code of `kind::KINDS`; 0 for any
    /// other): expected events per km² and hour, repeats not counted.
    pub fn true_intensity(&self, position: Position, at: Timestamp, category: &str) -> f64 {
        let Some(truth) = self.truth(category) else {
            return 0.0;
        };
        truth.kind.per_day / 24.0
            * slow(&truth.kind.year, at, self.start, &self.zone)
            * at_hour(&truth.weekly, at, &self.zone)
            * self.density_per_km2(truth, position)
    }

    /// The true intensity with the repeats of earlier events of the category (time and
    /// place): expected events per km² and hour.
    pub fn conditional_intensity(
        &self,
        position: Position,
        at: Timestamp,
        category: &str,
        earlier: &[(Timestamp, Position)],
    ) -> f64 {
        let Some(truth) = self.truth(category) else {
            return 0.0;
        };
        let spot = Spot::of(position);
        let repeats: f64 = earlier
            .iter()
            .filter(|(before, _)| *before < at)
            .map(|&(before, place)| {
                let days = (at.as_second() - before.as_second()) as f64 / 86_400.0;
                let delay = (-days / REPEAT_DAYS).exp() / (REPEAT_DAYS * 24.0);
                let off = Spot::of(place).metres_to(spot) / REPEAT_M;
                let area_km2 = std::f64::consts::TAU * REPEAT_M * REPEAT_M / 1e6;
                truth.kind.repeats * delay * (-0.5 * off * off).exp() / area_km2
            })
            .sum();
        self.true_intensity(position, at, category)
            + at_hour(&truth.weekly, at, &self.zone) * repeats
    }

    /// Whether the time lies within the two years.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    fn truth(&self, category: &str) -> Option<&Truth> {
        self.truths.iter().find(|t| t.kind.code == category)
    }

    /// f_k: a piece convolved with a round Gaussian is known in closed form.
    fn density_per_km2(&self, truth: &Truth, position: Position) -> f64 {
        let spot = Spot::of(position);
        let total = truth.running.last().copied().unwrap_or(0.0).max(1e-300);
        // Two buckets reach 100 m past any spot's own: over seven deviations.
        self.pieces
            .around(spot, 2)
            .map(|number| {
                let before = number.checked_sub(1).map_or(0.0, |i| truth.running[i]);
                let share = (truth.running[number] - before) / total;
                share * smeared_per_m2(&self.pieces.all[number], spot)
            })
            .sum::<f64>()
            * 1e6
    }
}

/// Density at a spot of a uniform draw on a piece moved by a Gaussian, per m².
fn smeared_per_m2(piece: &Piece, spot: Spot) -> f64 {
    let length = piece.metres().max(1e-6);
    let (ux, uy) = (
        (piece.b.x - piece.a.x) / length,
        (piece.b.y - piece.a.y) / length,
    );
    let (dx, dy) = (spot.x - piece.a.x, spot.y - piece.a.y);
    let (along, across) = (dx * ux + dy * uy, dx * uy - dy * ux);
    let side = (-0.5 * (across / OFF_STREET_M).powi(2)).exp()
        / (OFF_STREET_M * std::f64::consts::TAU.sqrt());
    side * (below((length - along) / OFF_STREET_M) - below(-along / OFF_STREET_M)) / length
}

/// The standard normal distribution function (Zelen & Severo 1964, Abramowitz & Stegun
/// 26.2.17; error under 7.5e-8).
fn below(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let poly = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt() * poly;
    if z >= 0.0 { 1.0 - tail } else { tail }
}

fn weight(kind: &Kind, piece: &Piece, centres: &[Centre], clusters: &[Cluster]) -> f64 {
    let spot = piece.middle();
    let hill =
        |middle: Spot, deviation: f64| (-0.5 * (middle.metres_to(spot) / deviation).powi(2)).exp();
    let own = if piece.is_main() {
        kind.place.main
    } else {
        kind.place.inner
    };
    let shops: f64 = centres.iter().map(|c| c.pull * hill(c.spot, SHOPS_M)).sum();
    let clustered: f64 = clusters
        .iter()
        .map(|c| c.height * hill(c.middle, c.deviation_m))
        .sum();
    piece.metres()
        * urbanity(spot)
        * (own + kind.place.shops * shops + kind.place.clusters * clustered)
}

/// Clusters by theme, each in the middle of a drawn piece of street.
fn clusters(seed: u64, pieces: &Pieces) -> BTreeMap<Theme, Vec<Cluster>> {
    let plans = [
        (Theme::Homes, 26, 140.0..380.0),
        (Theme::Night, 11, 110.0..230.0),
        (Theme::Crossings, 34, 60.0..110.0),
        (Theme::Trade, 16, 120.0..260.0),
    ];
    plans
        .into_iter()
        .map(|(theme, count, deviations)| {
            let mut chance = stream(seed, &format!("clusters {theme:?}"));
            let fits = |piece: &Piece| match theme {
                Theme::Homes => !piece.is_main(),
                Theme::Crossings => piece.class <= Class::Secondary,
                _ => piece.is_main() && piece.class != Class::Trunk,
            };
            let mut found = Vec::with_capacity(count);
            // Bounded, should streets of a class be missing.
            for _ in 0..count * 400 {
                if found.len() == count || pieces.all.is_empty() {
                    break;
                }
                let piece = &pieces.all[chance.random_range(0..pieces.all.len())];
                let kept = fits(piece) && chance.random_bool(urbanity(piece.middle()));
                // Black spots are crossings, where pieces of main streets begin.
                let middle = if theme == Theme::Crossings {
                    piece.a
                } else {
                    piece.middle()
                };
                if kept {
                    found.push(Cluster {
                        middle,
                        deviation_m: chance.random_range(deviations.clone()),
                        height: chance.random_range(0.25..1.0),
                    });
                }
            }
            (theme, found)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_distribution() {
        for (z, p) in [(0.0, 0.5), (1.96, 0.975_002_1), (-1.0, 0.158_655_3)] {
            assert!((below(z) - p).abs() < 1e-6, "{z}: {}", below(z));
        }
    }

    #[test]
    fn a_smeared_piece_has_mass_one() {
        let piece = Piece {
            a: Spot::new(10.0, -5.0),
            b: Spot::new(50.0, 25.0),
            class: Class::Primary,
        };
        let step = 2.0;
        let mass: f64 = (-60..=80)
            .flat_map(|i| {
                (-60..=80).map(move |j| Spot::new(f64::from(i) * step, f64::from(j) * step))
            })
            .map(|spot| smeared_per_m2(&piece, spot) * step * step)
            .sum();
        assert!((mass - 1.0).abs() < 1e-3, "{mass}");
    }
}
