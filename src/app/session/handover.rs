//! The hand-over of a shift from an open workspace, and writing the sentences for it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;

use crate::app::handover::next_shift::{NextFrom, NextShift, USUAL_DAYS, next_shift};
use crate::app::handover::{HandoverAsk, HandoverReport, Stretch, note, station};
use crate::app::live::ask::{Answer, Repeatable};
use crate::app::live::error::LiveError;
use crate::app::place_names::PlaceNames;
use crate::app::risk::{RiskRequest, reported_origins};
use crate::app::session::error::SessionError;
use crate::app::session::near::beat_of;
use crate::app::session::snapshot::Snapshot;
use crate::app::session::{DEFAULT_RESOLUTION, Session};
use crate::calendar::roster::taking_over;
use crate::calendar::window::Window;
use crate::live::board::Board;
use crate::live::command::Command;
use crate::live::handover::figures::Handover;
use crate::live::handover::tally::{Scope, Tally};
use crate::live::note::{HandoverNote, NOTES_KEPT, WrittenNote};
use crate::patrol::summary::PlanSummary;
use crate::place::feature::Station;
use crate::place::id::Id;
use crate::place::position::Position;
use crate::risk::dispersion::Law;
use crate::store::record::IncidentFilter;

/// Events read in one go.
const AT_ONCE: u32 = 5_000;

/// Plans that are looked at, newest first, and listed.
const PLANS_LOOKED_AT: u32 = 60;
const PLANS_LISTED: usize = 5;

/// Days of the past that hold as many shifts as are the usual, whenever the data end.
const PAST: SignedDuration = SignedDuration::from_hours(24 * (USUAL_DAYS + 3));

/// A note of an older time is looked for among those written until so long after it.
const WRITTEN_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// Whether a place is the station's, or in the district where none is meant.
fn is_of(snapshot: &Snapshot, station: Option<&Id<Station>>, position: Position) -> bool {
    station.is_none_or(|station| station_at(snapshot, position).as_ref() == Some(station))
}

fn station_at(snapshot: &Snapshot, position: Position) -> Option<Id<Station>> {
    beat_of(snapshot, position)?.station.clone()
}

