//! Planners' drafts of beats and zones: edited, checked, joined with another's, published.
//! What needs the store is in the session; here is what is computed on areas.

use thiserror::Error;

use crate::app::zones::report::ZonesReport;
use crate::exchange::import::personal::pattern_of;
use crate::place::area::{Area, RawPolygon};
use crate::place::partition::check::{Checked, check};
use crate::place::partition::draw::draw;
use crate::place::partition::fault::EditFault;
use crate::place::partition::knit::{HAIR_M, JOIN_M, join, knit};
use crate::place::partition::merge::merge;
use crate::place::partition::part::{Part, Point};
use crate::place::partition::recut::recut;
use crate::place::partition::scenario::AreaLayer;
use crate::place::partition::split::{place_of, split};
use crate::place::partition::vertex::{add_corner, move_corners, remove_corner};

/// Longest name or reason, characters.
pub const MOST_TEXT: usize = 200;

/// Why nothing was done with a draft.
#[derive(Debug, Clone, Error)]
pub enum ScenarioFault {
    /// The workspace may only be read.
    #[error("{0}")]
    ReadOnly(String),
    /// No such draft.
    #[error("there is no scenario {0:?}; /api/scenarios lists them")]
    Unknown(String),
    /// No such version.
    #[error("there is no version {0}; /api/beats/versions lists them")]
    UnknownVersion(u64),
    /// Somebody saved in between.
    #[error(
        "somebody saved this scenario in between: it is version {now}, not {asked}; fetch it, join both with /api/scenarios/{{id}}/merge, and save again"
    )]
    Stale {
        /// The version that there is now.
        now: u64,
        /// The version that the edit is of.
        asked: u64,
    },
    /// Somebody published in between.
    #[error(
        "somebody published in between: version {now} is in force, the draft began from {asked}; join both with /api/scenarios/{{id}}/merge, save, and publish again"
    )]
    PublishedMeanwhile {
        /// The version in force.
        now: u64,
        /// The version that the draft is of.
        asked: u64,
    },
    /// There is nothing to draw on.
    #[error("the workspace has no {0}: import some with --as {0}")]
    NoAreas(&'static str),
    /// A name or a reason that can't be shown.
    #[error("{field} needs 1 to {MOST_TEXT} characters without line breaks")]
    Text {
        /// `name` or `reason`.
        field: &'static str,
    },
    /// A name or a reason that tells of a person.
    #[error("{field} looks like one of {what}: nothing of a person is kept")]
    Personal {
        /// `name` or `reason`.
        field: &'static str,
        /// What it looks like.
        what: &'static str,
    },
    /// An edit that can't be made.
    #[error(transparent)]
    Edit(#[from] EditFault),
    /// A draft that may not be published.
    #[error(
        "the draft has {count} faults, the first: {first}; /api/scenarios/{{id}}/check lists them with their places"
    )]
    Faulty {
        /// How many.
        count: usize,
        /// The largest, in words.
        first: String,
    },
    /// A draft that is what is in force.
    #[error("the draft is what is in force already: there is nothing to publish")]
    NothingNew,
}

/// One edit of a draft.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Split an area by a line.
    Split {
        /// Which.
        id: String,
        /// The line.
        line: Vec<Point>,
    },
    /// Merge neighbours; the first keeps its name.
    Merge {
        /// Which.
        ids: Vec<String>,
    },
    /// Draw a new area; the others give up the ground.
    Draw {
        /// Its name.
        name: String,
        /// Its ring, closed.
        ring: Vec<Point>,
    },
    /// Move corners on all sides.
    Move {
        /// From where to where.
        moves: Vec<(Point, Point)>,
    },
    /// Put a corner between two.
    Add {
        /// The two.
        between: (Point, Point),
        /// Where.
        at: Point,
    },
    /// Take a corner away.
    Remove {
        /// Which.
        at: Point,
    },
    /// Another name.
    Rename {
        /// Which.
        id: String,
        /// The name.
        name: String,
    },
    /// Take a zone away; beats are merged instead.
    Delete {
        /// Which.
        id: String,
    },
    /// Join corners that are nearer than a metre.
    Join,
}

