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
use crate::exchange::plan_sheet_facts::{Facts, whole_minutes};
use crate::exchange::plan_sheet_map::{overview_map, route_map};
use crate::exchange::plan_sheet_words::Words;
use crate::patrol::plan::{Finish, PatrolPlan, PatrolRoute, Stop, StopReason};
use crate::patrol::reason::{self, Language, clock};
use crate::place::district::District;

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
        facts: Facts::new(plan, ground, language),
    };
    let routes = routes_of(plan, unit)?;
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

/// The routes of a plan with their numbers: all, or that of one unit.
///
/// # Errors
/// [`NoSuchRoute`] where the plan has no route for the unit.
pub fn routes_of<'a>(
    plan: &'a PatrolPlan,
    unit: Option<&str>,
) -> Result<Vec<(usize, &'a PatrolRoute)>, NoSuchRoute> {
    let mut numbered = plan.routes.iter().enumerate();
    let Some(id) = unit else {
        return Ok(numbered.collect());
    };
    let known = || {
        let ids: Vec<&str> = plan.routes.iter().map(|r| r.unit.as_str()).collect();
        ids.join(", ")
    };
    let found = numbered.find(|(_, route)| route.unit.as_str() == id);
    Ok(vec![found.ok_or_else(|| NoSuchRoute {
        unit: id.to_owned(),
        known: known(),
    })?])
}

struct Sheet<'a> {
    plan: &'a PatrolPlan,
    ground: &'a SheetGround<'a>,
    language: Language,
    words: &'static Words,
    facts: Facts<'a>,
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
            self.facts.shift(),
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

    fn front(&self, html: &mut String) {
        let (plan, words) = (self.plan, self.words);
        html.push_str("<section>");
        self.header(html, &self.facts.shift());
        let facts = self.facts.of_all();
        definitions(html, &facts);
        let _ = write!(
            html,
            "<p class=\"foot\">{}</p>",
            escaped(plan.units_from.sentence(self.language))
        );

        list(html, words.not_kept, &self.facts.not_kept());
        list(html, words.obstacles, &self.facts.obstacles());

        self.overview(html);
        list(html, words.figures, &self.facts.figures());
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
                self.facts.kilometres(route.length.0),
                self.facts.minutes(route.driving.0),
            );
        }
        html.push_str("</tbody></table>");
    }

    fn unit(&self, html: &mut String, number: usize, route: &PatrolRoute) {
        let words = self.words;
        let _ = write!(html, "<section id=\"unit-{number}\">");
        self.header(html, &route.call_sign);
        let facts = self.facts.of_unit(route);
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
            escaped(&whole_minutes(stop.drive.0)),
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
            escaped(&whole_minutes(finish.drive.0)),
            words.minutes,
            escaped(&finish.label),
            words.end_of_shift,
            words.done,
            words.finish,
        );
    }
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