impl Session {
    /// What a shift hands over.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn handover(
        self: &Arc<Self>,
        ask: &HandoverAsk,
    ) -> Result<HandoverReport, SessionError> {
        let snapshot = self.snapshot();
        let stretch = ask.stretch(&snapshot.shifts, &snapshot.zone, self.live.now())?;
        let station = match &ask.station {
            Some(text) => Some(station(&snapshot.layers.stations, text)?.clone()),
            None => None,
        };
        let id = station.as_ref().map(|station| station.id.clone());
        let _turn = self.past.handover_turn().await?;
        let told = self.told(&snapshot, stretch.known, id.clone()).await?;
        let (note, note_before) = self.notes(stretch.window, id.clone()).await?;
        Ok(HandoverReport {
            told,
            note,
            note_before,
            plans: self.plans_of(stretch.window).await?,
            next: self.next(&snapshot, &stretch, id).await?,
            stretch,
            station,
        })
    }

    /// Writes a note about a stretch of time, and asks the board to take it in.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn write_handover(
        self: &Arc<Self>,
        ask: &HandoverAsk,
        text: &str,
        repeatable: Option<Repeatable>,
    ) -> Result<Answer, SessionError> {
        let snapshot = self.snapshot();
        let stretch = ask.stretch(&snapshot.shifts, &snapshot.zone, self.live.now())?;
        let station = match &ask.station {
            Some(text) => Some(station(&snapshot.layers.stations, text)?.id.clone()),
            None => None,
        };
        let note = note(stretch.window, station, text)?;
        let command = Command::WriteHandover { note };
        Ok(self.live.ask(vec![command], repeatable).await?)
    }

    /// Folds the log of a window.
    async fn told(
        self: &Arc<Self>,
        snapshot: &Arc<Snapshot>,
        window: Window,
        station: Option<Id<Station>>,
    ) -> Result<Handover, SessionError> {
        // The log counts whole milliseconds.
        let before = |at: Timestamp| {
            let just = SignedDuration::from_millis(1);
            at.checked_sub(just).unwrap_or(Timestamp::MIN)
        };
        let board = match self.board_at(before(window.start())).await {
            Err(SessionError::Live(LiveError::BeforeTheLog)) => Board::default(),
            other => other?,
        };
        let last = self.workspace().last_event_by(before(window.end())).await?;
        // What was written late may be in the beginning and not in the end.
        let last = last.max(board.sequence);
        let _turn = self.past.turn().await?;
        let (session, snapshot, handle) = (self.clone(), snapshot.clone(), Handle::current());
        let telling = tokio::task::spawn_blocking(move || {
            let ground = session.live.ground();
            let mut after = board.sequence;
            let scope = Scope {
                ground: &ground,
                station: station.as_ref(),
                station_at: &|position| station_at(&snapshot, position),
            };
            let mut tally = Tally::new(board, window, scope);
            loop {
                let reading = session
                    .workspace()
                    .events_but_positions(after, last, AT_ONCE);
                let events = handle.block_on(reading)?;
                events.iter().for_each(|event| tally.take(event));
                match events.last() {
                    Some(newest) if events.len() == AT_ONCE as usize => after = newest.sequence,
                    _ => return Ok::<_, SessionError>(tally.finish()),
                }
            }
        });
        telling.await.map_err(|_| SessionError::BrokenOff)?
    }

    /// What was written last about a window, and about a time before it.
    async fn notes(
        self: &Arc<Self>,
        window: Window,
        station: Option<Id<Station>>,
    ) -> Result<(Option<WrittenNote>, Option<WrittenNote>), SessionError> {
        let like = HandoverNote {
            window: window.into(),
            station,
            text: String::new(),
        };
        let mut board = Board::clone(&self.live.board());
        if board.note_like(&like).is_none() && board.notes.len() >= NOTES_KEPT {
            // It has left the board; a board of that time has it.
            let then = window.end().checked_add(WRITTEN_WITHIN);
            let then = then.unwrap_or(Timestamp::MAX).min(self.live.now());
            board = match self.board_at(then).await {
                Err(SessionError::Live(LiveError::BeforeTheLog)) => Board::default(),
                other => other?,
            };
        }
        let earlier = |of: &&WrittenNote| {
            of.note.station == like.station && of.note.window.until <= window.start()
        };
        let before = board.notes.values().filter(earlier);
        let before = before.max_by_key(|of| (of.note.window.until, of.at));
        Ok((board.note_like(&like).cloned(), before.cloned()))
    }

    async fn plans_of(&self, window: Window) -> Result<Vec<PlanSummary>, SessionError> {
        let mut plans = self.plans(PLANS_LOOKED_AT).await?;
        plans.retain(|plan| plan.window.overlap(window).is_some());
        plans.truncate(PLANS_LISTED);
        Ok(plans)
    }

    /// The forecast for the shift after this; the inner fault is what the data don't allow.
    async fn next(
        self: &Arc<Self>,
        snapshot: &Arc<Snapshot>,
        stretch: &Stretch,
        station: Option<Id<Station>>,
    ) -> Result<Result<NextShift, String>, SessionError> {
        let end = stretch.window.end();
        let next = taking_over(&snapshot.shifts, &snapshot.zone, end);
        let shift = next.map(|(shift, _)| shift.clone());
        let length = SignedDuration::from_secs_f64(stretch.window.length().0);
        let window = match next {
            Some((_, window)) => Some(window),
            None => end
                .checked_add(length)
                .ok()
                .and_then(|then| Window::new(end, then).ok()),
        };
        let Some(window) = window else {
            return Ok(Err("there is no time after it".into()));
        };
        let request = RiskRequest::of_all(window, DEFAULT_RESOLUTION);
        let (request, trusted) = self.resolved(request).await?;
        let law = trusted.law_of(&request.model).unwrap_or(Law::Poisson);
        let surface = match self.surface(snapshot, request).await {
            Err(SessionError::Risk(why)) => return Ok(Err(why.to_string())),
            other => other?,
        };
        let known = self.workspace().incident_span().await?;
        let past = self.past_of(window, known).await?;
        let names = PlaceNames::load(self.workspace(), &snapshot.layers.beats).await?;
        // Streets are names here: without them places are named by their beats.
        let network = snapshot
            .roads(self.workspace())
            .await
            .unwrap_or_else(|fault| {
                tracing::warn!(%fault, "a hand-over names no streets");
                None
            });
        let snapshot = snapshot.clone();
        let saying = tokio::task::spawn_blocking(move || {
            next_shift(&NextFrom {
                shift,
                surface: &surface.fine.surface,
                law,
                past: &past,
                known,
                has_place: &|position| is_of(&snapshot, station.as_ref(), position),
                names: &names,
                network: network.as_deref(),
            })
        });
        saying.await.map(Ok).map_err(|_| SessionError::BrokenOff)
    }

    /// When and where the incidents of the last weeks were, that forecasts learn from.
    async fn past_of(
        &self,
        window: Window,
        known: Option<Window>,
    ) -> Result<Vec<(Timestamp, Position)>, SessionError> {
        let Some(known) = known else {
            return Ok(Vec::new());
        };
        let end = known.end().min(window.start());
        let start = end.checked_sub(PAST).unwrap_or(Timestamp::MIN);
        let Ok(past) = Window::new(start, end) else {
            return Ok(Vec::new());
        };
        let filter = IncidentFilter {
            window: Some(past),
            origins: reported_origins(),
            ..IncidentFilter::default()
        };
        let events = self.workspace().risk_events(&filter).await?;
        Ok(events
            .into_iter()
            .map(|event| (event.at, event.position))
            .collect())
    }
}
