//! Rows of a table as incidents: each parsed on its own (in parallel), then those far
//! from all others refused where there is no boundary, then named.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use rayon::prelude::*;

use crate::exchange::import::category_map::CategoryMap;
use crate::exchange::import::columns::{Columns, header_words};
use crate::exchange::import::extent::{Reach, boundary_around};
use crate::exchange::import::fault::ImportFault;
use crate::exchange::import::field::{Field, Layer};
use crate::exchange::import::free_text::free_text;
use crate::exchange::import::identity::{Content, Identities, hex, prefixed};
use crate::exchange::import::locate::Locator;
use crate::exchange::import::made_up::{self, Holds};
use crate::exchange::import::moment::{Moment, MomentReader};
use crate::exchange::import::personal::{pattern_of, scrub};
use crate::exchange::import::refusal::{Reason, Refusal, RowFault};
use crate::exchange::read::table::{RowFlaw, Table};
use crate::incident::category::IncidentCategory;
use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::place::area::Area;
use crate::place::id::Id;

/// Progress is told each time so many rows are done.
const PROGRESS_STEP: usize = 8_192;

/// What rows are read with.
#[derive(Debug)]
pub struct IncidentReader<'a> {
    /// The rows.
    pub table: &'a Table,
    /// Which column is what.
    pub columns: &'a Columns,
    /// Where a row is.
    pub locator: Locator<'a>,
    /// When.
    pub times: MomentReader,
    /// What.
    pub categories: &'a CategoryMap,
    /// Put before each id as `NAME:`, so that two sources' ids can't meet.
    pub source: Option<&'a str>,
    /// The last instant a row may tell of: what is to come has not happened.
    pub latest: Timestamp,
    /// Whether the workspace has no boundary, so that one is derived.
    pub derive_boundary: bool,
    /// What the workspace holds: made-up rows don't come among real ones.
    pub holds: Holds,
}

/// What became of the rows.
#[derive(Debug, Default)]
pub struct IncidentRows {
    /// Kept, in the file's order.
    pub incidents: Vec<Incident>,
    /// Where each of them stands in the file.
    pub numbers: Vec<u32>,
    /// Refused, in the file's order.
    pub refusals: Vec<Refusal>,
    /// Categories in use, by code.
    pub categories: Vec<IncidentCategory>,
    /// Where one was wanted.
    pub derived_boundary: Option<Area>,
    /// How far the data reach, where a boundary was derived.
    pub reach: Option<Reach>,
}

