//! From a draft to the graph: stretches become arcs, forbidden turns become extra nodes,
//! and what is not of the largest strongly connected part is left out.

use std::collections::{BTreeSet, HashMap};

use crate::roads::component::components;
use crate::roads::draft::{RoadDraft, WayDirection};
use crate::roads::graph::{Arc, NO_TWIN, RoadGraph};
use crate::roads::network::{BuildReport, RoadError};
use crate::roads::speed::SpeedTable;
use crate::roads::stretch::{self, Stretch, Stretches};
use crate::roads::turns::{self, ForbiddenTurn, ResolvedTurn, TurnArc};

/// Builds the graph and counts.
pub(crate) fn build(
    draft: &RoadDraft,
    speeds: &SpeedTable,
) -> Result<(RoadGraph, BuildReport), RoadError> {
    let stretches = stretch::cut(draft, speeds);
    if stretches.list.is_empty() {
        return Err(RoadError::NoRoads {
            ways: draft.ways.len(),
        });
    }
    let (arcs, turn_arcs) = arcs_of(draft, &stretches.list);
    let resolved = turns::resolve(&draft.restrictions, &stretches.crossings, &turn_arcs);
    let banned = turns::forbidden(&resolved, &turn_arcs);
    let wide = Wide::new(stretches.crossings.len(), &turn_arcs, &banned);
    let kept = wide.largest_component();
    if !kept.arcs.iter().any(Option::is_some) {
        return Err(RoadError::NoRound);
    }
    let graph = narrow(draft, &stretches.list, &arcs, &wide, &kept);
    let report = report(draft, &stretches, &graph, &resolved, &kept);
    Ok((graph, report))
}

/// One direction of a stretch.
#[derive(Debug, Clone, Copy)]
struct RawArc {
    stretch: usize,
    reversed: bool,
}

/// Both directions of each stretch where both may be driven, next to each other.
fn arcs_of(draft: &RoadDraft, stretches: &[Stretch]) -> (Vec<RawArc>, Vec<TurnArc>) {
    let (mut arcs, mut turn_arcs) = (Vec::new(), Vec::new());
    for (number, stretch) in stretches.iter().enumerate() {
        let next = arcs.len() as u32;
        let both = stretch.direction == WayDirection::Both;
        for reversed in [false, true] {
            let driven = both || reversed == (stretch.direction == WayDirection::Backward);
            if !driven {
                continue;
            }
            let (tail, head) = if reversed {
                (stretch.to, stretch.from)
            } else {
                (stretch.from, stretch.to)
            };
            arcs.push(RawArc {
                stretch: number,
                reversed,
            });
            turn_arcs.push(TurnArc {
                way: draft.ways[stretch.way].id,
                tail,
                head,
                twin: both.then_some(if reversed { next } else { next + 1 }),
            });
        }
    }
    (arcs, turn_arcs)
}

/// The graph with the extra nodes of forbidden turns.
struct Wide {
    first_out: Vec<u32>,
    /// Arcs as they leave nodes.
    out: Vec<u32>,
    /// The node in which each arc ends.
    head: Vec<u32>,
}

impl Wide {
    fn new(crossings: usize, arcs: &[TurnArc], banned: &[ForbiddenTurn]) -> Self {
        // An arc from which a turn is forbidden ends in a node of its own.
        let mut head: Vec<u32> = arcs.iter().map(|a| a.head).collect();
        let mut copy_of: Vec<(u32, u32)> = Vec::new();
        let mut last = None;
        for turn in banned {
            if last != Some(turn.from) {
                last = Some(turn.from);
                head[turn.from as usize] = (crossings + copy_of.len()) as u32;
                copy_of.push((arcs[turn.from as usize].head, turn.from));
            }
        }

        let mut leaving: Vec<Vec<u32>> = vec![Vec::new(); crossings];
        for (number, arc) in (0u32..).zip(arcs) {
            leaving[arc.tail as usize].push(number);
        }
        let pairs: BTreeSet<(u32, u32)> = banned.iter().map(|t| (t.from, t.to)).collect();
        for &(crossing, by) in &copy_of {
            let allowed = leaving[crossing as usize]
                .iter()
                .copied()
                .filter(|&arc| !pairs.contains(&(by, arc)))
                .collect();
            leaving.push(allowed);
        }

        let mut first_out = Vec::with_capacity(leaving.len() + 1);
        first_out.push(0);
        let mut out = Vec::new();
        for arcs in leaving {
            out.extend(arcs);
            first_out.push(out.len() as u32);
        }
        Self {
            first_out,
            out,
            head,
        }
    }

    fn nodes(&self) -> usize {
        self.first_out.len() - 1
    }

    fn leaving(&self, node: usize) -> &[u32] {
        &self.out[self.first_out[node] as usize..self.first_out[node + 1] as usize]
    }

