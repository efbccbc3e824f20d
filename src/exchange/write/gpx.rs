//! GPX 1.1 for devices: points as waypoints, lines as tracks, the stops of a plan as a route
//! for each unit. Attributes but name, time and a description are lost; areas have no place.

use std::io::Write;

use geo_types::Geometry;
use gpx::{Gpx, GpxVersion, Metadata, Route, Track, TrackSegment, Waypoint};

use crate::exchange::plan_gpx::{GpxError, document, gpx_time};
use crate::exchange::write::fault::WriteFault;
use crate::exchange::write::layer::{GeometryKind, Layer};
use crate::exchange::write::options::WriteOptions;
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::exchange::write::writer::LayerWriter;

const FORMAT: &str = "GPX";

/// Most features in one file: it is made in memory, and no device shows more.
const MOST: usize = 100_000;

/// Writes GPX.
pub struct GpxWriter<'a> {
    out: Box<dyn Write + Send + 'a>,
    options: WriteOptions,
    layer: Option<&'static Layer>,
    layers: Vec<&'static Layer>,
    file: Gpx,
    features: usize,
}

impl<'a> GpxWriter<'a> {
    /// Writes to `out`.
    pub fn new(out: Box<dyn Write + Send + 'a>, options: WriteOptions) -> Self {
        let file = Gpx {
            version: GpxVersion::Gpx11,
            creator: Some("Frontbeat".into()),
            ..Gpx::default()
        };
        Self {
            out,
            options,
            layer: None,
            layers: Vec::new(),
            file,
            features: 0,
        }
    }

    fn text(&self, layer: &Layer, row: &FeatureRow, name: &str) -> Option<String> {
        let value = row.values.get(layer.column(name)?)?;
        Some(value.to_text(&self.options.zone)).filter(|text| !text.is_empty())
    }

    fn waypoint(&self, layer: &Layer, row: &FeatureRow) -> Result<Option<Waypoint>, WriteFault> {
        let placed = row
            .geometry
            .as_ref()
            .map(|shape| self.options.frame.place(shape));
        let Some(Geometry::Point(point)) = placed else {
            return Ok(None);
        };
        let mut waypoint = Waypoint::new(point);
        let label = layer.look.label.unwrap_or("id");
        waypoint.name = self.text(layer, row, label);
        let about: Vec<String> = layer
            .columns
            .iter()
            .zip(&row.values)
            .filter(|(column, value)| column.name != label && **value != FieldValue::Nothing)
            .map(|(column, value)| format!("{} {}", column.name, value.to_text(&self.options.zone)))
            .collect();
        waypoint.description = Some(about.join("\n"));
        // By which the importer knows what it is a point of.
        waypoint.type_ = Some(self.options.layer_name(layer));
        if let Some((start, _)) = layer.time
            && let Some(FieldValue::Time(at)) = layer.column(start).map(|i| &row.values[i])
        {
            waypoint.time = Some(gpx_time(*at).map_err(fault)?);
        }
        Ok(Some(waypoint))
    }

    fn add_stop(&mut self, layer: &Layer, row: &FeatureRow) -> Result<(), WriteFault> {
        let Some(stop) = self.waypoint(layer, row)? else {
            return Ok(());
        };
        let of = |name| self.text(layer, row, name).unwrap_or_default();
        let name = format!("{} {}", of("call_sign"), of("plan"));
        match self.file.routes.last_mut() {
            Some(last) if last.name.as_ref() == Some(&name) => last.points.push(stop),
            _ => self.file.routes.push(Route {
                name: Some(name),
                points: vec![stop],
                ..Route::default()
            }),
        }
        Ok(())
    }
}

impl LayerWriter for GpxWriter<'_> {
    fn begin(&mut self, layer: &'static Layer) -> Result<(), WriteFault> {
        if layer.geometry == GeometryKind::Areas {
            return Err(WriteFault::Format {
                format: FORMAT,
                why: format!("the layer {} has areas", layer.name),
                remedy: "choose kml, or another format with areas",
            });
        }
        self.layer = Some(layer);
        self.layers.push(layer);
        Ok(())
    }

    fn row(&mut self, row: &FeatureRow) -> Result<(), WriteFault> {
        let Some(layer) = self.layer else {
            return Ok(());
        };
        self.features += 1;
        if self.features > MOST {
            return Err(WriteFault::Format {
                format: FORMAT,
                why: format!("there are more than {MOST} features"),
                remedy: "take fewer with a filter, or another format",
            });
        }
        if layer.name == "plan_stops" {
            return self.add_stop(layer, row);
        }
        if let Some(waypoint) = self.waypoint(layer, row)? {
            self.file.waypoints.push(waypoint);
        }
        if let Some(Geometry::LineString(line)) = row
            .geometry
            .as_ref()
            .map(|shape| self.options.frame.place(shape))
        {
            let points = line.points().map(Waypoint::new).collect();
            self.file.tracks.push(Track {
                name: self.text(layer, row, layer.look.label.unwrap_or("name")),
                segments: vec![TrackSegment { points }],
                ..Track::default()
            });
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<String>, WriteFault> {
        let titles: Vec<String> = self.layers.iter().map(|l| self.options.title(l)).collect();
        let about: Vec<String> = self
            .layers
            .iter()
            .map(|l| self.options.description(l))
            .collect();
        self.file.metadata = Some(Metadata {
            name: Some(titles.join("; ")),
            description: Some(about.join(" ")),
            ..Metadata::default()
        });
        self.out.write_all(&document(self.file).map_err(fault)?)?;
        self.out.flush()?;
        Ok(vec![
            "GPX keeps name, time and a description of each feature; its other attributes are \
             in the description as text"
                .to_owned(),
        ])
    }
}

fn fault(fault: GpxError) -> WriteFault {
    WriteFault::library(FORMAT, fault)
}
