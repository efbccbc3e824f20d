//! FlatGeobuf in: each feature's bytes are checked against what the file has before they are
//! read, so that a length that lies is a damaged file and not memory. The index is skipped.
//!
//! The library's own readers of geometries and properties trust offsets inside a feature;
//! here its verified buffers are read, and each offset is looked at.

use flatgeobuf::{
    ColumnType, Feature, Geometry, GeometryType, Header, size_prefixed_root_as_feature,
    size_prefixed_root_as_header,
};

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::shape_parts::ShapeParts;
use crate::exchange::read::table::{MOST_COLUMNS, RawShape, StatedFrame, Table};
use crate::place::area::RawPolygon;

const FORMAT: &str = "FlatGeobuf";

/// What a file begins with: the name, a version, the name, a patch level.
pub const MAGIC: &[u8] = b"fgb";
const MAGIC_BYTES: usize = 8;
const NEWEST: u8 = 3;

/// Largest header: names of columns, not data.
const MOST_HEADER: usize = 10 << 20;

/// Bytes of a node of the index: a box and an offset.
const NODE: u64 = 40;

/// Parts of one geometry; each may point to the same bytes as another.
const MOST_PARTS: usize = 100_000;

/// Coordinates, and ends of rings, of one geometry, for the same reason.
const MOST_CORNERS: usize = 10_000_000;

/// Reads a FlatGeobuf file.
///
/// # Errors
/// [`ReadFault`].
pub fn read_flatgeobuf(bytes: &[u8], most_bytes: u64) -> Result<Table, ReadFault> {
    if bytes.get(3).is_none_or(|version| *version > NEWEST) || bytes.len() < MAGIC_BYTES {
        let why = "only versions up to 3 are read".to_owned();
        return Err(damaged("its first bytes", why));
    }
    let rest = &bytes[MAGIC_BYTES..];
    let (header_bytes, rest) = prefixed(rest, "the header")?;
    if header_bytes.len() > MOST_HEADER {
        return Err(ReadFault::TooLarge {
            what: "its header".to_owned(),
            limit_mib: (MOST_HEADER >> 20) as u64,
        });
    }
    let header = size_prefixed_root_as_header(header_bytes)
        .map_err(|fault| damaged("the header", fault.to_string()))?;
    let mut rest = after_index(rest, &header)?;
    let columns = columns_of(&header)?;
    let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let mut table = Table::new(names, FORMAT.to_owned(), "feature");
    table.frame = frame_of(&header);
    let mut cells: Vec<String> = vec![String::new(); columns.len()];
    let mut number = 0u32;
    while !rest.is_empty() {
        number = number.saturating_add(1);
        let place = format!("feature {number}");
        let (feature_bytes, after) = prefixed(rest, &place)?;
        rest = after;
        let feature = size_prefixed_root_as_feature(feature_bytes)
            .map_err(|fault| damaged(&place, fault.to_string()))?;
        cells.iter_mut().for_each(String::clear);
        read_properties(&feature, &columns, &mut cells)
            .ok_or_else(|| damaged(&place, "its attributes end too early".to_owned()))?;
        let shape = shape_of(&feature, header.geometry_type());
        table.push_with_shape(number, cells.iter().map(String::as_str), shape);
        table.check_held(most_bytes)?;
    }
    let told = header.features_count();
    if told != 0 && told != u64::from(number) {
        let why = format!("the header tells of {told} features, there are {number}");
        return Err(damaged("its end", why));
    }
    if table.is_empty() {
        return Err(ReadFault::NoRows {
            columns: table.columns().join(", "),
        });
    }
    Ok(table)
}

