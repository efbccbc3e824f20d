//! The fingerprint of what a surface was made from, and the making of a surface with it.

use sha2::{Digest, Sha256};

use crate::grid::hexgrid::HexGrid;
use crate::place::id::hex;
use crate::risk::model::{RiskError, RiskEvent, RiskModel, RiskQuestion};
use crate::risk::surface::{Provenance, RiskSurface};

/// Runs a model and says on the surface what made it. `categories` are those the events
/// were chosen by.
///
/// # Errors
/// [`RiskError`].
pub fn surface(
    model: &dyn RiskModel,
    question: &RiskQuestion<'_>,
    events: &[RiskEvent],
    categories: &[String],
) -> Result<RiskSurface, RiskError> {
    let answer = model.predict(question, events)?;
    Ok(RiskSurface {
        expected: answer.expected,
        grid: question.grid.clone(),
        provenance: Provenance {
            model: model.name().into(),
            parameters: answer.parameters,
            look_back: question.look_back,
            window: question.window,
            hours: question.hours.clone(),
            categories: categories.to_vec(),
            resolution: question.grid.resolution(),
            events: answer.events,
            inputs_sha256: fingerprint(question.grid, events),
            version: env!("CARGO_PKG_VERSION").into(),
        },
    })
}

/// SHA-256 of events (in their order) and grid, hexadecimal.
pub fn fingerprint(grid: &HexGrid, events: &[RiskEvent]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"frontbeat risk inputs 1");
    hash.update((events.len() as u64).to_le_bytes());
    for event in events {
        hash.update(event.position.lon().to_le_bytes());
        hash.update(event.position.lat().to_le_bytes());
        hash.update(event.at.as_nanosecond().to_le_bytes());
    }
    for cell in grid.cells() {
        hash.update(cell.number().to_le_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    hex(&digest)
}
