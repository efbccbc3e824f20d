//! Turn restrictions resolved to pairs of arcs: "having come by this arc, not into that".
//!
//! A restriction names ways; it is used only where it names exactly one arc to come by
//! and one to leave by. Where a way runs on through the node, its two halves can't be
//! told apart, and a wrong ban would be worse than none: such a restriction is unused.

use std::collections::HashMap;

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

/// A forbidden turn, and which restriction of the draft forbids it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ForbiddenTurn {
    /// Coming by this arc…
    pub from: u32,
    /// …one may not leave by this.
    pub to: u32,
    /// Place of the restriction in the list.
    pub restriction: usize,
}

/// All forbidden turns, ascending.
pub(crate) fn forbidden(
    restrictions: &[RestrictionDraft],
    crossings: &HashMap<i64, u32>,
    arcs: &[TurnArc],
) -> Vec<ForbiddenTurn> {
    let mut arriving: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut leaving: HashMap<u32, Vec<u32>> = HashMap::new();
    for r in restrictions {
        if let Some(&via) = crossings.get(&r.via_node) {
            arriving.entry(via).or_default();
            leaving.entry(via).or_default();
        }
    }
    for (number, arc) in (0u32..).zip(arcs) {
        if let Some(list) = arriving.get_mut(&arc.head) {
            list.push(number);
        }
        if let Some(list) = leaving.get_mut(&arc.tail) {
            list.push(number);
        }
    }

    let mut out = Vec::new();
    for (restriction, r) in restrictions.iter().enumerate() {
        let Some(via) = crossings.get(&r.via_node) else {
            continue;
        };
        let of_way = |list: Option<&Vec<u32>>, way: i64| -> Vec<u32> {
            let list = list.map_or(&[][..], Vec::as_slice);
            list.iter()
                .copied()
                .filter(|&a| arcs[a as usize].way == way)
                .collect()
        };
        let from = of_way(arriving.get(via), r.from_way);
        let [from] = from[..] else { continue };
        let to = if r.from_way == r.to_way {
            // A ban on turning round: back into the street one came by.
            arcs[from as usize].twin.into_iter().collect()
        } else {
            of_way(leaving.get(via), r.to_way)
        };
        let [to] = to[..] else { continue };
        let banned = leaving.get(via).into_iter().flatten().copied();
        for arc in banned.filter(|&arc| (arc == to) != r.only) {
            out.push(ForbiddenTurn {
                from,
                to: arc,
                restriction,
            });
        }
    }
    out.sort_unstable();
    out
}
