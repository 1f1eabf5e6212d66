//! Hashes of rows, added and counted.

/// The bytes of a state: the sum, then the count, little endian.
pub(super) const STATE_BYTES: i32 = 40;

/// The sum of 256-bit hashes, least significant limb first, and how many they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RowSum {
    limbs: [u64; 4],
    count: u64,
}

impl RowSum {
    /// Of one row of these bytes.
    pub(super) fn of_row(bytes: &[u8]) -> Self {
        Self {
            limbs: limbs(blake3::hash(bytes).as_bytes()),
            count: 1,
        }
    }

    /// What [`RowSum::state`] gave; of other lengths, what is there.
    pub(super) fn from_state(state: &[u8]) -> Self {
        let [a, b, c, d, count] = words(state);
        Self {
            limbs: [a, b, c, d],
            count,
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        let mut carry = false;
        for (limb, more) in self.limbs.iter_mut().zip(other.limbs) {
            let (sum, over) = limb.overflowing_add(more);
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, over || again);
        }
        self.count = self.count.wrapping_add(other.count);
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        for (limb, less) in self.limbs.iter_mut().zip(other.limbs) {
            let (rest, under) = limb.overflowing_sub(less);
            let (rest, again) = rest.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (rest, under || again);
        }
        self.count = self.count.wrapping_sub(other.count);
    }

    pub(super) fn state(&self) -> [u8; STATE_BYTES as usize] {
        let [a, b, c, d] = self.limbs;
        let mut state = [0; STATE_BYTES as usize];
        for (bytes, word) in state.chunks_exact_mut(8).zip([a, b, c, d, self.count]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        state
    }

    pub(super) fn digest(&self) -> String {
        blake3::hash(&self.state()).to_hex().to_string()
    }
}

fn limbs(hash: &[u8; 32]) -> [u64; 4] {
    words(hash)
}

/// Numbers of 8 bytes, little endian; zero where there are no bytes.
fn words<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut words = [0; N];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_can_be_taken_away_through_all_limbs() {
        let rows: Vec<_> = (0..1000u32).map(|i| RowSum::of_row(&i.to_le_bytes())).collect();
        let mut sum = RowSum::default();
        rows.iter().for_each(|row| sum.add(row));
        let mut backwards = RowSum::default();
        rows.iter().rev().for_each(|row| backwards.add(row));
        assert_eq!(sum, backwards);
        assert_eq!(RowSum::from_state(&sum.state()), sum);
        rows[1..].iter().for_each(|row| sum.subtract(row));
        assert_eq!(sum, rows[0]);
        let ones = RowSum {
            limbs: [u64::MAX; 4],
            count: 0,
        };
        let mut wrapped = ones;
        wrapped.add(&ones);
        assert_eq!(wrapped.limbs, [u64::MAX - 1, u64::MAX, u64::MAX, u64::MAX]);
    }
}
