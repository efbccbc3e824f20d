//! The real outline of Dadong District, the only thing in the sample that is not made up
//! (`geodata/README.md` says where it comes from).

use serde::Deserialize;

use crate::app::sample::fault::SampleError;
use crate::app::sample::plane::Spot;
use crate::place::area::{Area, RawPolygon};
use crate::place::position::Position;

const GEOJSON: &[u8] = include_bytes!("../../../geodata/dadong.geojson");

/// The outline, on the Earth and on the drawing board.
#[derive(Debug, Clone)]
pub struct Outline {
    /// On the Earth.
    pub area: Area,
    /// Its ring on the drawing board, closed, counter-clockwise.
    pub ring: Vec<Spot>,
}

#[derive(Deserialize)]
struct File {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    geometry: Geometry,
}

#[derive(Deserialize)]
struct Geometry {
    coordinates: RawPolygon,
}

impl Outline {
    /// Reads the outline that the program carries.
    ///
    /// # Errors
    /// [`SampleError::Outline`] where the build put something else there.
    pub fn dadong() -> Result<Self, SampleError> {
        let fault = |e: &dyn std::fmt::Display| SampleError::Outline(e.to_string());
        let file: File = serde_json::from_slice(GEOJSON).map_err(|e| fault(&e))?;
        let polygons: Vec<RawPolygon> = file
            .features
            .into_iter()
            .map(|f| f.geometry.coordinates)
            .collect();
        let area = Area::from_rings(&polygons).map_err(|e| fault(&e))?;
        let ring = area.shape().0[0]
            .exterior()
            .coords()
            .map(|c| Spot::of(Position::wrapped(c.x, c.y)))
            .collect();
        Ok(Self { area, ring })
    }

    /// Whether the spot lies inside, by counting crossings to the east.
    pub fn contains(&self, spot: Spot) -> bool {
        let mut inside = false;
        for side in self.ring.windows(2) {
            let (a, b) = (side[0], side[1]);
            if (a.y > spot.y) != (b.y > spot.y)
                && spot.x < a.x + (spot.y - a.y) / (b.y - a.y) * (b.x - a.x)
            {
                inside = !inside;
            }
        }
        inside
    }

    /// Whether the spot lies inside and at least so many metres from the border.
    pub fn contains_by(&self, spot: Spot, metres: f64) -> bool {
        self.contains(spot)
            && self
                .ring
                .windows(2)
                .all(|side| spot.metres_to_segment(side[0], side[1]) >= metres)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_is_the_district() {
        let outline = Outline::dadong().unwrap();
        assert!(
            (outline.area.km2() - 100.29).abs() < 0.05,
            "{}",
            outline.area.km2()
        );
        assert!(outline.contains_by(Spot::new(0.0, 0.0), 1000.0));
        assert!(!outline.contains(Spot::new(6000.0, 0.0)));
        assert!(!outline.contains_by(outline.ring[0], 1.0));
    }
}
