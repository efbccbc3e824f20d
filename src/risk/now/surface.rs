//! The surface of the hour that begins now ([`crate::risk::now`] has the formula).

use jiff::{SignedDuration, Timestamp};

use crate::calendar::window::Window;
use crate::place::measure::Seconds;
use crate::risk::now::excitement::Excitement;
use crate::risk::surface::RiskSurface;

/// Name of the model in the provenance.
pub const NAME: &str = "now";

const DAY_S: f64 = 86_400.0;

/// How long the hour is.
pub const LENGTH: Seconds = Seconds(3600.0);

/// The hour from an instant on.
///
/// `usual` is a surface of an hour as long; `holes` are stretches of which nothing was
/// recorded: what follows from them is taken to be as usual. `taken_in` names the last
/// incident that the sums have (an event's number): it makes the surface's name.
pub fn now_surface(
    usual: &RiskSurface,
    excitement: &Excitement,
    holes: &[Window],
    from: Timestamp,
    taken_in: u64,
) -> RiskSurface {
    let triggering = excitement.triggering();
    let follows = triggering.total();
    let unknown = unknown_share(triggering.decay, holes, from);
    let kept = 1.0 - follows * (1.0 - unknown);
    let mut expected = excitement.ahead(from, LENGTH);
    for (now, usual) in expected.iter_mut().zip(&usual.expected) {
        *now += kept * usual;
    }
    let mut provenance = usual.provenance.clone();
    let mut note = |name: &str, value: String| provenance.parameters.insert(name.into(), value);
    note("usual_by", usual.provenance.model.clone());
    note("triggered_per_event", format!("{follows:.4}"));
    note(
        "trigger_mean_days",
        format!("{:.3}", 1.0 / triggering.decay),
    );
    note("recent_incidents", excitement.sparks().to_string());
    note("not_recorded", format!("{unknown:.4}"));
    note("taken_in", taken_in.to_string());
    provenance.model = NAME.into();
    let end = from
        .checked_add(SignedDuration::from_secs(LENGTH.0 as i64))
        .unwrap_or(Timestamp::MAX);
    if let Ok(window) = Window::new(from, end) {
        provenance.window = window;
    }
    if let Ok(look_back) = Window::new(provenance.look_back.start(), from) {
        provenance.look_back = look_back;
    }
    RiskSurface {
        grid: usual.grid.clone(),
        expected,
        provenance,
    }
}

/// Of what follows from earlier incidents at an instant: the share that follows from those
/// of the holes, 0 to 1.
fn unknown_share(decay: f64, holes: &[Window], from: Timestamp) -> f64 {
    let left = |at: Timestamp| {
        let age_days = (from.duration_since(at).as_secs_f64() / DAY_S).max(0.0);
        (-decay * age_days).exp()
    };
    let all: f64 = holes
        .iter()
        .map(|hole| left(hole.end()) - left(hole.start()))
        .sum();
    all.clamp(0.0, 1.0)
}

#[cfg(test)]
#[path = "surface_tests.rs"]
mod tests;
