//! The fingerprint of what a surface was made from, and the making of a surface with it.

use sha2::{Digest, Sha256};

use crate::grid::hexgrid::HexGrid;
use crate::place::id::hex;
use crate::risk::model::{RiskError, RiskEvent, RiskModel, RiskQuestion, TerrainFactor};
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
    let mut answer = model.predict(question, events)?;
    let unknown = question.without.iter();
    let unknown_s: f64 = unknown
        .filter_map(|w| w.overlap(question.look_back))
        .map(|w| w.length().0)
        .sum();
    if unknown_s > 0.0 {
        let days = format!("{:.2}", unknown_s / 86_400.0);
        answer.parameters.insert("quarantined_days".into(), days);
    }
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
            inputs_sha256: fingerprint(question.grid, events, question.terrain),
            version: env!("CARGO_PKG_VERSION").into(),
        },
    })
}

/// SHA-256 of events (in their order), grid and, where there are any, factors of the
/// terrain, hexadecimal.
pub fn fingerprint(grid: &HexGrid, events: &[RiskEvent], terrain: &[TerrainFactor]) -> String {
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
    for factor in terrain {
        hash.update((factor.name.len() as u64).to_le_bytes());
        hash.update(factor.name.as_bytes());
        hash.update((factor.positions.len() as u64).to_le_bytes());
        for position in &factor.positions {
            hash.update(position.lon().to_le_bytes());
            hash.update(position.lat().to_le_bytes());
        }
    }
    let digest: [u8; 32] = hash.finalize().into();
    hex(&digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::small_town::{event, grid, place};

    #[test]
    fn another_event_place_or_name_is_another_fingerprint() {
        let grid = grid(8);
        let events = [event(0.5, 0.5, jiff::Timestamp::UNIX_EPOCH)];
        let terrain = |name: &str, x| {
            [TerrainFactor {
                name: name.into(),
                positions: vec![place(x, 0.5)],
            }]
        };
        let all = [
            fingerprint(&grid, &events, &[]),
            fingerprint(&grid, &[], &[]),
            fingerprint(&grid, &events, &terrain("posts", 0.1)),
            fingerprint(&grid, &events, &terrain("posts", 0.2)),
            fingerprint(&grid, &events, &terrain("cameras", 0.1)),
        ];
        for (i, one) in all.iter().enumerate() {
            assert!(all[..i].iter().all(|other| other != one));
        }
        assert_eq!(all[0], fingerprint(&grid, &events, &[]));
    }
}
