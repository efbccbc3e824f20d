//! A report's rows as CSV, with a byte order mark, so that a spreadsheet reads Chinese.

use std::fmt::Display;

/// Rows below a line of names; every row has as many fields as there are names.
pub fn csv(names: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    // Writing to memory can't fail, and the rows are as long as the names.
    let _ = writer.write_record(names);
    for row in rows {
        debug_assert_eq!(row.len(), names.len());
        let _ = writer.write_record(&row);
    }
    writer.into_inner().unwrap_or_default()
}

/// A field; empty where there is no value.
pub fn field(value: Option<impl Display>) -> String {
    value.map_or_else(String::new, |v| v.to_string())
}
