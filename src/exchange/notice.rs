//! What is worth a word to others, before it is an entry of a feed or an alert: what, since
//! when, where, in both languages.

use geo::{BoundingRect, CoordsIter, GeodesicArea};
use geo_types::{Geometry, LineString, Polygon};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::exchange::write::layer::Layer;
use crate::exchange::write::layers::HOT_SPOTS;
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::place::id::hex;
use crate::place::measure::Metres;
use crate::place::position::Position;

/// How long what is unusual now stays so, where nothing newer is said.
const UNUSUAL_FOR: SignedDuration = SignedDuration::from_hours(1);

/// What a notice is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// More incidents than chance explains over a long time.
    HotSpot,
    /// More than is usual for the hour, right now.
    UnusualNow,
}

/// Where it is.
#[derive(Debug, Clone, PartialEq)]
pub enum NoticePlace {
    /// The outer ring of an area, closed.
    Ring(LineString<f64>),
    /// Around a place.
    Circle(Position, Metres),
}

/// One notice.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// What it is of.
    pub kind: NoticeKind,
    /// Letters, digits and hyphens; the same for the same thing.
    pub id: String,
    /// In English.
    pub title_en: String,
    /// In Chinese.
    pub title_zh: String,
    /// A sentence in English.
    pub about_en: String,
    /// In Chinese.
    pub about_zh: String,
    /// When it was found.
    pub at: Timestamp,
    /// Since when it is so.
    pub since: Timestamp,
    /// After this it says nothing.
    pub expires: Option<Timestamp>,
    /// Where.
    pub place: NoticePlace,
    /// The data are made up.
    pub synthetic: bool,
}

/// A cluster of more than the usual, in figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unusual {
    /// Incidents.
    pub incidents: u32,
    /// How many are usual.
    pub usual: f64,
    /// Over how many hours.
    pub hours: u32,
    /// Days to once where all is as usual.
    pub once_in_days: f64,
}

impl Notice {
    /// Of a row of the layer of hot spots; none where it has no area. Numbers run from one in
    /// the answer to each question, so that the id tells of the question and the cells too.
    pub fn of_hot_spot(row: &FeatureRow, question: &str) -> Option<Self> {
        let layer: &Layer = &HOT_SPOTS;
        let of = |name: &str| row.values.get(layer.column(name)?);
        let text = |name: &str| match of(name) {
            Some(value) => value.to_text(&TimeZone::UTC),
            None => String::new(),
        };
        let time = |name: &str| match of(name) {
            Some(FieldValue::Time(at)) => Some(*at),
            _ => None,
        };
        let number = |name: &str| match of(name) {
            Some(FieldValue::Real(number)) => *number,
            _ => 0.0,
        };
        let (since, at) = time("period_start").zip(time("period_end"))?;
        let (observed, expected) = (text("observed"), number("expected"));
        let km2 = number("area_km2");
        Some(Self {
            kind: NoticeKind::HotSpot,
            id: format!(
                "hot-spot-{}-{}-{}",
                at.as_second(),
                mark(question, row.geometry.as_ref()?),
                row.id()
            ),
            title_en: format!("Hot spot: {}", text("name_en")),
            title_zh: format!("热点：{}", text("name_zh")),
            about_en: format!(
                "{observed} incidents where {expected:.1} would be expected by area ({km2:.2} km²)."
            ),
            about_zh: format!(
                "实际 {observed} 起，按面积应有 {expected:.1} 起（{km2:.2} 平方公里）。"
            ),
            at,
            since,
            expires: None,
            place: NoticePlace::Ring(largest_ring(row.geometry.as_ref()?)?),
            synthetic: matches!(of("synthetic"), Some(FieldValue::Flag(true))),
        })
    }

    /// Of what is unusual now, at a place with a name.
    pub fn of_unusual(
        found: Unusual,
        number: usize,
        at: Timestamp,
        [name_en, name_zh]: [&str; 2],
        place: NoticePlace,
        synthetic: bool,
    ) -> Self {
        let Unusual {
            incidents,
            usual,
            hours,
            once_in_days,
        } = found;
        let back = SignedDuration::from_hours(i64::from(hours));
        Self {
            kind: NoticeKind::UnusualNow,
            id: format!("unusual-{}-{number}", at.as_second()),
            title_en: format!("More incidents than usual: {name_en}"),
            title_zh: format!("警情异常增多：{name_zh}"),
            about_en: format!(
                "{incidents} incidents in {hours} hours where {usual:.1} are usual; so many come \
                 once in {once_in_days:.0} days where all is as usual."
            ),
            about_zh: format!(
                "{hours} 小时内 {incidents} 起，平常为 {usual:.1} 起；正常情况下约 \
                 {once_in_days:.0} 天出现一次。"
            ),
            at,
            since: at.saturating_sub(back).unwrap_or(at),
            expires: at.checked_add(UNUSUAL_FOR).ok(),
            place,
            synthetic,
        }
    }
}

