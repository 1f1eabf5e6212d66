//! Statistics of distinct numbers.

use std::collections::BTreeSet;

use datafusion_common::arrow::array::{ArrayRef, AsArray};
use datafusion_common::{Result, ScalarValue, internal_err};
use datafusion_expr::Accumulator;

use super::Numbers;
use super::statistic::{Statistic, Sums};

/// The distinct rows of one group, by the bits of their numbers; every NaN is the same, and so is zero of either sign.
#[derive(Debug)]
pub(super) struct Distinct {
    statistic: Statistic,
    rows: BTreeSet<[u64; 2]>,
}

impl Distinct {
    pub(super) fn new(statistic: Statistic) -> Self {
        Self {
            statistic,
            rows: BTreeSet::new(),
        }
    }
}

fn bits(value: f64) -> u64 {
    match value {
        v if v.is_nan() => f64::NAN.to_bits(),
        0.0 => 0,
        v => v.to_bits(),
    }
}

impl Accumulator for Distinct {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        Numbers::try_new(values)?.each(None, |_, y, x| {
            self.rows.insert([bits(y), bits(x)]);
        });
        Ok(())
    }

    fn merge_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(states) = values.first().and_then(|v| v.as_binary_opt::<i32>()) else {
            return internal_err!("the state is one column of binary values");
        };
        for state in states.iter().flatten() {
            for [y, x] in state.as_chunks().0.as_chunks().0 {
                self.rows.insert([u64::from_le_bytes(*y), u64::from_le_bytes(*x)]);
            }
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let bytes = self.rows.iter().flatten().flat_map(|bits| bits.to_le_bytes());
        Ok(vec![ScalarValue::Binary(Some(bytes.collect()))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut sums = Sums::of(self.statistic);
        for [y, x] in &self.rows {
            self.statistic
                .add(&mut sums, f64::from_bits(*y), f64::from_bits(*x), false);
        }
        Ok(ScalarValue::Float64(self.statistic.of(&sums)))
    }

    fn size(&self) -> usize {
        // A node of the tree is two thirds full on average.
        size_of_val(self) + self.rows.len() * 24
    }
}
