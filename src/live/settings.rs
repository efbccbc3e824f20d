//! What a command room may set: how long calls and alarms may wait, how near two calls are
//! the same, how old a position may be.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::incident::record::Priority;
use crate::place::measure::{Metres, Seconds};

/// The settings of a board.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BoardSettings {
    /// A call of priority 1, 2, 3 should have a unit within so long.
    pub unassigned: [Seconds; 3],
    /// An alarm should be acknowledged within so long.
    pub acknowledge: Seconds,
    /// An alarm should be answered within so long.
    pub answer: Seconds,
    /// A pillar that is silent for so long is offline.
    pub pillar_silence: Seconds,
    /// Calls nearer than this may be the same event…
    pub same_within: Metres,
    /// …where they come within so long.
    pub same_for: Seconds,
    /// A position older than this shows its age.
    pub position_ages: Seconds,
    /// A position older than this is not counted on.
    pub position_is_old: Seconds,
    /// A unit that is quiet on a scene for so long is asked how it is.
    pub quiet_on_scene: Seconds,
    /// A call that has ended stays on the board for so long.
    pub keep_ended: Seconds,
    /// Positions are kept one by one for so long…
    pub positions_whole: Seconds,
    /// …then one a unit in each of these…
    pub positions_step: Seconds,
    /// …and then for so many days.
    pub positions_days: u16,
    /// A unit this near to a stop of its round is there.
    pub geofence: Metres,
    /// One that was there and is farther off has left.
    pub geofence_leave: Metres,
    /// Who stayed less long by its positions only came by.
    pub least_stay: Seconds,
    /// A unit farther from where its round leads…
    pub off_route: Metres,
    /// …for so long is off its route.
    pub off_route_after: Seconds,
    /// An idle unit that moves no farther than this…
    pub still_within: Metres,
    /// …for so long, at no stop, stands still.
    pub still_after: Seconds,
}

impl Default for BoardSettings {
    fn default() -> Self {
        Self {
            unassigned: [Seconds(60.0), Seconds(300.0), Seconds(900.0)],
            acknowledge: Seconds(30.0),
            answer: Seconds(60.0),
            pillar_silence: Seconds(300.0),
            same_within: Metres(50.0),
            same_for: Seconds(600.0),
            position_ages: Seconds(60.0),
            position_is_old: Seconds(300.0),
            quiet_on_scene: Seconds(1200.0),
            keep_ended: Seconds(43_200.0),
            positions_whole: Seconds(3600.0),
            positions_step: Seconds(60.0),
            positions_days: 30,
            geofence: Metres(80.0),
            geofence_leave: Metres(120.0),
            least_stay: Seconds(60.0),
            off_route: Metres(500.0),
            off_route_after: Seconds(300.0),
            still_within: Metres(30.0),
            still_after: Seconds(600.0),
        }
    }
}

/// A setting that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{name} must be {range}")]
pub struct SettingFault {
    /// Which.
    pub name: &'static str,
    /// What it may be.
    pub range: &'static str,
}

impl BoardSettings {
    /// How long a call of this priority may wait for a unit.
    pub fn unassigned(&self, priority: Priority) -> Seconds {
        match priority {
            Priority::One => self.unassigned[0],
            Priority::Two => self.unassigned[1],
            Priority::Three => self.unassigned[2],
        }
    }

    /// Finds the first setting that makes no sense.
    ///
    /// # Errors
    /// [`SettingFault`].
    pub fn check(&self) -> Result<(), SettingFault> {
        let day = 1.0..=86_400.0;
        let seconds = [
            ("acknowledge", self.acknowledge),
            ("answer", self.answer),
            ("pillar_silence", self.pillar_silence),
            ("same_for", self.same_for),
            ("position_ages", self.position_ages),
            ("position_is_old", self.position_is_old),
            ("quiet_on_scene", self.quiet_on_scene),
            ("keep_ended", self.keep_ended),
            ("positions_whole", self.positions_whole),
            ("positions_step", self.positions_step),
            ("least_stay", self.least_stay),
            ("off_route_after", self.off_route_after),
            ("still_after", self.still_after),
        ];
        let waits = self.unassigned.iter().map(|&wait| ("unassigned", wait));
        if let Some((name, _)) = seconds
            .into_iter()
            .chain(waits)
            .find(|(_, value)| !day.contains(&value.0))
        {
            let range = "1 to 86400 seconds";
            return Err(SettingFault { name, range });
        }
        if !(0.0..=500.0).contains(&self.same_within.0) {
            return Err(SettingFault {
                name: "same_within",
                range: "0 to 500 metres",
            });
        }
        let metres = [
            ("geofence", self.geofence),
            ("geofence_leave", self.geofence_leave),
            ("off_route", self.off_route),
            ("still_within", self.still_within),
        ];
        let far = 5.0..=5000.0;
        if let Some((name, _)) = metres
            .into_iter()
            .find(|(_, value)| !far.contains(&value.0))
        {
            let range = "5 to 5000 metres";
            return Err(SettingFault { name, range });
        }
        if self.geofence_leave.0 < self.geofence.0 {
            return Err(SettingFault {
                name: "geofence_leave",
                range: "at least as far as geofence",
            });
        }
        if self.answer.0 < self.acknowledge.0 {
            return Err(SettingFault {
                name: "answer",
                range: "at least as long as acknowledge",
            });
        }
        if self.position_is_old.0 < self.position_ages.0 {
            return Err(SettingFault {
                name: "position_is_old",
                range: "at least as long as position_ages",
            });
        }
        if !(1..=3650).contains(&self.positions_days) {
            return Err(SettingFault {
                name: "positions_days",
                range: "1 to 3650 days",
            });
        }
        Ok(())
    }
}

