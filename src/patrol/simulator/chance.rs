//! Seeded chance: each subject of a run draws from a stream of its own, so that the calls
//! are the same whatever the units do (common random numbers).

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Background calls of a stratum.
    Calls(u32),
    /// What calls trigger.
    Repeats,
    /// How long and how urgent each call is.
    Details,
    /// Where units that roam go.
    Roaming,
    /// Which legs are measured.
    Legs,
}

/// The stream of a subject under a seed.
pub fn stream(seed: u64, subject: Subject) -> ChaCha8Rng {
    let number = match subject {
        Subject::Repeats => 1,
        Subject::Details => 2,
        Subject::Roaming => 3,
        Subject::Legs => 4,
        Subject::Calls(stratum) => 16 + u64::from(stratum),
    };
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(number);
    chance
}
