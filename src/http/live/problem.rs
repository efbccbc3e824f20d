//! What the board refuses, as problem documents: 404 for what is not there, 409 for what is
//! illegal now, 422 for what can't be, 401 and 429 for who may not deliver, 503 and 507
//! where nothing can be taken in.

use axum::http::StatusCode;

use crate::app::live::error::LiveError;
use crate::app::live::keys::KeyRefusal;
use crate::app::live::links::LinkRefusal;
use crate::http::problem::Problem;
use crate::live::refusal::Refusal;

impl From<LiveError> for Problem {
    fn from(fault: LiveError) -> Self {
        match &fault {
            LiveError::ReadOnly => Self::read_only(
                "another process writes to the workspace, or it was asked to serve read-only",
            ),
            LiveError::Full => Self::of(
                StatusCode::INSUFFICIENT_STORAGE,
                "disk-full",
                "The disk is full",
                fault,
            ),
            LiveError::NotNow | LiveError::BrokenOff => Self::unavailable("not-now", fault),
            LiveError::Overloaded => Self::unavailable("overloaded", fault),
            LiveError::KeyReused => Self::unprocessable(
                "idempotency-key-reused",
                "The Idempotency-Key is taken",
                fault,
            ),
            LiveError::BeforeTheLog => Self::unknown("board", fault),
            LiveError::Store(store) => Self::internal(store),
        }
    }
}

impl From<KeyRefusal> for Problem {
    fn from(refusal: KeyRefusal) -> Self {
        match refusal {
            KeyRefusal::Missing | KeyRefusal::Wrong => Self::of(
                StatusCode::UNAUTHORIZED,
                "key-needed",
                "A key is needed",
                refusal,
            ),
            KeyRefusal::TooMany { .. } => Self::of(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "The feed asks too often",
                refusal,
            ),
            KeyRefusal::Live(fault) => fault.into(),
        }
    }
}

impl From<LinkRefusal> for Problem {
    fn from(refusal: LinkRefusal) -> Self {
        match refusal {
            LinkRefusal::TooMany => Self::of(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                "The link asks too often",
                refusal,
            ),
            LinkRefusal::Live(fault) => fault.into(),
            _ => Self::of(
                StatusCode::UNAUTHORIZED,
                "link",
                "The link opens nothing",
                refusal,
            ),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (status, slug, title) = match &refusal {
            Refusal::UnknownCall(_) => (
                StatusCode::NOT_FOUND,
                "unknown-call",
                "There is no such call",
            ),
            Refusal::UnknownUnit(_) => (
                StatusCode::NOT_FOUND,
                "unknown-unit",
                "There is no such unit",
            ),
            Refusal::UnknownPillar(_) => (
                StatusCode::NOT_FOUND,
                "unknown-pillar",
                "There is no such alarm pillar",
            ),
            Refusal::UnknownAlarm(_) => (
                StatusCode::NOT_FOUND,
                "unknown-alarm",
                "There is no such alarm",
            ),
            Refusal::UnknownStop { .. } => (
                StatusCode::NOT_FOUND,
                "unknown-stop",
                "The round has no such stop",
            ),
            Refusal::IdInUse(_) => (StatusCode::CONFLICT, "id-in-use", "The id is taken"),
            Refusal::Setting(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-setting",
                "A setting makes no sense",
            ),
            Refusal::CallEnded { .. }
            | Refusal::CallOpen { .. }
            | Refusal::CallState { .. }
            | Refusal::NoCall(_)
            | Refusal::UnitStatus { .. }
            | Refusal::AlarmState { .. }
            | Refusal::AlarmRings(_)
            | Refusal::SameCall
            | Refusal::NotProposed { .. }
            | Refusal::NoRounds(_)
            | Refusal::PlanOver(_)
            | Refusal::PlanNotBegun(_)
            | Refusal::NoRound(_)
            | Refusal::OtherPlan(_)
            | Refusal::StopState { .. }
            | Refusal::NotInShift { .. }
            | Refusal::Overtaken { .. } => (
                StatusCode::CONFLICT,
                "illegal-now",
                "That can't be done now",
            ),
        };
        Self::of(status, slug, title, refusal)
    }
}
