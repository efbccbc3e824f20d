//! Where a label goes on a drawing: beside its point, over no other label, and where it can
//! be had over no line.

/// Distances tried between a point and its label, in the drawing's units.
const DISTANCES: [f64; 5] = [14.0, 34.0, 64.0, 104.0, 150.0];

/// What a covered sample of a line is worth, as units of distance.
const COVERED: f64 = 12.0;

/// A box on the drawing, y downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slot {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
}

/// What is on the drawing already.
#[derive(Debug, Clone)]
pub struct Labels {
    sheet: Slot,
    taken: Vec<Slot>,
    lines: Vec<(f64, f64)>,
}

impl Slot {
    /// A box about a point.
    pub fn about(at: (f64, f64), width: f64, height: f64) -> Self {
        Self {
            x: at.0 - width / 2.0,
            y: at.1 - height / 2.0,
            width,
            height,
        }
    }

    /// Its middle.
    pub fn middle(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// The point of the box next to a point.
    pub fn nearest_to(&self, at: (f64, f64)) -> (f64, f64) {
        (
            at.0.clamp(self.x, self.x + self.width),
            at.1.clamp(self.y, self.y + self.height),
        )
    }

    /// Whether two boxes share more than an edge.
    pub fn meets(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    fn holds(&self, at: (f64, f64)) -> bool {
        self.nearest_to(at) == at
    }

    fn within(&self, sheet: &Self) -> bool {
        self.x >= sheet.x
            && self.y >= sheet.y
            && self.x + self.width <= sheet.x + sheet.width
            && self.y + self.height <= sheet.y + sheet.height
    }
}

impl Labels {
    /// A drawing with nothing on it.
    pub fn new(sheet: Slot) -> Self {
        Self {
            sheet,
            taken: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Keeps labels off a box.
    pub fn take(&mut self, slot: Slot) {
        self.taken.push(slot);
    }

    /// Keeps labels off a line's points where there is room elsewhere.
    pub fn spare(&mut self, points: impl IntoIterator<Item = (f64, f64)>) {
        self.lines.extend(points);
    }

    /// Takes that very box, if it is free.
    pub fn exactly(&mut self, slot: Slot) -> Option<Slot> {
        let free = self.is_free(&slot);
        if free {
            self.taken.push(slot);
        }
        free.then_some(slot)
    }

    /// Takes the best box of that size beside a point; none where all are taken.
    pub fn beside(&mut self, at: (f64, f64), width: f64, height: f64) -> Option<Slot> {
        const DIAGONAL: f64 = std::f64::consts::FRAC_1_SQRT_2;
        let directions = [
            (1.0, 0.0),
            (DIAGONAL, -DIAGONAL),
            (0.0, -1.0),
            (-DIAGONAL, -DIAGONAL),
            (-1.0, 0.0),
            (-DIAGONAL, DIAGONAL),
            (0.0, 1.0),
            (DIAGONAL, DIAGONAL),
        ];
        let mut best: Option<(f64, Slot)> = None;
        for distance in DISTANCES {
            for (dx, dy) in directions {
                let reach = |part: f64, size: f64| part * distance + part.signum() * size / 2.0;
                let shift =
                    |part: f64, size: f64| if part == 0.0 { 0.0 } else { reach(part, size) };
                let middle = (at.0 + shift(dx, width), at.1 + shift(dy, height));
                let slot = Slot::about(middle, width, height);
                if !self.is_free(&slot) {
                    continue;
                }
                let covered = self.lines.iter().filter(|&&p| slot.holds(p)).count();
                let cost = distance + COVERED * covered as f64;
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, slot));
                }
            }
        }
        let slot = best?.1;
        self.taken.push(slot);
        Some(slot)
    }

    fn is_free(&self, slot: &Slot) -> bool {
        slot.within(&self.sheet) && !self.taken.iter().any(|t| t.meets(slot))
    }
}

/// About how wide a text is in a sans-serif face of that size.
pub fn text_width(text: &str, size: f64) -> f64 {
    let em = |c: char| if c.is_ascii() { 0.58 } else { 1.02 };
    text.chars().map(em).sum::<f64>() * size
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn labels_never_cover_each_other_nor_leave_the_sheet(
            points in prop::collection::vec((0.0..400.0, 0.0..300.0), 1..60),
        ) {
            let sheet = Slot { x: 0.0, y: 0.0, width: 400.0, height: 300.0 };
            let mut labels = Labels::new(sheet);
            labels.spare(points.iter().copied());
            let placed: Vec<Slot> = points
                .iter()
                .filter_map(|&at| labels.beside(at, 40.0, 20.0))
                .collect();
            prop_assert!(!placed.is_empty());
            for (i, one) in placed.iter().enumerate() {
                prop_assert!(one.within(&sheet));
                for other in &placed[..i] {
                    prop_assert!(!one.meets(other));
                }
            }
        }
    }
}
