//! What a plan is made on: the workspace's layers, the surface with its rhythm, and what is
//! asked, loaded once; then the problem that they pose.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::app::clock;
use crate::app::place_names::PlaceNames;
use crate::app::plan::{MustVisitRequest, PlanJobError, PlanRequest};
use crate::app::plan_earlier::{earlier_plans, visits_before};
use crate::app::plan_wishes::resolve;
use crate::app::risk::{Learned, RiskRequest, learn, zone_of};
use crate::app::units_now::units_for;
use crate::calendar::week::HOURS;
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::patrol::hours;
use crate::patrol::plan::{LeftOut, PatrolPlan};
use crate::patrol::point_visits::PointVisit;
use crate::patrol::pose::{AskedVisit, Layers, PatrolSettings, Posed, choose_units_with, pose};
use crate::patrol::units_from::UnitsFrom;
use crate::patrol::wishes::Wishes;
use crate::place::feature::{Beat, JointDutyPost, Station, Unit};
use crate::place::position::Position;
use crate::risk::rhythm::Rhythm;
use crate::risk::surface::RiskSurface;
use crate::roads::network::{RoadNetwork, Snap};
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// Of what a visit covers less than a thousandth is left after ten half-lives of an hour.
const EFFECT_LASTS_H: i64 = 10;
/// So many of the newest plans are looked through for that of the shift before.
const PLANS_LOOKED_AT: u32 = 200;
/// Set in a surface's parameters where events have dates but no times of day.
const NO_TIME_OF_DAY: &str = "time_of_day";

/// What is loaded from the workspace.
pub struct PlanGround {
    /// Expected incidents.
    pub surface: RiskSurface,
    /// Idle units that can't drive.
    pub on_foot: Vec<LeftOut>,
    /// Where units were taken from.
    pub units_from: UnitsFrom,
    /// Whether the workspace is made up.
    pub synthetic: bool,
    /// The newest plan of the workspace, if there is one.
    pub last: Option<PatrolPlan>,
    /// The newest plan of a shift that began before this one, if it lasts until then.
    before: Option<PatrolPlan>,
    /// Plans for the same hours of the days before, where the plan is to differ from them.
    pub earlier: Vec<PatrolPlan>,
    /// Visits to points by the plans of earlier shifts, where a frequency goes by them.
    visited: Vec<PointVisit>,
    /// What is asked.
    pub wishes: Wishes,
    hour_shares: Vec<f64>,
    units: Vec<Unit>,
    most_units: Option<usize>,
    stations: Vec<Station>,
    asked_visits: Vec<AskedVisit>,
    beats: Vec<Beat>,
    joint_duty_posts: Vec<JointDutyPost>,
    names: PlaceNames,
    zone: TimeZone,
}

impl PlanGround {
    /// Loads it.
    ///
    /// # Errors
    /// [`PlanJobError`] where nobody can be planned for or a name is not known.
    pub async fn load(workspace: &Workspace, request: &PlanRequest) -> Result<Self, PlanJobError> {
        let named = request.wishes.named_units();
        if let Some(asked) = request.units.filter(|&asked| asked < named.len()) {
            return Err(PlanJobError::MoreNamed {
                named: named.len(),
                asked,
            });
        }
        let now = units_for(workspace, request.risk.window, clock::now()).await?;
        // All of them, in order: who turns out to stand far from any road is replaced.
        let chosen = choose_units_with(&now.units, None, &named);
        if chosen.units.is_empty() {
            return Err(match chosen.left_out.len() {
                0 => PlanJobError::NoUnits,
                _ => PlanJobError::AllOnFoot,
            });
        }
        let district = workspace.district().await?;
        let zone = zone_of(&district)?;
        let asked_visits = asked_visits(workspace, &request.must_visits).await?;
        let beats = workspace.beats().await?;
        let window = request.risk.window;
        let wishes = resolve(workspace, &request.wishes, &request.must_visits, &beats).await?;
        let learned = learn(workspace, &request.risk).await?;
        let rhythm = rhythm(&learned, &request.risk, &zone);
        let joint_duty_posts = workspace.joint_duty_posts().await?;
        let visited = match longest_frequency(&wishes, &joint_duty_posts, window) {
            Some(longest) => visits_before(workspace, window, longest).await?,
            None => Vec::new(),
        };
        let last = match workspace.plans(1).await?.first() {
            Some(newest) => workspace.plan(newest.id.as_str()).await?,
            None => None,
        };
        Ok(Self {
            hour_shares: hours::shares(window, &zone, &request.risk.hours, |hour| rhythm.of(hour)),
            surface: learned.surface,
            units: chosen.units,
            units_from: now.from,
            most_units: request.units,
            stations: workspace.stations().await?,
            on_foot: chosen.left_out,
            asked_visits,
            names: PlaceNames::load(workspace, &beats).await?,
            synthetic: district.synthetic,
            last,
            before: before(workspace, window).await?,
            earlier: match wishes.draw {
                Some(_) => earlier_plans(workspace, window).await?,
                None => Vec::new(),
            },
            visited,
            joint_duty_posts,
            wishes,
            beats,
            zone,
        })
    }

