//! What can be had from exact sums.

use num_bigint::BigInt;

use super::quotient::quotient;
use super::sum::{ExactSum, Total};

/// A statistic of numbers or of pairs (y, x): what the engine's function of the name after `exact_` gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Statistic {
    Sum,
    Avg,
    VarPop,
    VarSamp,
    StddevPop,
    Stddev,
    CovarPop,
    CovarSamp,
    Corr,
    RegrSlope,
    RegrIntercept,
    RegrR2,
    RegrAvgx,
    RegrAvgy,
    RegrSxx,
    RegrSyy,
    RegrSxy,
}

/// What is added up: values, or products, of y (the only argument, if there is one) and x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Term {
    Y,
    X,
    Yy,
    Xx,
    Xy,
}

/// The number of rows, and the sums of a statistic's terms.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    count: u64,
    terms: Box<[ExactSum]>,
}

impl Sums {
    /// Of no rows.
    pub(super) fn of(statistic: Statistic) -> Self {
        Self {
            count: 0,
            terms: statistic.terms().iter().map(|_| ExactSum::default()).collect(),
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.count = self.count.wrapping_add(other.count);
        for (sum, other) in self.terms.iter_mut().zip(&other.terms) {
            sum.merge(other);
        }
    }

    pub(super) fn state(&self) -> Vec<u8> {
        let mut state = self.count.to_le_bytes().to_vec();
        self.terms.iter().for_each(|sum| sum.write(&mut state));
        state
    }

    /// What [`Sums::state`] gave; none if the bytes are not that.
    pub(super) fn from_state(statistic: Statistic, state: &[u8]) -> Option<Self> {
        let mut numbers = state.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes));
        let count = numbers.next()? as u64;
        let terms = statistic.terms().iter().map(|_| ExactSum::read(&mut numbers));
        Some(Self {
            count,
            terms: terms.collect::<Option<_>>()?,
        })
    }

    /// The bytes on the heap.
    pub(super) fn heap_size(&self) -> usize {
        size_of_val(&*self.terms) + self.terms.iter().map(ExactSum::heap_size).sum::<usize>()
    }
}

impl Statistic {
    /// What it is made of.
    pub(super) fn terms(self) -> &'static [Term] {
        use Term::{X, Xx, Xy, Y, Yy};
        match self {
            Self::Sum | Self::Avg | Self::RegrAvgy => &[Y],
            Self::RegrAvgx => &[X],
            Self::VarPop | Self::VarSamp | Self::StddevPop | Self::Stddev | Self::RegrSyy => &[Y, Yy],
            Self::RegrSxx => &[X, Xx],
            Self::CovarPop | Self::CovarSamp | Self::RegrSxy => &[Y, X, Xy],
            Self::RegrSlope | Self::RegrIntercept => &[Y, X, Xx, Xy],
            Self::Corr | Self::RegrR2 => &[Y, X, Yy, Xx, Xy],
        }
    }

    /// Adds a row to the sums, or takes it away. Where there is no x it does not count.
    #[inline]
    pub(super) fn add(self, sums: &mut Sums, y: f64, x: f64, take_away: bool) {
        let count = if take_away { u64::MAX } else { 1 };
        sums.count = sums.count.wrapping_add(count);
        for (term, sum) in self.terms().iter().zip(&mut sums.terms) {
            match term {
                Term::Y => sum.add(y, take_away),
                Term::X => sum.add(x, take_away),
                Term::Yy => sum.add_product(y, y, take_away),
                Term::Xx => sum.add_product(x, x, take_away),
                Term::Xy => sum.add_product(x, y, take_away),
            }
        }
    }

    /// The statistic of all rows; null where the engine's function gives null.
    pub(super) fn of(self, sums: &Sums) -> Option<f64> {
        use Statistic as S;
        let least = match self {
            S::VarSamp | S::Stddev | S::CovarSamp | S::RegrSlope | S::RegrIntercept | S::RegrR2 => 2,
            _ => 1,
        };
        if sums.count < least {
            return None;
        }
        if self == S::Corr {
            // As the engine has it: of one column without a mean there is no correlation, of two it is not known.
            let has_no_mean = |sum: &ExactSum| matches!(sum.total(), Total::Special(value) if value.is_nan());
            match (has_no_mean(&sums.terms[0]), has_no_mean(&sums.terms[1])) {
                (true, true) => return Some(f64::NAN),
                (false, false) if sums.count > 1 => {}
                _ => return None,
            }
        }
        let [mut y, mut x, mut yy, mut xx, mut xy] = [const { BigInt::ZERO }; 5];
        for (term, sum) in self.terms().iter().zip(&sums.terms) {
            let total = match sum.total() {
                Total::Finite(total) => total,
                // Sums and averages of infinities are infinities; of a spread nothing is known.
                Total::Special(value) if self.terms().len() == 1 => return Some(value),
                Total::Special(_) => return Some(f64::NAN),
            };
            match term {
                Term::Y => y = total,
                Term::X => x = total,
                Term::Yy => yy = total,
                Term::Xx => xx = total,
                Term::Xy => xy = total,
            }
        }
        let n = BigInt::from(sums.count);
        let scale = ExactSum::SCALE;
        // Sums of products about the means, times the count, all scaled twice.
        let about = |product: BigInt, a: &BigInt, b: &BigInt| ((&n * product) << scale) - a * b;
        let divided = |value: &BigInt, by: &BigInt| quotient(value, by, -2 * scale);
        let mean = |sum: &BigInt| quotient(sum, &n, -scale);
        let spread = |by: BigInt| divided(&about(yy.clone(), &y, &y), &by);
        Some(match self {
            S::Sum => quotient(&y, &BigInt::from(1), -scale),
            S::Avg | S::RegrAvgy => mean(&y),
            S::RegrAvgx => mean(&x),
            S::VarPop => spread(&n * &n),
            S::VarSamp => spread(&n * (&n - 1)),
            S::StddevPop => spread(&n * &n).sqrt(),
            S::Stddev => spread(&n * (&n - 1)).sqrt(),
            S::CovarPop => divided(&about(xy, &x, &y), &(&n * &n)),
            S::CovarSamp => divided(&about(xy, &x, &y), &(&n * (&n - 1))),
            S::RegrSxx => divided(&about(xx, &x, &x), &n),
            S::RegrSyy => divided(&about(yy, &y, &y), &n),
            S::RegrSxy => divided(&about(xy, &x, &y), &n),
            S::Corr | S::RegrR2 => {
                let (of_x, of_y) = (about(xx, &x, &x), about(yy, &y, &y));
                let joint = about(xy, &x, &y);
                if of_x == BigInt::ZERO || of_y == BigInt::ZERO {
                    return None;
                }
                let square = quotient(&(&joint * &joint), &(of_x * of_y), 0);
                match self {
                    S::RegrR2 => square,
                    _ if joint < BigInt::ZERO => -square.sqrt(),
                    _ => square.sqrt(),
                }
            }
            S::RegrSlope | S::RegrIntercept => {
                let (of_x, joint) = (about(xx, &x, &x), about(xy, &x, &y));
                if of_x == BigInt::ZERO {
                    return None;
                }
                match self {
                    S::RegrSlope => quotient(&joint, &of_x, 0),
                    _ => quotient(&(&y * &of_x - &joint * &x), &(&n * &of_x), -scale),
                }
            }
        })
    }
}
