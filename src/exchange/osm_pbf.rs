//! OpenStreetMap extracts (`.osm.pbf`): the roads to drive on and the ground to draw.
//!
//! Three walks over the file's blobs: relations (which ways make an area, which turns are
//! restricted), ways, nodes; each keeps only what the next needs. A torn file is refused
//! as a whole, with the byte at which it tears; it is never read by half.

use std::collections::{HashMap, HashSet};

use osmpbf::{Element, PrimitiveBlock, RelMemberType};
use thiserror::Error;

use crate::exchange::osm_pbf_blobs::{self, Blobs};
use crate::exchange::osm_pbf_rings::{self, MemberLine};
use crate::exchange::osm_pbf_tags::{self, Drawing, Tags, Turn};
use crate::place::basemap::{BasemapFeature, BasemapKind, BasemapShape};
use crate::place::position::Position;
use crate::roads::draft::{RestrictionDraft, RoadDraft, WayDraft};

/// So many points of ways are kept at most; a city of ten million has about 20 million.
const MOST_POINTS: usize = 60_000_000;

/// Ids from here on name the far sides of barriers: beyond all ids of the source.
const FAR_SIDE: i64 = 1 << 62;

/// What an extract holds.
#[derive(Debug, Clone, Default)]
pub struct OsmExtract {
    /// Ways to drive on, their nodes, turn restrictions.
    pub roads: RoadDraft,
    /// What to draw.
    pub basemap: Vec<BasemapFeature>,
    /// `[west, south, east, north]` of the ways' nodes, degrees; none without nodes.
    pub bounds: Option<[f64; 4]>,
    /// Turn restrictions that have no single via node (a via way, a time, other vehicles)
    /// and are not in `roads`.
    pub restrictions_not_read: usize,
    /// Areas whose rings don't close within the file, left out of the basemap.
    pub areas_not_closed: usize,
    /// Nodes at which cars can't pass (bollards…): ways end there.
    pub barriers: usize,
}

/// Why a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OsmFault {
    /// No byte.
    #[error("the file is empty")]
    Empty,
    /// Something else than a PBF file.
    #[error("this is not an .osm.pbf file: it does not start with an OSMHeader blob")]
    NotPbf,
    /// It breaks off, or a blob is damaged.
    #[error(
        "the file is torn or damaged in blob {blob}, which starts at byte {byte}: {why}; fetch the file again"
    )]
    Torn {
        /// Which blob, from 1.
        blob: usize,
        /// Where it starts.
        byte: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A feature of the format that this program does not know.
    #[error("the file needs the feature {0:?}, which this program does not read")]
    Feature(String),
    /// Nodes only: cut after them, or of no use.
    #[error("the file holds no way at all; it may have been cut, or is no street map")]
    NoWays,
    /// A way without a single node of its own.
    #[error(
        "way {way} has none of its {nodes} nodes in the file: the file is incomplete; fetch or cut it again, with complete ways"
    )]
    WayWithoutNodes {
        /// The way's id.
        way: i64,
        /// How many nodes it names.
        nodes: usize,
    },
    /// More than fits.
    #[error(
        "the ways of the file have more than {MOST_POINTS} points; cut out the district first, e.g. with: osmium extract"
    )]
    TooLarge,
}

/// Reads an extract.
///
/// # Errors
/// [`OsmFault`]: one sentence with the place of the fault.
pub fn read_osm_pbf(bytes: &[u8]) -> Result<OsmExtract, OsmFault> {
    let mut blobs = osm_pbf_blobs::scan(bytes)?;
    let mut reading = Reading::default();
    blobs.visit(Blobs::all, |block| reading.relations(block))?;
    blobs.visit(Blobs::with_ways, |block| reading.ways(block))?;
    if reading.points > MOST_POINTS {
        return Err(OsmFault::TooLarge);
    }
    if reading.ways_seen == 0 {
        return Err(OsmFault::NoWays);
    }
    let wanted = reading.wanted_nodes();
    blobs.visit(Blobs::with_nodes, |block| reading.nodes(block, &wanted))?;
    reading.finish()
}

