//! Hot spots with names: Gi* over the district's cells, Benjamini and Hochberg, connected
//! sets; conditional permutation p of each spot's peak beside the normal one.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::statistics::error::StatisticsJobError;
use crate::app::statistics::selection::{About, Ground, Selection, binned, off_thread};
use crate::app::statistics::spot_makeup::{
    BusiestHours, SpotCategory, busiest_hours, named_categories, told_apart,
};
use crate::app::statistics::table::{csv, field};
use crate::calendar::week_clock::WeekClock;
use crate::exchange::cell_map_svg::{CellClass, CellMap, MapLabel, cell_map_svg};
use crate::grid::hexgrid::HexGrid;
use crate::incident::category::code_within;
use crate::place::area::Area;
use crate::place::position::Position;
use crate::risk::model::RiskEvent;
use crate::risk::statistics::gi_star::{FALSE_DISCOVERY_RATE, Heat, gi_star};
use crate::risk::statistics::hot_spots::{HotSpot, hot_spots};
use crate::risk::statistics::neighbours::Neighbours;
use crate::risk::statistics::permutation::conditional_p;
use crate::risk::statistics::surroundings::{Landmark, Surroundings};
use crate::store::workspace::Workspace;

/// Spots that get a number on the map.
const NUMBERED: usize = 20;

/// With fewer incidents a cell than this, the normal distribution is a rough guide.
const FEWEST_A_CELL: f64 = 1.0;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct HotSpotsQuestion {
    /// Which incidents.
    pub selection: Selection,
    /// H3 resolution, 7 to 11.
    pub resolution: u8,
    /// How often the district is shuffled for the permutation p.
    pub permutations: u32,
    /// Start of chance.
    pub seed: u64,
}

/// A hot spot.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HotSpotRow {
    /// 1 for the one with the most incidents beyond its ground's share.
    pub number: usize,
    /// What is around.
    pub name_en: String,
    /// 周边.
    pub name_zh: String,
    /// Middle of its incidents, degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// Its ground, km².
    pub area_km2: f64,
    /// Incidents in it.
    pub observed: u64,
    /// Incidents that it would hold, were all ground alike.
    pub expected: f64,
    /// Its share of all incidents, 0 to 1.
    pub share: f64,
    /// Its share of all ground, 0 to 1.
    pub area_share: f64,
    /// Gi* of its hottest cell, standard deviations.
    pub peak_z: f64,
    /// Two-sided p of that cell, by the normal distribution.
    pub peak_p: f64,
    /// The same cell's neighbours against shuffles of the district, without the normal
    /// distribution.
    pub peak_p_permuted: f64,
    /// When most of it happens; null where nothing does.
    pub busiest_hours: Option<BusiestHours>,
    /// What it is, the most frequent first, at most three: of the first level, or one level
    /// below the categories asked for.
    pub categories: Vec<SpotCategory>,
    /// H3 cells.
    pub cells: Vec<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HotSpotsReport {
    /// Which incidents.
    pub about: About,
    /// H3 resolution.
    pub resolution: u8,
    /// Cells of the district.
    pub cells: usize,
    /// Hot cells, in all spots together.
    pub hot_cells: usize,
    /// Cells emptier than chance explains.
    pub cold_cells: usize,
    /// Share of the findings that may be chance (Benjamini & Hochberg).
    pub false_discovery_rate: f64,
    /// How often the district was shuffled.
    pub permutations: u32,
    /// Start of chance.
    pub seed: u64,
    /// The most incidents beyond its share first.
    pub spots: Vec<HotSpotRow>,
    /// What to beware of; empty where nothing.
    pub notes: Vec<String>,
    #[serde(skip)]
    map: String,
}

