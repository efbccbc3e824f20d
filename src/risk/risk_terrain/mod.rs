//! `risk_terrain`: risk from the places around (Caplan & Kennedy: risk terrain modelling).
//!
//! Layers of places at several distances (`layers`) go through a penalised regression that
//! says which may matter (`elastic_net`) and a plain one that says which do, and how much
//! (`selection`). A cell's rate is the intercept's times the relative risk of each layer
//! that holds there. Where no factor is given, or none tells more than chance, the surface
//! is even over the ground and the parameters say so: an honest answer, and the level that
//! the other models must beat.

use crate::grid::hexgrid::HexGrid;
use crate::risk::model::{
    RiskAnswer, RiskError, RiskEvent, RiskModel, RiskQuestion, TerrainFactor,
};
use crate::risk::past::Past;
use crate::risk::risk_terrain::elastic_net::{Regression, cross_validated};
use crate::risk::risk_terrain::layers::{LayerKind, Row, layers, rows};
use crate::risk::risk_terrain::selection::select;

pub mod elastic_net;
pub mod layers;
pub mod selection;

/// Fewer weighted events than this don't tell one layer from another.
const FEWEST_EVENTS: f64 = 20.0;

/// Standard errors to either side that hold 95 %.
const NORMAL_95: f64 = 1.96;

/// Risk from the places around.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RiskTerrain {
    /// Half-life of an event's weight, days; none: all weigh the same.
    pub half_life_days: Option<f64>,
}

/// One line of the table that a planner reads.
#[derive(Debug, Clone, PartialEq)]
pub struct RelativeRisk {
    /// The factor, by its name in the question.
    pub factor: String,
    /// Near its places, or where they are dense.
    pub kind: LayerKind,
    /// Within this distance, metres.
    pub distance_m: f64,
    /// Events here over events elsewhere, all else equal; below 1 where places keep them
    /// away.
    pub relative_risk: f64,
    /// 95 % interval.
    pub interval: [f64; 2],
    /// Cells in which it holds.
    pub cells: usize,
}

/// What the places around tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Terrain {
    /// The table, the strongest first; empty where nothing tells.
    pub table: Vec<RelativeRisk>,
    /// Rate of each cell over the even rate, times its area; not scaled.
    pub shares: Vec<f64>,
    /// Variance of the counts over their mean, 1 or more.
    pub dispersion: f64,
    /// Layers that were looked at.
    pub layers: usize,
}

impl RiskModel for RiskTerrain {
    fn name(&self) -> &'static str {
        "risk_terrain"
    }

    fn predict(
        &self,
        question: &RiskQuestion<'_>,
        events: &[RiskEvent],
    ) -> Result<RiskAnswer, RiskError> {
        let past = Past::new(question, events, self.half_life_days)?;
        let (counts, learned) = past.by_cell(question.grid);
        let total: f64 = counts.iter().sum();
        let terrain = fit(question.grid, question.terrain, &counts);
        let sum: f64 = terrain.shares.iter().sum();
        let scale = if sum > 0.0 {
            total * past.factor / sum
        } else {
            0.0
        };
        let mut parameters = past.parameters;
        parameters.insert("terrain".into(), terrain.summary(question.terrain.len()));
        for line in &terrain.table {
            parameters.insert(line.key(), line.value());
        }
        Ok(RiskAnswer {
            expected: terrain.shares.iter().map(|share| share * scale).collect(),
            parameters,
            events: learned,
        })
    }
}

impl Terrain {
    fn summary(&self, factors: usize) -> String {
        if factors == 0 {
            return "even: the workspace has no places to look at".into();
        }
        let looked = format!("{} layers of {factors} factors", self.layers);
        match self.table.len() {
            0 => format!("even: none of {looked} tells more than chance"),
            n => format!("{n} of {looked}; dispersion {:.2}", self.dispersion),
        }
    }
}

impl RelativeRisk {
    fn key(&self) -> String {
        let kind = match self.kind {
            LayerKind::Within => "within",
            LayerKind::Dense => "dense within",
        };
        format!("relative_risk {} {kind} {} m", self.factor, self.distance_m)
    }

    fn value(&self) -> String {
        let [low, high] = self.interval;
        format!("{:.2} ({low:.2} to {high:.2})", self.relative_risk)
    }
}

/// What the places tell about weighted counts of events, one a cell.
pub fn fit(grid: &HexGrid, terrain: &[TerrainFactor], counts: &[f64]) -> Terrain {
    let even = |layers| Terrain {
        table: Vec::new(),
        shares: grid.area_km2().to_vec(),
        dispersion: 1.0,
        layers,
    };
    let layers = layers(grid, terrain);
    if layers.is_empty() || counts.iter().sum::<f64>() < FEWEST_EVENTS {
        return even(layers.len());
    }
    let (rows, row_of) = rows(grid, &layers, counts);
    let penalised = cross_validated(&rows, layers.len());
    let candidates: Vec<usize> = (0..layers.len())
        .filter(|&k| penalised.coefficients[k] != 0.0)
        .collect();
    let dispersion = dispersion(grid, &rows, &row_of, &penalised, counts);
    let selection = select(&rows, &layers, &candidates, grid.len(), dispersion);
    let mut shares = grid.area_km2().to_vec();
    for (cell, share) in shares.iter_mut().enumerate() {
        let chosen = selection.chosen.iter();
        let held = chosen.filter(|(k, ..)| layers[*k].holds[cell]);
        *share *= held.map(|(_, b, _)| b).sum::<f64>().exp();
    }
    let mut table: Vec<RelativeRisk> = (selection.chosen.iter())
        .map(|&(k, b, error)| RelativeRisk {
            factor: terrain[layers[k].factor].name.clone(),
            kind: layers[k].kind,
            distance_m: layers[k].distance_m,
            relative_risk: b.exp(),
            interval: [(b - NORMAL_95 * error).exp(), (b + NORMAL_95 * error).exp()],
            cells: layers[k].holds.iter().filter(|&&holds| holds).count(),
        })
        .collect();
    table.sort_by(|a, b| {
        let strength = |line: &RelativeRisk| line.relative_risk.ln().abs();
        strength(b).total_cmp(&strength(a))
    });
    Terrain {
        table,
        shares,
        dispersion,
        layers: layers.len(),
    }
}

/// Variance of the cells' counts over their mean, as the penalised fit leaves it.
fn dispersion(
    grid: &HexGrid,
    rows: &[Row],
    row_of: &[usize],
    fit: &Regression,
    counts: &[f64],
) -> f64 {
    let rates: Vec<f64> = rows
        .iter()
        .map(|row| fit.expected(row) / row.area)
        .collect();
    let (mut squares, mut mean) = (0.0, 0.0);
    for (cell, count) in counts.iter().enumerate() {
        let expected = rates[row_of[cell]] * grid.area_km2()[cell];
        squares += (count - expected).powi(2);
        mean += expected;
    }
    let ratio = squares / mean;
    if ratio.is_finite() {
        ratio.max(1.0)
    } else {
        1.0
    }
}

#[cfg(test)]
#[path = "risk_terrain_tests.rs"]
mod tests;
