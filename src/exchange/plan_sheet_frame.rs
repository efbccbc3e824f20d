//! From places to a route sheet's drawing: a local plane that fits what has to be seen into
//! a fixed frame, lines cut to it, thinned to what can be seen, in whole units.

use std::fmt::Write;

use crate::place::position::Position;

/// Width of a drawing, in its units (about an eighth of a millimetre on paper).
pub const WIDTH: f64 = 1440.0;
/// Its height.
pub const HEIGHT: f64 = 860.0;
const MARGIN: f64 = 70.0;
const METRES_A_DEGREE: f64 = 111_195.0;
/// Nothing is drawn larger than this across.
const LEAST_ACROSS_M: f64 = 500.0;
/// Corners nearer to the last one than this are left out.
const THIN: f64 = 2.5;
/// Samples of a line, so far apart.
const SAMPLE: f64 = 12.0;

/// Where things are on the drawing.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    middle: (f64, f64),
    /// Metres east a degree of longitude.
    east_m: f64,
    per_metre: f64,
}

impl Frame {
    /// One that shows all of these; anywhere if there is none.
    pub fn of(places: &[Position]) -> Self {
        let first = places.first().map_or((0.0, 0.0), |p| (p.lon(), p.lat()));
        let (mut low, mut high) = (first, first);
        for place in places {
            let lon = first.0 + turned(place.lon() - first.0);
            low = (low.0.min(lon), low.1.min(place.lat()));
            high = (high.0.max(lon), high.1.max(place.lat()));
        }
        let middle = ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0);
        let east_m = METRES_A_DEGREE * middle.1.to_radians().cos().max(0.01);
        let across = ((high.0 - low.0) * east_m).max(LEAST_ACROSS_M);
        let up = ((high.1 - low.1) * METRES_A_DEGREE).max(LEAST_ACROSS_M / 2.0);
        Self {
            middle,
            east_m,
            per_metre: ((WIDTH - 2.0 * MARGIN) / across).min((HEIGHT - 2.0 * MARGIN) / up),
        }
    }

    /// Where a place is.
    pub fn at(&self, place: Position) -> (f64, f64) {
        let east = turned(place.lon() - self.middle.0) * self.east_m;
        let north = (place.lat() - self.middle.1) * METRES_A_DEGREE;
        (
            WIDTH / 2.0 + east * self.per_metre,
            HEIGHT / 2.0 - north * self.per_metre,
        )
    }

    /// `[west, south, east, north]` of what the frame shows, degrees.
    pub fn bounds(&self) -> [f64; 4] {
        let across = WIDTH / 2.0 / self.per_metre / self.east_m;
        let up = HEIGHT / 2.0 / self.per_metre / METRES_A_DEGREE;
        let (lon, lat) = self.middle;
        [lon - across, lat - up, lon + across, lat + up]
    }

    /// The zoom of a web map at which as much is seen: drawings have two units a pixel.
    pub fn zoom(&self) -> u8 {
        let pixels_a_turn = 360.0 * self.east_m * self.per_metre / 2.0;
        (pixels_a_turn / 512.0).log2().clamp(0.0, 16.0) as u8
    }

    /// A round length for the scale, metres, and how long it is drawn.
    pub fn scale(&self) -> (f64, f64) {
        let most = WIDTH / 5.0 / self.per_metre;
        let power = 10f64.powf(most.log10().floor());
        let round = [5.0, 2.0, 1.0].into_iter().map(|n| n * power);
        let metres = round.into_iter().find(|m| *m <= most).unwrap_or(power);
        (metres, metres * self.per_metre)
    }

    /// A line's corners on the drawing.
    pub fn line(&self, places: &[Position]) -> Vec<(f64, f64)> {
        places.iter().map(|&p| self.at(p)).collect()
    }

    /// Points along a line, so near each other that a label over it is noticed.
    pub fn sampled(line: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let mut samples = Vec::new();
        for leg in line.windows(2) {
            let (dx, dy) = (leg[1].0 - leg[0].0, leg[1].1 - leg[0].1);
            let count = (dx.hypot(dy) / SAMPLE).ceil().clamp(1.0, 200.0) as u32;
            let part = |i: u32| f64::from(i) / f64::from(count);
            samples.extend((0..count).map(|i| (leg[0].0 + dx * part(i), leg[0].1 + dy * part(i))));
        }
        samples
    }

    /// Adds a line to a path, without the parts that are out of sight.
    pub fn draw_line(&self, places: &[Position], path: &mut String) {
        let mut pen: Option<(i64, i64)> = None;
        let line = self.line(places);
        let last = line.len().saturating_sub(2);
        for (number, leg) in line.windows(2).enumerate() {
            if !in_sight(leg[0], leg[1]) {
                pen = None;
                continue;
            }
            let from = match pen {
                Some(from) => from,
                None => {
                    let from = whole(leg[0]);
                    let _ = write!(path, "M{} {}", from.0, from.1);
                    from
                }
            };
            let to = whole(leg[1]);
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            if (dx as f64).hypot(dy as f64) < THIN && number < last {
                pen = Some(from);
                continue;
            }
            let _ = write!(path, "l{dx} {dy}");
            pen = Some(to);
        }
    }

    /// Adds a closed ring to a path.
    pub fn draw_ring(&self, places: &[Position], path: &mut String) {
        let mut pen: Option<(i64, i64)> = None;
        for corner in self.line(places) {
            let to = whole(corner);
            match pen {
                None => {
                    let _ = write!(path, "M{} {}", to.0, to.1);
                }
                Some(from) => {
                    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                    if (dx as f64).hypot(dy as f64) < THIN {
                        continue;
                    }
                    let _ = write!(path, "l{dx} {dy}");
                }
            }
            pen = Some(to);
        }
        if pen.is_some() {
            path.push('z');
        }
    }

    /// The middle and the slope (degrees clockwise, −90 to 90) of a stretch in sight that is
    /// nearly straight for that length; none where the line has none.
    pub fn straight_place(&self, places: &[Position], length: f64) -> Option<((f64, f64), f64)> {
        let line = self.line(places);
        for from in 0..line.len() {
            let mut way = 0.0;
            for to in from + 1..line.len() {
                way += (line[to].0 - line[to - 1].0).hypot(line[to].1 - line[to - 1].1);
                let (dx, dy) = (line[to].0 - line[from].0, line[to].1 - line[from].1);
                let beeline = dx.hypot(dy);
                if beeline < 0.98 * way {
                    break;
                }
                if beeline >= length {
                    let middle = (line[from].0 + dx / 2.0, line[from].1 + dy / 2.0);
                    if seen(middle) {
                        let slope = (dy / dx).atan().to_degrees();
                        return Some((middle, if slope.is_finite() { slope } else { 90.0 }));
                    }
                }
            }
        }
        None
    }
}

