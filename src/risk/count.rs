//! `count`: what happened in a cell is what to expect there. The baseline to beat: in
//! published comparisons it is close to the best (Wheeler & Steenbeek 2021).

use crate::risk::model::{RiskAnswer, RiskError, RiskEvent, RiskModel, RiskQuestion};
use crate::risk::past::Past;

/// Events a cell over the look-back, scaled to the window.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Count {
    /// Half-life of an event's weight, days; none: all weigh the same.
    pub half_life_days: Option<f64>,
}

impl RiskModel for Count {
    fn name(&self) -> &'static str {
        "count"
    }

    fn predict(
        &self,
        question: &RiskQuestion<'_>,
        events: &[RiskEvent],
    ) -> Result<RiskAnswer, RiskError> {
        let past = Past::new(question, events, self.half_life_days)?;
        let (mut expected, learned) = past.by_cell(question.grid);
        for value in &mut expected {
            *value *= past.factor;
        }
        Ok(RiskAnswer {
            expected,
            parameters: past.parameters,
            events: learned,
        })
    }
}
