//! What is asked of a plan over the wire: pins, breaks, skills, frequencies, forbidden
//! ground, what counts.

use jiff::civil;
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::plan_wishes::{BreakRequest, EveryRequest, PinRequest, UnitRequest, WishRequest};
use crate::calendar::text::parse_window;
use crate::calendar::window::Window;
use crate::http::problem::Problem;
use crate::http::risk_query::HoursChoice;
use crate::patrol::objective::weights::{Preset, Weights};
use crate::patrol::problem::ForbiddenArea;
use crate::patrol::wishes::{NeedWish, SpeedWish};
use crate::place::area::{Area, RawPolygon};
use crate::place::measure::Seconds;
use crate::place::position::Position;

/// At most so many of each kind of wish.
const MOST: usize = 500;
const FACTOR: std::ops::RangeInclusive<f64> = 0.1..=20.0;
const EVERY_S: std::ops::RangeInclusive<u32> = 900..=2_592_000;
const BREAK_S: std::ops::RangeInclusive<u32> = 60..=28_800;

/// What is asked besides the window and the number of units; at most 500 of each kind.
/// Times are ISO 8601, local where they have no offset.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WishChoice {
    /// `deter`, `respond` or `balanced`; `deter` where absent.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    preset: Option<Preset>,
    /// Sliders from 0 to 1 that differ from the preset's.
    #[serde(default)]
    weights: SliderChoice,
    /// Say what the three presets come to beside each other; takes as long again for each.
    #[serde(default)]
    compare: bool,
    /// Draw among plans within 2 % of the best by this seed.
    #[serde(default)]
    draw: Option<u64>,
    /// Id of a stored plan for the same window: its stops stay as they are unless a change is
    /// worth more than a quarter of what an average stop covers.
    #[serde(default)]
    keep_to: Option<String>,
    /// Stops that have to be in the plan.
    #[serde(default)]
    pins: Vec<PinChoice>,
    /// Cells, or ids of posts and pillars, where nobody stops.
    #[serde(default)]
    not_these: Vec<String>,
    /// Areas in which nobody stops; driving through stays allowed.
    #[serde(default)]
    forbidden: Vec<ForbiddenChoice>,
    /// The longest time between two visits to points; takes the place of a post's own period.
    #[serde(default)]
    every: Vec<EveryChoice>,
    /// Posts with a period are due once in each period of the shift, so that nearly twice as
    /// long may pass between two visits; with this no longer than the period ever does.
    #[serde(default)]
    max_gap: bool,
    /// Skills that visits to points need.
    #[serde(default)]
    needs: Vec<NeedChoice>,
    /// Wishes for single units.
    #[serde(default)]
    units: Vec<UnitChoice>,
    /// Units stop only in the beats of their own station; a beat of no station goes to the
    /// nearest one.
    #[serde(default)]
    within_station: bool,
    /// Units bound to beats stand in in all beats of their station too.
    #[serde(default)]
    backup: bool,
    /// Hours in which drives take longer or less.
    #[serde(default)]
    speeds: Vec<SpeedChoice>,
}

/// Sliders, 0 to 1; as in the preset where absent.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SliderChoice {
    /// Covered risk.
    #[serde(default)]
    deter: Option<f64>,
    /// Calls that a free unit reaches in time.
    #[serde(default)]
    respond: Option<f64>,
    /// Minutes by beat as their risk asks for.
    #[serde(default)]
    fair: Option<f64>,
    /// Driving, which counts against a plan.
    #[serde(default)]
    travel: Option<f64>,
}

/// A stop that has to be in the plan.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PinChoice {
    /// A cell, or the id of a station, post or pillar: that is a must-visit then. Of a post
    /// that is due in each period, one visit where no times are given.
    place: String,
    /// Id or call sign of the unit; any where absent.
    #[serde(default)]
    unit: Option<String>,
    /// It begins from then on.
    #[serde(default)]
    from: Option<String>,
    /// It begins before then.
    #[serde(default)]
    until: Option<String>,
}

/// Ground on which nobody stops.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ForbiddenChoice {
    /// What it is called.
    #[serde(default)]
    name: String,
    /// As in a GeoJSON polygon: rings of `[longitude, latitude]`, the outer one first.
    #[schema(value_type = Vec<Vec<Vec<f64>>>)]
    coordinates: RawPolygon,
}

/// A point that must be visited so often.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EveryChoice {
    /// Id of a joint-duty post, a post or an alarm pillar.
    id: String,
    /// The longest gap, seconds, 900 to 2592000.
    every_s: u32,
}

/// A skill that visits to a point need.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NeedChoice {
    /// Id of the point.
    id: String,
    skill: String,
}

/// Wishes for one unit.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnitChoice {
    /// Id or call sign.
    unit: String,
    /// It works from then on.
    #[serde(default)]
    from: Option<String>,
    /// It works until then.
    #[serde(default)]
    until: Option<String>,
    /// Where it begins: longitude, latitude; where it is where absent.
    #[serde(default)]
    start: Option<[f64; 2]>,
    /// Id of the station, post or pillar where its shift ends.
    #[serde(default)]
    end: Option<String>,
    /// What it can do that not every unit can.
    #[serde(default)]
    skills: Vec<String>,
    /// Ids or names of the beats that it is bound to.
    #[serde(default)]
    beats: Vec<String>,
    #[serde(default)]
    breaks: Vec<BreakChoice>,
}