impl IncidentReader<'_> {
    /// Reads all rows; `progress` is told how many more are done.
    ///
    /// # Errors
    /// [`ImportFault::NoColumn`] where place or time has no column.
    pub fn read(&self, progress: &(dyn Fn(u64) + Sync)) -> Result<IncidentRows, ImportFault> {
        self.check_columns()?;
        let table = self.table;
        let word_of = |row: usize| self.columns.cell(table, row, Field::Category);
        let codes = match self.categories.constant() {
            Some(_) => HashMap::new(),
            None => {
                self.check_categories()?;
                self.categories.codes((0..table.len()).map(word_of))
            }
        };
        let parsed: Vec<Result<Incident, Box<RowFault>>> = (0..table.len())
            .into_par_iter()
            .with_min_len(1_024)
            .map(|row| {
                if row % PROGRESS_STEP == PROGRESS_STEP - 1 {
                    progress(PROGRESS_STEP as u64);
                }
                self.incident(row, &codes).map_err(Box::new)
            })
            .collect();
        // A refused row leaves no category behind.
        let categories = match self.categories.constant() {
            Some(_) => self.categories.used(std::iter::empty()),
            None => {
                let kept = parsed.iter().enumerate().filter(|(_, made)| made.is_ok());
                self.categories.used(kept.map(|(row, _)| word_of(row)))
            }
        };
        let mut rows = IncidentRows {
            categories,
            ..IncidentRows::default()
        };
        if self.derive_boundary {
            let places: Vec<_> = parsed.iter().flatten().map(|i| i.position).collect();
            rows.reach = Reach::of(&places);
        }
        self.sort_out(parsed, &mut rows);
        if self.derive_boundary && !rows.incidents.is_empty() {
            rows.derived_boundary = boundary_around(rows.incidents.iter().map(|i| i.position));
        }
        Ok(rows)
    }

    fn check_columns(&self) -> Result<(), ImportFault> {
        let missing = |field: Field| ImportFault::NoColumn {
            field: field.word(),
            columns: header_words(self.table),
        };
        if !self.table.has_shapes() {
            for field in [Field::Lon, Field::Lat] {
                self.columns.of(field).ok_or_else(|| missing(field))?;
            }
        }
        self.columns
            .of(Field::At)
            .ok_or_else(|| missing(Field::At))?;
        Ok(())
    }

    fn check_categories(&self) -> Result<(), ImportFault> {
        let Some(column) = self.columns.of(Field::Category) else {
            return Ok(());
        };
        let words = (0..self.table.len()).map(|row| self.table.cell(row, column));
        match free_text(self.categories, words) {
            Some(why) => Err(ImportFault::FreeText {
                column: self
                    .table
                    .columns()
                    .get(column)
                    .map(|name| scrub(name))
                    .unwrap_or_default(),
                why,
            }),
            None => Ok(()),
        }
    }

    /// Keeps or refuses each row: far-off ones, second uses of an id; names the others.
    fn sort_out(&self, parsed: Vec<Result<Incident, Box<RowFault>>>, rows: &mut IncidentRows) {
        let mut identities = Identities::default();
        let mut used: HashSet<String> = HashSet::new();
        let reach = rows.reach;
        let refusals = &mut rows.refusals;
        let numbers = &mut rows.numbers;
        let kept = parsed.into_iter().enumerate().filter_map(|(row, parsed)| {
            let checked = parsed.and_then(|mut incident| {
                if let Some(reach) = reach {
                    check_reach(&incident, reach)?;
                }
                let own = match &incident.source_id {
                    Some(id) if !used.insert(id.clone()) => {
                        return Err(Box::new(RowFault::new(
                            Reason::DuplicateId,
                            "id",
                            id,
                            "an earlier row has the same id",
                        )));
                    }
                    Some(id) => id.clone(),
                    None => identities.next(key_of(&incident)),
                };
                incident.id = Id::new(prefixed(self.source, own));
                Ok(incident)
            });
            match checked {
                Ok(incident) => {
                    numbers.push(self.table.number(row));
                    Some(incident)
                }
                Err(fault) => {
                    refusals.push(Refusal {
                        row: self.table.number(row),
                        fault: *fault,
                    });
                    None
                }
            }
        });
        rows.incidents = kept.collect();
    }

    fn incident(&self, row: usize, codes: &HashMap<&str, String>) -> Result<Incident, RowFault> {
        check_form(self.table, row)?;
        made_up::check(self.table, self.columns, row, self.holds)?;
        let cell = |field| self.columns.cell(self.table, row, field);
        let position = self.locator.point(row)?;
        let (at, until) = self.times_of(row)?;
        let category = match self.categories.constant() {
            Some(category) => category.code.clone(),
            None => codes
                .get(cell(Field::Category))
                .cloned()
                .unwrap_or_default(),
        };
        let source_id = Some(cell(Field::Id))
            .filter(|id| !id.is_empty() && id.len() <= 200 && pattern_of(id).is_none())
            .map(str::to_owned);
        Ok(Incident {
            id: Id::new(String::new()),
            at,
            until,
            position,
            category,
            priority: priority_of(cell(Field::Priority))?,
            origin: origin_of(cell(Field::Origin)),
            state: state_of(cell(Field::State)),
            source_id,
        })
    }

    fn times_of(&self, row: usize) -> Result<(Timestamp, Option<Timestamp>), RowFault> {
        let cell = |field| self.columns.cell(self.table, row, field);
        let from = self.times.read("at", cell(Field::At), cell(Field::Clock))?;
        let (at, day_end) = self.times.bounds("at", from)?;
        self.check_past("at", cell(Field::At), at)?;
        let written = cell(Field::Until);
        if written.is_empty() {
            return Ok((at, day_end));
        }
        let to = self.times.read("until", written, "")?;
        let until = match (self.times.bounds("until", to)?, to) {
            ((_, Some(end)), Moment::Day(_)) => end,
            ((instant, _), _) => instant,
        };
        self.check_past("until", written, until)?;
        if until < at {
            return Err(RowFault::new(
                Reason::EndsBeforeStart,
                "until",
                written,
                "the span ends before it starts",
            ));
        }
        Ok((at, (until > at).then_some(until)))
    }

    fn check_past(&self, field: &'static str, value: &str, at: Timestamp) -> Result<(), RowFault> {
        if at <= self.latest {
            return Ok(());
        }
        Err(RowFault::new(
            Reason::InTheFuture,
            field,
            value,
            "the time is more than a day in the future",
        ))
    }
}

