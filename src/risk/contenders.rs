//! The models that stand in a comparison, as people write them: a name and its settings
//! after slashes: `count`, `count/180d` (half-life), `kde/200m`, `kde/200m/365d`,
//! `mixture/without-hours`, or `all`.

use thiserror::Error;

use crate::risk::backtest::Contender;
use crate::risk::model::RiskError;
use crate::risk::models::{self, ModelSettings};

/// What `all` stands for: each model as it comes, and `count` and `kde` with the settings
/// a careful person would try, so that the best of them in hindsight is there to be beaten.
const ALL: [&str; 16] = [
    "count",
    "count/720d",
    "count/365d",
    "count/90d",
    "kde",
    "kde/100m",
    "kde/150m",
    "kde/200m",
    "kde/300m",
    "kde/400m",
    "kde/300m/365d",
    "adaptive_kde",
    "prospective",
    "hawkes",
    "risk_terrain",
    "mixture",
];

/// A text that is no contender.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ContenderError {
    /// A setting that is neither metres nor days.
    #[error(
        "{setting:?} in {contender:?} is no setting: write a bandwidth like 200m, a half-life like 365d, or without-hours"
    )]
    Setting {
        /// The whole text.
        contender: String,
        /// What is wrong in it.
        setting: String,
    },
    /// The name or a value.
    #[error(transparent)]
    Model(#[from] RiskError),
}

/// The contenders of some texts, each once, in their order.
///
/// # Errors
/// [`ContenderError`].
pub fn all_of(texts: &[String]) -> Result<Vec<Contender>, ContenderError> {
    let mut names: Vec<&str> = Vec::new();
    for text in texts {
        let meant = match text.as_str() {
            "all" => ALL.to_vec(),
            other => vec![other],
        };
        for name in meant {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.into_iter().map(contender).collect()
}

/// One contender.
///
/// # Errors
/// [`ContenderError`].
pub fn contender(text: &str) -> Result<Contender, ContenderError> {
    let mut parts = text.split('/');
    let name = parts.next().unwrap_or_default();
    let mut settings = ModelSettings::default();
    for part in parts {
        let refuse = || ContenderError::Setting {
            contender: text.to_owned(),
            setting: part.to_owned(),
        };
        let value = |digits: &str| digits.parse::<f64>().map_err(|_| refuse());
        if part == "without-hours" {
            settings.without_hours = true;
        } else if let Some(metres) = part.strip_suffix('m') {
            settings.bandwidth_m = Some(value(metres)?);
        } else if let Some(days) = part.strip_suffix('d') {
            settings.half_life_days = Some(value(days)?);
        } else {
            return Err(refuse());
        }
    }
    Ok(Contender {
        name: text.to_owned(),
        model: models::by_name(name, settings)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_known() {
        let found = all_of(&["kde/200m".into(), "all".into()]).unwrap();
        assert_eq!(found.len(), ALL.len());
        assert_eq!(found[0].name, "kde/200m");
        assert_eq!(found[1].model.name(), "count");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "oracle", "count/x", "kde/200", "kde//", "count/1y"] {
            assert!(contender(text).is_err(), "{text}");
        }
    }
}
