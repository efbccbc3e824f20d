//! Projected and foreign geographic frames, through proj4rs: from an EPSG code (the
//! definitions of `crs-definitions`) or from the WKT of a `.prj` (through `proj4wkt`).
//!
//! Unit in: the frame's own (metres, feet, degrees); out: degrees of WGS 84. Datum
//! grids are not used: a datum without published shift is taken as WGS 84, which is
//! what PROJ does too where it has no grid.

use proj4rs::Proj;
use proj4rs::transform::transform;
use thiserror::Error;

use crate::place::position::Position;

/// NAD83(HARN) to WGS 84 in the contiguous United States: EPSG's "NAD83(HARN) to WGS 84
/// (3)", the one PROJ takes, with the rotations' signs turned to proj4's convention. The
/// definitions hold zeros instead, 1.3 m off.
const HARN_SHIFT: &str =
    "-0.991,1.9072,0.5129,0.0257899075194932,0.0096500989602704,0.0116599432323421,0";

/// A frame that proj4rs can undo.
#[derive(Debug)]
pub struct Projection {
    from: Proj,
    to: Proj,
}

/// Why there is no such frame.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProjectionError {
    /// Not in the table of definitions.
    #[error("EPSG:{0} is not a known frame")]
    UnknownCode(u32),
    /// Known, but of a kind proj4rs can't undo, or damaged.
    #[error("the frame {name} can't be used: {why}")]
    Unsupported {
        /// Its code or name.
        name: String,
        /// What proj4rs or proj4wkt said.
        why: String,
    },
}

impl Projection {
    /// The frame of an EPSG code.
    ///
    /// # Errors
    /// [`ProjectionError`].
    pub fn from_epsg(code: u32) -> Result<Self, ProjectionError> {
        let definition = u16::try_from(code)
            .ok()
            .and_then(crs_definitions::from_code)
            .ok_or(ProjectionError::UnknownCode(code))?;
        let text = with_published_shift(definition.proj4, definition.wkt);
        Self::from_proj_text(&text, &format!("EPSG:{code}"))
    }

    /// The frame of a WKT text (`.prj`, GeoPackage), by its EPSG code where it names
    /// one, else by its parameters.
    ///
    /// # Errors
    /// [`ProjectionError::Unsupported`].
    pub fn from_wkt(wkt: &str) -> Result<Self, ProjectionError> {
        let name = wkt_name(wkt);
        if let Some(known) = outer_epsg_code(wkt).and_then(|code| Self::from_epsg(code).ok()) {
            return Ok(known);
        }
        let text =
            proj4wkt::wkt_to_projstring(wkt).map_err(|fault| ProjectionError::Unsupported {
                name: name.clone(),
                why: fault.to_string(),
            })?;
        Self::from_proj_text(&with_published_shift(&text, wkt), &name)
    }

    /// Whether its numbers are degrees.
    pub fn is_degrees(&self) -> bool {
        self.from.is_latlong()
    }

    /// To WGS 84; none where the point is outside what the frame covers.
    pub fn to_wgs84(&self, [x, y]: [f64; 2]) -> Option<Position> {
        let mut point = if self.is_degrees() {
            (x.to_radians(), y.to_radians(), 0.0)
        } else {
            (x, y, 0.0)
        };
        transform(&self.from, &self.to, &mut point).ok()?;
        Position::new(point.0.to_degrees(), point.1.to_degrees()).ok()
    }

    /// From WGS 84, in the frame's own unit, easting or longitude first; none where the
    /// frame does not reach.
    pub fn from_wgs84(&self, position: Position) -> Option<[f64; 2]> {
        let mut point = (
            position.lon().to_radians(),
            position.lat().to_radians(),
            0.0,
        );
        transform(&self.to, &self.from, &mut point).ok()?;
        let (x, y) = match self.is_degrees() {
            true => (point.0.to_degrees(), point.1.to_degrees()),
            false => (point.0, point.1),
        };
        (x.is_finite() && y.is_finite()).then_some([x, y])
    }

    fn from_proj_text(text: &str, name: &str) -> Result<Self, ProjectionError> {
        let unsupported = |fault: proj4rs::errors::Error| ProjectionError::Unsupported {
            name: name.to_owned(),
            why: fault.to_string(),
        };
        let from = Proj::from_proj_string(text).map_err(unsupported)?;
        if !from.is_latlong() && !from.has_inverse() {
            return Err(ProjectionError::Unsupported {
                name: name.to_owned(),
                why: "its projection has no inverse".to_owned(),
            });
        }
        let to =
            Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").map_err(unsupported)?;
        Ok(Self { from, to })
    }
}

/// The proj text with the datum's shift, where it is one that the definitions leave out.
fn with_published_shift(proj_text: &str, wkt: &str) -> String {
    let datum = wkt.to_ascii_uppercase();
    let harn = datum.contains("DATUM[\"NAD83_HIGH_ACCURACY_REFERENCE_NETWORK\"")
        || datum.contains("DATUM[\"NAD83 (HIGH ACCURACY REFERENCE NETWORK)\"")
        || datum.contains("DATUM[\"D_NORTH_AMERICAN_1983_HARN\"");
    if !harn {
        return proj_text.to_owned();
    }
    let mut words: Vec<&str> = proj_text
        .split_whitespace()
        .filter(|word| !word.starts_with("+towgs84="))
        .collect();
    let shift = format!("+towgs84={HARN_SHIFT}");
    words.push(&shift);
    words.join(" ")
}

/// What the WKT calls itself: its first quoted text.
fn wkt_name(wkt: &str) -> String {
    wkt.split('"').nth(1).map_or_else(
        || "without a name".to_owned(),
        |name| name.chars().take(80).collect(),
    )
}

/// The code of the whole frame: the `AUTHORITY["EPSG",…]` or `ID["EPSG",…]` that stands
/// directly inside the outermost bracket, not that of a part.
fn outer_epsg_code(wkt: &str) -> Option<u32> {
    let mut depth = 0usize;
    let mut quoted = false;
    for (at, letter) in wkt.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '[' | '(' if !quoted => {
                depth += 1;
                let keyword = wkt[..at]
                    .rsplit([',', '[', '('])
                    .next()
                    .unwrap_or("")
                    .trim();
                if depth == 2 && matches!(keyword, "AUTHORITY" | "ID") {
                    let inside = wkt[at + 1..].split([']', ')']).next()?;
                    let (authority, code) = inside.split_once(',')?;
                    if authority.trim().trim_matches('"') == "EPSG" {
                        return code.trim().trim_matches('"').parse().ok();
                    }
                }
            }
            ']' | ')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
#[path = "projection_tests.rs"]
mod tests;