/// A way to draw, before its nodes' places are known.
struct DrawnWay {
    id: i64,
    drawing: Drawing,
    nodes: Vec<i64>,
}

/// An area made of several ways.
struct DrawnRelation {
    drawing: Drawing,
    /// Way ids, with whether they bound a hole.
    members: Vec<(i64, bool)>,
}

#[derive(Default)]
struct Reading {
    relations: Vec<DrawnRelation>,
    /// Ways that relations need.
    members: HashSet<i64>,
    member_nodes: HashMap<i64, Vec<i64>>,
    roads: Vec<WayDraft>,
    drawn: Vec<DrawnWay>,
    labels: Vec<BasemapFeature>,
    places: HashMap<i64, Position>,
    barriers: HashSet<i64>,
    restrictions: Vec<RestrictionDraft>,
    restrictions_not_read: usize,
    ways_seen: usize,
    points: usize,
}

impl Reading {
    fn relations(&mut self, block: &PrimitiveBlock) {
        for relation in block.groups().flat_map(|g| g.relations()) {
            let tags = Tags::new(relation.tags());
            match tags.get("type") {
                Some("restriction") => match restriction(&relation, &tags) {
                    Some(Some(restriction)) => self.restrictions.push(restriction),
                    Some(None) => self.restrictions_not_read += 1,
                    None => {}
                },
                Some("multipolygon") => {
                    let Some(drawing) = osm_pbf_tags::drawing(&tags).filter(|d| d.area) else {
                        continue;
                    };
                    let members: Vec<(i64, bool)> = relation
                        .members()
                        .filter(|m| m.member_type == RelMemberType::Way)
                        .map(|m| (m.member_id, m.role().is_ok_and(|r| r == "inner")))
                        .collect();
                    self.members.extend(members.iter().map(|m| m.0));
                    self.relations.push(DrawnRelation { drawing, members });
                }
                _ => {}
            }
        }
    }

    fn ways(&mut self, block: &PrimitiveBlock) {
        for way in block.groups().flat_map(|g| g.ways()) {
            self.ways_seen += 1;
            if self.points > MOST_POINTS {
                return;
            }
            let tags = Tags::new(way.tags());
            let road = osm_pbf_tags::road(&tags);
            let drawing = osm_pbf_tags::drawing(&tags);
            let is_member = self.members.contains(&way.id());
            if road.is_none() && drawing.is_none() && !is_member {
                continue;
            }
            let nodes: Vec<i64> = node_ids(way.raw_refs());
            if nodes.len() < 2 {
                continue;
            }
            if is_member {
                self.points += nodes.len();
                self.member_nodes.insert(way.id(), nodes.clone());
            }
            if let Some(road) = road {
                self.points += nodes.len();
                self.roads.push(WayDraft {
                    id: way.id(),
                    nodes: nodes.clone(),
                    class: road.class.to_owned(),
                    name: road.name.to_owned(),
                    direction: road.direction,
                    max_kmh: road.max_kmh,
                });
            }
            if let Some(drawing) = drawing {
                self.points += nodes.len();
                self.drawn.push(DrawnWay {
                    id: way.id(),
                    drawing,
                    nodes,
                });
            }
        }
    }

    fn wanted_nodes(&self) -> HashSet<i64> {
        let roads = self.roads.iter().flat_map(|w| &w.nodes);
        let drawn = self.drawn.iter().flat_map(|w| &w.nodes);
        let members = self.member_nodes.values().flatten();
        roads.chain(drawn).chain(members).copied().collect()
    }

    fn nodes(&mut self, block: &PrimitiveBlock, wanted: &HashSet<i64>) {
        for element in block.elements() {
            match element {
                Element::DenseNode(node) => {
                    let tags = Tags::new(node.tags());
                    self.node(node.id(), [node.lon(), node.lat()], &tags, wanted);
                }
                Element::Node(node) => {
                    let tags = Tags::new(node.tags());
                    self.node(node.id(), [node.lon(), node.lat()], &tags, wanted);
                }
                Element::Way(_) | Element::Relation(_) => {}
            }
        }
    }

