//! CSV in: encoding and delimiter found, a header expected, quotes respected.

use csv::ReaderBuilder;

use crate::exchange::read::archive::INFLATED_LIMIT;
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::table::{MOST_COLUMNS, Table};
use crate::exchange::read::text::decode;
use crate::exchange::read::wkt_shape::{ShapeColumn, shape_of_wkt};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads a CSV file.
///
/// # Errors
/// [`ReadFault`].
pub fn read_csv(bytes: &[u8]) -> Result<Table, ReadFault> {
    read_csv_within(bytes, INFLATED_LIMIT)
}

/// Reads a CSV file of which so many bytes may be held in memory. A column of well-known text
/// is the rows' shapes.
///
/// # Errors
/// [`ReadFault`].
pub fn read_csv_within(bytes: &[u8], most_bytes: u64) -> Result<Table, ReadFault> {
    let (text, encoding) = decode(bytes)?;
    let text = text.trim_start_matches(['\u{feff}']);
    if text.trim().is_empty() {
        return Err(ReadFault::Empty);
    }
    let delimiter = delimiter_of(text);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let damaged = |fault: csv::Error| ReadFault::Damaged {
        format: "CSV",
        place: fault
            .position()
            .map_or_else(|| "line 1".to_owned(), |p| format!("line {}", p.line())),
        why: "it can't be split into cells".to_owned(),
    };
    let header = reader.headers().map_err(damaged)?.clone();
    if header.len() > MOST_COLUMNS {
        return Err(ReadFault::Damaged {
            format: "CSV",
            place: "line 1".to_owned(),
            why: format!("it has {} columns, over {MOST_COLUMNS}", header.len()),
        });
    }
    let columns: Vec<String> = header
        .iter()
        .map(|name| name.trim().chars().take(200).collect())
        .collect();
    let shown = match delimiter {
        b'\t' => "tab".to_owned(),
        other => format!("'{}'", char::from(other)),
    };
    let mut record = csv::StringRecord::new();
    let mut filled = reader.read_record(&mut record).map_err(damaged)?;
    let mut shapes = ShapeColumn::of(&columns);
    let mut table = Table::new(
        columns,
        format!("CSV, {encoding}, delimiter {shown}"),
        "line",
    );
    table.reserve(text.len());
    let mut last = (0, 1);
    while filled {
        last = record.position().map_or(last, |p| (p.byte(), p.line()));
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            let line = record.position().map_or(0, csv::Position::line);
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            if let Some(found) = shapes.look(|at| record.get(at).unwrap_or_default()) {
                table.take_shapes(found);
            }
            let shape_at = shapes.at();
            let cells = record.iter().enumerate();
            let cells = cells.filter(|(at, _)| Some(*at) != shape_at);
            let cells = cells.map(|(_, cell)| cell);
            match shape_at {
                None => table.push(line, cells),
                Some(at) => {
                    let shape = shape_of_wkt(record.get(at).unwrap_or_default());
                    table.push_with_shape(line, cells, shape);
                }
            }
            table.check_held(most_bytes)?;
        }
        filled = reader.read_record(&mut record).map_err(damaged)?;
    }
    // What follows an open quote is one cell of the last record.
    let rest = usize::try_from(last.0)
        .ok()
        .and_then(|at| text.as_bytes().get(at..));
    if let Some(line) = rest.and_then(|rest| open_quote(rest, delimiter, last.1)) {
        return Err(ReadFault::OpenQuote { line });
    }
    if table.is_empty() {
        return Err(ReadFault::NoRows {
            columns: header.iter().take(12).collect::<Vec<_>>().join(", "),
        });
    }
    Ok(table)
}

/// The line of a quote that is open at the end of a record, which starts in line `line`. As
/// the csv reader has it: a quote opens a cell only at its start, a doubled one stays in it.
fn open_quote(record: &[u8], delimiter: u8, mut line: u64) -> Option<u64> {
    let mut opened = None;
    let mut at_start = true;
    let mut bytes = record.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'\n' {
            line += 1;
        }
        match (opened, byte) {
            (Some(_), b'"') => {
                if bytes.next_if_eq(&b'"').is_none() {
                    opened = None;
                }
            }
            (Some(_), _) => {}
            (None, b'"') if at_start => {
                opened = Some(line);
                at_start = false;
            }
            (None, _) => at_start = byte == delimiter || matches!(byte, b'\n' | b'\r'),
        }
    }
    opened
}

