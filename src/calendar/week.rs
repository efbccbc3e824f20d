//! The hour of the week: 0 is Monday 00:00 to 01:00 local time, 167 Sunday 23:00 to 24:00.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Hours in a week.
pub const HOURS: usize = 168;

/// The hour of the week, 0 to 167, of an instant in a time zone.
pub fn hour_of_week(at: Timestamp, zone: &TimeZone) -> usize {
    let local = zone.to_datetime(at);
    let day = i64::from(local.weekday().to_monday_zero_offset());
    (day * 24 + i64::from(local.hour())) as usize
}

/// A set of hours of the week; the full week by default.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct HourSet {
    in_set: [u64; 3],
}

impl HourSet {
    /// All 168 hours.
    pub fn full() -> Self {
        (0..HOURS).collect()
    }

    /// Whether the hour (0 to 167) is in the set.
    pub fn contains(&self, hour: usize) -> bool {
        hour < HOURS && self.in_set[hour / 64] & (1 << (hour % 64)) != 0
    }

    /// How many hours are in the set.
    pub fn len(&self) -> usize {
        self.in_set.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Whether no hour is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The hours, ascending.
    pub fn hours(&self) -> impl Iterator<Item = usize> + '_ {
        (0..HOURS).filter(|&h| self.contains(h))
    }
}

impl Default for HourSet {
    fn default() -> Self {
        Self::full()
    }
}

/// Hours past 167 are left out.
impl FromIterator<usize> for HourSet {
    fn from_iter<I: IntoIterator<Item = usize>>(hours: I) -> Self {
        let mut in_set = [0; 3];
        for hour in hours.into_iter().filter(|&h| h < HOURS) {
            in_set[hour / 64] |= 1 << (hour % 64);
        }
        Self { in_set }
    }
}

impl TryFrom<Vec<u8>> for HourSet {
    type Error = String;

    fn try_from(hours: Vec<u8>) -> Result<Self, Self::Error> {
        if let Some(bad) = hours.iter().find(|&&h| usize::from(h) >= HOURS) {
            return Err(format!("hour of week {bad} is not within 0 to 167"));
        }
        Ok(hours.into_iter().map(usize::from).collect())
    }
}

impl From<HourSet> for Vec<u8> {
    fn from(set: HourSet) -> Self {
        set.hours().map(|h| h as u8).collect()
    }
}
