//! The models by name, with the settings that a person may give.

use crate::risk::count::Count;
use crate::risk::kde::{DEFAULT_BANDWIDTH_M, Kde};
use crate::risk::mixture::Mixture;
use crate::risk::model::{RiskError, RiskModel};

/// Names of all models, the plainest first.
pub const NAMES: [&str; 3] = ["count", "kde", "mixture"];

/// Settings; none means the model's own default. A model takes those it knows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ModelSettings {
    /// Radius of a kernel, metres.
    pub bandwidth_m: Option<f64>,
    /// Half-life of an event's weight, days.
    pub half_life_days: Option<f64>,
    /// All hours of the week alike; known to the mixture.
    pub without_hours: bool,
}

/// The model of a name.
///
/// # Errors
/// [`RiskError::UnknownModel`].
pub fn by_name(
    name: &str,
    settings: ModelSettings,
) -> Result<Box<dyn RiskModel + Send + Sync>, RiskError> {
    let half_life_days = settings.half_life_days;
    match name {
        "count" => Ok(Box::new(Count { half_life_days })),
        "kde" => Ok(Box::new(Kde {
            bandwidth_m: settings.bandwidth_m.unwrap_or(DEFAULT_BANDWIDTH_M),
            half_life_days,
        })),
        "mixture" if settings.bandwidth_m.is_some() => Err(RiskError::NoSuchSetting {
            model: "mixture",
            setting: "bandwidth_m",
        }),
        "mixture" if half_life_days.is_some() => Err(RiskError::NoSuchSetting {
            model: "mixture",
            setting: "half_life_days",
        }),
        "mixture" => Ok(Box::new(Mixture {
            hours: !settings.without_hours,
        })),
        _ => Err(RiskError::UnknownModel(name.into())),
    }
}
