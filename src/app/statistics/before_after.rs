//! Did a measure work, or move incidents next door? WDD and WDQ of areas that are beats or
//! patrol zones, over two periods.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::statistics::error::StatisticsJobError;
use crate::app::statistics::selection::{About, Ground, Selection};
use crate::app::statistics::table::csv;
use crate::calendar::window::Window;
use crate::exchange::row_chart_svg::{ChartRow, RowChart, row_chart_svg};
use crate::index::strips::StripedArea;
use crate::place::area::Area;
use crate::risk::statistics::displacement::{
    BeforeAfter, Difference, Pair, Wdq, Weights, wdd, wdq,
};
use crate::store::workspace::Workspace;

/// Level of the intervals, as Wheeler & Ratcliffe have it.
const LEVEL: f64 = 0.90;

/// With fewer incidents in a period of an area, the normal distribution is rough.
const FEW: u64 = 10;

/// Share of the smaller area that may lie in both.
const SLIVER: f64 = 0.01;

/// Names in a message.
const SHOWN: usize = 12;

/// What is asked. Areas are ids of beats or patrol zones.
#[derive(Debug, Clone, PartialEq)]
pub struct BeforeAfterQuestion {
    /// Categories, hours, origins; its period is not looked at.
    pub selection: Selection,
    /// Before the measure.
    pub before: Window,
    /// After it began.
    pub after: Window,
    /// Where the measure was.
    pub treated: Vec<String>,
    /// Where it was not, and all else is alike.
    pub control: Vec<String>,
    /// Around the treated areas: where incidents may have moved. May be empty.
    pub buffer: Vec<String>,
    /// The buffer's own control; where it is empty, `control` is.
    pub buffer_control: Vec<String>,
}

/// Counts of one kind of area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BeforeAfterRow {
    /// `treated`, `control`, `buffer` or `buffer_control`.
    pub role: String,
    /// Ids of its beats or zones.
    pub areas: Vec<String>,
    /// Incidents before.
    pub before: u64,
    /// Incidents after.
    pub after: u64,
}

/// A change beyond the control's.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DifferenceBody {
    /// Incidents in the time of the period after; below zero: fewer than the control's
    /// change explains.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end of the interval at 90 %.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Two-sided p of no difference.
    pub p: f64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BeforeAfterReport {
    /// Which incidents; the period after.
    pub about: About,
    /// First instant of the period before.
    pub before_start: String,
    /// First instant after it.
    pub before_end: String,
    /// Hours that count, before.
    pub hours_before: f64,
    /// Hours that count, after.
    pub hours_after: f64,
    /// Counts.
    pub rows: Vec<BeforeAfterRow>,
    /// The treated areas against their control.
    pub local: DifferenceBody,
    /// The buffer against its control; none without a buffer.
    pub displaced: Option<DifferenceBody>,
    /// Both together: the net effect.
    pub total: DifferenceBody,
    /// Weighted displacement quotient: above 0 the buffer gained too, below 0 it paid; −1:
    /// all was displaced. None without a buffer or where not defined.
    pub wdq: Option<f64>,
    /// Why there is no quotient.
    pub wdq_undefined: Option<String>,
    /// What to beware of; empty where nothing.
    pub notes: Vec<String>,
}

/// Answers.
///
/// # Errors
/// [`StatisticsJobError`].
pub async fn answer(
    workspace: &Workspace,
    question: BeforeAfterQuestion,
) -> Result<BeforeAfterReport, StatisticsJobError> {
    let ground = Ground::read(workspace).await?;
    if question.before.end() > question.after.start() {
        return Err(StatisticsJobError::Unfit(
            "the period before must end before the one after begins".into(),
        ));
    }
    let known = known_areas(workspace).await?;
    let mut roles = vec![
        Role::find("treated", &question.treated, &known)?,
        Role::find("control", &question.control, &known)?,
    ];
    for (name, ids) in [
        ("buffer", &question.buffer),
        ("buffer_control", &question.buffer_control),
    ] {
        if !ids.is_empty() {
            roles.push(Role::find(name, ids, &known)?);
        }
    }
    if question.buffer.is_empty() && !question.buffer_control.is_empty() {
        return Err(StatisticsJobError::Unfit(
            "a buffer's control needs a buffer".into(),
        ));
    }
    refuse_overlaps(&roles)?;

    let selection = &question.selection;
    let periods = [question.before, question.after];
    let mut total = 0;
    for (period, window) in periods.into_iter().enumerate() {
        for event in ground.events(workspace, selection, window).await? {
            total += period;
            for role in &mut roles {
                let inside = role.areas.iter().any(|area| area.covers(event.position));
                role.counts[period] += u64::from(inside);
            }
        }
    }
    let hours = periods.map(|w| ground.exposure_hours(w, &selection.hours));
    let about = ground.about(selection, question.after, total);
    report(about, &ground, &question, hours, &roles)
}

