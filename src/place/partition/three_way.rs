//! What two planners did to the same areas, side by side, and joined.
//!
//! Areas that gave ground to each other belong together: taken from different planners they
//! would overlap or leave a gap. Such groups are chosen whole. A group holds the same ground
//! in all three versions, so that any choice of groups is a partition again.

use std::collections::{BTreeMap, BTreeSet};

use geo::BooleanOps;
use serde::{Deserialize, Serialize};

use crate::place::partition::knit::{HAIR_M, join};
use crate::place::partition::part::{Part, plane_m2, shared_m2};

/// Less ground than this is the same, m².
const SAME_M2: f64 = 0.05;

/// What became of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// As it was.
    Same,
    /// New.
    Added,
    /// Gone: merged into another.
    Removed,
    /// Its borders moved.
    Reshaped,
    /// Only its name or station is another.
    Renamed,
}

/// Whose version of a group is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// That of whoever asks.
    Mine,
    /// That of the other.
    Theirs,
}

/// An area that somebody changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// Its id.
    pub id: String,
    /// Its name: mine, else theirs, else as it was.
    pub name: String,
    /// What I did.
    pub mine: Became,
    /// What they did.
    pub theirs: Became,
}

/// Areas that are chosen together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The areas, by id.
    pub areas: Vec<Changed>,
    /// Whether both changed it, and not alike: somebody has to choose.
    pub conflict: bool,
    /// Whose is taken where nobody chooses.
    pub taken: Side,
}

/// The changes of both, in groups; those with a conflict first.
pub fn groups(base: &[Part], mine: &[Part], theirs: &[Part]) -> Vec<Group> {
    let [was, my, their] = [base, mine, theirs].map(by_id);
    let ids: BTreeSet<&str> = [&was, &my, &their]
        .into_iter()
        .flat_map(|of| of.keys().copied())
        .collect();
    let mut changed: Vec<Changed> = Vec::new();
    for id in ids {
        let of = [was.get(id), my.get(id), their.get(id)].map(|p| p.copied());
        let (i_did, they_did) = (became(of[0], of[1]), became(of[0], of[2]));
        if i_did != Became::Same || they_did != Became::Same {
            let name = of[1].or(of[2]).or(of[0]).map_or("", |p| p.name.as_str());
            changed.push(Changed {
                id: id.to_owned(),
                name: name.to_owned(),
                mine: i_did,
                theirs: they_did,
            });
        }
    }
    let mut group_of: Vec<usize> = (0..changed.len()).collect();
    for (i, a) in changed.iter().enumerate() {
        for (j, b) in changed.iter().enumerate() {
            let gave = |now: &BTreeMap<&str, &Part>| {
                let pair = (now.get(a.id.as_str()), was.get(b.id.as_str()));
                matches!(pair, (Some(now), Some(was)) if shared_m2(&now.area, &was.area) > SAME_M2)
            };
            if i != j && (gave(&my) || gave(&their)) {
                let (from, to) = (group_of[i], group_of[j]);
                group_of
                    .iter_mut()
                    .filter(|g| **g == from)
                    .for_each(|g| *g = to);
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<Changed>> = BTreeMap::new();
    for (area, group) in changed.into_iter().zip(group_of) {
        members.entry(group).or_default().push(area);
    }
    let mut all: Vec<Group> = members
        .into_values()
        .map(|areas| {
            let i_did = areas.iter().any(|a| a.mine != Became::Same);
            let they_did = areas.iter().any(|a| a.theirs != Became::Same);
            let alike = areas.iter().all(|area| {
                let (a, b) = (my.get(area.id.as_str()), their.get(area.id.as_str()));
                became(a.copied(), b.copied()) == Became::Same
            });
            Group {
                conflict: i_did && they_did && !alike,
                taken: if i_did && !they_did {
                    Side::Mine
                } else {
                    Side::Theirs
                },
                areas,
            }
        })
        .collect();
    all.sort_by_key(|group| !group.conflict);
    all
}

/// Theirs, with those groups of mine that are chosen: one choice a group of [`groups`].
pub fn compose(mine: &[Part], theirs: &[Part], groups: &[Group], chosen: &[Side]) -> Vec<Part> {
    let from_me: BTreeSet<&str> = groups
        .iter()
        .zip(chosen)
        .filter(|(_, side)| **side == Side::Mine)
        .flat_map(|(group, _)| group.areas.iter().map(|area| area.id.as_str()))
        .collect();
    let is_mine = |part: &&Part| from_me.contains(part.id.as_str());
    let mut all: Vec<Part> = theirs.iter().filter(|p| !is_mine(p)).cloned().collect();
    all.extend(mine.iter().filter(is_mine).cloned());
    all.sort_by(|a, b| a.id.cmp(&b.id));
    // The one's neighbours have not the other's new corners.
    join(&all, HAIR_M)
}

fn by_id(parts: &[Part]) -> BTreeMap<&str, &Part> {
    parts.iter().map(|part| (part.id.as_str(), part)).collect()
}

fn became(was: Option<&Part>, is: Option<&Part>) -> Became {
    match (was, is) {
        (None, None) => Became::Same,
        (None, Some(_)) => Became::Added,
        (Some(_), None) => Became::Removed,
        (Some(was), Some(is)) if !is_same_ground(was, is) => Became::Reshaped,
        (Some(was), Some(is)) if (&was.name, &was.station) != (&is.name, &is.station) => {
            Became::Renamed
        }
        _ => Became::Same,
    }
}

/// Corners put on a straight border change nothing.
fn is_same_ground(a: &Part, b: &Part) -> bool {
    if a.area == b.area {
        return true;
    }
    plane_m2(&a.area.shape().xor(b.area.shape())) <= SAME_M2
}
