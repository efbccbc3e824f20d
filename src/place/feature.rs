//! What stands or moves in a district: one plain struct a layer, valid by construction of
//! its parts. None has room for a person: a unit is a car, a motorcycle or a foot team.

use serde::{Deserialize, Serialize};

use crate::place::area::Area;
use crate::place::id::Id;
use crate::place::measure::{Metres, Seconds};
use crate::place::position::Position;

/// A police station 派出所.
#[derive(Debug, Clone, PartialEq)]
pub struct Station {
    /// Its id.
    pub id: Id<Station>,
    /// Its name.
    pub name: String,
    /// Where its units start from.
    pub position: Position,
}

/// A beat 警务区: the smallest area of responsibility.
#[derive(Debug, Clone, PartialEq)]
pub struct Beat {
    /// Its id.
    pub id: Id<Beat>,
    /// Its name.
    pub name: String,
    /// The station responsible for it.
    pub station: Option<Id<Station>>,
    /// Its ground.
    pub area: Area,
}

/// A patrol zone 巡区, drawn by a planner; may cross beats.
#[derive(Debug, Clone, PartialEq)]
pub struct PatrolZone {
    /// Its id.
    pub id: Id<PatrolZone>,
    /// Its name.
    pub name: String,
    /// Its ground.
    pub area: Area,
}

/// A police post 警务岗: a manned point with hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Its id.
    pub id: Id<Post>,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub position: Position,
    /// When it is manned, as written by its source; empty where unknown.
    pub hours: String,
}

/// A joint-duty post 联勤岗, in a commercial district.
#[derive(Debug, Clone, PartialEq)]
pub struct JointDutyPost {
    /// Its id.
    pub id: Id<JointDutyPost>,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub position: Position,
    /// The commercial district it serves.
    pub commercial_district: Option<Id<CommercialDistrict>>,
    /// How often a patrol must come by; none where it need not.
    pub visit_every: Option<Seconds>,
}

/// A commercial district 商圈.
#[derive(Debug, Clone, PartialEq)]
pub struct CommercialDistrict {
    /// Its id.
    pub id: Id<CommercialDistrict>,
    /// Its name.
    pub name: String,
    /// Its ground.
    pub area: Area,
}

/// State of an alarm pillar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PillarState {
    /// Works, nobody calls.
    Online,
    /// Somebody pressed and nobody answered so far.
    Pressed,
    /// The command room speaks.
    Answered,
    /// No sign of life.
    Offline,
}

/// A one-touch alarm pillar 一键报警柱.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmPillar {
    /// Its id.
    pub id: Id<AlarmPillar>,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub position: Position,
    /// What it does.
    pub state: PillarState,
}

/// A camera site 监控点位: coverage only, never its pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct Camera {
    /// Its id.
    pub id: Id<Camera>,
    /// Its name.
    pub name: String,
    /// Where it hangs.
    pub position: Position,
    /// How far it sees.
    pub view: Metres,
}

/// Inspection attention of a **place** 蓝绿黄码; never of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceTier {
    /// The least attention.
    Blue,
    /// Some.
    Green,
    /// The most.
    Yellow,
}

/// A place of interest 场所: a shop, market, school, hospital…
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Its id.
    pub id: Id<Place>,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub position: Position,
    /// What it is, e.g. `market`, `school`.
    pub kind: String,
    /// Its tier.
    pub tier: PlaceTier,
}

/// How a unit moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A patrol car.
    Car,
    /// A motorcycle.
    Motorcycle,
    /// On foot.
    Foot,
}

/// What a unit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitStatus {
    /// 备勤: free, on patrol or waiting.
    Idle,
    /// 派出: on the way to a call.
    Dispatched,
    /// 处置中.
    OnScene,
    /// 休整.
    Break,
    /// 下勤.
    OffDuty,
}

/// A unit 处警单元: a car, motorcycle or foot team; never a named officer.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Its id.
    pub id: Id<Unit>,
    /// What it is called on the radio.
    pub call_sign: String,
    /// How it moves.
    pub kind: UnitKind,
    /// The station it belongs to.
    pub station: Option<Id<Station>>,
    /// Where it is, or starts its shift.
    pub position: Position,
    /// What it does.
    pub status: UnitStatus,
}
