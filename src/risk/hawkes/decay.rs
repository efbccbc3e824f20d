//! Exponential fading: what is left of past events, of a stretch, and of offspring that
//! the cut-off hides.

/// Exponents are kept below this by moving the reference time on.
const MOST_EXPONENT: f64 = 200.0;

/// Mean of `e^(−ω u)` over a stretch `0 ≤ u < length`, and the mean `u` under that weight.
pub fn within_stretch(decay: f64, length: f64) -> (f64, f64) {
    let x = decay * length;
    if x < 1e-6 {
        return (1.0, length / 2.0);
    }
    (-(-x).exp_m1() / x, 1.0 / decay - length / x.exp_m1())
}

/// What part of an event's offspring falls in the days left before the cut-off, each
/// weighing `e^(forgetting · lag)` as much as its parent; and the slope of that in `ω`.
pub fn seen_offspring(decay: f64, forgetting: f64, left: f64) -> (f64, f64) {
    let net = decay - forgetting;
    let x = net * left;
    if x > 40.0 {
        // All of it, to the last digit.
        return (decay / net, -forgetting / (net * net));
    }
    if x.abs() < 1e-6 {
        return (decay * left, left - decay * left * left / 2.0);
    }
    // ∫ e^(−net·u) du over the days left, and its slope.
    let integral = -(-x).exp_m1() / net;
    let slope = (left * (-x).exp() - integral) / net;
    (decay * integral, integral + decay * slope)
}

/// Offspring, within a look-back of `length` days, of events before it that came one a day:
/// weighted as of the look-back's end; and the slope of that in `ω`.
pub fn seen_offspring_of_earlier(decay: f64, forgetting: f64, length: f64) -> (f64, f64) {
    let net = decay - forgetting;
    let (slow, fast) = ((-forgetting * length).exp(), (-decay * length).exp());
    if (net * length).abs() < 1e-6 {
        return (length * slow, -length * length / 2.0 * slow);
    }
    let seen = (slow - fast) / net;
    (seen, (length * fast - seen) / net)
}

/// Sums of `share · e^(−ω(t − tⱼ))` and of the same times `tⱼ`, by active cell, for a `t`
/// that only grows. They are kept as at a reference time, so that fading costs one
/// exponential an event and not one a cell.
pub struct Faded {
    decay: f64,
    /// Days.
    pub reference: f64,
    /// Sum, and moment about the reference.
    pub sums: Vec<[f64; 2]>,
}

impl Faded {
    /// At time 0, each cell having seen its daily rate of events for ever.
    pub fn steady(per_day: &[f64], decay: f64) -> Self {
        // Sums and moments of e^(ωt) and t·e^(ωt) over all t < 0.
        let of = |rate: &f64| [rate / decay, -rate / (decay * decay)];
        Self {
            decay,
            reference: 0.0,
            sums: per_day.iter().map(of).collect(),
        }
    }

    /// Takes in an event, not earlier than any before it.
    pub fn add(&mut self, place: usize, at: f64, share: f64) {
        self.move_to(at);
        let since = at - self.reference;
        let grown = share * (self.decay * since).exp();
        self.sums[place][0] += grown;
        self.sums[place][1] += grown * since;
    }

    /// Goes to a time, so that [`Faded::scale`] stays a number.
    pub fn move_to(&mut self, at: f64) {
        let since = at - self.reference;
        if self.decay * since > MOST_EXPONENT {
            let fade = (-self.decay * since).exp();
            for [sum, moment] in &mut self.sums {
                *moment = (*moment - since * *sum) * fade;
                *sum *= fade;
            }
            self.reference = at;
        }
    }

    /// What the sums must be multiplied by at a time.
    pub fn scale(&self, at: f64) -> f64 {
        (-self.decay * (at - self.reference)).exp()
    }
}
