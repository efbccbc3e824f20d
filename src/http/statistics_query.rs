//! A planner's question, from an address. What patrols discovered is not asked for here:
//! that override is for the prompt, where it is logged.

use crate::app::session::DEFAULT_RESOLUTION;
use crate::app::session::snapshot::Snapshot;
use crate::app::statistics::Question;
use crate::app::statistics::before_after::BeforeAfterQuestion;
use crate::app::statistics::concentration::ConcentrationQuestion;
use crate::app::statistics::fairness::FairnessQuestion;
use crate::app::statistics::hot_spots::HotSpotsQuestion;
use crate::app::statistics::near_repeat::NearRepeatQuestion;
use crate::app::statistics::report::Shape;
use crate::app::statistics::selection::Selection;
use crate::app::statistics::unusual::UnusualQuestion;
use crate::app::statistics::year_on_year::YearOnYearQuestion;
use crate::calendar::text::parse_window;
use crate::calendar::window::Window;
use crate::grid::hexgrid::{COARSEST, FINEST};
use crate::http::incident_filter::{area, hours, known_beats};
use crate::http::incidents::known_categories;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::http::risk_query::RiskChoice;
use crate::risk::statistics::knox::KnoxQuestion;
use crate::risk::statistics::permutation::MOST_PERMUTATIONS;

/// Longest period, days: 60 years.
const MOST_DAYS: f64 = 21_915.0;

/// Most shuffles of near repeats for who asks over the wire: each costs time.
const MOST_SHUFFLES: u32 = 999;

/// Most areas in one part of a comparison.
const MOST_AREAS: usize = 200;

/// Longest name, text or id looked at.
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
        let detail = format!("format must be json, csv or svg, not {}", quoted(&text));
        Problem::parameter("format", detail)
    })
}

/// `/api/statistics/hot-spots`.
///
/// # Errors
/// [`Problem`].
pub fn hot_spots(query: &mut Query, snapshot: &Snapshot) -> Result<Question, Problem> {
    Ok(Question::HotSpots(HotSpotsQuestion {
        selection: selection(query, snapshot)?,
        resolution: resolution(query)?,
        permutations: query
            .within("permutations", 1, MOST_PERMUTATIONS)?
            .unwrap_or(999),
        seed: seed(query)?,
    }))
}

/// `/api/statistics/near-repeat`.
///
/// # Errors
/// [`Problem`].
pub fn near_repeat(query: &mut Query, snapshot: &Snapshot) -> Result<Question, Problem> {
    let usual = KnoxQuestion::default();
    Ok(Question::NearRepeat(NearRepeatQuestion {
        selection: selection(query, snapshot)?,
        knox: KnoxQuestion {
            space_m: edges(query, "metres")?.unwrap_or(usual.space_m),
            time_days: edges(query, "days")?.unwrap_or(usual.time_days),
            permutations: query
                .within("permutations", 1, MOST_SHUFFLES)?
                .unwrap_or(usual.permutations),
            seed: seed(query)?,
        },
    }))
}

/// `/api/statistics/year-on-year`.
///
/// # Errors
/// [`Problem`].
pub fn year_on_year(query: &mut Query, snapshot: &Snapshot) -> Result<Question, Problem> {
    Ok(Question::YearOnYear(YearOnYearQuestion {
        selection: selection(query, snapshot)?,
        earlier: period(query, "against", snapshot)?,
    }))
}

/// `/api/statistics/before-after`.
///
/// # Errors
/// [`Problem`].
pub fn before_after(query: &mut Query, snapshot: &Snapshot) -> Result<Question, Problem> {
    let needed = |name: &str, window: Option<Window>| {
        window.ok_or_else(|| {
            Problem::parameter(
                name,
                format!("{name} is missing; write START/END in ISO 8601"),
            )
        })
    };
    let before = needed("before", period(query, "before", snapshot)?)?;
    let after = needed("after", period(query, "after", snapshot)?)?;
    Ok(Question::BeforeAfter(BeforeAfterQuestion {
        selection: Selection {
            period: None,
            categories: known_categories(query.many("category"), snapshot)?,
            hours: hours(query)?,
            ..Selection::default()
        },
        before,
        after,
        treated: areas(query, "treated")?,
        control: areas(query, "control")?,
        buffer: areas(query, "buffer")?,
        buffer_control: areas(query, "buffer_control")?,
    }))
}