/// What a length stands before, the length included, and what follows.
fn prefixed<'b>(bytes: &'b [u8], place: &str) -> Result<(&'b [u8], &'b [u8]), ReadFault> {
    let length = bytes.first_chunk::<4>().map(|b| u32::from_le_bytes(*b));
    let Some(length) = length else {
        return Err(damaged(place, "it is cut off".to_owned()));
    };
    let end = usize::try_from(length)
        .unwrap_or(usize::MAX)
        .saturating_add(4);
    bytes.split_at_checked(end).ok_or_else(|| {
        let left = bytes.len() - 4;
        damaged(
            place,
            format!("it says that it has {length} bytes; {left} are left"),
        )
    })
}

/// The bytes behind the index, whose size follows from the number of features.
fn after_index<'b>(bytes: &'b [u8], header: &Header<'_>) -> Result<&'b [u8], ReadFault> {
    let (features, fan) = (header.features_count(), u64::from(header.index_node_size()));
    if features == 0 || fan < 2 {
        return Ok(bytes);
    }
    let (mut level, mut nodes) = (features, features);
    while level > 1 {
        level = level.div_ceil(fan);
        nodes = nodes.saturating_add(level);
    }
    // One feature has a node of its own and one above it.
    let nodes = if features == 1 { 2 } else { nodes };
    let size = usize::try_from(nodes.saturating_mul(NODE)).unwrap_or(usize::MAX);
    bytes.get(size..).ok_or_else(|| {
        damaged(
            "the index",
            format!("the header tells of {features} features, more than the file has room for"),
        )
    })
}

fn columns_of(header: &Header<'_>) -> Result<Vec<(String, ColumnType)>, ReadFault> {
    let Some(columns) = header.columns() else {
        return Ok(Vec::new());
    };
    if columns.len() > MOST_COLUMNS {
        return Err(ReadFault::TooMany {
            what: "columns",
            most: MOST_COLUMNS as u64,
        });
    }
    Ok(columns
        .iter()
        .map(|column| (column.name().to_owned(), column.type_()))
        .collect())
}

fn frame_of(header: &Header<'_>) -> StatedFrame {
    let Some(crs) = header.crs() else {
        return StatedFrame::Unstated;
    };
    if let Some(shifted) = crs.name().and_then(StatedFrame::of_name) {
        return shifted;
    }
    let epsg = crs.org().is_none_or(|org| org.eq_ignore_ascii_case("EPSG"));
    match (u32::try_from(crs.code()), crs.wkt()) {
        (Ok(code), _) if code > 0 && epsg => StatedFrame::Epsg(code),
        (_, Some(wkt)) if !wkt.is_empty() => StatedFrame::Wkt(wkt.to_owned()),
        _ => StatedFrame::Unstated,
    }
}

/// Puts the values into their columns' cells; none where they run over the end.
fn read_properties(
    feature: &Feature<'_>,
    columns: &[(String, ColumnType)],
    cells: &mut [String],
) -> Option<()> {
    let own = own_columns(feature);
    let mut rest = feature.properties().map_or(&[][..], |p| p.bytes());
    // Some writers leave a byte behind.
    while rest.len() > 1 {
        let at = usize::from(u16::from_le_bytes(take(&mut rest)?));
        // A feature's own columns stand for nothing in the table.
        let kind = match &own {
            Some(own) => *own.get(at)?,
            None => columns.get(at)?.1,
        };
        let text = match kind {
            ColumnType::Byte => i8::from_le_bytes(take(&mut rest)?).to_string(),
            ColumnType::UByte => u8::from_le_bytes(take(&mut rest)?).to_string(),
            ColumnType::Bool => (take::<1>(&mut rest)?[0] != 0).to_string(),
            ColumnType::Short => i16::from_le_bytes(take(&mut rest)?).to_string(),
            ColumnType::UShort => u16::from_le_bytes(take(&mut rest)?).to_string(),
            ColumnType::Int => i32::from_le_bytes(take(&mut rest)?).to_string(),
            ColumnType::UInt => u32::from_le_bytes(take(&mut rest)?).to_string(),
            ColumnType::Long => i64::from_le_bytes(take(&mut rest)?).to_string(),
            ColumnType::ULong => u64::from_le_bytes(take(&mut rest)?).to_string(),
            ColumnType::Float => f32::from_le_bytes(take(&mut rest)?).to_string(),
            ColumnType::Double => f64::from_le_bytes(take(&mut rest)?).to_string(),
            ColumnType::String | ColumnType::DateTime | ColumnType::Json => {
                String::from_utf8_lossy(long(&mut rest)?).into_owned()
            }
            ColumnType::Binary => {
                long(&mut rest)?;
                String::new()
            }
            _ => return None,
        };
        if own.is_none() {
            *cells.get_mut(at)? = text;
        }
    }
    Some(())
}

