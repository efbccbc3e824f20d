//! The additive relaxation of a patrol problem as JSON, for solvers of vehicle routing with
//! optional visits: units, visits with prizes and windows, drives in whole seconds.
//!
//! A solution is a JSON object `{"problem": name, "sha256": of the problem, "solver": …,
//! "seconds": …, "rounds": [[visit, …], …]}`, a round a unit, visits by their number here.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::patrol::peers::relaxation::Relaxation;
use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::reach::{NEVER, Reach};
use crate::place::id::hex;

/// What the numbers mean, in the file itself.
const ABOUT: &str = "Make the rounds with the most prize. A unit starts at its point, not before \
    from_s, and has left its last visit by until_s (and is at its end_point by then, where it \
    has one). A visit begins within [from_s, until_s] and takes stay_s; required ones must be \
    made, each visit at most once; two visits of one point that are not required may not follow \
    each other. travel_s[i][j]: whole seconds from point i to point j, null \
    where there is no way.";

/// The text, and what it is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerProblem {
    /// The file's text.
    pub text: String,
    /// SHA-256 of what is to be solved, hexadecimal.
    pub sha256: String,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    sha256: &'a str,
    about: &'static str,
    #[serde(flatten)]
    question: &'a Question,
}

#[derive(Serialize)]
struct Question {
    window_s: u64,
    slots: u32,
    units: Vec<UnitLine>,
    visits: Vec<VisitLine>,
    travel_s: Vec<Vec<Option<u32>>>,
}

#[derive(Serialize)]
struct UnitLine {
    point: usize,
    from_s: u32,
    until_s: u32,
    end_point: Option<usize>,
}

#[derive(Serialize)]
struct VisitLine {
    point: usize,
    stay_s: u32,
    from_s: u32,
    until_s: u32,
    prize: f64,
    required: bool,
}

/// Writes a relaxed problem under a name.
///
/// # Errors
/// The writer's.
pub fn peer_problem_json(
    problem: &PlanProblem,
    relaxation: &Relaxation,
    name: &str,
) -> Result<PeerProblem, serde_json::Error> {
    let question = question(problem, relaxation);
    let sha256 = hex(&Sha256::digest(serde_json::to_vec(&question)?));
    let text = serde_json::to_string(&Named {
        name,
        sha256: &sha256,
        about: ABOUT,
        question: &question,
    })?;
    Ok(PeerProblem { text, sha256 })
}

fn question(problem: &PlanProblem, relaxation: &Relaxation) -> Question {
    let reach = Reach::new(problem);
    let points = problem.points();
    let drive = |from: usize, to: usize| match reach.seconds(from as u32, to as u32) {
        NEVER => None,
        seconds => Some(seconds),
    };
    Question {
        window_s: problem.window_s(),
        slots: relaxation.slots,
        units: problem
            .units
            .iter()
            .enumerate()
            .map(|(number, unit)| UnitLine {
                point: problem.unit_point(number),
                from_s: unit.from_ms.div_ceil(1000),
                until_s: unit.until_ms / 1000,
                end_point: unit.end.map(|place| problem.place_point(place)),
            })
            .collect(),
        visits: relaxation
            .visits
            .iter()
            .map(|visit| VisitLine {
                point: visit.point,
                stay_s: visit.stay_s,
                from_s: visit.from_s,
                until_s: visit.until_s,
                prize: visit.prize,
                required: visit.required,
            })
            .collect(),
        travel_s: (0..points)
            .map(|from| (0..points).map(|to| drive(from, to)).collect())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::patrol::made_up::{TownSize, town};
    use crate::patrol::peers::relaxation::relax;
    use crate::roads::network::UNREACHABLE;

    #[test]
    fn the_file_says_what_the_problem_says() {
        let size = TownSize {
            units: 2,
            candidates: 5,
            must_visits: 1,
            hours: 4.0,
            side_m: 3000.0,
        };
        let mut problem = town(size, 3).unwrap();
        problem.travel.millis[1] = UNREACHABLE;
        let relaxation = relax(&problem, 2);
        let written = peer_problem_json(&problem, &relaxation, "small").unwrap();
        let read: Value = serde_json::from_str(&written.text).unwrap();
        assert_eq!(read["name"], "small");
        assert_eq!(read["sha256"], written.sha256.as_str());
        assert_eq!(read["units"].as_array().unwrap().len(), 2);
        assert_eq!(read["visits"].as_array().unwrap().len(), 5 * 2 + 2);
        assert_eq!(read["visits"][11]["required"], true);
        assert_eq!(read["visits"][11]["from_s"], 7200);
        assert_eq!(read["travel_s"].as_array().unwrap().len(), 8);
        assert_eq!(read["travel_s"][0][1], Value::Null);
        let millis = problem.travel.millis(2, 3).unwrap();
        assert_eq!(read["travel_s"][2][3], millis.div_ceil(1000));
        // Another name is the same question; another town is not.
        let renamed = peer_problem_json(&problem, &relaxation, "other").unwrap();
        assert_eq!(renamed.sha256, written.sha256);
        let other = town(size, 4).unwrap();
        let other = peer_problem_json(&other, &relax(&other, 2), "small").unwrap();
        assert_ne!(other.sha256, written.sha256);
    }
}
