//! Which rows a request wants: a box, a time, values of properties, a filter.

use std::cell::Cell;

use geo::Intersects;
use geo_types::{Coord, Geometry, Rect};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::app::export::wanted::Wanted;
use crate::app::session::snapshot::Snapshot;
use crate::calendar::text::parse_instant;
use crate::calendar::window::Window;
use crate::exchange::cql2::evaluate::Filter;
use crate::exchange::cql2::expression::{Comparison, Expression, Scalar};
use crate::exchange::cql2::json::parse_json;
use crate::exchange::cql2::text::parse_text;
use crate::exchange::write::layer::{Column, ColumnKind, Layer};
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::http::ogc::frames::{OgcFrame, frame_of};
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};

/// What QGIS writes for an end that is open; no instant of the calendar in use reaches it.
const LAST_DAY: &str = "9999-12-31";

/// Which rows.
#[derive(Debug)]
pub struct Selection {
    layer: &'static Layer,
    bbox: Option<(OgcFrame, Vec<Rect<f64>>)>,
    datetime: Option<[Timestamp; 2]>,
    filter: Option<Filter>,
    /// What the store can be asked for; the rest is asked of each row.
    pub wanted: Wanted,
}

impl Selection {
    /// Reads the parameters of a layer's items.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn read(
        query: &mut Query,
        layer: &'static Layer,
        snapshot: &Snapshot,
    ) -> Result<Self, Problem> {
        let bbox_frame = frame_of(snapshot, "bbox-crs", query.text("bbox-crs")?.as_deref())?;
        let bbox = query.text("bbox")?;
        let bbox = bbox.map(|text| boxes(&text, &bbox_frame)).transpose()?;
        let datetime = query.text("datetime")?;
        let datetime = datetime
            .map(|text| times(&text, &snapshot.zone))
            .transpose()?;
        let mut statements = Vec::new();
        let mut wanted = Wanted::default();
        for (column, known) in layer.columns.iter().enumerate() {
            let Some(text) = query.text(known.name)? else {
                continue;
            };
            match (layer.name, known.name) {
                ("incidents", "category") => wanted.categories.push(text.clone()),
                ("forecast_cells", "forecast") => wanted.forecast = Some(text.clone()),
                ("plan_routes" | "plan_stops", "plan") => wanted.plan = Some(text.clone()),
                _ => {}
            }
            let value = value(known, &text, &snapshot.zone)?;
            let property = Scalar::Property(column);
            statements.push(Expression::Compare(Comparison::Equal, property, value));
        }
        if layer.name == "incidents"
            && let Some([_, until]) = datetime
        {
            // Later ones can't be meant; those that began earlier may last until then.
            let end = until.checked_add(1.millisecond()).unwrap_or(Timestamp::MAX);
            wanted.window = Window::new(Timestamp::MIN, end).ok();
        }
        let (filter_frame, filter) = filter(query, layer, snapshot)?;
        statements.extend(filter);
        let filter = match statements.is_empty() {
            true => None,
            false => {
                let filter = Filter::new(Expression::And(statements), snapshot.zone.clone());
                Some(placed(filter, &filter_frame)?)
            }
        };
        Ok(Self {
            filter,
            bbox: bbox.map(|boxes| (bbox_frame, boxes)),
            layer,
            datetime,
            wanted,
        })
    }

    /// Whether it asks for incidents of a time that has a beginning.
    pub fn has_beginning(&self) -> bool {
        let begins = |[from, _]: [Timestamp; 2]| from > Timestamp::MIN;
        self.layer.name == "incidents" && self.datetime.is_some_and(begins)
    }

    /// Lets the store leave out incidents that ended before the time asked for, where none
    /// lasts longer than that.
    pub fn begin(&mut self, longest: SignedDuration) {
        let (Some(window), Some([from, _])) = (self.wanted.window, self.datetime) else {
            return;
        };
        let start = from.checked_sub(longest).unwrap_or(Timestamp::MIN);
        // A time that ends before it begins has no incident: it is left as it was asked.
        if let Ok(window) = Window::new(start, window.end()) {
            self.wanted.window = Some(window);
        }
    }

    /// Whether all rows that the store gives are wanted.
    pub fn is_all(&self) -> bool {
        self.bbox.is_none() && self.datetime.is_none() && self.filter.is_none()
    }

    /// Whether a row is wanted.
    pub fn takes(&self, row: &FeatureRow) -> bool {
        self.datetime.is_none_or(|asked| self.lasts(row, asked))
            && self
                .bbox
                .as_ref()
                .is_none_or(|(frame, boxes)| touches(row, frame, boxes))
            && self.filter.as_ref().is_none_or(|filter| filter.takes(row))
    }

    /// Whether a row's time meets the one asked for; what has no time has none that does.
    fn lasts(&self, row: &FeatureRow, [from, until]: [Timestamp; 2]) -> bool {
        let of = |name: &str| match self.layer.column(name).map(|i| &row.values[i]) {
            Some(FieldValue::Time(at)) => Some(*at),
            _ => None,
        };
        let Some((start, end)) = self.layer.time else {
            return false;
        };
        let Some(start) = of(start) else {
            return false;
        };
        let end = end.and_then(of).unwrap_or(start);
        start <= until && end >= from
    }
}