    /// Poses the problem.
    ///
    /// # Errors
    /// [`PlanJobError::Pose`]; [`PlanJobError::UnitsOffRoad`] where no unit is on the roads.
    pub fn pose(&self, network: &RoadNetwork, seed: u64) -> Result<Posed, PlanJobError> {
        self.pose_by(network, &PatrolSettings::default(), seed)
    }

    /// Poses the problem by other settings than a planner's.
    ///
    /// # Errors
    /// As [`Self::pose`].
    pub fn pose_by(
        &self,
        network: &RoadNetwork,
        settings: &PatrolSettings,
        seed: u64,
    ) -> Result<Posed, PlanJobError> {
        let label = |snap: Snap| self.names.label(network, snap);
        let layers = Layers {
            surface: &self.surface,
            hour_shares: &self.hour_shares,
            units: &self.units,
            most_units: self.most_units,
            stations: &self.stations,
            joint_duty_posts: &self.joint_duty_posts,
            asked_visits: &self.asked_visits,
            network,
            beat_at: &|position| self.names.beat_at(position),
            beats: &self.beats,
            before: self.before.as_ref(),
            visited: &self.visited,
            wishes: &self.wishes,
            zone: &self.zone,
            label_at: &label,
        };
        let posed = pose(&layers, settings, seed)?;
        if posed.problem.units.is_empty() {
            return Err(PlanJobError::UnitsOffRoad(posed.left_out.len()));
        }
        Ok(posed)
    }
}

/// The longest frequency that goes by earlier visits, if one does.
fn longest_frequency(
    wishes: &Wishes,
    posts: &[JointDutyPost],
    window: Window,
) -> Option<SignedDuration> {
    let asked = wishes
        .every
        .iter()
        .map(|wish| f64::from(wish.every_ms) / 1000.0);
    let periods = posts.iter().filter_map(|post| post.visit_every);
    let periods = periods.map(|every| every.0);
    let by_gap = periods.filter(|&every| wishes.max_gap || every > window.length().0);
    let longest_s = asked.chain(by_gap).fold(0.0, f64::max);
    (longest_s > 0.0).then(|| SignedDuration::from_secs(longest_s as i64))
}

/// The plan of the last shift that began before a window and was not over long before it; of
/// several for that shift the newest. Plans that are stored count, whether or not anybody
/// follows them.
async fn before(workspace: &Workspace, window: Window) -> Result<Option<PatrolPlan>, StoreError> {
    let lasts = SignedDuration::from_hours(EFFECT_LASTS_H);
    let since = window.start().checked_sub(lasts).ok();
    let plans = workspace.plans(PLANS_LOOKED_AT).await?;
    let earlier = plans.iter().filter(|plan| {
        plan.window.start() < window.start() && since.is_some_and(|at| plan.window.end() > at)
    });
    match earlier.max_by_key(|plan| (plan.window.start(), plan.made_at)) {
        Some(last) => workspace.plan(last.id.as_str()).await,
        None => Ok(None),
    }
}

/// The rhythm of the events that a surface learned from; flat where they have no times.
pub fn rhythm(learned: &Learned, request: &RiskRequest, zone: &TimeZone) -> Rhythm {
    let provenance = &learned.surface.provenance;
    if provenance.parameters.contains_key(NO_TIME_OF_DAY) {
        return Rhythm::flat();
    }
    let clock = WeekClock::new(zone, provenance.look_back);
    let mut counts = [0.0; HOURS];
    for event in &learned.events {
        let hour = clock.hour_of_week(event.at);
        if request.hours.contains(hour) {
            counts[hour] += 1.0;
        }
    }
    let exposure = clock.exposure_ms(provenance.look_back, &request.hours);
    Rhythm::fit(&counts, &exposure.map(|ms| ms as f64))
}

/// The points that are asked for; the same point and window asked for twice is due once,
/// for the longer stay.
async fn asked_visits(
    workspace: &Workspace,
    wanted: &[MustVisitRequest],
) -> Result<Vec<AskedVisit>, PlanJobError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut points: BTreeMap<String, (String, Position)> = BTreeMap::new();
    for pillar in workspace.pillars().await? {
        points.insert(pillar.id.to_string(), (pillar.name, pillar.position));
    }
    for post in workspace.posts().await? {
        points.insert(post.id.to_string(), (post.name, post.position));
    }
    for post in workspace.joint_duty_posts().await? {
        points.insert(post.id.to_string(), (post.name, post.position));
    }
    let mut visits: Vec<AskedVisit> = Vec::new();
    let mut known: BTreeMap<(&str, Timestamp, Timestamp), usize> = BTreeMap::new();
    for must in wanted {
        let Some((name, position)) = points.get(&must.id) else {
            return Err(PlanJobError::UnknownMustVisit(must.id.clone()));
        };
        let dwell_ms = must.dwell.map(|dwell| (dwell.0 * 1000.0).max(1.0) as u32);
        match known.entry((&must.id, must.due.start(), must.due.end())) {
            Entry::Occupied(at) => {
                let twice = &mut visits[*at.get()];
                twice.dwell_ms = twice.dwell_ms.max(dwell_ms);
            }
            Entry::Vacant(free) => {
                free.insert(visits.len());
                visits.push(AskedVisit {
                    id: must.id.clone(),
                    name: if name.is_empty() { &must.id } else { name }.clone(),
                    position: *position,
                    due: must.due,
                    dwell_ms,
                });
            }
        }
    }
    Ok(visits)
}
