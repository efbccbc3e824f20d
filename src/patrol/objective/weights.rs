//! What counts how much: sliders from 0 to 1 and three named presets.
//!
//! Each part of the objective is a share from 0 to 1 (of the risk, of the calls, of the
//! minutes wanted, of the working time), times its slider. A slider at 0 takes its part out
//! of the search altogether.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The sliders.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Expected incidents covered by presence, as a share of all.
    pub deter: f64,
    /// Expected calls that some free unit reaches in time, as a share of all.
    pub respond: f64,
    /// Patrol minutes given to beats as far as they want them, as a share of those wanted.
    pub fair: f64,
    /// Driving, as a share of the working time: counts against the plan.
    pub travel: f64,
}

/// A named choice of all sliders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Presence where risk is, and nothing else.
    Deter,
    /// Near to the next call first.
    Respond,
    /// Every beat gets its part of the minutes, which costs covered risk where that is in few
    /// beats; nearness counts half as much as risk, driving a little against the plan.
    Balanced,
}

impl Preset {
    /// All of them, in the order that they are shown in.
    pub const ALL: [Self; 3] = [Self::Deter, Self::Respond, Self::Balanced];

    /// Its name, as it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deter => "deter",
            Self::Respond => "respond",
            Self::Balanced => "balanced",
        }
    }

    /// Its sliders.
    pub fn weights(self) -> Weights {
        match self {
            Self::Deter => Weights {
                deter: 1.0,
                respond: 0.0,
                fair: 0.0,
                travel: 0.0,
            },
            Self::Respond => Weights {
                deter: 0.2,
                respond: 1.0,
                fair: 0.0,
                travel: 0.0,
            },
            Self::Balanced => Weights {
                deter: 1.0,
                respond: 0.5,
                fair: 0.25,
                travel: 0.1,
            },
        }
    }
}

/// Sliders that make no sense.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum WeightFault {
    /// One is out of its range.
    #[error("{name} must be from 0 to 1, not {found}")]
    Range {
        /// Which slider.
        name: &'static str,
        /// What it was set to.
        found: f64,
    },
    /// Nothing counts that a stop could be good for.
    #[error(
        "deter, respond and fair are all 0, so that no stop is good for anything: set one of them above 0"
    )]
    Nothing,
}

impl Default for Weights {
    fn default() -> Self {
        Preset::Deter.weights()
    }
}

impl Weights {
    /// Checks that each slider is from 0 to 1, and that one speaks for stops.
    ///
    /// # Errors
    /// The first [`WeightFault`].
    pub fn check(&self) -> Result<(), WeightFault> {
        let sliders = [
            ("deter", self.deter),
            ("respond", self.respond),
            ("fair", self.fair),
            ("travel", self.travel),
        ];
        match sliders.into_iter().find(|s| !(0.0..=1.0).contains(&s.1)) {
            Some((name, found)) => Err(WeightFault::Range { name, found }),
            None if self.deter + self.respond + self.fair <= 0.0 => Err(WeightFault::Nothing),
            None => Ok(()),
        }
    }

    /// The preset that these are, if they are one.
    pub fn preset(&self) -> Option<Preset> {
        Preset::ALL.into_iter().find(|p| p.weights() == *self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sliders_are_shares_and_one_speaks_for_stops() {
        for preset in Preset::ALL {
            assert_eq!(preset.weights().check(), Ok(()));
        }
        let nothing = Weights {
            deter: 0.0,
            respond: 0.0,
            fair: 0.0,
            travel: 1.0,
        };
        assert_eq!(nothing.check(), Err(WeightFault::Nothing));
        let fair = Weights {
            fair: 0.1,
            ..nothing
        };
        assert_eq!(fair.check(), Ok(()));
        let negative = Weights {
            travel: -0.1,
            ..fair
        };
        assert!(matches!(
            negative.check(),
            Err(WeightFault::Range { name: "travel", .. })
        ));
    }
}