fn touches(row: &FeatureRow, frame: &OgcFrame, boxes: &[Rect<f64>]) -> bool {
    let Some(shape) = &row.geometry else {
        return false;
    };
    let hits = |shape: &Geometry<f64>| boxes.iter().any(|rect| shape.intersects(rect));
    match frame.is_degrees() {
        true => hits(shape),
        false => hits(&frame.place(shape)),
    }
}

/// The boxes of a parameter, longitude or easting first; one over the antimeridian is two.
fn boxes(text: &str, frame: &OgcFrame) -> Result<Vec<Rect<f64>>, Problem> {
    let refuse = |why: &str| {
        Problem::parameter(
            "bbox",
            format!("bbox must be 4 numbers west,south,east,north (or 6 with heights), {why}"),
        )
    };
    let sides: Vec<f64> = text
        .split(',')
        .map(|part| part.trim().parse::<f64>())
        .collect::<Result<_, _>>()
        .map_err(|_| refuse(&format!("not {}", quoted(text))))?;
    if sides.iter().any(|side| !side.is_finite()) {
        return Err(refuse("all of them finite"));
    }
    let [a, b, c, d] = match sides.as_slice() {
        [a, b, c, d] | [a, b, _, c, d, _] => [*a, *b, *c, *d],
        other => return Err(refuse(&format!("not {}", other.len()))),
    };
    let [west, south, east, north] = match frame.is_swapped {
        true => [b, a, d, c],
        false => [a, b, c, d],
    };
    if south > north {
        return Err(refuse("the south not above the north"));
    }
    let rect =
        |west: f64, east: f64| Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north });
    match (west <= east, frame.is_degrees()) {
        (true, _) => Ok(vec![rect(west, east)]),
        (false, true) => Ok(vec![rect(west, 180.0), rect(-180.0, east)]),
        (false, false) => Err(refuse("the west not beyond the east")),
    }
}

