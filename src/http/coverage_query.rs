//! A question about coverage, from an address.

use crate::app::coverage::ground::{CoverageRequest, rings};
use crate::app::coverage::report::Shape;
use crate::app::coverage::siting::SitingKind;
use crate::app::coverage::{MOST_SITES, Question, USUAL_MOVES};
use crate::app::session::snapshot::Snapshot;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::http::risk_query::RiskChoice;

/// The rings where none are asked for, minutes.
const USUAL_MINUTES: [f64; 3] = [1.0, 3.0, 5.0];

/// Most units and moves looked at.
const MOST_UNITS: u32 = 1_000;
const MOST_MOVES: u32 = 50;

/// Longest list of rings looked at, characters.
const LONGEST: usize = 200;

/// `json` where absent.
///
/// # Errors
/// [`Problem`].
pub fn shape(query: &mut Query) -> Result<Shape, Problem> {
    let Some(text) = query.text("format")? else {
        return Ok(Shape::Json);
    };
    let known = Shape::WORDS.iter().find(|(_, word)| *word == text);
    known.map(|(shape, _)| *shape).ok_or_else(|| {
        let detail = format!("format must be json or geojson, not {}", quoted(&text));
        Problem::parameter("format", detail)
    })
}

/// `/api/coverage`.
///
/// # Errors
/// [`Problem`].
pub fn cover(query: &mut Query, snapshot: &Snapshot) -> Result<Question, Problem> {
    Ok(Question::Cover(request(query, snapshot)?))
}

/// `/api/coverage/stand`.
///
/// # Errors
/// [`Problem`].
pub fn stand(query: &mut Query, snapshot: &Snapshot) -> Result<Question, Problem> {
    let moves = query.within("moves", 0, MOST_MOVES)?;
    let moves = moves.map_or(USUAL_MOVES, |moves| moves as usize);
    Ok(Question::Stand(request(query, snapshot)?, moves))
}

/// `/api/coverage/siting`.
///
/// # Errors
/// [`Problem`].
pub fn siting(query: &mut Query, snapshot: &Snapshot) -> Result<Question, Problem> {
    let what = query.text("what")?.unwrap_or_default();
    let known = SitingKind::WORDS.iter().find(|(_, word)| *word == what);
    let kind = known.map(|(kind, _)| *kind).ok_or_else(|| {
        let detail = format!("what must be posts or pillars, not {}", quoted(&what));
        Problem::parameter("what", detail)
    })?;
    let count = query.within("count", 1, MOST_SITES as u32)?.unwrap_or(5);
    Ok(Question::Siting(
        request(query, snapshot)?,
        kind,
        count as usize,
    ))
}

fn request(query: &mut Query, snapshot: &Snapshot) -> Result<CoverageRequest, Problem> {
    let units = query.within("units", 0, MOST_UNITS)?.map(|n| n as usize);
    let named: Vec<String> = match query.text("named")? {
        Some(text) => text.split(',').map(|name| name.trim().to_owned()).collect(),
        None => Vec::new(),
    };
    if named.len() > MOST_UNITS as usize {
        let detail = format!("named may hold at most {MOST_UNITS} units");
        return Err(Problem::parameter("named", detail));
    }
    let busy = query.parsed::<f64>("busy", "a number from 0 to below 1")?;
    let minutes = minutes(query)?;
    rings(&minutes, 0.0).map_err(|fault| Problem::parameter("minutes", fault))?;
    if let Some(busy) = busy {
        rings(&minutes, busy).map_err(|fault| Problem::parameter("busy", fault))?;
    }
    let risk = RiskChoice::of_query(query)?.request(snapshot)?;
    if risk.resolution < 8 {
        let detail = "resolution must be 8 to 11: coarser cells are wider than the rings";
        return Err(Problem::parameter("resolution", detail));
    }
    Ok(CoverageRequest {
        risk,
        minutes,
        units,
        named,
        busy,
    })
}

fn minutes(query: &mut Query) -> Result<Vec<f64>, Problem> {
    let Some(text) = query.text("minutes")? else {
        return Ok(USUAL_MINUTES.to_vec());
    };
    let fault = || {
        let detail = format!("minutes must be numbers like 1,3,5, not {}", quoted(&text));
        Problem::parameter("minutes", detail)
    };
    if text.len() > LONGEST {
        return Err(fault());
    }
    let parts = text.split(',').map(|part| part.trim().parse::<f64>());
    parts.collect::<Result<Vec<f64>, _>>().map_err(|_| fault())
}
