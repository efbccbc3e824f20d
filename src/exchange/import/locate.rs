//! Where a row is: from its shape or its two columns, through the frame, into the
//! district. What does not belong there is refused instead of stretching the map.

use crate::datum::frame::Frame;
use crate::exchange::import::columns::Columns;
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::field::Field;
use crate::exchange::import::refusal::{Reason, RowFault};
use crate::exchange::read::table::{RawShape, StatedFrame, Table};
use crate::place::area::{Area, AreaFault, RawPolygon};
use crate::place::measure::Metres;
use crate::place::position::{Position, PositionError};

/// Rows farther outside the district than this are refused, metres.
pub const MARGIN_M: f64 = 5_000.0;

/// Turns rows into positions and areas.
#[derive(Debug)]
pub struct Locator<'a> {
    table: &'a Table,
    columns: &'a Columns,
    frame: Frame,
    district: Option<&'a Area>,
    bbox: [f64; 4],
}

/// Which frame, and the sentence for the report.
///
/// # Errors
/// [`ImportFault::Frame`], [`ImportFault::UnknownFrame`].
pub fn frame_of(
    table: &Table,
    columns: &Columns,
    declared: Option<&Frame>,
) -> Result<(Frame, String), ImportFault> {
    if let Some(frame) = declared {
        return Ok((frame.clone(), format!("{} (declared)", frame.name())));
    }
    match &table.frame {
        StatedFrame::Epsg(code) => {
            let frame: Frame = format!("EPSG:{code}").parse()?;
            let note = format!("{} (stated by the file)", frame.name());
            Ok((frame, note))
        }
        StatedFrame::Wkt(wkt) => {
            let frame = Frame::from_wkt(wkt)?;
            let note = format!("{} (stated by the file)", frame.name());
            Ok((frame, note))
        }
        StatedFrame::Shifted(word) => {
            let frame: Frame = word.parse()?;
            let note = format!("{} (stated by the file)", frame.name());
            Ok((frame, note))
        }
        StatedFrame::Unstated => {
            refuse_unless_degrees(table, columns)?;
            Ok((
                Frame::Wgs84,
                "WGS 84 (assumed: the coordinates are degrees and no frame is declared)".to_owned(),
            ))
        }
    }
}

impl<'a> Locator<'a> {
    /// A locator; `district` is the workspace's boundary, where rows must be near it.
    pub fn new(
        table: &'a Table,
        columns: &'a Columns,
        frame: Frame,
        district: Option<&'a Area>,
    ) -> Self {
        let bbox = district.map_or([0.0; 4], Area::bbox);
        Self {
            table,
            columns,
            frame,
            district,
            bbox,
        }
    }

    /// The row's point, in WGS 84 and near the district.
    ///
    /// # Errors
    /// [`RowFault`].
    pub fn point(&self, row: usize) -> Result<Position, RowFault> {
        let raw = raw_point(self.table, self.columns, row)?;
        let position = self.to_wgs84(raw)?;
        self.check_near(raw, position)?;
        Ok(position)
    }

    /// The row's area, in WGS 84; near the district where `near` is set.
    ///
    /// # Errors
    /// [`RowFault`].
    pub fn area(&self, row: usize, near: bool) -> Result<Area, RowFault> {
        let fault = |reason, why: String| RowFault::new(reason, "geometry", "", why);
        let polygons = match self.table.shape(row) {
            Some(RawShape::Polygons(polygons)) => polygons,
            Some(RawShape::Nothing) | None => {
                return Err(fault(Reason::BadPolygon, "the polygon is empty".to_owned()));
            }
            Some(RawShape::Point(_)) => {
                return Err(fault(
                    Reason::WrongShape,
                    "a polygon is wanted, this is a point".to_owned(),
                ));
            }
            Some(RawShape::Other(what)) => {
                return Err(fault(
                    Reason::WrongShape,
                    format!("a polygon is wanted, this is {what}"),
                ));
            }
        };
        let mut ring_number = 0;
        let mut shapes: Vec<RawPolygon> = Vec::with_capacity(polygons.len());
        for polygon in polygons {
            let mut rings = Vec::with_capacity(polygon.len());
            for ring in polygon {
                ring_number += 1;
                rings.push(self.ring(ring, ring_number)?);
            }
            shapes.push(rings);
        }
        let area = Area::from_rings(&shapes)
            .map_err(|why: AreaFault| fault(Reason::BadPolygon, why.to_string()))?;
        if near {
            self.check_area_near(&area)?;
        }
        Ok(area)
    }

