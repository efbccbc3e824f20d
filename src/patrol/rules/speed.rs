//! How fast roads are at which hour: a drive goes on at the speed of the piece of time that
//! it is in (Ichoua, Gendreau & Potvin 2003), so that who leaves later never arrives earlier.
//!
//! Whole numbers throughout: a drive is its milliseconds at the matrix's speed times 1000,
//! and each millisecond of a piece does as much of it as the piece's speed in thousandths.

use crate::patrol::problem::SpeedPiece;

/// Speeds by time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speeds {
    /// Ascending from 0; empty where roads are always as the matrix says.
    pieces: Vec<SpeedPiece>,
}

const AS_THE_MATRIX: u32 = 1000;

impl Speeds {
    /// Of a checked problem.
    pub fn new(pieces: &[SpeedPiece]) -> Self {
        let same = pieces.iter().all(|p| p.permille == AS_THE_MATRIX);
        Self {
            pieces: if same { Vec::new() } else { pieces.to_vec() },
        }
    }

    /// Whether roads are always as the matrix says.
    pub fn are_steady(&self) -> bool {
        self.pieces.is_empty()
    }

    /// When a drive of `drive_ms` at the matrix's speed ends that begins at second `depart`;
    /// milliseconds, rounded up.
    pub fn end_ms(&self, depart: u32, drive_ms: u32) -> u64 {
        let mut now = u64::from(depart) * 1000;
        let mut work = u64::from(drive_ms) * u64::from(AS_THE_MATRIX);
        let first = self
            .pieces
            .partition_point(|p| u64::from(p.from_ms) <= now)
            .saturating_sub(1);
        for i in first..self.pieces.len() {
            let speed = u64::from(self.pieces[i].permille);
            let room = match self.pieces.get(i + 1) {
                Some(next) => (u64::from(next.from_ms) - now) * speed,
                None => u64::MAX,
            };
            if work <= room {
                return now + work.div_ceil(speed);
            }
            work -= room;
            now += room / speed;
        }
        now + u64::from(drive_ms)
    }

    /// The last second to begin a drive that ends by second `by`; none where that lies
    /// before the window.
    pub fn depart_by(&self, by: u32, drive_ms: u32) -> Option<u32> {
        let mut now = u64::from(by) * 1000;
        let mut work = u64::from(drive_ms) * u64::from(AS_THE_MATRIX);
        let last = self.pieces.partition_point(|p| u64::from(p.from_ms) < now);
        for piece in self.pieces[..last].iter().rev() {
            let speed = u64::from(piece.permille);
            let room = (now - u64::from(piece.from_ms)) * speed;
            if work <= room {
                return Some(((now - work.div_ceil(speed)) / 1000) as u32);
            }
            work -= room;
            now = u64::from(piece.from_ms);
        }
        if self.pieces.is_empty() {
            return by.checked_sub(drive_ms.div_ceil(1000));
        }
        (work == 0).then_some((now / 1000) as u32)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn speeds(pieces: &[(u32, u32)]) -> Speeds {
        let piece = |&(from_ms, permille): &(u32, u32)| SpeedPiece { from_ms, permille };
        Speeds::new(&pieces.iter().map(piece).collect::<Vec<_>>())
    }

    #[test]
    fn a_drive_across_two_pieces_is_slower_in_the_slow_one() {
        let slow_later = speeds(&[(0, 1000), (60_000, 500)]);
        assert_eq!(slow_later.end_ms(0, 60_000), 60_000);
        assert_eq!(slow_later.end_ms(30, 60_000), 120_000);
        assert_eq!(slow_later.end_ms(60, 60_000), 180_000);
        assert_eq!(slow_later.depart_by(120, 60_000), Some(30));
        assert_eq!(slow_later.depart_by(59, 60_000), None);
    }

    fn some_speeds() -> impl Strategy<Value = Speeds> {
        prop::collection::vec((1u32..7_200_000, 50u32..3000), 0..6).prop_map(|mut later| {
            later.sort_unstable();
            later.dedup_by_key(|p| p.0);
            let mut pieces = vec![(0, 700)];
            pieces.extend(later);
            speeds(&pieces)
        })
    }

    proptest! {
        #[test]
        fn who_leaves_later_never_arrives_earlier(
            speeds in some_speeds(), a in 0u32..9000, b in 0u32..9000, drive in 0u32..4_000_000,
        ) {
            let (early, late) = (a.min(b), a.max(b));
            prop_assert!(speeds.end_ms(early, drive) <= speeds.end_ms(late, drive));
        }

        #[test]
        fn the_last_departure_is_the_last(
            speeds in some_speeds(), by in 0u32..12_000, drive in 0u32..4_000_000,
        ) {
            let in_time = |depart: u32| speeds.end_ms(depart, drive) <= u64::from(by) * 1000;
            match speeds.depart_by(by, drive) {
                Some(last) => prop_assert!(in_time(last) && !in_time(last + 1)),
                None => prop_assert!(!in_time(0)),
            }
        }

        #[test]
        fn longer_drives_end_no_earlier(
            speeds in some_speeds(), depart in 0u32..9000, a in 0u32..4_000_000, b in 0u32..4_000_000,
        ) {
            let ends = |drive| speeds.end_ms(depart, drive);
            prop_assert!(ends(a.min(b)) <= ends(a.max(b)));
        }
    }
}
