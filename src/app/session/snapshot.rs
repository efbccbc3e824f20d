//! Everything of a workspace at one version of its event log.
//!
//! Layers are small and read at once; the road network, the basemap and the incidents are
//! read when first wanted (the start warms them) and shared by later snapshots for as long
//! as they hold.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use jiff::{civil, tz::TimeZone};
use tokio::sync::OnceCell;

use crate::app::clock;
use crate::app::risk::reference_day_at;
use crate::app::session::error::SessionError;
use crate::app::session::incident_points::IncidentPoints;
use crate::app::session::layer_shapes::LayerShapes;
use crate::app::session::layers::LAYER_KINDS;
use crate::calendar::shift::Shift;
use crate::calendar::window::Window;
use crate::exchange::basemap_tile::BasemapIndex;
use crate::incident::category::{IncidentCategory, first_unknown};
use crate::index::areas::AreaIndex;
use crate::index::points::PointIndex;
use crate::live::ground::Ground;
use crate::place::district::District;
use crate::place::feature::{
    AlarmPillar, Beat, Camera, CommercialDistrict, JointDutyPost, PatrolZone, Place, Post, Station,
    Unit, UnitStatus,
};
use crate::roads::network::RoadNetwork;
use crate::store::record::IncidentFilter;
use crate::store::workspace::Workspace;

/// A category with the number of its incidents, children included.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryCount {
    /// The category.
    pub category: IncidentCategory,
    /// Incidents in it.
    pub count: u64,
}

/// What stands in the district.
#[derive(Debug, Default)]
pub struct Standing {
    /// Police stations.
    pub stations: Vec<Station>,
    /// Beats.
    pub beats: Vec<Beat>,
    /// Patrol zones.
    pub zones: Vec<PatrolZone>,
    /// Police posts.
    pub posts: Vec<Post>,
    /// Joint-duty posts.
    pub joint_duty_posts: Vec<JointDutyPost>,
    /// Commercial districts.
    pub commercial_districts: Vec<CommercialDistrict>,
    /// Alarm pillars.
    pub pillars: Vec<AlarmPillar>,
    /// Camera sites.
    pub cameras: Vec<Camera>,
    /// Places of interest.
    pub places: Vec<Place>,
    /// Units.
    pub units: Vec<Unit>,
}

/// The layers' indexes; answers are places in the layer's list.
#[derive(Debug)]
pub struct Indexes {
    /// Which beat.
    pub beats: AreaIndex,
    /// Nearest stations.
    pub stations: PointIndex,
    /// Nearest joint-duty posts.
    pub joint_duty_posts: PointIndex,
    /// Nearest pillars.
    pub pillars: PointIndex,
    /// Police posts.
    pub posts: PointIndex,
    /// Camera sites.
    pub cameras: PointIndex,
    /// Places of interest.
    pub places: PointIndex,
    /// All units.
    pub all_units: PointIndex,
    /// Nearest idle units: answers are places in [`Indexes::idle`].
    pub units: PointIndex,
    /// Places of the idle units in the list of units.
    pub idle: Vec<usize>,
}

/// What something was made of, as its name in a cache: numbers mean something else in another
/// log, and what was begun before that came must not be found by those who come after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edition {
    /// How often the log had turned out to be another one.
    beginning: u64,
    /// Number of an event of that log.
    version: u64,
}

/// A workspace at one version.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// How often the log had turned out to be another one since the start.
    beginning: u64,
    /// Number of the newest event of the log.
    pub version: u64,
    /// Number of the newest event that changed what surfaces and layers are made of.
    pub data_version: u64,
    /// Number of the newest event as incidents were last counted: it moves with incidents
    /// that come in one by one too, now and then.
    pub content_version: u64,
    /// Name, boundary, whether all is made up.
    pub district: Arc<District>,
    /// The district's time zone.
    pub zone: TimeZone,
    /// From the first to just after the last incident.
    pub incidents: Option<Window>,
    /// How many incidents there are.
    pub incident_count: u64,
    /// Whether roads were imported.
    pub has_roads: bool,
    /// Shown on every map.
    pub attribution: String,
    /// The category table with counts.
    pub categories: Arc<Vec<CategoryCount>>,
    /// The shift table.
    pub shifts: Arc<Vec<Shift>>,
    /// What stands in the district.
    pub layers: Arc<Standing>,
    /// Where it stands.
    pub indexes: Arc<Indexes>,
    pub(crate) shapes: Arc<[OnceLock<LayerShapes>; LAYER_KINDS.len()]>,
    pub(super) bounds: Arc<[OnceLock<Option<[f64; 4]>>; LAYER_KINDS.len()]>,
    roads: Arc<OnceCell<Option<Arc<RoadNetwork>>>>,
    basemap: Arc<OnceCell<Arc<BasemapIndex>>>,
    points: Arc<OnceCell<Arc<IncidentPoints>>>,
    /// Version of roads and basemap: the data version at which they were first read.
    pub roads_version: u64,
}

