//! Drafts of beats and zones over the wire: what is sent and what is answered.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::scenarios::Edit;
use crate::exchange::feature_geojson::local_time;
use crate::http::problem::Problem;
use crate::http::query::quoted;
use crate::http::zones_body::WorkChoice;
use crate::place::area::{Area, RawPolygon};
use crate::place::partition::check::{Checked, Fault};
use crate::place::partition::part::{Part, Point};
use crate::place::partition::scenario::{Scenario, ScenarioLine, VersionLine};
use crate::place::partition::three_way::{Group, Side};

const MOST_AREAS: usize = 2_000;
const MOST_CORNERS: usize = 60_000;
const MOST_CORNERS_OF_ONE: usize = 10_000;
const MOST_NAME: usize = 200;

/// A beat or zone of a draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftArea {
    /// Its id, unique in the draft.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The station responsible for it; none for a zone.
    #[serde(default)]
    pub station: Option<String>,
    /// Coordinates of a GeoJSON MultiPolygon.
    #[schema(value_type = Vec<Vec<Vec<Vec<f64>>>>)]
    pub area: Vec<RawPolygon>,
}

/// A draft in one line.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenarioSummary {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// `beats` or `zones`.
    layer: &'static str,
    /// How often it was saved; the ETag.
    version: u64,
    /// The published version that it began from.
    base: u64,
    /// When it was made, with the district's offset.
    made_at: String,
    /// When it was saved last.
    changed_at: String,
}

/// All drafts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenarioList {
    /// The one saved last first.
    pub scenarios: Vec<ScenarioSummary>,
}

/// A draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenarioBody {
    /// All but the areas.
    #[serde(flatten)]
    about: ScenarioSummary,
    /// The areas.
    areas: Vec<DraftArea>,
}

/// A draft that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScenario {
    /// What it is called, 1 to 200 characters; never a person's name.
    pub name: String,
    /// `beats` or `zones`; `beats` where absent.
    #[serde(default)]
    pub layer: Option<String>,
    /// Id of a draft to copy; a new one begins from what is in force.
    #[serde(default)]
    pub copy_of: Option<String>,
}

/// A draft that is to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedScenario {
    /// Its name.
    pub name: String,
    /// The published version that it is of, where it was joined with a newer one; as it was
    /// where absent.
    #[serde(default)]
    pub base: Option<u64>,
    /// All its areas.
    pub areas: Vec<DraftArea>,
}

/// Areas that are not saved so far.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftState {
    /// The areas as they are drawn; the saved ones where absent.
    #[serde(default)]
    pub areas: Option<Vec<DraftArea>>,
}

/// A comparison with today's beats.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareDraft {
    /// The areas as they are drawn; the saved ones where absent.
    #[serde(default)]
    pub areas: Option<Vec<DraftArea>>,
    /// Whose work is compared, as in `/api/zones/compare`.
    #[serde(default)]
    pub(crate) work: WorkChoice,
}

/// An edit of areas that are drawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditDraft {
    /// The areas as they are drawn; the saved ones where absent.
    #[serde(default)]
    pub areas: Option<Vec<DraftArea>>,
    /// What is done.
    pub edit: EditChoice,
}

/// What is done. Points are `[longitude, latitude]`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum EditChoice {
    /// Split an area by a line that enters and leaves it.
    Split {
        /// Which.
        id: String,
        /// The line.
        #[schema(value_type = Vec<Vec<f64>>)]
        line: Vec<Point>,
    },
    /// Merge neighbours; the first keeps its id and name.
    Merge {
        /// Which.
        ids: Vec<String>,
    },
    /// Draw a new area; the others give up the ground.
    Draw {
        /// Its name.
        name: String,
        /// Its closed ring.
        #[schema(value_type = Vec<Vec<f64>>)]
        ring: Vec<Point>,
    },
    /// Move corners in every area that has them.
    Move {
        /// Pairs of from and to.
        #[schema(value_type = Vec<Vec<Vec<f64>>>)]
        moves: Vec<(Point, Point)>,
    },
    /// Put a corner between two neighbouring ones.
    Add {
        /// The two.
        #[schema(value_type = Vec<Vec<f64>>)]
        between: (Point, Point),
        /// Where.
        #[schema(value_type = Vec<f64>)]
        at: Point,
    },
    /// Take a corner away where at most two areas meet.
    Remove {
        /// Which.
        #[schema(value_type = Vec<f64>)]
        at: Point,
    },
    /// Give an area another name.
    Rename {
        /// Which.
        id: String,
        /// The name.
        name: String,
    },
    /// Take a zone away. Beats can't be: merge them.
    Delete {
        /// Which.
        id: String,
    },
    /// Join corners that are nearer than a metre.
    Join {},
    /// Even work: borders are moved, the outer one and locked areas stay.
    Balance {
        /// Ids or names of areas that keep their ground.
        #[serde(default)]
        locked: Vec<String>,
        /// At most this share of the cells changes, 0 to 1; 0.33 where absent.
        #[serde(default)]
        moved: Option<f64>,
        /// Start of chance: another one gives another alternative; 1 where absent.
        #[serde(default)]
        seed: Option<u64>,
        /// Whose work is made even.
        #[serde(default)]
        work: Box<WorkChoice>,
    },
}

