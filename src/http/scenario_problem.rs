//! Why nothing was done with a draft, as a problem document; and the version that a request
//! says it is of.

use axum::http::{HeaderMap, header};

use crate::app::scenarios::ScenarioFault;
use crate::http::problem::Problem;
use crate::http::query::quoted;

impl Problem {
    /// What a fault of a draft means over the wire.
    pub(crate) fn of_scenario(fault: &ScenarioFault) -> Self {
        match fault {
            ScenarioFault::ReadOnly(why) => Self::read_only(why),
            ScenarioFault::Unknown(_) => Self::unknown("scenario", fault),
            ScenarioFault::UnknownVersion(_) => Self::unknown("version", fault),
            ScenarioFault::Stale { .. } => Self::precondition_failed("stale-scenario", fault),
            ScenarioFault::PublishedMeanwhile { .. } => {
                Self::precondition_failed("published-meanwhile", fault)
            }
            ScenarioFault::NoAreas(_) => {
                Self::unprocessable("no-beats", "The workspace has no areas to draw on", fault)
            }
            ScenarioFault::Text { field } | ScenarioFault::Personal { field, .. } => {
                Self::parameter(field, fault)
            }
            ScenarioFault::Edit(_) => {
                Self::unprocessable("invalid-edit", "The edit can't be made", fault)
            }
            ScenarioFault::Faulty { .. } => {
                Self::unprocessable("faulty-draft", "The draft has faults", fault)
            }
            ScenarioFault::NothingNew => {
                Self::unprocessable("nothing-new", "There is nothing to publish", fault)
            }
        }
    }
}

/// The version that `If-Match` names.
///
/// # Errors
/// [`Problem`]: 428 where it is missing, 412 where it is no version of ours.
pub fn if_match(headers: &HeaderMap) -> Result<u64, Problem> {
    let Some(tag) = headers.get(header::IF_MATCH) else {
        return Err(Problem::precondition_required(
            "send the version that you have as If-Match: \"3\"; it came as the ETag",
        ));
    };
    let text = tag.to_str().unwrap_or_default().trim();
    let bare = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
    bare.parse().map_err(|_| {
        let text = quoted(text);
        Problem::precondition_failed(
            "stale-scenario",
            format!("{text} is no version; fetch it anew"),
        )
    })
}
