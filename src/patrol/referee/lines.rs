//! The line driven leads from the start to the last stop, and is as long as it says.

use crate::patrol::referee::Referee;
use crate::patrol::referee::fault::Fault;

/// A line may begin or end so far from its point, and be so much longer than it says.
const LINE_M: f64 = 1.0;

impl Referee<'_> {
    /// Checks one unit's line and driving time.
    pub fn line(&mut self, number: usize) {
        let plan = self.plan;
        let route = &plan.routes[number];
        let last_stop = route.stops.last().map(|s| s.position);
        let goal = route.finish.as_ref().map(|f| f.position).or(last_stop);
        let leads = match (route.line.first(), route.line.last(), goal) {
            (_, _, None) => route.line.is_empty(),
            // A break where the unit stands anyway.
            (None, None, Some(goal)) => goal.metres_to(route.start).0 <= LINE_M,
            (Some(first), Some(last), Some(goal)) => {
                let pairs = route.line.windows(2);
                let length: f64 = pairs.map(|pair| pair[0].metres_to(pair[1]).0).sum();
                first.metres_to(route.start).0 <= LINE_M
                    && last.metres_to(goal).0 <= LINE_M
                    && (length - route.length.0).abs() <= 0.01 * length + LINE_M
            }
            _ => false,
        };
        if !leads {
            self.faults.push(Fault::Line {
                unit: route.call_sign.clone(),
            });
        }
        let stops: f64 = route.stops.iter().map(|s| s.drive.0).sum();
        let home = route.finish.as_ref().map_or(0.0, |f| f.drive.0);
        self.number(
            || format!("driving time of {}", route.call_sign),
            stops + home,
            route.driving.0,
        );
    }
}