fn whole(at: (f64, f64)) -> (i64, i64) {
    (at.0.round() as i64, at.1.round() as i64)
}

fn seen((x, y): (f64, f64)) -> bool {
    (0.0..=WIDTH).contains(&x) && (0.0..=HEIGHT).contains(&y)
}

/// Whether the box about a leg meets the frame.
fn in_sight(a: (f64, f64), b: (f64, f64)) -> bool {
    a.0.min(b.0) <= WIDTH && a.0.max(b.0) >= 0.0 && a.1.min(b.1) <= HEIGHT && a.1.max(b.1) >= 0.0
}

/// A difference of longitudes the short way round.
fn turned(degrees: f64) -> f64 {
    (degrees + 540.0).rem_euclid(360.0) - 180.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places() -> impl Strategy<Value = Vec<Position>> {
        let town = (-180.0..180.0, -80.0..80.0);
        let spread = prop::collection::vec((-0.2..0.2, -0.2..0.2), 1..30);
        (town, spread).prop_map(|((lon, lat), offsets): ((f64, f64), Vec<(f64, f64)>)| {
            let place = |(x, y)| Position::wrapped(lon + x, lat + y);
            offsets.into_iter().map(place).collect()
        })
    }

    proptest! {
        #[test]
        fn all_is_within_the_frame_at_one_scale(places in places()) {
            let frame = Frame::of(&places);
            for &place in &places {
                prop_assert!(seen(frame.at(place)));
            }
            let (a, b) = (places[0], places[places.len() - 1]);
            let (from, to) = (frame.at(a), frame.at(b));
            let drawn = (to.0 - from.0).hypot(to.1 - from.1) / frame.per_metre;
            let metres = a.metres_to(b).0;
            prop_assert!((drawn - metres).abs() <= 0.04 * metres + 1.0, "{drawn} {metres}");
            let (length_m, drawn) = frame.scale();
            prop_assert!((drawn - length_m * frame.per_metre).abs() < 1e-6);
            prop_assert!((WIDTH / 15.0..=WIDTH / 5.0 + 1e-6).contains(&drawn), "{drawn}");
        }
    }

    #[test]
    fn what_is_out_of_sight_is_left_out() {
        let frame = Frame::of(&[Position::wrapped(0.0, 0.0), Position::wrapped(0.01, 0.0)]);
        let mut path = String::new();
        let line = [-1.0, -0.9, 0.0, 0.005, 0.9].map(|lon| Position::wrapped(lon, 0.0));
        frame.draw_line(&line, &mut path);
        assert_eq!(path.matches('M').count(), 1, "{path}");
        assert_eq!(path.matches('l').count(), 3, "{path}");
        path.clear();
        frame.draw_line(&line[..2], &mut path);
        assert_eq!(path, "");
    }
}
