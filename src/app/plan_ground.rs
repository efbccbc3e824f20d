//! What a plan is made on: the workspace's layers, the surface with its rhythm, and what is
//! asked, loaded once; then the problem that they pose.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::app::plan::{MustVisitRequest, PlanJobError, PlanRequest};
use crate::app::plan_wishes::resolve;
use crate::app::risk::{Learned, RiskRequest, learn, zone_of};
use crate::calendar::week::HOURS;
use crate::calendar::week_clock::WeekClock;
use crate::index::areas::AreaIndex;
use crate::index::points::PointIndex;
use crate::patrol::hours;
use crate::patrol::plan::{LeftOut, PatrolPlan};
use crate::patrol::pose::{AskedVisit, Layers, PatrolSettings, Posed, choose_units, pose};
use crate::patrol::wishes::Wishes;
use crate::place::feature::{Beat, JointDutyPost, Unit};
use crate::place::position::Position;
use crate::risk::rhythm::Rhythm;
use crate::risk::surface::RiskSurface;
use crate::roads::network::{RoadNetwork, Snap};
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// A stop is named after a pillar, post or place within this distance.
const LANDMARK_WITHIN_M: f64 = 150.0;
/// Set in a surface's parameters where events have dates but no times of day.
const NO_TIME_OF_DAY: &str = "time_of_day";

/// What is loaded from the workspace.
pub struct PlanGround {
    /// Expected incidents.
    pub surface: RiskSurface,
    /// Idle units that can't drive.
    pub on_foot: Vec<LeftOut>,
    /// Whether the workspace is made up.
    pub synthetic: bool,
    /// The newest plan of the workspace, if there is one.
    pub last: Option<PatrolPlan>,
    /// What is asked.
    pub wishes: Wishes,
    hour_shares: Vec<f64>,
    units: Vec<Unit>,
    asked_visits: Vec<AskedVisit>,
    beats: Vec<Beat>,
    joint_duty_posts: Vec<JointDutyPost>,
    landmarks: Vec<(String, Position)>,
    zone: TimeZone,
}

impl PlanGround {
    /// Loads it.
    ///
    /// # Errors
    /// [`PlanJobError`] where nobody can be planned for or a name is not known.
    pub async fn load(workspace: &Workspace, request: &PlanRequest) -> Result<Self, PlanJobError> {
        let chosen = choose_units(&workspace.units().await?, request.units);
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
        let wishes = resolve(workspace, &request.wishes, window, &beats).await?;
        let learned = learn(workspace, &request.risk).await?;
        let rhythm = rhythm(&learned, &request.risk, &zone);
        let last = match workspace.plans(1).await?.first() {
            Some(newest) => workspace.plan(newest.id.as_str()).await?,
            None => None,
        };
        Ok(Self {
            hour_shares: hours::shares(window, &zone, &request.risk.hours, |hour| rhythm.of(hour)),
            surface: learned.surface,
            units: chosen.units,
            on_foot: chosen.left_out,
            asked_visits,
            beats,
            joint_duty_posts: workspace.joint_duty_posts().await?,
            landmarks: landmarks(workspace).await?,
            synthetic: district.synthetic,
            last,
            wishes,
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
        let beats = AreaIndex::new(self.beats.iter().map(|b| b.area.clone()).collect());
        let landmarks = PointIndex::new(self.landmarks.iter().map(|l| l.1).collect());
        let label = |snap: Snap| {
            let beat = beats.at(snap.position);
            let beat = beat.map(|b| self.beats[b].name.as_str());
            let landmark = landmarks
                .nearest(snap.position, 1)
                .first()
                .filter(|(_, metres)| metres.0 <= LANDMARK_WITHIN_M)
                .map(|&(i, _)| self.landmarks[i].0.as_str())
                .or_else(|| network.street(snap));
            label(beat, landmark, snap.position)
        };
        let layers = Layers {
            surface: &self.surface,
            hour_shares: &self.hour_shares,
            units: &self.units,
            joint_duty_posts: &self.joint_duty_posts,
            asked_visits: &self.asked_visits,
            network,
            beat_at: &|position| beats.at(position),
            beats: &self.beats,
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

/// `Beat · landmark`, what there is of them, or else the position.
fn label(beat: Option<&str>, landmark: Option<&str>, position: Position) -> String {
    match (beat, landmark.filter(|l| !l.is_empty())) {
        (Some(beat), Some(landmark)) => format!("{beat} · {landmark}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => format!("{:.5}, {:.5}", position.lat(), position.lon()),
    }
}

/// The rhythm of the events that the surface learned from; flat where they have no times.
fn rhythm(learned: &Learned, request: &RiskRequest, zone: &TimeZone) -> Rhythm {
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
    for must in wanted {
        let Some((name, position)) = points.get(&must.id) else {
            return Err(PlanJobError::UnknownMustVisit(must.id.clone()));
        };
        let dwell_ms = must.dwell.map(|dwell| (dwell.0 * 1000.0).max(1.0) as u32);
        let mut before = visits.iter_mut();
        match before.find(|v| v.id == must.id && v.due == must.due) {
            Some(twice) => twice.dwell_ms = twice.dwell_ms.max(dwell_ms),
            None => visits.push(AskedVisit {
                id: must.id.clone(),
                name: if name.is_empty() { &must.id } else { name }.clone(),
                position: *position,
                due: must.due,
                dwell_ms,
            }),
        }
    }
    Ok(visits)
}

/// What a stop may be named after.
async fn landmarks(workspace: &Workspace) -> Result<Vec<(String, Position)>, StoreError> {
    let mut landmarks = Vec::new();
    let mut add = |name: String, position| {
        if !name.is_empty() {
            landmarks.push((name, position));
        }
    };
    for pillar in workspace.pillars().await? {
        add(pillar.name, pillar.position);
    }
    for post in workspace.joint_duty_posts().await? {
        add(post.name, post.position);
    }
    for post in workspace.posts().await? {
        add(post.name, post.position);
    }
    for place in workspace.places().await? {
        add(place.name, place.position);
    }
    Ok(landmarks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_named_by_what_is_known() {
        let at = Position::wrapped(123.45678, 41.8);
        assert_eq!(
            label(Some("Beat 3"), Some("Pillar 12"), at),
            "Beat 3 · Pillar 12"
        );
        assert_eq!(label(Some("Beat 3"), Some(""), at), "Beat 3");
        assert_eq!(label(None, Some("Pillar 12"), at), "Pillar 12");
        assert_eq!(label(None, None, at), "41.80000, 123.45678");
    }
}
