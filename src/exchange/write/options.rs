//! What a file is written with: frame, languages, zone, and what it says of itself.

use std::borrow::Cow;

use geo::MapCoords;
use geo_types::{Coord, Geometry};
use jiff::tz::TimeZone;

use crate::datum::chinese::{bd09_from_gcj02, gcj02_from_wgs84};
use crate::exchange::write::layer::{Column, Layer};
use crate::exchange::write::row::FeatureRow;
use crate::patrol::reason::Language;

/// The frame of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutFrame {
    /// WGS 84, longitude first.
    #[default]
    Wgs84,
    /// GCJ-02 火星坐标: shifted, for Chinese web maps only.
    Gcj02,
    /// BD-09 百度坐标: shifted, for Baidu's maps only.
    Bd09,
}

/// How a table without geometry says where a feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TableGeometry {
    /// Two columns for points, WKT for all else.
    #[default]
    ByLayer,
    /// WKT for all.
    Wkt,
}

/// What a file is written with.
#[derive(Debug, Clone)]
pub struct WriteOptions {
    /// Offset of times.
    pub zone: TimeZone,
    /// Frame of positions.
    pub frame: OutFrame,
    /// Language of headers where a format has room for one only; none: the API's names.
    pub headers: Option<Language>,
    /// A byte-order mark before text, for Excel.
    pub bom: bool,
    /// Where tables of text say where a feature is.
    pub table_geometry: TableGeometry,
    /// The district's name.
    pub district: String,
    /// Everything is made up.
    pub synthetic: bool,
    /// Who must be named, e.g. `© OpenStreetMap contributors`; empty where nobody.
    pub attribution: String,
}

impl OutFrame {
    /// From a word of the command line or an address.
    pub fn from_word(word: &str) -> Option<Self> {
        match word
            .trim()
            .to_ascii_lowercase()
            .replace(['-', '_'], "")
            .as_str()
        {
            "wgs84" | "cgcs2000" => Some(Self::Wgs84),
            "gcj02" => Some(Self::Gcj02),
            "bd09" => Some(Self::Bd09),
            _ => None,
        }
    }

    /// What stands behind a layer's name in a shifted file.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Wgs84 => "",
            Self::Gcj02 => "_gcj02",
            Self::Bd09 => "_bd09",
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wgs84 => "WGS 84",
            Self::Gcj02 => "GCJ-02",
            Self::Bd09 => "BD-09",
        }
    }

    /// What a reader must know of a shifted file; none of WGS 84.
    pub fn warning(self) -> Option<&'static str> {
        match self {
            Self::Wgs84 => None,
            Self::Gcj02 => Some(
                "GCJ-02 火星坐标: shifted by up to 700 m, not WGS 84; only for maps in GCJ-02. \
                 坐标已加偏，不是 WGS 84，仅用于 GCJ-02 底图。",
            ),
            Self::Bd09 => Some(
                "BD-09 百度坐标: shifted by up to 1.2 km, not WGS 84; only for Baidu's maps. \
                 坐标已加偏，不是 WGS 84，仅用于百度底图。",
            ),
        }
    }

    /// A geometry of WGS 84 in this frame.
    pub fn place(self, shape: &Geometry<f64>) -> Geometry<f64> {
        let shift = |[lon, lat]: [f64; 2]| match self {
            Self::Wgs84 => [lon, lat],
            Self::Gcj02 => gcj02_from_wgs84([lon, lat]),
            Self::Bd09 => bd09_from_gcj02(gcj02_from_wgs84([lon, lat])),
        };
        if self == Self::Wgs84 {
            return shape.clone();
        }
        shape.map_coords(|c: Coord<f64>| {
            let [x, y] = shift([c.x, c.y]);
            Coord { x, y }
        })
    }
}

impl WriteOptions {
    /// The row in the file's frame.
    pub fn placed<'r>(&self, row: &'r FeatureRow) -> Cow<'r, FeatureRow> {
        match (self.frame, &row.geometry) {
            (OutFrame::Wgs84, _) | (_, None) => Cow::Borrowed(row),
            (frame, Some(shape)) => Cow::Owned(FeatureRow {
                geometry: Some(frame.place(shape)),
                values: row.values.clone(),
            }),
        }
    }

    /// A layer's name in the file: with the frame where that is a shifted one.
    pub fn layer_name(&self, layer: &Layer) -> String {
        format!("{}{}", layer.name, self.frame.suffix())
    }

    /// The name of a file of these layers, without its ending: a layer's own, or the program's
    /// where there are several.
    pub fn file_name(&self, layers: &[&Layer]) -> String {
        match layers {
            [one] => self.layer_name(one),
            _ => format!("frontbeat{}", self.frame.suffix()),
        }
    }

    /// A column's header.
    pub fn header(&self, column: &Column) -> String {
        match self.headers {
            None => column.name.to_owned(),
            Some(language) => column.label(language == Language::Chinese),
        }
    }

    /// A layer's title: both languages, district, and what must not be overlooked.
    pub fn title(&self, layer: &Layer) -> String {
        let mut title = format!("{} {} · {}", layer.en, layer.zh, self.district);
        if self.synthetic {
            title.push_str(" · SYNTHETIC 模拟数据");
        }
        title
    }

    /// What the file says of itself: the layer, the frame's warning, the attribution.
    pub fn description(&self, layer: &Layer) -> String {
        let mut parts = vec![layer.about];
        parts.extend(self.frame.warning());
        if layer.name.starts_with("basemap") && !self.attribution.is_empty() {
            parts.push(&self.attribution);
        }
        parts.join(" ")
    }
}
