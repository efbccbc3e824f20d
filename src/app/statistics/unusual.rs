//! Is now unusual? The last days of the data, the district and each beat, against the usual
//! of the weeks before: the scan alarm, which knows that whoever watches all year sees
//! something rare now and then.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::statistics::error::StatisticsJobError;
use crate::app::statistics::selection::{About, Ground, Selection, hours_before};
use crate::app::statistics::table::csv;
use crate::calendar::window::Window;
use crate::exchange::row_chart_svg::{ChartRow, RowChart, row_chart_svg};
use crate::index::areas::AreaIndex;
use crate::risk::statistics::false_discovery::benjamini_hochberg;
use crate::risk::statistics::scan::{MOST_COUNT, scan_probability, single_window_probability};
use crate::store::workspace::Workspace;

/// Share of the alarms among many beats that may be chance.
const FALSE_DISCOVERY_RATE: f64 = 0.05;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct UnusualQuestion {
    /// Categories, hours, origins. Its period, where given, is the time looked at: `now`
    /// is its last `window_days`, the usual is what comes before.
    pub selection: Selection,
    /// Length of the window that is now, days.
    pub window_days: u32,
}

/// The district or a beat.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnusualRow {
    /// `district` or `beat`.
    pub kind: String,
    /// Id of the beat; empty for the district.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Incidents in the last window.
    pub now: u64,
    /// Incidents that are usual in a window.
    pub usual: f64,
    /// Probability of so many or more in this window alone.
    pub p_window: f64,
    /// Probability that some window of the whole time, beginning at any moment, holds so
    /// many: the alarm of who watches all the time (Naus 1982).
    pub p_scan: f64,
    /// Whether this window stands out of all rows of its kind (Benjamini & Hochberg at
    /// 0.05, by `p_window`).
    pub stands_out: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnusualReport {
    /// Which incidents; the whole time looked at.
    pub about: About,
    /// Where now begins; it ends with the period.
    pub now_start: String,
    /// Length of a window, days.
    pub window_days: u32,
    /// How many windows the whole time holds.
    pub windows: f64,
    /// The district, then its beats, the least likely first.
    pub rows: Vec<UnusualRow>,
    /// What to beware of; empty where nothing.
    pub notes: Vec<String>,
}

/// Answers.
///
/// # Errors
/// [`StatisticsJobError`].
pub async fn answer(
    workspace: &Workspace,
    question: UnusualQuestion,
) -> Result<UnusualReport, StatisticsJobError> {
    let ground = Ground::read(workspace).await?;
    let selection = &question.selection;
    let whole = ground.period(selection);
    let length = i64::from(question.window_days.max(1)) * 24;
    let begins = hours_before(whole.end(), length);
    let past = Window::new(whole.start(), begins).map_err(|_| {
        StatisticsJobError::Unfit(format!(
            "the period is not longer than the window of {} days",
            question.window_days
        ))
    })?;
    let now = Window::new(begins, whole.end())
        .map_err(|fault| StatisticsJobError::Unfit(fault.to_string()))?;
    let events = [
        ground.events(workspace, selection, now).await?,
        ground.events(workspace, selection, past).await?,
    ];
    let hours = [now, past].map(|w| ground.exposure_hours(w, &selection.hours));
    if hours[0] <= 0.0 || hours[1] < hours[0] {
        return Err(StatisticsJobError::Unfit(
            "there must be at least one whole window before now; take a longer period".into(),
        ));
    }
    let scale = Scale {
        windows: (hours[0] + hours[1]) / hours[0],
        past_windows: hours[1] / hours[0],
    };
    let beats = workspace.beats().await?;
    let index = AreaIndex::new(beats.iter().map(|b| b.area.clone()).collect());
    let mut counts = vec![[0u64; 2]; beats.len()];
    for (period, events) in events.iter().enumerate() {
        for beat in events.iter().filter_map(|e| index.at(e.position)) {
            counts[beat][period] += 1;
        }
    }
    let all = [events[0].len() as u64, events[1].len() as u64];
    let mut rows = vec![scale.row("district", "", &ground.district.name, all)?];
    rows[0].stands_out = rows[0].p_window <= FALSE_DISCOVERY_RATE;
    let mut of_beats = Vec::with_capacity(beats.len());
    let is_part = !selection.beats.is_empty() || selection.area.is_some();
    for (beat, counts) in beats.iter().zip(counts) {
        // Of the others nothing was asked.
        if is_part && counts == [0, 0] {
            continue;
        }
        of_beats.push(scale.row("beat", beat.id.as_str(), &beat.name, counts)?);
    }
    let p: Vec<f64> = of_beats.iter().map(|r| r.p_window).collect();
    for (row, found) in of_beats
        .iter_mut()
        .zip(benjamini_hochberg(&p, FALSE_DISCOVERY_RATE))
    {
        row.stands_out = found;
    }
    of_beats.sort_by(|a, b| a.p_window.total_cmp(&b.p_window).then(a.id.cmp(&b.id)));
    rows.extend(of_beats);
    let mut notes = vec![
        "the usual is the mean of the weeks before: seasons, holidays and a trend are not \
         taken off, and incidents that come in series alarm more often than the figures say"
            .to_owned(),
    ];
    if whole.start() < ground.data.start() || whole.end() > ground.data.end() {
        notes.push(format!(
            "the period reaches outside the data ({} to {}), where nothing is known: it is \
             counted as quiet, so the usual is too low, or now is",
            ground.local(ground.data.start()),
            ground.local(ground.data.end())
        ));
    }
    if scale.past_windows < 8.0 {
        notes.push(format!(
            "the usual rests on {:.1} windows only",
            scale.past_windows
        ));
    }
    Ok(UnusualReport {
        about: ground.about(selection, whole, events[0].len() + events[1].len()),
        now_start: ground.local(begins),
        window_days: question.window_days,
        windows: scale.windows,
        rows,
        notes,
    })
}

