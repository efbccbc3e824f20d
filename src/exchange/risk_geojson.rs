//! LOCAL ONLY
use crate::risk::surface::RiskSurface;
pub fn risk_geojson(_: &RiskSurface, _: bool) -> String {
    String::new()
}
