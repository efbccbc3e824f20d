//! Places of interest out of an OpenStreetMap extract, as a table like any other file's: what is
//! a place, and of which kind and tier, says a list of tags that anybody can change
//! (`key,value,kind,tier`; the first line that fits counts, `*` fits any value).
//!
//! A node is where it is; a closed way is at the middle of its corners. Of a place its id, name
//! and kind are kept: telephone numbers, operators and opening hours are not read.

use std::collections::{HashMap, HashSet};

use osmpbf::{Element, PrimitiveBlock};
use thiserror::Error;

use crate::exchange::osm_pbf::node_ids;
use crate::exchange::osm_pbf_blobs::{Blobs, scan};
use crate::exchange::osm_pbf_tags::Tags;
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::gather::Gather;
use crate::exchange::read::table::{RawShape, StatedFrame, Table};

const FORMAT: &str = "OpenStreetMap";

/// The list of tags where nobody gives another one.
pub const DEFAULT_TAGS: &str = include_str!("osm_places.csv");

/// Which tags make a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceTags(Vec<PlaceTag>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct PlaceTag {
    key: String,
    value: String,
    kind: String,
    tier: String,
}

/// Why a list of tags can't be used.
#[derive(Debug, Error)]
pub enum PlaceTagsFault {
    /// Not a CSV.
    #[error("the list of tags can't be read: {0}")]
    Csv(#[from] csv::Error),
    /// Not these columns, or an empty cell.
    #[error("the list of tags needs the columns key,value,kind,tier and no empty cell (line {0})")]
    Columns(u64),
}

impl PlaceTags {
    /// From a CSV with the columns `key,value,kind,tier`.
    ///
    /// # Errors
    /// [`PlaceTagsFault`].
    pub fn parse(text: &str) -> Result<Self, PlaceTagsFault> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        if reader
            .headers()?
            .iter()
            .ne(["key", "value", "kind", "tier"])
        {
            return Err(PlaceTagsFault::Columns(1));
        }
        let mut tags = Vec::new();
        for record in reader.records() {
            let record = record?;
            let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
            if record.iter().any(str::is_empty) {
                let line = record.position().map_or(0, csv::Position::line);
                return Err(PlaceTagsFault::Columns(line));
            }
            tags.push(PlaceTag {
                key: cell(0),
                value: cell(1),
                kind: cell(2),
                tier: cell(3),
            });
        }
        Ok(Self(tags))
    }

    fn of(&self, tags: &Tags<'_>) -> Option<&PlaceTag> {
        let fits = |tag: &&PlaceTag| {
            let value = tags.get(&tag.key);
            value.is_some_and(|value| value == tag.value || (tag.value == "*" && value != "no"))
        };
        self.0.iter().find(fits)
    }
}

/// Reads the places of an extract, in at most so many bytes of memory.
///
/// # Errors
/// [`ReadFault`].
pub fn read_osm_places(
    bytes: &[u8],
    tags: &PlaceTags,
    most_bytes: u64,
) -> Result<Table, ReadFault> {
    let damaged = |fault: crate::exchange::osm_pbf::OsmFault| {
        ReadFault::damaged(FORMAT, "the extract", fault)
    };
    let mut blobs = scan(bytes).map_err(damaged)?;
    let mut ways = Ways::default();
    let see = |block: &PrimitiveBlock| ways.see(block, tags);
    blobs.visit(Blobs::all, see).map_err(damaged)?;
    let mut rows = Gather::new(most_bytes);
    let mut full = Ok(());
    let see = |block: &PrimitiveBlock| {
        if full.is_ok() {
            full = nodes(block, tags, &mut ways, &mut rows);
        }
    };
    blobs.visit(Blobs::with_nodes, see).map_err(damaged)?;
    full?;
    for way in std::mem::take(&mut ways.found) {
        if let Some(place) = ways.middle(&way.nodes) {
            rows.push("places", way.values, RawShape::Point(place))?;
        }
    }
    let mut table = rows.into_table(FORMAT, None)?;
    table.frame = StatedFrame::Epsg(4326);
    Ok(table)
}

