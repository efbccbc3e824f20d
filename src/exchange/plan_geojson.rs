//! LOCAL ONLY
use crate::patrol::plan::PatrolPlan;
pub fn plan_geojson(_: &PatrolPlan) -> String {
    String::new()
}
