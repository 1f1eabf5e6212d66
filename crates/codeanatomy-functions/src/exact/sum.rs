//! Sums of floating-point numbers without rounding.

use num_bigint::BigInt;

/// The weight of bit 0 of limb 0 is 2 to the power of minus this: below the least product of two numbers, 2⁻²¹⁴⁸.
const BIAS: i32 = 2176;
const LIMB_BITS: i32 = 32;
const LIMB_MASK: u64 = u32::MAX as u64;
/// A limb takes two numbers below 2³² from every addition, so it cannot overflow before this many of them.
const ADDITIONS: u32 = 1 << 28;

/// A sum of numbers and of products of two numbers, exactly: an integer in limbs of 32 bits, of which only those are kept
/// that numbers have touched (the "small superaccumulator" of Radford Neal, "Fast exact summation using small and large
/// superaccumulators", 2015, with a window). What is not finite is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ExactSum {
    /// The limb that stands first in `limbs`.
    first: usize,
    limbs: Vec<i64>,
    additions: u32,
    nans: i64,
    infinities: i64,
    negative_infinities: i64,
}

/// What a sum is.
pub(super) enum Total {
    /// The integer times 2 to the power of minus [`ExactSum::SCALE`].
    Finite(BigInt),
    /// A sum of infinities or NaN.
    Special(f64),
}

impl ExactSum {
    /// The power of two by which all sums are scaled.
    pub(super) const SCALE: i64 = BIAS as i64;

    /// Adds `value`, or takes it away.
    #[inline]
    pub(super) fn add(&mut self, value: f64, take_away: bool) {
        if value.is_finite() {
            let (negative, mantissa, exponent) = parts(value);
            self.add_scaled(u128::from(mantissa), exponent, negative != take_away);
        } else {
            self.add_special(value, take_away);
        }
    }

    /// Adds `a * b`, or takes it away.
    #[inline]
    pub(super) fn add_product(&mut self, a: f64, b: f64, take_away: bool) {
        if a.is_finite() && b.is_finite() {
            let ((sign_a, a, exponent_a), (sign_b, b, exponent_b)) = (parts(a), parts(b));
            let negative = (sign_a != sign_b) != take_away;
            self.add_scaled(u128::from(a) * u128::from(b), exponent_a + exponent_b, negative);
        } else {
            self.add_special(a * b, take_away);
        }
    }

    fn add_special(&mut self, value: f64, take_away: bool) {
        let count = match value {
            v if v.is_nan() => &mut self.nans,
            v if v > 0.0 => &mut self.infinities,
            _ => &mut self.negative_infinities,
        };
        *count += if take_away { -1 } else { 1 };
    }

    fn add_scaled(&mut self, mut mantissa: u128, exponent: i32, negative: bool) {
        if mantissa == 0 {
            return;
        }
        let place = exponent + BIAS;
        let (mut limb, shift) = ((place / LIMB_BITS) as usize, place % LIMB_BITS);
        let sign = if negative { -1 } else { 1 };
        while mantissa != 0 {
            let shifted = ((mantissa as u64) & LIMB_MASK) << shift;
            *self.limb(limb) += sign * (shifted & LIMB_MASK) as i64;
            let high = (shifted >> LIMB_BITS) as i64;
            if high != 0 {
                *self.limb(limb + 1) += sign * high;
            }
            mantissa >>= LIMB_BITS;
            limb += 1;
        }
        self.additions += 1;
        if self.additions == ADDITIONS {
            self.carry();
        }
    }

    /// The limb of this number, which is there from now on.
    #[inline]
    fn limb(&mut self, number: usize) -> &mut i64 {
        if self.limbs.is_empty() {
            self.first = number;
        }
        if number < self.first {
            let more = self.first - number;
            self.limbs.splice(0..0, std::iter::repeat_n(0, more));
            self.first = number;
        }
        let place = number - self.first;
        if place >= self.limbs.len() {
            self.limbs.resize(place + 1, 0);
        }
        &mut self.limbs[place]
    }

    /// Brings all limbs but the last into 32 bits; the last has the sign.
    fn carry(&mut self) {
        self.additions = 0;
        let mut carry = 0;
        for limb in &mut self.limbs {
            let value = *limb + carry;
            carry = value >> LIMB_BITS;
            *limb = value & LIMB_MASK as i64;
        }
        if carry != 0 {
            self.limbs.push(carry);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        other.carry();
        self.carry();
        for (i, limb) in other.limbs.iter().enumerate() {
            *self.limb(other.first + i) += limb;
        }
        self.additions = 1;
        self.nans += other.nans;
        self.infinities += other.infinities;
        self.negative_infinities += other.negative_infinities;
    }

    pub(super) fn total(&self) -> Total {
        match (self.nans != 0, self.infinities != 0, self.negative_infinities != 0) {
            (true, _, _) | (_, true, true) => return Total::Special(f64::NAN),
            (_, true, false) => return Total::Special(f64::INFINITY),
            (_, false, true) => return Total::Special(f64::NEG_INFINITY),
            _ => {}
        }
        let limbs = self.limbs.iter().rev();
        let sum = limbs.fold(BigInt::ZERO, |sum, limb| (sum << LIMB_BITS) + limb);
        Total::Finite(sum << (self.first * LIMB_BITS as usize))
    }

    /// Writes the sum behind what is in `out`: see [`ExactSum::read`].
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let mut sum = self.clone();
        sum.carry();
        let numbers = [
            sum.nans,
            sum.infinities,
            sum.negative_infinities,
            sum.first as i64,
            sum.limbs.len() as i64,
        ];
        for number in numbers.iter().chain(&sum.limbs) {
            out.extend_from_slice(&number.to_le_bytes());
        }
    }

    /// What [`ExactSum::write`] wrote, from numbers of 8 bytes, little endian; none if they are not that.
    pub(super) fn read(numbers: &mut impl Iterator<Item = i64>) -> Option<Self> {
        let [nans, infinities, negative_infinities] = [numbers.next()?, numbers.next()?, numbers.next()?];
        let first = usize::try_from(numbers.next()?).ok()?;
        let count = usize::try_from(numbers.next()?).ok()?;
        let limbs: Vec<i64> = numbers.by_ref().take(count).collect();
        (limbs.len() == count).then_some(Self {
            first,
            limbs,
            additions: 1,
            nans,
            infinities,
            negative_infinities,
        })
    }

    /// The bytes on the heap.
    pub(super) fn heap_size(&self) -> usize {
        self.limbs.capacity() * size_of::<i64>()
    }
}

/// Sign, mantissa and exponent of a finite number: ± mantissa · 2^exponent.
#[inline]
fn parts(value: f64) -> (bool, u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = match ((bits >> 52) & 0x7ff) as i32 {
        0 => (fraction, -1074),
        biased => (fraction | 1 << 52, biased - 1075),
    };
    (value.is_sign_negative(), mantissa, exponent)
}
