//! What a layer is to whoever takes it away: its name, its kind of geometry, and its
//! columns with type, label and unit, in English and Chinese.
//!
//! Every writer, the service's collections and their queryables read the same description.

/// What all geometries of a layer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeometryKind {
    /// One position.
    Point,
    /// A line of at least two positions; none where a unit stays where it is.
    Line,
    /// One or more polygons: always written as a multi-polygon where a format wants one
    /// type a layer.
    Areas,
}

/// What a column's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Real,
    /// True or false.
    Flag,
    /// An instant.
    Time,
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// As in the API: lower case, with its unit where it has one (`view_m`).
    pub name: &'static str,
    /// Type of its values.
    pub kind: ColumnKind,
    /// English label.
    pub en: &'static str,
    /// Chinese label; the importer knows it again.
    pub zh: &'static str,
    /// Unit, where it has one.
    pub unit: Option<&'static str>,
}

/// How a layer is drawn at first sight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerLook {
    /// `#rrggbb` of markers, lines and outlines.
    pub colour: &'static str,
    /// Shape of a marker, as QGIS names it; empty where there is none.
    pub marker: &'static str,
    /// Size of a marker, width of a line or outline, millimetres.
    pub size_mm: f64,
    /// `#rrggbb` inside an area; none where it stays open.
    pub fill: Option<&'static str>,
    /// Column whose text stands beside each feature.
    pub label: Option<&'static str>,
    /// Classes that areas are drawn by instead, where there are some.
    pub classes: Option<LookClasses>,
}

/// Classes of areas that a column numbers from 1 on. What is in none of them is not drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LookClasses {
    /// The column.
    pub column: &'static str,
    /// Fill (`#rrggbb`) and name of each.
    pub fills: &'static [(&'static str, &'static str)],
}

impl LayerLook {
    /// Points.
    pub const fn marker(
        colour: &'static str,
        marker: &'static str,
        size_mm: f64,
        label: Option<&'static str>,
    ) -> Self {
        Self {
            colour,
            marker,
            size_mm,
            fill: None,
            label,
            classes: None,
        }
    }

    /// Lines.
    pub const fn line(colour: &'static str, size_mm: f64, label: Option<&'static str>) -> Self {
        Self::area(colour, size_mm, None, label)
    }

    /// Areas.
    pub const fn area(
        colour: &'static str,
        size_mm: f64,
        fill: Option<&'static str>,
        label: Option<&'static str>,
    ) -> Self {
        Self {
            colour,
            marker: "",
            size_mm,
            fill,
            label,
            classes: None,
        }
    }
}

/// One layer that can be taken away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layer {
    /// As in the API and on the command line.
    pub name: &'static str,
    /// What its geometries are.
    pub geometry: GeometryKind,
    /// Its columns; `id` comes first.
    pub columns: &'static [Column],
    /// English title.
    pub en: &'static str,
    /// Chinese title.
    pub zh: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// Columns with the start and end of what a feature is about; the end may be missing.
    pub time: Option<(&'static str, Option<&'static str>)>,
    /// How it is drawn.
    pub look: LayerLook,
}

impl Layer {
    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

impl Column {
    /// The label with its unit: `可视距离（米）`, `view distance (m)`.
    pub fn label(&self, chinese: bool) -> String {
        match (chinese, self.unit) {
            (true, Some(unit)) => format!("{}（{}）", self.zh, unit_zh(unit)),
            (false, Some(unit)) => format!("{} ({unit})", self.en),
            (true, None) => self.zh.to_owned(),
            (false, None) => self.en.to_owned(),
        }
    }
}

fn unit_zh(unit: &str) -> &str {
    match unit {
        "m" => "米",
        "s" => "秒",
        "km²" => "平方公里",
        "incidents" => "起",
        "incidents per km²" => "起/平方公里",
        other => other,
    }
}

/// A column of text.
pub const fn text(name: &'static str, en: &'static str, zh: &'static str) -> Column {
    column(name, ColumnKind::Text, en, zh, None)
}

/// A column of whole numbers.
pub const fn whole(name: &'static str, en: &'static str, zh: &'static str) -> Column {
    column(name, ColumnKind::Whole, en, zh, None)
}

/// A column of numbers with a unit.
pub const fn real(
    name: &'static str,
    en: &'static str,
    zh: &'static str,
    unit: Option<&'static str>,
) -> Column {
    column(name, ColumnKind::Real, en, zh, unit)
}

/// A column of instants.
pub const fn time(name: &'static str, en: &'static str, zh: &'static str) -> Column {
    column(name, ColumnKind::Time, en, zh, None)
}

/// Says of each row whether it is made up, so that no sample passes for real.
pub const SYNTHETIC: Column = column("synthetic", ColumnKind::Flag, "synthetic", "模拟数据", None);

const fn column(
    name: &'static str,
    kind: ColumnKind,
    en: &'static str,
    zh: &'static str,
    unit: Option<&'static str>,
) -> Column {
    Column {
        name,
        kind,
        en,
        zh,
        unit,
    }
}
