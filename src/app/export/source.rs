//! A workspace opened to be taken away from, for those who may not name the store.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::app::export::error::ExportError;
use crate::app::export::job::{ExportJob, Exported, Style, export, options_for};
use crate::app::export::rows::risk_of;
use crate::app::export::wanted::Wanted;
use crate::app::incident_sieve::Narrowing;
use crate::app::risk::{RiskJobError, reference_day, refuse_unknown_categories};
use crate::app::workspace::{Address, open_for_reading};
use crate::calendar::text::{HoursTextError, parse_hours, parse_instant, parse_window};
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::exchange::write::options::WriteOptions;
use crate::place::area_text::{AreaTextError, parse_area};
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
        wanted(&self.workspace, asked).await
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

/// Understands what is asked of a workspace.
///
/// # Errors
/// [`AskedError`].
pub async fn wanted(workspace: &Workspace, asked: &Asked) -> Result<Wanted, AskedError> {
    let zone = workspace
        .district()
        .await
        .map_err(ExportError::from)?
        .zone()
        .map_err(ExportError::from)?;
    let from = instant("from", asked.from.as_deref(), &zone)?;
    let until = instant("until", asked.until.as_deref(), &zone)?;
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
    refuse_unknown_categories(workspace, &asked.categories)
        .await
        .map_err(AskedError::Category)?;
    let narrowing = Narrowing {
        beats: asked.beats.clone(),
        hours: asked
            .hours
            .as_deref()
            .map_or_else(|| Ok(HourSet::full()), parse_hours)
            .map_err(AskedError::Hours)?,
        area: asked
            .area
            .as_deref()
            .map(parse_area)
            .transpose()
            .map_err(AskedError::Area)?,
    };
    if !narrowing.beats.is_empty() {
        let beats = workspace.beats().await.map_err(ExportError::from)?;
        if let Some(unknown) = narrowing.unknown_beat(&beats) {
            return Err(AskedError::Beat(unknown.to_owned()));
        }
    }
    let mut risk = None;
    if asked.window.is_some() || asked.model.is_some() {
        let shifts = workspace.shifts().await.map_err(ExportError::from)?;
        let today = reference_day(workspace).await.map_err(ExportError::from)?;
        let text = asked.window.as_deref().unwrap_or("night");
        let shift = parse_window(text, &shifts, &zone, today)
            .map_err(|fault| AskedError::Window(fault.to_string()))?;
        let mut request = risk_of(shift);
        if let Some(model) = &asked.model {
            request.model.clone_from(model);
        }
        risk = Some(request);
    }
    Ok(Wanted {
        at_first: None,
        window,
        categories: asked.categories.clone(),
        narrowing,
        plan: asked.plan.clone(),
        forecast: asked.forecast.clone(),
        risk,
    })
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