/// A break.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BreakChoice {
    /// It begins from then on.
    from: String,
    /// It begins before then.
    until: String,
    /// How long, seconds, 60 to 28800.
    length_s: u32,
    /// Id of the station, post or pillar where it is taken; wherever the unit is where absent.
    #[serde(default)]
    place: Option<String>,
}

/// Hours in which drives take longer or less.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SpeedChoice {
    /// `7-9` on every day, or hours of the week, 0 (Monday 00:00) to 167.
    hours: HoursChoice,
    /// Drives take so many times as long, 0.1 to 20.
    factor: f64,
}

fn fault(what: impl std::fmt::Display) -> Problem {
    Problem::parameter("wishes", what.to_string())
}

fn window(from: &str, until: &str, zone: &TimeZone) -> Result<Window, Problem> {
    // A window of two instants needs no shifts, and no day that they start on.
    parse_window(&format!("{from}/{until}"), &[], zone, civil::Date::ZERO).map_err(fault)
}

/// A window that may be absent, but not half of one.
fn some_window(
    from: &Option<String>,
    until: &Option<String>,
    zone: &TimeZone,
) -> Result<Option<Window>, Problem> {
    match (from, until) {
        (None, None) => Ok(None),
        (Some(from), Some(until)) => window(from, until, zone).map(Some),
        _ => Err(fault("from and until must be given together")),
    }
}

impl WishChoice {
    /// The wishes.
    ///
    /// # Errors
    /// [`Problem`] of a field that is wrong.
    pub fn request(self, zone: &TimeZone) -> Result<WishRequest, Problem> {
        let sizes = [
            self.pins.len(),
            self.not_these.len(),
            self.forbidden.len(),
            self.every.len(),
            self.needs.len(),
            self.units.len(),
            self.speeds.len(),
        ];
        if sizes.into_iter().any(|n| n > MOST) {
            return Err(fault(format!(
                "at most {MOST} wishes of a kind can be asked"
            )));
        }
        let weights = self.weights()?;
        Ok(WishRequest {
            pins: all(self.pins, |pin| {
                Ok(PinRequest {
                    window: some_window(&pin.from, &pin.until, zone)?,
                    place: pin.place,
                    unit: pin.unit,
                })
            })?,
            forbidden: all(self.forbidden, |area| {
                Ok(ForbiddenArea {
                    area: Area::from_rings(&[area.coordinates]).map_err(fault)?,
                    name: area.name,
                })
            })?,
            every: all(self.every, |every| {
                within("every_s", every.every_s, EVERY_S)?;
                Ok(EveryRequest {
                    id: every.id,
                    every: Seconds(f64::from(every.every_s)),
                })
            })?,
            needs: all(self.needs, |need| {
                Ok(NeedWish {
                    id: need.id,
                    skill: need.skill,
                })
            })?,
            units: all(self.units, |unit| unit.request(zone))?,
            speeds: all(self.speeds, |speed| {
                if !FACTOR.contains(&speed.factor) {
                    return Err(fault("factor must be from 0.1 to 20"));
                }
                Ok(SpeedWish {
                    hours: speed.hours.set()?,
                    factor: speed.factor,
                })
            })?,
            not_these: self.not_these,
            max_gap: self.max_gap,
            within_station: self.within_station,
            backup: self.backup,
            draw: self.draw,
            compare: self.compare,
            keep_to: self.keep_to,
            weights,
        })
    }

    fn weights(&self) -> Result<Weights, Problem> {
        let preset = self.preset.unwrap_or(Preset::Deter).weights();
        let weights = Weights {
            deter: self.weights.deter.unwrap_or(preset.deter),
            respond: self.weights.respond.unwrap_or(preset.respond),
            fair: self.weights.fair.unwrap_or(preset.fair),
            travel: self.weights.travel.unwrap_or(preset.travel),
        };
        weights.check().map_err(fault)?;
        Ok(weights)
    }
}

impl UnitChoice {
    fn request(self, zone: &TimeZone) -> Result<UnitRequest, Problem> {
        Ok(UnitRequest {
            shift: some_window(&self.from, &self.until, zone)?,
            breaks: all(self.breaks, |rest| {
                within("length_s", rest.length_s, BREAK_S)?;
                Ok(BreakRequest {
                    window: window(&rest.from, &rest.until, zone)?,
                    length: Seconds(f64::from(rest.length_s)),
                    place: rest.place,
                })
            })?,
            start: match self.start {
                Some([lon, lat]) => Some(Position::new(lon, lat).map_err(fault)?),
                None => None,
            },
            unit: self.unit,
            end: self.end,
            skills: self.skills,
            beats: self.beats,
        })
    }
}

fn within(name: &str, found: u32, range: std::ops::RangeInclusive<u32>) -> Result<(), Problem> {
    if range.contains(&found) {
        return Ok(());
    }
    let (least, most) = (range.start(), range.end());
    Err(fault(format!(
        "{name} must be from {least} to {most}, not {found}"
    )))
}

fn all<A, B>(
    choices: Vec<A>,
    parse: impl FnMut(A) -> Result<B, Problem>,
) -> Result<Vec<B>, Problem> {
    choices.into_iter().map(parse).collect()
}
