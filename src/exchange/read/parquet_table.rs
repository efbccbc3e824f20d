//! GeoParquet in: flat columns as text, the primary geometry column from well-known binary,
//! row groups one after the other and some thousand rows at a time. Columns of structs and
//! lists are not read; the table's description names them, but for the box that readers skip by.
//!
//! Before the library sees a page, [`inflated_bytes`] has looked at what it claims.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use parquet::basic::Compression;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use serde_json::Value;

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::parquet_cell::{Cell, Kind};
use crate::exchange::read::parquet_pages::inflated_bytes;
use crate::exchange::read::table::{MOST_COLUMNS, StatedFrame, Table};
use crate::exchange::read::wkb_shape::shape_of_wkb;

const FORMAT: &str = "Parquet";

/// Rows taken at a time, and cells: a wide table has fewer rows at once.
const BATCH: usize = 4_096;
const BATCH_CELLS: usize = 1 << 16;

/// Most columns that are named as not read.
const NAMED: usize = 20;

/// Reads a GeoParquet file, or a Parquet file without geometry.
///
/// # Errors
/// [`ReadFault`].
pub fn read_parquet(bytes: &[u8], most_bytes: u64) -> Result<Table, ReadFault> {
    // The library asserts what a spoilt file breaks.
    let read = catch_unwind(AssertUnwindSafe(|| read_checked(bytes, most_bytes)));
    read.unwrap_or_else(|_| Err(damaged("its data", "its parts contradict each other")))
}

fn read_checked(bytes: &[u8], most_bytes: u64) -> Result<Table, ReadFault> {
    let file = SerializedFileReader::new(Bytes::copy_from_slice(bytes))
        .map_err(|fault| damaged("its end", fault))?;
    let metadata = file.metadata();
    let geometry = Geometry::of(metadata.file_metadata().key_value_metadata())?;
    let schema = metadata.file_metadata().schema_descr_ptr();
    if schema.num_columns() > MOST_COLUMNS {
        return Err(ReadFault::TooMany {
            what: "columns",
            most: MOST_COLUMNS as u64,
        });
    }
    let mut unread = Unread::default();
    let is_flat = |column: &ColumnDescriptor| {
        let alone = column.path().parts().len() == 1 && column.max_rep_level() == 0;
        alone && Kind::of(column) != Kind::Unread
    };
    let (flat, others): (Vec<usize>, Vec<usize>) =
        (0..schema.num_columns()).partition(|at| is_flat(&schema.column(*at)));
    for at in others {
        let column = schema.column(at);
        let name = column.path().parts().first().map_or("", String::as_str);
        if geometry.as_ref().is_none_or(|g| g.boxes != name) {
            unread.add(name);
        }
    }
    let is_shape = |at: &usize| {
        let name = schema.column(*at).name().to_owned();
        geometry.as_ref().is_some_and(|g| g.column == name)
    };
    let names = flat.iter().filter(|at| !is_shape(at));
    let names: Vec<String> = names
        .map(|at| schema.column(*at).name().to_owned())
        .collect();
    let description = match &geometry {
        Some(_) => "GeoParquet",
        None => FORMAT,
    };
    let mut table = Table::new(names, description.to_owned(), "feature");
    if let Some(geometry) = &geometry {
        table.frame = geometry.frame.clone();
        if !flat.iter().any(is_shape) {
            let why = format!("its column {} is not there", geometry.column);
            return Err(damaged("its geo metadata", why));
        }
    }
    let mut left = most_bytes;
    for group_at in 0..file.num_row_groups() {
        let place = format!("row group {}", group_at + 1);
        let group = file
            .get_row_group(group_at)
            .map_err(|fault| damaged(&place, fault))?;
        left = check_pages(bytes, group.metadata(), &flat, left, most_bytes)?;
        let mut leaves = Vec::with_capacity(flat.len());
        for at in &flat {
            let reader = group.get_column_reader(*at);
            leaves.push(Leaf {
                name: schema.column(*at).name().to_owned(),
                reader: reader.map_err(|fault| damaged(&place, fault))?,
                kind: Kind::of(&schema.column(*at)),
                is_shape: is_shape(at),
                nullable: schema.column(*at).max_def_level() > 0,
                is_garbled: false,
            });
        }
        let rows = usize::try_from(group.metadata().num_rows())
            .map_err(|_| damaged(&place, "it says that it has fewer than no rows"))?;
        read_group(&mut leaves, rows, &place, most_bytes, &mut table)?;
        let garbled = leaves.iter().filter(|leaf| leaf.is_garbled);
        garbled.for_each(|leaf| unread.add(&leaf.name));
    }
    table.description += &unread.told();
    if table.is_empty() {
        return Err(ReadFault::NoRows {
            columns: table.columns().join(", "),
        });
    }
    Ok(table)
}

