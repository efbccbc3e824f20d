//! A forecast's cells and expectations in few bytes: postcard, deflated.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateDecoder, DeflateEncoder};

use crate::grid::cell::Cell;
use crate::risk::forecast::Forecast;
use crate::store::error::StoreError;

/// Cells of the largest grid, packed as loosely as can be: nothing larger is unpacked.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Steps from cell to cell (ascending, so small) and the expectations.
///
/// # Errors
/// [`StoreError::Damaged`], where it can't be packed.
pub fn pack(forecast: &Forecast) -> Result<Vec<u8>, StoreError> {
    let mut before = 0;
    let steps: Vec<u64> = forecast
        .cells
        .iter()
        .map(|cell| {
            cell.number()
                .wrapping_sub(std::mem::replace(&mut before, cell.number()))
        })
        .collect();
    let body = postcard::to_allocvec(&(steps, &forecast.expected)).map_err(damaged)?;
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&body).map_err(damaged)?;
    packed.finish().map_err(damaged)
}

/// What [`pack`] packed.
///
/// # Errors
/// What is wrong with it.
pub fn unpack(packed: &[u8]) -> Result<(Vec<Cell>, Vec<f32>), String> {
    let mut unpacked = DeflateDecoder::new(Bounded(Vec::new()));
    unpacked.write_all(packed).map_err(|e| e.to_string())?;
    let body = unpacked.finish().map_err(|e| e.to_string())?.0;
    let (steps, expected): (Vec<u64>, Vec<f32>) =
        postcard::from_bytes(&body).map_err(|e| e.to_string())?;
    if steps.len() != expected.len() {
        return Err(format!(
            "{} cells have {} numbers",
            steps.len(),
            expected.len()
        ));
    }
    let mut number = 0u64;
    let cells = steps.iter().map(|step| {
        number = number.wrapping_add(*step);
        Cell::new(number).ok_or_else(|| format!("{number:x} is no cell"))
    });
    Ok((cells.collect::<Result<_, _>>()?, expected))
}

/// Takes no more bytes than a forecast can have.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(std::io::Error::other(
                "it unpacks to more than a forecast can be",
            ));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn damaged(fault: impl ToString) -> StoreError {
    StoreError::Damaged {
        table: "forecasts".into(),
        why: fault.to_string(),
    }
}
