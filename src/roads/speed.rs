//! Driving speed by road class: a table of the workspace, km/h.

use serde::{Deserialize, Serialize};

/// Speed of one road class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassSpeed {
    /// `highway=*` value.
    pub class: String,
    /// Free driving speed of a patrol car, km/h.
    pub kmh: f64,
}

/// Speeds by class. A class that is not in the table is not drivable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpeedTable {
    /// The rows.
    pub classes: Vec<ClassSpeed>,
}

impl SpeedTable {
    /// The class's speed in km/h; none where it is not drivable.
    pub fn kmh(&self, class: &str) -> Option<f64> {
        self.classes
            .iter()
            .find(|c| c.class == class)
            .map(|c| c.kmh)
    }
}

impl Default for SpeedTable {
    fn default() -> Self {
        let classes = [
            ("motorway", 80.0),
            ("motorway_link", 45.0),
            ("trunk", 60.0),
            ("trunk_link", 40.0),
            ("primary", 45.0),
            ("primary_link", 35.0),
            ("secondary", 40.0),
            ("secondary_link", 30.0),
            ("tertiary", 35.0),
            ("tertiary_link", 30.0),
            ("unclassified", 30.0),
            ("residential", 25.0),
            ("living_street", 12.0),
            ("service", 12.0),
        ];
        Self {
            classes: classes
                .into_iter()
                .map(|(class, kmh)| ClassSpeed {
                    class: class.into(),
                    kmh,
                })
                .collect(),
        }
    }
}