/// Looks at what the pages of a row group claim; how many bytes may still come out of others.
fn check_pages(
    bytes: &[u8],
    group: &RowGroupMetaData,
    columns: &[usize],
    mut left: u64,
    most_bytes: u64,
) -> Result<u64, ReadFault> {
    for at in columns {
        let column = group.column(*at);
        let place = format!("column {}", column.column_path());
        let is_compressed = match column.compression() {
            Compression::UNCOMPRESSED => false,
            Compression::SNAPPY => true,
            other => {
                let why =
                    format!("it is packed with {other}; write it again with Snappy or unpacked");
                return Err(damaged(&place, why));
            }
        };
        let start = column
            .dictionary_page_offset()
            .unwrap_or(column.data_page_offset());
        let start = usize::try_from(start).ok();
        let length = usize::try_from(column.compressed_size()).ok();
        let chunk = start
            .zip(length)
            .and_then(|(start, length)| bytes.get(start..start.checked_add(length)?));
        let chunk = chunk.ok_or_else(|| damaged(&place, "it lies outside the file"))?;
        let inflated = inflated_bytes(chunk, is_compressed).map_err(|why| damaged(&place, why))?;
        left = left.checked_sub(inflated).ok_or(ReadFault::TooLarge {
            what: "what is packed in it".to_owned(),
            limit_mib: most_bytes >> 20,
        })?;
    }
    Ok(left)
}

fn read_group(
    leaves: &mut [Leaf],
    rows: usize,
    place: &str,
    most_bytes: u64,
    table: &mut Table,
) -> Result<(), ReadFault> {
    let mut done = 0;
    while done < rows {
        let batch = (BATCH_CELLS / leaves.len().max(1)).clamp(1, BATCH);
        let wanted = batch.min(rows - done);
        let mut columns: Vec<std::vec::IntoIter<Option<Cell>>> = Vec::with_capacity(leaves.len());
        for leaf in leaves.iter_mut() {
            let cells = leaf.cells(wanted).map_err(|fault| damaged(place, fault))?;
            if cells.len() != wanted {
                let why = format!("it says that it has {rows} rows; a column ends before that");
                return Err(damaged(place, why));
            }
            columns.push(cells.into_iter());
        }
        let mut row: Vec<Option<Cell>> = Vec::with_capacity(leaves.len());
        for _ in 0..wanted {
            row.clear();
            let mut shape = None;
            for (leaf, column) in leaves.iter_mut().zip(&mut columns) {
                let cell = column.next().flatten();
                if leaf.is_shape {
                    let wkb = cell.as_ref().map_or(&[][..], Cell::bytes);
                    shape = Some(shape_of_wkb(wkb));
                } else {
                    leaf.is_garbled |= cell.as_ref().is_some_and(|cell| cell.text().is_none());
                    row.push(cell);
                }
            }
            let cells = row
                .iter()
                .map(|cell| cell.as_ref().and_then(Cell::text).unwrap_or_default());
            let number = u32::try_from(table.len() + 1).unwrap_or(u32::MAX);
            match shape {
                Some(shape) => table.push_with_shape(number, cells, shape),
                None => table.push(number, cells),
            }
            // One dictionary's text may stand in every row of every column.
            table.check_held(most_bytes)?;
        }
        done += wanted;
    }
    Ok(())
}

/// Columns that are not read, in whole or in part.
#[derive(Default)]
struct Unread(Vec<String>);

impl Unread {
    fn add(&mut self, name: &str) {
        let name: String = name.chars().take(60).collect();
        if !self.0.contains(&name) {
            self.0.push(name);
        }
    }

    /// Their names, to be put behind the description.
    fn told(&self) -> String {
        let Self(names) = self;
        let rest = if names.len() > NAMED { ", …" } else { "" };
        match names.get(..NAMED.min(names.len())) {
            None | Some([]) => String::new(),
            Some(names) => format!("; not read 未读: {}{rest}", names.join(", ")),
        }
    }
}

