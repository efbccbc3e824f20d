//! Incidents of a made-up town, one after the other in time: most of them about some busy
//! places, the rest anywhere in a square of ten kilometres.

use jiff::{SignedDuration, Timestamp};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::incident::category::IncidentCategory;
use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::place::area::{Area, AreaFault};
use crate::place::id::Id;
use crate::place::position::Position;

/// South-western corner of the square, and its sides, degrees: some ten kilometres each.
const CORNER: (f64, f64) = (123.38, 41.75);
const SIDES: (f64, f64) = (0.12, 0.09);

/// Places that most incidents are about.
const BUSY: usize = 40;

/// How far about them, share of the square's side.
const ABOUT: f64 = 0.015;

/// A town on the way through its years.
pub struct Town {
    /// The square.
    pub boundary: Area,
    random: ChaCha8Rng,
    busy: Vec<(f64, f64)>,
    categories: Vec<String>,
    from: Timestamp,
    step_ms: f64,
    made: u64,
    all: u64,
}

impl Town {
    /// So many incidents, evenly over the years up to an instant.
    ///
    /// # Errors
    /// [`AreaFault`].
    pub fn new(seed: u64, incidents: u64, years: u16, until: Timestamp) -> Result<Self, AreaFault> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let busy = (0..BUSY)
            .map(|_| (random.random_range(0.1..0.9), random.random_range(0.1..0.9)))
            .collect();
        let hours = i64::from(years.max(1)) * 8_766;
        let from = until - SignedDuration::from_hours(hours);
        let (west, south) = CORNER;
        let (east, north) = (west + SIDES.0, south + SIDES.1);
        let ring = [west, east, east, west, west]
            .into_iter()
            .zip([south, south, north, north, south])
            .map(|(lon, lat)| [lon, lat]);
        Ok(Self {
            boundary: Area::from_rings(&[vec![ring.collect()]])?,
            random,
            busy,
            categories: IncidentCategory::defaults()
                .into_iter()
                .map(|it| it.code)
                .collect(),
            from,
            step_ms: hours as f64 * 3_600_000.0 / incidents.max(1) as f64,
            made: 0,
            all: incidents,
        })
    }

    /// The next ones, at most so many; none at the end.
    pub fn next(&mut self, at_most: u64) -> Vec<Incident> {
        let many = at_most.min(self.all - self.made);
        (0..many).filter_map(|_| self.one()).collect()
    }

    fn one(&mut self) -> Option<Incident> {
        let number = self.made;
        self.made += 1;
        let within = self.random.random_range(0.0..1.0);
        let ms = (number as f64 + within) * self.step_ms;
        let at = self
            .from
            .checked_add(SignedDuration::from_millis(ms as i64))
            .ok()?;
        let category = self.random.random_range(0..self.categories.len());
        let priority = self.random.random_range(1..=3_u8);
        Some(Incident {
            // As ids of sources are: no two alike, in no order.
            id: Id::new(format!(
                "{:016x}",
                (number ^ 0x5bd1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            )),
            at,
            until: None,
            position: self.place()?,
            category: self.categories[category].clone(),
            priority: Priority::from_number(priority)?,
            origin: Origin::CitizenCall,
            state: CallState::Closed,
            source_id: Some(number.to_string()),
        })
    }

    fn place(&mut self) -> Option<Position> {
        let (x, y) = match self.random.random_bool(0.7) {
            true => {
                let (x, y) = self.busy[self.random.random_range(0..self.busy.len())];
                let off = |random: &mut ChaCha8Rng| {
                    ABOUT * (random.random_range(-1.0..1.0) + random.random_range(-1.0..1.0))
                };
                (x + off(&mut self.random), y + off(&mut self.random))
            }
            false => (
                self.random.random_range(0.0..1.0),
                self.random.random_range(0.0..1.0),
            ),
        };
        Position::new(CORNER.0 + x * SIDES.0, CORNER.1 + y * SIDES.1).ok()
    }
}
