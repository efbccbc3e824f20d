//! The board's settings as the desk changes them, units in their names.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::live::settings::SettingsChange;
use crate::place::measure::{Metres, Seconds};

/// Settings to change; those that are absent stay.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SettingsChoice {
    /// Seconds that a call of priority 1, 2, 3 may wait for a unit.
    pub unassigned_s: Option<[f64; 3]>,
    /// Seconds to acknowledge an alarm.
    pub acknowledge_s: Option<f64>,
    /// Seconds to answer an alarm.
    pub answer_s: Option<f64>,
    /// Seconds of silence after which a pillar is offline.
    pub pillar_silence_s: Option<f64>,
    /// Metres within which two calls may be one event.
    pub same_within_m: Option<f64>,
    /// Seconds within which two calls may be one event.
    pub same_for_s: Option<f64>,
    /// Age in seconds from which a position shows it.
    pub position_ages_s: Option<f64>,
    /// Age in seconds from which a position is not counted on.
    pub position_is_old_s: Option<f64>,
    /// Seconds of quiet on a scene after which a unit is asked how it is.
    pub quiet_on_scene_s: Option<f64>,
    /// Seconds for which a call that has ended stays on the board.
    pub keep_ended_s: Option<f64>,
    /// Seconds for which positions are kept one by one.
    pub positions_whole_s: Option<f64>,
    /// After that one position a unit is kept in each so many seconds.
    pub positions_step_s: Option<f64>,
    /// Days for which positions are kept.
    pub positions_days: Option<u16>,
    /// Metres within which a unit is at a stop of its round.
    pub geofence_m: Option<f64>,
    /// Metres beyond which one that was there has left.
    pub geofence_leave_m: Option<f64>,
    /// Seconds below which a unit only came by.
    pub least_stay_s: Option<f64>,
    /// Metres beyond which a unit is off its route…
    pub off_route_m: Option<f64>,
    /// …after so many seconds.
    pub off_route_after_s: Option<f64>,
    /// Metres within which a unit does not move…
    pub still_within_m: Option<f64>,
    /// …and after so many seconds stands still.
    pub still_after_s: Option<f64>,
}

impl From<SettingsChoice> for SettingsChange {
    fn from(choice: SettingsChoice) -> Self {
        let seconds = |value: Option<f64>| value.map(Seconds);
        let metres = |value: Option<f64>| value.map(Metres);
        Self {
            unassigned: choice.unassigned_s.map(|waits| waits.map(Seconds)),
            acknowledge: seconds(choice.acknowledge_s),
            answer: seconds(choice.answer_s),
            pillar_silence: seconds(choice.pillar_silence_s),
            same_within: metres(choice.same_within_m),
            same_for: seconds(choice.same_for_s),
            position_ages: seconds(choice.position_ages_s),
            position_is_old: seconds(choice.position_is_old_s),
            quiet_on_scene: seconds(choice.quiet_on_scene_s),
            keep_ended: seconds(choice.keep_ended_s),
            positions_whole: seconds(choice.positions_whole_s),
            positions_step: seconds(choice.positions_step_s),
            positions_days: choice.positions_days,
            geofence: metres(choice.geofence_m),
            geofence_leave: metres(choice.geofence_leave_m),
            least_stay: seconds(choice.least_stay_s),
            off_route: metres(choice.off_route_m),
            off_route_after: seconds(choice.off_route_after_s),
            still_within: metres(choice.still_within_m),
            still_after: seconds(choice.still_after_s),
        }
    }
}
