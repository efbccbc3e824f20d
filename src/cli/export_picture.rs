//! `frontbeat export -o FILE.png`: The district's map as a picture for a report.

use std::io::{Write, stdout};
use std::path::PathBuf;

use crate::app::risk::{RiskJobError, RiskRequest};
use crate::app::session::error::SessionError;
use crate::app::session::papers::{MapWanted, planned_on};
use crate::app::session::snapshot::Snapshot;
use crate::app::session::{DEFAULT_RESOLUTION, Session};
use crate::app::workspace::Address;
use crate::calendar::text::parse_window;
use crate::cli::failure::Failure;
use crate::cli::hours::hours;
use crate::cli::output;
use crate::exchange::print::png::DEFAULT_WIDTH;
use crate::patrol::reason::Language;

/// The ending of its files.
pub const ENDING: &str = "png";

/// What picture is wanted, as the command line has it.
#[derive(Debug)]
pub struct PictureAsked {
    /// The workspace.
    pub workspace: Address,
    /// The file; `-` for the standard output.
    pub out: PathBuf,
    /// A shift or a window.
    pub window: Option<String>,
    /// A model's name.
    pub model: Option<String>,
    /// Codes of categories.
    pub categories: Vec<String>,
    /// Hours that count.
    pub hours: Option<String>,
    /// Id of the plan whose rounds are drawn.
    pub plan: Option<String>,
    /// Pixels across.
    pub width: Option<u32>,
    /// Of its words.
    pub language: Language,
}

impl PictureAsked {
    /// Draws the picture and writes it.
    ///
    /// # Errors
    /// [`Failure`] with what to do.
    pub async fn write(self) -> Result<(), Failure> {
        let session = Session::open(&self.workspace, true).await;
        let session = session.map_err(|fault| Failure::failed(fault, ""))?;
        let plan = match &self.plan {
            None => None,
            Some(id) => {
                let found = session.plan(id).await;
                let found = found.map_err(|fault| Failure::failed(fault, ""))?;
                Some(found.ok_or_else(|| {
                    Failure::usage(
                        format!("there is no plan {id:?}"),
                        "list them with: frontbeat sheet WORKSPACE --list",
                    )
                })?)
            }
        };
        let open = self.window.is_none()
            && self.model.is_none()
            && self.hours.is_none()
            && self.categories.is_empty();
        let risk = match &plan {
            Some(plan) if open => planned_on(&plan.risk),
            _ => self.request(&session.snapshot())?,
        };
        let wanted = MapWanted {
            risk,
            plan,
            width: self.width.unwrap_or(DEFAULT_WIDTH),
            language: self.language,
        };
        let made = session.map_picture(wanted).await.map_err(failure)?;
        if self.out.as_os_str() == "-" {
            let written = stdout().write_all(&made.bytes);
            return written.map_err(|fault| Failure::failed(fault, ""));
        }
        output::write(&self.out, &made.bytes)?;
        output::say(&format!("map written to {} (PNG)\n", self.out.display()))
    }

    fn request(&self, snapshot: &Snapshot) -> Result<RiskRequest, Failure> {
        let text = self.window.as_deref().unwrap_or("night");
        let window = parse_window(text, &snapshot.shifts, &snapshot.zone, snapshot.today())
            .map_err(|fault| Failure::usage(fault, ""))?;
        if let Some(unknown) = snapshot.unknown_category(&self.categories) {
            return Err(Failure::usage(
                format!("there is no category {unknown:?}"),
                "frontbeat info lists them",
            ));
        }
        let mut request = RiskRequest {
            hours: hours(self.hours.as_deref())?,
            categories: self.categories.clone(),
            ..RiskRequest::of_all(window, DEFAULT_RESOLUTION)
        };
        if let Some(model) = &self.model {
            request.model.clone_from(model);
        }
        Ok(request)
    }
}

fn failure(fault: SessionError) -> Failure {
    match &fault {
        SessionError::Risk(risk) if matches!(risk.as_ref(), RiskJobError::Risk(_)) => {
            Failure::usage(fault, "")
        }
        _ => Failure::failed(fault, ""),
    }
}
