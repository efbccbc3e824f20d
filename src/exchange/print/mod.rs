//! Paper and pictures: PDF pages and PNG of what the other writers draw as SVG.
//!
//! `faces` knows glyphs and widths, `lines` breaks text, `paper` holds what stands on pages,
//! `flow` puts it there one below the other, `pdf` and `png` write it.

pub mod faces;
pub mod flow;
mod lines;
pub mod paper;
pub mod pdf;
pub mod png;
pub mod table;