/// How much longer the time is than a window.
struct Scale {
    windows: f64,
    past_windows: f64,
}

impl Scale {
    fn row(
        &self,
        kind: &str,
        id: &str,
        name: &str,
        [now, past]: [u64; 2],
    ) -> Result<UnusualRow, StatisticsJobError> {
        // Where nothing ever happened, half an incident stands for the unknown rate: the
        // first one is rare, not impossible.
        let usual = (past as f64).max(0.5) / self.past_windows;
        let counted = now.min(MOST_COUNT);
        Ok(UnusualRow {
            kind: kind.into(),
            id: id.into(),
            name: name.into(),
            now,
            usual: past as f64 / self.past_windows,
            p_window: single_window_probability(usual, counted)?,
            p_scan: scan_probability(self.windows, usual, counted)?,
            stands_out: false,
        })
    }
}

impl UnusualReport {
    /// The district and its beats, one a row.
    pub fn csv(&self) -> Vec<u8> {
        let names = [
            "kind",
            "id",
            "name",
            "now",
            "usual",
            "p_window",
            "p_scan",
            "stands_out",
        ];
        let rows = self.rows.iter().map(|r| {
            vec![
                r.kind.clone(),
                r.id.clone(),
                r.name.clone(),
                r.now.to_string(),
                r.usual.to_string(),
                r.p_window.to_string(),
                r.p_scan.to_string(),
                r.stands_out.to_string(),
            ]
        });
        csv(&names, rows)
    }

    /// Now beside the usual and its spread.
    ///
    /// # Errors
    /// A sentence, where the drawing library fails.
    pub fn picture(&self) -> Result<String, String> {
        let row = |r: &UnusualRow| {
            // Two standard deviations of a Poisson count.
            let reach = 2.0 * r.usual.sqrt();
            ChartRow {
                label: r.name.clone(),
                interval: Some(((r.usual - reach).max(0.0), r.usual + reach)),
                marks: vec![Some(r.usual), Some(r.now as f64)],
                bold: r.stands_out,
            }
        };
        let beats = self.rows.iter().filter(|r| r.kind == "beat");
        let rows: Vec<ChartRow> = match beats.clone().count() {
            0 => self.rows.iter().map(row).collect(),
            // The district's count would press the beats together.
            _ => beats.map(row).collect(),
        };
        row_chart_svg(&RowChart {
            title: self.about.title("Unusual now 近期异常"),
            subtitle: self.about.subtitle(&format!(
                "the {} days from {:.16} · bold: stands out 加粗为显著",
                self.window_days, self.now_start
            )),
            scale: format!("incidents in {} days 警情数", self.window_days),
            series: vec!["usual 常态".into(), "now 近期".into()],
            rows,
            standard: None,
            logarithmic: false,
        })
    }
}
