//! Enumerations as the tables hold them: the same words as in the API.

use crate::incident::record::{CallState, Origin};
use crate::place::basemap::BasemapKind;
use crate::place::feature::{PillarState, PlaceTier, UnitKind, UnitStatus};

/// A value of an enumeration that has a word for each of its values.
pub trait Coded: Copy + PartialEq + 'static {
    /// Each value with its word.
    const CODES: &'static [(Self, &'static str)];

    /// The word.
    fn code(self) -> &'static str {
        Self::CODES
            .iter()
            .find(|(value, _)| *value == self)
            .map_or("", |(_, code)| code)
    }

    /// The value of a word.
    fn from_code(code: &str) -> Option<Self> {
        Self::CODES
            .iter()
            .find(|(_, known)| *known == code)
            .map(|(value, _)| *value)
    }
}

impl Coded for Origin {
    const CODES: &'static [(Self, &'static str)] = &[
        (Self::CitizenCall, "citizen_call"),
        (Self::AlarmPillar, "alarm_pillar"),
        (Self::Sensor, "sensor"),
        (Self::PatrolDiscovered, "patrol_discovered"),
        (Self::Counter, "counter"),
    ];
}

impl Coded for CallState {
    const CODES: &'static [(Self, &'static str)] = &[
        (Self::Received, "received"),
        (Self::Dispatched, "dispatched"),
        (Self::Arrived, "arrived"),
        (Self::Handling, "handling"),
        (Self::Closed, "closed"),
    ];
}

impl Coded for PillarState {
    const CODES: &'static [(Self, &'static str)] = &[
        (Self::Online, "online"),
        (Self::Pressed, "pressed"),
        (Self::Answered, "answered"),
        (Self::Offline, "offline"),
    ];
}

impl Coded for PlaceTier {
    const CODES: &'static [(Self, &'static str)] = &[
        (Self::Blue, "blue"),
        (Self::Green, "green"),
        (Self::Yellow, "yellow"),
    ];
}

impl Coded for UnitKind {
    const CODES: &'static [(Self, &'static str)] = &[
        (Self::Car, "car"),
        (Self::Motorcycle, "motorcycle"),
        (Self::Foot, "foot"),
    ];
}

impl Coded for UnitStatus {
    const CODES: &'static [(Self, &'static str)] = &[
        (Self::Idle, "idle"),
        (Self::Dispatched, "dispatched"),
        (Self::OnScene, "on_scene"),
        (Self::Break, "break"),
        (Self::OffDuty, "off_duty"),
    ];
}

impl Coded for BasemapKind {
    const CODES: &'static [(Self, &'static str)] = &[
        (Self::Street, "street"),
        (Self::Railway, "railway"),
        (Self::Water, "water"),
        (Self::Green, "green"),
        (Self::Building, "building"),
        (Self::Label, "label"),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agree<T: Coded + serde::Serialize + std::fmt::Debug>() {
        for (value, code) in T::CODES {
            assert_eq!(serde_json::to_value(value).unwrap(), *code);
            assert_eq!(value.code(), *code);
            assert_eq!(T::from_code(code), Some(*value));
        }
        assert_eq!(T::from_code("nothing"), None);
    }

    #[test]
    fn words_are_those_of_the_api() {
        agree::<Origin>();
        agree::<CallState>();
        agree::<PillarState>();
        agree::<PlaceTier>();
        agree::<UnitKind>();
        agree::<UnitStatus>();
        agree::<BasemapKind>();
    }
}
