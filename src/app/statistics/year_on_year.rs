//! More or fewer than a year ago? The district, its categories and its beats, each with its
//! rate ratio, interval and e-test, the many tests held together by Benjamini and Hochberg.

use jiff::{Span, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::statistics::error::StatisticsJobError;
use crate::app::statistics::selection::{About, Ground, Selection, hours_before};
use crate::app::statistics::table::{csv, field};
use crate::calendar::window::Window;
use crate::exchange::row_chart_svg::{ChartRow, RowChart, row_chart_svg};
use crate::incident::category::code_within;
use crate::index::areas::AreaIndex;
use crate::risk::model::RiskEvent;
use crate::risk::statistics::false_discovery::benjamini_hochberg;
use crate::risk::statistics::year_on_year::{LEVEL, Rate, compare};
use crate::store::workspace::Workspace;

/// Where no period is asked for, so many days up to the data's end.
const DEFAULT_DAYS: i64 = 28;

/// Share of the findings among many rows that may be chance.
const FALSE_DISCOVERY_RATE: f64 = 0.05;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct YearOnYearQuestion {
    /// Which incidents; the period now (none: the last 28 days of the data).
    pub selection: Selection,
    /// The period before; none: the same dates a year earlier.
    pub earlier: Option<Window>,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct YearOnYearRow {
    /// `district`, `category` or `beat`.
    pub kind: String,
    /// Code of the category or id of the beat; empty for the district.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Incidents now.
    pub now: u64,
    /// Incidents earlier.
    pub earlier: u64,
    /// Rate now over rate earlier; none where there was nothing earlier.
    pub ratio: Option<f64>,
    /// Lower end of the ratio's interval at 95 %.
    pub low: f64,
    /// Upper end; none where the data set no bound.
    pub high: Option<f64>,
    /// Two-sided p of the e-test: equal rates.
    pub p: f64,
    /// Whether the change stands out of all rows of its kind (Benjamini & Hochberg at
    /// 0.05).
    pub stands_out: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct YearOnYearReport {
    /// Which incidents; the period now.
    pub about: About,
    /// First instant of the period before.
    pub earlier_start: String,
    /// First instant after it.
    pub earlier_end: String,
    /// Hours that count, now.
    pub hours_now: f64,
    /// Hours that count, earlier.
    pub hours_earlier: f64,
    /// The district, then its categories, then its beats.
    pub rows: Vec<YearOnYearRow>,
    /// What to beware of; empty where nothing.
    pub notes: Vec<String>,
}

/// Answers.
///
/// # Errors
/// [`StatisticsJobError`].
pub async fn answer(
    workspace: &Workspace,
    question: YearOnYearQuestion,
) -> Result<YearOnYearReport, StatisticsJobError> {
    let ground = Ground::read(workspace).await?;
    let selection = &question.selection;
    let now = selection
        .period
        .unwrap_or_else(|| ground.last_days(DEFAULT_DAYS));
    let earlier = match question.earlier {
        Some(earlier) => earlier,
        None => a_year_before(&ground, now)?,
    };
    if earlier.end() > now.start() && now.end() > earlier.start() {
        return Err(StatisticsJobError::Unfit(
            "the two periods share time; choose periods that don't".into(),
        ));
    }
    let hours = [now, earlier].map(|w| ground.exposure_hours(w, &selection.hours));
    let counted = Counted { hours };

    let mut rows = Vec::new();
    let events = [
        ground.categorised_events(workspace, selection, now).await?,
        ground
            .categorised_events(workspace, selection, earlier)
            .await?,
    ];
    let all = [events[0].len() as u64, events[1].len() as u64];
    rows.extend(counted.rows(
        "district",
        vec![(String::new(), ground.district.name.clone(), all)],
    )?);
    let categories = by_category(workspace, selection, &events).await?;
    rows.extend(counted.rows("category", categories)?);
    let mut beats = by_beat(workspace, &events).await?;
    if !selection.beats.is_empty() || selection.area.is_some() {
        // Of the others nothing was asked.
        let is_asked = |id: &String| selection.beats.contains(id);
        beats.retain(|(id, _, counts)| is_asked(id) || *counts != [0, 0]);
    }
    rows.extend(counted.rows("beat", beats)?);

    let mut notes = Vec::new();
    if earlier.start() < ground.data.start() {
        notes.push(format!(
            "the data begin on {}: the earlier period is not wholly in them, so that an \
             increase may be theirs",
            ground.local(ground.data.start())
        ));
    }
    if now.end() > ground.data.end() {
        notes.push(format!(
            "the data end on {}: the period is not over in them, so that a decrease may be \
             theirs",
            ground.local(ground.data.end())
        ));
    }
    Ok(YearOnYearReport {
        about: ground.about(selection, now, events[0].len()),
        earlier_start: ground.local(earlier.start()),
        earlier_end: ground.local(earlier.end()),
        hours_now: hours[0],
        hours_earlier: hours[1],
        rows,
        notes,
    })
}

/// The same dates and times of day, a year earlier on the district's calendar.
fn a_year_before(ground: &Ground, window: Window) -> Result<Window, StatisticsJobError> {
    let earlier = |at: Timestamp| {
        let local = ground.zone.to_datetime(at);
        let before = local.checked_sub(Span::new().years(1)).ok()?;
        ground.zone.to_timestamp(before).ok()
    };
    let start = earlier(window.start()).unwrap_or(hours_before(window.start(), 365 * 24));
    let end = earlier(window.end()).unwrap_or(hours_before(window.end(), 365 * 24));
    Window::new(start, end).map_err(|fault| StatisticsJobError::Unfit(fault.to_string()))
}

type CountedRow = (String, String, [u64; 2]);

async fn by_category(
    workspace: &Workspace,
    selection: &Selection,
    events: &[Vec<(String, RiskEvent)>; 2],
) -> Result<Vec<CountedRow>, StatisticsJobError> {
    let mut rows = Vec::new();
    for category in workspace.categories().await? {
        let wanted = &selection.categories;
        let within = |code: &String| code_within(&category.code, code);
        if !wanted.is_empty() && !wanted.iter().any(within) {
            continue;
        }
        let counts = events.each_ref().map(|period| {
            let of_it = |(code, _): &&(String, RiskEvent)| code_within(code, &category.code);
            period.iter().filter(of_it).count() as u64
        });
        if counts != [0, 0] {
            rows.push((category.code, category.name_en, counts));
        }
    }
    Ok(rows)
}

async fn by_beat(
    workspace: &Workspace,
    events: &[Vec<(String, RiskEvent)>; 2],
) -> Result<Vec<CountedRow>, StatisticsJobError> {
    let beats = workspace.beats().await?;
    let index = AreaIndex::new(beats.iter().map(|b| b.area.clone()).collect());
    let mut counts = vec![[0; 2]; beats.len()];
    for (period, events) in events.iter().enumerate() {
        for (_, event) in events {
            if let Some(beat) = index.at(event.position) {
                counts[beat][period] += 1;
            }
        }
    }
    let named = beats.into_iter().zip(counts);
    Ok(named
        .map(|(beat, counts)| (beat.id.as_str().to_owned(), beat.name, counts))
        .collect())
}

/// How long was counted, now and earlier.
struct Counted {
    hours: [f64; 2],
}

impl Counted {
    fn rows(
        &self,
        kind: &str,
        counted: Vec<CountedRow>,
    ) -> Result<Vec<YearOnYearRow>, StatisticsJobError> {
        let mut rows = Vec::with_capacity(counted.len());
        for (id, name, [now, earlier]) in counted {
            let rate = |count, exposure| Rate { count, exposure };
            let found = compare(rate(now, self.hours[0]), rate(earlier, self.hours[1]))?;
            rows.push(YearOnYearRow {
                kind: kind.into(),
                id,
                name,
                now,
                earlier,
                ratio: found.ratio,
                low: found.low,
                high: found.high,
                p: found.p,
                stands_out: false,
            });
        }
        let p: Vec<f64> = rows.iter().map(|r| r.p).collect();
        for (row, found) in rows
            .iter_mut()
            .zip(benjamini_hochberg(&p, FALSE_DISCOVERY_RATE))
        {
            row.stands_out = found;
        }
        Ok(rows)
    }
}

impl YearOnYearReport {
    /// The comparisons, one a row.
    pub fn csv(&self) -> Vec<u8> {
        let names = [
            "kind",
            "id",
            "name",
            "now",
            "earlier",
            "ratio",
            "low",
            "high",
            "p",
            "stands_out",
        ];
        let rows = self.rows.iter().map(|r| {
            vec![
                r.kind.clone(),
                r.id.clone(),
                r.name.clone(),
                r.now.to_string(),
                r.earlier.to_string(),
                field(r.ratio),
                r.low.to_string(),
                field(r.high),
                r.p.to_string(),
                r.stands_out.to_string(),
            ]
        });
        csv(&names, rows)
    }

    /// Ratios with their intervals on a scale of factors.
    ///
    /// # Errors
    /// A sentence, where the drawing library fails.
    pub fn picture(&self) -> Result<String, String> {
        let day = |text: &str| text.chars().take(10).collect::<String>();
        let row = |r: &YearOnYearRow| ChartRow {
            label: match r.kind.as_str() {
                "district" => format!("district 全区 {}/{}", r.now, r.earlier),
                _ => format!("{} {}/{}", r.name, r.now, r.earlier),
            },
            interval: Some((r.low, r.high.unwrap_or(f64::INFINITY))),
            marks: vec![r.ratio],
            bold: r.stands_out,
        };
        row_chart_svg(&RowChart {
            title: self.about.title("Year on year 同比"),
            subtitle: self.about.subtitle(&format!(
                "against {} – {} · bold: stands out 加粗为显著",
                day(&self.earlier_start),
                day(&self.earlier_end)
            )),
            scale: format!(
                "rate now over rate earlier, {:.0} % interval 同比倍数及置信区间",
                LEVEL * 100.0
            ),
            series: vec!["ratio 倍数".into()],
            rows: self.rows.iter().map(row).collect(),
            standard: Some(1.0),
            logarithmic: true,
        })
    }
}
