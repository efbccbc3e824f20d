//! A route sheet: a patrol plan as a page to print, in English or Chinese. A front page for
//! the shift, then a page or more for each unit with a map drawing and a table to tick off.
//!
//! One file of HTML with its style and drawings inside, no script and nothing from elsewhere:
//! it is sent on, opened on phones and printed in black and white. Whatever people have
//! named goes through [`escaped`].

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::exchange::basemap_tile::BasemapIndex;
use crate::exchange::cell_map_svg::escaped;
use crate::exchange::plan_sheet_map::{overview_map, route_map};
use crate::exchange::plan_sheet_words::Words;
use crate::patrol::feasible_words::{cause, remedy};
use crate::patrol::objective::report_words::{kept, report_lines};
use crate::patrol::objective::rhythm::rhythm_lines;
use crate::patrol::plan::{Finish, MissedKind, PatrolPlan, PatrolRoute, Stop, StopReason};
use crate::patrol::reason::{self, Language, clock};
use crate::place::district::District;

/// What risk models are called on the page in 简体中文.
const MODELS_ZH: [(&str, &str); 7] = [
    ("count", "计数"),
    ("kde", "核密度"),
    ("adaptive_kde", "自适应核密度"),
    ("prospective", "近重复"),
    ("hawkes", "霍克斯"),
    ("risk_terrain", "风险地形"),
    ("mixture", "混合"),
];

const STYLE: &str = include_str!("plan_sheet.css");

/// What a sheet is drawn on.
#[derive(Debug, Clone, Copy)]
pub struct SheetGround<'a> {
    /// Its name and boundary.
    pub district: &'a District,
    /// Times are this zone's.
    pub zone: &'a TimeZone,
    /// Streets and water; empty where none were imported.
    pub basemap: &'a BasemapIndex,
}

/// There is no route of that unit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the plan has no route for the unit {unit:?}; it has routes for: {known}")]
pub struct NoSuchRoute {
    /// The id that was asked for.
    pub unit: String,
    /// Ids that the plan has.
    pub known: String,
}

/// Writes the sheet: the whole shift, or the page of one unit.
///
/// # Errors
/// [`NoSuchRoute`] where the plan has no route for the unit.
pub fn plan_sheet(
    plan: &PatrolPlan,
    ground: &SheetGround<'_>,
    language: Language,
    unit: Option<&str>,
) -> Result<String, NoSuchRoute> {
    let sheet = Sheet {
        plan,
        ground,
        language,
        words: Words::of(language),
    };
    let routes: Vec<(usize, &PatrolRoute)> = match unit {
        None => plan.routes.iter().enumerate().collect(),
        Some(id) => {
            let mut numbered = plan.routes.iter().enumerate();
            let found = numbered.find(|(_, r)| r.unit.as_str() == id);
            vec![found.ok_or_else(|| NoSuchRoute {
                unit: id.to_owned(),
                known: known(plan),
            })?]
        }
    };
    let mut html = sheet.head();
    if unit.is_none() {
        sheet.front(&mut html);
    }
    for (number, route) in routes {
        sheet.unit(&mut html, number, route);
    }
    html.push_str("</main></body></html>\n");
    Ok(html)
}

fn known(plan: &PatrolPlan) -> String {
    let ids: Vec<&str> = plan.routes.iter().map(|r| r.unit.as_str()).collect();
    ids.join(", ")
}

struct Sheet<'a> {
    plan: &'a PatrolPlan,
    ground: &'a SheetGround<'a>,
    language: Language,
    words: &'static Words,
}

