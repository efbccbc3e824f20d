//! GeoParquet 1.1: WKB in the column `geometry`, a box in the column `bbox` that readers
//! skip row groups by, Snappy.
//!
//! Written with Parquet's own low-level writer: column chunks of some ten thousand rows, so
//! that memory is bounded; Arrow is not needed for that.

use std::io::Write;
use std::sync::Arc;

use geo::BoundingRect;
use geo_types::Geometry;
use geozero::{CoordDimensions, ToWkb};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};
use serde_json::{Value, json};

use crate::exchange::write::fault::WriteFault;
use crate::exchange::write::layer::{ColumnKind, GeometryKind, Layer};
use crate::exchange::write::options::{OutFrame, WriteOptions};
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::exchange::write::writer::LayerWriter;

const FORMAT: &str = "GeoParquet";

/// Rows held until they are written.
const GROUP: usize = 20_000;

type Out<'a> = Box<dyn Write + Send + 'a>;

/// Writes GeoParquet.
pub struct GeoParquetWriter<'a> {
    out: Option<Out<'a>>,
    options: WriteOptions,
    open: Option<(&'static Layer, SerializedFileWriter<Out<'a>>)>,
    held: Vec<FeatureRow>,
    extent: Option<[f64; 4]>,
}

impl<'a> GeoParquetWriter<'a> {
    /// Writes to `out`.
    pub fn new(out: Out<'a>, options: WriteOptions) -> Self {
        Self {
            out: Some(out),
            options,
            open: None,
            held: Vec::new(),
            extent: None,
        }
    }

    fn write_group(&mut self) -> Result<(), WriteFault> {
        let rows = std::mem::take(&mut self.held);
        let Some((layer, file)) = &mut self.open else {
            return Ok(());
        };
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = file.next_row_group().map_err(fault)?;
        for (i, column) in layer.columns.iter().enumerate() {
            let values = rows.iter().map(|row| &row.values[i]);
            match column.kind {
                ColumnKind::Text => write::<ByteArrayType>(
                    &mut group,
                    values.map(|v| match v {
                        FieldValue::Text(text) => Some(text.as_str().into()),
                        FieldValue::Word(word) => Some((*word).into()),
                        _ => None,
                    }),
                )?,
                ColumnKind::Whole => write::<Int64Type>(
                    &mut group,
                    values.map(|v| match v {
                        FieldValue::Whole(number) => Some(*number),
                        _ => None,
                    }),
                )?,
                ColumnKind::Real => write::<DoubleType>(
                    &mut group,
                    values.map(|v| match v {
                        FieldValue::Real(number) => Some(*number),
                        _ => None,
                    }),
                )?,
                ColumnKind::Flag => write::<BoolType>(
                    &mut group,
                    values.map(|v| match v {
                        FieldValue::Flag(flag) => Some(*flag),
                        _ => None,
                    }),
                )?,
                ColumnKind::Time => write::<Int64Type>(
                    &mut group,
                    values.map(|v| match v {
                        FieldValue::Time(at) => Some(at.as_millisecond()),
                        _ => None,
                    }),
                )?,
            }
        }
        let mut shapes: Vec<Option<ByteArray>> = Vec::with_capacity(rows.len());
        for row in &rows {
            let wkb = row
                .geometry
                .as_ref()
                .map(|s| s.to_wkb(CoordDimensions::xy()));
            let wkb = wkb
                .transpose()
                .map_err(|e| WriteFault::library(FORMAT, e))?;
            shapes.push(wkb.map(ByteArray::from));
        }
        write::<ByteArrayType>(&mut group, shapes.into_iter())?;
        let boxes: Vec<Option<[f64; 4]>> = rows
            .iter()
            .map(|r| r.geometry.as_ref().and_then(sides))
            .collect();
        for side in 0..4 {
            write::<DoubleType>(&mut group, boxes.iter().map(|b| b.map(|b| b[side])))?;
        }
        group.close().map_err(fault)?;
        self.held = rows;
        self.held.clear();
        Ok(())
    }

    fn metadata(&self, layer: &Layer) -> Value {
        let mut types = Vec::new();
        match layer.geometry {
            GeometryKind::Point => types.push("Point"),
            GeometryKind::Line => types.push("LineString"),
            GeometryKind::Areas => types.push("MultiPolygon"),
        }
        let mut column = json!({
            "encoding": "WKB",
            "geometry_types": types,
            "covering": {"bbox": {
                "xmin": ["bbox", "xmin"], "ymin": ["bbox", "ymin"],
                "xmax": ["bbox", "xmax"], "ymax": ["bbox", "ymax"],
            }},
        });
        if let Some(extent) = self.extent {
            column["bbox"] = json!(extent);
        }
        // Left out it means OGC:CRS84; null says that it is not known.
        if self.options.frame != OutFrame::Wgs84 {
            column["crs"] = Value::Null;
        }
        json!({
            "version": "1.1.0",
            "primary_column": "geometry",
            "columns": {"geometry": column},
        })
    }
}