fn report(
    about: About,
    ground: &Ground,
    question: &BeforeAfterQuestion,
    hours: [f64; 2],
    roles: &[Role],
) -> Result<BeforeAfterReport, StatisticsJobError> {
    let of = |name: &str| roles.iter().find(|r| r.name == name).map(Role::counts);
    let (treated, control) = (
        of("treated").unwrap_or_default(),
        of("control").unwrap_or_default(),
    );
    let buffer = of("buffer");
    let buffer_control = of("buffer_control").unwrap_or(control);
    // Counts before are scaled to the hours of the period after, so that a difference
    // reads as incidents in that period.
    let weights = Weights {
        before: hours[0] / hours[1],
        after: 1.0,
        area: 1.0,
    };
    let pair = |area, control| Pair {
        area,
        area_weights: weights,
        control,
        control_weights: weights,
    };
    let found = wdd(
        pair(treated, control),
        buffer.map(|buffer| pair(buffer, buffer_control)),
        LEVEL,
    )?;
    let quotient = buffer.map(|buffer| wdq(treated, buffer, control));
    let mut notes = Vec::new();
    if roles.iter().any(|r| r.counts.iter().any(|&c| c < FEW)) {
        notes.push(format!(
            "fewer than {FEW} incidents in an area and period: the interval is rough"
        ));
    }
    if question.buffer.is_empty() {
        notes.push("no buffer was given: incidents that moved next door are not seen".to_owned());
    } else if question.buffer_control.is_empty() {
        notes.push(
            "the buffer has no control of its own: both differences share one, and the \
             total's interval is too narrow"
                .to_owned(),
        );
    }
    Ok(BeforeAfterReport {
        about,
        before_start: ground.local(question.before.start()),
        before_end: ground.local(question.before.end()),
        hours_before: hours[0],
        hours_after: hours[1],
        rows: roles.iter().map(Role::row).collect(),
        local: body(found.local),
        displaced: found.displaced.map(body),
        total: body(found.total),
        wdq: match quotient {
            Some(Wdq::Quotient(q)) => Some(q),
            _ => None,
        },
        wdq_undefined: match quotient {
            None => Some("no buffer was given".into()),
            Some(Wdq::Undefined(why)) => Some(why.into()),
            Some(Wdq::Quotient(_)) => None,
        },
        notes,
    })
}

fn body(d: Difference) -> DifferenceBody {
    DifferenceBody {
        estimate: d.estimate,
        standard_error: d.standard_error,
        low: d.low,
        high: d.high,
        p: d.p,
    }
}

/// Areas with one part in the comparison.
struct Role {
    name: &'static str,
    ids: Vec<String>,
    shapes: Vec<Area>,
    areas: Vec<StripedArea>,
    counts: [u64; 2],
}

impl Role {
    fn find(
        name: &'static str,
        ids: &[String],
        known: &BTreeMap<String, Area>,
    ) -> Result<Self, StatisticsJobError> {
        if ids.is_empty() {
            return Err(StatisticsJobError::Unfit(format!(
                "no {name} area was given; name a beat or a patrol zone by its id"
            )));
        }
        let mut shapes = Vec::new();
        for id in ids {
            let found = known
                .get(id)
                .ok_or_else(|| StatisticsJobError::UnknownArea {
                    id: id.clone(),
                    known: some_of(known),
                })?;
            shapes.push(found.clone());
        }
        Ok(Self {
            name,
            ids: ids.to_vec(),
            areas: shapes.iter().map(StripedArea::new).collect(),
            shapes,
            counts: [0; 2],
        })
    }

