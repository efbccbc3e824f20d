//! The district that the data themselves show, where no boundary is set.
//!
//! Geocoders throw a few rows to far-away namesakes. Sorted by distance from the median
//! centre, a city's rows follow each other closely and the stray ones begin behind a
//! gap: rows beyond the first gap of over 5 km past the inner 95 % are far off. The
//! boundary is the convex hull of the others with a small margin.

use geo::ConvexHull;

use crate::exchange::import::locate::MARGIN_M;
use crate::place::area::Area;
use crate::place::position::Position;

/// Share of the rows that are never taken for stray ones.
const INNER_SHARE: f64 = 0.95;
/// Margin around the outermost rows, metres: more than a cell of resolution 9.
const EDGE_M: f64 = 300.0;
/// Corners of the margin around each corner.
const EDGE_CORNERS: u32 = 16;

/// The middle of the data and how far its rows reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// Median longitude and latitude.
    pub centre: Position,
    /// Distance of the farthest row that is not far off.
    pub metres: f64,
}

impl Reach {
    /// Of these positions; none where there are none.
    pub fn of(positions: &[Position]) -> Option<Self> {
        let centre = Position::new(
            median(positions.iter().map(|p| p.lon()).collect())?,
            median(positions.iter().map(|p| p.lat()).collect())?,
        )
        .ok()?;
        let mut away: Vec<f64> = positions.iter().map(|p| centre.metres_to(*p).0).collect();
        away.sort_by(f64::total_cmp);
        let inner = (away.len() as f64 * INNER_SHARE).ceil() as usize;
        let last_inner = inner.clamp(1, away.len()) - 1;
        let gap = away[last_inner..]
            .windows(2)
            .find(|pair| pair[1] - pair[0] > MARGIN_M);
        let metres = gap.map_or_else(|| away.last().copied(), |pair| Some(pair[0]))?;
        Some(Self { centre, metres })
    }

    /// Whether a row lies within, with its distance from the centre in metres.
    pub fn holds(&self, position: Position) -> (bool, f64) {
        let away = self.centre.metres_to(position).0;
        (away <= self.metres, away)
    }
}

/// The convex hull of positions with a margin of 300 m; none where it would reach a pole
/// or the antimeridian.
pub fn boundary_around(positions: impl Iterator<Item = Position>) -> Option<Area> {
    let points: geo::MultiPoint<f64> = positions.map(|p| p.point()).collect();
    let hull = points.convex_hull();
    let metres_per_degree = 111_195.08;
    let edge: geo::MultiPoint<f64> = hull
        .exterior()
        .coords()
        .flat_map(|corner| {
            let north = EDGE_M / metres_per_degree;
            let east = north / corner.y.to_radians().cos().max(1e-6);
            let corner = *corner;
            (0..EDGE_CORNERS).map(move |step| {
                let angle = f64::from(step) / f64::from(EDGE_CORNERS) * std::f64::consts::TAU;
                geo::Point::new(
                    corner.x + east * angle.cos(),
                    corner.y + north * angle.sin(),
                )
            })
        })
        .collect();
    let within = edge.iter().all(|p| Position::new(p.x(), p.y()).is_ok());
    if !within {
        return None;
    }
    Area::from_shape(geo::MultiPolygon(vec![edge.convex_hull()])).ok()
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    let middle = numbers.len() / 2;
    let (_, median, _) = numbers.select_nth_unstable_by(middle, f64::total_cmp);
    Some(*median)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::exchange::import::extent::{Reach, boundary_around};
    use crate::place::position::Position;

    fn town(n: usize) -> Vec<Position> {
        (0..n)
            .map(|i| {
                let angle = i as f64 * 2.4;
                let away = 0.05 * ((i as f64 + 0.5) / n as f64).sqrt();
                Position::new(123.4 + away * angle.cos(), 41.8 + away * angle.sin()).unwrap()
            })
            .collect()
    }

    #[test]
    fn a_namesake_town_is_far_off() {
        let mut positions = town(500);
        let stray = Position::new(124.4, 41.8).unwrap();
        positions.extend([stray; 10]);
        let reach = Reach::of(&positions).unwrap();
        assert!(reach.metres < 6_000.0);
        assert!(!reach.holds(stray).0);
        assert!(town(500).iter().all(|p| reach.holds(*p).0));
    }

    #[test]
    fn few_rows_are_all_kept() {
        for positions in [
            town(1),
            vec![town(1)[0], Position::new(100.0, 10.0).unwrap()],
        ] {
            let reach = Reach::of(&positions).unwrap();
            assert!(positions.iter().all(|p| reach.holds(*p).0));
        }
        assert!(Reach::of(&[]).is_none());
    }

    proptest! {
        #[test]
        fn the_boundary_covers_all(points in proptest::collection::vec((100.0..101.0f64, -60.0..60.0f64), 1..40)) {
            let positions: Vec<Position> = points
                .iter()
                .map(|&(x, y)| Position::new(x, y / 60.0 + 40.0).unwrap())
                .collect();
            let area = boundary_around(positions.iter().copied()).unwrap();
            for p in positions {
                prop_assert!(area.covers(p));
            }
        }
    }
}
