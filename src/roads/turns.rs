//! Turn restrictions resolved to pairs of arcs: "having come by this arc, not into that".
//!
//! A restriction names ways; it is used only where it names exactly one arc to come by
//! and one to leave by. Where a way runs on through the node, its two halves can't be
//! told apart, and a wrong ban would be worse than none: such a restriction is unused.

use std::collections::{HashMap, HashSet};

use crate::roads::draft::RestrictionDraft;

/// An arc as far as turning is concerned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TurnArc {
    /// The source's id of its way.
    pub way: i64,
    /// Crossing at which it starts.
    pub tail: u32,
    /// Crossing at which it ends.
    pub head: u32,
    /// The same street driven the other way.
    pub twin: Option<u32>,
}

/// A restriction whose arcs are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ResolvedTurn {
    /// Coming by this arc…
    pub from: u32,
    /// …this one may not be taken, or is the only one that may.
    pub to: u32,
    /// Every other arc is forbidden instead of this one.
    pub only: bool,
}

/// A forbidden turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ForbiddenTurn {
    /// Coming by this arc…
    pub from: u32,
    /// …one may not leave by this.
    pub to: u32,
}

/// The restrictions that name one arc to come by and one to leave by.
pub(crate) fn resolve(
    restrictions: &[RestrictionDraft],
    crossings: &HashMap<i64, u32>,
    arcs: &[TurnArc],
) -> Vec<ResolvedTurn> {
    let wanted: HashSet<u32> = restrictions
        .iter()
        .filter_map(|r| crossings.get(&r.via_node).copied())
        .collect();
    let arriving = arcs_by(&wanted, arcs, |a| a.head);
    let leaving = arcs_by(&wanted, arcs, |a| a.tail);
    let of_way = |list: Option<&Vec<u32>>, way: i64| -> Vec<u32> {
        let all = list.into_iter().flatten().copied();
        all.filter(|&a| arcs[a as usize].way == way).collect()
    };
    restrictions
        .iter()
        .filter_map(|r| {
            let via = crossings.get(&r.via_node)?;
            let &[from] = &of_way(arriving.get(via), r.from_way)[..] else {
                return None;
            };
            let mut to = of_way(leaving.get(via), r.to_way);
            if r.from_way == r.to_way {
                // "Not into the street one came by" means turning round; "only into it"
                // means straight on.
                let round = arcs[from as usize].twin;
                to.retain(|&arc| (Some(arc) == round) != r.only);
            }
            let &[to] = &to[..] else { return None };
            Some(ResolvedTurn {
                from,
                to,
                only: r.only,
            })
        })
        .collect()
}

/// All forbidden turns, ascending, each once.
pub(crate) fn forbidden(resolved: &[ResolvedTurn], arcs: &[TurnArc]) -> Vec<ForbiddenTurn> {
    let at = |turn: &ResolvedTurn| arcs[turn.from as usize].head;
    let wanted: HashSet<u32> = resolved.iter().map(at).collect();
    let leaving = arcs_by(&wanted, arcs, |a| a.tail);
    let mut out = Vec::new();
    for turn in resolved {
        let all = leaving.get(&at(turn)).into_iter().flatten().copied();
        out.extend(
            all.filter(|&arc| (arc == turn.to) != turn.only)
                .map(|to| ForbiddenTurn {
                    from: turn.from,
                    to,
                }),
        );
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Arcs by the crossing that `end` names, for the wanted crossings.
fn arcs_by(
    wanted: &HashSet<u32>,
    arcs: &[TurnArc],
    end: fn(&TurnArc) -> u32,
) -> HashMap<u32, Vec<u32>> {
    let mut by: HashMap<u32, Vec<u32>> = HashMap::new();
    for (number, arc) in (0u32..).zip(arcs) {
        if wanted.contains(&end(arc)) {
            by.entry(end(arc)).or_default().push(number);
        }
    }
    by
}
