//! Rows of a table as what stands in a district: points and polygons of the eleven
//! other layers, with ids that stay the same from file to file.

use std::collections::{BTreeMap, HashSet};

use geo::unary_union;

use crate::exchange::import::columns::{Columns, header_words};
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::feature_words::{PILLAR_STATES, TIERS, UNIT_KINDS, UNIT_STATES};
use crate::exchange::import::field::{Field, Layer};
use crate::exchange::import::identity::{Content, Identities, prefixed};
use crate::exchange::import::incident_rows::check_form;
use crate::exchange::import::locate::{Locator, number};
use crate::exchange::import::made_up::{self, Holds};
use crate::exchange::import::personal::{pattern_of, scrub};
use crate::exchange::import::refusal::{Reason, Refusal, RowFault};
use crate::exchange::read::table::Table;
use crate::place::area::Area;
use crate::place::feature::{
    AlarmPillar, Beat, Camera, CommercialDistrict, JointDutyPost, PatrolZone, PillarState, Place,
    PlaceTier, Post, Station, Unit, UnitKind, UnitStatus,
};
use crate::place::id::Id;
use crate::place::measure::{Metres, Seconds};
use crate::place::position::Position;

/// How far a camera sees where its source does not say, metres.
const DEFAULT_VIEW_M: f64 = 50.0;

/// Rows of one layer.
#[derive(Debug, Clone)]
pub enum Features {
    /// All polygons of the file joined.
    Boundary(Area),
    /// Police stations.
    Stations(Vec<Station>),
    /// Beats.
    Beats(Vec<Beat>),
    /// Patrol zones.
    Zones(Vec<PatrolZone>),
    /// Police posts.
    Posts(Vec<Post>),
    /// Joint-duty posts.
    JointDutyPosts(Vec<JointDutyPost>),
    /// Commercial districts.
    CommercialDistricts(Vec<CommercialDistrict>),
    /// Alarm pillars.
    Pillars(Vec<AlarmPillar>),
    /// Camera sites.
    Cameras(Vec<Camera>),
    /// Places of interest.
    Places(Vec<Place>),
    /// Units.
    Units(Vec<Unit>),
}

/// What rows are read with.
#[derive(Debug)]
pub struct FeatureReader<'a> {
    /// The rows.
    pub table: &'a Table,
    /// Which column is what.
    pub columns: &'a Columns,
    /// Where a row is.
    pub locator: Locator<'a>,
    /// Which layer; never incidents.
    pub layer: Layer,
    /// Put before each id as `NAME:`, so that two sources' ids can't meet.
    pub source: Option<&'a str>,
    /// Ids of stations, or of commercial districts, by their ids and names.
    pub references: &'a BTreeMap<String, String>,
    /// What the workspace holds: made-up rows don't come among real ones.
    pub holds: Holds,
}

/// What became of the rows.
#[derive(Debug)]
pub struct FeatureRows {
    /// Kept; none where every row is refused.
    pub features: Option<Features>,
    /// How many rows are in it.
    pub kept: u64,
    /// Refused, in the file's order.
    pub refusals: Vec<Refusal>,
    /// Sentences for the report.
    pub notes: Vec<String>,
    /// Name of the boundary's district, where its file has one.
    pub preview: Vec<(String, String, String)>,
}

struct Named<T> {
    row: usize,
    id: String,
    name: String,
    ground: T,
}

