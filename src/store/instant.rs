//! Instants as the workspace keeps them: whole milliseconds, as a number for filters and as
//! ISO 8601 text in UTC for GIS programs. Anything finer is cut off when it is stored.

use jiff::Timestamp;

const NANOS: i128 = 1_000_000;

/// Milliseconds since 1970, rounded down.
pub fn millis(at: Timestamp) -> i64 {
    at.as_nanosecond().div_euclid(NANOS) as i64
}

/// The first whole millisecond not before the instant: `stored >= at` holds exactly where
/// `stored_ms >= millis_from(at)` does.
pub fn millis_from(at: Timestamp) -> i64 {
    -((-at.as_nanosecond()).div_euclid(NANOS) as i64)
}

/// The instant of a number of milliseconds; none where it is beyond the calendar.
pub fn from_millis(millis: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(millis).ok()
}

/// The instant as it will be read back.
pub fn stored(at: Timestamp) -> Timestamp {
    from_millis(millis(at)).unwrap_or(at)
}

/// `2026-11-25T22:00:00.000Z`.
pub fn text(at: Timestamp) -> String {
    format!("{:.3}", stored(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finer_than_a_millisecond_is_cut_off_downwards() {
        let at: Timestamp = "1969-12-31T23:59:59.9996Z".parse().unwrap();
        assert_eq!(millis(at), -1);
        assert_eq!(millis_from(at), 0);
        assert_eq!(text(at), "1969-12-31T23:59:59.999Z");
        let whole: Timestamp = "2026-11-25T22:00:00Z".parse().unwrap();
        assert_eq!(millis(whole), millis_from(whole));
        assert_eq!(text(whole), "2026-11-25T22:00:00.000Z");
        assert_eq!(stored(whole), whole);
    }
}
