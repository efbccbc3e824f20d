//! Where a page goes on: after the last row of the one before, by its key. What is written
//! meanwhile moves no row to another page and brings none twice.

use crate::app::export::wanted::After;
use crate::exchange::write::layer::Layer;
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::http::problem::Problem;

/// After which row the page begins.
///
/// # Errors
/// [`Problem`] where the text is none of ours.
pub fn after(layer: &Layer, text: Option<&str>) -> Result<After, Problem> {
    let Some(text) = text else {
        return Ok(After::Start);
    };
    if layer.name != "incidents" {
        return Ok(After::Id(text.to_owned()));
    }
    text.split_once('~')
        .and_then(|(at, id)| Some(After::Incident(at.parse().ok()?, id.to_owned())))
        .ok_or_else(|| {
            Problem::parameter("after", "after must be taken from the link next of a page")
        })
}

/// The key of a row, as the next page is asked for.
pub fn key(layer: &Layer, row: &FeatureRow) -> String {
    match row.values.get(1) {
        Some(FieldValue::Time(at)) if layer.name == "incidents" => format!("{at}~{}", row.id()),
        _ => row.id().to_owned(),
    }
}