    fn counts(&self) -> BeforeAfter {
        BeforeAfter {
            before: self.counts[0],
            after: self.counts[1],
        }
    }

    fn row(&self) -> BeforeAfterRow {
        BeforeAfterRow {
            role: self.name.into(),
            areas: self.ids.clone(),
            before: self.counts[0],
            after: self.counts[1],
        }
    }
}

async fn known_areas(workspace: &Workspace) -> Result<BTreeMap<String, Area>, StatisticsJobError> {
    let zones = workspace.zones().await?.into_iter();
    let mut known: BTreeMap<String, Area> =
        zones.map(|z| (z.id.as_str().to_owned(), z.area)).collect();
    // A beat's id wins over a zone's.
    for beat in workspace.beats().await? {
        known.insert(beat.id.as_str().to_owned(), beat.area);
    }
    Ok(known)
}

fn some_of(known: &BTreeMap<String, Area>) -> String {
    let mut text = known
        .keys()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if known.is_empty() {
        text.push_str("none; import some with --as beats or --as zones");
    } else if known.len() > SHOWN {
        text.push_str(&format!(" and {} more", known.len() - SHOWN));
    }
    text
}

/// Beats that touch may overlap by a sliver, as they were drawn; more than that is a fault.
fn refuse_overlaps(roles: &[Role]) -> Result<(), StatisticsJobError> {
    for (i, one) in roles.iter().enumerate() {
        for other in &roles[i + 1..] {
            let shared = one.shapes.iter().any(|a| {
                let too_much = |b: &Area| a.shared_km2(b) > SLIVER * a.km2().min(b.km2());
                other.shapes.iter().any(too_much)
            });
            if shared {
                return Err(StatisticsJobError::Overlap {
                    one: one.name.into(),
                    other: other.name.into(),
                });
            }
        }
    }
    Ok(())
}

impl BeforeAfterReport {
    /// Counts, then differences, one a row.
    pub fn csv(&self) -> Vec<u8> {
        let names = [
            "what",
            "areas",
            "before",
            "after",
            "estimate",
            "standard_error",
            "low",
            "high",
            "p",
        ];
        let blank = String::new;
        let counts = self.rows.iter().map(|r| {
            let mut row = vec![
                r.role.clone(),
                r.areas.join(" "),
                r.before.to_string(),
                r.after.to_string(),
            ];
            row.resize_with(names.len(), blank);
            row
        });
        let named = [
            ("wdd_local", Some(&self.local)),
            ("wdd_displaced", self.displaced.as_ref()),
            ("wdd_total", Some(&self.total)),
        ];
        let differences = named.into_iter().filter_map(|(name, d)| {
            let d = d?;
            let mut row = vec![name.to_owned(), blank(), blank(), blank()];
            row.extend([d.estimate, d.standard_error, d.low, d.high, d.p].map(|v| v.to_string()));
            Some(row)
        });
        let quotient = self.wdq.map(|q| {
            let mut row = vec!["wdq".to_owned(), blank(), blank(), blank(), q.to_string()];
            row.resize_with(names.len(), blank);
            row
        });
        csv(&names, counts.chain(differences).chain(quotient))
    }

    /// The differences with their intervals.
    ///
    /// # Errors
    /// A sentence, where the drawing library fails.
    pub fn picture(&self) -> Result<String, String> {
        let row = |name: &str, d: &DifferenceBody| ChartRow {
            label: name.into(),
            interval: Some((d.low, d.high)),
            marks: vec![Some(d.estimate)],
            bold: d.low > 0.0 || d.high < 0.0,
        };
        let mut rows = vec![row("treated 实施区", &self.local)];
        rows.extend(self.displaced.iter().map(|d| row("buffer 缓冲区", d)));
        rows.push(row("net 合计", &self.total));
        row_chart_svg(&RowChart {
            title: self.about.title("Before and after 实施前后"),
            subtitle: self.about.subtitle(&format!(
                "before: {:.10} – {:.10}",
                self.before_start, self.before_end
            )),
            scale: format!(
                "incidents beyond the control's change, {:.0} % interval 相对对照区的增减",
                LEVEL * 100.0
            ),
            series: vec!["WDD".into()],
            rows,
            standard: Some(0.0),
            logarithmic: false,
        })
    }
}
