//! How few places hold how much of the incidents, beside what chance alone would show.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::statistics::error::StatisticsJobError;
use crate::app::statistics::selection::{About, Ground, Selection, binned, off_thread};
use crate::app::statistics::table::{csv, field};
use crate::exchange::curve_svg::{Curve, curve_svg};
use crate::risk::statistics::concentration::{
    Concentration, cells_holding, cells_holding_by_chance,
};
use crate::store::workspace::Workspace;

/// Shares of the incidents that are told.
const SHARES: [f64; 3] = [0.25, 0.5, 0.8];

/// Points of the curve of chance.
const CHANCE_POINTS: u32 = 100;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ConcentrationQuestion {
    /// Which incidents.
    pub selection: Selection,
    /// H3 resolution, 7 to 11.
    pub resolution: u8,
}

/// A point of a curve: busiest cells first.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SharePoint {
    /// Share of the cells, 0 to 1.
    pub cells: f64,
    /// Share of the incidents that they hold.
    pub incidents: f64,
}

/// How few cells hold a share of the incidents.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HeldShare {
    /// Share of the incidents.
    pub incidents: f64,
    /// The smallest share of the cells that holds it; none without incidents.
    pub cells: Option<f64>,
    /// The same, were all cells alike and the incidents thrown at random: what so few
    /// incidents show without any concentration.
    pub cells_by_chance: Option<f64>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConcentrationReport {
    /// Which incidents.
    pub about: About,
    /// H3 resolution.
    pub resolution: u8,
    /// Cells of the district.
    pub cells: usize,
    /// Cells with an incident.
    pub cells_with_any: usize,
    /// How few cells hold a quarter, half and four fifths.
    pub held: Vec<HeldShare>,
    /// Gini coefficient, 0 (even) to 1; none without incidents.
    pub gini: Option<f64>,
    /// The same against the most even that so few incidents can be (Bernasco & Steenbeek
    /// 2017): the one to compare over time or between categories.
    pub gini_adjusted: Option<f64>,
    /// The Lorenz curve.
    pub curve: Vec<SharePoint>,
    /// The curve of chance.
    pub curve_by_chance: Vec<SharePoint>,
    /// What to beware of; empty where nothing.
    pub notes: Vec<String>,
}

/// Answers.
///
/// # Errors
/// [`StatisticsJobError`].
pub async fn answer(
    workspace: &Workspace,
    question: ConcentrationQuestion,
) -> Result<ConcentrationReport, StatisticsJobError> {
    let ground = Ground::read(workspace).await?;
    let period = ground.period(&question.selection);
    let boundary = ground
        .selected_ground(workspace, &question.selection)
        .await?;
    let events = ground
        .events(workspace, &question.selection, period)
        .await?;
    let about = ground.about(&question.selection, period, events.len());
    off_thread(move || {
        let (_, counts) = binned(&boundary, question.resolution, &events)?;
        Ok(report(about, question.resolution, &counts))
    })
    .await
}

fn report(about: About, resolution: u8, counts: &[u32]) -> ConcentrationReport {
    let found = Concentration::of(counts);
    let by_chance = |share| cells_holding_by_chance(found.cells, found.incidents, share);
    let held = SHARES.map(|share| HeldShare {
        incidents: share,
        cells: cells_holding(counts, share),
        cells_by_chance: by_chance(share),
    });
    let mut notes = Vec::new();
    if found.incidents == 0 {
        notes.push("no incident in this selection".to_owned());
    } else if found.incidents < found.cells as u64 {
        notes.push(format!(
            "{} incidents on {} cells: most cells can't have any, so a small share of cells \
             holds half of them by chance alone; read the figures beside those of chance",
            found.incidents, found.cells
        ));
    }
    let curve_by_chance = (0..=CHANCE_POINTS)
        .filter_map(|i| {
            let incidents = f64::from(i) / f64::from(CHANCE_POINTS);
            by_chance(incidents).map(|cells| SharePoint { cells, incidents })
        })
        .collect();
    ConcentrationReport {
        about,
        resolution,
        cells: found.cells,
        cells_with_any: found.cells_with_any,
        held: held.into(),
        gini: found.gini,
        gini_adjusted: found.gini_adjusted,
        curve: found
            .curve
            .iter()
            .map(|p| SharePoint {
                cells: p.cells,
                incidents: p.incidents,
            })
            .collect(),
        curve_by_chance,
        notes,
    }
}

impl ConcentrationReport {
    /// The shares, one a row.
    pub fn csv(&self) -> Vec<u8> {
        let names = ["incidents_share", "cells_share", "cells_share_by_chance"];
        let rows = self.held.iter().map(|held| {
            vec![
                held.incidents.to_string(),
                field(held.cells),
                field(held.cells_by_chance),
            ]
        });
        csv(&names, rows)
    }

    /// The Lorenz curve beside that of chance.
    ///
    /// # Errors
    /// A sentence, where the drawing library fails.
    pub fn picture(&self) -> Result<String, String> {
        let points = |curve: &[SharePoint]| curve.iter().map(|p| (p.cells, p.incidents)).collect();
        let curves = [
            Curve {
                name: "incidents 警情".into(),
                points: points(&self.curve),
            },
            Curve {
                name: "by chance alone 随机".into(),
                points: points(&self.curve_by_chance),
            },
            Curve {
                name: "even 均匀".into(),
                points: vec![(0.0, 0.0), (1.0, 1.0)],
            },
        ];
        curve_svg(
            &self.about.title("Concentration 警情集中度"),
            &self.about.subtitle(""),
            "share of cells, busiest first 网格占比",
            "share of incidents 警情占比",
            &curves,
        )
    }
}