/// The delimiter that stands most often in the header outside quotes.
fn delimiter_of(text: &str) -> u8 {
    let mut counts = [0usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in text.bytes().take(1 << 20) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => {
                if let Some(which) = DELIMITERS.iter().position(|&d| d == byte) {
                    counts[which] += 1;
                }
            }
            _ => {}
        }
    }
    let mut best = 0;
    for (which, count) in counts.iter().enumerate() {
        if *count > counts[best] {
            best = which;
        }
    }
    DELIMITERS[best]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::exchange::read::csv_table::{read_csv, read_csv_within};
    use crate::exchange::read::fault::ReadFault;
    use crate::exchange::read::table::{RawShape, RowFlaw};

    #[test]
    fn finds_the_delimiter() {
        for delimiter in [",", ";", "\t", "|"] {
            let text = format!("lon{delimiter}lat\n1{delimiter}\"2{delimiter}3\"\n");
            let table = read_csv(text.as_bytes()).unwrap();
            assert_eq!(table.columns(), ["lon", "lat"]);
            assert_eq!(table.cell(0, 1), format!("2{delimiter}3"));
            assert_eq!(table.number(0), 2);
        }
    }

    #[test]
    fn a_column_of_well_known_text_is_shapes() {
        let text = "id,WKT,n\n1,\"POLYGON((0 0,1 0,1 1,0 0))\",7\n2,,8\n";
        let table = read_csv(text.as_bytes()).unwrap();
        assert_eq!(table.columns(), ["id", "n"]);
        assert_eq!((table.cell(0, 1), table.cell(1, 1)), ("7", "8"));
        assert!(matches!(table.shape(0), Some(RawShape::Polygons(_))));
        assert_eq!(table.shape(1), Some(&RawShape::Nothing));
    }

    #[test]
    fn the_first_filled_cell_tells_of_shapes() {
        let text = "id,WKT,n\n1,,7\n2\n3, ,\n4,\"POINT(1 2)\",8\n5,,9\n";
        let table = read_csv(text.as_bytes()).unwrap();
        assert_eq!(table.columns(), ["id", "n"]);
        let ns: Vec<&str> = (0..table.len()).map(|row| table.cell(row, 1)).collect();
        assert_eq!(ns, ["7", "", "", "8", "9"]);
        assert_eq!(table.cell(2, 0), "3");
        assert_eq!(table.shape(0), Some(&RawShape::Nothing));
        assert_eq!(table.shape(3), Some(&RawShape::Point([1.0, 2.0])));
        assert_eq!(table.shape(4), Some(&RawShape::Nothing));
        assert_eq!(table.flaws(), [(1, RowFlaw::CellCount { found: 1 })]);
        // Under the last column a row may end before its shape.
        let table = read_csv(b"id,WKT\n1\n2,POINT(1 2)\n").unwrap();
        assert_eq!((table.cell(1, 0), table.flaws()), ("2", &[][..]));
    }

    #[test]
    fn short_rows_under_a_wide_header_are_bounded() {
        let header = vec!["a"; 2_000].join(",");
        let text = format!("{header}\n{}", "1\n".repeat(10_000));
        let fault = read_csv_within(text.as_bytes(), 16 << 20).unwrap_err();
        assert!(matches!(fault, ReadFault::TooLarge { .. }), "{fault}");
    }

    #[test]
    fn notes_ragged_rows_and_giant_cells() {
        let digits = "7".repeat(10_000_000);
        let text = format!("a,b\n1\n2,3,4\n5,{digits}\n6,7\n");
        let table = read_csv(text.as_bytes()).unwrap();
        assert_eq!(table.len(), 4);
        assert_eq!(
            table.flaws(),
            [
                (0, RowFlaw::CellCount { found: 1 }),
                (1, RowFlaw::CellCount { found: 3 }),
                (
                    2,
                    RowFlaw::LongCell {
                        column: 1,
                        bytes: 10_000_000
                    }
                ),
            ]
        );
        assert_eq!(table.cell(3, 1), "7");
    }

    #[test]
    fn a_header_alone_is_refused() {
        assert!(matches!(read_csv(b"a,b\n"), Err(ReadFault::NoRows { .. })));
        assert_eq!(read_csv(b"").unwrap_err(), ReadFault::Empty);
    }

    #[test]
    fn an_open_quote_is_told_by_its_line() {
        let of = |text: &str| read_csv(text.as_bytes()).err();
        let open = |line| Some(ReadFault::OpenQuote { line });
        assert_eq!(of("a,b\n1,2\n3,\"4\n5,6\n7,8\n"), open(3));
        assert_eq!(of("a,b\n1,\"x\ny\"\n3,\"4\n5,6\n"), open(4));
        assert_eq!(of("a,b\n1,\"x\ny\",\"4\n5,6\n"), open(3));
        assert_eq!(of("a,\"b\n1,2\n"), open(1));
        assert_eq!(of("\n\na,b\n\n1,\"2\n"), open(5));
        assert_eq!(of("a,b\r\n1,2\r\n3,\"4\r\n5,6"), open(3));
        for sound in [
            "a,b\n1,\"2\"\"\"\n",
            "a,b\n1,x\"y\n",
            "a,b\n1,\"2\"x\"\n",
            "a,b\n\"\",2",
        ] {
            assert_eq!(of(sound), None, "{sound}");
        }
    }

    proptest! {
        /// A quote that opens the last cell of a row and stays open is found, whatever the
        /// sound rows before it hold.
        #[test]
        fn an_open_quote_is_found(
            cells in proptest::collection::vec("[a-z\"\n, ]{0,6}", 1..20), after in "[a-z\n,]{1,30}",
        ) {
            let mut text = "a,b\n".to_owned();
            for cell in &cells {
                text += &format!("1,\"{}\"\n", cell.replace('"', "\"\""));
            }
            let line = text.matches('\n').count() as u64 + 1;
            prop_assert!(read_csv(text.as_bytes()).is_ok());
            text += &format!("2,\"{after}");
            prop_assert_eq!(read_csv(text.as_bytes()).unwrap_err(), ReadFault::OpenQuote { line });
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            if let Ok(table) = read_csv(&bytes) {
                for row in 0..table.len() {
                    for column in 0..table.columns().len() {
                        let _ = table.cell(row, column);
                    }
                }
            }
        }
    }
}