    /// The component with the most arcs inside, its nodes and arcs renumbered.
    fn largest_component(&self) -> Kept {
        let heads: Vec<u32> = self.out.iter().map(|&a| self.head[a as usize]).collect();
        let component = components(&self.first_out, &heads);
        let inside =
            |node: usize, arc: u32| component[self.head[arc as usize] as usize] == component[node];
        let mut size: HashMap<u32, usize> = HashMap::new();
        for (node, &of) in component.iter().enumerate() {
            let arcs = self.leaving(node).iter().filter(|&&a| inside(node, a));
            *size.entry(of).or_default() += arcs.count();
        }
        // Equal sizes: the component that comes first, whatever the map's order is.
        let largest = size
            .into_iter()
            .max_by_key(|&(c, arcs)| (arcs, std::cmp::Reverse(c)))
            .map_or(0, |(c, _)| c);

        let mut driven = vec![false; self.head.len()];
        for node in (0..self.nodes()).filter(|&n| component[n] == largest) {
            for &arc in self.leaving(node) {
                driven[arc as usize] |= inside(node, arc);
            }
        }
        Kept {
            nodes: renumber(component.iter().map(|&c| c == largest)),
            arcs: renumber(driven.into_iter()),
        }
    }
}

/// New numbers of what stays.
struct Kept {
    nodes: Vec<Option<u32>>,
    arcs: Vec<Option<u32>>,
}

fn renumber(stays: impl Iterator<Item = bool>) -> Vec<Option<u32>> {
    let mut next = 0;
    stays
        .map(|stays| {
            next += u32::from(stays);
            stays.then(|| next - 1)
        })
        .collect()
}

fn narrow(
    draft: &RoadDraft,
    stretches: &[Stretch],
    raw: &[RawArc],
    wide: &Wide,
    kept: &Kept,
) -> RoadGraph {
    let mut first_out = vec![0u32];
    let mut out: Vec<u32> = Vec::new();
    for node in (0..wide.nodes()).filter(|&n| kept.nodes[n].is_some()) {
        let arcs = wide.leaving(node).iter();
        out.extend(arcs.filter_map(|&a| kept.arcs[a as usize]));
        first_out.push(out.len() as u32);
    }

    let mut names = vec![String::new()];
    let mut name_numbers: HashMap<&str, u32> = HashMap::from([("", 0)]);
    let (mut arcs, mut shape) = (Vec::new(), Vec::new());
    let mut last: Option<(usize, u32, u32)> = None;
    for (number, arc) in raw.iter().enumerate() {
        let Some(head) = kept.arcs[number].and(kept.nodes[wide.head[number] as usize]) else {
            continue;
        };
        let stretch = &stretches[arc.stretch];
        let (shape_from, shape_until) = match last {
            Some((same, from, until)) if same == arc.stretch => (from, until),
            _ => {
                let from = shape.len() as u32;
                shape.extend_from_slice(&stretch.shape);
                (from, shape.len() as u32)
            }
        };
        last = Some((arc.stretch, shape_from, shape_until));
        let name = draft.ways[stretch.way].name.as_str();
        let name = *name_numbers.entry(name).or_insert_with(|| {
            names.push(name.to_owned());
            names.len() as u32 - 1
        });
        arcs.push(Arc {
            head,
            millis: stretch.millis,
            twin: twin(raw, number)
                .and_then(|t| kept.arcs[t])
                .unwrap_or(NO_TWIN),
            shape_from,
            shape_until,
            reversed: arc.reversed,
            name,
        });
    }
    RoadGraph::new(first_out, out, arcs, shape, names)
}

/// The neighbour in the list that drives the same stretch.
fn twin(raw: &[RawArc], number: usize) -> Option<usize> {
    let stretch = raw[number].stretch;
    [number.wrapping_sub(1), number + 1]
        .into_iter()
        .find(|&n| raw.get(n).is_some_and(|arc| arc.stretch == stretch))
}

fn report(
    draft: &RoadDraft,
    stretches: &Stretches,
    graph: &RoadGraph,
    resolved: &[ResolvedTurn],
    kept: &Kept,
) -> BuildReport {
    let stays = |arc: u32| kept.arcs[arc as usize].is_some();
    let in_effect = resolved
        .iter()
        .filter(|t| stays(t.from) && stays(t.to))
        .count();
    BuildReport {
        nodes: graph.nodes(),
        arcs: graph.arcs.len(),
        one_way_ways: stretches.one_way_ways,
        restrictions_kept: in_effect,
        restrictions_unused: draft.restrictions.len() - in_effect,
        arcs_left_out: kept.arcs.iter().filter(|a| a.is_none()).count(),
        length_m: graph.metres.iter().sum::<f64>().round() as u64,
    }
}
