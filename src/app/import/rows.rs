//! From a table to the rows of a layer, with what is to be reported of them.

use jiff::tz::TimeZone;

use crate::app::import::report::ImportReport;
use crate::app::import::{ImportOptions, ImportStep, Progress, Surroundings};
use crate::exchange::import::category_map::CategoryMap;
use crate::exchange::import::columns::Columns;
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::feature_rows::{FeatureReader, Features};
use crate::exchange::import::field::{Field, Layer};
use crate::exchange::import::incident_rows::IncidentReader;
use crate::exchange::import::locate::Locator;
use crate::exchange::import::moment::{DayOrder, MomentReader};
use crate::exchange::read::table::Table;
use crate::incident::record::Incident;
use crate::index::overlaps::overlaps;
use crate::place::area::Area;
use crate::place::feature::Beat;
use crate::store::record::LayerRows;

/// Rows of a dry run that are shown.
const PREVIEW_ROWS: usize = 10;

/// Beats may share this much before it is told: borders drawn twice differ by slivers.
const SHARED_KM2: f64 = 0.001;

/// Pairs of overlapping beats that are named, the largest overlaps first.
const PAIRS_NAMED: usize = 10;

/// What rows are read from.
pub struct Ground<'a> {
    /// The rows.
    pub table: &'a Table,
    /// Which column is what.
    pub columns: &'a Columns,
    /// Where a row is.
    pub locator: Locator<'a>,
}

/// What is ready to be written.
#[derive(Default)]
pub struct Kept {
    /// None where every row is refused.
    pub rows: Option<LayerRows>,
    /// Of incidents: where each stands in the file.
    pub numbers: Vec<u32>,
}

/// Reads the rows as incidents.
///
/// # Errors
/// [`ImportFault`].
pub fn incidents(
    ground: Ground<'_>,
    zone: &TimeZone,
    options: &ImportOptions,
    surroundings: &Surroundings,
    progress: &Progress,
    report: &mut ImportReport,
) -> Result<Kept, ImportFault> {
    let Ground {
        table,
        columns,
        locator,
    } = ground;
    let categories = CategoryMap::new(
        &surroundings.categories,
        options.category_map.as_deref(),
        options.category.as_deref(),
    )?;
    let written = (0..table.len()).map(|row| columns.cell(table, row, Field::At));
    let times = MomentReader::new(zone.clone(), options.time_format.clone(), written);
    match times.order() {
        DayOrder::MonthDay => report
            .notes
            .push("dates are read month/day/year".to_owned()),
        DayOrder::DayMonth => report
            .notes
            .push("dates are read day/month/year".to_owned()),
        DayOrder::Unknown => {}
    }
    if columns.of(Field::Category).is_none() && options.category.is_none() {
        report.notes.push(
            "no column looks like a category: all rows are 'other' (see --map and --category)"
                .to_owned(),
        );
    }
    let reader = IncidentReader {
        table,
        columns,
        locator,
        times,
        categories: &categories,
        source: options.source.as_deref(),
        latest: surroundings.latest,
        derive_boundary: surroundings.boundary.is_none(),
        holds: surroundings.holds,
    };
    let rows = reader.read(&|done| progress(ImportStep::Done(done)))?;
    if let Some(reach) = rows.reach {
        report.notes.push(format!(
            "no boundary is set: one is derived from the data, which reach {:.1} km from their middle ({:.4}, {:.4}); import your own with --as boundary",
            reach.metres / 1000.0,
            reach.centre.lon(),
            reach.centre.lat()
        ));
    }
    report.kept = rows.incidents.len() as u64;
    report.refusals = rows.refusals;
    report.preview = incident_preview(&rows.incidents, zone);
    if rows.incidents.is_empty() {
        return Ok(Kept::default());
    }
    Ok(Kept {
        rows: Some(LayerRows::Incidents {
            incidents: rows.incidents,
            categories: rows.categories,
            derived_boundary: rows.derived_boundary,
        }),
        numbers: rows.numbers,
    })
}

/// Reads the rows of another layer.
///
/// # Errors
/// [`ImportFault`].
pub fn features(
    ground: Ground<'_>,
    layer: Layer,
    source: Option<&str>,
    surroundings: &Surroundings,
    report: &mut ImportReport,
) -> Result<Kept, ImportFault> {
    let Ground {
        table,
        columns,
        locator,
    } = ground;
    let reader = FeatureReader {
        table,
        columns,
        locator,
        layer,
        source,
        references: &surroundings.references,
        holds: surroundings.holds,
    };
    let rows = reader.read()?;
    report.kept = rows.kept;
    report.refusals = rows.refusals;
    report.notes.extend(rows.notes);
    let shown = rows
        .preview
        .into_iter()
        .map(|(id, name, ground)| vec![id, name, ground]);
    let where_is = if layer.is_areas() { "area" } else { "lon, lat" };
    report.preview = (vec!["id", "name", where_is], shown.collect());
    if let Some(Features::Beats(beats)) = &rows.features {
        report.notes.extend(overlap_note(beats));
    }
    let rows = rows.features.map(|features| match features {
        Features::Boundary(area) => LayerRows::Boundary(area),
        Features::Stations(rows) => LayerRows::Stations(rows),
        Features::Beats(rows) => LayerRows::Beats(rows),
        Features::Zones(rows) => LayerRows::Zones(rows),
        Features::Posts(rows) => LayerRows::Posts(rows),
        Features::JointDutyPosts(rows) => LayerRows::JointDutyPosts(rows),
        Features::CommercialDistricts(rows) => LayerRows::CommercialDistricts(rows),
        Features::Pillars(rows) => LayerRows::Pillars(rows),
        Features::Cameras(rows) => LayerRows::Cameras(rows),
        Features::Places(rows) => LayerRows::Places(rows),
        Features::Units(rows) => LayerRows::Units(rows),
    });
    Ok(Kept {
        rows,
        numbers: Vec::new(),
    })
}

/// The pairs of beats that lie over each other, as a sentence.
fn overlap_note(beats: &[Beat]) -> Option<String> {
    let areas: Vec<&Area> = beats.iter().map(|beat| &beat.area).collect();
    let found = overlaps(&areas, SHARED_KM2);
    let name = |at: usize| beats.get(at).map_or("", |beat| beat.name.as_str());
    let named = found.iter().take(PAIRS_NAMED).map(|pair| {
        let (first, second) = (name(pair.first), name(pair.second));
        format!("'{first}' and '{second}' ({:.3} km²)", pair.km2)
    });
    let named: Vec<String> = named.collect();
    let more = match found.len().saturating_sub(PAIRS_NAMED) {
        0 => String::new(),
        more => format!(", and {more} more pairs"),
    };
    (!found.is_empty()).then(|| format!("beats lie over each other: {}{more}", named.join(", ")))
}

fn incident_preview(
    incidents: &[Incident],
    zone: &TimeZone,
) -> (Vec<&'static str>, Vec<Vec<String>>) {
    let local = |at| {
        zone.to_datetime(at)
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string()
    };
    let shown = incidents.iter().take(PREVIEW_ROWS).map(|incident| {
        vec![
            incident.id.to_string(),
            local(incident.at),
            incident.until.map(local).unwrap_or_default(),
            format!("{:.6}", incident.position.lon()),
            format!("{:.6}", incident.position.lat()),
            incident.category.clone(),
            incident.priority.number().to_string(),
        ]
    });
    (
        vec!["id", "at", "until", "lon", "lat", "category", "priority"],
        shown.collect(),
    )
}
