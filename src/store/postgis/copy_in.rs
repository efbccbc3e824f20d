//! Many rows by `COPY … FROM STDIN` in PostgreSQL's binary format: a header, for each row
//! the number of its values, for each value its length and bytes (big-endian; -1 is NULL).

use sqlx::PgConnection;

use crate::store::postgis::geometry::{ewkb_of, ewkb_of_point};
use crate::store::postgis::given_up::GivenUp;
use crate::store::postgis::instant::PgInstant;
use crate::store::statement::Value;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: i16 = -1;
/// Sent in one go, bytes.
const CHUNK: usize = 256 * 1024;

/// Copies rows of `columns.len()` values into a table and returns how many.
///
/// # Errors
/// The database's own fault; none of the rows is there then.
pub async fn copy_in(
    conn: &mut PgConnection,
    given_up: &GivenUp,
    table: &str,
    columns: &[&str],
    rows: impl Iterator<Item = Vec<Value>> + Send,
) -> Result<u64, sqlx::Error> {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return Ok(0);
    }
    let sql = format!(
        "COPY {table} ({}) FROM STDIN (FORMAT binary)",
        columns.join(",")
    );
    let mut copy = given_up.clone().or(conn.copy_in_raw(&sql)).await?;
    let mut buffer = Vec::with_capacity(CHUNK + 4096);
    buffer.extend(SIGNATURE);
    for row in rows {
        buffer.extend((row.len() as i16).to_be_bytes());
        for value in &row {
            write_value(&mut buffer, value);
        }
        if buffer.len() >= CHUNK {
            given_up.clone().or(copy.send(buffer.as_slice())).await?;
            buffer.clear();
        }
    }
    buffer.extend(END.to_be_bytes());
    given_up.clone().or(copy.send(buffer.as_slice())).await?;
    given_up.clone().or(copy.finish()).await
}

fn write_value(buffer: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Text(text) => write_bytes(buffer, text.as_deref().map(str::as_bytes)),
        Value::Word(word) => write_bytes(buffer, Some(word.as_bytes())),
        Value::Real(number) => write_eight(buffer, number.map(f64::to_be_bytes)),
        Value::Int(number) => write_eight(buffer, number.map(i64::to_be_bytes)),
        Value::Blob(bytes) => write_bytes(buffer, bytes.as_deref()),
        Value::Instant(at) => {
            write_eight(buffer, at.map(|at| PgInstant(at).micros().to_be_bytes()))
        }
        Value::Json(text) => write_bytes(buffer, Some(text.as_bytes())),
        Value::Point(position) => write_bytes(buffer, Some(&ewkb_of_point(*position))),
        Value::Shape(shape) => write_bytes(buffer, shape.as_ref().map(ewkb_of).as_deref()),
    }
}

fn write_eight(buffer: &mut Vec<u8>, bytes: Option<[u8; 8]>) {
    write_bytes(buffer, bytes.as_ref().map(|b| &b[..]));
}

fn write_bytes(buffer: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        // No value of ours comes near to 2 GiB; the server refuses a longer row.
        Some(bytes) => {
            buffer.extend((bytes.len() as i32).to_be_bytes());
            buffer.extend(bytes);
        }
        None => buffer.extend((-1_i32).to_be_bytes()),
    }
}