    fn ring(&self, ring: &[[f64; 2]], number: usize) -> Result<Vec<[f64; 2]>, RowFault> {
        let corners = ring.iter().enumerate().map(|(at, &corner)| {
            self.to_wgs84(corner)
                .map(<[f64; 2]>::from)
                .map_err(|fault| RowFault {
                    field: "geometry",
                    why: format!("point {} of ring {number}: {}", at + 1, fault.why),
                    ..fault
                })
        });
        corners.collect()
    }

    fn to_wgs84(&self, raw: [f64; 2]) -> Result<Position, RowFault> {
        let [x, y] = raw;
        self.frame.to_wgs84(raw).map_err(|fault| match fault {
            PositionError::NotFinite { .. } => {
                let (field, bad) = if x.is_finite() {
                    ("lat", y)
                } else {
                    ("lon", x)
                };
                RowFault::new(
                    Reason::NotFinite,
                    field,
                    &bad.to_string(),
                    "a coordinate is not a finite number",
                )
            }
            PositionError::OutOfRange { .. } if self.frame.is_degrees() => {
                if y.abs() > 90.0 && y.abs() <= 180.0 && x.abs() <= 90.0 {
                    return swapped([x, y], "no latitude is over 90°");
                }
                RowFault::new(
                    Reason::OutOfRange,
                    if y.abs() > 90.0 { "lat" } else { "lon" },
                    &format!("{x}, {y}"),
                    "longitude and latitude must be within ±180° and ±90°",
                )
            }
            PositionError::OutOfRange { .. } => RowFault::new(
                Reason::OutOfRange,
                "lon",
                &format!("{x}, {y}"),
                format!("the point is outside what {} covers", self.frame.name()),
            ),
        })
    }

    fn check_near(&self, raw: [f64; 2], position: Position) -> Result<(), RowFault> {
        let Some(district) = self.district else {
            return Ok(());
        };
        if self.in_bbox(position) && district.covers(position) {
            return Ok(());
        }
        if district.lies_within(position, Metres(MARGIN_M)) {
            return Ok(());
        }
        let turned = [raw[1], raw[0]];
        if self.frame.is_degrees()
            && let Ok(other) = self.frame.to_wgs84(turned)
            && district.lies_within(other, Metres(MARGIN_M))
        {
            return Err(swapped(raw, "the other way round they lie in the district"));
        }
        Err(RowFault::new(
            Reason::OutsideDistrict,
            "lon",
            &format!("{}, {}", raw[0], raw[1]),
            format!(
                "it lies {:.0} km outside the district's boundary",
                district.metres_from(position).0 / 1000.0
            ),
        ))
    }

    fn check_area_near(&self, area: &Area) -> Result<(), RowFault> {
        let Some(district) = self.district else {
            return Ok(());
        };
        let corners = area.shape().0.iter().flat_map(|p| p.exterior().coords());
        let farthest_m = corners
            .map(|c| Position::wrapped(c.x, c.y))
            .filter(|&corner| !(self.in_bbox(corner) && district.covers(corner)))
            .map(|corner| district.metres_from(corner).0)
            .fold(0.0, f64::max);
        if farthest_m <= MARGIN_M {
            return Ok(());
        }
        Err(RowFault::new(
            Reason::OutsideDistrict,
            "geometry",
            "",
            format!(
                "a corner of the polygon lies {:.0} km outside the district's boundary; 5 km are the most",
                farthest_m / 1000.0
            ),
        ))
    }

