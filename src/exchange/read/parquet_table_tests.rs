//! Files of the library's own writer, whole, lying and spoilt.

use std::sync::Arc;

use geozero::{CoordDimensions, ToWkb};
use parquet::basic::Compression;
use parquet::data_type::{
    ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::parquet_table::read_parquet;
use crate::exchange::read::table::{RawShape, StatedFrame};

const LIMIT: u64 = 1 << 24;

const SCHEMA: &str = "message m {
    optional binary name (UTF8);
    required int64 at (TIMESTAMP(MICROS,false));
    optional int32 day (DATE);
    optional binary geometry;
}";

fn file(rows: usize, compression: Compression, geo: Option<&str>) -> Vec<u8> {
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .build();
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let mut group = file.next_row_group().unwrap();
    let names: Vec<ByteArray> = (1..rows)
        .map(|i| format!("岗 {i}").as_str().into())
        .collect();
    let mut levels = vec![1; rows];
    if let Some(first) = levels.first_mut() {
        *first = 0;
    }
    let mut column = group.next_column().unwrap().unwrap();
    let typed = column.typed::<ByteArrayType>();
    typed.write_batch(&names, Some(&levels), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let times = vec![1_767_323_045_500_000; rows];
    column
        .typed::<Int64Type>()
        .write_batch(&times, None, None)
        .unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let all = vec![1; rows];
    let days = vec![20_455; rows];
    column
        .typed::<Int32Type>()
        .write_batch(&days, Some(&all), None)
        .unwrap();
    column.close().unwrap();
    let shapes = (0..rows).map(|i| {
        let point: geo::Geometry = geo::Point::new(123.0 + i as f64 / 1e4, 41.0).into();
        ByteArray::from(point.to_wkb(CoordDimensions::xy()).unwrap())
    });
    let shapes: Vec<ByteArray> = shapes.collect();
    let mut column = group.next_column().unwrap().unwrap();
    let typed = column.typed::<ByteArrayType>();
    typed.write_batch(&shapes, Some(&all), None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    if let Some(geo) = geo {
        file.append_key_value_metadata(KeyValue::new("geo".to_owned(), geo.to_owned()));
    }
    file.into_inner().unwrap()
}

const GEO: &str = r#"{"version":"1.1.0","primary_column":"geometry",
    "columns":{"geometry":{"encoding":"WKB","geometry_types":["Point"]}}}"#;

#[test]
fn columns_and_points_of_several_batches() {
    for compression in [Compression::SNAPPY, Compression::UNCOMPRESSED] {
        let table = read_parquet(&file(9_000, compression, Some(GEO)), LIMIT).unwrap();
        assert_eq!(table.columns(), ["name", "at", "day"]);
        assert_eq!(
            (table.len(), &table.frame),
            (9_000, &StatedFrame::Epsg(4326))
        );
        assert_eq!(table.cell(0, 0), "");
        assert_eq!(table.cell(8_999, 0), "岗 8999");
        assert_eq!(table.cell(8_999, 1), "2026-01-02T03:04:05.5");
        assert_eq!(table.cell(8_999, 2), "2026-01-02");
        assert_eq!(table.shape(8_999), Some(&RawShape::Point([123.8999, 41.0])));
    }
}

#[test]
fn what_is_not_read_is_said() {
    let plain = read_parquet(&file(3, Compression::SNAPPY, None), LIMIT).unwrap();
    assert!(!plain.has_shapes());
    let native = GEO.replace("WKB", "point");
    let fault = read_parquet(&file(3, Compression::SNAPPY, Some(&native)), LIMIT).unwrap_err();
    assert!(
        fault.to_string().contains("write it again as WKB"),
        "{fault}"
    );
    let unknown = GEO.replace("\"encoding\"", "\"crs\":null,\"encoding\"");
    let table = read_parquet(&file(3, Compression::SNAPPY, Some(&unknown)), LIMIT).unwrap();
    assert_eq!(table.frame, StatedFrame::Unstated);
    assert!(matches!(
        read_parquet(&file(9_000, Compression::SNAPPY, Some(GEO)), 100_000),
        Err(ReadFault::TooLarge { .. })
    ));
}

/// A file of so many columns that all have one long text in every row, stored once a column.
fn one_text(columns: usize, rows: usize, length: usize) -> Vec<u8> {
    let names: Vec<String> = (0..columns)
        .map(|i| format!("required binary c{i} (UTF8);"))
        .collect();
    let schema = parse_message_type(&format!("message m {{ {} }}", names.concat())).unwrap();
    let properties = Arc::new(WriterProperties::builder().build());
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), properties).unwrap();
    let mut group = file.next_row_group().unwrap();
    let texts = vec![ByteArray::from("x".repeat(length).into_bytes()); rows];
    for _ in 0..columns {
        let mut column = group.next_column().unwrap().unwrap();
        let typed = column.typed::<ByteArrayType>();
        typed.write_batch(&texts, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    file.into_inner().unwrap()
}

#[test]
fn each_row_is_counted() {
    let bytes = one_text(20, 60, 50_000);
    let fault = read_parquet(&bytes, 3 << 20).unwrap_err().to_string();
    assert!(fault.contains("its first 4 rows, read,"), "{fault}");
    // As many columns as rows of a batch.
    let wide = read_parquet(&one_text(1_500, 60, 1), LIMIT).unwrap();
    assert_eq!((wide.len(), wide.cell(59, 1_499)), (60, "x"));
}

#[test]
fn values_come_as_they_are_meant_and_what_is_not_read_is_named() {
    let schema = "message m {
        required fixed_len_byte_array(16) id (UUID);
        required int32 lon (DECIMAL(9,6));
        required fixed_len_byte_array(3) lat (DECIMAL(6,4));
        required int32 at (TIME(MILLIS,true));
        required int32 day (DATE);
        required binary noise;
        required group box { required int32 west; required int32 east; }
        required fixed_len_byte_array(12) span (INTERVAL);
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    let mut group = file.next_row_group().unwrap();
    let fixed = |bytes: &[u8]| FixedLenByteArray::from(bytes.to_vec());
    let bytes = |bytes: &[u8]| Err(fixed(bytes));
    let values = [
        bytes(&[0xab; 16]),
        Ok(123_456_789),
        bytes(&[0x06, 0x60, 0xd0]),
        Ok(3_723_000),
        Ok(i32::MAX),
        bytes(&[0xff, 0xfe]),
        Ok(1),
        Ok(2),
        bytes(&[0; 12]),
    ];
    for (at, value) in values.into_iter().enumerate() {
        let mut column = group.next_column().unwrap().unwrap();
        let written = match value {
            Ok(number) => column
                .typed::<Int32Type>()
                .write_batch(&[number], None, None),
            Err(noise) if at == 5 => {
                let noise = [ByteArray::from(noise)];
                column
                    .typed::<ByteArrayType>()
                    .write_batch(&noise, None, None)
            }
            Err(bytes) => column
                .typed::<FixedLenByteArrayType>()
                .write_batch(&[bytes], None, None),
        };
        written.unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    let table = read_parquet(&file.into_inner().unwrap(), LIMIT).unwrap();
    assert_eq!(table.columns(), ["id", "lon", "lat", "at", "day", "noise"]);
    let cells: Vec<&str> = (0..5).map(|column| table.cell(0, column)).collect();
    let wanted = [
        "abababab-abab-abab-abab-abababababab",
        "123.456789",
        "41.8000",
        "01:02:03",
        "2147483647",
    ];
    assert_eq!(cells, wanted);
    assert_eq!(
        table.description,
        "Parquet; not read 未读: box, span, noise"
    );
}

#[test]
fn a_cut_file_is_damaged() {
    let whole = file(30, Compression::SNAPPY, Some(GEO));
    for length in [0, 3, 4, 11, whole.len() / 2, whole.len() - 1] {
        let fault = read_parquet(&whole[..length], LIMIT).unwrap_err();
        assert!(
            matches!(fault, ReadFault::Damaged { .. }),
            "{length}: {fault}"
        );
    }
}

proptest! {
    #[test]
    fn spoilt_bytes_are_read_or_refused(
        spoilt in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = file(40, Compression::SNAPPY, Some(GEO));
        for (at, byte) in spoilt {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read_parquet(&bytes, LIMIT);
    }
}
