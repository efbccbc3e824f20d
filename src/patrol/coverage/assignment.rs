//! Who goes where at the least total: the assignment problem, by shortest augmenting paths
//! (Kuhn 1955, Munkres 1957; in the form of Jonker & Volgenant 1987). Exact, O(n² m).

/// Column of each row so that the sum of costs is least; each column at most once. None
/// where there are more rows than columns or where no assignment avoids the forbidden
/// pairs (cost none).
pub fn assign(
    rows: usize,
    columns: usize,
    cost: impl Fn(usize, usize) -> Option<u64>,
) -> Option<Vec<usize>> {
    if rows > columns {
        return None;
    }
    // A forbidden pair costs more than all others together.
    let most = (0..rows)
        .flat_map(|r| (0..columns).map(move |c| (r, c)))
        .filter_map(|(r, c)| cost(r, c))
        .max()
        .unwrap_or(0);
    let forbidden = i128::from(most) * (rows as i128 + 1) + 1;
    let price = |r: usize, c: usize| cost(r, c).map_or(forbidden, i128::from);

    // Row and column 0 are none: numbers here are one more than outside.
    let (mut u, mut v) = (vec![0i128; rows + 1], vec![0i128; columns + 1]);
    let mut row_of = vec![0usize; columns + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let mut least = vec![i128::MAX; columns + 1];
        let (mut before, mut done) = (vec![0usize; columns + 1], vec![false; columns + 1]);
        let mut column = 0;
        while row_of[column] != 0 {
            done[column] = true;
            let from = row_of[column];
            let (mut step, mut next) = (i128::MAX, 0);
            for c in (1..=columns).filter(|&c| !done[c]) {
                let reduced = price(from - 1, c - 1) - u[from] - v[c];
                if reduced < least[c] {
                    (least[c], before[c]) = (reduced, column);
                }
                if least[c] < step {
                    (step, next) = (least[c], c);
                }
            }
            for c in 0..=columns {
                if done[c] {
                    u[row_of[c]] += step;
                    v[c] -= step;
                } else if least[c] != i128::MAX {
                    least[c] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[before[column]];
            column = before[column];
        }
    }
    let mut column_of = vec![0; rows];
    for (column, &row) in row_of.iter().enumerate().skip(1) {
        if row != 0 {
            column_of[row - 1] = column - 1;
        }
    }
    let allowed = (0..rows).all(|r| cost(r, column_of[r]).is_some());
    allowed.then_some(column_of)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_trying(costs: &[Vec<Option<u64>>], row: usize, taken: &mut Vec<usize>) -> Option<u64> {
        if row == costs.len() {
            return Some(0);
        }
        let mut best: Option<u64> = None;
        for column in 0..costs[row].len() {
            let Some(cost) = costs[row][column].filter(|_| !taken.contains(&column)) else {
                continue;
            };
            taken.push(column);
            if let Some(rest) = by_trying(costs, row + 1, taken) {
                best = Some(best.map_or(cost + rest, |b| b.min(cost + rest)));
            }
            taken.pop();
        }
        best
    }

    proptest! {
        #[test]
        fn as_cheap_as_trying_everything(
            costs in (1usize..6).prop_flat_map(|columns| prop::collection::vec(
                prop::collection::vec(prop::option::weighted(0.8, 0u64..50), columns), 0..6)),
        ) {
            let columns = costs.first().map_or(0, Vec::len);
            let found = assign(costs.len(), columns, |r, c| costs[r][c]);
            let sum = found.as_ref().map(|f| f.iter().enumerate().map(|(r, &c)| costs[r][c].unwrap()).sum::<u64>());
            prop_assert_eq!(sum, by_trying(&costs, 0, &mut Vec::new()));
            if let Some(mut columns) = found {
                columns.sort_unstable();
                columns.dedup();
                prop_assert_eq!(columns.len(), costs.len());
            }
        }
    }
}
