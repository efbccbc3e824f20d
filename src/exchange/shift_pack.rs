//! A shift pack: a patrol plan as a PDF on A4, to be printed before the shift. First what the
//! plan is and all rounds on one map, then each unit's sheet, then the must-visits of all.
//!
//! It says what the route sheet says (`plan_sheet`), with the same maps. It holds no time of
//! writing: the same plan on the same map gives the same bytes.

use jiff::Timestamp;
use thiserror::Error;

use crate::exchange::plan_sheet::{NoSuchRoute, SheetGround, routes_of};
use crate::exchange::plan_sheet_facts::{Facts, whole_minutes};
use crate::exchange::plan_sheet_frame::{HEIGHT, WIDTH};
use crate::exchange::plan_sheet_legend::{LEGEND_HEIGHT, overview_legend, route_legend};
use crate::exchange::plan_sheet_map::{overview_map, route_map};
use crate::exchange::plan_sheet_words::Words;
use crate::exchange::print::faces::Faces;
use crate::exchange::print::flow::{Flow, Running};
use crate::exchange::print::paper::Type;
use crate::exchange::print::pdf::{PdfFault, pdf};
use crate::exchange::print::table::{Cell, Column};
use crate::patrol::plan::{Finish, MissedKind, PatrolPlan, PatrolRoute, Stop, StopReason};
use crate::patrol::reason::{self, Language, clock};

const FOOTNOTE: Type = Type::soft(8.5);
const TIME: Type = Type::plain(9.5);
const NUMBER: Type = Type::bold(10.5);
const PLACE: Type = Type::plain(9.0);
const WHY: Type = Type::plain(8.5);
const ASIDE: Type = Type::soft(7.5);

/// Why there is no pack.
#[derive(Debug, Error)]
pub enum PackFault {
    /// Only one unit's sheet was asked for.
    #[error(transparent)]
    Route(#[from] NoSuchRoute),
    /// It can't be written.
    #[error(transparent)]
    Pdf(#[from] PdfFault),
}

/// A drawing of the pack, made when its page is written.
#[derive(Debug, Clone, Copy)]
enum Drawing {
    Overview,
    OverviewLegend,
    Route(usize),
    RouteLegend,
}

struct Pack<'a> {
    plan: &'a PatrolPlan,
    ground: &'a SheetGround<'a>,
    language: Language,
    words: &'static Words,
    facts: Facts<'a>,
    drawings: Vec<Drawing>,
}

/// Writes the pack: the whole shift, or the sheet of one unit.
///
/// # Errors
/// [`PackFault`].
pub fn shift_pack(
    plan: &PatrolPlan,
    ground: &SheetGround<'_>,
    language: Language,
    unit: Option<&str>,
    faces: &Faces,
) -> Result<Vec<u8>, PackFault> {
    let words = Words::of(language);
    let facts = Facts::new(plan, ground, language);
    let routes = routes_of(plan, unit)?;
    let mut pack = Pack {
        plan,
        ground,
        language,
        words,
        facts,
        drawings: Vec::new(),
    };
    let name = &ground.district.name;
    let title = format!("{} · {name} · {}", words.pack, facts.shift());
    let running = Running {
        over: format!("{name} · {} · {}", words.pack, facts.shift()),
        stamp: match plan.synthetic {
            true => words.synthetic.to_owned(),
            false => String::new(),
        },
        under: format!("{} {}", words.plan, plan.id),
        number: match language {
            Language::English => |page, all| format!("page {page} of {all}"),
            Language::Chinese => |page, all| format!("第 {page} 页，共 {all} 页"),
        },
    };
    let mut flow = Flow::new(faces, title, words.tag, running);
    if unit.is_none() {
        pack.front(&mut flow);
    }
    for (number, route) in routes {
        pack.unit(&mut flow, number, route);
    }
    if unit.is_none() {
        pack.must_visits(&mut flow);
    }
    let book = flow.finish();
    Ok(pdf(&book, faces, &|number| pack.draw(number))?)
}

impl Pack<'_> {
    /// Keeps a place for a drawing, that high to its width.
    fn place(&mut self, flow: &mut Flow<'_>, drawing: Drawing) {
        let ratio = match drawing {
            Drawing::Overview | Drawing::Route(_) => HEIGHT / WIDTH,
            Drawing::OverviewLegend | Drawing::RouteLegend => LEGEND_HEIGHT / WIDTH,
        };
        flow.drawing(self.drawings.len(), ratio);
        self.drawings.push(drawing);
    }

