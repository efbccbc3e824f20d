//! Where new posts or pillars would help most, and how much the first, the second, … adds.
//!
//! A post is manned by a unit that drives off, and may be busy. A pillar is walked to and
//! never busy: its rings are minutes on foot, and a second one within reach adds nothing.

use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::app::coverage::error::CoverageJobError;
use crate::app::coverage::ground::Ground;
use crate::app::coverage::places::{Place, of_cells};
use crate::app::coverage::report::{CoverageAbout, feature};
use crate::exchange::feature_geojson::point_geometry;
use crate::patrol::coverage::expected::CoverCounts;
use crate::patrol::coverage::picks::work_of_each;
use crate::patrol::coverage::rings::{Reach, Rings};
use crate::patrol::coverage::siting::{SitingStep, site};
use crate::place::position::Position;
use crate::roads::network::Snap;

/// Walking speed along streets, metres a second (Bohannon 1997: comfortable gait of adults
/// is 1.2 to 1.4).
const WALK_M_PER_S: f64 = 1.2;

/// Streets are so much longer than the straight line.
const DETOUR: f64 = 1.3;

/// What is to be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SitingKind {
    /// Police posts.
    Posts,
    /// Alarm pillars.
    Pillars,
}

impl SitingKind {
    /// Each with the word that asks for it.
    pub const WORDS: [(Self, &'static str); 2] =
        [(Self::Posts, "posts"), (Self::Pillars, "pillars")];

    /// The word that asks for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Posts => "posts",
            Self::Pillars => "pillars",
        }
    }
}

/// A place to build at.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Site {
    /// The hexagon it is in.
    pub cell: String,
    /// Where it is, in words.
    pub label: String,
    /// There.
    pub lon: f64,
    /// There.
    pub lat: f64,
}

/// With so many new sites.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GainStep {
    /// How many.
    pub count: usize,
    /// The one to build next, given those before; none where none adds anything.
    pub next: Option<Site>,
    /// Expected share of calls within reach, by ring, with those so far.
    pub expected_shares: Vec<f64>,
    /// The mean of these.
    pub score: f64,
    /// What the last one added to it.
    pub gain: f64,
    /// The best score found with so many sites, built in whatever order.
    pub best_score: f64,
    /// No choice of so many scores more than this.
    pub bound: f64,
    /// Whether it is proved that none scores more than the best found.
    pub proved: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SitingReport {
    /// What it is about.
    pub about: CoverageAbout,
    /// `posts` or `pillars`.
    pub what: String,
    /// How they are reached: `drive` or `walk`.
    pub reached_by: String,
    /// How many there are already.
    pub existing: usize,
    /// How many places were weighed against each other.
    pub candidates: usize,
    /// Expected shares without a new one, by ring.
    pub expected_shares_now: Vec<f64>,
    /// The mean of these.
    pub score_now: f64,
    /// For 1, 2, … new sites.
    pub curve: Vec<GainStep>,
    /// The best choice of the last number.
    pub best: Vec<Site>,
    /// What to beware of; empty where nothing.
    pub notes: Vec<String>,
    /// The map: what is there, the order to build in, the best choice.
    #[serde(skip)]
    pub features: Vec<Value>,
}