/// Ways that are places, and the corners that they need.
#[derive(Default)]
struct Ways {
    found: Vec<PlaceWay>,
    needed: HashSet<i64>,
    corners: HashMap<i64, [f64; 2]>,
}

struct PlaceWay {
    values: Vec<(String, String)>,
    nodes: Vec<i64>,
}

impl Ways {
    fn see(&mut self, block: &PrimitiveBlock, tags: &PlaceTags) {
        for way in block.groups().flat_map(|group| group.ways()) {
            let its = Tags::new(way.tags());
            let Some(tag) = tags.of(&its) else {
                continue;
            };
            let mut nodes = node_ids(way.raw_refs());
            // Its last corner is its first one.
            if nodes.len() < 4 || nodes.first() != nodes.last() {
                continue;
            }
            nodes.pop();
            self.needed.extend(&nodes);
            let values = values(&format!("way/{}", way.id()), tag, &its);
            self.found.push(PlaceWay { values, nodes });
        }
    }

    /// The middle of the corners that the extract has; none where it has none of them.
    fn middle(&self, nodes: &[i64]) -> Option<[f64; 2]> {
        let corners = nodes.iter().filter_map(|node| self.corners.get(node));
        let mut sum = [0.0, 0.0, 0.0];
        for [lon, lat] in corners {
            sum = [sum[0] + lon, sum[1] + lat, sum[2] + 1.0];
        }
        (sum[2] > 0.0).then(|| [sum[0] / sum[2], sum[1] / sum[2]])
    }
}

fn nodes(
    block: &PrimitiveBlock,
    tags: &PlaceTags,
    ways: &mut Ways,
    rows: &mut Gather,
) -> Result<(), ReadFault> {
    for element in block.elements() {
        let (id, place, its) = match &element {
            Element::DenseNode(node) => {
                (node.id(), [node.lon(), node.lat()], Tags::new(node.tags()))
            }
            Element::Node(node) => (node.id(), [node.lon(), node.lat()], Tags::new(node.tags())),
            Element::Way(_) | Element::Relation(_) => continue,
        };
        if ways.needed.contains(&id) {
            ways.corners.insert(id, place);
        }
        if let Some(tag) = tags.of(&its) {
            let values = values(&format!("node/{id}"), tag, &its);
            rows.push("places", values, RawShape::Point(place))?;
        }
    }
    Ok(())
}

fn values(id: &str, tag: &PlaceTag, its: &Tags<'_>) -> Vec<(String, String)> {
    let name = match its.name() {
        // A place without a name is told by what it is.
        "" => tag.kind.as_str(),
        name => name,
    };
    [
        ("id", id),
        ("name", name),
        ("kind", tag.kind.as_str()),
        ("tier", tag.tier.as_str()),
    ]
    .map(|(column, value)| (column.to_owned(), value.to_owned()))
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_counts_and_a_star_fits_any_value() {
        let list =
            "key,value,kind,tier\namenity,bar,bar,yellow\nshop,*,shop,blue\namenity,*,other,blue\n";
        let tags = PlaceTags::parse(list).unwrap();
        let kind = |given: &[(&'static str, &'static str)]| {
            let its = Tags::new(given.iter().copied());
            tags.of(&its).map(|tag| tag.kind.clone())
        };
        assert_eq!(
            kind(&[("amenity", "bar"), ("shop", "yes")]).as_deref(),
            Some("bar")
        );
        assert_eq!(kind(&[("shop", "tea")]).as_deref(), Some("shop"));
        assert_eq!(kind(&[("shop", "no")]), None);
        assert_eq!(kind(&[("highway", "primary")]), None);
        assert!(PlaceTags::parse(DEFAULT_TAGS).unwrap().0.len() > 30);
        for bad in [
            "",
            "a,b\n",
            "key,value,kind,tier\namenity,bar,,blue\n",
            "key,value,kind\n",
        ] {
            assert!(PlaceTags::parse(bad).is_err(), "{bad}");
        }
    }
}
