//! An area as it stands in an address: numbers with commas between. Four are a box, `WEST,
//! SOUTH, EAST, NORTH`; six or more are the corners of one ring, longitude before latitude,
//! the first not said again at the end.

use thiserror::Error;

use crate::place::area::{Area, AreaFault};

/// Most corners of a ring.
const MOST_CORNERS: usize = 200;

/// Why a text is no area.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum AreaTextError {
    /// Not numbers, or not so many as make an area.
    #[error(
        "an area is WEST,SOUTH,EAST,NORTH in degrees, or the corners of a ring as LON,LAT,LON,LAT,…, at most 200 of them"
    )]
    Numbers,
    /// A box that is inside out.
    #[error("a box is WEST,SOUTH,EAST,NORTH: west before east, south before north")]
    InsideOut,
    /// A ring that is none.
    #[error(transparent)]
    Area(#[from] AreaFault),
}

/// Reads an area.
///
/// # Errors
/// [`AreaTextError`].
pub fn parse_area(text: &str) -> Result<Area, AreaTextError> {
    let numbers: Option<Vec<f64>> = text
        .split(',')
        .take(2 * MOST_CORNERS + 1)
        .map(|part| part.trim().parse().ok().filter(|n: &f64| n.is_finite()))
        .collect();
    let numbers = numbers.ok_or(AreaTextError::Numbers)?;
    let ring = match numbers[..] {
        [west, south, east, north] if west < east && south < north => vec![
            [west, south],
            [east, south],
            [east, north],
            [west, north],
            [west, south],
        ],
        [_, _, _, _] => return Err(AreaTextError::InsideOut),
        _ => {
            let (corners, rest) = numbers.as_chunks::<2>();
            if !(3..=MOST_CORNERS).contains(&corners.len()) || !rest.is_empty() {
                return Err(AreaTextError::Numbers);
            }
            let mut ring = corners.to_vec();
            // Whoever says the first corner again has closed the ring already.
            if ring.first() != ring.last() {
                ring.extend(corners.first());
            }
            ring
        }
    };
    Ok(Area::from_rings(&[vec![ring]])?)
}

/// The text of an area that was read from one: its first ring.
pub fn area_text(area: &Area) -> String {
    let rings = area.to_rings();
    let ring = rings.first().and_then(|polygon| polygon.first());
    let corners = ring.map_or(&[][..], |ring| &ring[..ring.len().saturating_sub(1)]);
    let numbers: Vec<String> = corners
        .iter()
        .flat_map(|[lon, lat]| [lon.to_string(), lat.to_string()])
        .collect();
    numbers.join(",")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn boxes_and_rings() {
        let of_box = parse_area("123.4,41.8,123.5,41.9").unwrap();
        let of_ring = parse_area("123.4,41.8, 123.5,41.8,123.5,41.9,123.4,41.9").unwrap();
        let closed = parse_area("123.4,41.8,123.5,41.8,123.5,41.9,123.4,41.9,123.4,41.8");
        assert_eq!(of_box, of_ring);
        assert_eq!(closed.unwrap(), of_ring);
        assert_eq!(parse_area(&area_text(&of_box)).unwrap(), of_box);
        assert_eq!(
            parse_area("0,0,1,0,0,1").unwrap().bbox(),
            [0.0, 0.0, 1.0, 1.0]
        );
    }

    #[test]
    fn what_is_none_is_said() {
        for bad in [
            "",
            "1",
            "1,2,3",
            "1,2,3,4,5",
            "a,b,c,d",
            "1,2,NaN,4",
            "1,2,,4",
            "1;2;3;4",
        ] {
            assert_eq!(parse_area(bad), Err(AreaTextError::Numbers), "{bad}");
        }
        let many = vec!["1"; 402].join(",");
        assert_eq!(parse_area(&many), Err(AreaTextError::Numbers));
        for bad in ["2,0,1,1", "0,1,1,0", "0,0,0,1"] {
            assert_eq!(parse_area(bad), Err(AreaTextError::InsideOut), "{bad}");
        }
        // Crossed, along the equator, and not on the Earth.
        for bad in ["0,0,1,1,1,0,0,1", "0,0,1,0,2,0", "500,0,501,1"] {
            assert!(
                matches!(parse_area(bad), Err(AreaTextError::Area(_))),
                "{bad}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "[0-9,.eE +-]{0,60}") {
            if let Ok(area) = parse_area(&text) {
                prop_assert_eq!(parse_area(&area_text(&area)).unwrap(), area);
            }
        }
    }
}
