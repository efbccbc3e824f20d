//! Is a forecast lopsided? Expected incidents by beat against the beats' shares of reported
//! incidents, ground and, where they are given, people.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::risk::{RiskRequest, learn};
use crate::app::statistics::error::StatisticsJobError;
use crate::app::statistics::selection::{About, Ground, Selection, off_thread};
use crate::app::statistics::table::{csv, field};
use crate::calendar::window::Window;
use crate::exchange::row_chart_svg::{ChartRow, RowChart, row_chart_svg};
use crate::index::areas::AreaIndex;
use crate::risk::statistics::fairness::{BeatFigures, TOLERATED_RATIO, fairness};
use crate::store::workspace::Workspace;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct FairnessQuestion {
    /// The forecast.
    pub forecast: RiskRequest,
    /// People by beat id; beats without a figure make the comparison fall away.
    pub population: BTreeMap<String, f64>,
}

/// A beat's shares, 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FairnessRow {
    /// Id of the beat.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Expected incidents.
    pub expected: f64,
    /// Reported incidents in the time that the forecast learned from.
    pub incidents: u64,
    /// Share of the forecast.
    pub forecast_share: f64,
    /// Share of the reported incidents.
    pub incident_share: f64,
    /// Share of the ground.
    pub area_share: f64,
    /// Share of the people; none where not known of every beat.
    pub population_share: Option<f64>,
    /// Forecast share over incident share; none where the beat has no incident.
    pub ratio: Option<f64>,
    /// Off by more than a quarter, and by more than so few incidents leave open.
    pub lopsided: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FairnessReport {
    /// Which incidents; the time that the forecast learned from.
    pub about: About,
    /// The forecast's model.
    pub model: String,
    /// First instant that it is for.
    pub window_start: String,
    /// First instant after.
    pub window_end: String,
    /// By id.
    pub beats: Vec<FairnessRow>,
    /// Share of the forecast that would have to move to agree with the incidents.
    pub from_incidents: f64,
    /// The same for the ground.
    pub from_area: f64,
    /// The same for the people; none where not known.
    pub from_population: Option<f64>,
    /// Expected incidents outside of all beats.
    pub expected_outside: f64,
    /// What to beware of; empty where nothing.
    pub notes: Vec<String>,
}

