//! Times as the referee finds them: whole seconds, and drives at their hour's speed, found
//! by halving over how far one gets.

use crate::patrol::problem::PlanProblem;

/// Milliseconds, rounded up to a whole second.
pub fn whole_second_after(ms: i64) -> i64 {
    ms.div_euclid(1000) * 1000 + if ms.rem_euclid(1000) > 0 { 1000 } else { 0 }
}

/// The first millisecond by which a drive of `drive` milliseconds at the matrix's speed is
/// over that begins at `from`.
pub fn drive_over(problem: &PlanProblem, from: i64, drive: i64) -> i64 {
    if problem.speeds.is_empty() {
        return from + drive;
    }
    let goal = i128::from(drive) * 1000;
    let (mut early, mut late) = (from - 1, from + 1);
    while way(problem, from, late) < goal {
        late += (late - from) * 2;
    }
    while late - early > 1 {
        let middle = early + (late - early) / 2;
        if way(problem, from, middle) < goal {
            early = middle;
        } else {
            late = middle;
        }
    }
    late
}

/// How far one gets between two instants, in thousandths of the matrix's milliseconds.
fn way(problem: &PlanProblem, from: i64, until: i64) -> i128 {
    let mut sum = 0;
    for (i, piece) in problem.speeds.iter().enumerate() {
        let start = i64::from(piece.from_ms).max(from);
        let next = problem.speeds.get(i + 1);
        let end = next.map_or(until, |next| i64::from(next.from_ms).min(until));
        sum += i128::from((end - start).max(0)) * i128::from(piece.permille);
    }
    sum
}
