//! The whole sample district, generated from a seed alone: nothing is read, nothing saved.

use crate::app::sample::beats;
use crate::app::sample::block;
use crate::app::sample::building;
use crate::app::sample::centre;
use crate::app::sample::draft;
use crate::app::sample::fault::SampleError;
use crate::app::sample::ground;
use crate::app::sample::incidents;
use crate::app::sample::kind;
use crate::app::sample::lattice::Lattice;
use crate::app::sample::name;
use crate::app::sample::outline::Outline;
use crate::app::sample::partition::Partition;
use crate::app::sample::piece::Pieces;
use crate::app::sample::plane::Spot;
use crate::app::sample::post;
use crate::app::sample::process::Process;
use crate::app::sample::sites;
use crate::app::sample::street;
use crate::app::sample::terrain::Terrain;
use crate::app::sample::unit;
use crate::incident::category::IncidentCategory;
use crate::incident::record::Incident;
use crate::place::area::Area;
use crate::place::basemap::BasemapFeature;
use crate::place::feature::{
    AlarmPillar, Beat, Camera, CommercialDistrict, JointDutyPost, Place, Post, Station, Unit,
};
use crate::roads::draft::RoadDraft;

/// The seed where none is given.
pub const DEFAULT_SEED: u64 = 7;

/// Everything in the sample district, and the process that its incidents come from.
#[derive(Debug, Clone)]
pub struct SampleDistrict {
    /// The real outline.
    pub boundary: Area,
    /// Made-up streets.
    pub roads: RoadDraft,
    /// What to draw under the map.
    pub basemap: Vec<BasemapFeature>,
    /// Police stations.
    pub stations: Vec<Station>,
    /// Beats: they cover the boundary exactly.
    pub beats: Vec<Beat>,
    /// Commercial districts.
    pub commercial_districts: Vec<CommercialDistrict>,
    /// One joint-duty post in each.
    pub joint_duty_posts: Vec<JointDutyPost>,
    /// Police posts.
    pub posts: Vec<Post>,
    /// Alarm pillars.
    pub pillars: Vec<AlarmPillar>,
    /// Camera sites.
    pub cameras: Vec<Camera>,
    /// Places of interest.
    pub places: Vec<Place>,
    /// Units.
    pub units: Vec<Unit>,
    /// Second-level categories.
    pub categories: Vec<IncidentCategory>,
    /// Two years of incidents.
    pub incidents: Vec<Incident>,
    /// Where they come from.
    pub process: Process,
}

impl SampleDistrict {
    /// Generates the district of a seed.
    ///
    /// # Errors
    /// [`SampleError::Seed`] where a seed leaves no room for something; any other means a
    /// fault of the program.
    pub fn generate(seed: u64) -> Result<Self, SampleError> {
        let outline = Outline::dadong()?;
        let terrain = Terrain::default();
        let lattice = Lattice::draw(seed);
        let centres = centre::choose(seed, &lattice, &outline, &terrain)?;
        let shops = centre::blocks(&centres);
        let blocks = block::draw(seed, &lattice, &outline, &terrain, &shops);
        let streets = street::draw(seed, &lattice, &blocks, &outline, &terrain);
        let pieces = Pieces::cut(&streets);

        let partition = Partition::cut(&outline, &lattice);
        let (grounds, beats) = beats::draw(seed, &partition)?;
        let commercial_districts = centre::districts(&lattice, &centres)?;
        let stations = post::stations(&pieces, &grounds);
        let pillars = post::pillars(seed, &pieces, &outline, &centres);

        let middles: Vec<Spot> = centres.iter().map(|c| c.spot).collect();
        let mut basemap = ground::draw(&lattice, &blocks, &outline, &terrain, &streets);
        basemap.extend(building::draw(
            seed, &lattice, &blocks, &outline, &terrain, &middles,
        ));
        for ground in &grounds {
            let text = format!("{}片区", ground.name);
            basemap.push(ground::label("suburb", text, ground.middle));
        }
        for (centre, name) in middles.iter().zip(name::COMMERCIAL) {
            basemap.push(ground::label("square", format!("{name}商圈"), *centre));
        }

        let process = Process::new(seed, pieces.clone(), &centres)?;
        Ok(Self {
            roads: draft::draft(seed, &streets),
            basemap,
            joint_duty_posts: post::joint_duty_posts(
                seed,
                &pieces,
                &centres,
                &commercial_districts,
            ),
            posts: post::posts(seed, &pieces, &outline),
            cameras: post::cameras(seed, &pieces, &outline),
            places: sites::places(seed, &pieces, &outline, &centres),
            units: unit::units(seed, &pieces, &grounds, &stations, &centres),
            categories: kind::categories(),
            incidents: incidents::draw(seed, &process, &outline, &pillars),
            boundary: outline.area,
            stations,
            beats,
            commercial_districts,
            pillars,
            process,
        })
    }
}