/// What an edit changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditedBody {
    /// Areas that are new or others than they were.
    changed: Vec<DraftArea>,
    /// Ids of areas that are gone.
    removed: Vec<String>,
    /// What is wrong now.
    check: CheckedBody,
}

/// What is wrong with a draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckedBody {
    /// Faults of the draft first, then those that were there before it; the largest first.
    #[schema(value_type = Vec<FaultBody>)]
    faults: Vec<Fault>,
    /// How many forbid to publish.
    forbidding: usize,
    /// Whether all inner borders are the same points on both sides.
    borders_shared: bool,
}

/// One fault, as it is answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct FaultBody {
    /// `overlap`, `gap`, `uncovered`, `outside`, `near_corners`, `same_name` or `pieces`.
    wrong: String,
    /// Whether it is narrower than 3 m.
    sliver: bool,
    /// Ids of the areas.
    areas: Vec<String>,
    /// Where, `[longitude, latitude]`.
    at: Vec<f64>,
    /// How much ground, m².
    m2: f64,
    /// Whether it was there before the draft.
    before: bool,
}

/// Three versions of the same areas.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeChoice {
    /// As both found them.
    pub base: Vec<DraftArea>,
    /// As I have them.
    pub mine: Vec<DraftArea>,
    /// As they have them.
    pub theirs: Vec<DraftArea>,
    /// `mine` or `theirs` for each group of the answer; what the answer proposes where absent.
    #[schema(value_type = Option<Vec<String>>)]
    #[serde(default)]
    pub choices: Option<Vec<Side>>,
}

/// What both changed, and the areas that come of the choices.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergedBody {
    /// Areas that are chosen together, those with a conflict first.
    #[schema(value_type = Vec<GroupBody>)]
    pub groups: Vec<Group>,
    /// The areas by the choices.
    pub areas: Vec<DraftArea>,
}

/// One group, as it is answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupBody {
    /// The areas.
    areas: Vec<ChangedBody>,
    /// Whether both changed it, and not alike.
    conflict: bool,
    /// `mine` or `theirs`: what is taken where nobody chooses.
    taken: String,
}

/// One area of a group: `same`, `added`, `removed`, `reshaped` or `renamed` on each side.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedBody {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// What I did.
    mine: String,
    /// What they did.
    theirs: String,
}

/// Why something is published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishReason {
    /// 1 to 200 characters; never a person's name.
    pub reason: String,
}

/// A published version in one line.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionSummary {
    /// `beats` or `zones`.
    layer: &'static str,
    /// From 1.
    number: u64,
    /// When, with the district's offset.
    at: String,
    /// Why; empty where the areas came by an import.
    reason: String,
    /// Name of the draft; none where the areas came by an import.
    scenario: Option<String>,
    /// How many areas.
    areas: u64,
    /// Whether it is in force.
    in_force: bool,
}

/// The published versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionList {
    /// Newest first.
    pub versions: Vec<VersionSummary>,
}

/// A published version.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionBody {
    /// `beats` or `zones`.
    layer: &'static str,
    /// From 1.
    number: u64,
    /// When, with the district's offset.
    at: String,
    /// Why; empty where the areas came by an import.
    reason: String,
    /// Name of the draft; none where the areas came by an import.
    scenario: Option<String>,
    /// Whether it is in force.
    in_force: bool,
    /// The areas.
    areas: Vec<DraftArea>,
}

impl VersionBody {
    /// A version with its areas.
    pub fn of(about: VersionSummary, areas: Vec<DraftArea>) -> Self {
        Self {
            layer: about.layer,
            number: about.number,
            at: about.at,
            reason: about.reason,
            scenario: about.scenario,
            in_force: about.in_force,
            areas,
        }
    }
}

impl DraftArea {
    /// As it is answered.
    pub fn of(part: &Part) -> Self {
        Self {
            id: part.id.clone(),
            name: part.name.clone(),
            station: part.station.clone(),
            area: part.area.to_rings(),
        }
    }

