//! Quotients of integers, rounded once.

use num_bigint::{BigInt, BigUint, Sign};

const MANTISSA_BITS: i64 = 53;
/// The exponent of the last bit of the least numbers.
const LEAST_EXPONENT: i64 = -1074;
/// The exponent of the last bit of the greatest numbers.
const GREATEST_EXPONENT: i64 = 971;

/// The number nearest to `numerator / denominator * 2^exponent`, of two equally near the even one. The denominator is not
/// zero; zero has no sign.
pub(super) fn quotient(numerator: &BigInt, denominator: &BigInt, exponent: i64) -> f64 {
    let negative = (numerator.sign() == Sign::Minus) != (denominator.sign() == Sign::Minus);
    let (n, d) = (numerator.magnitude(), denominator.magnitude());
    if *n == BigUint::ZERO || *d == BigUint::ZERO {
        return 0.0;
    }
    // So that the quotient has at least two bits more than are kept.
    let shift = MANTISSA_BITS + 3 + d.bits() as i64 - n.bits() as i64;
    let (n, d) = match u64::try_from(shift) {
        Ok(shift) => (n << shift, d.clone()),
        Err(_) => (n.clone(), d << shift.unsigned_abs()),
    };
    let quotient = &n / &d;
    let exact = &quotient * &d == n;
    let magnitude = round(&quotient, exact, exponent - shift);
    if negative { -magnitude } else { magnitude }
}

/// `quotient`, or a little more if it is not exact, times 2^exponent.
fn round(quotient: &BigUint, exact: bool, exponent: i64) -> f64 {
    let bits = quotient.bits() as i64;
    // The exponent of the last bit that is kept.
    let last = (exponent + bits - MANTISSA_BITS).max(LEAST_EXPONENT);
    // The quotient has at least 55 bits, so something is cut off.
    let cut = (last - exponent).unsigned_abs();
    let mut kept = first_u64(&(quotient >> cut));
    let half_and_below = quotient - (BigUint::from(kept) << cut);
    let half = BigUint::from(1u8) << (cut - 1);
    let up = half_and_below > half || (half_and_below == half && (!exact || kept % 2 == 1));
    kept += u64::from(up);
    let mut last = last;
    if kept == 1 << MANTISSA_BITS {
        (kept, last) = (kept >> 1, last + 1);
    }
    if last > GREATEST_EXPONENT {
        return f64::INFINITY;
    }
    // Below the least normal number there is no hidden bit and the exponent field is zero.
    let field = if kept >> (MANTISSA_BITS - 1) == 1 {
        (last + 1075) as u64
    } else {
        0
    };
    f64::from_bits(field << 52 | (kept & ((1 << 52) - 1)))
}

fn first_u64(number: &BigUint) -> u64 {
    number.iter_u64_digits().next().unwrap_or_default()
}
