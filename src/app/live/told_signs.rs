//! Signs of life of the pillars, from service to service: a pillar gives them to one, and all
//! of them must know that it lives. They are told together every few seconds and are no
//! events: one that is missed is followed by the next.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::broadcast::error::RecvError;

use crate::app::live::Live;
use crate::place::feature::AlarmPillar;
use crate::place::id::Id;

/// How often they are told; pillars are silent after minutes.
const EVERY: Duration = Duration::from_secs(5);

/// Milliseconds since 1970 of each pillar's last sign.
type Told = BTreeMap<String, i64>;

impl Live {
    /// A pillar has given a sign of life here.
    pub(super) fn note_sign(&self, pillar: Id<AlarmPillar>, at: Timestamp) {
        if self.workspace.is_shared() {
            let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
            untold.note(pillar.clone(), at);
        }
        self.signs.send_modify(|signs| signs.note(pillar, at));
    }

    /// Tells other services of signs of life, and hears of theirs, until the task is dropped.
    pub async fn share_signs(self: Arc<Self>) {
        let Some(mut words) = self.workspace.words() else {
            return;
        };
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                heard = words.recv() => match heard {
                    Ok(words) => self.hear_signs(&words),
                    // The next ones come in a moment.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                },
                _ = ticks.tick() => self.tell_signs().await,
            }
        }
    }

    fn hear_signs(&self, words: &str) {
        let Ok(told) = serde_json::from_str::<Told>(words) else {
            tracing::debug!(words, "another service tells what is not understood");
            return;
        };
        self.signs.send_modify(|signs| {
            for (pillar, at_ms) in told {
                if let Ok(at) = Timestamp::from_millisecond(at_ms) {
                    // Whoever may connect can tell something: none of it keeps a pillar alive.
                    signs.note(Id::new(pillar), at.min(self.clock.now()));
                }
            }
        });
    }

    async fn tell_signs(&self) {
        let untold = {
            let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *untold)
        };
        for words in told_as(untold.all(), self.workspace.longest_words()) {
            if let Err(fault) = self.workspace.tell(&words).await {
                tracing::debug!(%fault, "other services are not told of signs of life");
                return;
            }
        }
    }
}

/// What is told, in pieces of at most so many bytes.
fn told_as(
    signs: impl Iterator<Item = (Id<AlarmPillar>, Timestamp)>,
    longest: usize,
) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut told = Told::new();
    let mut bytes = 2;
    for (pillar, at) in signs {
        let (name, at_ms) = (pillar.as_str().to_owned(), at.as_millisecond());
        // As JSON has it, quotes and all, with colon, comma and a number of 20 digits at most.
        let more = serde_json::to_string(&name).map_or(0, |name| name.len()) + 22;
        if bytes + more > longest && !told.is_empty() {
            pieces.extend(serde_json::to_string(&std::mem::take(&mut told)));
            bytes = 2;
        }
        bytes += more;
        told.insert(name, at_ms);
    }
    if !told.is_empty() {
        pieces.extend(serde_json::to_string(&told));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_told_in_pieces_that_are_short_enough() {
        let at = Timestamp::from_millisecond(1_764_000_000_123).unwrap();
        let signs = || (0..500).map(|n| (Id::new(format!("\"柱\"{n}")), at));
        let pieces = told_as(signs(), 300);
        assert!(pieces.len() > 10);
        assert!(pieces.iter().all(|piece| piece.len() <= 300));
        let mut all = Told::new();
        for piece in &pieces {
            all.extend(serde_json::from_str::<Told>(piece).unwrap());
        }
        assert_eq!(all.len(), 500);
        assert!(all.values().all(|&ms| ms == at.as_millisecond()));
        assert!(told_as(signs().take(0), 300).is_empty());
    }
}
