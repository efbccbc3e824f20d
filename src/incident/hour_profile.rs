//! How incidents lie over the hours of the week. One that is known to the minute counts in
//! its hour; one that happened some time within a span (found on Monday, last seen whole on
//! Friday) counts in each hour for the share of its span that the hour has. The sum is the
//! number of incidents.
//!
//! Source: Ratcliffe (2002), "Aoristic signatures and the spatio-temporal analysis of high
//! volume crime patterns", Journal of Quantitative Criminology 18(1).

use jiff::Timestamp;

use crate::calendar::week::HOURS;
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;

const WEEK_MS: i64 = HOURS as i64 * 3_600_000;

/// Incidents by hour of the week, 0 (Monday 00:00) to 167.
#[derive(Debug, Clone, PartialEq)]
pub struct HourProfile {
    hours: [f64; HOURS],
}

impl Default for HourProfile {
    fn default() -> Self {
        Self {
            hours: [0.0; HOURS],
        }
    }
}

impl HourProfile {
    /// Counts an incident; the clock must hold all of its span.
    pub fn add(&mut self, clock: &WeekClock, at: Timestamp, until: Option<Timestamp>) {
        let span = until.and_then(|until| Window::new(at, until).ok());
        match span.filter(|span| length_ms(*span) > 0) {
            Some(span) => self.spread(clock, span),
            None => self.hours[clock.hour_of_week(at)] += 1.0,
        }
    }

    /// Incidents by hour.
    pub fn hours(&self) -> &[f64; HOURS] {
        &self.hours
    }

    /// Whole weeks have all hours alike; what is left over goes piece by piece.
    fn spread(&mut self, clock: &WeekClock, span: Window) {
        let length = length_ms(span);
        let weeks = length / WEEK_MS;
        let alike = (weeks * WEEK_MS) as f64 / length as f64 / HOURS as f64;
        if weeks > 0 {
            self.hours.iter_mut().for_each(|hour| *hour += alike);
        }
        let begun = span.start().as_millisecond() + weeks * WEEK_MS;
        let rest = Timestamp::from_millisecond(begun)
            .ok()
            .and_then(|start| Window::new(start, span.end()).ok());
        for piece in rest.into_iter().flat_map(|rest| clock.pieces(rest)) {
            self.hours[piece.hour] += piece.length_ms() as f64 / length as f64;
        }
    }
}

/// The middle of a span, by which hours are chosen: an incident is in one hour, so that what
/// is chosen can be counted.
pub fn middle(at: Timestamp, until: Option<Timestamp>) -> Timestamp {
    let (start, end) = (at.as_millisecond(), until.unwrap_or(at).as_millisecond());
    // Between two instants there is one.
    Timestamp::from_millisecond(start.midpoint(end)).unwrap_or(at)
}

fn length_ms(span: Window) -> i64 {
    span.end().as_millisecond() - span.start().as_millisecond()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn profile(zone: &str, spans: &[(&str, Option<&str>)]) -> HourProfile {
        let zone = TimeZone::get(zone).unwrap();
        let all = Window::new(
            "2026-01-01T00:00Z".parse().unwrap(),
            "2027-01-01T00:00Z".parse().unwrap(),
        );
        let clock = WeekClock::new(&zone, all.unwrap());
        let mut profile = HourProfile::default();
        for (at, until) in spans {
            let until = until.map(|text| text.parse().unwrap());
            profile.add(&clock, at.parse().unwrap(), until);
        }
        profile
    }

    /// Slow and exact: minute by minute.
    fn by_minutes(clock: &WeekClock, start_min: i64, length_min: i64) -> Vec<f64> {
        let mut hours = vec![0.0; HOURS];
        for minute in start_min..start_min + length_min {
            let at = Timestamp::from_second(minute * 60).unwrap();
            hours[clock.hour_of_week(at)] += 1.0 / length_min as f64;
        }
        hours
    }

    #[test]
    fn a_burglary_found_on_monday_is_spread_from_friday_on() {
        // Friday 22:00 to Monday 08:00 in Shenyang: 58 hours.
        let found = profile(
            "Asia/Shanghai",
            &[("2026-10-30T22:00+08:00", Some("2026-11-02T08:00+08:00"))],
        );
        let share = 1.0 / 58.0;
        let near = |hour: usize, wanted: f64| (found.hours()[hour] - wanted).abs() < 1e-12;
        assert!(near(4 * 24 + 22, share) && near(5 * 24, share) && near(7, share));
        assert!(near(8, 0.0) && near(4 * 24 + 21, 0.0));
    }

    #[test]
    fn an_instant_and_an_empty_span_count_in_their_hour() {
        let found = profile(
            "Asia/Shanghai",
            &[
                ("2026-10-31T22:15+08:00", None),
                ("2026-10-31T22:45+08:00", Some("2026-10-31T22:45+08:00")),
                ("2026-10-31T22:30+08:00", Some("2026-10-31T23:30+08:00")),
            ],
        );
        assert_eq!(found.hours()[5 * 24 + 22], 2.5);
        assert_eq!(found.hours()[5 * 24 + 23], 0.5);
    }

    #[test]
    fn the_middle_is_half_way() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (from, until) = (at("2026-10-30T14:00Z"), at("2026-11-01T14:00Z"));
        assert_eq!(middle(from, Some(until)), at("2026-10-31T14:00Z"));
        assert_eq!(middle(from, None), from);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_the_slow_way_agrees(
            start_min in 29_400_000i64..29_700_000, length_min in 1i64..40_000,
        ) {
            let zone = TimeZone::get("Asia/Shanghai").unwrap();
            let [at, until] = [start_min, start_min + length_min]
                .map(|minute| Timestamp::from_second(minute * 60).unwrap());
            let clock = WeekClock::new(&zone, Window::new(at, until).unwrap());
            let mut profile = HourProfile::default();
            profile.add(&clock, at, Some(until));
            prop_assert!((profile.hours().iter().sum::<f64>() - 1.0).abs() < 1e-9);
            for (fast, slow) in profile.hours().iter().zip(by_minutes(&clock, start_min, length_min)) {
                prop_assert!((fast - slow).abs() < 1e-9);
            }
        }
    }
}