impl Snapshot {
    /// Reads a workspace's tables (not its roads and incidents).
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn read(workspace: &Workspace) -> Result<Self, SessionError> {
        let info = workspace.info().await?;
        let district = workspace.district().await?;
        let zone = district.zone()?;
        let layers = Standing {
            stations: workspace.stations().await?,
            beats: workspace.beats().await?,
            zones: workspace.zones().await?,
            posts: workspace.posts().await?,
            joint_duty_posts: workspace.joint_duty_posts().await?,
            commercial_districts: workspace.commercial_districts().await?,
            pillars: workspace.pillars().await?,
            cameras: workspace.cameras().await?,
            places: workspace.places().await?,
            units: workspace.units().await?,
        };
        let counts = workspace
            .incident_counts(&IncidentFilter::default())
            .await?;
        let categories = counted(workspace.categories().await?, &counts);
        Ok(Self {
            beginning: 0,
            version: info.last_event,
            data_version: info.last_change,
            content_version: info.last_event,
            roads_version: info.last_change,
            district: Arc::new(district),
            zone,
            incidents: info.incidents,
            incident_count: counts.iter().map(|(_, n)| n).sum(),
            has_roads: info.has_roads,
            attribution: info.attribution,
            categories: Arc::new(categories),
            shifts: Arc::new(workspace.shifts().await?),
            indexes: Arc::new(Indexes::of(&layers)),
            layers: Arc::new(layers),
            shapes: Arc::default(),
            bounds: Arc::default(),
            roads: Arc::default(),
            basemap: Arc::default(),
            points: Arc::default(),
        })
    }

    /// The same, read of the log that a beginning of the board was made of.
    pub fn of_beginning(self, beginning: u64) -> Self {
        Self { beginning, ..self }
    }

    /// Whether it was read of the log of that beginning.
    pub fn is_of_beginning(&self, beginning: u64) -> bool {
        self.beginning == beginning
    }

    /// Names what is made of layers, and of incidents as imports left them.
    pub fn data(&self) -> Edition {
        self.edition(self.data_version)
    }

    /// Names what is made of all incidents too.
    pub fn content(&self) -> Edition {
        self.edition(self.content_version)
    }

    /// Names what is made of roads and basemap.
    pub fn roads_edition(&self) -> Edition {
        self.edition(self.roads_version)
    }

    fn edition(&self, version: u64) -> Edition {
        Edition {
            beginning: self.beginning,
            version,
        }
    }

    /// What the live board stands on.
    pub fn ground(&self) -> Ground {
        Ground::new(self.layers.units.clone(), self.layers.pillars.clone())
    }

    /// The same data, after events that changed none of it.
    pub fn at_version(&self, version: u64) -> Self {
        Self {
            version,
            ..self.clone()
        }
    }

    /// Keeps the roads and the basemap that another snapshot holds in memory.
    pub fn with_roads_of(self, other: &Self) -> Self {
        Self {
            roads: other.roads.clone(),
            basemap: other.basemap.clone(),
            roads_version: other.roads_version,
            ..self
        }
    }

    /// The reference day: today, or for made-up data the local day on which it ends, so
    /// that a sample stays a full map however old it is.
    pub fn today(&self) -> civil::Date {
        let made_up = self.incidents.filter(|_| self.district.synthetic);
        reference_day_at(clock::now(), &self.zone, made_up)
    }

