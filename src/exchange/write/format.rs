//! The formats that layers can be taken away in.

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutFormat {
    /// GeoJSON (RFC 7946).
    GeoJson,
    /// GeoJSON text sequence (RFC 8142).
    GeoJsonSeq,
    /// Comma-separated text.
    Csv,
    /// FlatGeobuf with a spatial index.
    FlatGeobuf,
    /// KML 2.2.
    Kml,
    /// KML in a zip.
    Kmz,
    /// GPX 1.1.
    Gpx,
    /// Shapefiles in a zip.
    Shapefile,
    /// Excel.
    Xlsx,
    /// GeoPackage.
    GeoPackage,
    /// GeoParquet 1.1.
    GeoParquet,
}

/// All formats.
pub const FORMATS: [OutFormat; 11] = [
    OutFormat::GeoJson,
    OutFormat::GeoJsonSeq,
    OutFormat::Csv,
    OutFormat::FlatGeobuf,
    OutFormat::Kml,
    OutFormat::Kmz,
    OutFormat::Gpx,
    OutFormat::Shapefile,
    OutFormat::Xlsx,
    OutFormat::GeoPackage,
    OutFormat::GeoParquet,
];

impl OutFormat {
    /// The word for it on the command line and the ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoJsonSeq => "geojsons",
            Self::Csv => "csv",
            Self::FlatGeobuf => "fgb",
            Self::Kml => "kml",
            Self::Kmz => "kmz",
            Self::Gpx => "gpx",
            Self::Shapefile => "shp.zip",
            Self::Xlsx => "xlsx",
            Self::GeoPackage => "gpkg",
            Self::GeoParquet => "parquet",
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::GeoJson => "GeoJSON",
            Self::GeoJsonSeq => "GeoJSON text sequence",
            Self::Csv => "CSV",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::Kml => "KML",
            Self::Kmz => "KMZ",
            Self::Gpx => "GPX",
            Self::Shapefile => "Shapefile",
            Self::Xlsx => "Excel",
            Self::GeoPackage => "GeoPackage",
            Self::GeoParquet => "GeoParquet",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::GeoJson => "application/geo+json",
            Self::GeoJsonSeq => "application/geo+json-seq",
            Self::Csv => "text/csv; charset=utf-8",
            Self::FlatGeobuf => "application/vnd.flatgeobuf",
            Self::Kml => "application/vnd.google-earth.kml+xml",
            Self::Kmz => "application/vnd.google-earth.kmz",
            Self::Gpx => "application/gpx+xml",
            Self::Shapefile => "application/zip",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::GeoPackage => "application/geopackage+sqlite3",
            Self::GeoParquet => "application/vnd.apache.parquet",
        }
    }

    /// Whether one file holds several layers.
    pub fn holds_many(self) -> bool {
        matches!(
            self,
            Self::Kml | Self::Kmz | Self::Gpx | Self::Shapefile | Self::Xlsx | Self::GeoPackage
        )
    }

    /// From the word or an ending: `shp`, `zip` and `shapefile` mean the same.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.trim().trim_start_matches('.').to_ascii_lowercase();
        match word.as_str() {
            "json" => Some(Self::GeoJson),
            "geojsonseq" => Some(Self::GeoJsonSeq),
            "flatgeobuf" => Some(Self::FlatGeobuf),
            "shp" | "zip" | "shapefile" => Some(Self::Shapefile),
            "excel" => Some(Self::Xlsx),
            "geopackage" => Some(Self::GeoPackage),
            "geoparquet" => Some(Self::GeoParquet),
            word => FORMATS.into_iter().find(|format| format.ending() == word),
        }
    }

    /// From a file's name.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let known = FORMATS.into_iter().find(|format| {
            name.strip_suffix(format.ending())
                .is_some_and(|stem| stem.ends_with('.'))
        });
        known.or_else(|| Self::from_word(name.rsplit_once('.')?.1))
    }
}

/// All words, for messages.
pub fn format_words() -> String {
    FORMATS.map(OutFormat::ending).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_and_words_lead_back() {
        for format in FORMATS {
            assert_eq!(OutFormat::from_word(format.ending()), Some(format));
            assert_eq!(
                OutFormat::of_name(&format!("a.b.{}", format.ending())),
                Some(format)
            );
        }
        assert_eq!(OutFormat::of_name("x.shp"), Some(OutFormat::Shapefile));
        assert_eq!(OutFormat::of_name("geojson"), None);
        assert_eq!(OutFormat::from_word("exe"), None);
    }
}