/// `/api/statistics/unusual`.
///
/// # Errors
/// [`Problem`].
pub fn unusual(query: &mut Query, snapshot: &Snapshot) -> Result<Question, Problem> {
    Ok(Question::Unusual(UnusualQuestion {
        selection: selection(query, snapshot)?,
        window_days: query.within("window_days", 1, 366)?.unwrap_or(7),
    }))
}

/// `/api/statistics/concentration`.
///
/// # Errors
/// [`Problem`].
pub fn concentration(query: &mut Query, snapshot: &Snapshot) -> Result<Question, Problem> {
    Ok(Question::Concentration(ConcentrationQuestion {
        selection: selection(query, snapshot)?,
        resolution: resolution(query)?,
    }))
}

/// `/api/statistics/fairness`: the parameters of `/api/risk`.
///
/// # Errors
/// [`Problem`].
pub fn fairness(query: &mut Query, snapshot: &Snapshot) -> Result<Question, Problem> {
    Ok(Question::Fairness(FairnessQuestion {
        forecast: RiskChoice::of_query(query)?.request(snapshot)?,
        population: Default::default(),
    }))
}

fn selection(query: &mut Query, snapshot: &Snapshot) -> Result<Selection, Problem> {
    Ok(Selection {
        period: period(query, "period", snapshot)?,
        categories: known_categories(query.many("category"), snapshot)?,
        hours: hours(query)?,
        beats: known_beats(query.many("beat"), snapshot)?,
        area: area(query)?,
        include_patrol_discovered: false,
    })
}

fn period(
    query: &mut Query,
    name: &'static str,
    snapshot: &Snapshot,
) -> Result<Option<Window>, Problem> {
    let Some(text) = query.text(name)? else {
        return Ok(None);
    };
    if text.len() > LONGEST {
        return Err(Problem::parameter(
            name,
            format!("{} is no period: it is too long", quoted(&text)),
        ));
    }
    let window = parse_window(&text, &snapshot.shifts, &snapshot.zone, snapshot.today())
        .map_err(|fault| Problem::parameter(name, fault))?;
    if window.length().0 > MOST_DAYS * 86_400.0 {
        return Err(Problem::parameter(
            name,
            "a period is at most 60 years long",
        ));
    }
    Ok(Some(window))
}

fn resolution(query: &mut Query) -> Result<u8, Problem> {
    let wanted = query.within("resolution", u32::from(COARSEST), u32::from(FINEST))?;
    Ok(wanted
        .and_then(|r| u8::try_from(r).ok())
        .unwrap_or(DEFAULT_RESOLUTION))
}

fn seed(query: &mut Query) -> Result<u64, Problem> {
    let seed = query.within("seed", 0, u32::MAX)?;
    Ok(u64::from(seed.unwrap_or(1)))
}

fn edges(query: &mut Query, name: &'static str) -> Result<Option<Vec<f64>>, Problem> {
    let Some(text) = query.text(name)? else {
        return Ok(None);
    };
    let numbers: Result<Vec<f64>, _> = text.split(',').take(20).map(|n| n.trim().parse()).collect();
    numbers.map(Some).map_err(|_| {
        let detail = format!(
            "{name} must be numbers with commas between, not {}",
            quoted(&text)
        );
        Problem::parameter(name, detail)
    })
}

fn areas(query: &mut Query, name: &'static str) -> Result<Vec<String>, Problem> {
    let mut ids = query.many(name);
    ids.retain(|id| !id.is_empty());
    ids.sort();
    ids.dedup();
    if ids.len() > MOST_AREAS || ids.iter().any(|id| id.len() > LONGEST) {
        return Err(Problem::parameter(
            name,
            format!("{name} names at most {MOST_AREAS} areas by their ids"),
        ));
    }
    Ok(ids)
}