    fn in_bbox(&self, position: Position) -> bool {
        let [west, south, east, north] = self.bbox;
        (west..=east).contains(&position.lon()) && (south..=north).contains(&position.lat())
    }
}

fn swapped([x, y]: [f64; 2], because: &str) -> RowFault {
    RowFault::new(
        Reason::Swapped,
        "lat",
        &format!("{x}, {y}"),
        format!(
            "longitude and latitude have changed places ({because}); map them the other way round"
        ),
    )
}

/// The two numbers of a row, as written.
fn raw_point(table: &Table, columns: &Columns, row: usize) -> Result<[f64; 2], RowFault> {
    if let (Some(lon), Some(lat)) = (columns.of(Field::Lon), columns.of(Field::Lat)) {
        let (x, y) = (table.cell(row, lon), table.cell(row, lat));
        if x.is_empty() || y.is_empty() {
            let field = if x.is_empty() { "lon" } else { "lat" };
            return Err(RowFault::new(
                Reason::NoCoordinates,
                field,
                "",
                "the row has no coordinates",
            ));
        }
        return known_place([number(x, "lon")?, number(y, "lat")?]);
    }
    match table.shape(row) {
        Some(RawShape::Point(point)) => known_place(*point),
        Some(RawShape::Nothing) | None => Err(RowFault::new(
            Reason::NoCoordinates,
            "geometry",
            "",
            "the row has no coordinates",
        )),
        Some(RawShape::Polygons(_)) => Err(RowFault::new(
            Reason::WrongShape,
            "geometry",
            "",
            "a point is wanted, this is a polygon",
        )),
        Some(RawShape::Other(what)) => Err(RowFault::new(
            Reason::WrongShape,
            "geometry",
            "",
            format!("a point is wanted, this is {what}"),
        )),
    }
}

/// Geocoders write 0, 0 for what they did not find.
fn known_place(point: [f64; 2]) -> Result<[f64; 2], RowFault> {
    if point == [0.0, 0.0] {
        return Err(RowFault::new(
            Reason::NoCoordinates,
            "lon",
            "0, 0",
            "0, 0 stands for an unknown place",
        ));
    }
    Ok(point)
}

/// A number, with a decimal comma too.
pub fn number(text: &str, field: &'static str) -> Result<f64, RowFault> {
    let parsed = text.parse::<f64>().or_else(|fault| {
        if text.matches(',').count() == 1 && !text.contains('.') {
            text.replace(',', ".").parse()
        } else {
            Err(fault)
        }
    });
    match parsed {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err(RowFault::new(
            Reason::NotFinite,
            field,
            text,
            "it is not a finite number",
        )),
        Err(_) => Err(RowFault::new(
            Reason::NotANumber,
            field,
            text,
            "it is not a number",
        )),
    }
}

fn refuse_unless_degrees(table: &Table, columns: &Columns) -> Result<(), ImportFault> {
    let mut degrees = 0usize;
    let mut others = 0usize;
    let mut example = None;
    for row in (0..table.len()).filter(|&row| table.flaw(row).is_none()) {
        let raw = match table.shape(row) {
            Some(RawShape::Polygons(polygons)) => polygons
                .first()
                .and_then(|polygon| polygon.first())
                .and_then(|ring| ring.first())
                .copied(),
            _ => raw_point(table, columns, row).ok(),
        };
        let Some([x, y]) = raw.filter(|p| p.iter().all(|n| n.is_finite())) else {
            continue;
        };
        if x.abs() <= 180.0 && y.abs() <= 180.0 {
            degrees += 1;
        } else {
            others += 1;
            example.get_or_insert((row, x, y));
        }
    }
    match example {
        Some((row, x, y)) if others > degrees => Err(ImportFault::UnknownFrame {
            row_word: table.row_word,
            row: table.number(row),
            x,
            y,
        }),
        _ => Ok(()),
    }
}
