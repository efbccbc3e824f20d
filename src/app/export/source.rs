//! A workspace opened to be taken away from, for those who may not name the store.

use std::io::Write;

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use thiserror::Error;

use crate::app::export::error::ExportError;
use crate::app::export::job::{ExportJob, Exported, Style, export, options_for};
use crate::app::export::rows::risk_of;
use crate::app::export::wanted::Wanted;
use crate::app::incident_sieve::Narrowing;
use crate::app::risk::{RiskJobError, reference_day, refuse_unknown_codes};
use crate::app::workspace::{Address, open_for_reading};
use crate::calendar::shift::Shift;
use crate::calendar::text::{HoursTextError, parse_hours, parse_instant, parse_window};
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::exchange::write::options::WriteOptions;
use crate::place::area_text::{AreaTextError, parse_area};
use crate::place::feature::Beat;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// An open workspace.
#[derive(Debug)]
pub struct Source {
    workspace: Workspace,
}

/// Which rows, as a user writes it.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Not before.
    pub from: Option<String>,
    /// Before this.
    pub until: Option<String>,
    /// Category codes; empty means all.
    pub categories: Vec<String>,
    /// Ids of beats; empty means everywhere.
    pub beats: Vec<String>,
    /// Hours of every day like `22-6`, or of the week; none: all.
    pub hours: Option<String>,
    /// `WEST,SOUTH,EAST,NORTH` or the corners of a ring; none: everywhere.
    pub area: Option<String>,
    /// Only this plan.
    pub plan: Option<String>,
    /// Only this forecast.
    pub forecast: Option<String>,
    /// The surface's window: a shift, `SHIFT@DATE` or `START/END`; none: the map's first.
    pub window: Option<String>,
    /// The surface's model; none: the one that the record speaks for.
    pub model: Option<String>,
}

/// What has to be known of a workspace to understand what is asked of it.
#[derive(Debug)]
pub struct Known<'k> {
    /// The district's time zone.
    pub zone: TimeZone,
    /// The category table's codes.
    pub codes: Vec<&'k str>,
    /// The beats.
    pub beats: &'k [Beat],
    /// The shift table.
    pub shifts: &'k [Shift],
    /// The reference day.
    pub today: civil::Date,
}

/// Why what was asked can't be understood.
#[derive(Debug, Error)]
pub enum AskedError {
    /// The workspace.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A time.
    #[error("{what} {text}: {why}; write 2026-10-31T22:00:00+08:00, or a local date")]
    Time {
        /// Which.
        what: &'static str,
        /// As written.
        text: String,
        /// What is wrong.
        why: String,
    },
    /// An end that is not after its start, a window that is none.
    #[error("{0}")]
    Window(String),
    /// Hours that are none.
    #[error(transparent)]
    Hours(HoursTextError),
    /// An area that is none.
    #[error("{0}")]
    Area(AreaTextError),
    /// A beat that is not in the workspace.
    #[error("there is no beat {0:?}")]
    Beat(String),
    /// A category that is not in the table.
    #[error(transparent)]
    Category(RiskJobError),
}

impl Source {
    /// Opens a workspace for reading.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(address: &Address) -> Result<Self, StoreError> {
        Ok(Self {
            workspace: open_for_reading(address).await?,
        })
    }

    /// The options of a style.
    ///
    /// # Errors
    /// [`ExportError`].
    pub async fn options(&self, style: Style) -> Result<WriteOptions, ExportError> {
        options_for(&self.workspace, style).await
    }

    /// Understands what is asked.
    ///
    /// # Errors
    /// [`AskedError`].
    pub async fn wanted(&self, asked: &Asked) -> Result<Wanted, AskedError> {
        let workspace = &self.workspace;
        let district = workspace.district().await.map_err(ExportError::from)?;
        let categories = workspace.categories().await.map_err(ExportError::from)?;
        let known = Known {
            zone: district.zone().map_err(ExportError::from)?,
            codes: categories.iter().map(|it| it.code.as_str()).collect(),
            beats: &workspace.beats().await.map_err(ExportError::from)?,
            shifts: &workspace.shifts().await.map_err(ExportError::from)?,
            today: reference_day(workspace).await.map_err(ExportError::from)?,
        };
        asked.understood(&known)
    }

    /// Writes the layers to `out`; `progress` hears how many rows are done.
    ///
    /// # Errors
    /// [`ExportError`]; what was written so far is no whole file.
    pub async fn export(
        &self,
        job: ExportJob,
        out: Box<dyn Write + Send>,
        progress: impl Fn(u64) + Send + 'static,
    ) -> Result<Exported, ExportError> {
        export(&self.workspace, job, out, progress).await
    }

    /// Closes the workspace.
    pub async fn close(self) {
        self.workspace.close().await;
    }
}

impl Asked {
    /// Understands what is asked of a workspace of which that is known.
    ///
    /// # Errors
    /// [`AskedError`].
    pub fn understood(&self, known: &Known<'_>) -> Result<Wanted, AskedError> {
        let zone = &known.zone;
        let from = instant("from", self.from.as_deref(), zone)?;
        let until = instant("until", self.until.as_deref(), zone)?;
        let window = match (from, until) {
            (None, None) => None,
            (from, until) => {
                let (from, until) = (
                    from.unwrap_or(Timestamp::MIN),
                    until.unwrap_or(Timestamp::MAX),
                );
                let window = Window::new(from, until);
                Some(window.map_err(|fault| AskedError::Window(fault.to_string()))?)
            }
        };
        refuse_unknown_codes(&known.codes, &self.categories).map_err(AskedError::Category)?;
        let narrowing = Narrowing {
            beats: self.beats.clone(),
            hours: self
                .hours
                .as_deref()
                .map_or_else(|| Ok(HourSet::full()), parse_hours)
                .map_err(AskedError::Hours)?,
            area: self
                .area
                .as_deref()
                .map(parse_area)
                .transpose()
                .map_err(AskedError::Area)?,
        };
        if let Some(unknown) = narrowing.unknown_beat(known.beats) {
            return Err(AskedError::Beat(unknown.to_owned()));
        }
        let mut risk = None;
        if self.window.is_some() || self.model.is_some() {
            let text = self.window.as_deref().unwrap_or("night");
            let shift = parse_window(text, known.shifts, zone, known.today)
                .map_err(|fault| AskedError::Window(fault.to_string()))?;
            let mut request = risk_of(shift);
            if let Some(model) = &self.model {
                request.model.clone_from(model);
            }
            risk = Some(request);
        }
        Ok(Wanted {
            at_first: None,
            window,
            categories: self.categories.clone(),
            narrowing,
            plan: self.plan.clone(),
            forecast: self.forecast.clone(),
            risk,
        })
    }
}

fn instant(
    what: &'static str,
    text: Option<&str>,
    zone: &TimeZone,
) -> Result<Option<Timestamp>, AskedError> {
    let Some(text) = text else {
        return Ok(None);
    };
    parse_instant(text, zone)
        .map(Some)
        .map_err(|why| AskedError::Time {
            what,
            text: text.to_owned(),
            why,
        })
}