/// Refuses a row whose form is wrong.
pub fn check_form(table: &Table, row: usize) -> Result<(), RowFault> {
    match table.flaw(row) {
        Some(flaw) => Err(match flaw {
            RowFlaw::CellCount { found } => RowFault::new(
                Reason::CellCount,
                "row",
                "",
                format!("it has {found} cells, the header {}", table.columns().len()),
            ),
            RowFlaw::LongCell { column, bytes } => {
                let name = table.columns().get(column).map_or("", String::as_str);
                RowFault::new(
                    Reason::CellTooLong,
                    "row",
                    name,
                    format!("this cell has {bytes} bytes; 65536 are the most"),
                )
            }
        }),
        None => Ok(()),
    }
}

fn check_reach(incident: &Incident, reach: Reach) -> Result<(), Box<RowFault>> {
    let (held, away_m) = reach.holds(incident.position);
    if held {
        return Ok(());
    }
    let place = format!("{}, {}", incident.position.lon(), incident.position.lat());
    Err(Box::new(RowFault::new(
        Reason::OutsideDistrict,
        "lon",
        &place,
        format!(
            "it lies {:.0} km from the middle of the data, beyond a gap behind the last of the others at {:.0} km",
            away_m / 1000.0,
            reach.metres / 1000.0
        ),
    )))
}

/// The id of an incident whose source gives none: made of place, time and category.
pub fn content_id(incident: &Incident) -> String {
    hex(key_of(incident))
}

fn key_of(incident: &Incident) -> [u8; 16] {
    Content::of(Layer::Incidents.word())
        .degrees(incident.position.lon())
        .degrees(incident.position.lat())
        .integer(incident.at.as_second())
        .integer(incident.until.map_or(i64::MIN, Timestamp::as_second))
        .text(&incident.category)
        .key()
}

fn priority_of(text: &str) -> Result<Priority, RowFault> {
    let word = text.trim_end_matches('级').trim_end_matches(".0");
    let number = match word.to_lowercase().as_str() {
        "1" | "一" | "i" | "high" | "p1" | "高" | "urgent" | "紧急" => 1,
        "2" | "二" | "ii" | "medium" | "p2" | "中" => 2,
        // Not urgent unless the source says so; some have a fourth level and more.
        "" | "3" | "三" | "iii" | "low" | "p3" | "低" | "4" | "5" | "四" | "五" | "normal"
        | "一般" | "普通" => 3,
        _ => 0,
    };
    Priority::from_number(number).ok_or_else(|| {
        RowFault::new(
            Reason::UnknownWord,
            "priority",
            text,
            "a priority is 1, 2 or 3 (一级, 二级, 三级)",
        )
    })
}

/// An unknown origin counts as a call: models learn from it.
fn origin_of(text: &str) -> Origin {
    let word = text.to_lowercase().replace(['_', '-'], " ");
    let has = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    if has(&["报警柱", "pillar", "一键"]) {
        Origin::AlarmPillar
    } else if has(&["传感", "sensor", "detector", "感知"]) {
        Origin::Sensor
    } else if has(&[
        "巡逻",
        "patrol",
        "巡查",
        "盘查",
        "self initiated",
        "officer initiated",
        "on view",
    ]) {
        Origin::PatrolDiscovered
    } else if has(&["窗口", "counter", "walk in", "来所", "上门"]) {
        Origin::Counter
    } else {
        Origin::CitizenCall
    }
}

/// Without a word, an imported incident is history: closed.
fn state_of(text: &str) -> CallState {
    match text.to_lowercase().as_str() {
        "received" | "接警" | "已接警" | "open" => CallState::Received,
        "dispatched" | "派警" | "已派警" => CallState::Dispatched,
        "arrived" | "到达" | "已到达" | "到场" => CallState::Arrived,
        "handling" | "处置" | "处置中" => CallState::Handling,
        _ => CallState::Closed,
    }
}

#[cfg(test)]
#[path = "incident_rows_tests.rs"]
mod tests;