/// Answers.
///
/// # Errors
/// [`CoverageJobError`].
pub fn siting(
    mut ground: Ground,
    kind: SitingKind,
    count: usize,
) -> Result<SitingReport, CoverageJobError> {
    let places = of_cells(&ground)?;
    if kind == SitingKind::Pillars {
        // Nobody presses a busy pillar twice.
        let minutes = ground.rings.limits_ms().to_vec();
        ground.rings = Rings::new(minutes, 0.0)?;
        ground.busy_estimated = false;
    }
    let existing: Vec<(String, Position)> = match kind {
        SitingKind::Posts => ground
            .posts
            .iter()
            .map(|p| (p.name.clone(), p.position))
            .collect(),
        SitingKind::Pillars => ground.pillars.iter().map(|p| (p.1.clone(), p.2)).collect(),
    };
    let (there, sites) = match kind {
        SitingKind::Posts => {
            let snaps: Vec<Snap> = ground.posts.iter().map(|p| p.snap).collect();
            let sites: Vec<Snap> = places.iter().map(|p| p.snap).collect();
            (ground.reaches(&snaps), ground.reaches(&sites))
        }
        SitingKind::Pillars => {
            let at: Vec<Position> = existing.iter().map(|e| e.1).collect();
            let sites: Vec<Position> = places.iter().map(|p| p.position).collect();
            (walked(&ground, &at), walked(&ground, &sites))
        }
    };
    let mut base = CoverCounts::new(&ground.surface.expected, ground.rings.clone())?;
    for reach in &there {
        base.add(reach)?;
    }
    let steps = site(&base, &sites, count, work_of_each(count))?;
    let mut report = SitingReport {
        about: CoverageAbout::of(&ground),
        what: kind.word().into(),
        reached_by: match kind {
            SitingKind::Posts => "drive".into(),
            SitingKind::Pillars => "walk".into(),
        },
        existing: existing.len(),
        candidates: places.len(),
        expected_shares_now: base.shares(),
        score_now: base.score(),
        curve: Vec::new(),
        best: Vec::new(),
        notes: std::mem::take(&mut ground.notes),
        features: Vec::new(),
    };
    if count > places.len() {
        report.notes.push(format!(
            "{count} sites are asked for, there are {} places to build at",
            places.len()
        ));
    }
    tell(&ground, &steps, &places, &existing, &mut report);
    Ok(report)
}

/// What is reached on foot within the rings.
fn walked(ground: &Ground, from: &[Position]) -> Vec<Reach> {
    from.par_iter()
        .map(|&from| {
            let row: Vec<u32> = ground
                .surface
                .grid
                .centres()
                .iter()
                .map(|&cell| (from.metres_to(cell).0 * DETOUR / WALK_M_PER_S * 1000.0) as u32)
                .collect();
            ground.rings.reach(&row)
        })
        .collect()
}

fn tell(
    ground: &Ground,
    steps: &[SitingStep],
    places: &[Place],
    existing: &[(String, Position)],
    report: &mut SitingReport,
) {
    let site = |place: &Place| Site {
        cell: place.id.clone(),
        label: place.label.clone(),
        lon: place.position.lon(),
        lat: place.position.lat(),
    };
    for (number, (name, position)) in existing.iter().enumerate() {
        let said = json!({ "name": name, "synthetic": ground.synthetic });
        let id = format!("existing-{}", number + 1);
        report
            .features
            .push(feature(id, "existing", point_geometry(*position), said));
    }
    let mut before = report.score_now;
    for step in steps {
        if let Some(place) = step.next.map(|next| &places[next]) {
            let said = json!({
                "number": step.count,
                "label": place.label,
                "gain": step.score - before,
                "synthetic": ground.synthetic,
            });
            let id = format!("site-{}", step.count);
            report
                .features
                .push(feature(id, "site", point_geometry(place.position), said));
        }
        report.curve.push(GainStep {
            count: step.count,
            next: step.next.map(|next| site(&places[next])),
            expected_shares: step.shares.clone(),
            score: step.score,
            gain: step.score - before,
            best_score: step.best_score,
            bound: step.bound,
            proved: step.proved,
        });
        before = step.score;
    }
    for place in steps
        .last()
        .iter()
        .flat_map(|step| &step.best)
        .map(|&p| &places[p])
    {
        let said = json!({ "label": place.label, "synthetic": ground.synthetic });
        let id = format!("best-{}", place.id);
        report.features.push(feature(
            id,
            "best_site",
            point_geometry(place.position),
            said,
        ));
        report.best.push(site(place));
    }
}
