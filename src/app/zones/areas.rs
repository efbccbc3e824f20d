//! Beats and zones as they are, and as a partition of the cells.

use crate::app::zones::error::ZonesJobError;
use crate::index::areas::AreaIndex;
use crate::patrol::zones::ground::ZoneGround;
use crate::patrol::zones::partition::Partition;
use crate::place::area::Area;
use crate::place::partition::part::Part;
use crate::risk::surface::RiskSurface;
use crate::store::workspace::Workspace;

/// A beat or zone as it is.
#[derive(Debug, Clone)]
pub(crate) struct OldArea {
    /// Its id.
    pub id: String,
    /// Its name, or its id where it has none.
    pub name: String,
    /// The station responsible for it.
    pub station: Option<String>,
    /// Its ground.
    pub area: Area,
}

impl OldArea {
    fn new(id: String, name: String, station: Option<String>, area: Area) -> Self {
        Self {
            name: if name.is_empty() { id.clone() } else { name },
            id,
            station,
            area,
        }
    }
}

impl OldArea {
    /// Of a planner's draft.
    pub(crate) fn of_part(part: &Part) -> Self {
        let (id, name) = (part.id.clone(), part.name.clone());
        Self::new(id, name, part.station.clone(), part.area.clone())
    }
}

/// The workspace's beats.
///
/// # Errors
/// [`ZonesJobError::Store`].
pub(crate) async fn beats(workspace: &Workspace) -> Result<Vec<OldArea>, ZonesJobError> {
    let beats = workspace.beats().await?.into_iter();
    let old = beats.map(|b| {
        let station = b.station.map(|s| s.to_string());
        OldArea::new(b.id.to_string(), b.name, station, b.area)
    });
    Ok(old.collect())
}

/// The workspace's patrol zones.
///
/// # Errors
/// [`ZonesJobError::Store`].
pub(crate) async fn patrol_zones(workspace: &Workspace) -> Result<Vec<OldArea>, ZonesJobError> {
    let zones = workspace.zones().await?.into_iter();
    let old = zones.map(|z| OldArea::new(z.id.to_string(), z.name, None, z.area));
    Ok(old.collect())
}

/// So many areas are named to who asks for one that there is not.
const NAMED: usize = 12;

/// Places in the list of those that are locked.
pub(crate) fn locked(old: &[OldArea], wanted: &[String]) -> Result<Vec<usize>, ZonesJobError> {
    let mut locked = Vec::new();
    for name in wanted {
        let found: Vec<usize> = (0..old.len())
            .filter(|&i| old[i].id == *name || old[i].name == *name)
            .collect();
        if found.is_empty() {
            let known: Vec<&str> = old.iter().take(NAMED).map(|o| o.name.as_str()).collect();
            let more = match old.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            return Err(ZonesJobError::UnknownLock {
                name: name.clone(),
                known: known.join(", ") + &more,
            });
        }
        locked.extend(found);
    }
    locked.sort_unstable();
    locked.dedup();
    Ok(locked)
}

/// The old areas as a partition of the cells: each cell is in the one that covers its
/// centre, the rest join the nearest. Areas without a cell are taken out of the list. None
/// where no area has one.
pub(crate) fn as_partition(
    surface: &RiskSurface,
    ground: &ZoneGround,
    old: &mut Vec<OldArea>,
    is_locked: &mut Vec<bool>,
    notes: &mut Vec<String>,
) -> Result<Option<Partition>, ZonesJobError> {
    let index = AreaIndex::new(old.iter().map(|o| o.area.clone()).collect());
    let known: Vec<Option<usize>> = surface
        .grid
        .centres()
        .iter()
        .map(|&c| index.at(c))
        .collect();
    let mut has_cells = vec![false; old.len()];
    for &area in known.iter().flatten() {
        has_cells[area] = true;
    }
    let mut number = vec![None; old.len()];
    let mut next = 0u32;
    for (area, has) in has_cells.iter().enumerate() {
        match has {
            true => {
                number[area] = Some(next);
                next += 1;
            }
            false => notes.push(format!(
                "{} is smaller than a cell and has none: it is left out; a finer --resolution shows it",
                old[area].name
            )),
        }
    }
    let mut keep = has_cells.iter();
    is_locked.retain(|_| *keep.next().unwrap_or(&false));
    let mut keep = has_cells.iter();
    old.retain(|_| *keep.next().unwrap_or(&false));
    if next == 0 {
        return Ok(None);
    }
    let known: Vec<Option<u32>> = known
        .iter()
        .map(|area| area.and_then(|a| number[a]))
        .collect();
    let (partition, joined) = Partition::filled(ground, &known, next as usize)?;
    if joined > 0 {
        notes.push(format!(
            "{joined} of {} cells have their centre in none of them: they count as of the nearest",
            ground.len()
        ));
    }
    Ok(Some(partition))
}

/// Locked areas' cells with the locks' numbers, the rest free.
pub(crate) fn fixed(
    ground: &ZoneGround,
    before: Option<&Partition>,
    locked: &[usize],
) -> Vec<Option<u32>> {
    let of = |cell: usize| {
        let zone = before?.zone(cell);
        let place = locked.iter().position(|&l| l == zone)?;
        Some(place as u32)
    };
    (0..ground.len()).map(of).collect()
}
