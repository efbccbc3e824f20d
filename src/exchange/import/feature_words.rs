//! Words for states, tiers and kinds in English and Chinese files.

use crate::place::feature::{PillarState, PlaceTier, UnitKind, UnitStatus};

/// States of an alarm pillar.
pub const PILLAR_STATES: &[(&str, PillarState)] = &[
    ("online", PillarState::Online),
    ("在线", PillarState::Online),
    ("正常", PillarState::Online),
    ("pressed", PillarState::Pressed),
    ("报警中", PillarState::Pressed),
    ("answered", PillarState::Answered),
    ("通话中", PillarState::Answered),
    ("offline", PillarState::Offline),
    ("离线", PillarState::Offline),
    ("故障", PillarState::Offline),
];

/// Tiers of a place.
pub const TIERS: &[(&str, PlaceTier)] = &[
    ("blue", PlaceTier::Blue),
    ("green", PlaceTier::Green),
    ("yellow", PlaceTier::Yellow),
    ("蓝", PlaceTier::Blue),
    ("绿", PlaceTier::Green),
    ("黄", PlaceTier::Yellow),
    ("蓝码", PlaceTier::Blue),
    ("绿码", PlaceTier::Green),
    ("黄码", PlaceTier::Yellow),
    ("蓝色", PlaceTier::Blue),
    ("绿色", PlaceTier::Green),
    ("黄色", PlaceTier::Yellow),
];

/// Kinds of a unit.
pub const UNIT_KINDS: &[(&str, UnitKind)] = &[
    ("car", UnitKind::Car),
    ("motorcycle", UnitKind::Motorcycle),
    ("foot", UnitKind::Foot),
    ("汽车", UnitKind::Car),
    ("警车", UnitKind::Car),
    ("巡逻车", UnitKind::Car),
    ("车巡", UnitKind::Car),
    ("摩托车", UnitKind::Motorcycle),
    ("警用摩托", UnitKind::Motorcycle),
    ("摩巡", UnitKind::Motorcycle),
    ("步巡", UnitKind::Foot),
    ("徒步", UnitKind::Foot),
];

/// What a unit does.
pub const UNIT_STATES: &[(&str, UnitStatus)] = &[
    ("idle", UnitStatus::Idle),
    ("备勤", UnitStatus::Idle),
    ("空闲", UnitStatus::Idle),
    ("巡逻", UnitStatus::Idle),
    ("dispatched", UnitStatus::Dispatched),
    ("派出", UnitStatus::Dispatched),
    ("on_scene", UnitStatus::OnScene),
    ("处置中", UnitStatus::OnScene),
    ("break", UnitStatus::Break),
    ("休整", UnitStatus::Break),
    ("off_duty", UnitStatus::OffDuty),
    ("下勤", UnitStatus::OffDuty),
];
