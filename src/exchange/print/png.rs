//! A drawing as PNG.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::Tree;
use thiserror::Error;

use crate::exchange::markup::allowed;
use crate::exchange::print::faces::Faces;

/// Least and most pixels across that a picture may have.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 200..=4000;

/// Pixels across where none are asked for.
pub const DEFAULT_WIDTH: u32 = 1440;

/// Most pixels down.
const MOST_DOWN: f32 = 12_000.0;

/// Why there is no picture.
#[derive(Debug, Error)]
pub enum PictureFault {
    /// It is too small or too large.
    #[error("a picture is 200 to 4000 pixels wide, not {0}")]
    Width(u32),
    /// The drawing can't be read, which is a fault of this program.
    #[error("the drawing can't be read: {0}")]
    Drawing(#[from] resvg::usvg::Error),
    /// The pixels can't be written, which is a fault of this program.
    #[error("the picture can't be written: {0}")]
    Write(String),
}

/// Draws an SVG so many pixels wide.
///
/// # Errors
/// [`PictureFault`].
pub fn png(svg: &str, width: u32, faces: &Faces) -> Result<Vec<u8>, PictureFault> {
    if !WIDTHS.contains(&width) {
        return Err(PictureFault::Width(width));
    }
    let tree = Tree::from_str(&allowed(svg), &faces.options())?;
    let scale = width as f32 / tree.size().width();
    let down = (tree.size().height() * scale).ceil().clamp(1.0, MOST_DOWN);
    let pixels = Pixmap::new(width, down as u32);
    let mut pixels = pixels.ok_or(PictureFault::Width(width))?;
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut pixels.as_mut(),
    );
    let bytes = pixels.encode_png();
    bytes.map_err(|fault| PictureFault::Write(fault.to_string()))
}
