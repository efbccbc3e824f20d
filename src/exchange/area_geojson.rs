//! Areas out of a GeoJSON document: of a collection, a feature or a geometry all polygons
//! (RFC 7946, WGS 84).

use geojson::{GeoJson, Geometry, GeometryValue};
use thiserror::Error;

use crate::place::area::{Area, AreaFault, RawPolygon};

/// Why there are no areas in a document.
#[derive(Debug, Error)]
pub enum AreaGeoJsonFault {
    /// Not GeoJSON.
    #[error("it is no GeoJSON: {0}")]
    Document(#[from] Box<geojson::Error>),
    /// A polygon that is not valid.
    #[error(transparent)]
    Area(#[from] AreaFault),
    /// A point, a line.
    #[error("it has a geometry that is no polygon")]
    NoPolygon,
    /// Nothing in it.
    #[error("it has no polygon")]
    Empty,
}

/// The areas of a document, one a feature.
///
/// # Errors
/// [`AreaGeoJsonFault`].
pub fn areas_of(text: &str) -> Result<Vec<Area>, AreaGeoJsonFault> {
    let document: GeoJson = text.parse().map_err(Box::new)?;
    let geometries: Vec<Geometry> = match document {
        GeoJson::Geometry(geometry) => vec![geometry],
        GeoJson::Feature(feature) => feature.geometry.into_iter().collect(),
        GeoJson::FeatureCollection(all) => {
            let features = all.features.into_iter();
            features.filter_map(|feature| feature.geometry).collect()
        }
    };
    let areas: Result<Vec<Area>, _> = geometries.iter().map(area).collect();
    match areas? {
        none if none.is_empty() => Err(AreaGeoJsonFault::Empty),
        areas => Ok(areas),
    }
}

fn area(geometry: &Geometry) -> Result<Area, AreaGeoJsonFault> {
    let polygons = match &geometry.value {
        GeometryValue::Polygon { coordinates } => vec![rings(coordinates)?],
        GeometryValue::MultiPolygon { coordinates } => {
            let polygons = coordinates.iter();
            polygons
                .map(|polygon| rings(polygon))
                .collect::<Result<_, _>>()?
        }
        _ => return Err(AreaGeoJsonFault::NoPolygon),
    };
    Ok(Area::from_rings(&polygons)?)
}

fn rings(polygon: &[Vec<geojson::Position>]) -> Result<RawPolygon, AreaGeoJsonFault> {
    let corner = |position: &geojson::Position| match position.as_slice() {
        [lon, lat, ..] => Ok([*lon, *lat]),
        _ => Err(AreaGeoJsonFault::NoPolygon),
    };
    let rings = polygon.iter();
    rings
        .map(|ring| ring.iter().map(corner).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: &str = r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}"#;

    #[test]
    fn polygons_of_any_document_are_read_and_other_things_refused() {
        let feature = format!(r#"{{"type":"Feature","properties":{{}},"geometry":{SQUARE}}}"#);
        let all = format!(r#"{{"type":"FeatureCollection","features":[{feature},{feature}]}}"#);
        for (text, count) in [(SQUARE, 1), (feature.as_str(), 1), (all.as_str(), 2)] {
            assert_eq!(areas_of(text).unwrap().len(), count, "{text}");
        }
        for bad in [
            "",
            "{}",
            r#"{"type":"Point","coordinates":[0,0]}"#,
            r#"{"type":"FeatureCollection","features":[]}"#,
            r#"{"type":"Polygon","coordinates":[[[0],[1,0],[1,1],[0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}"#,
        ] {
            assert!(areas_of(bad).is_err(), "{bad}");
        }
    }
}