fn own_columns(feature: &Feature<'_>) -> Option<Vec<ColumnType>> {
    let columns = feature.columns()?;
    Some(columns.iter().map(|column| column.type_()).collect())
}

/// The next so many bytes.
fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}

/// The next bytes, as many as a number before them says.
fn long<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(u32::from_le_bytes(take(rest)?)).ok()?;
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

fn shape_of(feature: &Feature<'_>, declared: GeometryType) -> RawShape {
    let Some(geometry) = feature.geometry() else {
        return RawShape::Nothing;
    };
    let kind = match declared {
        GeometryType::Unknown => geometry.type_(),
        declared => declared,
    };
    let mut parts = ShapeParts::default();
    let read = match kind {
        GeometryType::Point | GeometryType::MultiPoint => {
            corners(&geometry).map(|points| parts.points = points)
        }
        GeometryType::Polygon => polygon(&geometry).map(|rings| parts.polygons.push(rings)),
        GeometryType::MultiPolygon => polygons(&geometry).map(|polygons| parts.polygons = polygons),
        GeometryType::LineString | GeometryType::MultiLineString => {
            parts.lines += 1;
            Some(())
        }
        _ => {
            parts.others += 1;
            Some(())
        }
    };
    parts.into_shape_unless(read.is_none())
}

fn polygons(geometry: &Geometry<'_>) -> Option<Vec<RawPolygon>> {
    let Some(parts) = geometry.parts() else {
        return Some(Vec::new());
    };
    let mut found = Vec::new();
    let mut left = MOST_CORNERS;
    for part in parts.iter().take(MOST_PARTS + 1) {
        left = left.checked_sub(part.xy().map_or(0, |xy| xy.len()))?;
        left = left.checked_sub(part.ends().map_or(0, |ends| ends.len()))?;
        found.push(polygon(&part)?);
    }
    (found.len() <= MOST_PARTS).then_some(found)
}

/// The rings; none where their ends run over the corners, or where one of several is empty:
/// there may be as many of these as the file has bytes, in each part that points to them.
fn polygon(geometry: &Geometry<'_>) -> Option<RawPolygon> {
    let all = corners(geometry)?;
    let ends: Vec<usize> = match geometry.ends() {
        Some(ends) if !ends.is_empty() => ends.iter().map(|end| end as usize).collect(),
        _ => vec![all.len()],
    };
    let several = ends.len() > 1;
    let mut rings = Vec::new();
    let mut start = 0;
    for end in ends {
        let ring = all.get(start..end)?;
        if several && ring.is_empty() {
            return None;
        }
        rings.push(ring.to_vec());
        start = end;
    }
    Some(rings)
}

fn corners(geometry: &Geometry<'_>) -> Option<Vec<[f64; 2]>> {
    let Some(xy) = geometry.xy() else {
        return Some(Vec::new());
    };
    if xy.len() % 2 != 0 || xy.len() > MOST_CORNERS {
        return None;
    }
    Some(
        (0..xy.len() / 2)
            .map(|at| [xy.get(at * 2), xy.get(at * 2 + 1)])
            .collect(),
    )
}

fn damaged(place: &str, why: impl ToString) -> ReadFault {
    ReadFault::damaged(FORMAT, place, why)
}

#[cfg(test)]
#[path = "flatgeobuf_table_tests.rs"]
mod tests;