impl FeatureReader<'_> {
    /// Reads all rows.
    ///
    /// # Errors
    /// [`ImportFault`] where polygons or columns are missing.
    pub fn read(&self) -> Result<FeatureRows, ImportFault> {
        let mut refusals = Vec::new();
        let mut notes = Vec::new();
        let mut preview = Vec::new();
        let (features, kept) = if self.layer.is_areas() {
            if !self.table.has_shapes() {
                return Err(ImportFault::NoPolygons {
                    layer: self.layer.word(),
                });
            }
            let areas = self.areas(&mut refusals);
            preview.extend(areas.iter().take(10).map(|a| {
                (
                    a.id.clone(),
                    a.name.clone(),
                    format!("{:.3} km2", a.ground.km2()),
                )
            }));
            let kept = areas.len() as u64;
            (self.area_features(areas, &mut refusals, &mut notes), kept)
        } else {
            self.check_point_columns()?;
            let points = self.points(&mut refusals);
            preview.extend(points.iter().take(10).map(|p| {
                let place = format!("{:.6}, {:.6}", p.ground.lon(), p.ground.lat());
                (p.id.clone(), p.name.clone(), place)
            }));
            let kept = points.len();
            let before = refusals.len();
            let features = self.point_features(points, &mut refusals);
            (features, (kept - (refusals.len() - before)) as u64)
        };
        refusals.sort_by_key(|refusal| refusal.row);
        self.note_references(&mut notes);
        Ok(FeatureRows {
            features: features.filter(|_| kept > 0),
            kept,
            refusals,
            notes,
            preview,
        })
    }

    fn check_point_columns(&self) -> Result<(), ImportFault> {
        if self.table.has_shapes() {
            return Ok(());
        }
        for field in [Field::Lon, Field::Lat] {
            if self.columns.of(field).is_none() {
                return Err(ImportFault::NoColumn {
                    field: field.word(),
                    columns: header_words(self.table),
                });
            }
        }
        Ok(())
    }

    fn areas(&self, refusals: &mut Vec<Refusal>) -> Vec<Named<Area>> {
        let near = self.layer != Layer::Boundary;
        self.named(
            refusals,
            |row| self.locator.area(row, near),
            |area| {
                let corners = area.shape().0.iter().flat_map(|p| p.exterior().coords());
                corners.fold(Content::of(self.layer.word()), |content, corner| {
                    content.degrees(corner.x).degrees(corner.y)
                })
            },
        )
    }

    fn points(&self, refusals: &mut Vec<Refusal>) -> Vec<Named<Position>> {
        self.named(
            refusals,
            |row| self.locator.point(row),
            |position| {
                Content::of(self.layer.word())
                    .degrees(position.lon())
                    .degrees(position.lat())
            },
        )
    }

    /// Rows with a ground and an id: the source's, else the name where names are unique,
    /// else a hash of name and ground.
    fn named<T>(
        &self,
        refusals: &mut Vec<Refusal>,
        ground_of: impl Fn(usize) -> Result<T, RowFault>,
        content_of: impl Fn(&T) -> Content,
    ) -> Vec<Named<T>> {
        let by_name = self.columns.of(Field::Id).is_none() && self.names_are_unique();
        let mut identities = Identities::default();
        let mut used: HashSet<String> = HashSet::new();
        let mut kept = Vec::new();
        for row in 0..self.table.len() {
            let made = check_form(self.table, row).and_then(|()| {
                made_up::check(self.table, self.columns, row, self.holds)?;
                let ground = ground_of(row)?;
                let own_id = self.columns.cell(self.table, row, Field::Id);
                // An id that tells of a person is none: the row's hash takes its place.
                let own_id = match pattern_of(own_id) {
                    Some(_) => String::new(),
                    None => own_id.to_owned(),
                };
                let own_name = scrub(self.columns.cell(self.table, row, Field::Name));
                let id = if !own_id.is_empty() {
                    own_id.clone()
                } else if by_name {
                    own_name.clone()
                } else {
                    identities.next(content_of(&ground).text(&own_name).key())
                };
                if !used.insert(id.clone()) {
                    return Err(RowFault::new(
                        Reason::DuplicateId,
                        "id",
                        &id,
                        "an earlier row has the same id",
                    ));
                }
                let name = match (own_name.is_empty(), own_id.is_empty()) {
                    (false, _) => own_name,
                    (true, false) => own_id,
                    (true, true) => format!("{} {}", self.layer.word(), row + 1),
                };
                Ok(Named {
                    row,
                    id: prefixed(self.source, id),
                    name,
                    ground,
                })
            });
            match made {
                Ok(named) => kept.push(named),
                Err(fault) => refusals.push(self.refusal(row, fault)),
            }
        }
        kept
    }

    fn names_are_unique(&self) -> bool {
        let mut seen = HashSet::new();
        (0..self.table.len()).all(|row| {
            let name = scrub(self.columns.cell(self.table, row, Field::Name));
            !name.is_empty() && seen.insert(name)
        })
    }

    fn area_features(
        &self,
        areas: Vec<Named<Area>>,
        refusals: &mut Vec<Refusal>,
        notes: &mut Vec<String>,
    ) -> Option<Features> {
        Some(match self.layer {
            Layer::Boundary => {
                if areas.len() > 1 {
                    notes.push(format!("{} polygons joined to one boundary", areas.len()));
                }
                Features::Boundary(self.joined(areas, refusals)?)
            }
            Layer::Zones => Features::Zones(each(areas, |a| PatrolZone {
                id: Id::new(a.id),
                name: a.name,
                area: a.ground,
            })),
            Layer::CommercialDistricts => {
                Features::CommercialDistricts(each(areas, |a| CommercialDistrict {
                    id: Id::new(a.id),
                    name: a.name,
                    area: a.ground,
                }))
            }
            _ => Features::Beats(each(areas, |a| Beat {
                station: self.reference(a.row, Field::Station).map(Id::new),
                id: Id::new(a.id),
                name: a.name,
                area: a.ground,
            })),
        })
    }

    fn joined(&self, areas: Vec<Named<Area>>, refusals: &mut Vec<Refusal>) -> Option<Area> {
        if areas.len() == 1 {
            return areas.into_iter().next().map(|a| a.ground);
        }
        let first = areas.first()?.row;
        let shapes: Vec<_> = areas
            .into_iter()
            .map(|a| a.ground.shape().clone())
            .collect();
        let polygons: Vec<geo::Polygon<f64>> = shapes.into_iter().flat_map(|s| s.0).collect();
        match Area::from_shape(unary_union(&polygons)) {
            Ok(area) => Some(area),
            Err(fault) => {
                let why = format!("the polygons can't be joined: {fault}");
                refusals.push(self.refusal(
                    first,
                    RowFault::new(Reason::BadPolygon, "geometry", "", why),
                ));
                None
            }
        }
    }

    fn point_features(
        &self,
        points: Vec<Named<Position>>,
        refusals: &mut Vec<Refusal>,
    ) -> Option<Features> {
        Some(match self.layer {
            Layer::Stations => Features::Stations(each(points, |p| Station {
                id: Id::new(p.id),
                name: p.name,
                position: p.ground,
            })),
            Layer::Posts => Features::Posts(each(points, |p| Post {
                hours: scrub(self.columns.cell(self.table, p.row, Field::Hours)),
                id: Id::new(p.id),
                name: p.name,
                position: p.ground,
            })),
            Layer::JointDutyPosts => {
                Features::JointDutyPosts(self.checked(points, refusals, |p| {
                    let every = self.measure(p.row, Field::VisitEvery)?;
                    Ok(JointDutyPost {
                        commercial_district: self
                            .reference(p.row, Field::CommercialDistrict)
                            .map(Id::new),
                        visit_every: every.map(|n| Seconds(n * self.visit_unit_s())),
                        id: Id::new(p.id),
                        name: p.name,
                        position: p.ground,
                    })
                }))
            }
            Layer::Pillars => Features::Pillars(self.checked(points, refusals, |p| {
                Ok(AlarmPillar {
                    state: self.word(p.row, Field::State, PillarState::Online, PILLAR_STATES)?,
                    id: Id::new(p.id),
                    name: p.name,
                    position: p.ground,
                })
            })),
            Layer::Cameras => Features::Cameras(self.checked(points, refusals, |p| {
                let view = self.measure(p.row, Field::View)?;
                Ok(Camera {
                    view: Metres(view.unwrap_or(DEFAULT_VIEW_M)),
                    id: Id::new(p.id),
                    name: p.name,
                    position: p.ground,
                })
            })),
            Layer::Places => Features::Places(self.checked(points, refusals, |p| {
                let kind = scrub(self.columns.cell(self.table, p.row, Field::Kind));
                Ok(Place {
                    tier: self.word(p.row, Field::Tier, PlaceTier::Blue, TIERS)?,
                    kind: if kind.is_empty() {
                        "place".to_owned()
                    } else {
                        kind
                    },
                    id: Id::new(p.id),
                    name: p.name,
                    position: p.ground,
                })
            })),
            Layer::Units => Features::Units(self.checked(points, refusals, |p| {
                Ok(Unit {
                    kind: self.word(p.row, Field::Kind, UnitKind::Car, UNIT_KINDS)?,
                    status: self.word(p.row, Field::Status, UnitStatus::Idle, UNIT_STATES)?,
                    station: self.reference(p.row, Field::Station).map(Id::new),
                    id: Id::new(p.id),
                    call_sign: p.name,
                    position: p.ground,
                })
            })),
            _ => return None,
        })
    }

    fn checked<T>(
        &self,
        points: Vec<Named<Position>>,
        refusals: &mut Vec<Refusal>,
        make: impl Fn(Named<Position>) -> Result<T, RowFault>,
    ) -> Vec<T> {
        let mut made = Vec::with_capacity(points.len());
        for point in points {
            let row = point.row;
            match make(point) {
                Ok(feature) => made.push(feature),
                Err(fault) => refusals.push(self.refusal(row, fault)),
            }
        }
        made
    }

    fn word<T: Copy>(
        &self,
        row: usize,
        field: Field,
        otherwise: T,
        words: &[(&str, T)],
    ) -> Result<T, RowFault> {
        let text = self.columns.cell(self.table, row, field);
        if text.is_empty() {
            return Ok(otherwise);
        }
        let plain = text.to_lowercase().replace([' ', '-'], "_");
        let known = words.iter().find(|(word, _)| *word == plain);
        known.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            RowFault::new(
                Reason::UnknownWord,
                field.word(),
                text,
                format!("it must be one of {}", list.join(", ")),
            )
        })
    }

    fn measure(&self, row: usize, field: Field) -> Result<Option<f64>, RowFault> {
        let text = self.columns.cell(self.table, row, field);
        if text.is_empty() {
            return Ok(None);
        }
        let value = number(text, field.word())?;
        if value > 0.0 {
            Ok(Some(value))
        } else {
            Err(RowFault::new(
                Reason::OutOfRange,
                field.word(),
                text,
                "it must be over 0",
            ))
        }
    }

    /// Seconds in the unit of the visits' column: a minute where its header names no other.
    /// This program's own exports say `visit_every_s`, and 秒 in Chinese.
    fn visit_unit_s(&self) -> f64 {
        let header = self.columns.of(Field::VisitEvery);
        let header = header.and_then(|at| self.table.columns().get(at));
        let is_seconds = header.is_some_and(|header| {
            header.ends_with("_s") || header == "visit_ever" || header.contains(['秒'])
        });
        if is_seconds { 1.0 } else { 60.0 }
    }

    fn reference(&self, row: usize, field: Field) -> Option<String> {
        let text = self.columns.cell(self.table, row, field);
        let own = self.source.map(|source| format!("{source}:{text}"));
        let own = own.and_then(|id| self.references.get(&id));
        own.or_else(|| self.references.get(text)).cloned()
    }

    fn note_references(&self, notes: &mut Vec<String>) {
        let field = match self.layer {
            Layer::Beats | Layer::Units => Field::Station,
            Layer::JointDutyPosts => Field::CommercialDistrict,
            _ => return,
        };
        let unknown = (0..self.table.len())
            .filter(|&row| {
                !self.columns.cell(self.table, row, field).is_empty()
                    && self.reference(row, field).is_none()
            })
            .count();
        if unknown > 0 {
            notes.push(format!(
                "{unknown} rows name a {} that the workspace does not have; they are kept without it",
                field.word().replace('_', " ")
            ));
        }
    }

    fn refusal(&self, row: usize, fault: RowFault) -> Refusal {
        Refusal {
            row: self.table.number(row),
            fault,
        }
    }
}

fn each<A, B>(rows: Vec<A>, make: impl Fn(A) -> B) -> Vec<B> {
    rows.into_iter().map(make).collect()
}

#[cfg(test)]
#[path = "feature_rows_tests.rs"]
mod tests;
