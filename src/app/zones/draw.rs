//! Zones get their names, figures and outlines.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::app::zones::areas::OldArea;
use crate::app::zones::error::ZonesJobError;
use crate::app::zones::report::{Change, Spread, ZoneRow, ZonesAbout, ZonesReport};
use crate::app::zones::response::of_zone;
use crate::exchange::feature_geojson::area_geometry;
use crate::grid::dissolve::dissolve;
use crate::patrol::zones::compare::{Comparison, PartitionFigures};
use crate::patrol::zones::partition::Partition;
use crate::patrol::zones::response::ResponseComparison;
use crate::risk::surface::RiskSurface;

/// What there was.
pub(crate) struct Old<'a> {
    /// The beats or zones that have cells.
    pub areas: &'a [OldArea],
    /// Whether each is locked.
    pub is_locked: &'a [bool],
    /// Whether the draft moved their borders, so that each zone is still that beat.
    pub carried_on: bool,
    /// The zones themselves, where they are drawn already and have their names.
    pub drawn: &'a [OldArea],
    /// How soon calls are answered under both, where that was simulated.
    pub response: Option<&'a ResponseComparison>,
}

/// The report of a draft.
///
/// # Errors
/// [`ZonesJobError::Outline`].
pub(crate) fn draw(
    surface: &RiskSurface,
    after: &Partition,
    compared: Comparison,
    was: &Old<'_>,
    about: ZonesAbout,
    notes: Vec<String>,
) -> Result<ZonesReport, ZonesJobError> {
    let (old, is_locked) = (was.areas, was.is_locked);
    let names = names(&compared, was);
    let mut drawn: Vec<(usize, ZoneRow, Value)> = Vec::with_capacity(after.zones());
    for (zone, figures) in compared.after.zones.iter().enumerate() {
        let carries_on = compared.carries_on[zone].filter(|&b| b < old.len());
        let (id, name) = names[zone].clone();
        let row = ZoneRow {
            id,
            name,
            was: carries_on.map(|b| old[b].name.clone()),
            locked: carries_on.is_some_and(|b| is_locked[b]),
            cells: figures.cells,
            km2: figures.km2,
            calls_per_day: figures.calls,
            work_h: figures.work_h,
            driving_h: figures.driving_h,
            work_h_before: carries_on.map(|b| compared.before.zones[b].work_h),
            compactness: figures.compactness,
            pieces: figures.pieces,
            response: was
                .response
                .and_then(|r| of_zone(r.after.of_zone.get(zone)?)),
            response_before: carries_on
                .zip(was.response)
                .and_then(|(b, r)| of_zone(r.before.of_zone.get(b)?)),
        };
        let cells = after
            .cells(zone)
            .into_iter()
            .map(|c| surface.grid.cells()[c]);
        let area = dissolve(cells).map_err(|fault| ZonesJobError::Outline {
            name: row.name.clone(),
            fault,
        })?;
        let feature = json!({
            "type": "Feature",
            "id": row.id,
            "geometry": area_geometry(&area),
            "properties": {
                "id": row.id,
                "name": row.name,
                "kind": "zones",
                "was": row.was,
                "station": carries_on.and_then(|b| old[b].station.clone()),
                "locked": row.locked,
                "cells": row.cells,
                "km2": row.km2,
                "calls_per_day": row.calls_per_day,
                "work_h_per_day": row.work_h,
                "synthetic": about.synthetic,
            },
        });
        // In the order of the beats that they carry on, new ones last.
        let order = carries_on.map_or(old.len() + zone, |b| b);
        drawn.push((order, row, feature));
    }
    drawn.sort_by_key(|d| d.0);
    let (zones, features) = drawn
        .into_iter()
        .map(|(_, row, feature)| (row, feature))
        .unzip();
    let change = (!old.is_empty()).then(|| Change {
        before: spread(&compared.before),
        imbalance_cut: compared.imbalance_cut,
        moved_cells: compared.moved_cells,
        moved_share: compared.moved_share,
        moved_calls_share: compared.moved_calls_share,
    });
    Ok(ZonesReport {
        about,
        after: spread(&compared.after),
        change,
        zones,
        response: None,
        notes,
        features,
    })
}

/// Id and name of each zone: those of the beat that it mostly equals, or new ones that no
/// beat has. A zone that came from a beat by moving its borders keeps the id in any case, so
/// that it takes that beat's place when it is imported.
fn names(compared: &Comparison, was: &Old<'_>) -> Vec<(String, String)> {
    if !was.drawn.is_empty() {
        let zones = was.drawn.iter();
        return zones.map(|z| (z.id.clone(), z.name.clone())).collect();
    }
    let old = was.areas;
    let taken: BTreeSet<&str> = old
        .iter()
        .flat_map(|o| [o.id.as_str(), o.name.as_str()])
        .collect();
    let mut number = 0;
    let zones = compared.carries_on.iter().zip(&compared.keeps_name);
    zones
        .map(|(&before, &keeps)| {
            let before = before.and_then(|b| old.get(b));
            if let Some(old) = before.filter(|_| keeps) {
                return (old.id.clone(), old.name.clone());
            }
            loop {
                number += 1;
                let (id, name) = (format!("zone-{number}"), format!("Zone {number}"));
                if !taken.contains(id.as_str()) && !taken.contains(name.as_str()) {
                    let kept = before.filter(|_| was.carried_on);
                    return (kept.map_or(id, |old| old.id.clone()), name);
                }
            }
        })
        .collect()
}

fn spread(figures: &PartitionFigures) -> Spread {
    Spread {
        zones: figures.zones.len(),
        mean_h: figures.mean_h,
        sd_h: figures.sd_h,
        variance_h2: figures.sd_h * figures.sd_h,
        most_over_mean: figures.most_over_mean,
        compactness: figures.compactness,
        border_km: figures.border_km,
        border_along_road: figures.border_along_road,
    }
}
