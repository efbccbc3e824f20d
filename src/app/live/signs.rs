//! Signs of life of the pillars. They come every few seconds and mean nothing as long as
//! they come, so that they are kept in memory; only falling silent and coming back are
//! events.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::live::board::Board;
use crate::live::command::Command;
use crate::place::feature::AlarmPillar;
use crate::place::id::Id;

/// When each pillar gave its last sign of life.
#[derive(Debug, Clone, Default)]
pub struct Signs {
    last: HashMap<Id<AlarmPillar>, Timestamp>,
}

impl Signs {
    /// A sign of life; an older one than is known changes nothing.
    pub fn note(&mut self, pillar: Id<AlarmPillar>, at: Timestamp) {
        let last = self.last.entry(pillar).or_insert(at);
        *last = at.max(*last);
    }

    /// All that are known.
    pub fn all(self) -> impl Iterator<Item = (Id<AlarmPillar>, Timestamp)> {
        self.last.into_iter()
    }

    /// The last one.
    pub fn last(&self, pillar: &Id<AlarmPillar>) -> Option<Timestamp> {
        self.last.get(pillar).copied()
    }

    /// The pillars that have fallen silent by now, of those that give signs of life. `since` is
    /// from when on they are listened to without a break: silence counts from then on.
    pub fn silent(&self, board: &Board, since: Timestamp, now: Timestamp) -> Vec<Command> {
        let longest = board.settings.pillar_silence.0;
        let silent = |pillar: &Id<AlarmPillar>, online_since: Timestamp| {
            // What was last heard before one began to listen says nothing of the time between.
            let known = self.last(pillar).unwrap_or(since).max(since);
            let known = known.max(online_since);
            now.duration_since(known).as_secs_f64() >= longest
        };
        board
            .pillars
            .iter()
            .filter(|(pillar, state)| state.online && state.beats && silent(pillar, state.since))
            .map(|(pillar, _)| Command::Silent {
                pillar: pillar.clone(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::live::alarm::PillarNow;

    #[test]
    fn only_who_was_online_and_is_quiet_too_long_is_silent() {
        let start: Timestamp = "2026-11-26T14:00:00Z".parse().unwrap();
        let after = |s| start + SignedDuration::from_secs(s);
        let id = |text: &str| Id::<AlarmPillar>::new(text);
        let mut board = Board::default();
        for (name, online, beats) in [
            ("quiet", true, true),
            ("heard", true, true),
            ("off", false, true),
            ("only pressed", true, false),
        ] {
            let since = start;
            let now = PillarNow {
                online,
                since,
                beats,
            };
            board.pillars.insert(id(name), now);
        }
        let mut signs = Signs::default();
        signs.note(id("heard"), after(200));
        assert!(signs.silent(&board, start, after(299)).is_empty());
        let pillar = id("quiet");
        assert_eq!(
            signs.silent(&board, start, after(300)),
            [Command::Silent { pillar }]
        );
        assert_eq!(signs.silent(&board, start, after(500)).len(), 2);
        // Nobody listened from 250 to 450.
        assert!(signs.silent(&board, after(450), after(500)).is_empty());
        assert_eq!(signs.silent(&board, after(450), after(750)).len(), 2);
    }
}
