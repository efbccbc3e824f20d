//! The names of relations and properties, as both writings of CQL2 have them.

use crate::exchange::cql2::expression::{Comparison, Scalar, SpatialRelation, TemporalRelation};
use crate::exchange::cql2::fault::FilterFault;
use crate::exchange::write::layer::Layer;

/// What the row's shape is called.
pub const GEOMETRY: &str = "geometry";

/// A comparison's sign.
pub fn comparison(sign: &str) -> Option<Comparison> {
    Some(match sign {
        "=" => Comparison::Equal,
        "<>" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::AtMost,
        ">" => Comparison::More,
        ">=" => Comparison::AtLeast,
        _ => return None,
    })
}

/// A spatial function's name, whatever its case.
pub fn spatial(name: &str) -> Option<SpatialRelation> {
    Some(match name.to_ascii_lowercase().as_str() {
        "s_intersects" => SpatialRelation::Intersects,
        "s_disjoint" => SpatialRelation::Disjoint,
        "s_within" => SpatialRelation::Within,
        "s_contains" => SpatialRelation::Contains,
        "s_equals" => SpatialRelation::Equals,
        "s_touches" => SpatialRelation::Touches,
        "s_crosses" => SpatialRelation::Crosses,
        "s_overlaps" => SpatialRelation::Overlaps,
        _ => return None,
    })
}

/// A temporal function's name, whatever its case.
pub fn temporal(name: &str) -> Option<TemporalRelation> {
    Some(match name.to_ascii_lowercase().as_str() {
        "t_after" => TemporalRelation::After,
        "t_before" => TemporalRelation::Before,
        "t_contains" => TemporalRelation::Contains,
        "t_disjoint" => TemporalRelation::Disjoint,
        "t_during" => TemporalRelation::During,
        "t_equals" => TemporalRelation::Equals,
        "t_finishedby" => TemporalRelation::FinishedBy,
        "t_finishes" => TemporalRelation::Finishes,
        "t_intersects" => TemporalRelation::Intersects,
        "t_meets" => TemporalRelation::Meets,
        "t_metby" => TemporalRelation::MetBy,
        "t_overlappedby" => TemporalRelation::OverlappedBy,
        "t_overlaps" => TemporalRelation::Overlaps,
        "t_startedby" => TemporalRelation::StartedBy,
        "t_starts" => TemporalRelation::Starts,
        _ => return None,
    })
}

/// A property of the layer.
///
/// # Errors
/// [`FilterFault::UnknownProperty`].
pub fn property(layer: &Layer, name: &str) -> Result<Scalar, FilterFault> {
    layer.column(name).map(Scalar::Property).ok_or_else(|| {
        let mut known: Vec<&str> = layer.columns.iter().map(|column| column.name).collect();
        known.push(GEOMETRY);
        FilterFault::UnknownProperty {
            name: name.chars().take(60).collect(),
            known: known.join(", "),
        }
    })
}
