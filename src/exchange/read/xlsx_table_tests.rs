//! Workbooks of a library's writer, and hand-made ones that mean harm.

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::write::SimpleFileOptions;

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::table::{RawShape, RowFlaw};
use crate::exchange::read::xlsx_table::read_xlsx;

const LIMIT: u64 = 1 << 28;

/// The bytes of a workbook with sheets of texts.
fn book(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (at, row) in (0..).zip(*rows) {
            for (column, text) in (0..).zip(*row) {
                sheet.write_string(at, column, *text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// A workbook whose only sheet is this XML.
fn hand_made(sheet: &dyn Fn(&mut dyn Write)) -> Vec<u8> {
    packed("worksheets/sheet1.xml", &[], sheet)
}

/// The same with the sheet at this place below `xl/`, and with further parts there.
fn packed(place: &str, parts: &[(&str, &str)], sheet: &dyn Fn(&mut dyn Write)) -> Vec<u8> {
    let relations = format!(
        "<Relationships><Relationship Id=\"rId1\" Target=\"{place}\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\"/>\
         </Relationships>"
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let settings = SimpleFileOptions::default();
    for (name, text) in [
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            "<Relationships><Relationship Id=\"rId1\" Target=\"xl/workbook.xml\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\"/>\
             </Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
             <sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        ),
        ("xl/_rels/workbook.xml.rels", relations.as_str()),
    ] {
        zip.start_file(name, settings).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    for (name, text) in parts {
        zip.start_file(format!("xl/{name}"), settings).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.start_file(format!("xl/{place}"), settings).unwrap();
    zip.write_all(b"<worksheet><sheetData>").unwrap();
    sheet(&mut zip);
    zip.write_all(b"</sheetData></worksheet>").unwrap();
    zip.finish().unwrap().into_inner()
}

fn told(bytes: &[u8]) -> (ReadFault, Duration) {
    let began = Instant::now();
    let fault = read_xlsx(bytes, None, LIMIT).unwrap_err();
    (fault, began.elapsed())
}

#[test]
fn a_header_rows_with_gaps_and_cells_beyond() {
    let rows: &[&[&str]] = &[
        &["名称", "n"],
        &["北岗", "1"],
        &[],
        &["南岗"],
        &["x", "2", "3"],
    ];
    let table = read_xlsx(&book(&[("岗", rows), ("Sheet2", &[])]), None, LIMIT).unwrap();
    assert_eq!(table.columns(), ["名称", "n"]);
    assert_eq!((table.len(), table.row_word), (3, "row"));
    assert_eq!(
        (table.number(0), table.number(1), table.number(2)),
        (2, 4, 5)
    );
    assert_eq!(table.cell(1, 0), "南岗");
    assert_eq!(table.flaws(), [(2, RowFlaw::CellCount { found: 3 })]);
}

#[test]
fn numbers_and_dates_are_as_people_mean_them() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "a").unwrap();
    let as_shown = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let at = ExcelDateTime::parse_from_str("2026-01-02T03:04:05").unwrap();
    sheet
        .write_datetime_with_format(1, 0, &at, &as_shown)
        .unwrap();
    let day = ExcelDateTime::parse_from_str("2026-01-02").unwrap();
    let as_day = Format::new().set_num_format("d/m/yy");
    sheet
        .write_datetime_with_format(2, 0, &day, &as_day)
        .unwrap();
    let clock = ExcelDateTime::parse_from_str("18:30").unwrap();
    sheet
        .write_datetime_with_format(3, 0, &clock, &as_shown)
        .unwrap();
    sheet.write_number(4, 0, 20_260_102.0).unwrap();
    sheet.write_number(5, 0, 123.456_789_012_345_6).unwrap();
    sheet.write_boolean(6, 0, true).unwrap();
    let table = read_xlsx(&book.save_to_buffer().unwrap(), None, LIMIT).unwrap();
    let cells: Vec<&str> = (0..table.len()).map(|row| table.cell(row, 0)).collect();
    let wanted = [
        "2026-01-02 03:04:05",
        "2026-01-02",
        "18:30:00",
        "20260102",
        "123.4567890123456",
        "true",
    ];
    assert_eq!(cells, wanted);
}

#[test]
fn sheets_are_layers_and_go_on_where_one_is_full() {
    let (header, about): (&[&str], &[&[&str]]) = (&["id", "WKT"], &[&["layer"], &["a"]]);
    let bytes = book(&[
        ("a", &[header, &["0"], &["1", "POINT(1 2)"]]),
        ("a 2", &[header, &["2", "POINT(3 4)"]]),
        ("b", &[header, &["3", "POINT(5 6)"]]),
        ("about 说明", about),
    ]);
    let fault = read_xlsx(&bytes, None, LIMIT).unwrap_err();
    assert_eq!(fault.to_string(), "the file holds several layers: a, b");
    let table = read_xlsx(&bytes, Some("a"), LIMIT).unwrap();
    assert_eq!((table.len(), table.columns()), (3, &["id".to_owned()][..]));
    assert_eq!(table.shape(0), Some(&RawShape::Nothing));
    assert_eq!(table.shape(2), Some(&RawShape::Point([3.0, 4.0])));
}

#[test]
fn a_million_empty_rows_are_no_rows() {
    let bytes = hand_made(&|out| {
        for row in 1..=1_000_000 {
            write!(out, "<row r=\"{row}\"></row>").unwrap();
        }
    });
    let (fault, took) = told(&bytes);
    assert!(matches!(fault, ReadFault::NoRows { .. }), "{fault}");
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn tiny_tags_come_to_an_end() {
    // 100 MB of them, and 64 MiB may come out.
    let bytes = hand_made(&|out| {
        for _ in 0..25 {
            out.write_all("<a/>".repeat(1_000_000).as_bytes()).unwrap();
        }
    });
    let began = Instant::now();
    let fault = read_xlsx(&bytes, None, 64 << 20).unwrap_err();
    assert!(matches!(fault, ReadFault::TooLarge { .. }), "{fault}");
    assert!(began.elapsed() < Duration::from_secs(60));
    let deep = hand_made(&|out| out.write_all("<a>".repeat(100_000).as_bytes()).unwrap());
    assert!(matches!(told(&deep).0, ReadFault::Damaged { .. }));
    let laughs = hand_made(&|out| out.write_all(b"<!DOCTYPE a [<!ENTITY b \"c\">]>").unwrap());
    assert_eq!(told(&laughs).0, ReadFault::DocumentType);
}

#[test]
fn far_off_cells_take_no_memory() {
    let bytes = hand_made(&|out| {
        out.write_all(b"<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>")
            .unwrap();
        out.write_all(b"<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>")
            .unwrap();
    });
    let table = read_xlsx(&bytes, None, LIMIT).unwrap();
    assert_eq!((table.len(), table.number(0)), (1, 1_048_576));
    let wide = hand_made(&|out| {
        out.write_all(b"<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row>")
            .unwrap();
    });
    assert!(matches!(told(&wide).0, ReadFault::TooMany { .. }));
}

#[test]
fn one_row_is_counted_while_it_grows() {
    let long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(100_000));
    let shared = [("sharedStrings.xml", long.as_str())];
    let same = packed("worksheets/sheet1.xml", &shared, &|out| {
        out.write_all(b"<row r=\"1\">").unwrap();
        let cell = b"<c r=\"A1\" t=\"s\"><v>0</v></c>";
        out.write_all(&cell.repeat(2_001)).unwrap();
        out.write_all(b"</row>").unwrap();
    });
    let fault = read_xlsx(&same, None, 4 << 20).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the file is too large: row 1, read, is over 4 MiB"
    );
    let short = hand_made(&|out| {
        out.write_all(b"<row r=\"1\">").unwrap();
        let cell = b"<c r=\"A1\"><v>0</v></c>";
        out.write_all(&cell.repeat(2_001)).unwrap();
        out.write_all(b"</row>").unwrap();
    });
    let fault = read_xlsx(&short, None, LIMIT).unwrap_err().to_string();
    assert!(fault.contains("2000 filled cells in one row"), "{fault}");
}

#[test]
fn a_long_cell_is_cut_and_told_by_its_whole_length() {
    let long = format!(
        "<sst><si><t>id</t></si><si><t>{}</t></si></sst>",
        "x".repeat(100_000)
    );
    let shared = [("sharedStrings.xml", long.as_str())];
    let bytes = packed("worksheets/sheet1.xml", &shared, &|out| {
        for row in 0..=1 {
            let at = row + 1;
            let cell = format!("<c r=\"A{at}\" t=\"s\"><v>{row}</v></c>");
            write!(out, "<row r=\"{at}\">{cell}</row>").unwrap();
        }
    });
    let table = read_xlsx(&bytes, None, LIMIT).unwrap();
    let long = RowFlaw::LongCell {
        column: 0,
        bytes: 100_000,
    };
    assert_eq!(table.flaws(), [(0, long)]);
}

#[test]
fn parts_that_hide_behind_another_ending_are_refused() {
    let hidden = packed("worksheets/sheet1.dat", &[], &|out| {
        out.write_all(b"<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>")
            .unwrap();
        out.write_all(b"<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>")
            .unwrap();
    });
    let fault = read_xlsx(&hidden, None, LIMIT).unwrap_err().to_string();
    assert!(fault.contains("worksheets/sheet1.dat"), "{fault}");
    let filler = "a".repeat(3 << 20);
    let parts = [("media/image1.png", filler.as_str())];
    let large = packed("worksheets/sheet1.xml", &parts, &|out| {
        out.write_all(b"<row r=\"1\"></row>").unwrap();
    });
    let fault = read_xlsx(&large, None, 1 << 20).unwrap_err().to_string();
    assert!(fault.contains("media/image1.png"), "{fault}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn spoilt_bytes_are_read_or_refused(
        spoilt in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = book(&[("a", &[&["id", "n"], &["1", "2"]])]);
        for (at, byte) in spoilt {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read_xlsx(&bytes, None, LIMIT);
    }

    #[test]
    fn any_sheet_is_read_or_refused(
        inner in "(<row r=\"[0-9]{1,3}\">|</row>|<c r=\"[A-C][0-9]\" t=\"(s|inlineStr|d|b|e|str)?\">|</c>|<v>|</v>|<is><t>|</t></is>|[0-9]){0,14}",
    ) {
        let bytes = hand_made(&|out| out.write_all(inner.as_bytes()).unwrap());
        let _ = read_xlsx(&bytes, None, LIMIT);
    }
}