/// Settings to change; those that are absent stay.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SettingsChange {
    /// [`BoardSettings::unassigned`].
    pub unassigned: Option<[Seconds; 3]>,
    /// [`BoardSettings::acknowledge`].
    pub acknowledge: Option<Seconds>,
    /// [`BoardSettings::answer`].
    pub answer: Option<Seconds>,
    /// [`BoardSettings::pillar_silence`].
    pub pillar_silence: Option<Seconds>,
    /// [`BoardSettings::same_within`].
    pub same_within: Option<Metres>,
    /// [`BoardSettings::same_for`].
    pub same_for: Option<Seconds>,
    /// [`BoardSettings::position_ages`].
    pub position_ages: Option<Seconds>,
    /// [`BoardSettings::position_is_old`].
    pub position_is_old: Option<Seconds>,
    /// [`BoardSettings::quiet_on_scene`].
    pub quiet_on_scene: Option<Seconds>,
    /// [`BoardSettings::keep_ended`].
    pub keep_ended: Option<Seconds>,
    /// [`BoardSettings::positions_whole`].
    pub positions_whole: Option<Seconds>,
    /// [`BoardSettings::positions_step`].
    pub positions_step: Option<Seconds>,
    /// [`BoardSettings::positions_days`].
    pub positions_days: Option<u16>,
    /// [`BoardSettings::geofence`].
    pub geofence: Option<Metres>,
    /// [`BoardSettings::geofence_leave`].
    pub geofence_leave: Option<Metres>,
    /// [`BoardSettings::least_stay`].
    pub least_stay: Option<Seconds>,
    /// [`BoardSettings::off_route`].
    pub off_route: Option<Metres>,
    /// [`BoardSettings::off_route_after`].
    pub off_route_after: Option<Seconds>,
    /// [`BoardSettings::still_within`].
    pub still_within: Option<Metres>,
    /// [`BoardSettings::still_after`].
    pub still_after: Option<Seconds>,
}

impl SettingsChange {
    /// The settings with these changed.
    pub fn onto(&self, before: &BoardSettings) -> BoardSettings {
        BoardSettings {
            unassigned: self.unassigned.unwrap_or(before.unassigned),
            acknowledge: self.acknowledge.unwrap_or(before.acknowledge),
            answer: self.answer.unwrap_or(before.answer),
            pillar_silence: self.pillar_silence.unwrap_or(before.pillar_silence),
            same_within: self.same_within.unwrap_or(before.same_within),
            same_for: self.same_for.unwrap_or(before.same_for),
            position_ages: self.position_ages.unwrap_or(before.position_ages),
            position_is_old: self.position_is_old.unwrap_or(before.position_is_old),
            quiet_on_scene: self.quiet_on_scene.unwrap_or(before.quiet_on_scene),
            keep_ended: self.keep_ended.unwrap_or(before.keep_ended),
            positions_whole: self.positions_whole.unwrap_or(before.positions_whole),
            positions_step: self.positions_step.unwrap_or(before.positions_step),
            positions_days: self.positions_days.unwrap_or(before.positions_days),
            geofence: self.geofence.unwrap_or(before.geofence),
            geofence_leave: self.geofence_leave.unwrap_or(before.geofence_leave),
            least_stay: self.least_stay.unwrap_or(before.least_stay),
            off_route: self.off_route.unwrap_or(before.off_route),
            off_route_after: self.off_route_after.unwrap_or(before.off_route_after),
            still_within: self.still_within.unwrap_or(before.still_within),
            still_after: self.still_after.unwrap_or(before.still_after),
        }
    }
}
