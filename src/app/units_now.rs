//! The units that a window is about: those of the live board where it runs or begins soon,
//! else those of the layer.

use jiff::Timestamp;

use crate::app::live::follow::newest;
use crate::calendar::window::Window;
use crate::live::ground::Ground;
use crate::patrol::units_from::UnitsFrom;
use crate::place::feature::Unit;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// Units, and where they are from.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitsNow {
    /// All of them, whatever they do.
    pub units: Vec<Unit>,
    /// Board or layer.
    pub from: UnitsFrom,
}

/// The units for a window, as seen at an instant. The board is the fold of the log, so that
/// it is known where no service runs too.
///
/// # Errors
/// [`StoreError`].
pub async fn units_for(
    workspace: &Workspace,
    window: Window,
    now: Timestamp,
) -> Result<UnitsNow, StoreError> {
    let layer = workspace.units().await?;
    let from = UnitsFrom::of(window, now);
    let units = match from {
        UnitsFrom::Layer => layer,
        UnitsFrom::Board => {
            let board = newest(workspace).await?;
            Ground::new(layer, []).units_now(&board, now)
        }
    };
    Ok(UnitsNow { units, from })
}