    /// The first of the codes that is neither in the table nor has children there.
    pub fn unknown_category<'a>(&self, wanted: &'a [String]) -> Option<&'a str> {
        let table: Vec<&str> = self
            .categories
            .iter()
            .map(|counted| counted.category.code.as_str())
            .collect();
        first_unknown(wanted, &table)
    }

    /// The road network; none where no roads were imported.
    ///
    /// # Errors
    /// [`SessionError::Store`] or [`SessionError::Roads`].
    pub async fn roads(
        &self,
        workspace: &Workspace,
    ) -> Result<Option<Arc<RoadNetwork>>, SessionError> {
        let read = || async {
            let Some(bytes) = workspace.road_network().await? else {
                return Ok(None);
            };
            let network = tokio::task::spawn_blocking(move || RoadNetwork::from_bytes(&bytes))
                .await
                .map_err(|_| SessionError::BrokenOff)??;
            Ok(Some(Arc::new(network)))
        };
        self.roads.get_or_try_init(read).await.cloned()
    }

    /// The road network where it is in memory already; for what must not wait.
    pub fn roads_at_hand(&self) -> Option<Arc<RoadNetwork>> {
        self.roads.get().cloned().flatten()
    }

    /// The basemap, ready to be cut into tiles.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn basemap(&self, workspace: &Workspace) -> Result<Arc<BasemapIndex>, SessionError> {
        let read = || async {
            let features = workspace.basemap().await?;
            let tiles = tokio::task::spawn_blocking(move || BasemapIndex::new(features))
                .await
                .map_err(|_| SessionError::BrokenOff)?;
            Ok::<_, SessionError>(Arc::new(tiles))
        };
        self.basemap.get_or_try_init(read).await.cloned()
    }

    /// All incidents' places and times, ready to be cut into tiles.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn incident_points(
        &self,
        workspace: &Workspace,
    ) -> Result<Arc<IncidentPoints>, SessionError> {
        let read = || async {
            let incidents = workspace.incidents(&IncidentFilter::default()).await?;
            let (layers, indexes) = (self.layers.clone(), self.indexes.clone());
            let zone = self.zone.clone();
            let index = move || IncidentPoints::new(incidents, layers, indexes, zone);
            let points = tokio::task::spawn_blocking(index)
                .await
                .map_err(|_| SessionError::BrokenOff)?;
            Ok::<_, SessionError>(Arc::new(points))
        };
        self.points.get_or_try_init(read).await.cloned()
    }

    /// Where incidents are, as [`Snapshot::layer_bounds`]. Until they are in memory, where any may
    /// be: whoever asks what is here must not wait for all of them.
    pub fn incident_bounds(&self) -> Option<[f64; 4]> {
        match self.points.get() {
            Some(points) => points.bounds(),
            None if self.incident_count == 0 => None,
            None => Some(self.map_bounds()),
        }
    }
}

impl Indexes {
    /// Of what stands there.
    pub fn of(layers: &Standing) -> Self {
        let idle: Vec<usize> = (0..layers.units.len())
            .filter(|&i| layers.units[i].status == UnitStatus::Idle)
            .collect();
        Self {
            beats: AreaIndex::new(layers.beats.iter().map(|b| b.area.clone()).collect()),
            stations: PointIndex::new(layers.stations.iter().map(|s| s.position).collect()),
            joint_duty_posts: PointIndex::new(
                layers.joint_duty_posts.iter().map(|p| p.position).collect(),
            ),
            pillars: PointIndex::new(layers.pillars.iter().map(|p| p.position).collect()),
            posts: PointIndex::new(layers.posts.iter().map(|p| p.position).collect()),
            cameras: PointIndex::new(layers.cameras.iter().map(|c| c.position).collect()),
            places: PointIndex::new(layers.places.iter().map(|p| p.position).collect()),
            all_units: PointIndex::new(layers.units.iter().map(|u| u.position).collect()),
            units: PointIndex::new(idle.iter().map(|&i| layers.units[i].position).collect()),
            idle,
        }
    }
}

/// Sums each code's incidents into itself and its first-level parent.
fn counted(table: Vec<IncidentCategory>, counts: &[(String, u64)]) -> Vec<CategoryCount> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for (code, count) in counts {
        *sums.entry(code).or_default() += count;
        if let Some((parent, _)) = code.split_once('/') {
            *sums.entry(parent).or_default() += count;
        }
    }
    table
        .into_iter()
        .map(|category| CategoryCount {
            count: sums.get(category.code.as_str()).copied().unwrap_or(0),
            category,
        })
        .collect()
}