impl LayerWriter for GeoParquetWriter<'_> {
    fn begin(&mut self, layer: &'static Layer) -> Result<(), WriteFault> {
        let Some(out) = self.out.take() else {
            return Ok(());
        };
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("frontbeat {}", env!("CARGO_PKG_VERSION")))
            .build();
        let file =
            SerializedFileWriter::new(out, schema(layer).map_err(fault)?, Arc::new(properties))
                .map_err(fault)?;
        self.open = Some((layer, file));
        Ok(())
    }

    fn row(&mut self, row: &FeatureRow) -> Result<(), WriteFault> {
        let placed = self.options.placed(row).into_owned();
        if let Some(shape) = &placed.geometry
            && let Some([w, s, e, n]) = sides(shape)
        {
            let all = self.extent.get_or_insert([w, s, e, n]);
            *all = [all[0].min(w), all[1].min(s), all[2].max(e), all[3].max(n)];
        }
        self.held.push(placed);
        match self.held.len() >= GROUP {
            true => self.write_group(),
            false => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteFault> {
        self.write_group()?;
        let Some((layer, mut file)) = self.open.take() else {
            return Ok(Vec::new());
        };
        let mut note = |key: &str, text: String| {
            file.append_key_value_metadata(KeyValue::new(key.to_owned(), text));
        };
        note("geo", self.metadata(layer).to_string());
        note("title", self.options.title(layer));
        note("description", self.options.description(layer));
        file.finish().map_err(fault)?;
        file.inner_mut().flush()?;
        Ok(Vec::new())
    }
}

fn schema(layer: &Layer) -> Result<TypePtr, parquet::errors::ParquetError> {
    let mut fields = Vec::new();
    for column in layer.columns {
        let (physical, logical) = match column.kind {
            ColumnKind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            ColumnKind::Whole => (PhysicalType::INT64, None),
            ColumnKind::Real => (PhysicalType::DOUBLE, None),
            ColumnKind::Flag => (PhysicalType::BOOLEAN, None),
            ColumnKind::Time => (
                PhysicalType::INT64,
                Some(LogicalType::timestamp(true, TimeUnit::MILLIS)),
            ),
        };
        fields.push(leaf(column.name, physical, logical, Repetition::OPTIONAL)?);
    }
    fields.push(leaf(
        "geometry",
        PhysicalType::BYTE_ARRAY,
        None,
        Repetition::OPTIONAL,
    )?);
    let sides = ["xmin", "ymin", "xmax", "ymax"];
    let sides = sides.map(|side| leaf(side, PhysicalType::DOUBLE, None, Repetition::REQUIRED));
    let sides = sides.into_iter().collect::<Result<_, _>>()?;
    fields.push(Arc::new(
        Type::group_type_builder("bbox")
            .with_repetition(Repetition::OPTIONAL)
            .with_fields(sides)
            .build()?,
    ));
    Ok(Arc::new(
        Type::group_type_builder("schema")
            .with_fields(fields)
            .build()?,
    ))
}

fn leaf(
    name: &str,
    physical: PhysicalType,
    logical: Option<LogicalType>,
    repetition: Repetition,
) -> Result<TypePtr, parquet::errors::ParquetError> {
    let built = Type::primitive_type_builder(name, physical)
        .with_logical_type(logical)
        .with_repetition(repetition)
        .build()?;
    Ok(Arc::new(built))
}

/// The next column of the group; what is none is null (definition level 0).
fn write<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Out<'_>>,
    cells: impl Iterator<Item = Option<T::T>>,
) -> Result<(), WriteFault> {
    let mut values = Vec::new();
    let mut levels = Vec::new();
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    let Some(mut column) = group.next_column().map_err(fault)? else {
        return Err(WriteFault::library(
            FORMAT,
            "there are more columns than in its schema",
        ));
    };
    column
        .typed::<T>()
        .write_batch(&values, Some(&levels), None)
        .map_err(fault)?;
    column.close().map_err(fault)
}

fn sides(shape: &Geometry<f64>) -> Option<[f64; 4]> {
    let r = shape.bounding_rect()?;
    Some([r.min().x, r.min().y, r.max().x, r.max().y])
}

fn fault(fault: parquet::errors::ParquetError) -> WriteFault {
    WriteFault::library(FORMAT, fault)
}