/// Answers.
///
/// # Errors
/// [`StatisticsJobError`].
pub async fn answer(
    workspace: &Workspace,
    question: FairnessQuestion,
) -> Result<FairnessReport, StatisticsJobError> {
    let ground = Ground::read(workspace).await?;
    let beats = workspace.beats().await?;
    if beats.is_empty() {
        return Err(StatisticsJobError::NoBeats);
    }
    let known = |id: &String| beats.iter().any(|b| b.id.as_str() == id);
    if let Some(id) = question.population.keys().find(|id| !known(id)) {
        let ids: Vec<&str> = beats.iter().take(12).map(|b| b.id.as_str()).collect();
        return Err(StatisticsJobError::UnknownArea {
            id: id.clone(),
            known: ids.join(", "),
        });
    }
    let learned = learn(workspace, &question.forecast).await?;
    let look_back: Window = learned.surface.provenance.look_back;
    // Set against what was *reported*, whatever the forecast itself learned from.
    let selection = Selection {
        period: Some(look_back),
        categories: question.forecast.categories.clone(),
        hours: question.forecast.hours.clone(),
        ..Selection::default()
    };
    let events = ground.events(workspace, &selection, look_back).await?;
    let about = ground.about(&selection, look_back, events.len());
    let window = learned.surface.provenance.window;
    let local = [window.start(), window.end()].map(|at| ground.local(at));
    off_thread(move || {
        let index = AreaIndex::new(beats.iter().map(|b| b.area.clone()).collect());
        let surface = &learned.surface;
        let mut expected = vec![0.0; beats.len()];
        let mut expected_outside = 0.0;
        for (i, value) in surface.expected.iter().enumerate() {
            match index.at(surface.grid.centre(i)) {
                Some(beat) => expected[beat] += value,
                None => expected_outside += value,
            }
        }
        let mut incidents = vec![0u64; beats.len()];
        for beat in events.iter().filter_map(|e| index.at(e.position)) {
            incidents[beat] += 1;
        }
        let figures: Vec<BeatFigures> = (0..beats.len())
            .map(|i| BeatFigures {
                expected: expected[i],
                incidents: incidents[i],
                area_km2: beats[i].area.km2(),
                population: question.population.get(beats[i].id.as_str()).copied(),
            })
            .collect();
        let found = fairness(&figures);
        let mut notes = Vec::new();
        let given = question.population.len();
        if given > 0 && found.from_population.is_none() {
            notes.push(format!(
                "people are known of {given} of {} beats: not compared",
                beats.len()
            ));
        }
        if question.forecast.include_patrol_discovered {
            notes.push(
                "the forecast learned from what patrols discovered too; it is set against what \
                 was reported"
                    .to_owned(),
            );
        }
        let [window_start, window_end] = local;
        Ok(FairnessReport {
            about,
            model: surface.provenance.model.clone(),
            window_start,
            window_end,
            beats: beats
                .iter()
                .zip(&figures)
                .zip(&found.beats)
                .map(|((beat, figures), shares)| FairnessRow {
                    id: beat.id.as_str().to_owned(),
                    name: beat.name.clone(),
                    expected: figures.expected,
                    incidents: figures.incidents,
                    forecast_share: shares.forecast,
                    incident_share: shares.incidents,
                    area_share: shares.area,
                    population_share: shares.population,
                    ratio: shares.ratio,
                    lopsided: shares.lopsided,
                })
                .collect(),
            from_incidents: found.from_incidents,
            from_area: found.from_area,
            from_population: found.from_population,
            expected_outside,
            notes,
        })
    })
    .await
}

impl FairnessReport {
    /// The beats, one a row.
    pub fn csv(&self) -> Vec<u8> {
        let names = [
            "id",
            "name",
            "expected",
            "incidents",
            "forecast_share",
            "incident_share",
            "area_share",
            "population_share",
            "ratio",
            "lopsided",
        ];
        let rows = self.beats.iter().map(|b| {
            vec![
                b.id.clone(),
                b.name.clone(),
                b.expected.to_string(),
                b.incidents.to_string(),
                b.forecast_share.to_string(),
                b.incident_share.to_string(),
                b.area_share.to_string(),
                field(b.population_share),
                field(b.ratio),
                b.lopsided.to_string(),
            ]
        });
        csv(&names, rows)
    }

    /// Shares by beat, the largest of the forecast first.
    ///
    /// # Errors
    /// A sentence, where the drawing library fails.
    pub fn picture(&self) -> Result<String, String> {
        let mut beats: Vec<&FairnessRow> = self.beats.iter().collect();
        beats.sort_by(|a, b| {
            b.forecast_share
                .total_cmp(&a.forecast_share)
                .then(a.id.cmp(&b.id))
        });
        let mut series = vec![
            "forecast 预测".to_owned(),
            "incidents 警情".into(),
            "ground 面积".into(),
        ];
        if self.from_population.is_some() {
            series.push("people 人口".into());
        }
        let percent = |share: f64| Some(share * 100.0);
        row_chart_svg(&RowChart {
            title: self.about.title("Forecast by beat 各警务区预测占比"),
            subtitle: self.about.subtitle(&format!(
                "{} for {:.16} · bold: lopsided, off by more than a factor of {TOLERATED_RATIO} 加粗为失衡",
                self.model, self.window_start
            )),
            scale: "share, % 占比".into(),
            series,
            rows: beats
                .into_iter()
                .map(|b| ChartRow {
                    label: b.name.clone(),
                    interval: None,
                    marks: vec![
                        percent(b.forecast_share),
                        percent(b.incident_share),
                        percent(b.area_share),
                        b.population_share.and_then(percent),
                    ],
                    bold: b.lopsided,
                })
                .collect(),
            standard: None,
            logarithmic: false,
        })
    }
}
