//! What one event triggers: how many, how near, how soon; and how the fit moves it.

/// Rings that triggers reach: the cell itself and three round it.
pub const RINGS: usize = 4;

/// Where the iteration starts.
pub const START: Triggering = Triggering {
    by_ring: [0.1, 0.06, 0.03, 0.01],
    decay: 0.25,
};

/// Mean life of a trigger, days: 30 down to an hour, and at most a sixth of the look-back.
/// What lasts longer is background.
const MEAN_LIVES: [f64; 2] = [1.0 / 24.0, 30.0];
const LOOK_BACK_LIVES: f64 = 6.0;

/// One event triggers fewer than this many: from 1 on the process explodes.
const MOST_TRIGGERED: f64 = 0.95;

/// Relative change at which the fit is still.
const STILL: f64 = 2e-4;

/// Parameters are moved this many times as far as expectation and maximisation would, on
/// the logarithm's scale: below 2 that still converges, and several times as fast.
const RELAXATION: f64 = 1.8;

/// What events trigger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Triggering {
    /// Events that one event triggers in each ring.
    pub by_ring: [f64; RINGS],
    /// `ω`, per wanted day.
    pub decay: f64,
}

impl Triggering {
    /// None at all.
    pub const NONE: Self = Self {
        by_ring: [0.0; RINGS],
        decay: START.decay,
    };

    /// `θ`: events that one event triggers.
    pub fn total(&self) -> f64 {
        self.by_ring.iter().sum()
    }

    /// Moved towards another, and beyond, within what a look-back of so many days can show.
    pub fn towards(&self, to: &Self, look_back_days: f64) -> Self {
        let mut by_ring: [f64; RINGS] =
            std::array::from_fn(|r| relaxed(self.by_ring[r], to.by_ring[r]));
        let total: f64 = by_ring.iter().sum();
        if total > MOST_TRIGGERED {
            by_ring = by_ring.map(|share| share * MOST_TRIGGERED / total);
        }
        let longest = (look_back_days / LOOK_BACK_LIVES).clamp(MEAN_LIVES[0], MEAN_LIVES[1]);
        let mean_life = 1.0 / relaxed(self.decay, to.decay);
        Self {
            by_ring,
            decay: 1.0 / mean_life.clamp(MEAN_LIVES[0], longest),
        }
    }

    /// Whether there is no difference worth another step.
    pub fn is_near(&self, other: &Self) -> bool {
        let close = |a: f64, b: f64| (a - b).abs() <= STILL * (b.abs() + 1e-3);
        close(self.total(), other.total())
            && close(self.decay, other.decay)
            && (self.by_ring.iter().zip(other.by_ring)).all(|(a, b)| (a - b).abs() <= STILL * 0.1)
    }
}

/// From one parameter towards another, and beyond; the old one where the new is no number.
pub fn relaxed(before: f64, after: f64) -> f64 {
    if after.is_finite() && after > 0.0 && before > 0.0 {
        before * (after / before).powf(RELAXATION)
    } else {
        before
    }
}