/// Does an edit; corners that were put on straight borders are on both sides.
///
/// # Errors
/// [`ScenarioFault`].
pub fn edited(parts: &[Part], layer: AreaLayer, edit: &Edit) -> Result<Vec<Part>, ScenarioFault> {
    let cover = layer.covers();
    Ok(match edit {
        Edit::Split { id, line } => split(parts, id, line)?,
        Edit::Merge { ids } => merge(parts, ids)?,
        Edit::Draw { name, ring } => {
            let drawn = draw(parts, ring, text("name", name)?, cover)?;
            join(&drawn, HAIR_M)
        }
        Edit::Move { moves } => move_corners(parts, moves, cover)?,
        Edit::Add { between, at } => add_corner(parts, *between, *at, cover)?,
        Edit::Remove { at } => remove_corner(parts, *at, cover)?,
        Edit::Rename { id, name } => {
            let (at, name) = (place_of(parts, id)?, text("name", name)?);
            if parts.iter().any(|part| part.name == name && part.id != *id) {
                return Err(EditFault::NameTaken(name.to_owned()).into());
            }
            let mut all = parts.to_vec();
            all[at].name = name.to_owned();
            all
        }
        Edit::Delete { id } => {
            let at = place_of(parts, id)?;
            if cover {
                return Err(EditFault::MergeOfOne.into());
            }
            let mut all = parts.to_vec();
            all.remove(at);
            all
        }
        Edit::Join => join(parts, JOIN_M),
    })
}

/// A draft of even zones as areas with shared borders: the outer border and what is locked
/// stay as they are.
///
/// # Errors
/// [`ScenarioFault::Edit`].
pub fn balanced(
    parts: &[Part],
    report: &ZonesReport,
    locked: &[String],
) -> Result<Vec<Part>, ScenarioFault> {
    let zones: Vec<Part> = report
        .features
        .iter()
        .filter_map(|feature| {
            let text = |name: &str| feature["properties"][name].as_str().map(str::to_owned);
            let rings = feature["geometry"]["coordinates"].clone();
            let polygons: Vec<RawPolygon> = match feature["geometry"]["type"].as_str() {
                Some("Polygon") => vec![serde_json::from_value(rings).ok()?],
                _ => serde_json::from_value(rings).ok()?,
            };
            Some(Part {
                id: text("id")?,
                name: text("name")?,
                station: text("station"),
                area: Area::from_rings(&polygons).ok()?,
            })
        })
        .collect();
    let mut all = recut(parts, &zones, locked)?;
    // An area that kept its id keeps its name: most of its ground is still its own.
    for part in &mut all {
        if let Some(was) = parts.iter().find(|was| was.id == part.id) {
            part.name.clone_from(&was.name);
            part.station.clone_from(&was.station);
        }
    }
    Ok(all)
}

/// What is in force as a draft begins with it: borders the same on both sides, digits
/// beyond a centimetre rounded.
pub fn begun_from(parts: &[Part]) -> Vec<Part> {
    knit(parts, HAIR_M)
}

/// What is wrong with a draft that began from a published version.
pub fn checked(parts: &[Part], base: &[Part], layer: AreaLayer) -> Checked {
    check(parts, &begun_from(base), layer.covers())
}

/// Whether a draft may be published.
///
/// # Errors
/// [`ScenarioFault::Faulty`].
pub fn publishable(parts: &[Part], base: &[Part], layer: AreaLayer) -> Result<(), ScenarioFault> {
    let checked = checked(parts, base, layer);
    let mut forbidding = checked.forbidding();
    let Some(first) = forbidding.next() else {
        return Ok(());
    };
    let wrong = serde_json::to_value(first.wrong).unwrap_or_default();
    let (kind, [lon, lat]) = (wrong.as_str().unwrap_or_default().to_owned(), first.at);
    Err(ScenarioFault::Faulty {
        first: format!("{kind} of {:.1} m² at {lon:.6}, {lat:.6}", first.m2),
        count: 1 + forbidding.count(),
    })
}

/// A name or a reason as it is kept.
///
/// # Errors
/// [`ScenarioFault::Text`], [`ScenarioFault::Personal`].
pub fn text<'t>(field: &'static str, text: &'t str) -> Result<&'t str, ScenarioFault> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > MOST_TEXT || text.contains(char::is_control) {
        return Err(ScenarioFault::Text { field });
    }
    if let Some(pattern) = pattern_of(text) {
        let what = pattern.words();
        return Err(ScenarioFault::Personal { field, what });
    }
    Ok(text)
}