/// Answers.
///
/// # Errors
/// [`StatisticsJobError`].
pub async fn answer(
    workspace: &Workspace,
    question: HotSpotsQuestion,
) -> Result<HotSpotsReport, StatisticsJobError> {
    let ground = Ground::read(workspace).await?;
    let period = ground.period(&question.selection);
    let boundary = ground
        .selected_ground(workspace, &question.selection)
        .await?;
    let events = ground
        .categorised_events(workspace, &question.selection, period)
        .await?;
    let about = ground.about(&question.selection, period, events.len());
    let categories = workspace.categories().await?.into_iter();
    let codes: Vec<String> = categories.map(|category| category.code).collect();
    let codes = told_apart(&codes, &question.selection.categories);
    let clock = WeekClock::new(&ground.zone, period);
    let landmarks = landmarks(workspace).await?;
    let beats: Vec<(String, Area)> = workspace
        .beats()
        .await?
        .into_iter()
        .map(|beat| (beat.name, beat.area))
        .collect();
    off_thread(move || {
        let plain: Vec<RiskEvent> = events.iter().map(|(_, event)| *event).collect();
        let (grid, counts) = binned(&boundary, question.resolution, &plain)?;
        let near = Neighbours::of_grid(&grid);
        let values: Vec<f64> = counts.iter().map(|&c| f64::from(c)).collect();
        let found = gi_star(&values, &near)?;
        let permuted = conditional_p(&counts, &near, question.permutations, question.seed)?;
        let around = Surroundings::new(landmarks, beats.clone());
        let spots = hot_spots(&grid, &near, &counts, &found.z, &found.heat, &around)?;
        let made_of = MadeOf::count(&spots, &grid, &clock, &events, &codes);
        let rows: Vec<HotSpotRow> = spots
            .iter()
            .zip(1..)
            .map(|(spot, number)| HotSpotRow {
                peak_z: found.z[spot.peak],
                peak_p: found.p[spot.peak],
                peak_p_permuted: permuted[spot.peak],
                busiest_hours: busiest_hours(&made_of.by_hour[number - 1]),
                categories: named_categories(&made_of.by_category[number - 1]),
                ..row(spot, number, &grid)
            })
            .collect();
        let cells_of = |heat: Heat| -> Vec<usize> {
            (0..grid.len()).filter(|&i| found.heat[i] == heat).collect()
        };
        let (hot, cold) = (cells_of(Heat::Hot), cells_of(Heat::Cold));
        Ok(HotSpotsReport {
            resolution: question.resolution,
            cells: grid.len(),
            hot_cells: hot.len(),
            cold_cells: cold.len(),
            false_discovery_rate: FALSE_DISCOVERY_RATE,
            permutations: question.permutations,
            seed: question.seed,
            notes: notes(events.len(), grid.len(), &rows),
            map: map(&about, &grid, &boundary, &beats, &found.z, &spots, cold),
            spots: rows,
            about,
        })
    })
    .await
}

/// What a planner knows the ground by, the most telling first.
async fn landmarks(workspace: &Workspace) -> Result<Vec<Landmark>, StatisticsJobError> {
    let mut named: Vec<(String, Position)> = Vec::new();
    let pillars = workspace.pillars().await?.into_iter();
    named.extend(pillars.map(|p| (p.name, p.position)));
    let posts = workspace.posts().await?.into_iter();
    named.extend(posts.map(|p| (p.name, p.position)));
    let joint = workspace.joint_duty_posts().await?.into_iter();
    named.extend(joint.map(|p| (p.name, p.position)));
    let stations = workspace.stations().await?.into_iter();
    named.extend(stations.map(|s| (s.name, s.position)));
    let places = workspace.places().await?.into_iter();
    named.extend(places.map(|p| (p.name, p.position)));
    Ok(named
        .into_iter()
        .filter(|(name, _)| !name.trim().is_empty())
        .map(|(name, position)| Landmark { name, position })
        .collect())
}

/// Incidents of each spot, in the order of the spots, by hour of the day and by category.
struct MadeOf<'a> {
    by_hour: Vec<[u64; 24]>,
    by_category: Vec<Vec<(&'a str, u64)>>,
}

impl<'a> MadeOf<'a> {
    fn count(
        spots: &[HotSpot],
        grid: &HexGrid,
        clock: &WeekClock,
        events: &[(String, RiskEvent)],
        codes: &'a [String],
    ) -> Self {
        let mut spot_of: Vec<Option<usize>> = vec![None; grid.len()];
        for (i, spot) in spots.iter().enumerate() {
            for &cell in &spot.cells {
                spot_of[cell] = Some(i);
            }
        }
        let none: Vec<(&str, u64)> = codes.iter().map(|code| (code.as_str(), 0)).collect();
        let mut made_of = Self {
            by_hour: vec![[0; 24]; spots.len()],
            by_category: vec![none; spots.len()],
        };
        for (category, event) in events {
            let cell = grid.index_at(event.position);
            let Some(spot) = cell.and_then(|cell| spot_of[cell]) else {
                continue;
            };
            made_of.by_hour[spot][clock.hour_of_week(event.at) % 24] += 1;
            for (code, count) in &mut made_of.by_category[spot] {
                *count += u64::from(code_within(category, code));
            }
        }
        made_of
    }
}