impl Sheet<'_> {
    fn head(&self) -> String {
        format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <title>{} · {} · {}</title><style>{STYLE}</style></head><body><main>\n",
            self.words.tag,
            self.words.title,
            escaped(&self.ground.district.name),
            self.shift(),
        )
    }

    /// What stands over each page.
    fn header(&self, html: &mut String, title: &str) {
        let made_up = if self.plan.synthetic {
            format!("<p class=\"made-up\">{}</p>", self.words.synthetic)
        } else {
            String::new()
        };
        let _ = write!(
            html,
            "<header><div class=\"over\"><p>{} · {}</p>{made_up}</div><h1>{}</h1></header>",
            escaped(&self.ground.district.name),
            self.words.title,
            escaped(title),
        );
    }

    /// What made the plan.
    fn made(&self) -> Vec<(&'static str, String)> {
        let (plan, words) = (self.plan, self.words);
        let risk = &plan.risk;
        vec![
            (words.made_at, self.day_and_time(plan.made_at)),
            (words.model, self.model()),
            (
                words.data_until,
                format!(
                    "{} ({} {})",
                    self.day_and_time(risk.look_back.end()),
                    risk.events,
                    words.data_of
                ),
            ),
            (words.plan, plan.id.to_string()),
        ]
    }

    /// The model, as the page calls it.
    fn model(&self) -> String {
        let name = &self.plan.risk.model;
        let known = match self.language {
            Language::English => None,
            Language::Chinese => MODELS_ZH.iter().find(|(model, _)| model == name),
        };
        known.map_or_else(|| name.clone(), |(_, zh)| (*zh).to_owned())
    }

    fn front(&self, html: &mut String) {
        let (plan, words, zone) = (self.plan, self.words, self.ground.zone);
        html.push_str("<section>");
        self.header(html, &self.shift());
        let stops: usize = plan.routes.iter().map(|r| r.stops.len()).sum();
        let metres: f64 = plan.routes.iter().map(|r| r.length.0).sum();
        let seconds: f64 = plan.routes.iter().map(|r| r.driving.0).sum();
        let missed = plan.missed.iter();
        let missed = missed.filter(|m| m.kind == MissedKind::MustVisit).count();
        let must_visits = match &plan.report {
            Some(report) => format!("{} ({missed} {})", kept(report.must_visits), words.missed),
            None => format!("{missed} {}", words.missed),
        };
        let mut facts = vec![
            (words.units, plan.routes.len().to_string()),
            (words.stops, stops.to_string()),
            (words.distance, self.kilometres(metres)),
            (words.driving, self.minutes(seconds)),
            (words.must_visits, must_visits),
        ];
        facts.extend(self.made());
        definitions(html, &facts);
        let _ = write!(
            html,
            "<p class=\"foot\">{}</p>",
            escaped(plan.units_from.sentence(self.language))
        );

        let mut unmet: Vec<String> = reason::of_too_few(plan, self.language)
            .into_iter()
            .collect();
        let left_out = plan.left_out.iter();
        unmet.extend(left_out.map(|l| reason::of_left_out(l, self.language)));
        unmet.extend(reason::of_all_missed(&plan.missed, zone, self.language));
        list(html, words.not_kept, &unmet);
        let obstacles: Vec<String> = plan
            .obstacles
            .iter()
            .map(|o| self.sentence(&cause(o, zone, self.language), remedy(o, self.language)))
            .collect();
        list(html, words.obstacles, &obstacles);

        self.overview(html);
        if let Some(report) = &plan.report {
            let mut lines = report_lines(report, plan.risk_covered, self.language);
            lines.extend(rhythm_lines(&report.rhythms, zone, self.language));
            list(html, words.figures, &lines);
        }
        let _ = writeln!(html, "<p class=\"foot\">{}</p></section>", words.of_places);
    }

    /// All routes: on a map, then in a table.
    fn overview(&self, html: &mut String) {
        let (words, zone) = (self.words, self.ground.zone);
        if self.plan.routes.len() > 1 {
            let map = overview_map(self.plan, self.ground, words);
            let _ = write!(html, "<div class=\"map\">{map}</div>");
        }
        let _ = write!(
            html,
            "<table class=\"units\"><thead><tr><th scope=\"col\">{}</th>\
             <th scope=\"col\" class=\"n\">{}</th><th scope=\"col\" class=\"t\">{}</th>\
             <th scope=\"col\" class=\"t\">{}</th><th scope=\"col\" class=\"n wide\">{}</th>\
             <th scope=\"col\" class=\"n wide\">{}</th></tr></thead><tbody>",
            words.unit, words.stops, words.first, words.last, words.distance, words.driving,
        );
        for (number, route) in self.plan.routes.iter().enumerate() {
            let time = |at: Option<Timestamp>| at.map_or_else(|| "–".into(), |at| clock(at, zone));
            let _ = write!(
                html,
                "<tr><th scope=\"row\"><a href=\"#unit-{number}\">{}</a></th><td class=\"n\">{}</td>\
                 <td class=\"t\">{}</td><td class=\"t\">{}</td><td class=\"n wide\">{}</td>\
                 <td class=\"n wide\">{}</td></tr>",
                escaped(&route.call_sign),
                route.stops.len(),
                time(route.stops.first().map(|s| s.arrival)),
                time(route.stops.last().map(|s| s.departure)),
                self.kilometres(route.length.0),
                self.minutes(route.driving.0),
            );
        }
        html.push_str("</tbody></table>");
    }

    fn unit(&self, html: &mut String, number: usize, route: &PatrolRoute) {
        let words = self.words;
        let _ = write!(html, "<section id=\"unit-{number}\">");
        self.header(html, &route.call_sign);
        let mut facts = vec![
            (words.shift, self.shift()),
            (
                words.stops,
                format!(
                    "{} · {} · {}",
                    route.stops.len(),
                    self.kilometres(route.length.0),
                    self.minutes(route.driving.0)
                ),
            ),
        ];
        facts.extend(self.made());
        definitions(html, &facts);
        let _ = write!(
            html,
            "<div class=\"map\">{}</div><p class=\"legend\"><span><i></i>{}</span>\
             <span><i class=\"must\"></i>{}</span><span><i class=\"rest\"></i>{}</span>\
             <span>▲ {}</span><span>■ {}</span></p>",
            route_map(route, self.ground, words),
            words.risk_stop,
            words.must_visit,
            words.rest,
            words.start,
            words.finish,
        );
        if route.stops.is_empty() && route.finish.is_none() {
            let _ = write!(html, "<p>{}</p>", words.no_stop);
        } else {
            self.stops(html, route);
        }
        let _ = writeln!(
            html,
            "<p class=\"notes\">{}</p><p class=\"foot\">{}</p></section>",
            words.notes, words.of_places
        );
    }

    fn stops(&self, html: &mut String, route: &PatrolRoute) {
        let words = self.words;
        let _ = write!(
            html,
            "<table class=\"stops\"><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>\
             <th scope=\"col\">{}</th><th scope=\"col\" class=\"n\">{}</th><th scope=\"col\">{}</th>\
             <th scope=\"col\">{}</th><th scope=\"col\" class=\"tick\">{}</th></tr></thead><tbody>",
            words.number,
            words.arrive,
            words.leave,
            words.drive,
            words.place,
            words.reason,
            words.done,
        );
        for stop in &route.stops {
            self.stop(html, stop);
        }
        if let Some(finish) = &route.finish {
            self.finish(html, finish);
        }
        html.push_str("</tbody></table>");
    }

    fn stop(&self, html: &mut String, stop: &Stop) {
        let (words, zone) = (self.words, self.ground.zone);
        let wait = stop.begins.map_or_else(String::new, |at| {
            format!("<small>{} {}</small>", words.wait_until, clock(at, zone))
        });
        let class = match stop.reason {
            StopReason::MustVisit { .. } => "stop must",
            _ => "stop",
        };
        let number = stop.number;
        let _ = write!(
            html,
            "<tr class=\"{class}\"><th scope=\"row\">{number}</th><td class=\"t\">{}{wait}</td>\
             <td class=\"t\">{}</td><td class=\"n\">{} <small>{}</small></td>\
             <td class=\"where\">{}</td><td class=\"why\">{}</td>\
             <td class=\"tick\"><input type=\"checkbox\" aria-label=\"{} {number}\"></td></tr>",
            clock(stop.arrival, zone),
            clock(stop.departure, zone),
            whole_minutes(stop.drive.0),
            words.minutes,
            escaped(&stop.label),
            self.why(stop),
            words.done,
        );
    }

    /// Why a stop is there; what it adds and what was dropped for it in small print.
    fn why(&self, stop: &Stop) -> String {
        let zone = self.ground.zone;
        let mut html = escaped(&reason::of_stop(
            stop,
            self.plan.window,
            zone,
            self.language,
        ));
        let adds = reason::of_adds(stop, self.language).into_iter();
        for line in adds.chain(reason::of_instead(stop, self.language)) {
            let _ = write!(html, "<small>{}</small>", escaped(&line));
        }
        html
    }

    fn finish(&self, html: &mut String, finish: &Finish) {
        let words = self.words;
        let _ = write!(
            html,
            "<tr class=\"stop\"><th scope=\"row\">■</th><td class=\"t\">{}</td><td></td>\
             <td class=\"n\">{} <small>{}</small></td><td class=\"where\">{}</td>\
             <td class=\"why\">{}</td>\
             <td class=\"tick\"><input type=\"checkbox\" aria-label=\"{} {}\"></td></tr>",
            clock(finish.arrival, self.ground.zone),
            whole_minutes(finish.drive.0),
            words.minutes,
            escaped(&finish.label),
            words.end_of_shift,
            words.done,
            words.finish,
        );
    }

    /// `2026-10-31 22:00 – 06:00`, both days where it lasts longer than one.
    fn shift(&self) -> String {
        let (from, until) = (self.plan.window.start(), self.plan.window.end());
        let within_a_day = until.as_second() - from.as_second() <= 86_400;
        let end = if within_a_day {
            clock(until, self.ground.zone)
        } else {
            self.day_and_time(until)
        };
        format!("{} – {end}", self.day_and_time(from))
    }

    fn day_and_time(&self, at: Timestamp) -> String {
        let local = self.ground.zone.to_datetime(at);
        local.strftime("%Y-%m-%d %H:%M").to_string()
    }

    fn kilometres(&self, metres: f64) -> String {
        format!("{:.1} {}", metres / 1000.0, self.words.kilometres)
    }

    fn minutes(&self, seconds: f64) -> String {
        format!("{:.0} {}", seconds / 60.0, self.words.minutes)
    }

    fn sentence(&self, cause: &str, remedy: &str) -> String {
        match (self.language, remedy) {
            (_, "") => cause.to_owned(),
            (Language::English, _) => format!("{cause}; {remedy}"),
            (Language::Chinese, _) => format!("{cause}；{remedy}"),
        }
    }
}

/// Minutes as one reads them at the wheel.
fn whole_minutes(seconds: f64) -> String {
    if seconds < 30.0 {
        return "&lt; 1".into();
    }
    format!("{:.0}", seconds / 60.0)
}

fn definitions(html: &mut String, facts: &[(&str, String)]) {
    html.push_str("<dl>");
    for (name, value) in facts {
        let _ = write!(
            html,
            "<div><dt>{name}</dt><dd>{}</dd></div>",
            escaped(value)
        );
    }
    html.push_str("</dl>");
}

fn list(html: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = write!(html, "<h2>{title}</h2><ul>");
    for line in lines {
        let _ = write!(html, "<li>{}</li>", escaped(line));
    }
    html.push_str("</ul>");
}

#[cfg(test)]
#[path = "plan_sheet_tests.rs"]
mod tests;
