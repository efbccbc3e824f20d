//! The attributes of a Shapefile: dBASE III, cells as text in the encoding its `.cpg`,
//! its language byte or its content tells.
//!
//! Read here rather than through a crate because an import wants the text as written
//! (leading zeros, dates) in GBK too, not typed values in code page 437.

use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::text::decode_as;

const HEADER: usize = 32;
const FIELD: usize = 32;

/// A DBF's fields and where its records are.
#[derive(Debug)]
pub struct Dbf<'a> {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The encoding in use.
    pub encoding: &'static Encoding,
    widths: Vec<usize>,
    records: &'a [u8],
    record_length: usize,
}

impl<'a> Dbf<'a> {
    /// Opens the bytes; `cpg` is the text of the `.cpg` file, where there is one.
    ///
    /// # Errors
    /// [`ReadFault::Damaged`].
    pub fn open(bytes: &'a [u8], cpg: Option<&str>) -> Result<Self, ReadFault> {
        let damaged = |place: &str, why: String| ReadFault::Damaged {
            format: "DBF",
            place: place.to_owned(),
            why,
        };
        if bytes.len() < HEADER {
            return Err(damaged("its header", format!("only {} bytes", bytes.len())));
        }
        let count = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]) as usize;
        let start = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let record_length = usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
        let language = bytes[29];
        if start < HEADER || record_length < 1 || bytes.len() < start {
            return Err(damaged(
                "its header",
                "its lengths make no sense".to_owned(),
            ));
        }
        let mut names = Vec::new();
        let mut widths = Vec::new();
        let mut total = 1;
        for field in bytes[HEADER..start].chunks_exact(FIELD) {
            if field[0] == 0x0d {
                break;
            }
            let length = field[..11].iter().position(|&b| b == 0).unwrap_or(11);
            names.push(&field[..length]);
            widths.push(usize::from(field[16]));
            total += usize::from(field[16]);
        }
        if total > record_length {
            return Err(damaged(
                "its header",
                format!("the fields take {total} bytes, a record {record_length}"),
            ));
        }
        let records = &bytes[start..];
        let whole = records.len() / record_length;
        if whole < count {
            return Err(damaged(
                &format!("record {}", whole + 1),
                format!("cut off: the header tells of {count} records"),
            ));
        }
        let records = &records[..count * record_length];
        let encoding = encoding_of(cpg, language, records);
        Ok(Self {
            columns: names
                .into_iter()
                .map(|name| decode_as(name, encoding).trim().to_owned())
                .collect(),
            encoding,
            widths,
            records,
            record_length,
        })
    }

    /// How many records, deleted ones included.
    pub fn len(&self) -> usize {
        self.records.len() / self.record_length
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The cells of a record; none where it is marked as deleted or not there.
    pub fn record(&self, at: usize) -> Option<Vec<String>> {
        let start = at.checked_mul(self.record_length)?;
        let bytes = self.records.get(start..start + self.record_length)?;
        if bytes[0] == b'*' {
            return None;
        }
        let mut rest = &bytes[1..];
        let cells = self.widths.iter().map(|&width| {
            let (cell, after) = rest.split_at(width);
            rest = after;
            decode_as(cell, self.encoding)
                .trim_matches(|c: char| c.is_whitespace() || c == '\0')
                .to_owned()
        });
        Some(cells.collect())
    }
}

fn encoding_of(cpg: Option<&str>, language: u8, records: &[u8]) -> &'static Encoding {
    if let Some(declared) = cpg.and_then(encoding_named) {
        return declared;
    }
    match language {
        0x4d | 0x7a => return GB18030,
        0x03 | 0x57 | 0x58 | 0x59 if records.is_ascii() => return WINDOWS_1252,
        _ => {}
    }
    if std::str::from_utf8(records).is_ok() {
        UTF_8
    } else if GB18030
        .decode_without_bom_handling_and_without_replacement(records)
        .is_some()
    {
        GB18030
    } else {
        WINDOWS_1252
    }
}

/// The encoding a `.cpg` names: `UTF-8`, `GBK`, `936`, `CP936`, `ANSI 1252`…
fn encoding_named(text: &str) -> Option<&'static Encoding> {
    let word = text.trim().to_ascii_lowercase();
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    match digits.as_str() {
        "936" | "54936" | "18030" | "2312" => return Some(GB18030),
        "65001" => return Some(UTF_8),
        "1252" => return Some(WINDOWS_1252),
        _ => {}
    }
    let found = Encoding::for_label(word.as_bytes())?;
    Some(if found == encoding_rs::GBK {
        GB18030
    } else {
        found
    })
}

#[cfg(test)]
mod tests {
    use encoding_rs::{GB18030, GBK, UTF_8};
    use proptest::prelude::*;

    use crate::exchange::read::dbf::{Dbf, encoding_named};

    fn dbf(name: &str, value: &[u8]) -> Vec<u8> {
        let width = u8::try_from(value.len()).unwrap();
        let mut bytes = vec![0u8; 32];
        bytes[0] = 3;
        bytes[4] = 1;
        bytes[8] = 65;
        bytes[10] = width + 1;
        let mut field = [0u8; 32];
        field[..name.len()].copy_from_slice(name.as_bytes());
        field[11] = b'C';
        field[16] = width;
        bytes.extend(field);
        bytes.push(0x0d);
        bytes.push(b' ');
        bytes.extend(value);
        bytes
    }

    #[test]
    fn chinese_with_and_without_cpg() {
        let (gbk, _, _) = GBK.encode("大东区");
        let bytes = dbf("NAME", &gbk);
        for cpg in [None, Some("GBK"), Some("936")] {
            let table = Dbf::open(&bytes, cpg).unwrap();
            assert_eq!(table.columns, ["NAME"]);
            assert_eq!(table.record(0).unwrap(), ["大东区"], "{cpg:?}");
        }
        let bytes = dbf("NAME", "大东区".as_bytes());
        assert_eq!(
            Dbf::open(&bytes, None).unwrap().record(0).unwrap(),
            ["大东区"]
        );
        assert_eq!(encoding_named("UTF-8"), Some(UTF_8));
        assert_eq!(encoding_named("gb2312"), Some(GB18030));
    }

    #[test]
    fn a_cut_table_names_the_record() {
        let bytes = dbf("NAME", b"abc");
        let fault = Dbf::open(&bytes[..bytes.len() - 1], None).unwrap_err();
        assert!(fault.to_string().contains("record 1"), "{fault}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            head in proptest::collection::vec(any::<u8>(), 0..40),
            at in 0usize..90, byte: u8,
        ) {
            let _ = Dbf::open(&head, None);
            let mut bytes = dbf("NAME", b"abcdef");
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(table) = Dbf::open(&bytes, None) {
                for row in 0..table.len().min(10) {
                    let _ = table.record(row);
                }
            }
        }
    }
}
