//! The models by name, with the settings that a person may give.

use crate::risk::adaptive_kde::AdaptiveKde;
use crate::risk::count::Count;
use crate::risk::hawkes::Hawkes;
use crate::risk::kde::Kde;
use crate::risk::mixture::Mixture;
use crate::risk::model::{RiskError, RiskModel};
use crate::risk::prospective::Prospective;
use crate::risk::risk_terrain::RiskTerrain;

/// Names of all models, the plainest first.
pub const NAMES: [&str; 7] = [
    "count",
    "kde",
    "adaptive_kde",
    "prospective",
    "hawkes",
    "risk_terrain",
    "mixture",
];

/// Settings; none means the model's own default. A model takes those it knows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ModelSettings {
    /// Radius of a kernel, metres; none: chosen on the past.
    pub bandwidth_m: Option<f64>,
    /// Half-life of an event's weight, days.
    pub half_life_days: Option<f64>,
    /// All hours of the week alike; known to the mixture.
    pub without_hours: bool,
}

/// Whether a model looks at the places around; for the others none need be loaded.
pub fn looks_at_terrain(name: &str) -> bool {
    name == "risk_terrain"
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
            bandwidth_m: settings.bandwidth_m,
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
        "adaptive_kde" => Ok(Box::new(AdaptiveKde {
            bandwidth_m: settings.bandwidth_m,
            half_life_days,
        })),
        "prospective" => Ok(Box::new(Prospective {
            half_life_days,
            ..Prospective::default()
        })),
        "hawkes" => Ok(Box::new(Hawkes { half_life_days })),
        "risk_terrain" => Ok(Box::new(RiskTerrain { half_life_days })),
        _ => Err(RiskError::UnknownModel(name.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_its_models_and_is_told_where_another_is_asked_for() {
        let told = RiskError::UnknownModel("oracle".into()).to_string();
        let known = told.split("known: ").last().unwrap();
        assert_eq!(known, NAMES.join(", "));
        for name in NAMES {
            let model = by_name(name, ModelSettings::default()).unwrap();
            assert_eq!(model.name(), name);
        }
    }
}
