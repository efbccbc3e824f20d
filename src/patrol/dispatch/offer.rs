//! When each unit could be at a call: an idle one now, a busy one after its job.

use crate::roads::network::{RoadNetwork, Snap};

/// A unit as the dispatcher sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Responder {
    /// Where it drives off: where it is or, on a leg, the next point it can turn off at;
    /// where its job is, if it has one.
    pub from: Snap,
    /// Milliseconds until it can drive off from there.
    pub ready_ms: u32,
    /// Whether it is idle, or has a job first.
    pub when: When,
}

/// Whether a unit can be sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Idle: at once.
    Now,
    /// Busy: once its current job is done, as far as one knows.
    AfterJob,
}

/// What a unit offers for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Which unit, by the caller's number.
    pub unit: usize,
    /// At once, or after its job.
    pub when: When,
    /// Milliseconds until it is there.
    pub eta_ms: u32,
}

/// The offers of all units that have a way to the call, in the units' order. Travel times
/// are the network's, to the millisecond.
pub fn offers(network: &RoadNetwork, units: &[Responder], call: Snap) -> Vec<Offer> {
    let from: Vec<Snap> = units.iter().map(|unit| unit.from).collect();
    let travel = network.matrix(&from, &[call]);
    let offer = |(unit, responder): (usize, &Responder)| {
        let drive_ms = travel.millis(unit, 0)?;
        Some(Offer {
            unit,
            when: responder.when,
            eta_ms: responder.ready_ms.checked_add(drive_ms)?,
        })
    };
    units.iter().enumerate().filter_map(offer).collect()
}