/// An instant, or an interval whose open ends are `..` or nothing.
fn times(text: &str, zone: &TimeZone) -> Result<[Timestamp; 2], Problem> {
    let refuse = |why: &str| {
        Problem::parameter(
            "datetime",
            format!(
                "datetime must be a time like 2026-10-31T22:00:00Z or an interval of two, open ends as \"..\", {why}"
            ),
        )
    };
    let instant = |text: &str| {
        parse_instant(text, zone).map_err(|_| refuse(&format!("not {}", quoted(text))))
    };
    let Some((from, until)) = text.split_once('/') else {
        let from = instant(text)?;
        // A day alone lasts until the next one.
        let until = match text.trim().len() {
            10 => from
                .checked_add(24.hours())
                .and_then(|end| end.checked_sub(1.nanosecond())),
            _ => Ok(from),
        };
        return Ok([from, until.map_err(|_| refuse("within the calendar"))?]);
    };
    let is_open = |text: &str| matches!(text.trim(), "" | "..");
    if is_open(from) && is_open(until) {
        return Err(refuse("not open at both ends"));
    }
    let is_last_day = |text: &str| {
        let rest = text.trim().strip_prefix(LAST_DAY);
        rest.is_some_and(|rest| instant(&format!("2000-01-01{rest}")).is_ok())
    };
    let from = if is_open(from) {
        Timestamp::MIN
    } else {
        instant(from)?
    };
    let until = if is_open(until) || is_last_day(until) {
        Timestamp::MAX
    } else {
        instant(until)?
    };
    match from <= until {
        true => Ok([from, until]),
        false => Err(refuse("its end not before its start")),
    }
}

/// What a property is asked to be, by what its column holds.
fn value(column: &Column, text: &str, zone: &TimeZone) -> Result<Scalar, Problem> {
    let (read, what) = match column.kind {
        ColumnKind::Text => (Some(Scalar::Text(text.to_owned())), "a text"),
        ColumnKind::Whole | ColumnKind::Real => {
            let number = text.trim().parse().ok().filter(|n: &f64| n.is_finite());
            (number.map(Scalar::Number), "a number")
        }
        ColumnKind::Flag => {
            let flag = match text.trim() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            };
            (flag.map(Scalar::Flag), "true or false")
        }
        ColumnKind::Time => {
            let at = parse_instant(text, zone).ok();
            (at.map(Scalar::Time), "a time like 2026-10-31T22:00:00Z")
        }
    };
    let name = column.name;
    read.ok_or_else(|| {
        Problem::parameter(name, format!("{name} must be {what}, not {}", quoted(text)))
    })
}

/// The statement of the filter, and the frame of its shapes.
fn filter(
    query: &mut Query,
    layer: &'static Layer,
    snapshot: &Snapshot,
) -> Result<(OgcFrame, Option<Expression>), Problem> {
    let language = query.text("filter-lang")?;
    let frame = frame_of(snapshot, "filter-crs", query.text("filter-crs")?.as_deref())?;
    let Some(text) = query.text("filter")? else {
        return Ok((frame, None));
    };
    let expression = match language.as_deref() {
        None | Some("cql2-text") => parse_text(&text, layer),
        Some("cql2-json") => parse_json(&text, layer),
        Some(other) => {
            let detail = format!(
                "filter-lang must be cql2-text or cql2-json, not {}",
                quoted(other)
            );
            return Err(Problem::parameter("filter-lang", detail));
        }
    };
    let expression = expression.map_err(|fault| Problem::parameter("filter", fault))?;
    Ok((frame, Some(expression)))
}

/// The filter with its shapes in WGS 84.
fn placed(filter: Filter, frame: &OgcFrame) -> Result<Filter, Problem> {
    let reached = Cell::new(true);
    let filter = filter.placed(&|c| {
        let place = frame.to_wgs84(c);
        let is_there = place.x.is_finite() && (-90.0..=90.0).contains(&place.y);
        reached.set(reached.get() && is_there);
        place
    });
    match (reached.get(), frame.is_degrees()) {
        (true, _) => Ok(filter),
        (false, true) => {
            let first = match frame.is_swapped {
                true => "latitude",
                false => "longitude",
            };
            let detail = format!(
                "a shape of the filter has a latitude beyond 90 degrees; the {first} comes first"
            );
            Err(Problem::parameter("filter", detail))
        }
        (false, false) => {
            let detail = "a shape of the filter lies outside of what its frame can place";
            Err(Problem::parameter("filter", detail))
        }
    }
}