/// The geometry that the file's metadata tell of.
struct Geometry {
    column: String,
    frame: StatedFrame,
    /// The column of boxes, each around a row's shape: it says nothing that the shapes do not.
    boxes: String,
}

impl Geometry {
    fn of(
        notes: Option<&Vec<parquet::file::metadata::KeyValue>>,
    ) -> Result<Option<Self>, ReadFault> {
        let mut geo = notes.into_iter().flatten().filter(|note| note.key == "geo");
        let Some(text) = geo.next().and_then(|note| note.value.as_deref()) else {
            return Ok(None);
        };
        let place = "its geo metadata";
        let geo: Value = serde_json::from_str(text).map_err(|fault| damaged(place, fault))?;
        let column = geo["primary_column"].as_str().unwrap_or("geometry");
        let about = &geo["columns"][column];
        let encoding = about["encoding"].as_str().unwrap_or("none");
        if encoding != "WKB" {
            let why = format!("its geometry is encoded as {encoding}; write it again as WKB");
            return Err(damaged(place, why));
        }
        Ok(Some(Self {
            column: column.to_owned(),
            frame: frame_of(about),
            boxes: about["covering"]["bbox"]["xmin"][0]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        }))
    }
}

/// Left out it is longitude and latitude of WGS 84; null says that nobody knows.
fn frame_of(about: &Value) -> StatedFrame {
    let Some(crs) = about.get("crs") else {
        return StatedFrame::Epsg(4326);
    };
    let code = &crs["id"]["code"];
    match (crs["id"]["authority"].as_str(), code.as_u64()) {
        (Some("OGC"), _) if code == "CRS84" => StatedFrame::Epsg(4326),
        (Some(authority), Some(code)) if authority.eq_ignore_ascii_case("EPSG") => {
            u32::try_from(code).map_or(StatedFrame::Unstated, StatedFrame::Epsg)
        }
        _ => StatedFrame::Unstated,
    }
}

/// One column of a row group.
struct Leaf {
    name: String,
    reader: ColumnReader,
    kind: Kind,
    is_shape: bool,
    nullable: bool,
    /// Whether some value came out as no text.
    is_garbled: bool,
}

impl Leaf {
    /// The next rows' values.
    fn cells(&mut self, rows: usize) -> Result<Vec<Option<Cell>>, ParquetError> {
        let (kind, nullable) = (self.kind, self.nullable);
        let text = |text: String| Cell::Text(text);
        match &mut self.reader {
            ColumnReader::BoolColumnReader(r) => next(r, rows, nullable, |v| text(v.to_string())),
            ColumnReader::Int32ColumnReader(r) => {
                next(r, rows, nullable, |v| text(kind.of_small(v)))
            }
            ColumnReader::Int64ColumnReader(r) => {
                next(r, rows, nullable, |v| text(kind.of_large(v)))
            }
            ColumnReader::Int96ColumnReader(r) => next(r, rows, nullable, |v| {
                text(Kind::Moment(1_000, true).of_large(v.to_millis()))
            }),
            ColumnReader::FloatColumnReader(r) => next(r, rows, nullable, |v| text(v.to_string())),
            ColumnReader::DoubleColumnReader(r) => next(r, rows, nullable, |v| text(v.to_string())),
            ColumnReader::ByteArrayColumnReader(r) => next(r, rows, nullable, |v| kind.of_bytes(v)),
            ColumnReader::FixedLenByteArrayColumnReader(r) => {
                next(r, rows, nullable, |v| kind.of_bytes(v.into()))
            }
        }
    }
}

fn next<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    nullable: bool,
    show: impl Fn(T::T) -> Cell,
) -> Result<Vec<Option<Cell>>, ParquetError> {
    let mut values: Vec<T::T> = Vec::new();
    let mut levels: Vec<i16> = Vec::new();
    reader.read_records(rows, nullable.then_some(&mut levels), None, &mut values)?;
    let mut values = values.into_iter().map(show);
    if !nullable {
        return Ok(values.map(Some).collect());
    }
    Ok(levels
        .into_iter()
        .map(|level| if level > 0 { values.next() } else { None })
        .collect())
}

fn damaged(place: &str, why: impl ToString) -> ReadFault {
    ReadFault::damaged(FORMAT, place, why)
}

#[cfg(test)]
#[path = "parquet_table_tests.rs"]
mod tests;
