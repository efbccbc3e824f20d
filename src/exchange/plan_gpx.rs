//! LOCAL ONLY
use crate::patrol::plan::PatrolPlan;
pub fn plan_gpx(_: &PatrolPlan) -> Result<Vec<u8>, std::io::Error> {
    Ok(vec![])
}
