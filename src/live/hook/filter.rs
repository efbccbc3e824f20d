//! Which events a hook wants: by their names, by categories, by where they are.

use serde::{Deserialize, Serialize};

use crate::incident::category::code_within;
use crate::live::hook::happening::Happening;
use crate::place::area::Area;
use crate::place::feature::{Beat, PatrolZone, Station};
use crate::place::id::Id;
use crate::place::position::Position;

/// What a hook wants. Each question has to be met; none asked is met by everything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HookFilter {
    /// Names of events, `incident.received`, `incident.*` or `*`; one of them.
    pub events: Vec<String>,
    /// Codes of categories, with what lies in them; one of them. What is no incident has none
    /// and is wanted only where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Where; one of them. What is nowhere is wanted only where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<Fence>,
}

/// Some ground.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fence {
    /// A beat, as it is when something happens.
    Beat {
        /// Its id.
        id: Id<Beat>,
    },
    /// A patrol zone, as it is then.
    Zone {
        /// Its id.
        id: Id<PatrolZone>,
    },
    /// A station's beats, as they are then.
    Station {
        /// Its id.
        id: Id<Station>,
    },
    /// An area of its own.
    Area {
        /// Its ground.
        area: Area,
    },
}

impl HookFilter {
    /// Whether it wants what happened; `inside` says whether a place is on some ground.
    pub fn wants(&self, happening: &Happening, inside: impl Fn(&Fence, Position) -> bool) -> bool {
        let named = |wanted: &String| happening.event.is_meant(wanted);
        let in_category = |wanted: &String| {
            let mut of = happening.categories();
            of.any(|code| code_within(code, wanted))
        };
        let on_ground = |fence: &Fence| {
            let place = happening.position();
            place.is_some_and(|place| inside(fence, place))
        };
        self.events.iter().any(named)
            && (self.categories.is_empty() || self.categories.iter().any(in_category))
            && (self.within.is_empty() || self.within.iter().any(on_ground))
    }
}