    fn node(&mut self, id: i64, at: [f64; 2], tags: &Tags<'_>, wanted: &HashSet<i64>) {
        // A node off the Earth is as good as missing.
        let Ok(at) = Position::try_from(at) else {
            return;
        };
        if wanted.contains(&id) {
            self.places.insert(id, at);
            if osm_pbf_tags::stops_cars(tags) {
                self.barriers.insert(id);
            }
        }
        if let Some(label) = osm_pbf_tags::label(tags) {
            self.labels.push(feature(label, BasemapShape::Point(at)));
        }
    }

    fn finish(mut self) -> Result<OsmExtract, OsmFault> {
        let drawn = self.drawn.iter().map(|w| (w.id, &w.nodes));
        for (way, nodes) in self.roads.iter().map(|w| (w.id, &w.nodes)).chain(drawn) {
            if !nodes.iter().any(|n| self.places.contains_key(n)) {
                return Err(OsmFault::WayWithoutNodes {
                    way,
                    nodes: nodes.len(),
                });
            }
        }
        let (basemap, areas_not_closed) = self.basemap();
        let (roads, barriers) = self.road_draft();
        Ok(OsmExtract {
            roads,
            basemap,
            bounds: bounds(self.places.values()),
            restrictions_not_read: self.restrictions_not_read,
            areas_not_closed,
            barriers,
        })
    }

    fn basemap(&mut self) -> (Vec<BasemapFeature>, usize) {
        let mut features = Vec::new();
        let mut not_closed = 0;
        for DrawnRelation { drawing, members } in std::mem::take(&mut self.relations) {
            let lines: Vec<MemberLine<'_>> = members
                .iter()
                .filter_map(|(way, hole)| Some((self.member_nodes.get(way)?.as_slice(), *hole)))
                .collect();
            let polygons = osm_pbf_rings::assemble(&lines, &self.places);
            not_closed += usize::from(polygons.is_empty());
            for rings in polygons {
                features.push(feature(drawing.clone(), BasemapShape::Polygon(rings)));
            }
        }
        for DrawnWay { drawing, nodes, .. } in std::mem::take(&mut self.drawn) {
            let line: Vec<Position> = nodes
                .iter()
                .filter_map(|n| self.places.get(n).copied())
                .collect();
            let closed = nodes.len() > 3 && nodes.first() == nodes.last();
            if drawing.area && closed && line.len() == nodes.len() {
                features.push(feature(drawing, BasemapShape::Polygon(vec![line])));
            } else if drawing.area {
                not_closed += 1;
            } else if line.len() > 1 {
                features.push(feature(drawing, BasemapShape::Line(line)));
            }
        }
        features.append(&mut self.labels);
        let mut squares = squares(&mut features);
        features.append(&mut squares);
        (features, not_closed)
    }

    /// Ways end at barriers: what lies behind gets a node of its own at the same place.
    ///
    /// A barrier on the node where a side street leaves a through street closes the side
    /// street; where two through streets cross it is taken for a slip of the mapper.
    fn road_draft(&mut self) -> (RoadDraft, usize) {
        let uses = self.barrier_uses();
        let mut draft = RoadDraft {
            restrictions: std::mem::take(&mut self.restrictions),
            ..RoadDraft::default()
        };
        let mut closed = HashSet::new();
        let mut far_side = FAR_SIDE;
        for way in std::mem::take(&mut self.roads) {
            let mut piece = Vec::with_capacity(way.nodes.len());
            let last = way.nodes.len() - 1;
            for (i, &node) in way.nodes.iter().enumerate() {
                let at = self.places.get(&node).copied();
                let (through, ends) = uses.get(&node).copied().unwrap_or_default();
                let cuts_here = match i == 0 || i == last {
                    true => through + ends > 1 && through < 2,
                    false => through == 1 && ends == 0,
                };
                let mut id = node;
                if let Some(at) = at.filter(|_| cuts_here) {
                    closed.insert(node);
                    if i > 0 && i < last {
                        draft.nodes.insert(node, at);
                        piece.push(node);
                        draft.ways.push(WayDraft {
                            nodes: std::mem::take(&mut piece),
                            ..way.clone()
                        });
                    }
                    far_side += 1;
                    id = far_side;
                }
                if let Some(at) = at {
                    draft.nodes.insert(id, at);
                }
                piece.push(id);
            }
            draft.ways.push(WayDraft {
                nodes: piece,
                ..way
            });
        }
        (draft, closed.len())
    }