fn row(spot: &HotSpot, number: usize, grid: &HexGrid) -> HotSpotRow {
    HotSpotRow {
        number,
        name_en: spot.name.en.clone(),
        name_zh: spot.name.zh.clone(),
        lon: spot.middle.lon(),
        lat: spot.middle.lat(),
        area_km2: spot.area_km2,
        observed: spot.observed,
        expected: spot.expected,
        share: spot.share,
        area_share: spot.area_share,
        peak_z: 0.0,
        peak_p: 1.0,
        peak_p_permuted: 1.0,
        busiest_hours: None,
        categories: Vec::new(),
        cells: spot
            .cells
            .iter()
            .map(|&i| grid.cells()[i].to_string())
            .collect(),
    }
}

fn notes(incidents: usize, cells: usize, rows: &[HotSpotRow]) -> Vec<String> {
    let mut notes = Vec::new();
    if incidents == 0 {
        notes.push("no incident in this selection".to_owned());
    } else if (incidents as f64) < FEWEST_A_CELL * cells as f64 {
        notes.push(format!(
            "{incidents} incidents on {cells} cells: with less than one a cell the normal \
             distribution is a rough guide, and a handful of incidents makes a spot; look at \
             the permutation p, or take larger cells or a longer period"
        ));
    }
    let weak = rows.iter().filter(|r| r.peak_p_permuted > 0.05).count();
    if weak > 0 {
        notes.push(format!(
            "the neighbours of the hottest cell of {weak} of {} spots are no rarer than \
             shuffled ones (permutation p above 0.05): these spots are single cells",
            rows.len()
        ));
    }
    notes
}

fn map(
    about: &About,
    grid: &HexGrid,
    boundary: &Area,
    beats: &[(String, Area)],
    z: &[f64],
    spots: &[HotSpot],
    cold: Vec<usize>,
) -> String {
    let hot = |from: f64, to: f64| -> Vec<usize> {
        let all: BTreeSet<usize> = spots.iter().flat_map(|s| s.cells.iter().copied()).collect();
        all.into_iter()
            .filter(|&i| z[i] >= from && z[i] < to)
            .collect()
    };
    let class = |name: &str, color, cells| CellClass {
        name: name.into(),
        color,
        cells,
    };
    cell_map_svg(&CellMap {
        title: about.title("Hot spots 热点"),
        subtitle: about.subtitle(&format!(
            "Gi* by Benjamini-Hochberg at {FALSE_DISCOVERY_RATE}; numbers as in the table 编号同表"
        )),
        grid,
        boundary,
        areas: beats.iter().map(|(_, area)| area).collect(),
        classes: vec![
            class("cold 冷点", "#9ecae1", cold),
            class("hot 热点", "#fdae6b", hot(0.0, 5.0)),
            class("Gi* 5–10", "#e6550d", hot(5.0, 10.0)),
            class("Gi* > 10", "#8c2d04", hot(10.0, f64::INFINITY)),
        ],
        labels: spots
            .iter()
            .take(NUMBERED)
            .zip(1..)
            .map(|(spot, number)| MapLabel {
                position: spot.middle,
                text: number.to_string(),
            })
            .collect(),
    })
}

impl HotSpotsReport {
    /// The spots, one a row.
    pub fn csv(&self) -> Vec<u8> {
        let names = [
            "number",
            "name_en",
            "name_zh",
            "lon",
            "lat",
            "area_km2",
            "observed",
            "expected",
            "share",
            "area_share",
            "peak_z",
            "peak_p",
            "peak_p_permuted",
            "busiest_hours",
            "busiest_hours_share",
            "categories",
            "cells",
        ];
        let rows = self.spots.iter().map(|s| {
            vec![
                s.number.to_string(),
                s.name_en.clone(),
                s.name_zh.clone(),
                format!("{:.6}", s.lon),
                format!("{:.6}", s.lat),
                s.area_km2.to_string(),
                s.observed.to_string(),
                s.expected.to_string(),
                s.share.to_string(),
                s.area_share.to_string(),
                s.peak_z.to_string(),
                s.peak_p.to_string(),
                s.peak_p_permuted.to_string(),
                s.busiest_hours
                    .map_or_else(String::new, |h| format!("{}-{}", h.from, h.until)),
                field(s.busiest_hours.map(|h| h.share)),
                s.categories
                    .iter()
                    .map(|c| format!("{} {}", c.code, c.count))
                    .collect::<Vec<_>>()
                    .join("; "),
                s.cells.join(" "),
            ]
        });
        csv(&names, rows)
    }

    /// The map.
    pub fn picture(&self) -> String {
        self.map.clone()
    }
}
