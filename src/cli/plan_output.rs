//! The files that a plan is written to, each in the format that its name ends in.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::app::print_faces::print_faces;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::exchange::basemap_tile::BasemapIndex;
use crate::exchange::plan_csv::{CsvStyle, not_met_csv, plan_csv};
use crate::exchange::plan_geojson::plan_geojson;
use crate::exchange::plan_gpx::plan_gpx;
use crate::exchange::plan_sheet::{SheetGround, plan_sheet};
use crate::exchange::shift_pack::{PackFault, shift_pack};
use crate::patrol::not_met::not_met;
use crate::patrol::plan::PatrolPlan;
use crate::place::basemap::BasemapFeature;
use crate::place::district::District;

/// The formats with the endings of their names.
const FORMATS: [(&str, PlanFormat); 7] = [
    ("geojson", PlanFormat::GeoJson),
    ("gpx", PlanFormat::Gpx),
    ("json", PlanFormat::Json),
    ("csv", PlanFormat::Csv),
    ("html", PlanFormat::Sheet),
    ("htm", PlanFormat::Sheet),
    ("pdf", PlanFormat::Pack),
];

/// A format of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanFormat {
    /// Lines and points.
    GeoJson,
    /// For a satellite navigator.
    Gpx,
    /// All of it.
    Json,
    /// A row a stop.
    Csv,
    /// A route sheet to print.
    Sheet,
    /// The same as pages: a shift pack.
    Pack,
}

/// A file to be written.
#[derive(Debug)]
pub struct PlanOutput {
    /// Where.
    pub path: PathBuf,
    /// In which format.
    pub format: PlanFormat,
}

/// What a route sheet is drawn on.
pub struct SheetPaper {
    /// The district.
    pub district: District,
    /// Its streets.
    pub basemap: BasemapIndex,
}

impl SheetPaper {
    /// What these files need of it: the basemap is read only where one of them is a sheet.
    ///
    /// # Errors
    /// [`Failure`] with the fault of reading.
    pub async fn of<Fault: Display>(
        outputs: &[PlanOutput],
        district: District,
        basemap: impl Future<Output = Result<Vec<BasemapFeature>, Fault>>,
    ) -> Result<Option<Self>, Failure> {
        if !outputs.iter().any(PlanOutput::needs_paper) {
            return Ok(None);
        }
        let basemap = basemap.await.map_err(|fault| Failure::failed(fault, ""))?;
        Ok(Some(Self {
            basemap: BasemapIndex::new(basemap),
            district,
        }))
    }

    fn ground<'a>(&'a self, zone: &'a TimeZone) -> SheetGround<'a> {
        SheetGround {
            district: &self.district,
            zone,
            basemap: &self.basemap,
        }
    }
}

/// The files by these names; their folders exist.
///
/// # Errors
/// [`Failure`] for an ending that no format has, or a folder that is not there.
pub fn outputs(paths: &[PathBuf]) -> Result<Vec<PlanOutput>, Failure> {
    paths
        .iter()
        .map(|path| {
            Ok(PlanOutput {
                path: path.clone(),
                format: format_of(path)?,
            })
        })
        .collect()
}

fn format_of(path: &Path) -> Result<PlanFormat, Failure> {
    let endings = FORMATS.map(|(ending, _)| ending);
    let ending = output::ending_of(path, &endings, "a plan")?;
    let known = FORMATS.iter().find(|(known, _)| *known == ending);
    Ok(known.map_or(PlanFormat::Json, |(_, format)| *format))
}

impl PlanOutput {
    /// Whether it is a route sheet or a shift pack.
    pub fn needs_paper(&self) -> bool {
        matches!(self.format, PlanFormat::Sheet | PlanFormat::Pack)
    }

    /// Writes the file; a sheet needs its paper, and may be the page of one unit.
    ///
    /// # Errors
    /// [`Failure`] where it can't be written.
    pub fn write(
        &self,
        plan: &PatrolPlan,
        zone: &TimeZone,
        style: CsvStyle,
        paper: Option<&SheetPaper>,
        unit: Option<&str>,
    ) -> Result<(), Failure> {
        let bytes = match (self.format, paper) {
            (PlanFormat::GeoJson, _) => plan_geojson(plan, zone).into_bytes(),
            (PlanFormat::Gpx, _) => plan_gpx(plan, zone).map_err(|e| Failure::failed(e, ""))?,
            (PlanFormat::Json, _) => {
                serde_json::to_vec_pretty(plan).map_err(|e| Failure::failed(e, ""))?
            }
            (PlanFormat::Csv, _) => {
                plan_csv(plan, zone, style).map_err(|e| Failure::failed(e, ""))?
            }
            (PlanFormat::Sheet, Some(paper)) => {
                let ground = paper.ground(zone);
                plan_sheet(plan, &ground, style.language, unit)
                    .map_err(|e| Failure::usage(e, ""))?
                    .into_bytes()
            }
            (PlanFormat::Pack, Some(paper)) => {
                let ground = paper.ground(zone);
                let made = shift_pack(plan, &ground, style.language, unit, print_faces());
                made.map_err(|fault| match fault {
                    PackFault::Route(_) => Failure::usage(fault, ""),
                    PackFault::Pdf(_) => Failure::failed(fault, ""),
                })?
            }
            (PlanFormat::Sheet | PlanFormat::Pack, None) => {
                return Err(Failure::failed("a route sheet needs the district", ""));
            }
        };
        output::write(&self.path, &bytes)
    }

    /// Where what is not met is written beside a .csv, whose rows are stops: `plan.csv` has
    /// `plan.not-met.csv`. Nothing is written where everything is met or the form says it.
    ///
    /// # Errors
    /// [`Failure`] where it can't be written.
    pub fn write_not_met(
        &self,
        plan: &PatrolPlan,
        zone: &TimeZone,
        style: CsvStyle,
    ) -> Result<Option<PathBuf>, Failure> {
        let all_met = not_met(plan, zone, style.language).is_empty();
        if self.format != PlanFormat::Csv || all_met {
            return Ok(None);
        }
        let bytes = not_met_csv(plan, zone, style).map_err(|e| Failure::failed(e, ""))?;
        let path = self.path.with_extension("not-met.csv");
        output::write(&path, &bytes)?;
        Ok(Some(path))
    }
}
