//! Travel times between all pairs of points on streets.

use crate::roads::access::{self, Access};
use crate::roads::graph::RoadGraph;
use crate::roads::hierarchy::Hierarchy;
use crate::roads::network::{Snap, TravelMatrix, UNREACHABLE};

/// Times from `cch` at or above this mean that there is no way.
const NO_WAY: u32 = cch::INF_WEIGHT;

/// Milliseconds from each source to each target.
pub(crate) fn matrix(
    graph: &RoadGraph,
    hierarchy: &Hierarchy,
    sources: &[Snap],
    targets: &[Snap],
) -> TravelMatrix {
    let exits: Vec<Vec<Access>> = sources.iter().map(|&s| access::exits(graph, s)).collect();
    let entries: Vec<Vec<Access>> = targets.iter().map(|&t| access::entries(graph, t)).collect();
    let from_nodes = distinct(&exits);
    let to_nodes = distinct(&entries);

    // Entries with their nodes' columns, so that the inner loop looks nothing up.
    let columns: Vec<Vec<(usize, u32)>> = entries
        .iter()
        .map(|accesses| {
            let column = |a: &Access| Some((to_nodes.binary_search(&a.node).ok()?, a.millis));
            accesses.iter().filter_map(column).collect()
        })
        .collect();
    let from_node: Vec<Vec<u32>> = hierarchy.rows(&from_nodes, &to_nodes, |_, row| {
        columns.iter().map(|entries| arrive(row, entries)).collect()
    });

    let mut millis = Vec::with_capacity(sources.len() * targets.len());
    for (i, &source) in sources.iter().enumerate() {
        for (j, &target) in targets.iter().enumerate() {
            let direct = access::direct(graph, source, target).map(|d| d.3);
            let round = exits[i].iter().filter_map(|exit| {
                let row = from_nodes.binary_search(&exit.node).ok()?;
                Some(plus(exit.millis, from_node[row][j]))
            });
            let least = round.chain(direct).min().unwrap_or(UNREACHABLE);
            millis.push(if least >= NO_WAY { UNREACHABLE } else { least });
        }
    }
    TravelMatrix {
        sources: sources.len(),
        targets: targets.len(),
        millis,
    }
}

/// The least time at a target, given the times at the nodes from which it is entered.
fn arrive(row: &[u32], entries: &[(usize, u32)]) -> u32 {
    entries
        .iter()
        .map(|&(column, millis)| plus(row[column], millis))
        .min()
        .unwrap_or(NO_WAY)
}

fn plus(a: u32, b: u32) -> u32 {
    a.saturating_add(b).min(NO_WAY)
}

fn distinct(accesses: &[Vec<Access>]) -> Vec<u32> {
    let mut nodes: Vec<u32> = accesses.iter().flatten().map(|a| a.node).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}
