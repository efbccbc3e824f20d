//! Stretches of which nothing was recorded: no feed ran, no file reaches so far. What
//! happened then is not known, which is not the same as that nothing happened.

use jiff::{SignedDuration, Timestamp};

use crate::calendar::window::Window;

/// A silence is a hole where it lasts as long as so many incidents usually take (by chance
/// once in e²⁰ silences)…
const SILENT_FOR: f64 = 20.0;

/// …and at least so long, hours: an office that reports once a day has no hole each night.
const LEAST_H: i64 = 24;

/// The holes of a stretch in which incidents came at these times (ascending), where one is
/// usual in each `usual_s` seconds.
pub fn holes(stretch: Window, times: &[Timestamp], usual_s: f64) -> Vec<Window> {
    let usual = SignedDuration::try_from_secs_f64(SILENT_FOR * usual_s);
    let least = usual
        .unwrap_or(SignedDuration::MAX)
        .max(SignedDuration::from_hours(LEAST_H));
    let mut found = Vec::new();
    let mut last = stretch.start();
    let inside = times.iter().filter(|&&at| stretch.contains(at));
    for &at in inside.chain(std::iter::once(&stretch.end())) {
        if at.duration_since(last) >= least
            && let Ok(hole) = Window::new(last, at)
        {
            found.push(hole);
        }
        last = last.max(at);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_000_000_800 + hours * 3600).unwrap()
    }

    fn found(times: &[i64], usual_h: f64) -> Vec<(i64, i64)> {
        let times: Vec<Timestamp> = times.iter().map(|&hours| at(hours)).collect();
        let stretch = Window::new(at(0), at(240)).unwrap();
        let hours = |t: Timestamp| (t.as_second() - at(0).as_second()) / 3600;
        holes(stretch, &times, usual_h * 3600.0)
            .iter()
            .map(|hole| (hours(hole.start()), hours(hole.end())))
            .collect()
    }

    #[test]
    fn a_long_silence_is_a_hole_and_a_quiet_night_is_none() {
        assert_eq!(found(&[10, 20, 60, 70], 0.5), [(20, 60), (70, 240)]);
        // Where one comes every five hours, twenty of them take a hundred.
        assert_eq!(found(&[10, 20, 60, 70], 5.0), [(70, 240)]);
        assert_eq!(found(&[], 1.0), [(0, 240)]);
        let busy: Vec<i64> = (0..240).step_by(3).collect();
        assert_eq!(found(&busy, 0.1), []);
    }

    #[test]
    fn what_lies_outside_the_stretch_ends_no_silence() {
        assert_eq!(found(&[-5, 300], 1.0), [(0, 240)]);
    }
}
