//! Travel times of a problem that gets new points: rows and columns put into its matrix.

use crate::patrol::problem::PlanProblem;
use crate::roads::network::{Snap, TravelMatrix, UNREACHABLE};

/// Milliseconds from each of the first points to each of the second: the road network's.
pub type Travel<'a> = &'a dyn Fn(&[Snap], &[Snap]) -> TravelMatrix;

/// Every point of a problem, in the order of its matrix.
pub fn snaps(problem: &PlanProblem) -> Vec<Snap> {
    let starts = problem.units.iter().map(|u| u.start);
    starts
        .chain(problem.candidates.iter().map(|c| c.snap))
        .chain(problem.must_visits.iter().map(|m| m.snap))
        .chain(problem.places.iter().map(|p| p.snap))
        .chain(problem.demand.iter().map(|d| d.snap))
        .collect()
}

/// Makes room for a point at `at`; its times are set afterwards.
pub fn insert(matrix: &mut TravelMatrix, at: usize) {
    let (old, new) = (matrix.targets, matrix.targets + 1);
    let mut millis = vec![UNREACHABLE; new * new];
    for from in 0..old {
        let row = &matrix.millis[from * old..(from + 1) * old];
        let to = (from + usize::from(from >= at)) * new;
        millis[to..to + at].copy_from_slice(&row[..at]);
        millis[to + at + 1..to + new].copy_from_slice(&row[at..]);
    }
    *matrix = TravelMatrix {
        sources: new,
        targets: new,
        millis,
    };
}

/// Gives a point the times of another point of the matrix.
pub fn copy(matrix: &mut TravelMatrix, to: usize, from: usize) {
    let width = matrix.targets;
    for other in 0..width {
        matrix.millis[to * width + other] = matrix.millis[from * width + other];
    }
    for other in 0..width {
        matrix.millis[other * width + to] = matrix.millis[other * width + from];
    }
    matrix.millis[to * width + to] = 0;
}

/// Asks for a point's times; false where the answer has another size.
pub fn ask(problem: &mut PlanProblem, point: usize, snap: Snap, travel: Travel<'_>) -> bool {
    let all = snaps(problem);
    let (out, back) = (travel(&[snap], &all), travel(&all, &[snap]));
    let width = problem.travel.targets;
    if all.len() != width || out.millis.len() != width || back.millis.len() != width {
        return false;
    }
    for other in 0..width {
        problem.travel.millis[point * width + other] = out.millis[other];
        problem.travel.millis[other * width + point] = back.millis[other];
    }
    problem.travel.millis[point * width + point] = 0;
    true
}
