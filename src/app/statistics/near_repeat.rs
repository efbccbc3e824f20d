//! Near repeat: the Knox table of a selection.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::statistics::error::StatisticsJobError;
use crate::app::statistics::selection::{About, Ground, Selection, off_thread};
use crate::app::statistics::table::{csv, field};
use crate::exchange::heat_table_svg::{HeatField, HeatTable, heat_table_svg};
use crate::risk::statistics::knox::{FEWEST_FOR_POWER, Knox, KnoxQuestion, knox};
use crate::store::workspace::Workspace;

/// Below this a field is called a finding.
const FINDING: f64 = 0.05;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct NearRepeatQuestion {
    /// Which incidents.
    pub selection: Selection,
    /// Bands, permutations, seed.
    pub knox: KnoxQuestion,
}

/// One distance band and time band.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NearRepeatField {
    /// Distance from, metres.
    pub from_m: f64,
    /// Up to but without, metres.
    pub to_m: f64,
    /// Time apart from, days.
    pub from_days: f64,
    /// Up to but without, days.
    pub to_days: f64,
    /// Pairs of incidents so far apart.
    pub observed: u64,
    /// Mean of the shuffles.
    pub expected: f64,
    /// Median of the shuffles.
    pub median: f64,
    /// Observed over expected; none where no shuffle had any.
    pub ratio: Option<f64>,
    /// One-sided: as many or more by chance.
    pub p: f64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NearRepeatReport {
    /// Which incidents.
    pub about: About,
    /// Pairs within the largest distance, whatever their times.
    pub near_pairs: usize,
    /// How often the times were shuffled.
    pub permutations: u32,
    /// Start of chance.
    pub seed: u64,
    /// Distance by distance, within each time by time.
    pub fields: Vec<NearRepeatField>,
    /// Whether there are too few incidents for "nothing found" to mean anything.
    pub low_power: bool,
    /// What to beware of; empty where nothing.
    pub notes: Vec<String>,
}

/// Answers.
///
/// # Errors
/// [`StatisticsJobError`].
pub async fn answer(
    workspace: &Workspace,
    question: NearRepeatQuestion,
) -> Result<NearRepeatReport, StatisticsJobError> {
    let ground = Ground::read(workspace).await?;
    let period = ground.period(&question.selection);
    let events = ground
        .events(workspace, &question.selection, period)
        .await?;
    let about = ground.about(&question.selection, period, events.len());
    off_thread(move || {
        let found = knox(&events, &question.knox)?;
        Ok(report(about, question.knox.seed, found))
    })
    .await
}

fn report(about: About, seed: u64, found: Knox) -> NearRepeatReport {
    let mut notes = Vec::new();
    if found.low_power {
        notes.push(format!(
            "low power: {} incidents; with fewer than {FEWEST_FOR_POWER} only strong repeats \
             show, so that nothing found does not mean nothing there",
            found.events
        ));
    }
    NearRepeatReport {
        about,
        near_pairs: found.near_pairs,
        permutations: found.permutations,
        seed,
        low_power: found.low_power,
        notes,
        fields: found
            .cells
            .into_iter()
            .map(|cell| NearRepeatField {
                from_m: cell.metres.0,
                to_m: cell.metres.1,
                from_days: cell.days.0,
                to_days: cell.days.1,
                observed: cell.observed,
                expected: cell.expected,
                median: cell.median,
                ratio: cell.ratio,
                p: cell.p,
            })
            .collect(),
    }
}

impl NearRepeatField {
    /// Whether more pairs were seen than chance explains.
    pub fn is_finding(&self) -> bool {
        self.p <= FINDING
    }

    /// `0–100 m`.
    pub fn distance(&self) -> String {
        format!("{}–{} m", self.from_m, self.to_m)
    }

    /// `0–7 d`.
    pub fn time(&self) -> String {
        format!("{}–{} d", self.from_days, self.to_days)
    }
}

impl NearRepeatReport {
    /// The fields, one a row.
    pub fn csv(&self) -> Vec<u8> {
        let names = [
            "from_m",
            "to_m",
            "from_days",
            "to_days",
            "observed",
            "expected",
            "median",
            "ratio",
            "p",
        ];
        let rows = self.fields.iter().map(|f| {
            vec![
                f.from_m.to_string(),
                f.to_m.to_string(),
                f.from_days.to_string(),
                f.to_days.to_string(),
                f.observed.to_string(),
                f.expected.to_string(),
                f.median.to_string(),
                field(f.ratio),
                f.p.to_string(),
            ]
        });
        csv(&names, rows)
    }

    /// The table of ratios, findings framed.
    ///
    /// # Errors
    /// A sentence, where the drawing library fails.
    pub fn picture(&self) -> Result<String, String> {
        let mut columns: Vec<String> = Vec::new();
        let mut rows: Vec<String> = Vec::new();
        for f in &self.fields {
            if !columns.contains(&f.time()) {
                columns.push(f.time());
            }
            if !rows.contains(&f.distance()) {
                rows.push(f.distance());
            }
        }
        let warning = if self.low_power {
            "low power 样本少"
        } else {
            ""
        };
        heat_table_svg(&HeatTable {
            title: self.about.title("Near repeat 近重复"),
            subtitle: self.about.subtitle(warning),
            note: format!(
                "pairs seen over pairs by chance; framed: p ≤ {FINDING} \
                 实际对数/随机对数，加框为显著"
            ),
            columns,
            rows,
            fields: self
                .fields
                .iter()
                .map(|f| HeatField {
                    main: f.ratio.map_or("–".into(), |r| format!("{r:.2}")),
                    small: format!("{} pairs, p {:.3}", f.observed, f.p),
                    // Three times as many as by chance is as warm as it gets.
                    heat: f.ratio.map_or(0.0, |r| (r - 1.0) / 2.0),
                    framed: f.is_finding(),
                })
                .collect(),
        })
    }
}
