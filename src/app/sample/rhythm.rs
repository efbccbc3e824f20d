//! When in the week and the year: the true rhythms that incidents are drawn from.
//!
//! ν(hour of week) is a floor plus bumps over the local day, times a weekend factor, with
//! mean exactly 1 over the 168 hours. The season is 1 + a·cos(2π(day − peak)/365.25), and
//! the trend a factor per year, both slow.

use std::f64::consts::TAU;

use jiff::{Timestamp, tz::TimeZone};

use crate::calendar::week::{HOURS, hour_of_week};

/// Shape of a category's week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Week {
    /// Rate at the quietest hour, in the bumps' units.
    pub floor: f64,
    /// Bumps: hour of their middle, width in hours, height.
    pub bumps: &'static [(f64, f64, f64)],
    /// Factor on Saturday and Sunday.
    pub weekend: f64,
    /// Factor from 20:00 to 04:00 in the nights after Friday and Saturday.
    pub late: f64,
}

/// Shape of a category's year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Year {
    /// Share by which the peak is above the mean.
    pub swing: f64,
    /// Day of the year of the peak.
    pub peak_day: f64,
    /// Factor from one year to the next.
    pub per_year: f64,
}

/// ν for each hour of the week; the mean is 1.
pub fn weekly(week: &Week) -> Vec<f64> {
    let raw: Vec<f64> = (0..HOURS)
        .map(|hour| {
            let (day, of_day) = (hour / 24, (hour % 24) as f64 + 0.5);
            let bumps: f64 = week
                .bumps
                .iter()
                .map(|&(middle, width, height)| {
                    let off = (of_day - middle).abs();
                    let off = off.min(24.0 - off);
                    height * (-0.5 * (off / width).powi(2)).exp()
                })
                .sum();
            // Evenings of Friday (4) and Saturday (5), and the small hours after them.
            let late = (of_day >= 20.0 && (day == 4 || day == 5))
                || (of_day < 4.0 && (day == 5 || day == 6));
            (week.floor + bumps)
                * if day >= 5 { week.weekend } else { 1.0 }
                * if late { week.late } else { 1.0 }
        })
        .collect();
    let mean = raw.iter().sum::<f64>() / HOURS as f64;
    raw.into_iter().map(|r| r / mean).collect()
}

/// ν at an instant.
pub fn at_hour(weekly: &[f64], at: Timestamp, zone: &TimeZone) -> f64 {
    weekly.get(hour_of_week(at, zone)).copied().unwrap_or(0.0)
}

/// Season and trend at an instant; 1 in the mean of the first year.
pub fn slow(year: &Year, at: Timestamp, start: Timestamp, zone: &TimeZone) -> f64 {
    let day = f64::from(zone.to_datetime(at).date().day_of_year());
    let years = (at.as_second() - start.as_second()) as f64 / (365.25 * 86_400.0);
    (1.0 + year.swing * (TAU * (day - year.peak_day) / 365.25).cos()) * year.per_year.powf(years)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_has_mean_one_and_its_peak_where_the_bump_is() {
        let week = Week {
            floor: 0.2,
            bumps: &[(15.0, 2.0, 1.0)],
            weekend: 0.5,
            late: 1.0,
        };
        let nu = weekly(&week);
        assert!((nu.iter().sum::<f64>() / 168.0 - 1.0).abs() < 1e-12);
        let peak = (0..HOURS).max_by(|&a, &b| nu[a].total_cmp(&nu[b])).unwrap();
        assert!(peak < 120 && (14..=15).contains(&(peak % 24)), "{peak}");
        assert!((nu[5 * 24 + 15] / nu[15] - 0.5).abs() < 1e-12);
    }
}
