//! Whether a log goes on from the event that a board ends with. It does not where a standby
//! that lacked the last events has become the primary, or where an older copy was restored:
//! numbers mean other events then, or none so far.

use crate::live::event::LoggedEvent;

/// How a log goes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Onward {
    /// With these, oldest first.
    New(Vec<LoggedEvent>),
    /// It ends before the board does.
    Shorter,
    /// Not at all: the board's last event is not in it.
    Another,
}

/// How a log goes on after the event `sequence`, by what was read of it from that one on.
/// `newest` is that event as the board had it; where it is not known, its number has to do.
pub fn onward(sequence: u64, newest: Option<&LoggedEvent>, mut read: Vec<LoggedEvent>) -> Onward {
    if sequence == 0 {
        return Onward::New(read);
    }
    let Some(first) = read.first() else {
        return Onward::Shorter;
    };
    // One that is gone may have been thinned out, long ago: nobody knows.
    let is_other =
        first.sequence != sequence || newest.is_some_and(|newest| !are_same(newest, first));
    if is_other {
        return Onward::Another;
    }
    read.remove(0);
    Onward::New(read)
}

/// Whether two are one event: as it was written and as it was read.
pub fn are_same(one: &LoggedEvent, other: &LoggedEvent) -> bool {
    // What was left out because it says nothing may be read as something that says nothing.
    let text = |event| serde_json::to_string(event).ok();
    one.sequence == other.sequence
        && one.at.as_millisecond() == other.at.as_millisecond()
        && (one.event == other.event || text(&one.event) == text(&other.event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::event::EventKind;

    fn event(sequence: u64, plan: &str) -> LoggedEvent {
        LoggedEvent {
            sequence,
            at: "2026-11-26T14:00:00Z".parse().unwrap(),
            event: EventKind::PlanMade { plan: plan.into() },
        }
    }

    #[test]
    fn a_log_goes_on_only_from_the_boards_own_last_event() {
        let (own, next) = (event(7, "a"), event(8, "b"));
        let read = vec![own.clone(), next.clone()];
        assert_eq!(
            onward(7, Some(&own), read.clone()),
            Onward::New(vec![next.clone()])
        );
        assert_eq!(onward(7, None, read), Onward::New(vec![next.clone()]));
        assert_eq!(
            onward(7, Some(&own), vec![own.clone()]),
            Onward::New(Vec::new())
        );
        // Somebody else's event has the number.
        let other = vec![event(7, "c"), next.clone()];
        assert_eq!(onward(7, Some(&own), other), Onward::Another);
        assert_eq!(onward(7, Some(&own), vec![next]), Onward::Another);
        assert_eq!(onward(7, Some(&own), Vec::new()), Onward::Shorter);
        // An empty board begins with whatever there is.
        let all = vec![event(1, "a")];
        assert_eq!(onward(0, None, all.clone()), Onward::New(all));
    }
}