    /// How many roads run through each barrier, and how many end at it.
    fn barrier_uses(&self) -> HashMap<i64, (u32, u32)> {
        let mut uses: HashMap<i64, (u32, u32)> = HashMap::new();
        for way in &self.roads {
            let last = way.nodes.len() - 1;
            for (i, node) in way.nodes.iter().enumerate() {
                if self.barriers.contains(node) {
                    let (through, ends) = uses.entry(*node).or_default();
                    match i == 0 || i == last {
                        true => *ends += 1,
                        false => *through += 1,
                    }
                }
            }
        }
        uses
    }
}

/// Delta-coded ids, as they are.
pub(crate) fn node_ids(deltas: &[i64]) -> Vec<i64> {
    let mut id = 0i64;
    deltas
        .iter()
        .map(|delta| {
            id = id.wrapping_add(*delta);
            id
        })
        .collect()
}

/// `None`: not a restriction for cars. `Some(None)`: one that can't be used.
fn restriction(
    relation: &osmpbf::Relation<'_>,
    tags: &Tags<'_>,
) -> Option<Option<RestrictionDraft>> {
    let only = match osm_pbf_tags::turn(tags)? {
        Turn::Only => true,
        Turn::No => false,
        Turn::Unclear => return Some(None),
    };
    let (mut from, mut via, mut to) = (Vec::new(), Vec::new(), Vec::new());
    for member in relation.members() {
        match (member.role().unwrap_or_default(), member.member_type) {
            ("from", RelMemberType::Way) => from.push(member.member_id),
            ("to", RelMemberType::Way) => to.push(member.member_id),
            ("via", RelMemberType::Node) => via.push(member.member_id),
            ("via", _) => return Some(None),
            _ => {}
        }
    }
    let (&[from_way], &[via_node], &[to_way]) = (&from[..], &via[..], &to[..]) else {
        return Some(None);
    };
    Some(Some(RestrictionDraft {
        from_way,
        via_node,
        to_way,
        only,
    }))
}

fn feature(drawing: Drawing, shape: BasemapShape) -> BasemapFeature {
    BasemapFeature {
        kind: drawing.kind,
        class: drawing.class,
        name: drawing.name,
        shape,
    }
}

/// Squares are areas of labels: they become a name at their middle.
fn squares(features: &mut Vec<BasemapFeature>) -> Vec<BasemapFeature> {
    let mut labels = Vec::new();
    features.retain(|f| {
        let BasemapShape::Polygon(rings) = &f.shape else {
            return true;
        };
        if f.kind != BasemapKind::Label {
            return true;
        }
        if let Some([west, south, east, north]) = bounds(rings.iter().flatten()) {
            let middle = Position::wrapped((west + east) / 2.0, (south + north) / 2.0);
            labels.push(BasemapFeature {
                shape: BasemapShape::Point(middle),
                ..f.clone()
            });
        }
        false
    });
    labels
}

fn bounds<'a>(places: impl Iterator<Item = &'a Position>) -> Option<[f64; 4]> {
    places.fold(None, |bounds, p| {
        let [w, s, e, n] = bounds.unwrap_or([p.lon(), p.lat(), p.lon(), p.lat()]);
        Some([
            w.min(p.lon()),
            s.min(p.lat()),
            e.max(p.lon()),
            n.max(p.lat()),
        ])
    })
}

#[cfg(test)]
#[path = "osm_pbf_tests.rs"]
mod tests;