    /// The drawing of that number as a document of its own.
    fn draw(&self, number: usize) -> String {
        let (words, ground) = (self.words, self.ground);
        let svg = match self.drawings[number] {
            Drawing::Overview => overview_map(self.plan, ground, words),
            Drawing::OverviewLegend => overview_legend(words),
            Drawing::Route(number) => route_map(&self.plan.routes[number], ground, words),
            Drawing::RouteLegend => route_legend(words),
        };
        // Within a page of HTML it needs no namespace.
        svg.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1)
    }

    fn front(&mut self, flow: &mut Flow<'_>) {
        let words = self.words;
        flow.chapter(&self.facts.shift());
        flow.facts(&self.facts.of_all());
        flow.paragraph(self.plan.units_from.sentence(self.language), FOOTNOTE);
        if !self.plan.routes.is_empty() {
            self.place(flow, Drawing::Overview);
            self.place(flow, Drawing::OverviewLegend);
        }
        flow.list(words.not_kept, &self.facts.not_kept());
        flow.list(words.obstacles, &self.facts.obstacles());
        self.units(flow);
        flow.list(words.figures, &self.facts.figures());
        flow.gap(4.0);
        flow.paragraph(words.of_places, FOOTNOTE);
    }

    fn units(&self, flow: &mut Flow<'_>) {
        let (words, zone) = (self.words, self.ground.zone);
        let columns = [
            Column::text(words.unit, 30.0),
            Column::numbers(words.stops, 11.0),
            Column::text(words.first, 17.0),
            Column::text(words.last, 21.0),
            Column::numbers(words.distance, 15.0),
            Column::numbers(words.driving, 15.0),
        ];
        let time = |at: Option<Timestamp>| at.map_or_else(|| "–".into(), |at| clock(at, zone));
        let row = |route: &PatrolRoute| {
            vec![
                Cell::of(Type::bold(9.5), route.call_sign.clone()),
                Cell::of(TIME, route.stops.len().to_string()),
                Cell::of(TIME, time(route.stops.first().map(|s| s.arrival))),
                Cell::of(TIME, time(route.stops.last().map(|s| s.departure))),
                Cell::of(TIME, self.facts.kilometres(route.length.0)),
                Cell::of(TIME, self.facts.minutes(route.driving.0)),
            ]
        };
        let rows: Vec<Vec<Cell>> = self.plan.routes.iter().map(row).collect();
        if !rows.is_empty() {
            flow.heading(words.units);
            flow.table(&columns, &rows);
        }
    }

    fn unit(&mut self, flow: &mut Flow<'_>, number: usize, route: &PatrolRoute) {
        let words = self.words;
        flow.chapter(&route.call_sign);
        flow.facts(&self.facts.of_unit(route));
        self.place(flow, Drawing::Route(number));
        self.place(flow, Drawing::RouteLegend);
        if route.stops.is_empty() && route.finish.is_none() {
            flow.paragraph(words.no_stop, TIME);
        } else {
            let columns = [
                Column::text(words.number, 7.0),
                Column::text(words.arrive, 13.0),
                Column::text(words.leave, 10.0),
                Column::numbers(words.drive, 14.0),
                Column::text(words.place, 30.0),
                Column::text(words.reason, 46.0),
                Column::text(words.done, 8.0),
            ];
            let mut rows: Vec<Vec<Cell>> = route.stops.iter().map(|it| self.stop(it)).collect();
            rows.extend(route.finish.iter().map(|it| self.finish(it)));
            flow.table(&columns, &rows);
        }
        flow.notes(words.notes);
        flow.paragraph(words.of_places, FOOTNOTE);
    }

    fn stop(&self, stop: &Stop) -> Vec<Cell> {
        let (words, zone) = (self.words, self.ground.zone);
        let mut arrive = vec![(TIME, clock(stop.arrival, zone))];
        let wait = |at| (ASIDE, format!("{} {}", words.wait_until, clock(at, zone)));
        arrive.extend(stop.begins.map(wait));
        let why = reason::of_stop(stop, self.plan.window, zone, self.language);
        let asides = reason::of_adds(stop, self.language).into_iter();
        let asides = asides.chain(reason::of_instead(stop, self.language));
        let mut texts = vec![(WHY, why)];
        texts.extend(asides.map(|line| (ASIDE, line)));
        vec![
            Cell::of(NUMBER, stop.number.to_string()),
            Cell::Texts(arrive),
            Cell::of(TIME, clock(stop.departure, zone)),
            Cell::of(TIME, whole_minutes(stop.drive.0)),
            Cell::of(PLACE, stop.label.clone()),
            Cell::Texts(texts),
            Cell::Tick,
        ]
    }

    fn finish(&self, finish: &Finish) -> Vec<Cell> {
        let words = self.words;
        vec![
            Cell::of(NUMBER, "■"),
            Cell::of(TIME, clock(finish.arrival, self.ground.zone)),
            Cell::of(TIME, ""),
            Cell::of(TIME, whole_minutes(finish.drive.0)),
            Cell::of(PLACE, finish.label.clone()),
            Cell::of(WHY, words.end_of_shift),
            Cell::Tick,
        ]
    }

    /// The must-visits of all units in order of arrival, then those that are not kept.
    fn must_visits(&self, flow: &mut Flow<'_>) {
        let (words, zone) = (self.words, self.ground.zone);
        flow.chapter(words.must_visit_chapter);
        let due = |from, until| format!("{}–{}", clock(from, zone), clock(until, zone));
        let mut rows: Vec<(Timestamp, Vec<Cell>)> = Vec::new();
        for route in &self.plan.routes {
            for stop in &route.stops {
                let StopReason::MustVisit { from, until } = stop.reason else {
                    continue;
                };
                let row = vec![
                    Cell::of(TIME, clock(stop.arrival, zone)),
                    Cell::of(TIME, due(from, until)),
                    Cell::of(PLACE, stop.label.clone()),
                    Cell::of(Type::bold(9.0), route.call_sign.clone()),
                    Cell::of(TIME, stop.number.to_string()),
                    Cell::Tick,
                ];
                rows.push((stop.arrival, row));
            }
        }
        rows.sort_by_key(|(arrival, _)| *arrival);
        let rows: Vec<Vec<Cell>> = rows.into_iter().map(|(_, row)| row).collect();
        if rows.is_empty() {
            flow.paragraph(words.none_due, TIME);
        } else {
            let columns = [
                Column::text(words.arrive, 11.0),
                Column::text(words.due, 20.0),
                Column::text(words.place, 50.0),
                Column::text(words.unit, 28.0),
                Column::numbers(words.number, 9.0),
                Column::text(words.done, 9.0),
            ];
            flow.table(&columns, &rows);
        }
        let missed = self.plan.missed.iter();
        let missed: Vec<String> = missed
            .filter(|it| it.kind == MissedKind::MustVisit)
            .map(|it| reason::of_missed(it, zone, self.language))
            .collect();
        flow.list(words.not_kept, &missed);
    }
}
