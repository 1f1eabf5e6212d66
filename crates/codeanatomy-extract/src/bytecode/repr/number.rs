//! Numbers as `repr` writes them.

use std::fmt::Write as _;

/// CPython writes no integer with more digits; `repr` of one is an error.
const MAX_DIGITS: usize = 4300;
/// Numbers of 15 bits that surely have more.
const MAX_PARTS: usize = 960;

/// Adds an integer.
pub(super) fn push_int(value: i32, out: &mut String) {
    // Writing to a string does not fail.
    let _ = write!(out, "{value}");
}

/// Adds an integer of any size, given as 15 bits at a time; false if `repr` would fail.
pub(super) fn push_long(digits: &[u8], negative: bool, out: &mut String) -> bool {
    const NINE_DIGITS: u64 = 1_000_000_000;
    if digits.len() / 2 > MAX_PARTS {
        return false;
    }
    // Nine decimal digits each, least significant first.
    let mut decimal: Vec<u32> = vec![0];
    for part in digits.chunks_exact(2).rev() {
        let mut carry = u64::from(u16::from_le_bytes([part[0], part[1]]));
        for group in &mut decimal {
            let value = (u64::from(*group) << 15) + carry;
            *group = (value % NINE_DIGITS) as u32;
            carry = value / NINE_DIGITS;
        }
        if carry > 0 {
            decimal.push(carry as u32);
        }
    }
    let start = out.len();
    if negative {
        out.push('-');
    }
    let first = out.len();
    for (i, group) in decimal.iter().rev().enumerate() {
        let _ = if i == 0 {
            write!(out, "{group}")
        } else {
            write!(out, "{group:09}")
        };
    }
    if out.len() - first > MAX_DIGITS {
        out.truncate(start);
        return false;
    }
    true
}

/// Adds a floating-point number.
pub(super) fn push_float(bytes: &[u8], out: &mut String) {
    let start = out.len();
    push_shortest(float(bytes), out);
    if out[start..].bytes().all(|b| b == b'-' || b.is_ascii_digit()) {
        out.push_str(".0");
    }
}

/// Adds a complex number.
pub(super) fn push_complex(bytes: &[u8], out: &mut String) {
    let (real, imaginary) = bytes.split_at(bytes.len() / 2);
    let (real, imaginary) = (float(real), float(imaginary));
    if real == 0.0 && real.is_sign_positive() {
        push_shortest(imaginary, out);
        out.push('j');
        return;
    }
    out.push('(');
    push_shortest(real, out);
    if imaginary.is_nan() || imaginary.is_sign_positive() {
        out.push('+');
    }
    push_shortest(imaginary, out);
    out.push_str("j)");
}

fn float(bytes: &[u8]) -> f64 {
    bytes.try_into().map_or(0.0, f64::from_le_bytes)
}

/// The fewest digits that give the number back; an exponent below 1e-4 and from 1e16 on.
fn push_shortest(value: f64, out: &mut String) {
    if value.is_nan() {
        return out.push_str("nan");
    }
    if value.is_infinite() {
        return out.push_str(if value < 0.0 { "-inf" } else { "inf" });
    }
    let scientific = shortest(value);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    out.push_str(sign);
    if !(-4..16).contains(&exponent) {
        // Two digits at least, and a sign always.
        let _ = write!(out, "{mantissa}e{exponent:+03}");
        return;
    }
    let digits: String = mantissa.chars().filter(|&c| c != '.').collect();
    match usize::try_from(exponent) {
        Err(_) => {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', exponent.unsigned_abs() as usize - 1));
            out.push_str(&digits);
        }
        Ok(point) if point + 1 < digits.len() => {
            let (whole, part) = digits.split_at(point + 1);
            let _ = write!(out, "{whole}.{part}");
        }
        Ok(point) => {
            out.push_str(&digits);
            out.extend(std::iter::repeat_n('0', point + 1 - digits.len()));
        }
    }
}

/// The fewest digits, as `1.5e-7`. Where two numbers of so many digits are equally near, that with an even last digit.
fn shortest(value: f64) -> String {
    let any = format!("{value:e}");
    let digits = any
        .split('e')
        .next()
        .unwrap_or_default()
        .bytes()
        .filter(u8::is_ascii_digit)
        .count();
    let even = format!("{value:.*e}", digits.saturating_sub(1));
    if even.parse() == Ok(value) { even } else { any }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_interpreter_writes_them() {
        for (value, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
            (-1.5e300, "-1.5e+300"),
            (5e-324, "5e-324"),
            (1e22, "1e+22"),
            (123_456.75, "123456.75"),
            (1_234_500.0, "1234500.0"),
            // Half way between two numbers of 17 digits.
            (2f64.powi(-25), "2.9802322387695312e-08"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "nan"),
        ] {
            let mut text = String::new();
            push_float(&f64::to_le_bytes(value), &mut text);
            assert_eq!(text, expected);
        }
        for (real, imaginary, expected) in [
            (0.0, 1.0, "1j"),
            (0.0, -0.0, "-0j"),
            (-0.0, 1.5, "(-0+1.5j)"),
            (1.0, f64::NAN, "(1+nanj)"),
            (1e20, -2.0, "(1e+20-2j)"),
        ] {
            let mut text = String::new();
            let bytes = [f64::to_le_bytes(real), f64::to_le_bytes(imaginary)].concat();
            push_complex(&bytes, &mut text);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn integers_of_any_size_are_decimal_up_to_the_interpreters_limit() {
        let mut text = String::new();
        // 2 ** 75: five times 15 bits of nothing and a one.
        assert!(push_long(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], true, &mut text));
        assert_eq!(text, "-37778931862957161709568");
        // 2 ** 14280 has 4299 digits, 2 ** 14295 has 4304.
        for (parts, is_shown) in [(952, true), (953, false), (100_000, false)] {
            let digits = [vec![0; 2 * parts], vec![1, 0]].concat();
            let mut text = String::new();
            assert_eq!(push_long(&digits, false, &mut text), is_shown);
            assert_eq!(text.is_empty(), !is_shown);
        }
    }
}
