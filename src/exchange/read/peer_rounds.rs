//! Another solver's solution of a relaxed patrol problem; see
//! [`crate::exchange::peer_problem_json`] for the form.

use serde::Deserialize;
use thiserror::Error;

/// The largest file that is read, bytes: a million visits.
pub const MOST_BYTES: usize = 8 << 20;

/// The longest name of a solver that is printed.
const LONGEST_NAME: usize = 60;

/// A solution.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PeerRounds {
    /// Name of the problem.
    pub problem: String,
    /// What the problem is known by.
    pub sha256: String,
    /// Who solved it, with the version.
    pub solver: String,
    /// For how long it searched.
    pub seconds: f64,
    /// For each unit, its visits by number.
    pub rounds: Vec<Vec<usize>>,
}

/// Why a file is no solution.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PeerRoundsFault {
    /// More bytes than a solution can have.
    #[error("the file is over {} MiB, larger than any solution", MOST_BYTES >> 20)]
    TooLarge,
    /// Not JSON, or not of that form.
    #[error(
        "the file is no solution: {0}; it should be a JSON object with problem, sha256, solver, seconds and rounds (a list of visit numbers for each unit)"
    )]
    Form(String),
    /// A time that is none.
    #[error("the file says it took {0} seconds, which is no time")]
    Seconds(String),
}

/// Reads a solution.
///
/// # Errors
/// [`PeerRoundsFault`].
pub fn peer_rounds(bytes: &[u8]) -> Result<PeerRounds, PeerRoundsFault> {
    if bytes.len() > MOST_BYTES {
        return Err(PeerRoundsFault::TooLarge);
    }
    let mut read: PeerRounds =
        serde_json::from_slice(bytes).map_err(|fault| PeerRoundsFault::Form(fault.to_string()))?;
    if !read.seconds.is_finite() || read.seconds < 0.0 {
        return Err(PeerRoundsFault::Seconds(read.seconds.to_string()));
    }
    let plain = read.solver.chars().filter(|c| !c.is_control());
    read.solver = plain.take(LONGEST_NAME).collect();
    Ok(read)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = r#"{"problem": "p", "sha256": "00", "solver": "other 1.0",
        "seconds": 2.5, "rounds": [[0, 3], []]}"#;

    #[test]
    fn reads_what_is_written() {
        let read = peer_rounds(GOOD.as_bytes()).unwrap();
        assert_eq!(read.rounds, vec![vec![0, 3], vec![]]);
        assert_eq!((read.solver.as_str(), read.seconds), ("other 1.0", 2.5));
    }

    #[test]
    fn what_is_wrong_is_said_with_the_form_that_is_right() {
        for (bad, said) in [
            ("", "EOF"),
            ("[]", "no solution"),
            (r#"{"problem": "p"}"#, "missing field `sha256`"),
            (&GOOD.replace("[0, 3]", "[0, -3]"), "invalid value"),
            (
                &GOOD.replace("[[0, 3], []]", "[0, 3]"),
                "expected a sequence",
            ),
            (&GOOD.replace("2.5", "-1"), "which is no time"),
        ] {
            let fault = peer_rounds(bad.as_bytes()).unwrap_err().to_string();
            assert!(fault.contains(said), "{fault}");
        }
    }

    proptest! {
        #[test]
        fn no_file_is_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = peer_rounds(&bytes);
        }

        #[test]
        fn nor_a_torn_one(end in 0..GOOD.len()) {
            prop_assert!(peer_rounds(&GOOD.as_bytes()[..end]).is_err());
        }
    }
}
