//! What became of each thing asked for, as clients read it, and the answer to a request.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::live::ask::{Answer, Outcome};
use crate::http::problem::Problem;

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswerBody {
    /// Number of the board's last event then: a client that has seen it has seen this.
    pub sequence: u64,
    /// How many were done.
    pub done: usize,
    /// How many were so already.
    pub known: usize,
    /// How many were refused.
    pub refused: usize,
    /// One an item, in the order of the request.
    pub results: Vec<ResultBody>,
}

/// What became of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResultBody {
    /// Its place in the request, from 0.
    pub index: usize,
    /// `done`, `known` (it was so already) or `refused`.
    pub status: String,
    /// The incident's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The call's name on the radio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Fields that were not taken in: unknown ones, and whatever may tell of a person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<ItemProblem>,
}

/// Why an item was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemProblem {
    /// Stable address of the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/unknown-unit")]
    pub kind: String,
    /// What is wrong, and what to do.
    pub detail: String,
    /// The field at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The status that it would have alone.
    pub status: u16,
}

impl ItemProblem {
    /// From a problem document.
    pub fn of(problem: Problem) -> Self {
        Self {
            kind: problem.kind,
            detail: problem.detail,
            field: problem.parameter,
            status: problem.status,
        }
    }
}

impl ResultBody {
    /// Of an outcome.
    pub fn of(index: usize, outcome: &Outcome) -> Self {
        let mut body = Self {
            index,
            status: "done".into(),
            id: None,
            name: None,
            dropped: Vec::new(),
            problem: None,
        };
        match outcome {
            Outcome::Done { incident, number } => {
                body.id = incident.as_ref().map(ToString::to_string);
                body.name = number.map(|number| format!("C{number:04}"));
            }
            Outcome::Known => body.status = "known".into(),
            Outcome::Refused(refusal) => {
                body.status = "refused".into();
                body.problem = Some(ItemProblem::of(refusal.clone().into()));
            }
        }
        body
    }

    /// Of an item that did not get as far as the board.
    pub fn refused(index: usize, problem: Problem) -> Self {
        Self {
            index,
            status: "refused".into(),
            id: None,
            name: None,
            dropped: Vec::new(),
            problem: Some(ItemProblem::of(problem)),
        }
    }
}

impl AnswerBody {
    /// Of results.
    pub fn new(sequence: u64, results: Vec<ResultBody>) -> Self {
        let count = |status: &str| results.iter().filter(|r| r.status == status).count();
        Self {
            sequence,
            done: count("done"),
            known: count("known"),
            refused: count("refused"),
            results,
        }
    }

    /// Of an answer, item by item.
    pub fn of(answer: &Answer) -> Self {
        let results = answer.outcomes.iter().enumerate();
        let results = results.map(|(index, outcome)| ResultBody::of(index, outcome));
        Self::new(answer.sequence, results.collect())
    }

    /// As JSON.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The answer to a request of one item: 201 where it is new, 200 where it was known, the
/// problem where it is refused.
///
/// # Errors
/// [`Problem`] as of the item.
pub fn single(answer: &Answer) -> Result<Response, Problem> {
    if let Some(before) = &answer.given_before {
        let body: AnswerBody = serde_json::from_str(before).map_err(Problem::internal)?;
        return respond_single(&body);
    }
    respond_single(&AnswerBody::of(answer))
}

/// The same, of a body.
///
/// # Errors
/// [`Problem`] as of the item.
pub fn respond_single(body: &AnswerBody) -> Result<Response, Problem> {
    let refused = body.results.first().and_then(|r| r.problem.clone());
    if let Some(problem) = refused {
        return Err(Problem::again(problem));
    }
    let status = match body.done {
        0 => StatusCode::OK,
        _ => StatusCode::CREATED,
    };
    Ok(json(status, body.text()))
}

/// The answer to a request of many items: 200, with a result each.
///
/// # Errors
/// [`Problem`] where none could be written.
pub fn many(answer: &Answer) -> Response {
    match &answer.given_before {
        Some(before) => json(StatusCode::OK, before.clone()),
        None => json(StatusCode::OK, AnswerBody::of(answer).text()),
    }
}

/// A JSON answer that nobody keeps.
pub fn json(status: StatusCode, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, text).into_response()
}
