//! Strongly connected components: sets of nodes in which every one reaches every other.
//! Tarjan's algorithm (1972) without recursion, since streets make long chains.

/// Marks a node that has not been visited, or has been assigned.
const NONE: u32 = u32::MAX;

/// The component of each node, for a graph in which node `v` is left for the nodes
/// `heads[first_out[v]..first_out[v + 1]]`. Components are numbered from 0.
pub(crate) fn components(first_out: &[u32], heads: &[u32]) -> Vec<u32> {
    let count = first_out.len().saturating_sub(1);
    let mut component = vec![NONE; count];
    let mut order = vec![NONE; count];
    let mut lowest = vec![NONE; count];
    let mut next_arc: Vec<u32> = first_out[..count].to_vec();
    let mut open = Vec::new();
    let mut path = Vec::new();
    let (mut visited, mut found) = (0u32, 0u32);

    for start in 0..count {
        if order[start] != NONE {
            continue;
        }
        path.push(start);
        while let Some(&node) = path.last() {
            if order[node] == NONE {
                order[node] = visited;
                lowest[node] = visited;
                visited += 1;
                open.push(node);
            }
            if next_arc[node] < first_out[node + 1] {
                let head = heads[next_arc[node] as usize] as usize;
                next_arc[node] += 1;
                if order[head] == NONE {
                    path.push(head);
                } else if component[head] == NONE {
                    lowest[node] = lowest[node].min(order[head]);
                }
                continue;
            }
            path.pop();
            if let Some(&parent) = path.last() {
                lowest[parent] = lowest[parent].min(lowest[node]);
            }
            if lowest[node] == order[node] {
                while let Some(member) = open.pop() {
                    component[member] = found;
                    if member == node {
                        break;
                    }
                }
                found += 1;
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::components;

    fn graph(nodes: usize, arcs: &[(usize, usize)]) -> (Vec<u32>, Vec<u32>) {
        let mut sorted: Vec<(usize, usize)> = arcs.to_vec();
        sorted.sort_unstable();
        let mut first_out = vec![0u32; nodes + 1];
        for (tail, _) in &sorted {
            first_out[tail + 1] += 1;
        }
        for v in 0..nodes {
            first_out[v + 1] += first_out[v];
        }
        (first_out, sorted.iter().map(|(_, h)| *h as u32).collect())
    }

    proptest! {
        #[test]
        fn one_component_where_each_reaches_the_other(
            arcs in prop::collection::vec((0usize..12, 0usize..12), 0..40),
        ) {
            let (first_out, heads) = graph(12, &arcs);
            let component = components(&first_out, &heads);
            let mut reach = [[false; 12]; 12];
            for (i, row) in reach.iter_mut().enumerate() {
                row[i] = true;
            }
            for &(a, b) in &arcs {
                reach[a][b] = true;
            }
            for k in 0..12 {
                for i in 0..12 {
                    for j in 0..12 {
                        reach[i][j] |= reach[i][k] && reach[k][j];
                    }
                }
            }
            for i in 0..12 {
                for j in 0..12 {
                    prop_assert_eq!(component[i] == component[j], reach[i][j] && reach[j][i]);
                }
            }
        }
    }

    #[test]
    fn a_long_chain_does_not_overflow_the_stack() {
        let arcs: Vec<(usize, usize)> = (0..200_000).map(|i| (i, (i + 1) % 200_000)).collect();
        let (first_out, heads) = graph(200_000, &arcs);
        assert!(components(&first_out, &heads).iter().all(|&c| c == 0));
    }
}