/// A mark of a question and an area, the same for the same.
fn mark(question: &str, area: &Geometry<f64>) -> String {
    let mut hash = Sha256::new();
    hash.update(question.len().to_le_bytes());
    hash.update(question);
    for corner in area.coords_iter() {
        hash.update(corner.x.to_le_bytes());
        hash.update(corner.y.to_le_bytes());
    }
    hex(&hash.finalize()[..8])
}

/// The outer ring of the largest part.
pub fn largest_ring(shape: &Geometry<f64>) -> Option<LineString<f64>> {
    let parts: Vec<&Polygon<f64>> = match shape {
        Geometry::Polygon(one) => vec![one],
        Geometry::MultiPolygon(many) => many.0.iter().collect(),
        _ => Vec::new(),
    };
    let known = parts.into_iter().filter(|p| p.bounding_rect().is_some());
    let area = |polygon: &Polygon<f64>| polygon.geodesic_area_unsigned();
    let largest = known.max_by(|a, b| area(a).total_cmp(&area(b)));
    largest.map(|polygon| polygon.exterior().clone())
}

#[cfg(test)]
pub mod examples {
    use geo_types::{MultiPolygon, Rect};
    use jiff::Timestamp;

    use crate::exchange::notice::{Notice, NoticePlace, Unusual};
    use crate::exchange::write::row::{FeatureRow, FieldValue};
    use crate::place::measure::Metres;
    use crate::place::position::Position;

    /// A hot spot of two parts, the larger one in the east.
    pub fn hot_spot() -> Notice {
        Notice::of_hot_spot(&hot_spot_row(123.5), "").unwrap()
    }

    /// Its row, the larger part at this longitude.
    pub fn hot_spot_row(lon: f64) -> FeatureRow {
        let part = |x: f64, side: f64| Rect::new((x, 41.8), (x + side, 41.8 + side)).to_polygon();
        let parts = MultiPolygon(vec![part(123.4, 0.001), part(lon, 0.01)]);
        let at = |second| FieldValue::Time(Timestamp::from_second(second).unwrap());
        FeatureRow {
            geometry: Some(parts.into()),
            values: vec![
                FieldValue::text("001"),
                FieldValue::text("North & South"),
                FieldValue::text("北<南"),
                at(1_700_000_000),
                at(1_710_000_000),
                FieldValue::Whole(120),
                FieldValue::Real(30.25),
                FieldValue::Real(0.1),
                FieldValue::Real(0.02),
                FieldValue::Real(0.93),
                FieldValue::Real(5.0),
                FieldValue::Real(0.001),
                FieldValue::Flag(true),
            ],
        }
    }

    /// Something going on round a place.
    pub fn unusual() -> Notice {
        let found = Unusual {
            incidents: 9,
            usual: 2.5,
            hours: 6,
            once_in_days: 40.0,
        };
        let centre = Position::new(123.45, 41.8).unwrap();
        let place = NoticePlace::Circle(centre, Metres(700.0));
        let at = Timestamp::from_second(1_710_000_000).unwrap();
        Notice::of_unusual(found, 1, at, ["Beat 7", "七号警务区"], place, false)
    }
}

#[cfg(test)]
mod tests {
    use crate::exchange::notice::examples::{hot_spot, hot_spot_row, unusual};
    use crate::exchange::notice::{Notice, NoticePlace};

    #[test]
    fn a_hot_spot_is_told_in_figures_and_drawn_by_its_largest_part() {
        let notice = hot_spot();
        let (start, end) = notice.id.split_at("hot-spot-1710000000-".len());
        assert_eq!(start, "hot-spot-1710000000-");
        assert!(end.len() == 20 && end.ends_with("-001"), "{end}");
        assert!(
            notice.about_en.starts_with("120 incidents where 30.2"),
            "{}",
            notice.about_en
        );
        let NoticePlace::Ring(ring) = notice.place else {
            panic!("no ring")
        };
        assert!(ring.0[0].x >= 123.5);
    }

    #[test]
    fn the_first_of_another_question_or_area_has_another_id() {
        let id = |question, lon| {
            let notice = Notice::of_hot_spot(&hot_spot_row(lon), question);
            notice.unwrap().id
        };
        let all = id("", 123.5);
        assert_eq!(all, id("", 123.5));
        assert_ne!(all, id("?category=theft", 123.5));
        assert_ne!(all, id("", 123.6));
    }

    #[test]
    fn what_is_unusual_began_before_now_and_expires() {
        let notice = unusual();
        assert!(notice.since < notice.at && Some(notice.at) < notice.expires);
    }
}