    /// Parsed; what is not an area is said with its name.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn parts(areas: Vec<Self>) -> Result<Vec<Part>, Problem> {
        let corners = |area: &Self| area.area.iter().flatten().map(Vec::len).sum::<usize>();
        let refuse = |detail: String| {
            Err(Problem::unprocessable(
                "invalid-area",
                "An area can't be used",
                detail,
            ))
        };
        let all: usize = areas.iter().map(corners).sum();
        if areas.len() > MOST_AREAS || all > MOST_CORNERS {
            let count = areas.len();
            return refuse(format!(
                "{count} areas with {all} corners are too many: at most {MOST_AREAS} with {MOST_CORNERS}"
            ));
        }
        let mut parts: Vec<Part> = Vec::with_capacity(areas.len());
        for area in areas {
            let (of, name) = (corners(&area), quoted(&area.name));
            if of > MOST_CORNERS_OF_ONE {
                return refuse(format!(
                    "{name} has {of} corners, more than {MOST_CORNERS_OF_ONE}: simplify it"
                ));
            }
            let named = |text: &str| {
                let length = text.chars().count();
                (1..=MOST_NAME).contains(&length) && !text.contains(char::is_control)
            };
            if !named(&area.name) || !named(&area.id) {
                return refuse(format!(
                    "{name} needs a name and an id of 1 to {MOST_NAME} characters without line breaks"
                ));
            }
            match Area::from_rings(&area.area) {
                Ok(ground) => parts.push(Part {
                    id: area.id,
                    name: area.name,
                    station: area.station,
                    area: ground,
                }),
                Err(fault) => return refuse(format!("{name}: {fault}")),
            }
        }
        let mut ids: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
        ids.sort_unstable();
        match ids.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => refuse(format!("two areas have the id {}", quoted(pair[0]))),
            None => Ok(parts),
        }
    }
}

impl ScenarioSummary {
    /// As it is answered.
    pub fn of(line: &ScenarioLine, zone: &TimeZone) -> Self {
        Self {
            id: line.id.clone(),
            name: line.name.clone(),
            layer: line.layer.name(),
            version: line.version,
            base: line.base,
            made_at: local_time(line.made_at, zone),
            changed_at: local_time(line.changed_at, zone),
        }
    }
}

impl ScenarioBody {
    /// As it is answered.
    pub fn of(scenario: &Scenario, zone: &TimeZone) -> Self {
        Self {
            about: ScenarioSummary::of(&scenario.line, zone),
            areas: scenario.parts.iter().map(DraftArea::of).collect(),
        }
    }
}

impl VersionSummary {
    /// As it is answered; `newest` is the number in force.
    pub fn of(line: &VersionLine, newest: u64, zone: &TimeZone) -> Self {
        Self {
            layer: line.layer.name(),
            number: line.number,
            at: local_time(line.at, zone),
            reason: line.reason.clone(),
            scenario: line.scenario.clone(),
            areas: line.areas,
            in_force: line.number == newest,
        }
    }
}

impl EditedBody {
    /// What differs between before and after.
    pub fn of(before: &[Part], after: &[Part], checked: Checked) -> Self {
        let was = |part: &&Part| before.iter().find(|b| b.id == part.id) != Some(*part);
        let gone = |part: &&Part| !after.iter().any(|a| a.id == part.id);
        Self {
            changed: after.iter().filter(was).map(DraftArea::of).collect(),
            removed: before
                .iter()
                .filter(gone)
                .map(|part| part.id.clone())
                .collect(),
            check: CheckedBody::of(checked),
        }
    }
}

impl CheckedBody {
    /// As it is answered.
    pub fn of(checked: Checked) -> Self {
        Self {
            forbidding: checked.forbidding().count(),
            borders_shared: checked.borders_shared,
            faults: checked.faults,
        }
    }
}

impl EditChoice {
    /// The edit; none for one that takes more than geometry.
    pub fn geometric(self) -> Result<Edit, Self> {
        Ok(match self {
            Self::Split { id, line } => Edit::Split { id, line },
            Self::Merge { ids } => Edit::Merge { ids },
            Self::Draw { name, ring } => Edit::Draw { name, ring },
            Self::Move { moves } => Edit::Move { moves },
            Self::Add { between, at } => Edit::Add { between, at },
            Self::Remove { at } => Edit::Remove { at },
            Self::Rename { id, name } => Edit::Rename { id, name },
            Self::Delete { id } => Edit::Delete { id },
            Self::Join {} => Edit::Join,
            other @ Self::Balance { .. } => return Err(other),
        })
    }
}
